/*
 * Indexes: names, and what PostgreSQL's index types can hold.
 */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/check_priv.h"
#include "schema/native.h"
#include "schema/opclass.h"

#define NO_SCALAR SCALAR__MAX

/*
 * What BRIN can index: by native types, or by the scalar where none is
 * given; and how its operator classes' names begin.
 */
static const struct family {
	const char *natives[2];
	enum scalar scalar;
	const char *prefix;
} brin[] = {
	{ { "Bit" }, NO_SCALAR, "Bit" },
	{ { "VarBit" }, NO_SCALAR, "VarBit" },
	{ { "Char" }, NO_SCALAR, "Bpchar" },
	{ { "Date" }, NO_SCALAR, "Date" },
	{ { "Real" }, NO_SCALAR, "Float4" },
	{ { "DoublePrecision" }, SCALAR_FLOAT, "Float8" },
	{ { "Inet" }, NO_SCALAR, "Inet" },
	{ { "SmallInt" }, NO_SCALAR, "Int2" },
	{ { "Integer" }, SCALAR_INT, "Int4" },
	{ { "BigInt" }, SCALAR_BIGINT, "Int8" },
	{ { "Decimal" }, SCALAR_DECIMAL, "Numeric" },
	{ { "Oid" }, NO_SCALAR, "Oid" },
	{ { "ByteA" }, SCALAR_BYTES, "Bytea" },
	{ { "Text", "VarChar" }, SCALAR_STRING, "Text" },
	{ { "Timestamp" }, SCALAR_DATETIME, "Timestamp" },
	{ { "Timestamptz" }, NO_SCALAR, "TimestampTz" },
	{ { "Time" }, NO_SCALAR, "Time" },
	{ { "Timetz" }, NO_SCALAR, "TimeTz" },
	{ { "Uuid" }, NO_SCALAR, "Uuid" },
};

/* One field of one index. */
struct place {
	const struct schema_index *x;
	const struct schema_field *f;
	const struct native_info *native; /* NULL: none, or no valid one */
	const char *given;	     /* the name of the native type */
	const struct opclass *class;
};

static void complain(struct check *, const struct schema_index *,
    const char *, ...) __attribute__((format(printf, 3, 4)));

static void
complain(struct check *c, const struct schema_index *x, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(c->mem, fmt, ap);
	va_end(ap);
	finding_error(c->f, x->attr->span,
	    "Error parsing attribute \"%s\": %s", check_index_attribute(x),
	    text);
}

static void
check_xml(struct check *c, const struct schema_index *x)
{
	const struct native_info *t;
	size_t i;

	for (i = 0; i < x->nfields; i++) {
		t = native_of(x->field[i].field);
		if (t == NULL || strcmp(t->name, "Xml") != 0)
			continue;
		if (x->kind == INDEX_UNIQUE)
			finding_error(c->f, x->field[i].field->ast->span,
			    "Native type `Xml` cannot be unique in Postgres.");
		else
			finding_error(c->f, x->field[i].field->ast->span,
			    "You cannot define an index on fields with native "
			    "type `Xml` of Postgres.");
		return;
	}
}

static int
is_scalar(const struct schema_field *f, enum scalar s)
{
	return f->kind == FIELD_SCALAR && f->scalar == s;
}

static int
is_native(const struct place *p, const char *name)
{
	return p->native != NULL && strcmp(p->native->name, name) == 0;
}

static int
is_class(const struct place *p, const char *name)
{
	return p->class != NULL && strcmp(p->class->name, name) == 0;
}

/* Has the index type an operator class by itself for the field's type? */
static int
has_default(const struct place *p)
{
	const struct schema_field *f = p->f;

	if (f->kind == FIELD_UNSUPPORTED)
		return 1;
	switch (p->x->algorithm) {
	case INDEX_GIST:
	case INDEX_SPGIST:
		return is_scalar(f, SCALAR_STRING);
	case INDEX_GIN:
		return is_scalar(f, SCALAR_JSON) || f->arity == ARITY_LIST;
	case INDEX_BRIN:
		return f->kind == FIELD_SCALAR &&
		    f->scalar != SCALAR_BOOLEAN && f->scalar != SCALAR_JSON;
	default:
		return 1;
	}
}

