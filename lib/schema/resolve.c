/*
 * The stages, in the engine's order.  All but the checks see a schema with
 * errors too; what cannot be found then says so once.
 */
#include "base/arena.h"
#include "schema/resolve_priv.h"

/* About how many names there will be: fields, values and blocks. */
static size_t
expected(const struct ast *ast)
{
	size_t i, n = 0;

	for (i = 0; i < ast->nblocks; i++)
		n += 1 + ast->block[i].nfields;
	return n;
}

struct schema *
schema_resolve(struct arena *mem, const struct ast *ast, struct findings *f)
{
	struct resolve r = { .mem = mem, .ast = ast, .f = f };
	size_t n = expected(ast);

	r.s = arena_new_of(mem, struct schema);
	r.s->ast = ast;
	map_init(&r.names, mem, n);
	map_init(&r.mapped, mem, n / 2);
	map_init(&r.pairs, mem, n / 8);
	map_init(&r.keys, mem, n / 4);
	map_init(&r.sides, mem, n / 8);
	resolve_names(&r);
	resolve_types(&r);
	resolve_attributes(&r);
	resolve_relations(&r);
	r.s->sound = f->nerrors == 0;
	resolve_config(&r);
	if (f->nerrors == f->nurls)
		check_schema(&r);
	return r.s;
}
