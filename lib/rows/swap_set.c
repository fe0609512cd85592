/*
 * Another value for a while: NULL where it may be, else one that nobody has.
 * What is tried may be refused (a CHECK, the end of a type); then the next is.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "rows/equal.h"
#include "rows/merge_priv.h"
#include "rows/swap_priv.h"
#include "rows/table.h"

/* What is known of one column; the answer of sql_rows_parking. */
struct parking {
	const struct column *column;
	int in_fk, in_full_fk, fixed;
	const char *length;
};

static int
is_true(const char *cell)
{
	return *cell == 't';
}

static int
is_in_key(const struct merge_table *t, const struct column *c)
{
	size_t i;

	for (i = 0; i < t->key->n; i++)
		if (t->key->column[i] == c)
			return 1;
	return 0;
}

/* 0: the column must stay as it is. */
static int
read_parking(const struct unique *u, const struct column *c,
    const struct db_rows *r, struct parking *out)
{
	size_t i;

	for (i = 0; strcmp(db_cell(r, i, 0), c->name) != 0; i++)
		if (i + 1 == r->nrows)
			return 0;
	out->column = c;
	out->in_fk = is_true(db_cell(r, i, 1));
	out->in_full_fk = is_true(db_cell(r, i, 2));
	out->fixed = is_true(db_cell(r, i, 3));
	out->length = db_cell(r, i, 4);
	return !out->fixed && !c->generated && c->identity != 'a' &&
	    !is_in_key(u->t, c);
}

/*
 * Values that nobody has, by type.  %c is the column, %l its greatest length;
 * p."dbm n" counts the rows from 1.  Text keeps its beginning, so that it
 * still looks like an address to a CHECK that wants one; short text is made
 * of letters of which there are many.  Numbers and days are beyond those of
 * both sides: above, or where that cannot be, below, or anywhere.  Of an enum,
 * labels are taken that neither side uses beside the same other columns (%o).
 */
#define HEX "replace(gen_random_uuid()::text,'-','')"
#define LETTERS                                                                \
	"(SELECT string_agg(chr(19968 + (random() * 20000)::int), '') "        \
	"FROM generate_series(1, least(%l, 8 + 0 * p.\"dbm n\")))"
#define BOTH(func, filter)                                                     \
	"(SELECT " func "(x) FROM (SELECT " func "(%c)" filter " AS x "        \
	"FROM %t "                                                             \
	"UNION ALL SELECT " func "(%c)" filter " FROM %s) AS y)"
#define UNUSED(from)                                                           \
	"NOT EXISTS (SELECT FROM " from " AS o WHERE o.%c = e.\"dbm l\"%o)"
#define NUMBER " FILTER (WHERE %c > -1e1000 AND %c < 1e1000)"
#define FINITE " FILTER (WHERE isfinite(%c))"

static const struct {
	const char *type, *value;
} values[] = {
	{ "text", "CASE WHEN length(d.%c::text) + 33 <= %l THEN "
	    "d.%c::text || '.' || " HEX " WHEN %l >= 16 THEN left(" HEX
	    ", %l) ELSE " LETTERS " END" },
	{ "text", "left(" HEX " || '.' || d.%c::text, %l)" },
	{ "uuid", "gen_random_uuid()" },
	{ "bytea", "uuid_send(gen_random_uuid())" },
	{ "int", BOTH("max", "") "::numeric + p.\"dbm n\"" },
	{ "int", BOTH("min", "") "::numeric - p.\"dbm n\"" },
	{ "int", "hashtext(gen_random_uuid()::text) % 32767" },
	{ "int", "hashtext(gen_random_uuid()::text) % 32767" },
	{ "numeric", BOTH("max", NUMBER) " + p.\"dbm n\"" },
	{ "numeric", BOTH("min", NUMBER) " - p.\"dbm n\"" },
	{ "date", BOTH("max", FINITE) " + p.\"dbm n\"::int" },
	{ "date", BOTH("min", FINITE) " - p.\"dbm n\"::int" },
	{ "timestamp", BOTH("max", FINITE) " + p.\"dbm n\" * '1 day'::"
	    "interval" },
	{ "timestamp", BOTH("min", FINITE) " - p.\"dbm n\" * '1 day'::"
	    "interval" },
	{ "enum", "coalesce((SELECT l[1 + (p.\"dbm n\" - 1) % "
	    "cardinality(l)] FROM (SELECT array_agg(e.\"dbm l\") AS l FROM "
	    "unnest(enum_range(d.%c)) AS e(\"dbm l\") WHERE " UNUSED("%t")
	    " AND " UNUSED("%s") ") AS y), d.%c)" },
};

