#ifndef SCHEMA_CST_PRIV_H
#define SCHEMA_CST_PRIV_H

#include "schema/cst.h"

/* Values nested deeper than this are not understood. */
#define CST_DEPTH_MAX 500

/* What the parser's two files share: cst.c has blocks, cst_value.c the rest. */
struct cst_parser {
	struct cst *cst;
	const char *text; /* NUL-terminated */
	unsigned len, at;
	unsigned depth;
	/* The last search for the end of a comment: none before `found'. */
	unsigned comment_from, comment_found;
	/* Where a block's contents were seen to never end: a bit each. */
	unsigned char *endless[3];
	unsigned last_close; /* after the last } */
};

/* Where to go back to when a rule does not match. */
struct cst_mark {
	unsigned at, n;
};

/*
 * Every rule returns whether it matched; if not, it has moved nothing.
 * Blanks between the parts of a rule are skipped by cst_skip(), before
 * optional parts too: where such a part is not there, the blanks stay in.
 */
struct cst_mark cst_mark(const struct cst_parser *);
int cst_back(struct cst_parser *, struct cst_mark);
void cst_open(struct cst_parser *, enum cst_rule);
int cst_close(struct cst_parser *, struct cst_mark);
void cst_skip(struct cst_parser *);
int cst_text(struct cst_parser *, const char *);
int cst_newline(struct cst_parser *);
int cst_at_newline(const struct cst_parser *);

int cst_name(struct cst_parser *);
int cst_string(struct cst_parser *);
int cst_value(struct cst_parser *);
int cst_attribute(struct cst_parser *);
int cst_block_attribute(struct cst_parser *);
int cst_trailing_comment(struct cst_parser *);
int cst_comments(struct cst_parser *);

#endif
