#ifndef SCHEMA_AST_H
#define SCHEMA_AST_H

#include <stddef.h>

#include "schema/source.h"

struct arena;
struct findings;

/*
 * The syntax tree of a schema: what is written, before any name is looked
 * up.  Everything lives in the arena it was parsed into.
 */
struct ast_ident {
	const char *text; /* NULL: not there */
	struct span span;
};

enum ast_expr_kind {
	EXPR_STRING,   /* text: its value, escapes undone */
	EXPR_NUMBER,   /* text: as written */
	EXPR_CONSTANT, /* text: a bare word, also true and false; a.b */
	EXPR_FUNCTION, /* text: its name; args */
	EXPR_ARRAY,    /* item */
	EXPR__MAX
};

struct ast_expr;

struct ast_arg {
	struct ast_ident name; /* text NULL: unnamed */
	struct ast_expr *value; /* NULL: `name:' and nothing after it */
	struct span span;
};

struct ast_args {
	struct ast_arg *arg;
	size_t n;
	struct span trailing_comma; /* end 0: none */
};

struct ast_expr {
	enum ast_expr_kind kind;
	struct span span;
	const char *text;
	struct ast_args args;
	struct ast_expr **item;
	size_t nitems;
};

/* @name(args) or @@name(args). */
struct ast_attr {
	struct ast_ident name; /* with its group: "db.VarChar" */
	struct ast_args args;
	struct span span; /* with the @, and the blanks behind it where it
			   * has no arguments */
};

struct ast_attrs {
	struct ast_attr *attr;
	size_t n;
};

enum ast_arity {
	ARITY_REQUIRED,
	ARITY_OPTIONAL,
	ARITY_LIST
};

struct ast_type {
	const char *name;	 /* NULL for Unsupported("…") */
	const char *unsupported; /* its text, or NULL */
	struct span span;	 /* of the name, without [] and ? */
};

/* A field of a model, view or type, or a value of an enum (no type). */
struct ast_field {
	struct ast_ident name;
	struct ast_type type;
	enum ast_arity arity;
	struct ast_attrs attrs;
	const char *doc; /* the lines of ///, or NULL */
	struct span span;
};

/* `key = value' in a datasource or generator. */
struct ast_property {
	struct ast_ident name;
	struct ast_expr *value; /* NULL: nothing after the = */
	struct span span;
};

enum ast_block_kind {
	BLOCK_MODEL,
	BLOCK_VIEW,
	BLOCK_TYPE, /* composite: MongoDB's, refused for PostgreSQL */
	BLOCK_ENUM,
	BLOCK_DATASOURCE,
	BLOCK_GENERATOR,
	BLOCK__MAX
};

struct ast_block {
	enum ast_block_kind kind;
	struct ast_ident name;
	struct ast_field *field; /* fields, or values of an enum */
	size_t nfields;
	struct ast_property *property;
	size_t nproperties;
	struct ast_attrs attrs; /* @@… */
	const char *doc;
	struct span span; /* from the keyword to the closing brace */
};

struct ast {
	const struct sources *sources;
	struct ast_block *block; /* file after file, in their order */
	size_t nblocks;
};

/*
 * Parses all files.  What cannot be parsed is told in the findings, and what
 * can be is in the tree all the same.
 */
struct ast *ast_parse(struct arena *, const struct sources *,
    struct findings *);

/* The first attribute of that name, or NULL. */
const struct ast_attr *ast_attr(const struct ast_attrs *, const char *name);

#endif
