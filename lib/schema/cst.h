#ifndef SCHEMA_CST_H
#define SCHEMA_CST_H

#include <stddef.h>

struct source;

/*
 * The concrete syntax tree of one file: every stretch of the text that the
 * grammar gives a meaning, comments, empty lines and what is not understood
 * among them.  The grammar is a PEG (first match wins) and must agree with
 * Prisma's to the byte, as places of errors and canonical text depend on it.
 * It never fails: what is nothing else is a line that is not understood.
 */
enum cst_rule {
	CST_SCHEMA,
	/* top */
	CST_MODEL, /* also view, type: the keyword is its first child */
	CST_ENUM,
	CST_CONFIG, /* datasource, generator */
	CST_TYPE_ALIAS,
	CST_UNKNOWN_BLOCK,
	CST_UNKNOWN_LINE, /* also in blocks */
	CST_COMMENTS,	  /* lines of comment that stand together */
	CST_EMPTY_LINES,
	/* blocks: KEYWORD NAME CONTENTS */
	CST_KEYWORD,
	CST_NAME,
	CST_CONTENTS,
	CST_FIELD,
	CST_VALUE, /* of an enum */
	CST_PROPERTY,
	CST_BLOCK_ATTRIBUTE,
	/* fields */
	CST_COLON, /* name: Type, once legal */
	CST_TYPE,
	CST_OPTIONAL_TYPE,
	CST_LIST_TYPE,
	CST_OPTIONAL_LIST_TYPE, /* refused */
	CST_REQUIRED_TYPE,	/* Type!, once legal */
	CST_BRACKET_TYPE,	/* [Type], once legal */
	CST_BASE_TYPE,		/* child of each: a name or Unsupported() */
	CST_UNSUPPORTED,
	CST_ATTRIBUTE,
	/* attributes and values */
	CST_PATH,
	CST_ARGUMENTS,
	CST_NAMED_ARGUMENT,
	CST_EMPTY_ARGUMENT,
	CST_TRAILING_COMMA,
	CST_FUNCTION,
	CST_ARRAY,
	CST_NUMBER,
	CST_STRING,
	/* comments: with the blanks before them */
	CST_TRAILING_COMMENT, /* holds one of the next three */
	CST_DOC_COMMENT,      /* ///… */
	CST_LINE_COMMENT,     /* //… */
	CST_BLOCK_COMMENT     /* slash star … star slash */
};

/*
 * Nodes lie in one array in the order of their text, a parent before its
 * children: the first child of node i is i + 1 if that is below its `next',
 * and `next' is the index of its next sibling, or its parent's `next'.
 */
struct cst_node {
	unsigned start, end;
	unsigned next;
	enum cst_rule rule;
};

struct cst {
	const struct source *source;
	struct cst_node *node; /* node[0] is the CST_SCHEMA */
	unsigned n, room;
};

void cst_parse(struct cst *, const struct source *);
void cst_free(struct cst *);

#endif
