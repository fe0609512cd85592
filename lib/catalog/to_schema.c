/*
 * From a catalog to the text of a schema.  Must agree, name for name, with
 * the introspection of prisma-engines 6.19.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"
#include "schema/format.h"

/* A block's text and where it goes. */
struct piece {
	const struct ast_block *prev; /* NULL: it is new */
	size_t place, number;
	const char *text;
};

struct buf *
pull_out(struct pull *p, const struct ast_block *prev)
{
	return &p->out[prev != NULL ? prev->span.file : p->fresh];
}

/* What was there in its order, then what is new. */
static int
by_place(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void
write_pieces(struct pull *p, struct piece *piece, size_t n)
{
	size_t i;

	qsort(piece, n, sizeof(*piece), by_place);
	for (i = 0; i < n; i++)
		buf_adds(pull_out(p, piece[i].prev), piece[i].text);
}

static struct piece
make_piece(struct pull *p, const struct ast_block *prev, size_t place,
    size_t number, struct buf *text)
{
	struct piece piece = { prev, prev != NULL ? place : SIZE_MAX, number,
		arena_strdup(p->mem, buf_str(text)) };

	buf_free(text);
	return piece;
}

static size_t
write_blocks(struct pull *p, const struct pull_block *block, size_t nblocks,
    void (*write)(struct pull *, const struct pull_block *, struct buf *))
{
	struct piece *piece = arena_array(p->mem, struct piece, nblocks + 1);
	const struct pull_block *b;
	size_t n = 0;

	for (b = block; b < block + nblocks; b++) {
		struct buf text = BUF_INIT;

		if (b->hidden || b->a != NULL ||
		    (b->view != NULL && b->ncolumns == 0))
			continue;
		write(p, b, &text);
		piece[n] = make_piece(p, b->prev != NULL ? b->prev->ast :
		    NULL, b->prev != NULL ?
		    (size_t)(b->prev - p->prev->model) : 0, n, &text);
		n++;
	}
	write_pieces(p, piece, n);
	return n;
}

static size_t
write_enums(struct pull *p)
{
	size_t n = p->cat->nenums, i;
	struct piece *piece = arena_array(p->mem, struct piece, n + 1);
	const struct pull_enum *e;

	for (i = 0; i < n; i++) {
		struct buf text = BUF_INIT;

		e = &p->enumeration[i];
		pull_enum_text(p, e, &text);
		piece[i] = make_piece(p, e->prev != NULL ? e->prev->ast :
		    NULL, e->prev != NULL ?
		    (size_t)(e->prev - p->prev->enumeration) : 0, i, &text);
	}
	write_pieces(p, piece, n);
	return n;
}

/* --- files --- */

/* introspected.prisma, beside the file that holds the datasource */
static const char *
new_path(const struct pull *p)
{
	const struct sources *files = p->config->ast->sources;
	const char *path = files->file[p->config->datasource != NULL ?
	    p->config->datasource->ast->span.file : 0].path;
	const char *slash = strrchr(path, '/');

	return arena_printf(p->mem, "%.*sintrospected.prisma",
	    slash == NULL ? 0 : (int)(slash + 1 - path), path);
}

/* Of several files: which one takes what is new; perhaps one more. */
static void
choose_fresh(struct pull *p)
{
	const struct sources *files = p->config->ast->sources;
	const char *path = new_path(p);

	for (p->fresh = 0; p->fresh < files->n; p->fresh++)
		if (strcmp(files->file[p->fresh].path, path) == 0)
			return;
	p->nout++;
}

static void
make_files(struct pull *p, struct to_schema_result *out)
{
	struct sources raw = { arena_array(p->mem, struct source, p->nout),
		0 };
	size_t i, known = p->config == NULL ? 0 : p->config->ast->sources->n;
	struct source *s;

	for (i = 0; i < p->nout; i++) {
		if (known > 0 && i == known && p->out[i].len == 0)
			continue;
		s = &raw.file[raw.n++];
		if (i < known)
			s->path = p->config->ast->sources->file[i].path;
		else if (known > 0)
			s->path = out->introspected = new_path(p);
		else
			s->path = "schema.prisma";
		s->text = arena_strdup(p->mem, buf_str(&p->out[i]));
		s->len = p->out[i].len;
	}
	schema_format(p->mem, &raw, &out->files);
}

static void
init(struct pull *p, struct arena *mem, const struct catalog *c,
    const struct to_schema *opts)
{
	const struct schema_datasource *ds = opts->config != NULL ?
	    opts->config->datasource : NULL;
	size_t n = opts->config == NULL ? 1 : opts->config->ast->sources->n;

	*p = (struct pull){ .mem = mem, .cat = c, .opts = opts };
	p->config = opts->config;
	p->prev = opts->keep ? opts->config : NULL;
	p->namespaces = opts->nns > 0 || (ds != NULL && ds->nschemas > 0);
	p->foreign_keys = ds == NULL || !ds->relation_mode_prisma;
	p->nout = n;
	if (n > 1)
		choose_fresh(p);
	p->out = arena_array(mem, struct buf, p->nout);
	map_init(&p->top_names, mem, c->ntables + c->nenums);
	map_init(&p->namesakes, mem, 4);
}

void
catalog_to_schema(struct arena *mem, const struct catalog *c,
    const struct to_schema *opts, struct to_schema_result *out)
{
	struct pull p;
	size_t i;

	*out = (struct to_schema_result){ .nmodels = 0 };
	init(&p, mem, c, opts);
	pull_match(&p);
	pull_name_all(&p);
	pull_name_relations(&p);
	pull_config(&p);
	out->nmodels = write_blocks(&p, p.table, c->ntables, pull_model);
	out->nviews = write_blocks(&p, p.view, c->nviews, pull_view);
	out->nenums = write_enums(&p);
	pull_warn_all(&p);
	out->warnings = pull_warnings(&p);
	make_files(&p, out);
	for (i = 0; i < p.nout; i++)
		buf_free(&p.out[i]);
}
