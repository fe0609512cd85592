#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "migrate/checksum.h"
#include "migrate/dir.h"
#include "migrate/units.h"
#include "sql/script.h"

const char *const units_mode_name[UNITS__MAX] = {
	[UNITS_ATOMIC] = "atomic",
	[UNITS_BLOCKS] = "blocks",
	[UNITS_STEPS] = "steps",
};

/* One unit of everything: what Prisma makes of every script. */
static void
whole(struct arena *mem, struct units *u)
{
	u->mode = UNITS_ATOMIC;
	u->n = 1;
	u->unit = arena_new_of(mem, struct unit);
	u->unit->kind = UNIT_IMPLICIT;
	u->unit->end = u->unit->tail = u->len;
	u->unit->n = u->nstmt;
	u->unit->line = 1;
}

/* Blank space and a final semicolon do not make it another unit. */
static void
take_digest(const struct units *u, struct unit *x)
{
	size_t start = u->stmt[x->first].code, end = x->end;
	char sum[CHECKSUM_SIZE];

	while (end > start && strchr("; \t\r\n", u->text[end - 1]) != NULL)
		end--;
	checksum(u->text + start, end - start, sum);
	memcpy(x->digest, sum, 16);
	x->digest[16] = '\0';
}

static void
close_unit(struct units *u, struct unit *x, size_t last)
{
	const struct sql_stmt *st = &u->stmt[last];

	x->n = last - x->first + 1;
	x->start = x->first == 0 ? 0 : u->stmt[x->first].start;
	x->tail = x->end = st->end;
	x->kind = UNIT_IMPLICIT;
	if (st->kind == SQL_COMMIT) {
		x->kind = UNIT_COMMIT;
		x->tail = st->start;
	} else if (st->kind == SQL_ROLLBACK)
		x->kind = UNIT_BARE;
	else if (st->kind == SQL_PREPARE)
		x->kind = UNIT_PREPARE;
	else if (st->kind == SQL_AUTOCOMMIT && x->n == 1)
		x->kind = UNIT_ALONE;
	take_digest(u, x);
}

static int
left_open(const struct units *u, size_t begin, struct diag *d)
{
	diag_at_offset(d, u->file, u->text, u->len, u->stmt[begin].code);
	diag_hint(d, "end it with COMMIT; dbm runs every script in a "
	    "transaction anyway, so BEGIN may go as well");
	return diag_set(d, "this transaction is never committed");
}

static int
ends_transaction(const struct sql_stmt *st)
{
	return st->kind == SQL_COMMIT || st->kind == SQL_ROLLBACK ||
	    st->kind == SQL_PREPARE;
}

/* How the statements are to be parted. */
struct parting {
	const size_t *given; /* statements of the first units */
	size_t ngiven;
	int steps; /* also after each statement outside a transaction */
};

static int
part(struct arena *mem, struct units *u, const struct parting *how,
    struct diag *d)
{
	size_t begin = 0, at = 0, i, line = 1;
	int chained = 0, ends, open = 0;
	const struct sql_stmt *st;
	struct unit *x = NULL;

	u->unit = arena_array(mem, struct unit, u->nstmt + 1);
	u->n = 0;
	for (i = 0; i < u->nstmt; i++) {
		st = &u->stmt[i];
		for (; at < st->code; at++)
			line += u->text[at] == '\n';
		if (x == NULL) {
			x = &u->unit[u->n++];
			x->first = i;
			x->line = line;
			x->chained = chained;
		}
		if (st->kind == SQL_BEGIN && !open) {
			open = 1;
			begin = i;
		}
		ends = ends_transaction(st) || (how->steps && !open);
		if (ends_transaction(st)) {
			open = chained = st->chain;
			begin = i;
		}
		if (u->n <= how->ngiven)
			ends = i - x->first + 1 == how->given[u->n - 1];
		if (!ends)
			continue;
		close_unit(u, x, i);
		x = NULL;
	}
	if (open)
		return left_open(u, begin, d);
	if (x != NULL)
		close_unit(u, x, u->nstmt - 1);
	return 0;
}

static enum units_mode
mode_of(const struct units *u)
{
	enum units_mode mode = UNITS_ATOMIC;
	size_t i;

	for (i = 0; i < u->nstmt; i++)
		if (u->stmt[i].kind == SQL_AUTOCOMMIT)
			return UNITS_STEPS;
		else if (u->stmt[i].kind == SQL_BEGIN ||
		    ends_transaction(&u->stmt[i]))
			mode = UNITS_BLOCKS;
	return mode;
}

static int
split(struct arena *mem, struct units *u, struct diag *d)
{
	struct sql_script script;
	size_t offset;

	if (u->stmt != NULL)
		return 0;
	if (sql_split(mem, u->text, u->len, &script, &offset, d) == -1) {
		diag_at_offset(d, u->file, u->text, u->len, offset);
		return -1;
	}
	u->stmt = script.stmt;
	u->nstmt = script.n;
	return 0;
}

