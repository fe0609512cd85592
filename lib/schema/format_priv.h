#ifndef SCHEMA_FORMAT_PRIV_H
#define SCHEMA_FORMAT_PRIV_H

#include <stddef.h>

#include "base/buf.h"
#include "schema/cst.h"

/* Appends to the text that is given out; indents the starts of lines. */
struct writer {
	struct buf *out;
	unsigned indent; /* blanks */
};

void writer_add(struct writer *, const char *, size_t);
void writer_end_line(struct writer *);

#define TABLE_COLUMNS 3

struct cell {
	size_t start, len; /* in the table's text */
};

/* Cells of columns, then a comment; or a line that keeps out of columns. */
struct row {
	struct cell column[TABLE_COLUMNS];
	unsigned ncolumns;
	struct cell suffix;
	int is_plain;
};

/* Lines that are aligned with each other. */
struct table {
	struct buf text;
	struct row *row;
	size_t n, room;
};

void table_free(struct table *);
void table_start_line(struct table *);
void table_plain(struct table *, const char *, size_t);
/* Between these all that is added to the table's text is that cell's. */
void table_begin_column(struct table *, unsigned column);
void table_begin_suffix(struct table *);
void table_end_cell(struct table *);
/* Writes its lines and empties it. */
void table_render(struct table *, struct writer *);

/* Into the buf, in canonical form. */
void format_attribute(const struct cst *, unsigned node, struct buf *);
void format_arguments(const struct cst *, unsigned node, struct buf *);
void format_value(const struct cst *, unsigned node, struct buf *);

#endif
