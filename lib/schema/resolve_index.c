/*
 * Keys and indexes: @id, @@id, @unique, @@unique, @@index, @@fulltext.
 */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "schema/index_priv.h"
#include "schema/suggest.h"

const char *const index_algorithm_name[INDEX_ALGORITHM__MAX] = {
	[INDEX_BTREE] = "BTree",
	[INDEX_HASH] = "Hash",
	[INDEX_GIN] = "Gin",
	[INDEX_GIST] = "Gist",
	[INDEX_SPGIST] = "SpGist",
	[INDEX_BRIN] = "Brin",
};

/* Room for one more; those of a model are few, and counted beforehand. */
static struct schema_index *
index_new(struct resolve *r, struct schema_model *m, enum index_kind kind)
{
	struct schema_index *x = &m->index[m->nindexes++];

	x->kind = kind;
	x->attr = r->attr;
	return x;
}

static void
clustered(struct resolve *r, struct schema_index *x)
{
	const struct ast_expr *e = visit_arg(r, "clustered");
	int value;

	if (e != NULL && coerce_boolean(r, e, &value) == 0)
		x->has_clustered = 1;
}

/* sort: and length: of @id and @unique. */
static void
only_field(struct resolve *r, struct schema_index *x, struct schema_field *f)
{
	struct schema_index_field *field;
	const struct ast_expr *e;
	const char *word;
	long long length;

	field = arena_new_of(r->mem, struct schema_index_field);
	field->field = f;
	x->field = field;
	x->nfields = 1;
	x->on = f;
	e = visit_arg(r, "length");
	field->has_length = e != NULL && coerce_integer(r, e, &length) == 0;
	e = visit_arg(r, "sort");
	word = e == NULL ? NULL : coerce_constant(r, e);
	if (word != NULL && strcmp(word, "Asc") == 0)
		field->sort = SORT_ASC;
	else if (word != NULL && strcmp(word, "Desc") == 0)
		field->sort = SORT_DESC;
	else if (word != NULL)
		attr_error(r, "The `sort` argument can only be `Asc` or "
		    "`Desc` you provided: %s.", word);
	clustered(r, x);
}

void
resolve_field_id(struct resolve *r, struct schema_model *m,
    struct schema_field *f)
{
	struct schema_index *x;

	if (m->id != NULL) {
		finding_error(r->f, m->ast->span, "Error validating model "
		    "\"%s\": At most one field must be marked as the id field "
		    "with the `@id` attribute.", m->name);
		finding_hint(r->f, "for a key of several fields write "
		    "@@id([%s, %s])", m->id->on->name, f->name);
		return;
	}
	x = arena_new_of(r->mem, struct schema_index);
	x->kind = INDEX_ID;
	x->attr = r->attr;
	x->map = name_arg(r, "map");
	only_field(r, x, f);
	m->id = x;
}

void
resolve_field_unique(struct resolve *r, struct schema_model *m,
    struct schema_field *f)
{
	struct schema_index *x = index_new(r, m, INDEX_UNIQUE);

	x->map = name_arg(r, "map");
	only_field(r, x, f);
}

/* It becomes part of the client. */
static void
check_client_name(struct resolve *r, const struct schema_model *m,
    const char *name, const char *attribute)
{
	const char *c = name;

	while (*c == '_' || (isascii((unsigned char)*c) &&
	    isalnum((unsigned char)*c)))
		c++;
	if (*c != '\0')
		finding_error(r->f, r->attr->span, "Error validating model "
		    "\"%s\": The `name` property within the `%s` attribute "
		    "only allows for the following characters: `_a-zA-Z0-9`.",
		    m->name, attribute);
}

