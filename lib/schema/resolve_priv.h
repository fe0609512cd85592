#ifndef SCHEMA_RESOLVE_PRIV_H
#define SCHEMA_RESOLVE_PRIV_H

#include "base/map.h"
#include "schema/finding.h"
#include "schema/schema.h"

/*
 * What the stages of resolving share.  They follow the engine's: names,
 * types, attributes, relations, configuration, and checks where nothing was
 * wrong so far.
 */
struct resolve {
	struct arena *mem;
	const struct ast *ast;
	struct findings *f;
	struct schema *s;
	/*
	 * Blocks by name, as struct top, scoped by what they may clash with;
	 * fields and properties of the syntax tree, scoped by their block.
	 */
	struct map names;
	struct map mapped; /* fields by @map, scoped by model */
	struct map pairs;  /* struct pair by target, scoped by model */
	struct map keys;   /* keys by their fields, scoped by model */
	struct map sides;  /* struct side_list by relation name, by pair */
	/* The attributes of a block or field that are being looked at … */
	const struct ast_attrs *attrs;
	unsigned char *attr_used;
	size_t attr_room;
	const char *repeated; /* what visit_repeated() looks for, from where */
	size_t repeated_from;
	unsigned mark; /* of the list of fields at work */
	/* … the one among them, and which of its arguments. */
	const struct ast_attr *attr;
	unsigned char *arg_used;
	size_t arg_room;
};

/* What a name at the top of a schema stands for. */
struct top {
	const struct ast_block *ast;
	struct schema_model *model; /* or */
	struct schema_enum *enumeration;
};

/* The relation fields of one model to another, by relation name. */
struct side_list {
	struct schema_field **field;
	size_t n;
};

#define count(a) (sizeof(a) / sizeof((a)[0]))

/* resolve_names.c; NULL: no model, enum or type has that name. */
void resolve_names(struct resolve *);
struct top *resolve_top(const struct resolve *, const char *name);

/* resolve_types.c; 0: no scalar has that name. */
void resolve_types(struct resolve *);
int resolve_scalar(const char *name, enum scalar *);
struct schema_field *resolve_field(const struct resolve *,
    const struct schema_model *, const char *name);
/* A hint where the finding told last speaks of "names, not fields". */
void suggest_field(struct resolve *, const struct schema_model *,
    const char *names);

/*
 * resolve_attr.c: going through the attributes of one thing.  Between begin
 * and end each attribute is asked for by name; what nobody asked for is
 * told as unknown at the end.  The same holds for arguments.
 */
void visit_begin(struct resolve *, const struct ast_attrs *);
void visit_end(struct resolve *);
/* 1: there is one, and it can be looked at; then visit_done() must follow. */
int visit_single(struct resolve *, const char *name);
/* The next one of that name. */
int visit_repeated(struct resolve *, const char *name);
/* The one whose name has a dot: @db.VarChar(…). */
const struct ast_attr *visit_native(struct resolve *);
void visit_done(struct resolve *);
void visit_discard(struct resolve *);
/* An argument by name; NULL: not there. */
const struct ast_expr *visit_arg(struct resolve *, const char *name);
/* By name, or the unnamed one; NULL: neither, which has been told. */
const struct ast_expr *visit_default_arg(struct resolve *, const char *name);
/* The same, and not told. */
const struct ast_expr *visit_default_quiet(struct resolve *, const char *name);
/* Error parsing attribute "@…": … */
void attr_error(struct resolve *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* resolve_expr.c: NULL or -1 where it is something else, which is told. */
const char *coerce_string(struct resolve *, const struct ast_expr *);
const char *coerce_constant(struct resolve *, const struct ast_expr *);
int coerce_integer(struct resolve *, const struct ast_expr *, long long *);
int coerce_boolean(struct resolve *, const struct ast_expr *, int *);
void mismatch(struct resolve *, const char *expected, const struct ast_expr *);
/* As the engine writes it in messages. */
const char *expr_text(struct arena *, const struct ast_expr *);
/* The items of an array; of anything else, itself. */
size_t expr_items(const struct ast_expr *const *,
    const struct ast_expr *const **);
/* An argument that must be a string, and not an empty one; or NULL. */
const char *name_arg(struct resolve *, const char *arg);

/*
 * resolve_key.c: the unique keys of models by their fields, in their order
 * or in any.  NULL: there is no such key; a @unique goes before an @id.
 */
enum key_order { KEY_IN_ORDER, KEY_ANY_ORDER };
void resolve_key_add(struct resolve *, const struct schema_model *,
    const struct schema_index *);
const struct schema_index *resolve_key(const struct resolve *,
    const struct schema_model *, enum key_order,
    struct schema_field *const *field, size_t n);

/* resolve_model.c, _field.c, _side.c, _default.c, _index.c */
void resolve_attributes(struct resolve *);
void resolve_scalar_field(struct resolve *, struct schema_model *,
    struct schema_field *);
void resolve_relation_field(struct resolve *, struct schema_field *);
void resolve_default(struct resolve *, struct schema_field *);
void resolve_field_id(struct resolve *, struct schema_model *,
    struct schema_field *);
void resolve_field_unique(struct resolve *, struct schema_model *,
    struct schema_field *);
void resolve_field_shard(struct resolve *, struct schema_model *);
void resolve_model_shard(struct resolve *, struct schema_model *);
void resolve_model_id(struct resolve *, struct schema_model *);
void resolve_model_index(struct resolve *, struct schema_model *,
    enum index_kind);

/* resolve_relation.c: the name given, or the conventional one. */
const char *relation_name(struct resolve *, const struct schema_field *);
void resolve_relations(struct resolve *);
/* All fields of its model with the same target and relation name. */
struct side_list *relation_sides(const struct resolve *,
    const struct schema_field *);

/* resolve_config.c */
void resolve_config(struct resolve *);

/* check.c */
void check_schema(struct resolve *);

#endif
