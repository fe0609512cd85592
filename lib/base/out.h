#ifndef BASE_OUT_H
#define BASE_OUT_H

#include <stddef.h>

#include "base/opt.h"

/*
 * Records on stdout.  In a pipe: lines of TAB-separated fields escaped as
 * PostgreSQL COPY text (\N for NULL), with --header the names first.  On a
 * terminal the same columns as an aligned table.  With --json one object a
 * line.  What a pipe gets is a stable interface: columns are only appended.
 */
enum out_kind {
	OUT_TEXT,
	OUT_NUMBER, /* right-aligned; a bare number in JSON */
	OUT_BOOL    /* fields are "t" or "f"; yes/no on a terminal */
};

struct out_column {
	const char *name;
	enum out_kind kind;
};

struct buf;
struct diag;
struct out;

/* The columns must outlive it. */
struct out *out_open(const struct out_column *, size_t ncolumns);
/* The next field of the record; NULL stands for no value. */
void out_field(struct out *, const char *);
void out_number(struct out *, long long);
void out_bool(struct out *, int);
/* Writes what is left and frees; out_flush() still has to follow. */
void out_close(struct out *);

/*
 * Flushes, checks and closes stdout: EXIT_DONE, or EXIT_TROUBLE after
 * telling what failed.  Every program ends with it.
 */
int out_flush(void);

/*
 * A text as the result: to stdout, or by file_save() to a file where one is
 * named.  -1: diag; out_flush() still has to follow.
 */
int out_text(const char *file, const struct buf *, struct diag *);

/* --json and --header, for OPT_INCLUDE. */
struct out_opts {
	int json, header;
};
extern struct out_opts out_opts;
extern const struct opt opt_out[];

#endif
