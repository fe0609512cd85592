#ifndef CATALOG_ORDER_H
#define CATALOG_ORDER_H

struct changes;

/* Puts them into the order in which Prisma writes its steps. */
void changes_sort(struct changes *);

#endif
