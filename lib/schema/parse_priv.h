#ifndef SCHEMA_PARSE_PRIV_H
#define SCHEMA_PARSE_PRIV_H

#include "schema/ast.h"
#include "schema/cst.h"
#include "schema/finding.h"

/* What the files of the parser share: one file's nodes become a tree. */
struct parse {
	struct arena *mem;
	const struct cst *cst;
	struct findings *findings;
	unsigned file;
};

/*
 * A node and its siblings, up to the end of their parent:
 *   for (i = first(p, n); i < end(p, n); i = p->cst->node[i].next)
 */
#define parse_each(p, i, parent)                                               \
	(i) = (parent) + 1;                                                    \
	(i) < (p)->cst->node[parent].next;                                     \
	(i) = (p)->cst->node[i].next

struct span parse_span(const struct parse *, unsigned node);
char *parse_text(const struct parse *, unsigned node);
struct ast_ident parse_ident(const struct parse *, unsigned node);
size_t parse_count(const struct parse *, unsigned parent, enum cst_rule);

struct ast_expr *parse_expr(struct parse *, unsigned node);
void parse_attr(struct parse *, unsigned node, struct ast_attr *);
/* The value of a CST_STRING. */
char *parse_string(struct parse *, unsigned node);

/* -1: it is wrong, which has been told. */
int parse_field(struct parse *, unsigned node, struct ast_field *);

/* The text of a comment's lines of ///, after that of `before', or NULL. */
const char *parse_doc(struct parse *, const char *before, unsigned node);

#endif
