/*
 * Diagnostics as data, and the one place that prints them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/exit.h"
#include "base/opt.h"
#include "base/utf8.h"

static const char *const severity_name[DIAG__MAX] = {
	[DIAG_ERROR] = "error",
	[DIAG_WARNING] = "warning",
	[DIAG_NOTE] = "note",
};

struct diag_opts diag_opts;

const struct opt opt_talk[] = {
	OPT_FLAG('q', "quiet", &diag_opts.quiet, "print errors only"),
	OPT_FLAG('v', "verbose", &diag_opts.verbose, "say more on stderr"),
	OPT_END
};

/* Secrets are few: the passwords of the URLs in use. */
static struct {
	char **text;
	size_t n;
} secrets;

void
diag_secret(const char *text)
{
	size_t i;

	/* Masking a letter or two would only garble messages. */
	if (text == NULL || strlen(text) < 3)
		return;
	for (i = 0; i < secrets.n; i++)
		if (strcmp(secrets.text[i], text) == 0)
			return;
	secrets.text = reallocarray(secrets.text, secrets.n + 1,
	    sizeof(*secrets.text));
	if (secrets.text == NULL ||
	    (secrets.text[secrets.n++] = strdup(text)) == NULL)
		abort();
}

/* The longest secret that starts here, or 0. */
static size_t
secret_at(const char *s)
{
	size_t best = 0, i, n;

	for (i = 0; i < secrets.n; i++) {
		n = strlen(secrets.text[i]);
		if (n > best && strncmp(s, secrets.text[i], n) == 0)
			best = n;
	}
	return best;
}

void
diag_redact(struct buf *b, const char *s)
{
	size_t n;

	while (*s != '\0') {
		if ((n = secret_at(s)) > 0) {
			buf_adds(b, "***");
			s += n;
		} else
			buf_addc(b, *s++);
	}
}

int
diag_vset(struct diag *d, const char *fmt, va_list ap)
{
	buf_reset(&d->text);
	buf_vaddf(&d->text, fmt, ap);
	return -1;
}

int
diag_set(struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_vset(d, fmt, ap);
	va_end(ap);
	return -1;
}

int
diag_hint(struct diag *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_reset(&d->hint);
	buf_vaddf(&d->hint, fmt, ap);
	va_end(ap);
	return -1;
}

int
diag_errno(struct diag *d, const char *fmt, ...)
{
	int save = errno;
	va_list ap;

	va_start(ap, fmt);
	diag_vset(d, fmt, ap);
	va_end(ap);
	buf_addf(&d->text, ": %s", strerror(save));
	return -1;
}

void
diag_at(struct diag *d, const char *file, size_t line, size_t column)
{
	buf_reset(&d->file);
	buf_adds(&d->file, file);
	d->line = line;
	d->column = column;
	buf_reset(&d->excerpt);
}

void
diag_at_offset(struct diag *d, const char *file, const char *text, size_t len,
    size_t offset)
{
	const char *bol, *eol, *p, *at;
	size_t line = 1, column = 1;

	if (offset > len)
		offset = len;
	at = text + offset;
	for (bol = p = text; p < at; p++)
		if (*p == '\n') {
			line++;
			bol = p + 1;
		}
	for (p = bol; p < at; p++)
		if (((unsigned char)*p & 0xc0) != 0x80)
			column++;
	eol = memchr(at, '\n', len - offset);
	if (eol == NULL)
		eol = text + len;
	if (eol > bol && eol[-1] == '\r')
		eol--;
	/* inside a character: that one */
	if (at > bol && at < text + len &&
	    ((unsigned char)*at & 0xc0) == 0x80)
		column--;
	diag_at(d, file, line, column);
	if (eol > bol)
		buf_add(&d->excerpt, bol, (size_t)(eol - bol));
	if (strcasestr(buf_str(&d->excerpt), "password") != NULL)
		buf_reset(&d->excerpt);
}

void
diag_reset(struct diag *d)
{
	d->severity = DIAG_ERROR;
	d->status = 0;
	d->line = d->column = 0;
	d->sqlstate[0] = '\0';
	buf_reset(&d->file);
	buf_reset(&d->text);
	buf_reset(&d->excerpt);
	buf_reset(&d->detail);
	buf_reset(&d->hint);
}

void
diag_free(struct diag *d)
{
	buf_free(&d->file);
	buf_free(&d->text);
	buf_free(&d->excerpt);
	buf_free(&d->detail);
	buf_free(&d->hint);
	*d = (struct diag)DIAG_INIT;
}

int
diag_status(const struct diag *d)
{
	return d->status != 0 ? d->status : EXIT_TROUBLE;
}