static void
unfit(struct check *c, const struct place *p)
{
	const char *algorithm = index_algorithm_name[p->x->algorithm];

	if (p->given != NULL && p->class != NULL)
		complain(c, p->x, "The given operator class `%s` does not "
		    "support native type `%s` of field `%s`.", p->class->name,
		    p->given, p->f->name);
	else if (p->given != NULL)
		complain(c, p->x, "The %s index field type `%s` has no default "
		    "operator class.", algorithm, p->given);
	else if (p->class != NULL)
		complain(c, p->x, "The given operator class `%s` expects the "
		    "field `%s` to define a valid native type.",
		    p->class->name, p->f->name);
	else if (!has_default(p))
		complain(c, p->x, "The %s index type does not support the type "
		    "of the field `%s`.", algorithm, p->f->name);
}

/* The class is for fields of one scalar, and given without a native type. */
static void
want_scalar(struct check *c, const struct place *p, enum scalar s)
{
	if (!is_scalar(p->f, s))
		complain(c, p->x, "The given operator class `%s` points to the "
		    "field `%s` that is not of %s type.", p->class->name,
		    p->f->name, scalar_name[s]);
}

static void
check_gist(struct check *c, const struct place *p)
{
	if (!is_native(p, "Inet") || !is_class(p, "InetOps"))
		unfit(c, p);
}

static void
check_gin(struct check *c, const struct place *p)
{
	int json = is_class(p, "JsonbOps") || is_class(p, "JsonbPathOps");

	if (p->class == NULL && p->f->arity == ARITY_LIST)
		return;
	if (p->class == NULL && p->native == NULL &&
	    is_scalar(p->f, SCALAR_JSON))
		return;
	if (is_native(p, "JsonB") && (p->class == NULL || json))
		return;
	if (p->native == NULL && json)
		want_scalar(c, p, SCALAR_JSON);
	else if (!is_class(p, "ArrayOps"))
		unfit(c, p);
	else if (p->f->arity != ARITY_LIST)
		complain(c, p->x, "The given operator class `ArrayOps` expects "
		    "the type of field `%s` to be an array.", p->f->name);
}

static void
check_spgist(struct check *c, const struct place *p)
{
	int text = is_native(p, "Text") || is_native(p, "VarChar") ||
	    is_native(p, "Char");

	if (is_native(p, "Inet") && (p->class == NULL ||
	    is_class(p, "InetOps")))
		return;
	if (text && (p->class == NULL || is_class(p, "TextOps")))
		return;
	if (p->native == NULL && is_class(p, "TextOps"))
		want_scalar(c, p, SCALAR_STRING);
	else if (p->native != NULL || p->class != NULL ||
	    !is_scalar(p->f, SCALAR_STRING))
		unfit(c, p);
}

/* The letters up to Bloom, MinMax or Inclusion. */
static int
is_of_family(const struct opclass *class, const struct family *fam)
{
	size_t n = strlen(fam->prefix);

	return strncmp(class->name, fam->prefix, n) == 0 &&
	    (strncmp(class->name + n, "Bloom", 5) == 0 ||
	    strncmp(class->name + n, "MinMax", 6) == 0 ||
	    strncmp(class->name + n, "Inclusion", 9) == 0);
}

static int
has_native(const struct family *fam, const struct place *p)
{
	return is_native(p, fam->natives[0]) ||
	    (fam->natives[1] != NULL && is_native(p, fam->natives[1]));
}

static void
check_brin(struct check *c, const struct place *p)
{
	const struct family *fam;

	for (fam = brin; fam < brin + count(brin); fam++) {
		if (p->class != NULL && !is_of_family(p->class, fam))
			continue;
		if (p->native != NULL ? has_native(fam, p) :
		    p->class == NULL && fam->scalar != NO_SCALAR &&
		    is_scalar(p->f, fam->scalar))
			return;
		if (p->native == NULL && p->class != NULL &&
		    fam->scalar != NO_SCALAR) {
			want_scalar(c, p, fam->scalar);
			return;
		}
	}
	unfit(c, p);
}

static void (*const fits[INDEX_ALGORITHM__MAX])(struct check *,
    const struct place *) = {
	[INDEX_GIN] = check_gin,
	[INDEX_GIST] = check_gist,
	[INDEX_SPGIST] = check_spgist,
	[INDEX_BRIN] = check_brin,
};

static void
check_place(struct check *c, const struct schema_index *x,
    const struct schema_index_field *xf)
{
	struct place p = { .x = x, .f = xf->field };

	if (xf->ops_raw)
		return;
	p.native = native_of(xf->field);
	p.given = xf->field->native.name;
	p.class = xf->ops == NULL ? NULL : opclass_find_sql(xf->ops);
	if (p.class != NULL && !(p.class->algorithms & 1u << x->algorithm))
		complain(c, x, "The given operator class `%s` is not supported "
		    "with the `%s` index type.", p.class->name,
		    index_algorithm_name[x->algorithm]);
	else if (fits[x->algorithm] != NULL)
		fits[x->algorithm](c, &p);
}

