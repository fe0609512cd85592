/*
 * dbm meter -- shows how fast a pipe flows.
 *
 * Copies stdin to stdout as it is; what is told of it goes to stderr.  In a
 * row stream (dbm-rows(5)) rows are counted, elsewhere lines.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/progress.h"
#include "base/writer.h"
#include "rows/name.h"

#define PIECE (128 * 1024)
#define KEPT (128 * 1024) /* bytes of a line that may be a COPY statement */
#define TICK 200   /* milliseconds: the line is redrawn though nothing comes */

static struct {
	const char *size;
	long long rows;
} opts;

static const struct opt table[] = {
	OPT_STRING(0, "size", "BYTES", &opts.size,
	    "so many will come; K, M, G and T may follow the number"),
	OPT_COUNT(0, "rows", "N", &opts.rows, "so many rows will come"),
	OPT_INCLUDE(opt_progress),
	OPT_INCLUDE(opt_talk),
	OPT_END
};

static const struct program program = {
	.name = "dbm meter",
	.summary = "show how fast a pipe flows",
	.operands = "",
	.opts = table,
};

struct meter {
	long long lines, rows, bytes, size;
	struct buf line; /* the beginning of one that has no end yet */
	int broken;	 /* there is one */
	int in_data;	 /* of a COPY */
	int is_stream;	 /* there was a COPY */
	struct arena *mem;
	const char *table; /* at work */
	long long before;  /* rows of those before it */
};

static int
ends_with(const char *s, size_t n, const char *end)
{
	size_t len = strlen(end);

	return n >= len && memcmp(s + n - len, end, len) == 0;
}

/* The statement's line: what follows is data. */
static void
begin_table(struct meter *m, const char *s, size_t n)
{
	struct diag ignored = DIAG_INIT;
	struct copy_name name;
	const char *rest;

	arena_reset(m->mem);
	m->in_data = m->is_stream = 1;
	m->table = NULL;
	m->before = m->rows;
	if (copy_name_parse(m->mem, arena_strndup(m->mem, s, n), &rest, &name,
	    &ignored) == 0)
		m->table = name.table;
	diag_free(&ignored);
}

static void
end_table(struct meter *m)
{
	m->in_data = 0;
	if (!diag_opts.verbose || m->table == NULL)
		return;
	progress_clear();
	verbose("%s: %lld row%s", m->table, m->rows - m->before,
	    m->rows - m->before == 1 ? "" : "s");
}

static void
end_line(struct meter *m, const char *s, size_t n)
{
	m->lines++;
	if (m->in_data && n == 2 && memcmp(s, "\\.", 2) == 0)
		end_table(m);
	else if (m->in_data)
		m->rows++;
	else if (n > 5 && memcmp(s, "COPY ", 5) == 0 &&
	    ends_with(s, n, " FROM stdin;"))
		begin_table(m, s + 5, n - 5);
}

/* Of a line in pieces only as much is kept as can matter. */
static void
keep(struct meter *m, const char *s, size_t n)
{
	size_t most = m->in_data ? 3 : KEPT;

	m->broken = 1;
	if (n > most - m->line.len)
		n = most - m->line.len;
	buf_add(&m->line, s, n);
}

static void
count(struct meter *m, const char *s, size_t n)
{
	const char *end = s + n, *eol;

	m->bytes += (long long)n;
	for (; (eol = memchr(s, '\n', (size_t)(end - s))) != NULL;
	    s = eol + 1) {
		if (!m->broken) {
			end_line(m, s, (size_t)(eol - s));
			continue;
		}
		keep(m, s, (size_t)(eol - s));
		end_line(m, buf_str(&m->line), m->line.len);
		buf_reset(&m->line);
		m->broken = 0;
	}
	if (s < end)
		keep(m, s, (size_t)(end - s));
}

static struct progress_flow
flow(const struct meter *m)
{
	return (struct progress_flow){
		.what = m->in_data ? m->table : NULL,
		.unit = m->is_stream ? "rows" : "lines",
		.units = m->is_stream ? m->rows : m->lines,
		.units_total = opts.rows,
		.bytes = m->bytes,
		.bytes_total = m->size,
	};
}

/* Something can be read; meanwhile the line is kept up to date. */
static void
await(const struct meter *m)
{
	struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
	struct progress_flow f;

	do {
		f = flow(m);
		progress_flow(&f);
	} while (poll(&pfd, 1, TICK) == 0);
}

static int
pass(struct meter *m, struct diag *d)
{
	static char data[PIECE];
	ssize_t n;

	for (;;) {
		await(m);
		n = read(STDIN_FILENO, data, sizeof(data));
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			return diag_errno(d, "cannot read stdin");
		if (n == 0)
			break;
		if (n > 0 && write_all(STDOUT_FILENO, data, (size_t)n, d)
		    == -1)
			return -1;
		if (n > 0)
			count(m, data, (size_t)n);
	}
	if (m->broken)
		end_line(m, buf_str(&m->line), m->line.len);
	return 0;
}

static long long
read_size(const char *s)
{
	static const char suffixes[] = "KMGT";
	long long n, factor = 1;
	const char *at;
	char *end;

	errno = 0;
	n = strtoll(s, &end, 10);
	at = *end == '\0' ? NULL : strchr(suffixes, toupper((int)*end));
	for (; at != NULL && at >= suffixes; at--)
		factor *= 1024;
	if (factor > 1)
		end++;
	if (!isdigit((unsigned char)*s) || *end != '\0' || errno != 0 ||
	    n > (1LL << 62) / factor)
		xopt_usage(&program, "--size '%s' is no number of bytes", s);
	return n * factor;
}

/* Of a file the size is known. */
static long long
size_of_stdin(void)
{
	off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	struct stat st;

	if (at == -1 || fstat(STDIN_FILENO, &st) == -1 ||
	    !S_ISREG(st.st_mode) || st.st_size < at)
		return 0;
	return st.st_size - at;
}

int
main(int argc, char **argv)
{
	struct meter m = { .mem = arena_new() };
	struct diag d = DIAG_INIT;
	struct progress_flow f;

	setprogname("dbm-meter");
	if (xopt_parse(&program, argc, argv) != argc)
		xopt_usage(&program, "it reads stdin, and nothing else");
	if (isatty(STDIN_FILENO))
		xopt_usage(&program, "a pipe is needed on stdin");
	m.size = opts.size != NULL ? read_size(opts.size) :
	    opts.rows > 0 ? 0 : size_of_stdin();
	progress_start(0);
	if (pass(&m, &d) == -1) {
		progress_clear();
		diag_print(&d);
		return diag_status(&d);
	}
	m.in_data = 0;
	f = flow(&m);
	progress_flow_end(&f);
	return out_flush();
}
