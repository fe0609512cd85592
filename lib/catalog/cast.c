/*
 * How a type can become another: one row per pair that has an answer, any
 * other pair has no cast.  Must agree with the differ of prisma-engines
 * 6.19, also where it errs on the side of caution.
 */
#include <string.h>

#include "catalog/change.h"

enum rule {
	SAFE,
	RISKY,
	FITS,	     /* risky if its length is below n */
	LONGER,	     /* safe without a length or if it is above n */
	LONGER_RISKY,/* the same, but risky with a length */
	RISKY_BOUND, /* safe without a length, risky with one */
	DIGITS,	     /* risky if fewer than n digits before the point */
	AT_LEAST,    /* safe without a length or if it is not shorter */
	FEWER,	     /* from decimal: risky unless at most n digits */
	PRECISION,   /* of times: a missing one is equal to all */
	SAME_PRECISION, /* and two that differ have no cast */
	SPECIAL	     /* by a function below */
};

struct row {
	enum native from, to;
	enum rule rule;
	int n;
};

#define N(name) NATIVE_##name
#define TEXTS(from, n)                                                         \
	{ N(from), N(TEXT), SAFE, 0 },                                         \
	{ N(from), N(VARCHAR), LONGER, n },                                    \
	{ N(from), N(CHAR), LONGER, n }
#define NUMBER_TEXTS(from, n)                                                  \
	{ N(from), N(TEXT), SAFE, 0 },                                         \
	{ N(from), N(VARCHAR), FITS, n },                                      \
	{ N(from), N(CHAR), FITS, n }
#define RISKY_TEXTS(from)                                                      \
	{ N(from), N(TEXT), SAFE, 0 },                                         \
	{ N(from), N(VARCHAR), RISKY_BOUND, 0 },                               \
	{ N(from), N(CHAR), RISKY, 0 }

