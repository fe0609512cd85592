/*
 * From one catalog to another: the typed changes, in the order in which
 * Prisma writes its steps.  Things are paired by name and nothing else; both
 * sides are walked in the order of names, so that all is linear but for the
 * sorting.
 *
 * What must agree with the differ of prisma-engines 6.19: what counts as a
 * change, and the order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/change.h"
#include "catalog/order.h"
#include "catalog/value.h"

struct diff {
	struct arena *mem;
	struct changes *out;
	size_t room;
};

static int
same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static struct change *
add(struct diff *d, enum change_kind kind)
{
	struct changes *c = d->out;
	struct change *grown;

	if (c->n == d->room) {
		d->room = d->room == 0 ? 64 : 2 * d->room;
		grown = arena_array(d->mem, struct change, d->room);
		if (c->n > 0)
			memcpy(grown, c->item, c->n * sizeof(*grown));
		c->item = grown;
	}
	c->item[c->n] = (struct change){ .kind = kind };
	return &c->item[c->n++];
}

/* --- pairing --- */

/* Two of one sort; a side that is not there is NULL. */
struct pair {
	const void *from, *to;
};

typedef int (*compare_fn)(const void *, const void *);

/* Sorts both lists of pointers by name and merges them. */
static struct pair *
pair_up(struct arena *mem, const void **from, size_t nfrom, const void **to,
    size_t nto, compare_fn compare, size_t *n)
{
	struct pair *p = arena_array(mem, struct pair, nfrom + nto);
	size_t i = 0, k = 0;
	int c;

	qsort(from, nfrom, sizeof(*from), compare);
	qsort(to, nto, sizeof(*to), compare);
	*n = 0;
	while (i < nfrom || k < nto) {
		c = i == nfrom ? 1 : k == nto ? -1 : compare(&from[i], &to[k]);
		p[*n].from = c <= 0 ? from[i++] : NULL;
		p[*n].to = c >= 0 ? to[k++] : NULL;
		++*n;
	}
	return p;
}

#define POINTERS(mem, array, n, list)                                          \
	do {                                                                   \
		(list) = arena_array((mem), const void *, (n));                \
		for (size_t i_ = 0; i_ < (n); i_++)                            \
			(list)[i_] = &(array)[i_];                             \
	} while (0)

static int
by_table(const void *a, const void *b)
{
	const struct cat_table *x = *(const struct cat_table *const *)a;
	const struct cat_table *y = *(const struct cat_table *const *)b;
	int c = strcmp(x->ns, y->ns);

	return c != 0 ? c : strcmp(x->name, y->name);
}

static int
by_column(const void *a, const void *b)
{
	return strcmp((*(const struct cat_column *const *)a)->name,
	    (*(const struct cat_column *const *)b)->name);
}

static int
by_enum(const void *a, const void *b)
{
	const struct cat_enum *x = *(const struct cat_enum *const *)a;
	const struct cat_enum *y = *(const struct cat_enum *const *)b;
	int c = strcmp(x->ns, y->ns);

	return c != 0 ? c : strcmp(x->name, y->name);
}

/* A table on both sides, with its columns paired in the order of names. */
struct table_pair {
	const struct cat_table *from, *to;
	struct pair *column;
	size_t ncolumns;
	struct clause *alter; /* by column pair; kind 0 cast 0: see differs() */
};

/* --- columns --- */