void
check_index_types(struct check *c, const struct schema_index *x)
{
	size_t i;

	check_xml(c, x);
	for (i = 0; i < x->nfields; i++)
		check_place(c, x, &x->field[i]);
	if (x->algorithm == INDEX_SPGIST && x->nfields != 1)
		complain(c, x, "SpGist does not support multi-column indices.");
}

static void
check_index_client_name(struct check *c, const struct schema_model *m,
    const struct schema_index *x)
{
	const char *attribute = check_index_attribute(x);
	const struct schema_field *f;
	struct buf b = BUF_INIT;
	size_t i;

	if (x->kind != INDEX_UNIQUE || x->nfields <= 1)
		return;
	for (i = 0; i < x->nfields; i++)
		buf_addf(&b, "%s%s", i > 0 ? "_" : "", x->field[i].field->name);
	f = resolve_field(c->r, m, buf_str(&b));
	if (f != NULL && f->kind != FIELD_RELATION)
		finding_error(c->f, x->attr->span, "Error validating %s "
		    "\"%s\": The field `%s` clashes with the `%s` name. Please "
		    "resolve the conflict by providing a custom id name: "
		    "`%s([...], name: \"custom_name\")`", check_container(m),
		    m->name, f->name, attribute, attribute);
	buf_free(&b);
}

static void
check_index_arguments(struct check *c, const struct schema_model *m,
    const struct schema_index *x)
{
	int length = 0, sort = 0, ops = 0;
	size_t i;

	for (i = 0; i < x->nfields; i++) {
		length |= x->field[i].has_length;
		sort |= x->field[i].sort != SORT_NONE;
		ops |= x->field[i].ops != NULL;
	}
	if (length)
		complain(c, x, "The length argument is not supported in an "
		    "index definition with the current connector");
	if (sort && x->algorithm == INDEX_HASH)
		complain(c, x, "Hash type does not support sort option.");
	if (x->kind == INDEX_FULLTEXT) {
		complain(c, x, "Defining fulltext indexes is not supported "
		    "with the current connector.");
		finding_hint(c->f, "a Gin index over an Unsupported("
		    "\"tsvector\") column serves the purpose");
	}
	check_length(c, m, x->map, check_index_attribute(x), x->attr->span);
	if (x->has_clustered)
		complain(c, x, "Defining clustering is not supported in the "
		    "current connector.");
	if (ops && x->kind != INDEX_NORMAL)
		complain(c, x, "Operator classes can only be defined to fields "
		    "in an @@index attribute.");
}

/* A view has no indexes; what is unique in it only the client knows. */
void
check_view_index(struct check *c, const struct schema_model *m,
    const struct schema_index *x)
{
	static const char no[] = "Error validating: @@unique annotations on "
	    "views are not backed by unique indexes in the database and "
	    "cannot %s.";
	size_t i;

	if (x->kind != INDEX_UNIQUE) {
		finding_error(c->f, x->attr->span,
		    "Error validating: Views cannot have indexes.");
		return;
	}
	check_index_client_name(c, m, x);
	if (x->map != NULL)
		finding_error(c->f, x->attr->span, no,
		    "specify a mapped database name");
	if (x->has_clustered)
		finding_error(c->f, x->attr->span, no, "be clustered");
	for (i = 0; i < x->nfields; i++)
		if (x->field[i].has_length || x->field[i].ops != NULL ||
		    x->field[i].sort != SORT_NONE) {
			complain(c, x, "Scalar fields in @@unique attributes "
			    "in views cannot have arguments.");
			break;
		}
}

void
check_index(struct check *c, const struct schema_model *m,
    const struct schema_index *x)
{
	const char *attribute = check_index_attribute(x);
	struct span span = x->attr->span;
	const struct named named = { x->db_name, attribute,
		check_arg_span(x->attr, "map",
		    check_arg_span(x->attr, "name", span)) };

	if (x->nfields == 0)
		complain(c, x, "The list of fields in an index cannot be "
		    "empty. Please specify at least one field.");
	check_global_name(c, m, &named);
	check_index_client_name(c, m, x);
	if (x->name != NULL && check_custom_taken(c, m, x->name))
		finding_error(c->f, check_arg_span(x->attr, "name", span),
		    "Error parsing attribute \"%s\": The given custom name "
		    "`%s` has to be unique on the model. Please provide a "
		    "different name for the `name` argument.", attribute,
		    x->name);
	check_index_arguments(c, m, x);
}
