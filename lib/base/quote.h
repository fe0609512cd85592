#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

struct buf;

/*
 * The one place that quotes.  An identifier: "a""b".  A string as standard
 * SQL has it, a backslash being nothing special: 'it''s'.
 */
void quote_ident(struct buf *, const char *);
void quote_string(struct buf *, const char *);

#endif
