/* What the columns of before images are called, and of which types they are. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "batch/change.h"
#include "batch/keep_priv.h"
#include "db/conn.h"

enum {
	NAME_BYTES = 63 /* the server cuts off the rest: NAMEDATALEN - 1 */
};

/* --- names --- */

struct names {
	struct arena *mem;
	const char **name;
	size_t n;
};

static int
is_taken(const struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		if (strcmp(names->name[i], name) == 0)
			return 1;
	return 0;
}

static void
take(struct names *names, const char *name)
{
	names->name = arena_more(names->mem, names->name, names->n,
	    sizeof(*names->name));
	names->name[names->n++] = name;
}

/* As much of it as there is room for, in whole characters. */
static int
fitting(const char *prefix, const char *name)
{
	size_t len = strlen(name), room = NAME_BYTES - strlen(prefix);

	if (len > room)
		for (len = room; len > 0 && (name[len] & 0xc0) == 0x80;)
			len--;
	return (int)len;
}

static const char *
new_name(struct names *names, const char *which, const char *column)
{
	const char *prefix = arena_printf(names->mem, "%s_", which), *name;
	int i;

	for (i = 2;; i++) {
		name = arena_printf(names->mem, "%s%.*s", prefix,
		    fitting(prefix, column), column);
		if (!is_taken(names, name))
			break;
		prefix = arena_printf(names->mem, "%s%d_", which, i);
	}
	take(names, name);
	return db_ident(names->mem, name);
}

struct keep_pair *
keep_pairs(struct arena *mem, const struct change *c)
{
	struct names names = { .mem = mem };
	struct keep_pair *pair;
	size_t i;

	for (i = 0; i < c->key->n; i++)
		take(&names, c->key->column[i]->name);
	pair = arena_array(mem, struct keep_pair, c->update.nset);
	for (i = 0; i < c->update.nset; i++) {
		pair[i].old = new_name(&names, "old", c->set[i]->name);
		pair[i].new = new_name(&names, "new", c->set[i]->name);
	}
	return pair;
}

/* --- types --- */

/*
 * Of a type that is not the server's own the text is kept.  Otherwise a later
 * migration could not drop it: Prisma, for one, makes an enum anew to take a
 * label away.  Of a domain its base, without its constraints; lengths are left
 * out, for they may change while the run goes on.
 */
static int
is_kept_as_text(const struct column *c)
{
	return strcmp(c->type_schema, "pg_catalog") != 0;
}

const char *
keep_type(struct arena *mem, const struct column *c)
{
	if (is_kept_as_text(c))
		return "pg_catalog.text";
	return arena_printf(mem, "pg_catalog.%s", db_ident(mem, c->type_name));
}

/* concat() takes NULL for '', and any type's value by its output function. */
void
keep_value(struct buf *b, const struct column *c, const char *expression)
{
	if (is_kept_as_text(c))
		buf_addf(b, "CASE WHEN %s IS DISTINCT FROM NULL THEN "
		    "pg_catalog.concat(%s) END", expression, expression);
	else
		buf_adds(b, expression);
}
