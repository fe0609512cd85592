/*
 * What people should know about a database that a schema cannot tell, in
 * Prisma's words.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

#define NOT_YET                                                                \
	"which is not yet fully supported. Read more: https://pris.ly/d/"
#define NAMELESS                                                               \
	"were commented out because their names are currently not supported " \
	"by Prisma. Please provide valid ones that match "                     \
	"[a-zA-Z][a-zA-Z0-9_]* using the `@map` attribute:"
#define FROM_PREVIOUS "information taken from the previous Prisma schema:"
#define NO_TYPE                                                                \
	"These fields are not supported by Prisma Client, because Prisma "     \
	"currently does not support their types:"
#define NOT_IN_CLIENT(what)                                                    \
	"are not supported by Prisma Client, because Prisma currently does "   \
	"not fully support " what " "

static const char *const head[WARN__MAX] = {
	[WARN_EMPTY_FIELDS] = "These fields " NAMELESS,
	[WARN_EMPTY_VIEW_FIELDS] = "These fields " NAMELESS,
	[WARN_REMAPPED_FIELDS] = "These fields were enriched with `@map` "
	    FROM_PREVIOUS,
	[WARN_REMAPPED_VIEW_FIELDS] = "These fields were enriched with "
	    "`@map` " FROM_PREVIOUS,
	[WARN_EMPTY_VALUES] = "These enum values " NAMELESS,
	[WARN_NO_COLUMNS] = "The following models were commented out as we "
	    "could not retrieve columns for them. Please check your "
	    "privileges:",
	[WARN_NO_IDENTIFIER] = "The following models were ignored as they do "
	    "not have a valid unique identifier or id. This is currently not "
	    "supported by Prisma Client:",
	[WARN_ID_NAMES] = "These models were enriched with custom compound "
	    "id names taken from the previous Prisma schema:",
	[WARN_VIEW_ID_NAMES] = "These views were enriched with custom "
	    "compound id names taken from the previous Prisma schema:",
	[WARN_UNSUPPORTED] = NO_TYPE,
	[WARN_VIEW_UNSUPPORTED] = NO_TYPE,
	[WARN_REMAPPED_MODELS] = "These models were enriched with `@@map` "
	    FROM_PREVIOUS,
	[WARN_REMAPPED_VIEWS] = "These views were enriched with `@@map` "
	    FROM_PREVIOUS,
	[WARN_REMAPPED_VALUES] = "These enum values were enriched with "
	    "`@map` " FROM_PREVIOUS,
	[WARN_REMAPPED_ENUMS] = "These enums were enriched with `@@map` "
	    FROM_PREVIOUS,
	[WARN_COPIED_RELATIONS] = "Relations were copied from the previous "
	    "data model due to not using foreign keys in the database. If "
	    "any of the relation columns changed in the database, the "
	    "relations might not be correct anymore:",
	[WARN_DUPLICATES] = "These items were renamed due to their names "
	    "being duplicates in the Prisma schema:",
	[WARN_PARTITIONS] = "These tables are partition tables, which are "
	    "not yet fully supported:",
	[WARN_INHERITED] = "These tables are inherited tables, which are not "
	    "yet fully supported:",
	[WARN_NULLS] = "These index columns are having a non-default null "
	    "sort order, " NOT_YET "non-default-index-null-ordering",
	[WARN_ROW_SECURITY] = "These tables contain row level security, "
	    NOT_YET "row-level-security",
	[WARN_CHECKS] = "These constraints " NOT_IN_CLIENT("check "
	    "constraints.") "Read more: https://pris.ly/d/check-constraints",
	[WARN_EXCLUSIONS] = "These constraints " NOT_IN_CLIENT("exclusion "
	    "constraints.") "Read more: https://pris.ly/d/exclusion-"
	    "constraints",
	[WARN_DEFERRING] = "These primary key, foreign key or unique "
	    "constraints are using non-default deferring in the database, "
	    NOT_YET "constraint-deferring",
	[WARN_COMMENTS] = "These objects have comments defined in the "
	    "database, " NOT_YET "database-comments",
	[WARN_EXPRESSIONS] = "These indexes " NOT_IN_CLIENT("expression "
	    "indexes.") "Read more: https://pris.ly/d/expression-indexes"
};

static void
warn(struct pull *p, enum warning w, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
warn(struct pull *p, enum warning w, const char *fmt, ...)
{
	va_list ap;

	buf_adds(&p->warning[w], "  - ");
	va_start(ap, fmt);
	buf_vaddf(&p->warning[w], fmt, ap);
	va_end(ap);
	buf_addc(&p->warning[w], '\n');
}

/* --- enums --- */