/* "field `a`", "fields `a`, `b`" */
static const char *
quoted(struct arena *mem, const struct buf *names)
{
	struct buf b = BUF_INIT;
	const char *s = buf_str(names), *comma, *text;

	buf_adds(&b, strchr(s, ',') == NULL ? "field " : "fields ");
	for (; (comma = strchr(s, ',')) != NULL; s = comma + 2)
		buf_addf(&b, "`%.*s`, ", (int)(comma - s), s);
	buf_addf(&b, "`%s`", s);
	text = arena_strndup(mem, buf_str(&b), b.len);
	buf_free(&b);
	return text;
}

static void
id_problems(struct resolve *r, const struct schema_model *m,
    const struct ast_expr *e, const struct problems *p)
{
	if (p->unknown.len > 0) {
		finding_error(r->f, e->span, "Error validating model \"%s\": "
		    "The multi field id declaration refers to the unknown %s.",
		    m->name, quoted(r->mem, &p->unknown));
		suggest_field(r, m, buf_str(&p->unknown));
	}
	if (p->relations.len > 0)
		finding_error(r->f, r->attr->span, "Error validating model "
		    "\"%s\": The id definition refers to the relation %s. ID "
		    "definitions must reference only scalar fields.", m->name,
		    quoted(r->mem, &p->relations));
}

static void
id_optional(struct resolve *r, const struct schema_model *m,
    const struct schema_index *x)
{
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < x->nfields; i++)
		if (x->field[i].field->arity != ARITY_REQUIRED)
			problems_add(&b, x->field[i].field->name);
	if (b.len > 0)
		finding_error(r->f, r->attr->span, "Error validating model "
		    "\"%s\": The id definition refers to the optional %s. ID "
		    "definitions must reference only required fields.",
		    m->name, quoted(r->mem, &b));
	buf_free(&b);
}

void
resolve_model_id(struct resolve *r, struct schema_model *m)
{
	const struct ast_expr *e = visit_default_arg(r, "fields");
	struct problems p = PROBLEMS_INIT;
	struct schema_index *x;

	if (e == NULL)
		return;
	x = arena_new_of(r->mem, struct schema_index);
	x->kind = INDEX_ID;
	x->attr = r->attr;
	if (index_fields(r, m, e, x, &p) == -1) {
		id_problems(r, m, e, &p);
		problems_free(&p);
		return;
	}
	id_optional(r, m, x);
	if (m->id != NULL)
		finding_error(r->f, m->ast->span, "Error validating model "
		    "\"%s\": Each model must have at most one id criteria. "
		    "You can't have `@id` and `@@id` at the same time.",
		    m->name);
	x->map = name_arg(r, "map");
	x->name = name_arg(r, "name");
	if (x->name != NULL)
		check_client_name(r, m, x->name, "@@id");
	clustered(r, x);
	m->id = x;
	problems_free(&p);
}

void
resolve_field_shard(struct resolve *r, struct schema_model *m)
{
	if (m->shard_key != NULL)
		finding_error(r->f, m->ast->span, "Error validating model "
		    "\"%s\": At most one field must be marked as the shard "
		    "key with the `@shardKey` attribute.", m->name);
	m->shard_key = r->attr;
}

/* A key of PlanetScale's MySQL: looked at, and refused by the checks. */
void
resolve_model_shard(struct resolve *r, struct schema_model *m)
{
	const struct ast_expr *e = visit_default_arg(r, "fields");
	struct problems p = PROBLEMS_INIT;
	struct schema_index x = { .kind = INDEX_NORMAL };

	if (e == NULL)
		return;
	if (m->shard_key != NULL)
		finding_error(r->f, m->ast->span, "Error validating model "
		    "\"%s\": Each model must have at most one shard key. You "
		    "can't have `@shardKey` and `@@shardKey` at the same "
		    "time.", m->name);
	if (index_fields(r, m, e, &x, &p) == -1 && p.unknown.len > 0)
		finding_error(r->f, e->span, "Error validating model \"%s\": "
		    "The multi field shard key declaration refers to the "
		    "unknown %s.", m->name, quoted(r->mem, &p.unknown));
	if (p.relations.len > 0)
		finding_error(r->f, r->attr->span, "Error validating model "
		    "\"%s\": The shard key definition refers to the relation "
		    "%s. Shard key definitions must reference only scalar "
		    "fields.", m->name, quoted(r->mem, &p.relations));
	problems_free(&p);
	m->shard_key = r->attr;
	m->has_shard_fields = 1;
}

