#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/utf8.h"
#include "migrate/checksum.h"
#include "migrate/units.h"
#include "sql/script.h"

const char *const units_mode_name[UNITS__MAX] = {
	[UNITS_ATOMIC] = "atomic",
	[UNITS_BLOCKS] = "blocks",
	[UNITS_STEPS] = "steps",
};

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

static size_t
line_of(const struct units *u, size_t offset)
{
	size_t i, line = 1;

	for (i = 0; i < offset; i++)
		line += u->text[i] == '\n';
	return line;
}

static void
close_unit(struct units *u, struct unit *x, size_t last)
{
	const struct sql_stmt *st = &u->stmt[last];

	x->n = last - x->first + 1;
	x->start = x->first == 0 ? 0 : u->stmt[x->first].start;
	x->end = st->end;
	x->tail = x->end;
	x->line = line_of(u, u->stmt[x->first].code);
	x->kind = UNIT_IMPLICIT;
	if (st->kind == SQL_COMMIT) {
		x->kind = UNIT_COMMIT;
		x->tail = st->start;
	} else if (st->kind == SQL_ROLLBACK)
		x->kind = UNIT_ROLLBACK;
	else if (st->kind == SQL_AUTOCOMMIT && x->n == 1)
		x->kind = UNIT_ALONE;
	x->session = x->n == 1 && st->kind == SQL_SESSION;
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

/* Parts the statements into units; steps: also after each one outside a
 * transaction of the script's own. */
static int
part(struct arena *mem, struct units *u, int steps, struct diag *d)
{
	size_t begin = 0, i;
	struct unit *x = NULL;
	int chained = 0, open = 0;

	u->unit = arena_array(mem, struct unit, u->nstmt + 1);
	u->n = 0;
	for (i = 0; i < u->nstmt; i++) {
		if (x == NULL) {
			x = &u->unit[u->n++];
			x->first = i;
			x->chained = chained;
		}
		if (u->stmt[i].kind == SQL_BEGIN && !open) {
			open = 1;
			begin = i;
		}
		if (u->stmt[i].kind == SQL_COMMIT ||
		    u->stmt[i].kind == SQL_ROLLBACK) {
			open = chained = u->stmt[i].chain;
			begin = i;
		} else if (!steps || open)
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
		switch (u->stmt[i].kind) {
		case SQL_AUTOCOMMIT:
			return UNITS_STEPS;
		case SQL_BEGIN:
		case SQL_COMMIT:
		case SQL_ROLLBACK:
			mode = UNITS_BLOCKS;
			break;
		default:
			break;
		}
	return mode;
}

static int
split(struct arena *mem, struct units *u, struct diag *d)
{
	struct sql_script script;
	size_t offset;

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
	memset(u, 0, sizeof(*u));
	u->file = file;
	u->text = text;
	u->len = len;
	if (!sql_may_need_units(text, len)) {
		whole(mem, u);
		return 0;
	}
	if (split(mem, u, d) == -1) {
		diag_reset(d);
		whole(mem, u);
		return 0;
	}
	u->mode = mode_of(u);
	if (u->mode != UNITS_ATOMIC)
		return part(mem, u, u->mode == UNITS_STEPS, d);
	whole(mem, u);
	return 0;
}

int
units_plan_steps(struct arena *mem, struct units *u, struct diag *d)
{
	if (u->stmt == NULL && split(mem, u, d) == -1)
		return -1;
	u->mode = UNITS_STEPS;
	return part(mem, u, 1, d);
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

static void
split_late(struct arena *mem, struct units *u)
{
	struct diag ignored = DIAG_INIT;

	if (u->stmt == NULL)
		split(mem, u, &ignored);
	diag_free(&ignored);
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

const struct sql_stmt *
units_locate(struct arena *mem, struct units *u,
    const struct units_failure *f, struct diag *d)
{
	const struct sql_stmt *st = NULL;
	size_t i, offset;

	split_late(mem, u);
	if (offset_of(u, f, &offset)) {
		diag_at_offset(d, u->file, u->text, u->len, offset);
		return statement_at(u, offset);
	}
	i = f->unit->first + f->completed - f->before_stmts;
	if (i < u->nstmt && u->stmt[i].code < f->unit->end)
		st = &u->stmt[i];
	if (st != NULL)
		diag_at_offset(d, u->file, u->text, u->len, st->code);
	else
		diag_at(d, u->file, 0, 0);
	return st;
}
