#ifndef ROWS_SINCE_H
#define ROWS_SINCE_H

struct arena;
struct column;
struct table;

/*
 * The columns that tell when a row was made and last changed, by their names
 * in camel or snake case ("createdAt", "updated_at", also without "at"), of
 * type timestamp (taken as UTC, as Prisma writes it) or timestamptz.  NULL:
 * there is none.
 */
struct since_columns {
	const struct column *created, *updated;
};
void since_columns(const struct table *, struct since_columns *);

/*
 * SQL, columns bare: rows made or changed at that time or later, and those
 * without any time; with xmin (text of an xid8, else NULL) also those that
 * transactions have written which are not older than it.  time: UTC; NULL:
 * by xmin alone.  Written so that an index on each column serves.
 */
char *since_condition(struct arena *, const struct since_columns *,
    const char *time, const char *xmin);

#endif
