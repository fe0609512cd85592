/* Types and defaults of columns, as they stand in SQL. */
#include <string.h>

#include "base/quote.h"
#include "catalog/render_priv.h"

/* The names are Prisma's spelling of them. */
static const char *const type_sql[NATIVE_ENUM] = {
	[NATIVE_SMALLINT] = "SMALLINT",
	[NATIVE_INTEGER] = "INTEGER",
	[NATIVE_BIGINT] = "BIGINT",
	[NATIVE_DECIMAL] = "DECIMAL",
	[NATIVE_MONEY] = "MONEY",
	[NATIVE_INET] = "INET",
	[NATIVE_OID] = "OID",
	[NATIVE_CITEXT] = "CITEXT",
	[NATIVE_REAL] = "REAL",
	[NATIVE_DOUBLE] = "DOUBLE PRECISION",
	[NATIVE_VARCHAR] = "VARCHAR",
	[NATIVE_CHAR] = "CHAR",
	[NATIVE_TEXT] = "TEXT",
	[NATIVE_BYTEA] = "BYTEA",
	[NATIVE_TIMESTAMP] = "TIMESTAMP",
	[NATIVE_TIMESTAMPTZ] = "TIMESTAMPTZ",
	[NATIVE_DATE] = "DATE",
	[NATIVE_TIME] = "TIME",
	[NATIVE_TIMETZ] = "TIMETZ",
	[NATIVE_BOOLEAN] = "BOOLEAN",
	[NATIVE_BIT] = "BIT",
	[NATIVE_VARBIT] = "VARBIT",
	[NATIVE_UUID] = "UUID",
	[NATIVE_XML] = "XML",
	[NATIVE_JSON] = "JSON",
	[NATIVE_JSONB] = "JSONB",
};

static const char *
serial_of(enum native n)
{
	switch (n) {
	case NATIVE_SMALLINT:
		return "SMALLSERIAL";
	case NATIVE_INTEGER:
		return "SERIAL";
	case NATIVE_BIGINT:
		return "BIGSERIAL";
	default:
		return type_sql[n];
	}
}

static void
base_type(struct render *r, const struct cat_column *c)
{
	const struct cat_type *t = &c->type;

	if (t->native == NATIVE_ENUM) {
		render_name(r, t->enumeration->ns, t->enumeration->name);
	} else if (t->native == NATIVE_UNSUPPORTED) {
		buf_adds(&r->text, t->unsupported);
	} else {
		buf_adds(&r->text, c->autoincrement ? serial_of(t->native) :
		    type_sql[t->native]);
		if (t->nargs == 1)
			buf_addf(&r->text, "(%ld)", t->arg[0]);
		else if (t->nargs == 2)
			buf_addf(&r->text, "(%ld,%ld)", t->arg[0],
			    t->arg[1]);
	}
}

void
render_type(struct render *r, const struct cat_column *c)
{
	base_type(r, c);
	if (c->type.arity == ARITY_LIST)
		buf_adds(&r->text, "[]");
}

static void
value(struct render *r, const struct cat_value *v, const struct cat_column *c)
{
	switch (v->kind) {
	case VALUE_LIST:
		buf_adds(&r->text, "ARRAY[");
		for (size_t i = 0; i < v->nitems; i++) {
			if (i > 0)
				buf_adds(&r->text, ", ");
			value(r, &v->item[i], c);
		}
		buf_adds(&r->text, "]::");
		render_type(r, c);
		break;
	case VALUE_BYTES:
		buf_addf(&r->text, "'\\x%s'", v->text);
		break;
	case VALUE_INT:
	case VALUE_FLOAT:
	case VALUE_BOOLEAN:
		buf_adds(&r->text, v->text);
		break;
	default:
		quote_string(&r->text, v->text);
	}
}

void
render_default(struct render *r, const struct cat_column *c)
{
	switch (c->dflt.kind) {
	case CAT_DEFAULT_VALUE:
		value(r, &c->dflt.value, c);
		break;
	case CAT_DEFAULT_NOW:
		buf_adds(&r->text, "CURRENT_TIMESTAMP");
		break;
	case CAT_DEFAULT_DBGENERATED:
		if (c->dflt.text != NULL)
			buf_adds(&r->text, c->dflt.text);
		break;
	case CAT_DEFAULT_SEQUENCE:
	case CAT_DEFAULT_NONE:
		break;
	}
}
