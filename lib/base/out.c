/*
 * Records in three dresses.  A table needs the widths of what it shows, so
 * rows for a terminal are held in batches; the other two are written at once.
 */
#include <err.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/record.h"
#include "base/utf8.h"

#define BATCH 1000 /* rows of a table that share their widths */

enum dress {
	DRESS_TSV,
	DRESS_TABLE,
	DRESS_JSON
};

struct out {
	const struct out_column *column;
	size_t ncolumns, at;
	enum dress dress;
	struct buf line;   /* TSV, JSON */
	struct arena *mem; /* table: cells of the batch */
	char **cell;
	size_t nrows;
	int header_done;
};

struct out_opts out_opts;

const struct opt opt_out[] = {
	OPT_FLAG(0, "json", &out_opts.json, "one JSON object a line"),
	OPT_FLAG(0, "header", &out_opts.header, "column names first"),
	OPT_END
};

struct out *
out_open(const struct out_column *column, size_t ncolumns)
{
	struct out *o = calloc(1, sizeof(*o));
	size_t i;

	if (o == NULL)
		err(EXIT_TROUBLE, NULL);
	o->column = column;
	o->ncolumns = ncolumns;
	if (out_opts.json)
		o->dress = DRESS_JSON;
	else if (isatty(STDOUT_FILENO)) {
		o->dress = DRESS_TABLE;
		o->mem = arena_new();
		o->cell = calloc(BATCH * ncolumns + 1, sizeof(*o->cell));
		if (o->cell == NULL)
			err(EXIT_TROUBLE, NULL);
	} else if (out_opts.header)
		for (i = 0; i < ncolumns; i++)
			printf("%s%c", column[i].name,
			    i + 1 < ncolumns ? '\t' : '\n');
	return o;
}

/* Columns on a terminal; bytes that are no UTF-8 count one each. */
static size_t
width(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void
print_row(const struct out *o, char *const *cell, const size_t *widths)
{
	int number;
	size_t i, pad;

	for (i = 0; i < o->ncolumns; i++) {
		pad = widths[i] - width(cell[i]);
		number = o->column[i].kind == OUT_NUMBER;
		if (i > 0)
			fputs("  ", stdout);
		if (number)
			printf("%*s", (int)pad, "");
		fputs(cell[i], stdout);
		if (!number && i + 1 < o->ncolumns)
			printf("%*s", (int)pad, "");
	}
	putchar('\n');
}

static void
table_flush(struct out *o)
{
	size_t *widths = arena_array(o->mem, size_t, o->ncolumns);
	char **head = arena_array(o->mem, char *, o->ncolumns);
	size_t i, n, row;

	for (i = 0; i < o->ncolumns; i++) {
		head[i] = arena_strdup(o->mem, o->column[i].name);
		widths[i] = width(head[i]);
		for (row = 0; row < o->nrows; row++) {
			n = width(o->cell[row * o->ncolumns + i]);
			if (n > widths[i])
				widths[i] = n;
		}
	}
	if (!o->header_done && o->nrows > 0) {
		print_row(o, head, widths);
		o->header_done = 1;
	}
	for (row = 0; row < o->nrows; row++)
		print_row(o, o->cell + row * o->ncolumns, widths);
	o->nrows = 0;
	arena_reset(o->mem);
}

static void
table_field(struct out *o, const char *s)
{
	struct buf field = BUF_INIT, plain = BUF_INIT;

	if (s != NULL && o->column[o->at].kind == OUT_BOOL)
		s = strcmp(s, "t") == 0 ? "yes" : "no";
	record_add(&field, s == NULL ? "" : s);
	utf8_plain(&plain, buf_str(&field));
	o->cell[o->nrows * o->ncolumns + o->at] =
	    arena_strdup(o->mem, buf_str(&plain));
	buf_free(&field);
	buf_free(&plain);
	if (o->at + 1 == o->ncolumns && ++o->nrows == BATCH)
		table_flush(o);
}

/* RFC 8259: what may stand bare.  The server's text is kept to the digit. */
static int
is_json_number(const char *s)
{
	static const char digits[] = "0123456789";
	size_t n;

	s += *s == '-';
	n = strspn(s, digits);
	if (n == 0 || (n > 1 && *s == '0'))
		return 0;
	s += n;
	if (*s == '.') {
		if ((n = strspn(++s, digits)) == 0)
			return 0;
		s += n;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		if ((n = strspn(s, digits)) == 0)
			return 0;
		s += n;
	}
	return *s == '\0';
}

static void
add_json_string(struct buf *b, const char *s)
{
	json_t *value = json_string(s);
	char *text;

	if (value == NULL) { /* not UTF-8 */
		buf_adds(b, "null");
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY);
	if (text == NULL)
		err(EXIT_TROUBLE, NULL);
	buf_adds(b, text);
	free(text);
	json_decref(value);
}

static void
json_field(struct out *o, const char *s)
{
	const struct out_column *c = &o->column[o->at];

	buf_addc(&o->line, o->at == 0 ? '{' : ',');
	add_json_string(&o->line, c->name);
	buf_addc(&o->line, ':');
	if (s == NULL)
		buf_adds(&o->line, "null");
	else if (c->kind == OUT_BOOL)
		buf_adds(&o->line, strcmp(s, "t") == 0 ? "true" : "false");
	else if (c->kind == OUT_NUMBER && is_json_number(s))
		buf_adds(&o->line, s);
	else
		add_json_string(&o->line, s);
	if (o->at + 1 == o->ncolumns)
		buf_adds(&o->line, "}\n");
}

static void
tsv_field(struct out *o, const char *s)
{
	record_add(&o->line, s);
	buf_addc(&o->line, o->at + 1 < o->ncolumns ? '\t' : '\n');
}

void
out_field(struct out *o, const char *s)
{
	if (o->dress == DRESS_TABLE)
		table_field(o, s);
	else if (o->dress == DRESS_JSON)
		json_field(o, s);
	else
		tsv_field(o, s);
	o->at = (o->at + 1) % o->ncolumns;
	if (o->at == 0 && o->dress != DRESS_TABLE) {
		fwrite(buf_str(&o->line), 1, o->line.len, stdout);
		buf_reset(&o->line);
	}
}

void
out_number(struct out *o, long long n)
{
	char s[32];

	snprintf(s, sizeof(s), "%lld", n);
	out_field(o, s);
}

void
out_bool(struct out *o, int yes)
{
	out_field(o, yes ? "t" : "f");
}

void
out_close(struct out *o)
{
	if (o->dress == DRESS_TABLE)
		table_flush(o);
	arena_free(o->mem);
	free(o->cell);
	buf_free(&o->line);
	free(o);
}

int
out_flush(void)
{
	struct diag d = DIAG_INIT;
	int bad = ferror(stdout);

	errno = 0;
	/* A stdout that was closed from the start, and not needed, is fine. */
	if (fflush(stdout) == 0 && !bad &&
	    (fclose(stdout) == 0 || errno == EBADF))
		return EXIT_DONE;
	if (errno != 0)
		diag_errno(&d, "cannot write to stdout");
	else
		diag_set(&d, "cannot write to stdout");
	diag_print(&d);
	return EXIT_TROUBLE;
}

int
out_text(const char *file, const struct buf *text, struct diag *d)
{
	if (file != NULL)
		return file_save(file, buf_str(text), text->len, d);
	fwrite(buf_str(text), 1, text->len, stdout);
	return 0;
}
