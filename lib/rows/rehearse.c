/*
 * A merge without a write.  Rows are sent as an array of the table's own row
 * type: its input does with a value what COPY does with it, so that one that
 * is too long, or against a domain, is refused here too, where a cast would
 * cut it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "rows/equal.h"
#include "rows/merge.h"
#include "rows/merge_priv.h"
#include "rows/rehearse.h"
#include "rows/table.h"

/* What is sent at once: a row that is larger goes alone. */
#define CHUNK_ROWS 2000
#define CHUNK_BYTES (4 * 1024 * 1024)

struct rehearse {
	struct db *db;
	const struct merge_table *t;
	struct arena *mem, *work;
	const char *sql;
	size_t *place;	    /* of each of the table's columns in a line, from
			     * 1; 0: it does not come */
	struct buf *value;  /* the fields of a line */
	char *null;	    /* are they? */
	struct buf array;   /* the parameter */
	long long rows;	    /* gathered */
	long long asked;    /* of which the answer is to come */
	long long sent;	    /* with them */
	int failed;	    /* the transaction is of no use any more */
	struct rehearsal done;
	struct buf sample[2]; /* of keys: inserted, updated */
	size_t nsample[2];
};

/* The first keys of rows in that state, each as people read it. */
static void
sample_sql(struct buf *b, const struct key *k, const char *which)
{
	size_t i;

	buf_addf(b, "(array_agg(%s", k->n > 1 ? "concat('(', concat_ws(', '" :
	    "concat(");
	for (i = 0; i < k->n; i++)
		buf_addf(b, "%ss.%s", i > 0 || k->n > 1 ? ", " : "",
		    k->column[i]->ident);
	buf_addf(b, "%s ORDER BY s.\"dbm n\") FILTER (WHERE %s))[1:%d]",
	    k->n > 1 ? "), ')')" : ")", which, REHEARSE_SAMPLE);
}

/*
 * Of rows with the same key the last counts, as far as they go in one chunk:
 * what has been sent is not kept.
 */
static const char *
build_sql(struct rehearse *r)
{
	const struct table *t = r->t->table;
	const char *key = r->t->key->column[0]->ident;
	struct buf b = BUF_INIT, absent = BUF_INIT, changed = BUF_INIT;
	const char *sql;
	size_t i;

	buf_adds(&b, "WITH s AS MATERIALIZED (SELECT * FROM "
	    "ROWS FROM (unnest($1::");
	buf_addf(&b, "%s[])) WITH ORDINALITY AS x (", t->ident);
	for (i = 0; i < t->ncolumns; i++)
		buf_addf(&b, "%s, ", t->column[i].ident);
	buf_addf(&absent, "d.%s IS NULL", key);
	buf_addf(&changed, "d.%s IS NOT NULL AND ", key);
	merge_differ_sql(&changed, r->mem, r->t, "s");
	buf_addf(&b, "\"dbm n\")) SELECT count(*) FILTER (WHERE %s),"
	    " count(*) FILTER (WHERE %s), ", buf_str(&absent),
	    buf_str(&changed));
	sample_sql(&b, r->t->key, buf_str(&absent));
	buf_addc(&b, ',');
	sample_sql(&b, r->t->key, buf_str(&changed));
	buf_addf(&b, ", count(d.%s) FROM s LEFT JOIN %s AS d ON ", key,
	    t->from);
	equal_key(&b, r->t->key, "d", "s");
	buf_adds(&b, " WHERE NOT EXISTS (SELECT FROM s AS x WHERE ");
	equal_key(&b, r->t->key, "x", "s");
	buf_adds(&b, " AND x.\"dbm n\" > s.\"dbm n\")");
	sql = arena_strdup(r->mem, buf_str(&b));
	buf_free(&b);
	buf_free(&absent);
	buf_free(&changed);
	return sql;
}

