#ifndef CATALOG_JSON_H
#define CATALOG_JSON_H

struct buf;
struct risks;

/*
 * The changes for programs, one object a line: kind, risk, the names of what
 * changes, the statements, and what is to be warned of.
 */
void changes_json(const struct risks *, struct buf *);

#endif
