/* What to read, line by line, as it comes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/record.h"
#include "base/sig.h"
#include "rows/select.h"

#define PIECE (64 * 1024)

struct select_input {
	int fd;
	const char *name;
	struct buf in;
	size_t at;   /* where the next line begins */
	size_t line; /* its number, from 1 */
	int ended, in_bracket;
};

struct select_input *
select_open(const char *file, struct diag *d)
{
	struct select_input *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		diag_errno(d, "cannot read '%s'", file);
		return NULL;
	}
	s->name = strcmp(file, "-") == 0 ? "stdin" : file;
	s->fd = strcmp(file, "-") == 0 ? STDIN_FILENO :
	    open(file, O_RDONLY | O_CLOEXEC);
	if (s->fd == -1) {
		diag_errno(d, "cannot open '%s'", file);
		free(s);
		return NULL;
	}
	return s;
}

void
select_close(struct select_input *s)
{
	if (s == NULL)
		return;
	if (s->fd != STDIN_FILENO)
		close(s->fd);
	buf_free(&s->in);
	free(s);
}

/* What has been given out is let go of first. */
static void
make_room(struct select_input *s)
{
	if (s->at > 0) {
		memmove(s->in.data, s->in.data + s->at, s->in.len - s->at);
		s->in.len -= s->at;
		s->at = 0;
	}
	buf_reserve(&s->in, PIECE);
}

static int
read_more(struct select_input *s, struct diag *d)
{
	struct pollfd pfd[2] = {
		{ .fd = s->fd, .events = POLLIN },
		{ .fd = sig_fd(), .events = POLLIN },
	};
	ssize_t n;

	make_room(s);
	do {
		if (poll(pfd, 2, -1) == -1 && errno != EINTR)
			return diag_errno(d, "cannot wait for '%s'", s->name);
		if (sig_pending() != 0)
			return diag_set(d, "interrupted while waiting for "
			    "'%s'", s->name);
	} while (pfd[0].revents == 0);
	n = read(s->fd, s->in.data + s->in.len, PIECE);
	if (n == -1 && errno != EINTR)
		return diag_errno(d, "cannot read '%s'", s->name);
	s->ended = n == 0;
	if (n > 0)
		s->in.len += (size_t)n;
	return 0;
}

/* The next line, its newline cut off; NULL: an error, or the end. */
static char *
next_line(struct select_input *s, struct diag *d)
{
	size_t seen = s->at;
	char *line, *end;

	for (;;) {
		end = s->in.len == seen ? NULL :
		    memchr(s->in.data + seen, '\n', s->in.len - seen);
		if (end != NULL || s->ended)
			break;
		seen = s->in.len - s->at;
		if (read_more(s, d) == -1)
			return NULL;
	}
	s->line++;
	if (s->at == s->in.len)
		return NULL;
	line = s->in.data + s->at;
	if (end == NULL) { /* the last one may lack it */
		buf_addc(&s->in, '\0');
		line = s->in.data + s->at;
		end = s->in.data + s->in.len - 1;
	}
	*end = '\0';
	s->at = (size_t)(end - s->in.data) + 1;
	return line;
}

static int
bracket(struct select_input *s, struct select_record *r, struct diag *d)
{
	int begins = r->kind == SELECT_BEGIN;

	if (begins == s->in_bracket)
		return diag_set(d, begins ? "BEGIN inside of BEGIN" :
		    "COMMIT without BEGIN");
	s->in_bracket = begins;
	return 0;
}

static int
table(struct arena *mem, char *line, struct select_record *r, struct diag *d)
{
	char *field[2] = { NULL, NULL };
	size_t n = record_split(line, field, 2);
	const char *rest;

	if (n > 2)
		return diag_set(d, "a record has a table and a condition, "
		    "here are %zu fields", n);
	if (field[0] == NULL)
		return diag_set(d, "there is no table");
	r->kind = SELECT_TABLE;
	r->condition = field[1] == NULL || *field[1] == '\0' ? NULL :
	    arena_strdup(mem, field[1]);
	if (copy_name_parse(mem, field[0], &rest, &r->name, d) == -1)
		return -1;
	if (*rest != '\0')
		return diag_set(d, "a TAB is expected where '%s' is", rest);
	return 0;
}

int
select_next(struct select_input *s, struct arena *mem,
    struct select_record *r, struct diag *d)
{
	char *line = next_line(s, d);
	int rc;

	memset(r, 0, sizeof(*r));
	r->kind = SELECT_END;
	if (line == NULL && d->text.len > 0)
		return -1;
	if (line == NULL)
		rc = s->in_bracket ? diag_set(d, "BEGIN without COMMIT") : 0;
	else if (strcmp(line, "BEGIN") == 0 || strcmp(line, "COMMIT") == 0) {
		r->kind = *line == 'B' ? SELECT_BEGIN : SELECT_COMMIT;
		rc = bracket(s, r, d);
	} else
		rc = table(mem, line, r, d);
	r->in_bracket = s->in_bracket;
	if (rc == -1)
		diag_at(d, s->name, s->line, 0);
	return rc;
}
