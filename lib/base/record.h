#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include <stddef.h>

struct buf;

/*
 * Records as every program writes them: lines of TAB-separated fields,
 * escaped as PostgreSQL COPY text (\t \n \r \\, \N for NULL).
 */

/* One field, escaped; NULL is \N. */
void record_add(struct buf *, const char *field);

/*
 * Takes a line apart, in place; its newline may be there.  Fields point into
 * it, unescaped; a NULL is NULL.  How many there are: those behind `max' are
 * counted only.
 */
size_t record_split(char *line, char **field, size_t max);

#endif
