#ifndef SQL_SCAN_H
#define SQL_SCAN_H

/*
 * Behind the token at s, which is not its end: a string, a quoted name, a
 * comment or a $quoted$ text as a whole, a word, else one character (a '"'
 * inside of a quoted name ends one and begins another).  NULL: it has no end.
 * Not by libpg_query, which is of one version: what is scanned may have words
 * that only a newer server knows.
 */
const char *sql_token(const char *s);

/* Behind blanks and comments; NULL: a comment has no end. */
const char *sql_skip(const char *s);

#endif
