#ifndef DB_INTROSPECT_TOKEN_H
#define DB_INTROSPECT_TOKEN_H

#include <stddef.h>

struct arena;

/*
 * The text of a default in tokens, as the engine cuts it.
 */
enum token_kind {
	TOKEN_END,
	TOKEN_COMMA,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_OPEN_SQUARE,
	TOKEN_CLOSE_SQUARE,
	TOKEN_OPEN_CURLY,
	TOKEN_CLOSE_CURLY,
	TOKEN_MINUS,
	TOKEN_DOT,
	TOKEN_CAST,
	TOKEN_QUOTED, /* "…" */
	TOKEN_STRING, /* '…' */
	TOKEN_ESCAPES, /* E'…' */
	TOKEN_DIGITS,
	TOKEN_WORD,
	TOKEN_SPACE,
	TOKEN_BAD
};

struct token {
	enum token_kind kind;
	const char *p;
	size_t len;
};

struct reader {
	struct arena *mem;
	struct token *token; /* the last is TOKEN_END */
	size_t n, next;
};

/* The text must outlive the reader. */
void reader_init(struct reader *, struct arena *, const char *text);
/* What comes next behind white space, which is not passed yet. */
const struct token *reader_peek(const struct reader *);
/* The next, passed now; TOKEN_END again and again at the end. */
const struct token *reader_take(struct reader *);
/* The same if it is of this kind, else NULL. */
const struct token *reader_take_kind(struct reader *, enum token_kind);
/* Up to the next of that kind; 0: there is none. */
int reader_take_until(struct reader *, enum token_kind);
/* ::timestamp with time zone (4)[], if there is one; 0: it is not whole. */
int reader_take_cast(struct reader *);
/* The text of a string and its cast, or NULL. */
const char *reader_take_string(struct reader *);
/* One token more than that is let pass, as the engine does. */
int reader_at_end(const struct reader *);

/* Letter case counts for nothing; NULL is no text. */
int token_is(const struct token *, const char *text);
char *token_text(struct arena *, const struct token *);
/* Without its quotes, escapes undone. */
char *token_unquote(struct arena *, const struct token *);

#endif
