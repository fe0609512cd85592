/* Defaults as PostgreSQL prints them, and rows that go to a file and back. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/introspect_priv.h"
#include "tap.h"

static const struct {
	const char *text;
	enum native native;
	enum ast_arity arity;
	const char *want;
} cases[] = {
	{ "NULL::text", NATIVE_TEXT, ARITY_OPTIONAL, "none" },
	{ "'it''s'::text", NATIVE_TEXT, ARITY_REQUIRED, "string it's" },
	{ "E'a\\n\\u00e9\\\\'", NATIVE_TEXT, ARITY_REQUIRED,
	    "string a\n\xc3\xa9\\" },
	{ "'x'::character varying(3)", NATIVE_VARCHAR, ARITY_REQUIRED,
	    "string x" },
	{ "upper('x'::text)", NATIVE_TEXT, ARITY_REQUIRED,
	    "expression upper('x'::text)" },
	{ "'a'::text || 'b'::text", NATIVE_TEXT, ARITY_REQUIRED,
	    "expression 'a'::text || 'b'::text" },
	{ "('q'::text COLLATE \"C\")", NATIVE_TEXT, ARITY_REQUIRED,
	    "expression ('q'::text COLLATE \"C\")" },
	{ "'open", NATIVE_TEXT, ARITY_REQUIRED, "expression 'open" },
	{ "7", NATIVE_INTEGER, ARITY_REQUIRED, "int 7" },
	{ "'-5'::integer", NATIVE_INTEGER, ARITY_REQUIRED, "int -5" },
	{ "(1 + 1)", NATIVE_INTEGER, ARITY_REQUIRED, "expression (1 + 1)" },
	{ "1.5", NATIVE_INTEGER, ARITY_REQUIRED, "expression 1.5" },
	{ "nextval('a_seq'::regclass)", NATIVE_INTEGER, ARITY_REQUIRED,
	    "sequence a_seq" },
	{ "nextval('\"S\".\"A seq\"'::regclass)", NATIVE_BIGINT,
	    ARITY_REQUIRED, "sequence A seq" },
	{ "nextval(('a_seq'::text)::regclass)", NATIVE_BIGINT,
	    ARITY_REQUIRED, "sequence a_seq" },
	{ "nextval(", NATIVE_BIGINT, ARITY_REQUIRED, "expression nextval(" },
	{ "'-1.50'::numeric", NATIVE_DECIMAL, ARITY_REQUIRED,
	    "float -1.50" },
	{ "(-1.5)", NATIVE_DOUBLE, ARITY_REQUIRED, "float -1.5" },
	{ "'-0'::integer", NATIVE_DOUBLE, ARITY_REQUIRED, "float 0" },
	{ "'NaN'::numeric", NATIVE_DECIMAL, ARITY_REQUIRED,
	    "expression 'NaN'::numeric" },
	{ "true", NATIVE_BOOLEAN, ARITY_REQUIRED, "boolean true" },
	{ "(1 = 1)", NATIVE_BOOLEAN, ARITY_REQUIRED, "expression (1 = 1)" },
	{ "now()", NATIVE_TIMESTAMPTZ, ARITY_REQUIRED, "now" },
	{ "CURRENT_TIMESTAMP", NATIVE_DATE, ARITY_REQUIRED, "now" },
	{ "CURRENT_TIMESTAMP(3)", NATIVE_TIMESTAMP, ARITY_REQUIRED,
	    "expression CURRENT_TIMESTAMP(3)" },
	{ "'2020-01-01'::date", NATIVE_DATE, ARITY_REQUIRED,
	    "expression '2020-01-01'::date" },
	{ "'\\xDEad'::bytea", NATIVE_BYTEA, ARITY_REQUIRED, "bytes dead" },
	{ "'\\xD'::bytea", NATIVE_BYTEA, ARITY_REQUIRED,
	    "expression '\\xD'::bytea" },
	{ "'B c'::e", NATIVE_ENUM, ARITY_REQUIRED, "enum B c" },
	{ "'x'::_low", NATIVE_ENUM, ARITY_REQUIRED, "expression 'x'::_low" },
	{ "'x'::uuid", NATIVE_UUID, ARITY_REQUIRED, "expression 'x'::uuid" },
	{ "'(1,2)'::point", NATIVE_UNSUPPORTED, ARITY_REQUIRED,
	    "expression '(1,2)'::point" },
	{ "ARRAY['a'::text, 'b'::text]", NATIVE_TEXT, ARITY_LIST,
	    "list string a, string b" },
	{ "(ARRAY[]::text[])::character varying(3)[]", NATIVE_VARCHAR,
	    ARITY_LIST, "list" },
	{ "'{}'::uuid[]", NATIVE_UUID, ARITY_LIST, "list" },
	{ "'{a,\"b c\",NULL}'::text[]", NATIVE_TEXT, ARITY_LIST,
	    "list string a, string b c, string NULL" },
	{ "'{1,\"x y\"}'::e[]", NATIVE_ENUM, ARITY_LIST,
	    "expression '{1,\"x y\"}'::e[]" },
	{ "'{t,f}'::boolean[]", NATIVE_BOOLEAN, ARITY_LIST,
	    "list boolean true, boolean false" },
	{ "ARRAY[1, '-2'::integer]", NATIVE_INTEGER, ARITY_LIST,
	    "list int 1, int -2" },
	{ "ARRAY[now()]", NATIVE_TIMESTAMP, ARITY_LIST,
	    "expression ARRAY[now()]" },
	{ "ARRAY['a'", NATIVE_TEXT, ARITY_LIST, "expression ARRAY['a'" },
	{ "", NATIVE_TEXT, ARITY_REQUIRED, "expression " }
};

static void
tell_value(struct buf *out, const struct cat_value *v)
{
	static const char *const kind[] = {
		[VALUE_STRING] = "string",
		[VALUE_ENUM] = "enum",
		[VALUE_INT] = "int",
		[VALUE_FLOAT] = "float",
		[VALUE_BOOLEAN] = "boolean",
		[VALUE_JSON] = "json",
		[VALUE_DATETIME] = "datetime",
		[VALUE_BYTES] = "bytes",
		[VALUE_LIST] = "list"
	};
	size_t i;

	buf_adds(out, kind[v->kind]);
	if (v->kind != VALUE_LIST)
		buf_addf(out, " %s", v->text);
	for (i = 0; v->kind == VALUE_LIST && i < v->nitems; i++) {
		buf_adds(out, i > 0 ? ", " : " ");
		tell_value(out, &v->item[i]);
	}
}

static void
test_defaults(struct arena *mem)
{
	struct buf got = BUF_INIT;
	struct cat_default d;
	struct cat_type type;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		type = (struct cat_type){ .native = cases[i].native,
			.arity = cases[i].arity };
		introspect_default(mem, cases[i].text, &type, &d);
		buf_reset(&got);
		if (d.kind == CAT_DEFAULT_VALUE)
			tell_value(&got, &d.value);
		else
			buf_addf(&got, "%s%s",
			    d.kind == CAT_DEFAULT_NONE ? "none" :
			    d.kind == CAT_DEFAULT_NOW ? "now" :
			    d.kind == CAT_DEFAULT_SEQUENCE ? "sequence " :
			    "expression ", d.text == NULL ? "" : d.text);
		tap_is(buf_str(&got), cases[i].want, cases[i].text);
	}
	buf_free(&got);
}

/* Rows of as many columns as each query has; one table t(a\tb "\N"). */
static const char saved[] = "dbm introspection 2\n"
    "namespaces 1 1\npublic\n"
    "tables 1 6\npublic\tt\tf\tf\tf\t\\N\n"
    "constraints 0 4\nenums 0 4\nfks 0 10\n"
    "indexes 1 13\n"
    "public\tt\tt_pkey\ta\\tb\tt\tt\tbtree\tint4_ops\tt\tf\tf\tf\t"
    "0\n"
    "extensions 0 4\n"
    "columns 1 12\n"
    "public\tt\ta\\tb\tpg_catalog\ttext\tsystem\t\\N\t-1\tt\tf\t"
    "'\\\\N\\n'::text\tf\n"
    "views 0 4\n";