int
units_plan(struct arena *mem, const char *file, const char *text, size_t len,
    struct units *u, struct diag *d)
{
	struct parting how = { NULL, 0, 0 };

	memset(u, 0, sizeof(*u));
	u->file = file;
	u->text = text;
	u->len = len;
	if (split(mem, u, d) == -1) {
		diag_reset(d);
		u->open_ended = !sql_is_whole(text);
		whole(mem, u);
		return 0;
	}
	u->mode = mode_of(u);
	/* One that changes how strings are read, halfway, is read only once
	 * when it is sent in one piece. */
	if (u->mode == UNITS_ATOMIC || (strchr(text, '\\') != NULL &&
	    strcasestr(text, "standard_conforming_strings") != NULL)) {
		u->open_ended = u->mode != UNITS_ATOMIC;
		whole(mem, u);
		return 0;
	}
	how.steps = u->mode == UNITS_STEPS;
	return part(mem, u, &how, d);
}

int
units_plan_steps(struct arena *mem, struct units *u, struct diag *d)
{
	const struct parting how = { NULL, 0, 1 };

	if (split(mem, u, d) == -1)
		return -1;
	u->mode = UNITS_STEPS;
	return part(mem, u, &how, d);
}

int
units_plan_after(struct arena *mem, struct units *u, const size_t *nstmt,
    size_t n, int steps, struct diag *d)
{
	const struct parting how = { nstmt, n,
		steps || u->mode == UNITS_STEPS };

	if (split(mem, u, d) == -1)
		return -1;
	u->mode = how.steps ? UNITS_STEPS : UNITS_BLOCKS;
	return part(mem, u, &how, d);
}

void
units_plan_whole(struct arena *mem, const char *file, const char *text,
    size_t len, struct units *u)
{
	memset(u, 0, sizeof(*u));
	u->file = file;
	u->text = text;
	u->len = len;
	u->open_ended = 1;
	whole(mem, u);
}

int
units_check(const struct migration *m, struct diag *d)
{
	struct arena *mem = arena_new();
	struct buf text = BUF_INIT;
	struct units u;
	int rc;

	if (utf8_valid_prefix(m->name, strlen(m->name)) < strlen(m->name))
		rc = diag_set(d, "the name of the migration folder '%s' is "
		    "not UTF-8", m->name);
	else
		rc = dir_load(m, &text, d);
	if (rc == 0 && sql_may_begin(buf_str(&text), text.len))
		rc = units_plan(mem, m->path, buf_str(&text), text.len, &u, d);
	buf_free(&text);
	arena_free(mem);
	return rc;
}

int
units_need_steps(const char *sqlstate)
{
	return strcmp(sqlstate, "55P04") == 0 ||
	    strcmp(sqlstate, "25001") == 0 || strcmp(sqlstate, "2D000") == 0;
}

/* The byte of the script that a position in what was sent stands for. */
static int
offset_of(const struct units *u, const struct units_failure *f,
    size_t *offset)
{
	size_t at;

	if (f->position == 0)
		return 0;
	at = utf8_offset(f->sent, strlen(f->sent), f->position - 1);
	if (at < f->before_bytes ||
	    at - f->before_bytes >= f->unit->end - f->unit->start)
		return 0;
	*offset = f->unit->start + at - f->before_bytes;
	return *offset < u->len;
}

static const struct sql_stmt *
statement_at(const struct units *u, size_t offset)
{
	size_t i;

	for (i = 0; i < u->nstmt; i++)
		if (offset < u->stmt[i].end)
			return &u->stmt[i];
	return NULL;
}

/* Our record stands before the last COMMIT, or behind everything. */
static const struct sql_stmt *
counted(const struct units *u, const struct units_failure *f)
{
	size_t i = f->completed - f->before_stmts;
	size_t before_record = f->unit->kind == UNIT_COMMIT ?
	    f->unit->n - 1 : f->unit->n;

	if (f->record_stmts > 0 && i >= before_record) {
		if (i < before_record + f->record_stmts)
			return NULL;
		i -= f->record_stmts;
	}
	return i < f->unit->n && f->unit->first + i < u->nstmt ?
	    &u->stmt[f->unit->first + i] : NULL;
}

const struct sql_stmt *
units_locate(const struct units *u, const struct units_failure *f,
    struct diag *d)
{
	const struct sql_stmt *st;
	size_t offset;

	if (offset_of(u, f, &offset)) {
		diag_at_offset(d, u->file, u->text, u->len, offset);
		return statement_at(u, offset);
	}
	st = u->stmt == NULL ? NULL : counted(u, f);
	if (st != NULL)
		diag_at_offset(d, u->file, u->text, u->len, st->code);
	else
		diag_at(d, u->file, 0, 0);
	return st;
}
