/* Which tables are meant, by names and patterns. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/pick.h"

struct pick pick_opts;

const struct opt opt_pick[] = {
	OPT_LIST('t', "table", "PATTERN", &pick_opts.include,
	    "only tables of this name; * and ? stand for any letters"),
	OPT_LIST('T', "exclude-table", "PATTERN", &pick_opts.exclude,
	    "not these tables"),
	OPT_END
};

struct picker {
	struct arena *mem;
	struct db *db;
	const struct pick *pick;
	struct tables *all;
	const char *schema; /* of the URL */
	struct diag *d;
};

/* 's.t' → s and t; a name without a dot is of the URL's schema.  A table
 * whose own name has a dot is found by its whole name first. */
static const char *
split(struct picker *p, const char *text, const char **schema)
{
	const char *dot = strchr(text, '.');

	*schema = p->schema;
	if (dot == NULL || table_find(p->all, p->schema, text) != NULL)
		return text;
	*schema = arena_strndup(p->mem, text, (size_t)(dot - text));
	return dot + 1;
}

/* `*' is any letters and `?' one, of UTF-8; fnmatch() knows more, which
 * names of tables may have in them: brackets, backslashes. */
static int
fits(const char *pattern, const char *s)
{
	const char *star = NULL, *from = NULL;

	while (*s != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			from = s;
		} else if (*pattern == '?') {
			pattern++;
			for (s++; ((unsigned char)*s & 0xc0) == 0x80; s++)
				;
		} else if (*pattern == *s) {
			pattern++;
			s++;
		} else if (star != NULL) {
			pattern = star + 1;
			s = ++from;
		} else
			return 0;
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static int
matches(struct picker *p, const char *pattern, const struct table *t)
{
	const char *schema, *name = split(p, pattern, &schema);

	return fits(name, t->name) && fits(schema, t->schema);
}

/* Never meant, also when named. */
static int
is_ours(const struct table *t)
{
	return strcmp(t->schema, "dbm") == 0;
}

/* Not meant unless named. */
static int
is_apart(const struct table *t)
{
	return t->is_partition || t->of_extension || table_is_state(t) ||
	    strcmp(t->name, "_prisma_migrations") == 0;
}

static int
is_named(struct picker *p, const struct table *t)
{
	const char *schema, *name;
	size_t i;

	for (i = 0; i < p->pick->n; i++) {
		name = split(p, p->pick->operand[i], &schema);
		if (strcmp(name, t->name) == 0 &&
		    strcmp(schema, t->schema) == 0)
			return 1;
	}
	for (i = 0; i < p->pick->include.n; i++)
		if (matches(p, p->pick->include.item[i], t) &&
		    (!is_apart(t) ||
		    strpbrk(p->pick->include.item[i], "*?") == NULL))
			return 1;
	return 0;
}

static int
is_excluded(struct picker *p, const struct table *t)
{
	size_t i;

	for (i = 0; i < p->pick->exclude.n; i++)
		if (matches(p, p->pick->exclude.item[i], t))
			return 1;
	return 0;
}

static int
no_table(struct picker *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->all->n; i++)
		if (name_is_like(p->all->table[i]->name, name)) {
			diag_hint(p->d, "did you mean '%s'?",
			    p->all->table[i]->shown);
			break;
		}
	return diag_set(p->d, "there is no table '%s' in database '%s'%s%s",
	    name, db_url_of(p->db)->dbname,
	    strchr(name, '.') == NULL ? ", schema " : "",
	    strchr(name, '.') == NULL ? p->schema : "");
}

/* Every name and every pattern of -t has to mean something. */
static int
check(struct picker *p)
{
	const char *schema, *name;
	size_t i, j;

	for (i = 0; i < p->pick->n; i++) {
		name = split(p, p->pick->operand[i], &schema);
		if (table_find(p->all, schema, name) == NULL)
			return no_table(p, p->pick->operand[i]);
	}
	for (i = 0; i < p->pick->include.n; i++) {
		for (j = 0; j < p->all->n; j++)
			if (matches(p, p->pick->include.item[i],
			    p->all->table[j]))
				break;
		if (j == p->all->n)
			return no_table(p, p->pick->include.item[i]);
	}
	return 0;
}

const char **
pick_schemas(struct arena *mem, const struct pick *pick, const char *schema,
    size_t *n)
{
	const char **out = NULL, *text, *dot;
	size_t i, total = pick->n + pick->include.n;

	*n = 0;
	out = arena_more(mem, out, *n, sizeof(*out));
	out[(*n)++] = schema;
	for (i = 0; i < total; i++) {
		text = i < pick->n ? pick->operand[i] :
		    pick->include.item[i - pick->n];
		if ((dot = strchr(text, '.')) == NULL)
			continue;
		out = arena_more(mem, out, *n, sizeof(*out));
		out[(*n)++] = arena_strndup(mem, text, (size_t)(dot - text));
	}
	return out;
}

int
pick_among(struct arena *mem, struct db *db, const struct pick *pick,
    struct tables *all, struct tables *chosen, struct diag *d)
{
	struct picker p = { mem, db, pick, all, db_url_of(db)->schema, d };
	int any = pick->n + pick->include.n > 0;
	struct table *t;
	size_t i;

	if (!pick->lenient && check(&p) == -1)
		return -1;
	chosen->n = 0;
	chosen->table = arena_array(mem, struct table *, all->n + 1);
	for (i = 0; i < all->n; i++) {
		t = all->table[i];
		if (!is_ours(t) && !is_excluded(&p, t) &&
		    (any ? is_named(&p, t) : !is_apart(t)))
			chosen->table[chosen->n++] = t;
	}
	return 0;
}

int
pick_tables(struct arena *mem, struct db *db, const struct pick *pick,
    struct tables *all, struct tables *chosen, struct diag *d)
{
	const char **schema;
	size_t n;

	schema = pick_schemas(mem, pick, db_url_of(db)->schema, &n);
	if (tables_read(mem, db, schema, n, all, d) == -1)
		return -1;
	return pick_among(mem, db, pick, all, chosen, d);
}
