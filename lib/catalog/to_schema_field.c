/*
 * Scalar fields with their keys, and the indexes of a model as text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"
#include "schema/opclass.h"

void
pull_doc(struct buf *out, const char *text)
{
	size_t n;

	for (;;) {
		n = strcspn(text, "\n");
		buf_addf(out, "///%s%.*s\n", n > 0 ? " " : "", (int)n, text);
		if (text[n] == '\0')
			return;
		text += n + 1;
	}
}

void
pull_map(struct buf *out, const char *attr, const char *map)
{
	if (map == NULL)
		return;
	buf_adds(out, attr);
	buf_addc(out, '(');
	pull_string(out, map);
	buf_addc(out, ')');
}

/* --- scalar fields --- */

static void
add_type(struct pull *p, const struct pull_block *b,
    const struct cat_column *c, struct buf *out)
{
	const struct schema_field *prev = pull_prev_field(b, c);
	enum ast_arity arity = c->type.arity;

	if (c->type.native == NATIVE_UNSUPPORTED)
		buf_addf(out, "Unsupported(\"%s\")", c->type.unsupported);
	else if (c->type.native == NATIVE_ENUM)
		buf_adds(out, pull_enum_of(p, c->type.enumeration)->name);
	else
		buf_adds(out,
		    scalar_name[native_info[c->type.native].scalar]);
	/* columns of views are never required for the database */
	if (b->view != NULL && arity == ARITY_OPTIONAL && prev != NULL)
		arity = prev->arity;
	buf_adds(out, arity == ARITY_LIST ? "[]" :
	    arity == ARITY_OPTIONAL ? "?" : "");
}

static int
is_usual_type(const struct cat_type *t)
{
	if (t->native >= NATIVE_ENUM)
		return 1;
	if (native_of_scalar[native_info[t->native].scalar] != t->native)
		return 0;
	if (t->native == NATIVE_DECIMAL)
		return t->nargs == 2 && t->arg[0] == 65 && t->arg[1] == 30;
	if (t->native == NATIVE_TIMESTAMP)
		return t->nargs == 1 && t->arg[0] == 3;
	return 1;
}

static void
add_native(struct pull *p, const struct cat_type *t, struct buf *out)
{
	const struct schema_datasource *ds = p->config != NULL ?
	    p->config->datasource : NULL;

	if (is_usual_type(t))
		return;
	buf_addf(out, " @%s.%s", ds != NULL ? ds->name : "db",
	    native_info[t->native].name);
	if (t->nargs == 1)
		buf_addf(out, "(%ld)", t->arg[0]);
	else if (t->nargs == 2)
		buf_addf(out, "(%ld, %ld)", t->arg[0], t->arg[1]);
}

static const char *
index_map(struct pull *p, const struct cat_index *index)
{
	const char **column = arena_array(p->mem, const char *,
	    index->ncolumns + 1), *name;
	size_t i, n = index->kind == INDEX_ID ? 0 : index->ncolumns;

	for (i = 0; i < n; i++)
		column[i] = index->column[i].column->name;
	name = schema_constraint_name(p->mem, index->table->name, column, n,
	    index->kind == INDEX_ID ? "_pkey" :
	    index->kind == INDEX_UNIQUE ? "_key" : "_idx");
	return strcmp(name, index->name) == 0 ? NULL : index->name;
}

/* (sort: Desc, map: "…"); of @unique the other way round */
static void
add_field_args(struct pull *p, const struct cat_index *index, struct buf *out)
{
	const char *map = index_map(p, index), *comma = "(";
	int desc = index->column[0].sort == SORT_DESC;

	if (desc && index->kind == INDEX_ID) {
		buf_adds(out, "(sort: Desc");
		comma = ", ";
	}
	if (map != NULL) {
		buf_addf(out, "%smap: ", comma);
		pull_string(out, map);
		comma = ", ";
	}
	if (desc && index->kind == INDEX_UNIQUE) {
		buf_addf(out, "%ssort: Desc", comma);
		comma = ", ";
	}
	if (*comma == ',')
		buf_addc(out, ')');
}

static const struct cat_index *
unique_of(const struct cat_table *t, const struct cat_column *c)
{
	size_t i;

	for (i = 0; i < t->nindexes; i++)
		if (t->index[i].kind == INDEX_UNIQUE &&
		    t->index[i].ncolumns == 1 &&
		    t->index[i].column[0].column == c)
			return &t->index[i];
	return NULL;
}

static void
add_keys(struct pull *p, const struct cat_table *t, const struct cat_column *c,
    struct buf *out)
{
	const struct cat_index *unique = unique_of(t, c);

	if (t->pk != NULL && t->pk->ncolumns == 1 &&
	    t->pk->column[0].column == c) {
		buf_adds(out, " @id");
		add_field_args(p, t->pk, out);
	}
	if (unique != NULL) {
		buf_adds(out, " @unique");
		add_field_args(p, unique, out);
	}
}

/* The text of an attribute of the schema there was, behind its @. */
void
pull_attr_text(const struct pull *p, const struct ast_attr *attr,
    struct buf *out)
{
	const char *text = p->prev->ast->sources->file[attr->span.file].text;
	size_t start = attr->span.start;

	while (text[start] == '@')
		start++;
	buf_add(out, text + start, attr->span.end - start);
}