static const struct {
	const char *name, *type;
} kinds[] = {
	{ "text", "text" }, { "varchar", "text" }, { "bpchar", "text" },
	{ "citext", "text" }, { "uuid", "uuid" }, { "bytea", "bytea" },
	{ "int2", "int" }, { "int4", "int" }, { "int8", "int" },
	{ "numeric", "numeric" }, { "date", "date" },
	{ "timestamp", "timestamp" }, { "timestamptz", "timestamp" },
};

static const char *
kind_of(const struct column *c)
{
	size_t i;

	if (c->type_kind == 'e' && !c->is_domain)
		return "enum";
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, c->type_name) == 0)
			return kinds[i].type;
	return "";
}

static void
add_others(struct buf *b, const struct unique *u, const struct parking *p)
{
	size_t i;

	for (i = 0; i < u->ncolumns; i++)
		if (u->column[i] != p->column)
			buf_addf(b, " AND o.%s::text = d.%s::text",
			    u->column[i]->ident, u->column[i]->ident);
}

static void
add_value(struct buf *b, const struct unique *u, const struct parking *p,
    const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value != '%' || value[1] == ' ') {
			buf_addc(b, *value);
			continue;
		}
		switch (*++value) {
		case 'c':
			buf_adds(b, p->column->ident);
			break;
		case 'l':
			buf_adds(b, p->length != NULL ? p->length :
			    "1000000");
			break;
		case 't':
			buf_adds(b, u->t->table->from);
			break;
		case 's':
			buf_adds(b, u->t->stage);
			break;
		case 'o':
			add_others(b, u, p);
			break;
		}
	}
}

static int
is_refusal(const struct diag *d)
{
	return strncmp(d->sqlstate, "22", 2) == 0 ||
	    strncmp(d->sqlstate, "23", 2) == 0 ||
	    strcmp(d->sqlstate, "42804") == 0 ||
	    strcmp(d->sqlstate, "54000") == 0; /* no such letter */
}

/* Takes one back. */
static int
undo(struct merge *m)
{
	struct diag d = DIAG_INIT;
	int rc = db_exec(m->db, "ROLLBACK TO dbm_park", &d);

	diag_free(&d);
	return rc;
}

/* Tries one: 1: it bars nobody's way any more; 0: it was refused, and diag
 * may say why; -1: diag. */
static int
try(struct merge *m, const struct unique *u, const struct parking *p,
    const char *value, struct diag *d)
{
	const struct key *k = u->t->key;
	struct buf b = BUF_INIT;
	int rc;

	diag_reset(d);
	buf_addf(&b, "SAVEPOINT dbm_park;UPDATE %s AS d SET %s = ",
	    u->t->table->from, p->column->ident);
	add_value(&b, u, p, value);
	buf_addf(&b, " FROM (SELECT *, row_number() OVER () AS \"dbm n\" FROM "
	    "(SELECT DISTINCT %s FROM %s) AS x) AS p WHERE ",
	    columns_list(m->mem, k->column, k->n, ""), u->found);
	equal_key(&b, k, "d", "p");
	rc = db_exec(m->db, buf_str(&b), d);
	buf_free(&b);
	if (rc == -1)
		return is_refusal(d) ? undo(m) : -1;
	rc = swap_left(m, u, d);
	if (rc == 1) /* an expression may not mind */
		return undo(m);
	return rc == 0 ? 1 : -1;
}

int
swap_set(struct merge *m, const struct unique *u, struct diag *d)
{
	const struct db_rows *r;
	struct parking p;
	size_t i, j;
	int null, rc = 0;

	r = db_query(m->db, m->mem, sql_rows_parking, 1, &u->t->table->oid,
	    d);
	if (r == NULL || r->nrows == 0)
		return -1;
	for (null = 1; null >= 0; null--)
		for (i = 0; i < u->ncolumns && rc == 0; i++) {
			if (!read_parking(u, u->column[i], r, &p))
				continue;
			if (null && !p.column->not_null && !p.in_full_fk)
				rc = try(m, u, &p, "NULL", d);
			for (j = 0; !null && rc == 0 && !p.in_fk &&
			    j < sizeof(values) / sizeof(values[0]); j++)
				if (strcmp(values[j].type,
				    kind_of(p.column)) == 0)
					rc = try(m, u, &p, values[j].value, d);
		}
	return rc;
}
