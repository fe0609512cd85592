#ifndef SQL_EXPRESSION_H
#define SQL_EXPRESSION_H

#include <stddef.h>

struct diag;

/*
 * Can a text stand between parentheses and never get out of them?  So it is
 * where its own brackets match, its quotes and comments end, and there is no
 * ';'.  A comment that a line end closes may be the last thing in it: the
 * caller adds one.  The server's grammar does the rest.  -1: diag, and
 * *offset is the byte.
 */
int expression_check(const char *text, size_t *offset, struct diag *);

#endif