/* Keys of a view are in the schema only: they stay as they were. */
static void
add_kept_keys(const struct pull *p, const struct schema_field *prev,
    struct buf *out)
{
	static const char *const name[] = { "id", "unique" };
	const struct ast_attr *attr;
	size_t i;

	for (i = 0; prev != NULL && i < 2; i++) {
		attr = ast_attr(&prev->ast->attrs, name[i]);
		if (attr == NULL)
			continue;
		buf_adds(out, " @");
		pull_attr_text(p, attr, out);
	}
}

static void
add_field(struct pull *p, const struct pull_block *b,
    const struct cat_column *c, struct buf *out)
{
	const struct schema_field *prev = pull_prev_field(b, c);
	const char *name = pull_field_name(b, c, p->mem);
	int nameless = *pull_sanitize(p->mem, c->name) == '\0';

	if (prev != NULL && prev->ast->doc != NULL)
		pull_doc(out, prev->ast->doc);
	if (nameless)
		pull_doc(out, "This field was commented out because of an "
		    "invalid name. Please provide a valid one that matches "
		    "[a-zA-Z][a-zA-Z0-9_]*");
	buf_addf(out, "%s%s ", nameless ? "// " : "",
	    *name == '\0' ? c->name : name);
	add_type(p, b, c, out);
	if (b->table != NULL)
		add_keys(p, b->table, c, out);
	else
		add_kept_keys(p, prev, out);
	pull_default(p, b, c, out);
	if (prev != NULL && prev->updated_at)
		buf_adds(out, " @updatedAt");
	pull_map(out, " @map", pull_field_map(b, c));
	add_native(p, &c->type, out);
	if (prev != NULL && prev->ignored)
		buf_adds(out, " @ignore");
	buf_addc(out, '\n');
}

void
pull_fields(struct pull *p, const struct pull_block *b, struct buf *out)
{
	size_t i;

	for (i = 0; i < b->ncolumns; i++)
		add_field(p, b, &b->column[i], out);
}

/* --- @@id, @@unique, @@index --- */

static void
add_opclass(const struct cat_index_column *c, struct buf *out)
{
	const struct opclass *known;

	buf_adds(out, "ops: ");
	known = opclass_find_sql(c->opclass);
	if (known != NULL) {
		buf_adds(out, known->name);
	} else {
		buf_adds(out, "raw(");
		pull_string(out, c->opclass);
		buf_addc(out, ')');
	}
}

static void
add_index_column(struct pull *p, const struct pull_block *b,
    const struct cat_index_column *c, struct buf *out)
{
	int desc = c->sort == SORT_DESC;
	int ops = c->opclass != NULL && !c->opclass_is_default;

	buf_adds(out, pull_field_name(b, c->column, p->mem));
	if (!desc && !ops)
		return;
	buf_adds(out, desc ? "(sort: Desc" : "(");
	if (desc && ops)
		buf_adds(out, ", ");
	if (ops)
		add_opclass(c, out);
	buf_addc(out, ')');
}

static void
add_index(struct pull *p, const struct pull_block *b,
    const struct cat_index *index, struct buf *out)
{
	static const char *const word[] = {
		[INDEX_ID] = "id",
		[INDEX_UNIQUE] = "unique",
		[INDEX_NORMAL] = "index",
		[INDEX_FULLTEXT] = "fulltext"
	};
	const struct schema_index *prev = pull_prev_index(b, index);
	const char *map = index_map(p, index);
	size_t i;

	if (index->kind == INDEX_ID)
		prev = b->prev != NULL ? b->prev->id : NULL;
	buf_addf(out, "@@%s([", word[index->kind]);
	for (i = 0; i < index->ncolumns; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		add_index_column(p, b, &index->column[i], out);
	}
	buf_addc(out, ']');
	if (prev != NULL && prev->name != NULL) {
		buf_adds(out, ", name: ");
		pull_string(out, prev->name);
	}
	if (map != NULL) {
		buf_adds(out, ", map: ");
		pull_string(out, map);
	}
	if (index->algorithm != INDEX_BTREE)
		buf_addf(out, ", type: %s",
		    index_algorithm_name[index->algorithm]);
	buf_adds(out, ")\n");
}

struct placed {
	const struct cat_index *index;
	size_t place;
};

static int
by_place(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* In the order they had, then those that are new. */
void
pull_indexes(struct pull *p, const struct pull_block *b, struct buf *out)
{
	const struct cat_table *t = b->table;
	const struct schema_index *prev;
	struct placed *all = arena_array(p->mem, struct placed, t->nindexes);
	size_t i, n = 0;

	if (t->pk != NULL && t->pk->ncolumns > 1)
		add_index(p, b, t->pk, out);
	for (i = 0; i < t->nindexes; i++) {
		if (t->index[i].kind == INDEX_UNIQUE &&
		    t->index[i].ncolumns == 1)
			continue;
		prev = pull_prev_index(b, &t->index[i]);
		all[n++] = (struct placed){ &t->index[i],
			prev != NULL ? prev->attr->span.start : SIZE_MAX };
	}
	qsort(all, n, sizeof(*all), by_place);
	for (i = 0; i < n; i++)
		add_index(p, b, all[i].index, out);
}