static const struct row rows[] = {
	{ N(SMALLINT), N(INTEGER), SAFE, 0 },
	{ N(SMALLINT), N(BIGINT), SAFE, 0 },
	{ N(SMALLINT), N(REAL), SAFE, 0 },
	{ N(SMALLINT), N(DOUBLE), SAFE, 0 },
	{ N(SMALLINT), N(DECIMAL), DIGITS, 3 },
	NUMBER_TEXTS(SMALLINT, 4),

	{ N(INTEGER), N(SMALLINT), RISKY, 0 },
	{ N(INTEGER), N(BIGINT), SAFE, 0 },
	{ N(INTEGER), N(REAL), SAFE, 0 },
	{ N(INTEGER), N(DOUBLE), SAFE, 0 },
	{ N(INTEGER), N(DECIMAL), DIGITS, 10 },
	NUMBER_TEXTS(INTEGER, 11),

	{ N(BIGINT), N(SMALLINT), RISKY, 0 },
	{ N(BIGINT), N(INTEGER), RISKY, 0 },
	{ N(BIGINT), N(REAL), SAFE, 0 },
	{ N(BIGINT), N(DOUBLE), SAFE, 0 },
	{ N(BIGINT), N(DECIMAL), DIGITS, 19 },
	NUMBER_TEXTS(BIGINT, 20),

	{ N(DECIMAL), N(SMALLINT), FEWER, 2 },
	{ N(DECIMAL), N(INTEGER), FEWER, 9 },
	{ N(DECIMAL), N(BIGINT), FEWER, 18 },
	{ N(DECIMAL), N(DECIMAL), SPECIAL, 0 },
	{ N(DECIMAL), N(REAL), RISKY, 0 },
	{ N(DECIMAL), N(DOUBLE), RISKY, 0 },
	{ N(DECIMAL), N(TEXT), SAFE, 0 },
	{ N(DECIMAL), N(VARCHAR), SPECIAL, 0 },
	{ N(DECIMAL), N(CHAR), SPECIAL, 0 },

	{ N(REAL), N(SMALLINT), RISKY, 0 },
	{ N(REAL), N(INTEGER), RISKY, 0 },
	{ N(REAL), N(BIGINT), RISKY, 0 },
	{ N(REAL), N(DECIMAL), RISKY, 0 },
	{ N(REAL), N(DOUBLE), SAFE, 0 },
	NUMBER_TEXTS(REAL, 47),

	{ N(DOUBLE), N(SMALLINT), RISKY, 0 },
	{ N(DOUBLE), N(INTEGER), RISKY, 0 },
	{ N(DOUBLE), N(BIGINT), RISKY, 0 },
	{ N(DOUBLE), N(DECIMAL), RISKY, 0 },
	{ N(DOUBLE), N(REAL), RISKY, 0 },
	NUMBER_TEXTS(DOUBLE, 317),

	{ N(VARCHAR), N(TEXT), SAFE, 0 },
	{ N(VARCHAR), N(VARCHAR), SPECIAL, 0 },
	{ N(VARCHAR), N(CHAR), SPECIAL, 0 },
	{ N(CHAR), N(TEXT), SAFE, 0 },
	{ N(CHAR), N(VARCHAR), SPECIAL, 0 },
	{ N(CHAR), N(CHAR), SPECIAL, 0 },

	{ N(TEXT), N(CITEXT), SAFE, 0 },
	{ N(TEXT), N(VARCHAR), RISKY_BOUND, 0 },
	{ N(TEXT), N(CHAR), RISKY, 0 },

	{ N(BYTEA), N(TEXT), SAFE, 0 },
	{ N(BYTEA), N(VARCHAR), LONGER_RISKY, 2 },
	{ N(BYTEA), N(CHAR), LONGER_RISKY, 2 },

	TEXTS(TIMESTAMP, 22),
	{ N(TIMESTAMP), N(TIMESTAMP), PRECISION, 0 },
	{ N(TIMESTAMP), N(TIMESTAMPTZ), SAFE, 0 },
	{ N(TIMESTAMP), N(DATE), SAFE, 0 },
	{ N(TIMESTAMP), N(TIME), SAFE, 0 },
	{ N(TIMESTAMP), N(TIMETZ), SAFE, 0 },

	TEXTS(TIMESTAMPTZ, 27),
	{ N(TIMESTAMPTZ), N(TIMESTAMPTZ), PRECISION, 0 },
	{ N(TIMESTAMPTZ), N(TIMESTAMP), SAFE, 0 },
	{ N(TIMESTAMPTZ), N(DATE), SAFE, 0 },
	{ N(TIMESTAMPTZ), N(TIME), SAFE, 0 },
	{ N(TIMESTAMPTZ), N(TIMETZ), SAFE, 0 },

	TEXTS(DATE, 27),
	{ N(DATE), N(TIMESTAMP), SAFE, 0 },
	{ N(DATE), N(TIMESTAMPTZ), SAFE, 0 },

	TEXTS(TIME, 13),
	{ N(TIME), N(TIME), SAME_PRECISION, 0 },
	{ N(TIME), N(TIMETZ), SAFE, 0 },

	TEXTS(TIMETZ, 18),
	{ N(TIMETZ), N(TIMETZ), PRECISION, 0 },
	{ N(TIMETZ), N(TIME), SAFE, 0 },

	{ N(BOOLEAN), N(TEXT), SAFE, 0 },
	{ N(BOOLEAN), N(VARCHAR), SAFE, 0 },
	{ N(BOOLEAN), N(CHAR), SPECIAL, 0 },

	{ N(BIT), N(TEXT), SAFE, 0 },
	{ N(BIT), N(VARCHAR), AT_LEAST, 0 },
	{ N(BIT), N(CHAR), AT_LEAST, 0 },
	{ N(BIT), N(VARBIT), AT_LEAST, 0 },

	{ N(VARBIT), N(TEXT), SAFE, 0 },
	{ N(VARBIT), N(VARCHAR), SPECIAL, 0 },
	{ N(VARBIT), N(CHAR), SPECIAL, 0 },
	{ N(VARBIT), N(VARBIT), SPECIAL, 0 },
	{ N(VARBIT), N(BIT), SPECIAL, 0 },

	TEXTS(UUID, 31),
	RISKY_TEXTS(XML),
	RISKY_TEXTS(JSON),
	{ N(JSON), N(JSONB), SAFE, 0 },
	RISKY_TEXTS(JSONB),
	{ N(JSONB), N(JSON), SAFE, 0 },

	{ N(INET), N(CITEXT), SAFE, 0 },
	{ N(INET), N(TEXT), SAFE, 0 },
	{ N(INET), N(VARCHAR), SAFE, 0 },

	{ N(MONEY), N(CITEXT), SAFE, 0 },
	{ N(MONEY), N(TEXT), SAFE, 0 },
	{ N(MONEY), N(VARCHAR), SAFE, 0 },

	{ N(CITEXT), N(TEXT), SAFE, 0 },
	{ N(CITEXT), N(VARCHAR), SAFE, 0 },

	{ N(OID), N(TEXT), SAFE, 0 },
	{ N(OID), N(VARCHAR), SAFE, 0 },
	{ N(OID), N(BIGINT), SAFE, 0 },
	{ N(OID), N(INTEGER), SAFE, 0 }
};
#undef N