struct rehearse *
rehearse_open(struct db *db, const struct merge_table *t)
{
	struct arena *mem = arena_new();
	struct rehearse *r = arena_new_of(mem, struct rehearse);
	size_t i, j;

	r->db = db;
	r->t = t;
	r->mem = mem;
	r->work = arena_new();
	r->sql = build_sql(r);
	r->place = arena_array(mem, size_t, t->table->ncolumns + 1);
	r->value = arena_array(mem, struct buf, t->ncolumns + 1);
	r->null = arena_array(mem, char, t->ncolumns + 1);
	for (i = 0; i < t->ncolumns; i++)
		for (j = 0; j < t->table->ncolumns; j++)
			if (&t->table->column[j] == t->column[i])
				r->place[j] = i + 1;
	return r;
}

static int
digit(char c, int base)
{
	int n = c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : base;

	return n < base ? n : -1;
}

/* \101 or \x41; what follows it. */
static const char *
take_number(struct buf *b, const char *s, const char *end, int base)
{
	int max = base == 8 ? 3 : 2, n = 0;

	for (; max > 0 && s < end && digit(*s, base) != -1; s++, max--)
		n = n * base + digit(*s, base);
	buf_addc(b, (char)n);
	return s;
}

/* What the backslash before s means: must agree with copyfromparse.c. */
static const char *
take_escape(struct buf *b, const char *s, const char *end)
{
	static const char letter[] = "bfnrtv", meant[] = "\b\f\n\r\t\v";
	const char *at;

	if (digit(*s, 8) != -1)
		return take_number(b, s, end, 8);
	if (*s == 'x' && s + 1 < end && digit(s[1], 16) != -1)
		return take_number(b, s + 1, end, 16);
	at = *s == '\0' ? NULL : strchr(letter, *s);
	buf_addc(b, at == NULL ? *s : meant[at - letter]);
	return s + 1;
}

/* As the server says it for COPY. */
static int
bad_line(const struct rehearse *r, const struct column *missing,
    struct diag *d)
{
	strlcpy(d->sqlstate, "22P04", sizeof(d->sqlstate));
	buf_addf(&d->detail, "in row %lld of the table",
	    r->sent + r->rows + 1);
	if (missing != NULL)
		return diag_set(d, "missing data for column \"%s\"",
		    missing->name);
	return diag_set(d, "extra data after last expected column");
}

/* The fields of a line; -1: they are not as many as there are columns. */
static int
take_fields(struct rehearse *r, const char *s, const char *end,
    struct diag *d)
{
	const char *from;
	size_t i, n = r->t->ncolumns;

	for (i = 0;; i++, s++) {
		if (i == n)
			return bad_line(r, NULL, d);
		buf_reset(&r->value[i]);
		for (from = s; s < end && *s != '\t';)
			if (*s == '\\' && s + 1 < end)
				s = take_escape(&r->value[i], s + 1, end);
			else
				buf_addc(&r->value[i], *s++);
		r->null[i] = s - from == 2 && memcmp(from, "\\N", 2) == 0;
		if (s == end)
			break;
	}
	return i + 1 == n ? 0 : bad_line(r, r->t->column[i + 1], d);
}

/* A field of a row that is an item of an array: both are quoted, so what
 * either would take for its own is escaped for both. */
static void
add_field(struct buf *b, const struct buf *value)
{
	const char *s = buf_str(value), *end = s + value->len;
	size_t n;

	buf_adds(b, "\\\"");
	for (; s < end; s += n) {
		for (n = 0; s + n < end && s[n] != '"' && s[n] != '\\'; n++)
			continue;
		buf_add(b, s, n);
		if (s + n == end)
			break;
		buf_adds(b, s[n] == '"' ? "\\\"\\\"" : "\\\\\\\\");
		n++;
	}
	buf_adds(b, "\\\"");
}

static void
add_row(struct rehearse *r)
{
	size_t i, at;

	buf_adds(&r->array, r->rows > 0 ? ",\"(" : "{\"(");
	for (i = 0; i < r->t->table->ncolumns; i++) {
		if (i > 0)
			buf_addc(&r->array, ',');
		at = r->place[i];
		if (at > 0 && !r->null[at - 1])
			add_field(&r->array, &r->value[at - 1]);
	}
	buf_adds(&r->array, ")\"");
	r->rows++;
}

