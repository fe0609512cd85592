/*
 * Models, views and enums as text.  It is not laid out yet: the formatter
 * aligns it, and sorts attributes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

/*
 * What was said above a block; the engine takes what stands above a
 * generator or datasource for a word about the next model or enum.
 */
static void
add_block_doc(const struct pull *p, const struct ast_block *b,
    struct buf *out)
{
	const struct ast_block *first = p->prev->ast->block;

	while (b->doc == NULL && b > first &&
	    b[-1].span.file == b->span.file &&
	    (b[-1].kind == BLOCK_GENERATOR || b[-1].kind == BLOCK_DATASOURCE))
		b--;
	if (b->doc != NULL)
		pull_doc(out, b->doc);
}

/* --- models --- */

static int
adds_deferrable(const struct pull *p, const struct pull_block *b)
{
	const struct cat_table *t = b->table;
	size_t i;

	if (t->pk != NULL && t->pk->deferrable)
		return 1;
	for (i = 0; i < t->nindexes; i++)
		if (t->index[i].deferrable)
			return 1;
	return pull_adds_deferrable_key(p, b);
}

static int
has_comment(const struct pull_block *b)
{
	size_t i;

	for (i = 0; i < b->ncolumns; i++)
		if (b->column[i].has_comment)
			return 1;
	return b->table != NULL ? b->table->comment != NULL :
	    b->view->has_comment;
}

/* An index that is new with columns in an unusual order of NULLs. */
static int
adds_nulls_order(const struct pull_block *b)
{
	const struct cat_table *t = b->table;
	size_t i, j;

	for (i = 0; i < t->nindexes; i++)
		for (j = 0; j < t->index[i].ncolumns; j++)
			if ((t->index[i].column[j].nulls_first ||
			    t->index[i].column[j].nulls_last) &&
			    pull_prev_index(b, &t->index[i]) == NULL)
				return 1;
	return 0;
}

#define MORE "and requires additional setup for migrations. Visit "

static void
add_renamed(const struct pull_block *b, const char *what, struct buf *out)
{
	if (b->reserved && b->map != NULL && !b->duplicate)
		buf_addf(out, "/// This %s has been renamed to '%s' during "
		    "introspection, because the original name '%s' is "
		    "reserved.\n", what, b->name, b->map);
}

/* What is said of a model that is new. */
static void
add_notes(const struct pull *p, const struct pull_block *b, int ignored,
    struct buf *out)
{
	const struct cat_table *t = b->table;
	int is_new = b->prev == NULL;
	const struct note {
		int is_said;
		const char *text;
	} notes[] = {
		{ is_new && t->is_partition_parent, "This table is a "
		    "partition table " MORE "https://pris.ly/d/partition-"
		    "tables for more info." },
		{ is_new && t->has_children, "This table has subclasses " MORE
		    "https://pris.ly/d/table-inheritance for more info." },
		{ is_new && t->nchecks > 0, "This table contains check "
		    "constraints " MORE "https://pris.ly/d/check-constraints "
		    "for more info." },
		{ is_new && t->nexclusions > 0, "This table contains "
		    "exclusion constraints " MORE "https://pris.ly/d/"
		    "exclusion-constraints for more info." },
		{ b->ncolumns == 0, "We could not retrieve columns for the "
		    "underlying table. Either it has none or you are missing "
		    "rights to see them. Please check your privileges." },
		{ b->ncolumns > 0 && !pull_has_identifier(t) && !ignored,
		    "The underlying table does not contain a valid unique "
		    "identifier and can therefore currently not be handled "
		    "by Prisma Client." },
		{ is_new && has_comment(b), "This model or at least one of "
		    "its fields has comments in the database, and requires "
		    "an additional setup for migrations: Read more: "
		    "https://pris.ly/d/database-comments" },
		{ is_new && adds_deferrable(p, b), "This model has "
		    "constraints using non-default deferring rules " MORE
		    "https://pris.ly/d/constraint-deferring for more info." },
		{ is_new && t->has_row_security, "This model contains row "
		    "level security " MORE "https://pris.ly/d/row-level-"
		    "security for more info." },
		{ adds_nulls_order(b), "This model contains an index with "
		    "non-default null sort order " MORE "https://pris.ly/d/"
		    "default-index-null-ordering for more info." },
		{ t->nexpression_indexes > 0, "This model contains an "
		    "expression index which requires additional setup for "
		    "migrations. Visit https://pris.ly/d/expression-indexes "
		    "for more info." }
	};
	size_t i;

	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (notes[i].is_said)
			pull_doc(out, notes[i].text);
}