static int
defaults_match(const struct cat_column *from, const struct cat_column *to)
{
	const struct cat_default *a = &from->dflt, *b = &to->dflt;
	int value_a = a->kind == CAT_DEFAULT_VALUE;
	int value_b = b->kind == CAT_DEFAULT_VALUE;
	int is_time = native_info[from->type.native].scalar ==
	    SCALAR_DATETIME || native_info[to->type.native].scalar ==
	    SCALAR_DATETIME;

	if (value_a && value_b)
		return value_equal(&a->value, &b->value);
	if (is_time && ((value_a && a->value.kind == VALUE_LIST &&
	    b->kind == CAT_DEFAULT_DBGENERATED) ||
	    (value_b && b->value.kind == VALUE_LIST &&
	    a->kind == CAT_DEFAULT_DBGENERATED)))
		return 1;
	/* a literal time cannot be compared with anything that is there */
	if ((value_a && a->value.kind == VALUE_DATETIME &&
	    b->kind != CAT_DEFAULT_NONE) ||
	    (value_b && b->value.kind == VALUE_DATETIME &&
	    a->kind != CAT_DEFAULT_NONE))
		return 1;
	if (b->kind == CAT_DEFAULT_DBGENERATED)
		return b->text == NULL || (a->kind == b->kind &&
		    a->text != NULL && strcasecmp(a->text, b->text) == 0);
	if (b->kind == CAT_DEFAULT_SEQUENCE)
		return 1; /* told as autoincrement */
	if (a->kind == CAT_DEFAULT_SEQUENCE)
		return b->kind == CAT_DEFAULT_NONE;
	return a->kind == b->kind && !value_a;
}

static int
differs(const struct clause *c)
{
	return c->arity || c->dflt || c->autoincrement ||
	    c->cast != CAST_NONE;
}

static void
compare_columns(const struct cat_column *from, const struct cat_column *to,
    struct clause *c)
{
	*c = (struct clause){ .kind = CLAUSE_ALTER_COLUMN, .from = from,
		.to = to };
	c->cast = type_cast(&from->type, &to->type);
	c->arity = from->type.arity != to->type.arity;
	c->dflt = !defaults_match(from, to);
	c->autoincrement = from->autoincrement != to->autoincrement;
	if (c->cast == CAST_IMPOSSIBLE)
		c->kind = CLAUSE_RECREATE_COLUMN;
}

static void
pair_columns(struct diff *d, struct table_pair *t)
{
	const void **from, **to;

	POINTERS(d->mem, t->from->column, t->from->ncolumns, from);
	POINTERS(d->mem, t->to->column, t->to->ncolumns, to);
	t->column = pair_up(d->mem, from, t->from->ncolumns, to,
	    t->to->ncolumns, by_column, &t->ncolumns);
	t->alter = arena_array(d->mem, struct clause, t->ncolumns);
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->column[i].from != NULL && t->column[i].to != NULL)
			compare_columns(t->column[i].from, t->column[i].to,
			    &t->alter[i]);
}