static enum cast
risky_if(int risky)
{
	return risky ? CAST_RISKY : CAST_SAFE;
}

/* numeric to numeric: digits on either side of the point may be lost */
static enum cast
decimal_to_decimal(const struct cat_type *a, const struct cat_type *b)
{
	if (b->nargs == 0)
		return CAST_SAFE;
	if (a->nargs == 0)
		return risky_if(b->arg[0] < 131072 || b->arg[1] < 16383);
	return risky_if(a->arg[0] - a->arg[1] > b->arg[0] - b->arg[1] ||
	    a->arg[1] > b->arg[1]);
}

/* The digits, a sign and a point have to fit. */
static enum cast
decimal_to_text(const struct cat_type *a, const struct cat_type *b)
{
	if (b->nargs == 0)
		return risky_if(b->native == NATIVE_CHAR);
	if (a->nargs == 0)
		return risky_if(b->arg[0] < 131073);
	return risky_if(a->arg[0] + (a->arg[1] > 0 ? 2 : 1) > b->arg[0]);
}

static enum cast
chars_to_chars(const struct cat_type *a, const struct cat_type *b)
{
	if (a->nargs == 0 && a->native == NATIVE_CHAR)
		return CAST_SAFE;
	if (a->nargs == 0)
		return risky_if(b->nargs > 0 || b->native == NATIVE_CHAR);
	if (b->nargs == 0)
		return risky_if(a->arg[0] != 1 && b->native == NATIVE_CHAR);
	return risky_if(a->arg[0] > b->arg[0]);
}

static enum cast
varbit_to(const struct cat_type *a, const struct cat_type *b)
{
	int unbounded = b->nargs == 0 &&
	    (b->native == NATIVE_VARCHAR || b->native == NATIVE_VARBIT);

	if (unbounded)
		return CAST_SAFE;
	if (b->native == NATIVE_VARBIT)
		return a->nargs > 0 && b->arg[0] > a->arg[0] ? CAST_SAFE :
		    CAST_IMPOSSIBLE;
	if (b->native == NATIVE_BIT)
		return a->nargs == 0 || b->nargs == 0 ||
		    b->arg[0] <= a->arg[0] ? CAST_RISKY : CAST_IMPOSSIBLE;
	return risky_if(a->nargs == 0 || b->nargs == 0 ||
	    b->arg[0] < a->arg[0]);
}

static enum cast
special(const struct cat_type *a, const struct cat_type *b)
{
	switch (a->native) {
	case NATIVE_DECIMAL:
		return b->native == NATIVE_DECIMAL ? decimal_to_decimal(a, b) :
		    decimal_to_text(a, b);
	case NATIVE_BOOLEAN: /* "false" has five characters */
		return b->nargs == 0 || b->arg[0] < 4 ? CAST_IMPOSSIBLE :
		    risky_if(b->arg[0] == 4);
	case NATIVE_VARBIT:
		return varbit_to(a, b);
	default:
		return chars_to_chars(a, b);
	}
}