/* Each line behind a "// ". */
static void
add_commented(struct buf *out, const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n + 1) {
		n = strcspn(text, "\n");
		buf_addf(out, "// %.*s\n", (int)n, text);
	}
}

static void
add_schema(const struct pull *p, const char *ns, struct buf *out)
{
	if (!p->namespaces)
		return;
	pull_map(out, "@@schema", ns);
	buf_addc(out, '\n');
}

void
pull_model(struct pull *p, const struct pull_block *b, struct buf *out)
{
	int ignored = b->prev != NULL && b->prev->ignored;
	struct buf text = BUF_INIT;

	if (b->prev != NULL)
		add_block_doc(p, b->prev->ast, out);
	add_renamed(b, "model", out);
	add_notes(p, b, ignored, out);
	buf_addf(&text, "model %s {\n", b->name);
	pull_fields(p, b, &text);
	pull_relation_fields(p, b, &text);
	pull_indexes(p, b, &text);
	pull_map(&text, "@@map", b->map);
	buf_adds(&text, b->map != NULL ? "\n" : "");
	if (ignored || (!pull_has_identifier(b->table) && b->ncolumns > 0))
		buf_adds(&text, "@@ignore\n");
	add_schema(p, b->ns, &text);
	buf_adds(&text, "}\n");
	if (b->ncolumns == 0)
		add_commented(out, buf_str(&text));
	else
		buf_adds(out, buf_str(&text));
	buf_addc(out, '\n');
	buf_free(&text);
}

/* Block attributes of a view are in the schema only: kept as they were. */
static void
add_kept_attrs(const struct pull *p, const struct pull_block *b,
    struct buf *out)
{
	const struct ast_attrs *attrs = &b->prev->ast->attrs;
	const struct ast_attr *a;
	size_t i;

	for (i = 0; i < attrs->n; i++) {
		a = &attrs->attr[i];
		if (strcmp(a->name.text, "id") != 0 &&
		    strcmp(a->name.text, "unique") != 0 &&
		    strcmp(a->name.text, "index") != 0)
			continue;
		buf_adds(out, "@@");
		pull_attr_text(p, a, out);
		buf_addc(out, '\n');
	}
}

void
pull_view(struct pull *p, const struct pull_block *b, struct buf *out)
{
	if (b->prev != NULL)
		add_block_doc(p, b->prev->ast, out);
	add_renamed(b, "view", out);
	if (b->prev == NULL && has_comment(b))
		pull_doc(out, "This view or at least one of its fields has "
		    "comments in the database, and requires an additional "
		    "setup for migrations: Read more: "
		    "https://pris.ly/d/database-comments");
	buf_addf(out, "view %s {\n", b->name);
	pull_fields(p, b, out);
	pull_relation_fields(p, b, out);
	if (b->prev != NULL)
		add_kept_attrs(p, b, out);
	pull_map(out, "@@map", b->map);
	buf_adds(out, b->map != NULL ? "\n" : "");
	if (b->prev != NULL && b->prev->ignored)
		buf_adds(out, "@@ignore\n");
	add_schema(p, b->ns, out);
	buf_adds(out, "}\n\n");
}

/* --- enums --- */

static void
add_label(struct pull *p, const struct pull_enum *e, const char *label,
    struct buf *out)
{
	const struct schema_value *prev = pull_prev_value(e, label);
	const char *map, *name = pull_value_name(p, e, label, &map);

	if (prev != NULL && prev->ast->doc != NULL)
		pull_doc(out, prev->ast->doc);
	if (*name == '\0' || pull_needs_sanitizing(name))
		buf_adds(out, "// ");
	buf_adds(out, *name == '\0' ? label : name);
	pull_map(out, " @map", map);
	buf_addc(out, '\n');
}

void
pull_enum_text(struct pull *p, const struct pull_enum *e, struct buf *out)
{
	size_t i;

	if (e->prev != NULL)
		add_block_doc(p, e->prev->ast, out);
	if (e->prev == NULL && e->e->has_comment)
		pull_doc(out, "This enum is commented in the database, and "
		    "requires an additional setup for migrations: Read more: "
		    "https://pris.ly/d/database-comments");
	buf_addf(out, "enum %s {\n", e->name);
	for (i = 0; i < e->e->nlabels; i++)
		add_label(p, e, e->e->label[i], out);
	pull_map(out, "@@map", e->map);
	buf_adds(out, e->map != NULL ? "\n" : "");
	add_schema(p, e->e->ns, out);
	buf_adds(out, "}\n\n");
}