/* What differs in a column of both sides, by its name. */
static const struct clause *
alteration(const struct table_pair *t, const char *name)
{
	size_t low = 0, high = t->ncolumns, mid;
	const struct cat_column *c;
	int order;

	while (low < high) {
		mid = (low + high) / 2;
		c = t->column[mid].from != NULL ? t->column[mid].from :
		    t->column[mid].to;
		order = strcmp(name, c->name);
		if (order == 0)
			return t->alter[mid].from != NULL ? &t->alter[mid] :
			    NULL;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* --- indexes --- */

static int
sorts_down(const struct cat_index_column *c)
{
	return c->sort == SORT_DESC;
}

static int
opclasses_match(const struct cat_index_column *a,
    const struct cat_index_column *b)
{
	if (a->opclass == NULL || b->opclass == NULL)
		return (a->opclass == NULL || a->opclass_is_default) &&
		    (b->opclass == NULL || b->opclass_is_default);
	return same(a->opclass, b->opclass);
}

static int
index_columns_match(const struct cat_index *a, const struct cat_index *b)
{
	if (a->ncolumns != b->ncolumns)
		return 0;
	for (size_t i = 0; i < a->ncolumns; i++)
		if (!same(a->column[i].column->name, b->column[i].column->name))
			return 0;
	return 1;
}

/* Do they differ by name only? */
static int
indexes_match(const struct cat_index *a, const struct cat_index *b)
{
	if (a->kind != b->kind || a->algorithm != b->algorithm ||
	    !index_columns_match(a, b))
		return 0;
	for (size_t i = 0; i < a->ncolumns; i++)
		if (sorts_down(&a->column[i]) != sorts_down(&b->column[i]) ||
		    !opclasses_match(&a->column[i], &b->column[i]))
			return 0;
	return 1;
}

static const struct cat_index *
match_of(const struct cat_index *x, const struct cat_table *t)
{
	for (size_t i = 0; i < t->nindexes; i++)
		if (indexes_match(x, &t->index[i]))
			return &t->index[i];
	return NULL;
}

/* Several over the same columns are too alike to be renamed. */
static int
is_only_one(const struct cat_index *x, const struct cat_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->nindexes; i++)
		n += t->index[i].kind == x->kind &&
		    index_columns_match(&t->index[i], x);
	return n == 1;
}

static int
has_recreated_column(const struct table_pair *t, const struct cat_index *x)
{
	const struct clause *c;

	for (size_t i = 0; i < x->ncolumns; i++) {
		c = alteration(t, x->column[i].column->name);
		if (c != NULL && c->kind == CLAUSE_RECREATE_COLUMN)
			return 1;
	}
	return 0;
}

static void
create_index(struct diff *d, const struct cat_table *from,
    const struct cat_index *x, int recreated)
{
	struct change *c = add(d, CHANGE_CREATE_INDEX);

	c->from_table = from;
	c->to_table = x->table;
	c->to_index = x;
	c->recreated = recreated;
}

static void
diff_indexes(struct diff *d, const struct table_pair *t)
{
	const struct cat_index *x, *y;
	struct change *c;

	for (size_t i = 0; i < t->to->nindexes; i++)
		if (match_of(&t->to->index[i], t->from) == NULL)
			create_index(d, t->from, &t->to->index[i], 0);
	for (size_t i = 0; i < t->from->nindexes; i++) {
		x = &t->from->index[i];
		y = match_of(x, t->to);
		if (y == NULL) {
			c = add(d, CHANGE_DROP_INDEX);
			c->from_table = t->from;
			c->from_index = x;
			continue;
		}
		if (!is_only_one(x, t->from))
			continue;
		if (has_recreated_column(t, y))
			create_index(d, t->from, y, 1);
		if (!same(x->name, y->name)) {
			c = add(d, CHANGE_RENAME_INDEX);
			c->from_table = t->from;
			c->to_table = t->to;
			c->from_index = x;
			c->to_index = y;
		}
	}
}

/* --- foreign keys --- */

static int
fks_match(const struct table_pair *t, const struct cat_fk *a,
    const struct cat_fk *b)
{
	const struct clause *c;

	if (!same(a->target->name, b->target->name) ||
	    a->ncolumns != b->ncolumns || a->on_delete != b->on_delete ||
	    a->on_update != b->on_update)
		return 0;
	for (size_t i = 0; i < a->ncolumns; i++) {
		if (!same(a->column[i]->name, b->column[i]->name) ||
		    !same(a->target_column[i]->name,
		    b->target_column[i]->name))
			return 0;
		c = alteration(t, a->column[i]->name);
		if (c != NULL && c->cast != CAST_NONE)
			return 0;
	}
	return 1;
}

static const struct cat_fk *
fk_of(const struct table_pair *t, const struct cat_fk *from,
    const struct cat_fk *to)
{
	const struct cat_table *other = from != NULL ? t->to : t->from;

	for (size_t i = 0; i < other->nfks; i++)
		if (fks_match(t, from != NULL ? from : other->fk[i],
		    from != NULL ? other->fk[i] : to))
			return other->fk[i];
	return NULL;
}

/* The names of these were not always the same. */
static int
is_join_table(const struct cat_table *t)
{
	return t->ncolumns == 2 && catalog_column(t, "A") != NULL &&
	    catalog_column(t, "B") != NULL;
}

static void
add_fk(struct diff *d, const struct cat_fk *fk)
{
	struct change *c = add(d, CHANGE_ADD_FK);

	c->to_table = fk->table;
	c->to_fk = fk;
}

static void
drop_fk(struct diff *d, const struct cat_fk *fk)
{
	struct change *c = add(d, CHANGE_DROP_FK);

	c->from_table = fk->table;
	c->from_fk = fk;
}

static void
diff_fks(struct diff *d, const struct table_pair *t)
{
	const struct cat_fk *x, *y;
	struct change *c;

	for (size_t i = 0; i < t->to->nfks; i++)
		if (fk_of(t, NULL, t->to->fk[i]) == NULL)
			add_fk(d, t->to->fk[i]);
	for (size_t i = 0; i < t->from->nfks; i++) {
		x = t->from->fk[i];
		y = fk_of(t, x, NULL);
		if (y == NULL) {
			drop_fk(d, x);
		} else if (!same(x->name, y->name) &&
		    !(is_join_table(t->from) && is_join_table(t->to))) {
			c = add(d, CHANGE_RENAME_FK);
			c->from_table = t->from;
			c->to_table = t->to;
			c->from_fk = x;
			c->to_fk = y;
		}
	}
}

/* --- tables --- */

static int
pk_changed(const struct table_pair *t)
{
	const struct cat_index *a = t->from->pk, *b = t->to->pk;
	const struct clause *c;

	if (a == NULL || b == NULL)
		return 0;
	if (!index_columns_match(a, b))
		return 1;
	for (size_t i = 0; i < a->ncolumns; i++) {
		if (sorts_down(&a->column[i]) != sorts_down(&b->column[i]))
			return 1;
		c = alteration(t, a->column[i].column->name);
		if (c != NULL && c->cast != CAST_NONE)
			return 1;
	}
	return 0;
}

static int
by_position(const void *a, const void *b)
{
	const struct clause *x = a, *y = b;

	return (x->from->pos > y->from->pos) - (x->from->pos < y->from->pos);
}

/* The clauses of one ALTER TABLE, in their order. */
static size_t
alter_table(const struct table_pair *t, struct clause *clause)
{
	const struct cat_index *a = t->from->pk, *b = t->to->pk;
	int changed = pk_changed(t);
	size_t n = 0, first;

	if (changed || (a != NULL && b == NULL))
		clause[n++].kind = CLAUSE_DROP_PK;
	if (a != NULL && b != NULL && !changed && !same(a->name, b->name))
		clause[n++].kind = CLAUSE_RENAME_PK;
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->column[i].to == NULL)
			clause[n++] = (struct clause){
				.kind = CLAUSE_DROP_COLUMN,
				.from = t->column[i].from };
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->column[i].from == NULL)
			clause[n++] = (struct clause){
				.kind = CLAUSE_ADD_COLUMN,
				.to = t->column[i].to };
	first = n;
	for (size_t i = 0; i < t->ncolumns; i++)
		if (t->alter[i].from != NULL && differs(&t->alter[i]))
			clause[n++] = t->alter[i];
	qsort(clause + first, n - first, sizeof(*clause), by_position);
	if (changed || (a == NULL && b != NULL))
		clause[n++].kind = CLAUSE_ADD_PK;
	return n;
}

