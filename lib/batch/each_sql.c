/* A range put into the statements. */
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "batch/each_priv.h"
#include "batch/key.h"
#include "sql/bind.h"

/* Numbers of the parameters; 0: there are none. */
struct numbers {
	const struct each_worker *w;
	size_t lo, hi, hole;
};

static size_t
numbers(const struct each_worker *w, const struct bind *b, struct numbers *out)
{
	size_t n = w->table->key->n, next = 1, i;

	memset(out, 0, sizeof(*out));
	out->w = w;
	if (b->has[BIND_LO] || (b->has[BIND_RANGE] && w->range.lo != NULL)) {
		out->lo = next;
		next += n;
	}
	if (b->has[BIND_HI] || (b->has[BIND_RANGE] && w->range.hi != NULL)) {
		out->hi = next;
		next += n;
	}
	out->hole = next;
	for (i = 0; i < w->nholes && b->has[BIND_RANGE]; i++)
		next += n * ((w->hole[i].lo != NULL) +
		    (w->hole[i].hi != NULL));
	return next - 1;
}

static void
add_range(struct buf *b, const struct numbers *at, const char *alias)
{
	const struct each_worker *w = at->w;
	const struct key *k = w->table->key;
	size_t i, next = at->hole, lo, hi;

	buf_adds(b, "(");
	key_within(b, k, alias, w->range.lo != NULL ? at->lo : 0,
	    w->range.hi != NULL ? at->hi : 0);
	for (i = 0; i < w->nholes; i++) {
		lo = w->hole[i].lo != NULL ? next : 0;
		next += lo > 0 ? k->n : 0;
		hi = w->hole[i].hi != NULL ? next : 0;
		next += hi > 0 ? k->n : 0;
		buf_adds(b, " AND NOT (");
		key_within(b, k, alias, lo, hi);
		buf_adds(b, ")");
	}
	buf_adds(b, ")");
}

static void
add_place(struct buf *b, const struct bind_place *p, const void *arg)
{
	const struct numbers *at = arg;
	const struct key *k = at->w->table->key;
	size_t n = strlen(p->qualifier);

	if (p->word != BIND_RANGE) {
		buf_addf(b, "$%zu::%s", p->word == BIND_LO ? at->lo : at->hi,
		    k->column[0]->type);
		return;
	}
	add_range(b, at, n == 0 ? NULL : /* without its dot */
	    arena_strndup(at->w->mem, p->qualifier, n - 1));
}

static void
add_values(const char **params, size_t *at, const char *const *value,
    size_t n)
{
	if (value != NULL)
		memcpy(params + *at, value, n * sizeof(*value));
	*at += n;
}

struct db_ask
each_ask(const struct each_worker *w, const struct bind *bind)
{
	size_t n = w->table->key->n, at = 0, i;
	struct buf b = BUF_INIT;
	struct numbers num;
	const char **params;
	struct db_ask ask;

	ask.nparams = numbers(w, bind, &num);
	ask.params = params = arena_array(w->mem, const char *,
	    ask.nparams + 1);
	if (num.lo > 0)
		add_values(params, &at, w->range.lo, n);
	if (num.hi > 0)
		add_values(params, &at, w->range.hi, n);
	for (i = 0; i < w->nholes && bind->has[BIND_RANGE]; i++) {
		if (w->hole[i].lo != NULL)
			add_values(params, &at, w->hole[i].lo, n);
		if (w->hole[i].hi != NULL)
			add_values(params, &at, w->hole[i].hi, n);
	}
	bind_write(&b, bind, add_place, &num);
	ask.sql = arena_strdup(w->mem, buf_str(&b));
	buf_free(&b);
	return ask;
}

void
each_locate(const struct each_worker *w, const struct bind *bind,
    struct diag *d)
{
	size_t position = db_error_position(w->turn.db), offset;
	struct buf b = BUF_INIT, where = BUF_INIT;
	struct numbers num;

	if (position == 0)
		return;
	numbers(w, bind, &num);
	bind_write(&b, bind, add_place, &num);
	offset = utf8_offset(b.data, b.len, position - 1);
	diag_at_offset(d, "--command", bind->text, strlen(bind->text),
	    bind_origin(bind, offset, add_place, &num));
	range_tell(&where, &w->range);
	buf_addf(&d->detail, "%sin the range of line %zu: %s",
	    d->detail.len > 0 ? "\n" : "", w->line, buf_str(&where));
	if (strcmp(d->sqlstate, "42702") == 0) /* ambiguous column */
		diag_hint(d, "say of which table the key is, as in %s.:range",
		    w->table->table->name);
	buf_free(&b);
	buf_free(&where);
}

/*
 * A bound that is open is NULL, and a comparison with NULL is never true:
 * rows would be left out without a word.
 */
static int
check_open(const struct each_worker *w, const struct bind *b, int word,
    struct diag *d)
{
	int open = word == BIND_LO ? w->range.lo == NULL : w->range.hi == NULL;
	const char *name = word == BIND_LO ? ":lo" : ":hi";

	if (!open || !b->has[word] || b->minds_null[word])
		return 0;
	diag_hint(d, "write :range, or (%s IS NULL OR ... %s)", name, name);
	return diag_set(d, "%s is NULL, for this range is open at its %s, "
	    "and nothing compares with NULL: no row would be found", name,
	    word == BIND_LO ? "beginning" : "end");
}

int
each_fits(const struct each *e, const struct each_worker *w, struct diag *d)
{
	const struct bind *b;
	size_t i;

	for (i = 0; i < e->o->nbinds; i++) {
		b = &e->o->bind[i];
		if (!b->has[BIND_LO] && !b->has[BIND_HI])
			continue;
		if (w->table->key->n > 1) {
			diag_hint(d, "write :range");
			return diag_set(d, ":lo and :hi are for a key of one "
			    "column, and this one is %s", w->field[1]);
		}
		if (check_open(w, b, BIND_LO, d) == -1 ||
		    check_open(w, b, BIND_HI, d) == -1)
			return -1;
		if (w->nholes > 0) {
			diag_hint(d, "feed it the same ranges as before, or "
			    "write :range");
			return diag_set(d, "run '%s' has done a part of this "
			    "range, which :lo and :hi cannot leave out",
			    e->o->run);
		}
	}
	return 0;
}

int
each_check(const struct bind *b, struct diag *d)
{
	static const char *const not[] = { "begin", "start", "commit", "end",
		"rollback", "abort", "prepare" };
	size_t i;

	if (strcmp(b->command, "copy") == 0)
		return diag_set(d, "COPY cannot have a range in it: write "
		    "INSERT INTO ... SELECT");

	for (i = 0; i < sizeof(not) / sizeof(not[0]); i++)
		if (strcmp(b->command, not[i]) == 0)
			return diag_set(d, "'%s' has no place here: each range "
			    "is a transaction of its own", not[i]);
	return 0;
}