/* The server knows them as one parameter, and says that. */
static void
say_where(const struct rehearse *r, struct diag *d)
{
	char *noise = d->detail.len == 0 ? NULL :
	    strstr(d->detail.data, "unnamed portal parameter");

	if (noise != NULL) {
		*noise = '\0';
		d->detail.len = strlen(d->detail.data);
	} else if (d->detail.len > 0)
		buf_addc(&d->detail, '\n');
	if (r->asked == 1)
		buf_addf(&d->detail, "in row %lld of the table", r->sent);
	else
		buf_addf(&d->detail, "in rows %lld to %lld of the table",
		    r->sent - r->asked + 1, r->sent);
}

static void
take_sample(struct rehearse *r, int which, const char *array)
{
	const char **key;
	size_t n, i;

	if (array == NULL)
		return;
	key = db_array_read(r->work, array, &n);
	for (i = 0; i < n && r->nsample[which] < REHEARSE_SAMPLE; i++)
		buf_addf(&r->sample[which], "%s%s",
		    r->nsample[which]++ > 0 ? ", " : "", key[i]);
}

/* The answer to what was sent last, if it is still to come. */
static int
take(struct rehearse *r, struct diag *d)
{
	const struct db_rows *rows;
	long long inserted, updated;

	if (r->failed)
		return -1;
	if (r->asked == 0)
		return 0;
	arena_reset(r->work);
	rows = db_take(r->db, r->work, d);
	if (rows == NULL) {
		r->failed = 1;
		say_where(r, d);
		return -1;
	}
	inserted = atoll(db_cell(rows, 0, 0));
	updated = atoll(db_cell(rows, 0, 1));
	take_sample(r, 0, db_cell(rows, 0, 2));
	take_sample(r, 1, db_cell(rows, 0, 3));
	r->done.inserted += inserted;
	r->done.updated += updated;
	r->done.found += atoll(db_cell(rows, 0, 4));
	r->done.unchanged += r->asked - inserted - updated;
	r->asked = 0;
	return 0;
}

/* Asks for what has been gathered, and gathers more meanwhile. */
static int
send(struct rehearse *r, struct diag *d)
{
	const char *param;

	if (take(r, d) == -1)
		return -1;
	if (r->rows == 0)
		return 0;
	buf_addc(&r->array, '}');
	param = buf_str(&r->array);
	if ((r->sent == 0 && db_exec(r->db, merge_plans, d) == -1) ||
	    db_send_query(r->db, r->sql, 1, &param, d) == -1) {
		r->failed = 1;
		return -1;
	}
	r->asked = r->rows;
	r->sent += r->rows;
	r->rows = 0;
	if (r->array.size > 2 * CHUNK_BYTES)
		buf_free(&r->array);
	buf_reset(&r->array);
	return 0;
}

int
rehearse_lines(struct rehearse *r, const char *data, size_t len,
    struct diag *d)
{
	const char *end = data + len, *eol;

	for (; data < end; data = eol + 1) {
		/* a newline behind a backslash is one of the value */
		for (eol = data; eol < end && *eol != '\n'; eol++)
			if (*eol == '\\' && eol + 1 < end)
				eol++;
		if (r->rows > 0 && (r->rows == CHUNK_ROWS ||
		    r->array.len + (size_t)(eol - data) > CHUNK_BYTES) &&
		    send(r, d) == -1)
			return -1;
		if (take_fields(r, data, eol, d) == -1)
			return -1;
		add_row(r);
	}
	return 0;
}

int
rehearse_close(struct arena *mem, struct rehearse *r, struct rehearsal *out,
    struct diag *d)
{
	int rc = send(r, d);
	size_t i;

	if (rc == 0)
		rc = take(r, d);
	*out = r->done;
	out->insert = arena_strdup(mem, buf_str(&r->sample[0]));
	out->update = arena_strdup(mem, buf_str(&r->sample[1]));
	buf_free(&r->sample[0]);
	buf_free(&r->sample[1]);
	for (i = 0; i < r->t->ncolumns; i++)
		buf_free(&r->value[i]);
	buf_free(&r->array);
	arena_free(r->work);
	arena_free(r->mem);
	return rc;
}