static void
diff_table(struct diff *d, const struct table_pair *t)
{
	struct clause *clause;
	struct change *c;
	size_t n;

	diff_fks(d, t);
	diff_indexes(d, t);
	clause = arena_array(d->mem, struct clause, t->ncolumns + 3);
	if ((n = alter_table(t, clause)) == 0)
		return;
	c = add(d, CHANGE_ALTER_TABLE);
	c->from_table = t->from;
	c->to_table = t->to;
	c->clause = clause;
	c->nclauses = n;
}

static void
create_table(struct diff *d, const struct cat_table *t)
{
	add(d, CHANGE_CREATE_TABLE)->to_table = t;
	for (size_t i = 0; i < t->nfks; i++)
		add_fk(d, t->fk[i]);
	for (size_t i = 0; i < t->nindexes; i++)
		create_index(d, NULL, &t->index[i], 0);
}

static void
drop_table(struct diff *d, const struct cat_table *t)
{
	add(d, CHANGE_DROP_TABLE)->from_table = t;
	for (size_t i = 0; i < t->nfks; i++)
		drop_fk(d, t->fk[i]);
}

/* Tables of Prisma and of PostGIS are nobody's to change. */
static int
is_ignored(const struct cat_table *t)
{
	static const char *const postgis[] = { "spatial_ref_sys",
		"geometry_columns", "geography_columns", "raster_columns",
		"raster_overviews" };

	for (size_t i = 0; i < sizeof(postgis) / sizeof(*postgis); i++)
		if (strcasecmp(t->name, postgis[i]) == 0)
			return 1;
	return same(t->name, "_prisma_migrations");
}

