#ifndef SQL_CLASSIFY_H
#define SQL_CLASSIFY_H

struct arena;
struct sql_stmt;

/* Fills kind, effect and names of a statement whose place is set. */
void classify(struct arena *, const char *text, struct sql_stmt *);

#endif
