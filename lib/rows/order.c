/*
 * Groups of tables by Tarjan's strongly connected components: it finishes a
 * component after all that it refers to, so parents come out first.
 */
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "rows/order.h"
#include "rows/table.h"

struct node {
	struct table *table;
	size_t index, low; /* 0: not visited */
	size_t group;	   /* that it came to lie in */
	int on_stack, self;
};

struct walk {
	struct arena *mem;
	struct node *node;
	size_t n, visited;
	struct map by_oid;
	struct node **stack;
	size_t depth;
	struct table_order *out;
};

static void visit(struct walk *, struct node *);

static void
visit_parents(struct walk *w, struct node *v)
{
	struct node *p;
	size_t i;

	for (i = 0; i < v->table->nfks; i++) {
		p = map_get(&w->by_oid, NULL, v->table->fk[i].parent_oid);
		if (p == NULL)
			continue;
		if (p == v)
			v->self = 1;
		else if (p->index == 0) {
			visit(w, p);
			if (p->low < v->low)
				v->low = p->low;
		} else if (p->on_stack && p->index < v->low)
			v->low = p->index;
	}
}

/* The members stand in the order of the walk's stack, deepest first. */
static void
take_group(struct walk *w, struct node *v)
{
	size_t from = w->depth, i, id = w->out->n;
	struct table_group *g;

	while (w->stack[--from] != v)
		continue;
	w->out->group = arena_more(w->mem, w->out->group, id,
	    sizeof(*w->out->group));
	g = &w->out->group[w->out->n++];
	memset(g, 0, sizeof(*g));
	g->table = arena_array(w->mem, struct table *, w->depth - from);
	for (i = w->depth; i > from; i--) {
		w->stack[i - 1]->on_stack = 0;
		w->stack[i - 1]->group = id;
		g->self |= w->stack[i - 1]->self;
		g->table[g->n++] = w->stack[i - 1]->table;
	}
	w->depth = from;
}

/* Recursion is as deep as the longest chain of foreign keys. */
static void
visit(struct walk *w, struct node *v)
{
	v->index = v->low = ++w->visited;
	w->stack[w->depth++] = v;
	v->on_stack = 1;
	visit_parents(w, v);
	if (v->low == v->index)
		take_group(w, v);
}

static void
add_after(struct arena *mem, struct table_group *g, size_t id)
{
	size_t i;

	for (i = 0; i < g->nafter; i++)
		if (g->after[i] == id)
			return;
	g->after = arena_more(mem, g->after, g->nafter, sizeof(*g->after));
	g->after[g->nafter++] = id;
}

static void
link_groups(struct walk *w)
{
	const struct table *t;
	const struct node *p;
	size_t i, j;

	for (i = 0; i < w->n; i++) {
		t = w->node[i].table;
		for (j = 0; j < t->nfks; j++) {
			p = map_get(&w->by_oid, NULL, t->fk[j].parent_oid);
			if (p != NULL && p->group != w->node[i].group)
				add_after(w->mem,
				    &w->out->group[w->node[i].group],
				    p->group);
		}
	}
}

void
tables_order(struct arena *mem, struct table *const *table, size_t n,
    struct table_order *out)
{
	struct walk w = { .mem = mem, .n = n, .out = out };
	size_t i;

	memset(out, 0, sizeof(*out));
	w.node = arena_array(mem, struct node, n + 1);
	w.stack = arena_array(mem, struct node *, n + 1);
	map_init(&w.by_oid, mem, n);
	for (i = 0; i < n; i++) {
		w.node[i].table = table[i];
		map_put(&w.by_oid, NULL, table[i]->oid, &w.node[i]);
	}
	for (i = 0; i < n; i++)
		if (w.node[i].index == 0)
			visit(&w, &w.node[i]);
	link_groups(&w);
}