static size_t
tables_of(struct arena *mem, const struct catalog *c, const void ***list)
{
	size_t n = 0;

	*list = arena_array(mem, const void *, c->ntables);
	for (size_t i = 0; i < c->ntables; i++)
		if (!is_ignored(&c->table[i]))
			(*list)[n++] = &c->table[i];
	return n;
}

static struct pair *
pair_tables(struct diff *d, size_t *n)
{
	const void **from, **to;
	size_t nfrom = tables_of(d->mem, d->out->from, &from);
	size_t nto = tables_of(d->mem, d->out->to, &to);

	return pair_up(d->mem, from, nfrom, to, nto, by_table, n);
}

/* --- enums --- */

static size_t
labels_not_in(struct arena *mem, const struct cat_enum *a,
    const struct cat_enum *b, const char *const **list)
{
	const char **out = arena_array(mem, const char *, a->nlabels);
	size_t n = 0, k;

	for (size_t i = 0; i < a->nlabels; i++) {
		for (k = 0; k < b->nlabels; k++)
			if (same(a->label[i], b->label[k]))
				break;
		if (k == b->nlabels)
			out[n++] = a->label[i];
	}
	*list = out;
	return n;
}

/* By its bare name, as the engine asks. */
static int
has_default_of(const struct cat_column *c, const char *name)
{
	return c->type.native == NATIVE_ENUM &&
	    c->dflt.kind != CAT_DEFAULT_NONE &&
	    same(c->type.enumeration->name, name);
}

static void
use(struct diff *d, struct change *c, const struct cat_column *from,
    const struct cat_column *to)
{
	struct enum_usage *grown;

	if ((c->nusages & (c->nusages - 1)) == 0) { /* full at powers of 2 */
		grown = arena_array(d->mem, struct enum_usage,
		    c->nusages == 0 ? 1 : 2 * c->nusages);
		if (c->nusages > 0)
			memcpy(grown, c->usage, c->nusages * sizeof(*grown));
		c->usage = grown;
	}
	c->usage[c->nusages++] = (struct enum_usage){ from, to };
}

static void
find_usages(struct diff *d, struct change *c, const struct pair *table,
    size_t ntables, const struct table_pair *pairs)
{
	const char *name = c->from_enum->name;
	const struct cat_table *t;
	const struct table_pair *p;
	const struct cat_column *from, *to;

	for (size_t i = 0; i < ntables; i++) {
		t = table[i].from;
		for (size_t k = 0; t != NULL && table[i].to == NULL &&
		    k < t->ncolumns; k++)
			if (has_default_of(&t->column[k], name))
				use(d, c, &t->column[k], NULL);
	}
	for (size_t i = 0; i < ntables; i++) {
		if (table[i].from == NULL || table[i].to == NULL)
			continue;
		p = &pairs[i];
		for (size_t k = 0; k < p->ncolumns; k++) {
			from = p->column[k].from;
			if (p->column[k].to == NULL &&
			    has_default_of(from, name))
				use(d, c, from, NULL);
		}
		for (size_t k = 0; k < p->ncolumns; k++) {
			from = p->column[k].from;
			to = p->column[k].to;
			if (from != NULL && to != NULL &&
			    has_default_of(from, name))
				use(d, c, from, has_default_of(to,
				    c->to_enum->name) ? to : NULL);
		}
	}
}