/* `dbm-migrate-deploy' is known to people as `dbm migrate deploy'. */
static void
add_progname(struct buf *b)
{
	const char *s;

	for (s = getprogname(); *s != '\0'; s++)
		buf_addc(b, *s == '-' ? ' ' : *s);
}

static const char *
colour(const char *on)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDERR_FILENO) && (no == NULL || *no == '\0') ? on : "";
}

static void
add_severity(struct buf *b, enum diag_severity severity)
{
	static const char *const code[DIAG__MAX] = {
		[DIAG_ERROR] = "\033[1;31m",
		[DIAG_WARNING] = "\033[1;35m",
		[DIAG_NOTE] = "\033[1;36m",
	};

	buf_addf(b, "%s%s:%s ", colour(code[severity]),
	    severity_name[severity], colour("\033[0m"));
}

/* A field of several lines keeps its indentation on each. */
static void
add_field(struct buf *b, const char *name, const struct buf *value)
{
	struct buf plain = BUF_INIT;
	const char *s;

	if (value->len == 0)
		return;
	utf8_plain(&plain, buf_str(value));
	buf_addf(b, "    %s: ", name);
	for (s = buf_str(&plain); *s != '\0'; s++) {
		buf_addc(b, *s);
		if (*s == '\n' && s[1] != '\0')
			buf_adds(b, "      ");
	}
	if (plain.data[plain.len - 1] != '\n')
		buf_addc(b, '\n');
	buf_free(&plain);
}

#define EXCERPT_MAX 160 /* characters of a line; a longer one is no help */

static void
add_excerpt(struct buf *b, const struct diag *d)
{
	const char *s = buf_str(&d->excerpt);
	size_t i, indent;

	if (d->excerpt.len == 0 || d->column == 0 || d->column > EXCERPT_MAX)
		return;
	indent = (size_t)snprintf(NULL, 0, "%5zu", d->line);
	buf_addf(b, "%5zu | ", d->line);
	for (i = 0; *s != '\0'; s++) {
		if (((unsigned char)*s & 0xc0) != 0x80 && ++i > EXCERPT_MAX)
			break;
		buf_addc(b, *s);
	}
	buf_addf(b, "%s\n%*s | ", *s == '\0' ? "" : " ...", (int)indent, "");
	/* A tab in the line is a tab above the caret. */
	s = buf_str(&d->excerpt);
	for (i = 1; i < d->column && *s != '\0'; s++) {
		if (((unsigned char)s[1] & 0xc0) == 0x80)
			continue;
		buf_addc(b, *s == '\t' ? '\t' : ' ');
		i++;
	}
	buf_adds(b, "^\n");
}

static void
print_redacted(struct buf *b)
{
	struct buf safe = BUF_INIT;

	diag_redact(&safe, buf_str(b));
	fflush(stdout);
	fwrite(buf_str(&safe), 1, safe.len, stderr);
	buf_free(&safe);
	buf_free(b);
}

void
diag_print(const struct diag *d)
{
	struct buf b = BUF_INIT;

	if (diag_opts.quiet && d->severity != DIAG_ERROR)
		return;
	if (d->file.len > 0) {
		utf8_plain(&b, buf_str(&d->file));
		if (d->line > 0)
			buf_addf(&b, ":%zu", d->line);
		if (d->line > 0 && d->column > 0)
			buf_addf(&b, ":%zu", d->column);
	} else
		add_progname(&b);
	buf_adds(&b, ": ");
	add_severity(&b, d->severity);
	utf8_plain(&b, buf_str(&d->text));
	if (d->sqlstate[0] != '\0')
		buf_addf(&b, " (SQLSTATE %s)", d->sqlstate);
	buf_addc(&b, '\n');
	add_excerpt(&b, d);
	add_field(&b, "detail", &d->detail);
	add_field(&b, "hint", &d->hint);
	print_redacted(&b);
}

void
xdiag(const struct diag *d)
{
	diag_print(d);
	exit(diag_status(d));
}

static void
say(const char *fmt, va_list ap)
{
	struct buf said = BUF_INIT, b = BUF_INIT;

	buf_vaddf(&said, fmt, ap);
	utf8_plain(&b, buf_str(&said));
	buf_addc(&b, '\n');
	print_redacted(&b);
	buf_free(&said);
}

void
diag_tell(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
note(const char *fmt, ...)
{
	va_list ap;

	if (diag_opts.quiet)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
verbose(const char *fmt, ...)
{
	va_list ap;

	if (!diag_opts.verbose || diag_opts.quiet)
		return;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
warning(const char *fmt, ...)
{
	struct diag d = DIAG_INIT;
	va_list ap;

	d.severity = DIAG_WARNING;
	va_start(ap, fmt);
	diag_vset(&d, fmt, ap);
	va_end(ap);
	diag_print(&d);
	diag_free(&d);
}
