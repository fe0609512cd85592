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

/* A text being formatted. */
struct formatter {
	const struct cst *cst;
	struct writer to;
	struct table table;
	/* attributes of the block or field, to be sorted */
	struct format_attribute {
		unsigned node, comments; /* comments 0: none */
		unsigned rank, place;
	} *attribute;
	size_t n, room;
};

/* The nodes of one parent, one after the other. */
struct walk {
	const struct cst *cst;
	unsigned at, end;
};

struct walk walk_into(const struct formatter *, unsigned parent);
/* The rule of the node that comes next; CST_SCHEMA where none does. */
enum cst_rule walk_peek(const struct walk *);
unsigned walk_next(struct walk *);

const char *format_source(const struct formatter *, unsigned node, size_t *);

/* Lines of a block, into the table. */
void format_comments(struct formatter *, unsigned node);
void format_field(struct formatter *, unsigned node);
void format_enum_value(struct formatter *, unsigned node);
void format_property(struct formatter *, unsigned node);
void format_unknown_line(struct formatter *, unsigned node);
/* Attributes of the block: kept, with the comments before, until its end. */
void format_keep_attribute(struct formatter *, unsigned node,
    unsigned comments);
void format_kept_attributes(struct formatter *);

/* Into the buf, in canonical form. */
void format_attribute(const struct cst *, unsigned node, struct buf *);
void format_arguments(const struct cst *, unsigned node, struct buf *);
void format_value(const struct cst *, unsigned node, struct buf *);

#endif