static void
diff_enums(struct diff *d, const struct pair *table, size_t ntables,
    const struct table_pair *pairs)
{
	const struct catalog *a = d->out->from, *b = d->out->to;
	const void **from, **to;
	struct pair *p;
	struct change alter, *c;
	size_t n;

	POINTERS(d->mem, a->enumeration, a->nenums, from);
	POINTERS(d->mem, b->enumeration, b->nenums, to);
	p = pair_up(d->mem, from, a->nenums, to, b->nenums, by_enum, &n);
	for (size_t i = 0; i < n; i++) {
		if (p[i].from == NULL) {
			add(d, CHANGE_CREATE_ENUM)->to_enum = p[i].to;
			continue;
		}
		if (p[i].to == NULL) {
			add(d, CHANGE_DROP_ENUM)->from_enum = p[i].from;
			continue;
		}
		alter = (struct change){ .kind = CHANGE_ALTER_ENUM,
			.from_enum = p[i].from, .to_enum = p[i].to };
		alter.nadded = labels_not_in(d->mem, p[i].to, p[i].from,
		    &alter.added);
		alter.nremoved = labels_not_in(d->mem, p[i].from, p[i].to,
		    &alter.removed);
		if (alter.nadded + alter.nremoved == 0)
			continue;
		c = add(d, CHANGE_ALTER_ENUM);
		*c = alter;
		find_usages(d, c, table, ntables, pairs);
	}
}

/* --- schemas and extensions --- */

static void
diff_namespaces(struct diff *d)
{
	const struct catalog *a = d->out->from, *b = d->out->to;
	size_t k;

	for (size_t i = 0; i < b->nns; i++) {
		for (k = 0; k < a->nns; k++)
			if (same(a->ns[k], b->ns[i]))
				break;
		if (k == a->nns)
			add(d, CHANGE_CREATE_SCHEMA)->ns = b->ns[i];
	}
}

static int
says_another(const char *a, const char *b)
{
	return *a != '\0' && *b != '\0' && !same(a, b);
}

/* None is dropped for not being in the schema. */
static void
diff_extensions(struct diff *d)
{
	const struct catalog *a = d->out->from, *b = d->out->to;
	const struct cat_extension *x, *y;
	size_t k;

	for (size_t i = 0; i < b->nextensions; i++) {
		y = &b->extension[i];
		for (k = 0; k < a->nextensions; k++)
			if (same(a->extension[k].name, y->name))
				break;
		if (k == a->nextensions) {
			add(d, CHANGE_CREATE_EXTENSION)->to_extension = y;
			continue;
		}
		x = &a->extension[k];
		if (!says_another(x->version, y->version) &&
		    !says_another(x->schema, y->schema))
			continue;
		if (x->relocatable || y->relocatable) {
			add(d, CHANGE_ALTER_EXTENSION)->from_extension = x;
			d->out->item[d->out->n - 1].to_extension = y;
		} else {
			add(d, CHANGE_DROP_EXTENSION)->from_extension = x;
			add(d, CHANGE_CREATE_EXTENSION)->to_extension = y;
		}
	}
}

/* --- all --- */

static void
diff_tables(struct diff *d, const struct pair *table, size_t n,
    struct table_pair *pairs)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i].from == NULL) {
			create_table(d, table[i].to);
		} else if (table[i].to == NULL) {
			drop_table(d, table[i].from);
		} else {
			pairs[i].from = table[i].from;
			pairs[i].to = table[i].to;
			pair_columns(d, &pairs[i]);
			diff_table(d, &pairs[i]);
		}
	}
}

struct changes *
catalog_diff(struct arena *mem, const struct catalog *from,
    const struct catalog *to)
{
	struct diff d = { .mem = mem, .out = arena_new_of(mem, struct changes) };
	struct pair *table;
	struct table_pair *pairs;
	size_t ntables;

	d.out->from = from;
	d.out->to = to;
	table = pair_tables(&d, &ntables);
	pairs = arena_array(mem, struct table_pair, ntables);
	diff_namespaces(&d);
	diff_extensions(&d);
	diff_tables(&d, table, ntables, pairs);
	diff_enums(&d, table, ntables, pairs);
	changes_sort(d.out);
	return d.out;
}