static void
warn_enum(struct pull *p, const struct pull_enum *e)
{
	const char *label, *name, *map;
	size_t i;

	if (e->prev != NULL && e->map != NULL)
		warn(p, WARN_REMAPPED_ENUMS, "\"%s\"", e->name);
	if (e->duplicate)
		warn(p, WARN_DUPLICATES, "Type: \"enum\", name: \"%s\"",
		    e->name);
	if (e->e->has_comment)
		warn(p, WARN_COMMENTS, "Type: \"enum\", name: \"%s\"",
		    e->name);
	for (i = 0; i < e->e->nlabels; i++) {
		label = e->e->label[i];
		name = pull_value_name(p, e, label, &map);
		if (*name == '\0' || pull_needs_sanitizing(name))
			warn(p, WARN_EMPTY_VALUES, "Enum: \"%s\", value: "
			    "\"%s\"", e->name, *name == '\0' ? label : name);
		else if (pull_prev_value(e, label) != NULL && map != NULL)
			warn(p, WARN_REMAPPED_VALUES, "Enum: \"%s\", value: "
			    "\"%s\"", e->name, name);
	}
}

/* --- fields --- */

static void
warn_field(struct pull *p, const struct pull_block *b,
    const struct cat_column *c)
{
	const struct schema_field *prev = pull_prev_field(b, c);
	const char *name = pull_field_name(b, c, p->mem);
	const char *what = b->view != NULL ? "View" : "Model";
	int view = b->view != NULL;

	if (*name == '\0')
		name = c->name;
	if (prev != NULL && pull_given_map(&prev->ast->attrs) != NULL)
		warn(p, view ? WARN_REMAPPED_VIEW_FIELDS :
		    WARN_REMAPPED_FIELDS, "%s: \"%s\", field: \"%s\"", what,
		    b->name, name);
	if (c->type.native == NATIVE_UNSUPPORTED)
		warn(p, view ? WARN_VIEW_UNSUPPORTED : WARN_UNSUPPORTED,
		    "%s: \"%s\", field: \"%s\", original data type: \"%s\"",
		    what, b->name, name, c->type.unsupported);
	if (c->has_comment)
		warn(p, WARN_COMMENTS, "Type: \"field\", name: \"%s.%s\"",
		    b->name, name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All that are nameless in one line, sorted. */
static void
warn_nameless(struct pull *p, const struct pull_block *b)
{
	enum warning w = b->view != NULL ? WARN_EMPTY_VIEW_FIELDS :
	    WARN_EMPTY_FIELDS;
	const char **name = arena_array(p->mem, const char *,
	    b->ncolumns + 1), *field;
	struct buf list = BUF_INIT;
	size_t i, n = 0;

	for (i = 0; i < b->ncolumns; i++) {
		if (*pull_sanitize(p->mem, b->column[i].name) != '\0')
			continue;
		field = pull_field_name(b, &b->column[i], p->mem);
		name[n++] = *field == '\0' ? b->column[i].name : field;
	}
	if (n == 0)
		return;
	qsort(name, n, sizeof(*name), by_text);
	for (i = 0; i < n; i++)
		buf_addf(&list, "%s\"%s\"", i > 0 ? ", " : "", name[i]);
	warn(p, w, "%s: \"%s\", field(s): [%s]",
	    b->view != NULL ? "View" : "Model", b->name, buf_str(&list));
	buf_free(&list);
}

static void
warn_fields(struct pull *p, const struct pull_block *b)
{
	size_t i;

	for (i = 0; i < b->ncolumns; i++)
		warn_field(p, b, &b->column[i]);
	warn_nameless(p, b);
}

/* --- models --- */

static void
warn_constraints(struct pull *p, const struct pull_block *b, enum warning w,
    const char *const *name, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		warn(p, w, "Model: \"%s\", constraint: \"%s\"", b->name,
		    name[i]);
}

static void
warn_model(struct pull *p, const struct pull_block *b)
{
	const struct cat_table *t = b->table;

	if (b->prev != NULL && b->prev->id != NULL && t->pk != NULL &&
	    b->prev->id->name != NULL && t->pk->ncolumns > 1)
		warn(p, WARN_ID_NAMES, "\"%s\"", b->name);
	if (b->ncolumns == 0)
		warn(p, WARN_NO_COLUMNS, "\"%s\"", b->name);
	else if (!pull_has_identifier(t) &&
	    !(b->prev != NULL && b->prev->ignored))
		warn(p, WARN_NO_IDENTIFIER, "\"%s\"", b->name);
	if (t->is_partition_parent)
		warn(p, WARN_PARTITIONS, "\"%s\"", b->name);
	if (t->has_children)
		warn(p, WARN_INHERITED, "\"%s\"", b->name);
	if (t->has_row_security)
		warn(p, WARN_ROW_SECURITY, "\"%s\"", b->name);
	if (b->duplicate)
		warn(p, WARN_DUPLICATES, "Type: \"model\", name: \"%s\"",
		    b->name);
	if (b->prev != NULL && b->map != NULL)
		warn(p, WARN_REMAPPED_MODELS, "\"%s\"", b->name);
	if (t->comment != NULL)
		warn(p, WARN_COMMENTS, "Type: \"model\", name: \"%s\"",
		    b->name);
	warn_constraints(p, b, WARN_CHECKS, t->check, t->nchecks);
	warn_constraints(p, b, WARN_EXPRESSIONS, t->expression_index,
	    t->nexpression_indexes);
	warn_fields(p, b);
}

static void
warn_view(struct pull *p, const struct pull_block *b)
{
	if (b->prev != NULL && b->prev->id != NULL &&
	    b->prev->id->on == NULL && b->prev->id->name != NULL)
		warn(p, WARN_VIEW_ID_NAMES, "\"%s\"", b->name);
	if (b->duplicate)
		warn(p, WARN_DUPLICATES, "Type: \"view\", name: \"%s\"",
		    b->name);
	if (b->prev != NULL && b->map != NULL)
		warn(p, WARN_REMAPPED_VIEWS, "\"%s\"", b->name);
	if (b->view->has_comment)
		warn(p, WARN_COMMENTS, "Type: \"view\", name: \"%s\"",
		    b->name);
	warn_fields(p, b);
}

static void
warn_index(struct pull *p, const struct pull_block *b,
    const struct cat_index *index)
{
	size_t i;

	for (i = 0; i < index->ncolumns; i++)
		if (index->column[i].nulls_first ||
		    index->column[i].nulls_last)
			warn(p, WARN_NULLS, "Index: \"%s\", column: \"%s\"",
			    index->name, index->column[i].column->name);
	if (index->deferrable)
		warn(p, WARN_DEFERRING, "Model: \"%s\", constraint: \"%s\"",
		    b->name, index->name);
}

/* Of all tables, Prisma's own and those of many-to-many relations too. */
static void
warn_table(struct pull *p, const struct pull_block *b)
{
	const struct cat_table *t = b->table;
	size_t i, at = 0;

	/* the primary key stands where its name would */
	for (i = 0; i < t->nindexes; i++) {
		if (at == 0 && t->pk != NULL && t->pk->pos < t->index[i].pos) {
			warn_index(p, b, t->pk);
			at = 1;
		}
		warn_index(p, b, &t->index[i]);
	}
	if (at == 0 && t->pk != NULL)
		warn_index(p, b, t->pk);
	for (i = 0; i < t->nfks; i++)
		if (t->fk[i]->deferrable)
			warn(p, WARN_DEFERRING, "Model: \"%s\", constraint: "
			    "\"%s\"", b->name, t->fk[i]->name);
	warn_constraints(p, b, WARN_EXCLUSIONS, t->exclusion,
	    t->nexclusions);
}

void
pull_warn_all(struct pull *p)
{
	const struct catalog *c = p->cat;
	size_t i;

	for (i = 0; i < c->nenums; i++)
		warn_enum(p, &p->enumeration[i]);
	for (i = 0; i < c->ntables; i++)
		if (!p->table[i].hidden && p->table[i].a == NULL)
			warn_model(p, &p->table[i]);
	for (i = 0; i < c->nviews; i++)
		if (p->view[i].ncolumns > 0)
			warn_view(p, &p->view[i]);
	for (i = 0; i < c->ntables; i++)
		warn_table(p, &p->table[i]);
}

const char *
pull_warnings(struct pull *p)
{
	struct buf all = BUF_INIT;
	char *text;
	int w;

	for (w = 0; w < WARN__MAX; w++) {
		if (p->warning[w].len == 0)
			continue;
		if (all.len == 0)
			buf_adds(&all, "*** WARNING ***\n");
		buf_addf(&all, "\n%s\n%s", head[w],
		    buf_str(&p->warning[w]));
		buf_free(&p->warning[w]);
	}
	if (all.len == 0)
		return NULL;
	text = arena_strdup(p->mem, buf_str(&all));
	buf_free(&all);
	return text;
}