/* VARCHAR without a length takes anything, CHAR without one is CHAR(1). */
static int
is_unbounded(const struct cat_type *t)
{
	return t->nargs == 0 && t->native != NATIVE_CHAR;
}

static enum cast
apply(const struct row *r, const struct cat_type *a, const struct cat_type *b)
{
	switch (r->rule) {
	case SAFE:
		return CAST_SAFE;
	case RISKY:
		return CAST_RISKY;
	case FITS:
		return is_unbounded(b) ? CAST_SAFE :
		    risky_if(b->nargs == 0 || b->arg[0] < r->n);
	case LONGER:
	case LONGER_RISKY:
		if (is_unbounded(b))
			return CAST_SAFE;
		if (b->nargs == 0 || b->arg[0] <= r->n)
			return CAST_IMPOSSIBLE;
		return risky_if(r->rule == LONGER_RISKY);
	case RISKY_BOUND:
		return risky_if(b->nargs > 0);
	case DIGITS:
		return risky_if(b->nargs > 0 && b->arg[0] - b->arg[1] < r->n);
	case AT_LEAST:
		if (a->nargs == 0 || is_unbounded(b))
			return CAST_SAFE;
		return b->nargs > 0 && b->arg[0] >= a->arg[0] ? CAST_SAFE :
		    CAST_IMPOSSIBLE;
	case FEWER:
		return risky_if(a->nargs == 0 || a->arg[1] > 0 ||
		    a->arg[0] > r->n);
	case PRECISION:
		return a->nargs == 0 || b->nargs == 0 ? CAST_NONE : CAST_SAFE;
	case SAME_PRECISION:
		return a->nargs == 0 || b->nargs == 0 ? CAST_NONE :
		    CAST_IMPOSSIBLE;
	case SPECIAL:
		return special(a, b);
	}
	return CAST_IMPOSSIBLE;
}

static enum cast
native_cast(const struct cat_type *a, const struct cat_type *b)
{
	if (a->native == b->native && a->nargs == b->nargs &&
	    memcmp(a->arg, b->arg, sizeof(a->arg)) == 0)
		return CAST_NONE;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].from == a->native && rows[i].to == b->native)
			return apply(&rows[i], a, b);
	/* these two are said to become anything, with a warning */
	return a->native == NATIVE_MONEY || a->native == NATIVE_CITEXT ?
	    CAST_RISKY : CAST_IMPOSSIBLE;
}

static enum cast
list_cast(const struct cat_type *to)
{
	if (to->arity == ARITY_LIST)
		return CAST_IMPOSSIBLE;
	if (to->native == NATIVE_TEXT ||
	    (to->native == NATIVE_VARCHAR && to->nargs == 0))
		return CAST_SAFE;
	return to->native == NATIVE_VARCHAR || to->native == NATIVE_CHAR ?
	    CAST_RISKY : CAST_IMPOSSIBLE;
}

enum cast
type_cast(const struct cat_type *from, const struct cat_type *to)
{
	int unknown = (from->native == NATIVE_UNSUPPORTED) +
	    (to->native == NATIVE_UNSUPPORTED);

	if (from->native == NATIVE_ENUM && to->native == NATIVE_ENUM)
		return strcmp(from->enumeration->name,
		    to->enumeration->name) == 0 &&
		    strcmp(from->enumeration->ns, to->enumeration->ns) == 0 ?
		    CAST_NONE : CAST_IMPOSSIBLE;
	if (from->native == NATIVE_ENUM || to->native == NATIVE_ENUM)
		return CAST_IMPOSSIBLE;
	if ((from->arity == ARITY_LIST) != (to->arity == ARITY_LIST))
		return list_cast(to);
	if (unknown > 0) /* two of them are not told apart */
		return unknown == 1 ? CAST_RISKY : CAST_NONE;
	return native_cast(from, to);
}
