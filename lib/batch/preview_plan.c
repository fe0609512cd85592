/* What EXPLAIN (ANALYZE) says of a batch. */
#include <string.h>

#include <jansson.h>

#include "batch/preview_priv.h"

/* The node that gives the rows to be updated. */
static const json_t *
source_of(const json_t *plan)
{
	const json_t *node;
	const char *as;
	size_t i;

	json_array_foreach(json_object_get(plan, "Plans"), i, node) {
		as = json_string_value(json_object_get(node,
		    "Parent Relationship"));
		if (as != NULL && (strcmp(as, "Outer") == 0 ||
		    strcmp(as, "Member") == 0)) /* before 14 */
			return node;
	}
	return NULL;
}

static long long
number(const json_t *o, const char *key)
{
	return (long long)json_number_value(json_object_get(o, key));
}

void
preview_read_plan(struct previewer *p, const char *text)
{
	json_t *all = json_loads(text, 0, NULL);
	const json_t *top = json_array_get(all, 0), *plan, *source;
	double ms;

	plan = json_object_get(top, "Plan");
	source = source_of(plan);
	ms = json_number_value(json_object_get(top, "Execution Time"));
	p->v->tried = number(source, "Actual Rows") *
	    number(source, "Actual Loops");
	p->v->seconds = ms / 1000;
	p->v->wal_bytes = json_array_size(json_object_get(top, "Triggers")) >
	    0 ? -1 : number(plan, "WAL Bytes");
	json_decref(all);
}
