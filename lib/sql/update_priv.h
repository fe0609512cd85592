#ifndef SQL_UPDATE_PRIV_H
#define SQL_UPDATE_PRIV_H

#include <jansson.h>

#include "sql/update.h"

struct update_reader {
	struct arena *mem;
	const char *text;
	const json_t *stmt;	/* UpdateStmt of the syntax tree */
	struct sql_update *u;
	size_t *offset;
	struct diag *d;
};

/* The node of that kind; NULL: it is another. */
static inline const json_t *
update_node(const json_t *o, const char *kind)
{
	return json_object_get(o, kind);
}

/* The byte where it stands. */
static inline size_t
update_place(const json_t *o)
{
	return (size_t)json_integer_value(json_object_get(o, "location"));
}

static inline const json_t *
update_targets(const struct update_reader *r)
{
	return json_object_get(r->stmt, "targetList");
}

/* Of (a, b) = (1, 2): what stands for the n-th one; NULL: not such a list. */
const json_t *update_value(const json_t *target);

/* Fills values, from and where of u, whose sets have their columns.  -1: the
 * text is not what the tree says. */
int update_cut(struct update_reader *);
/* What values and condition read and call: u->set has its columns.  -1: a
 * parameter is among it. */
int update_look(struct update_reader *);

/* Has a constant a word in it, as 'now', that is a time where one is asked
 * for? */
int update_is_moment(const char *text);
/* A node of the tree under its key: is what stands in it read as a time? */
int update_makes_time(const char *key, const json_t *node);

#endif
