/*
 * A table of lines: each column as wide as its widest cell, in bytes (as
 * Prisma counts), the last cell of a line not padded.  Comments at the ends
 * of lines and lines that stand for themselves do not count.
 */
#include <err.h>
#include <stdlib.h>

#include "schema/format_priv.h"

void
writer_add(struct writer *w, const char *s, size_t n)
{
	unsigned i;

	if (w->out->len == 0 || w->out->data[w->out->len - 1] == '\n')
		for (i = 0; i < w->indent; i++)
			buf_addc(w->out, ' ');
	buf_add(w->out, s, n);
}

void
writer_end_line(struct writer *w)
{
	buf_addc(w->out, '\n');
}

void
table_free(struct table *t)
{
	buf_free(&t->text);
	free(t->row);
	*t = (struct table){ .n = 0 };
}

void
table_start_line(struct table *t)
{
	if (t->n == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		t->row = reallocarray(t->row, t->room, sizeof(*t->row));
		if (t->row == NULL)
			err(2, NULL);
	}
	t->row[t->n++] = (struct row){ .ncolumns = 0 };
}

void
table_plain(struct table *t, const char *s, size_t n)
{
	table_start_line(t);
	t->row[t->n - 1].is_plain = 1;
	table_begin_suffix(t);
	buf_add(&t->text, s, n);
	table_end_cell(t);
}

/* The cell being written is the one whose length is not known yet. */
#define OPEN ((size_t)-1)

static void
begin(struct table *t, struct cell *cell)
{
	if (cell->len == 0)
		cell->start = t->text.len;
	cell->len = OPEN;
}

void
table_begin_column(struct table *t, unsigned column)
{
	struct row *row = &t->row[t->n - 1];

	if (row->ncolumns <= column)
		row->ncolumns = column + 1;
	begin(t, &row->column[column]);
}

void
table_begin_suffix(struct table *t)
{
	begin(t, &t->row[t->n - 1].suffix);
}

static void
end(const struct table *t, struct cell *cell)
{
	if (cell->len == OPEN)
		cell->len = t->text.len - cell->start;
}

void
table_end_cell(struct table *t)
{
	struct row *row = &t->row[t->n - 1];
	unsigned i;

	for (i = 0; i < row->ncolumns; i++)
		end(t, &row->column[i]);
	end(t, &row->suffix);
}

static void
measure(struct table *t, size_t *width)
{
	struct row *row;
	unsigned c;

	for (row = t->row; row < t->row + t->n; row++) {
		while (row->ncolumns > 0 &&
		    row->column[row->ncolumns - 1].len == 0)
			row->ncolumns--;
		for (c = 0; c < row->ncolumns; c++)
			if (row->column[c].len > width[c])
				width[c] = row->column[c].len;
	}
}

static void
pad(struct writer *w, size_t n)
{
	buf_reserve(w->out, n);
	while (n-- > 0)
		buf_addc(w->out, ' ');
}

static void
render_row(const struct table *t, const struct row *row, const size_t *width,
    struct writer *w)
{
	const char *text = buf_str(&t->text);
	unsigned c;

	for (c = 0; c < row->ncolumns; c++) {
		writer_add(w, text + row->column[c].start,
		    row->column[c].len);
		if (c + 1 < row->ncolumns)
			pad(w, width[c] - row->column[c].len + 1);
	}
	if (row->suffix.len > 0 || row->is_plain) {
		if (row->ncolumns > 0)
			buf_addc(w->out, ' ');
		writer_add(w, text + row->suffix.start, row->suffix.len);
	}
	writer_end_line(w);
}

void
table_render(struct table *t, struct writer *w)
{
	size_t i, width[TABLE_COLUMNS] = { 0 };

	measure(t, width);
	for (i = 0; i < t->n; i++)
		render_row(t, &t->row[i], width, w);
	t->n = 0;
	buf_reset(&t->text);
}