static void
test_saved(struct arena *mem)
{
	struct introspection in;
	struct diag d = DIAG_INIT;
	struct buf again = BUF_INIT;
	struct catalog *c;
	char *torn;
	size_t i;
	int bad = 0;

	tap_ok(introspect_load(mem, saved, strlen(saved), &in) == 0,
	    "rows: loaded");
	introspect_save(&in, &again);
	tap_is(buf_str(&again), saved, "rows: saved as they were loaded");
	tap_ok(introspect_catalog(mem, &in, &c, &d) == 0 && c->ntables == 1 &&
	    c->nns == 1 && c->default_ns == NULL, "rows: a catalog");
	tap_is(c->table[0].column[0].name, "a\tb", "rows: escapes undone");
	tap_is(c->table[0].column[0].dflt.value.text, "\\N\n",
	    "rows: \\N inside a value is no NULL");
	tap_ok(c->table[0].pk != NULL && c->table[0].nindexes == 0 &&
	    c->table[0].pk->column[0].column == &c->table[0].column[0],
	    "rows: the primary key");
	for (i = 0; i < strlen(saved); i++) {
		torn = arena_strndup(mem, saved, i);
		bad += introspect_load(mem, torn, i, &in) == 0;
	}
	tap_ok(bad == 0, "rows: torn anywhere they are refused");
	buf_free(&again);
	diag_free(&d);
}

int
main(void)
{
	struct arena *mem = arena_new();

	test_defaults(mem);
	test_saved(mem);
	arena_free(mem);
	return tap_end();
}