static void
index_problems(struct resolve *r, const struct schema_model *m,
    enum index_kind kind, const struct problems *p)
{
	const char *unique = kind == INDEX_UNIQUE ? "unique " : "";
	struct buf b = BUF_INIT;

	if (p->unknown.len > 0) {
		finding_error(r->f, r->attr->span, "Error validating model "
		    "\"%s\": The %sindex definition refers to the unknown "
		    "fields: %s.", m->name, unique, buf_str(&p->unknown));
		suggest_field(r, m, buf_str(&p->unknown));
	}
	if (p->suggested.len > 0)
		buf_addf(&b, " Did you mean `@@%s([%s])`?",
		    kind == INDEX_UNIQUE ? "unique" : "index",
		    buf_str(&p->suggested));
	if (p->relations.len > 0)
		finding_error(r->f, r->attr->span, "Error validating model "
		    "\"%s\": The %sindex definition refers to the relation "
		    "fields %s. Index definitions must reference only scalar "
		    "fields.%s", m->name, unique, buf_str(&p->relations),
		    buf_str(&b));
	buf_free(&b);
}

static void
index_type(struct resolve *r, struct schema_index *x)
{
	const struct ast_expr *e = visit_arg(r, "type");
	const char *word = e == NULL ? NULL : coerce_constant(r, e);
	struct suggestion s;
	int i;

	if (word == NULL)
		return;
	suggest_begin(&s, r->f, word);
	for (i = 0; i < INDEX_ALGORITHM__MAX; i++) {
		suggest_offer(&s, index_algorithm_name[i]);
		if (strcmp(index_algorithm_name[i], word) == 0) {
			x->algorithm = (enum index_algorithm)i;
			x->has_algorithm = 1;
			return;
		}
	}
	attr_error(r, "Unknown index type: %s.", word);
	if (!suggest_tell(r->f, &s))
		finding_hint(r->f, "there are BTree, Hash, Gin, Gist, SpGist "
		    "and Brin");
}

/* @@index takes name: for map:, as older schemas have it. */
static void
normal_index(struct resolve *r, struct schema_index *x)
{
	const char *name = name_arg(r, "name");

	x->map = name_arg(r, "map");
	if (name != NULL && x->map != NULL) {
		attr_error(r, "The `@@index` attribute accepts the `name` "
		    "argument as an alias for the `map` argument for legacy "
		    "reasons. It does not accept both though. Please use the "
		    "`map` argument to specify the database name of the "
		    "index.");
		x->map = NULL;
	} else if (name != NULL)
		x->map = name;
	index_type(r, x);
	clustered(r, x);
}

static void
unique_index(struct resolve *r, const struct schema_model *m,
    struct schema_index *x)
{
	x->name = name_arg(r, "name");
	x->map = name_arg(r, "map");
	if (x->name != NULL)
		check_client_name(r, m, x->name, "@@unique");
	clustered(r, x);
}

void
resolve_model_index(struct resolve *r, struct schema_model *m,
    enum index_kind kind)
{
	struct schema_index *x = index_new(r, m, kind);
	struct problems p = PROBLEMS_INIT;
	const struct ast_expr *e = visit_default_arg(r, "fields");

	p.follow = 1;
	if (e != NULL && index_fields(r, m, e, x, &p) == -1)
		index_problems(r, m, kind, &p);
	problems_free(&p);
	if (kind == INDEX_NORMAL)
		normal_index(r, x);
	else if (kind == INDEX_UNIQUE)
		unique_index(r, m, x);
	else
		x->map = name_arg(r, "map");
}
