#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/opt.h"

enum diag_severity {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTE,
	DIAG__MAX
};

/*
 * What went wrong, told once, by whoever knows most.  A function that can
 * fail takes one and fills it; only programs print it.  All zero is empty.
 */
struct diag {
	enum diag_severity severity;
	int status;		/* exit status it asks for; 0 stands for 2 */
	struct buf file;	/* empty: it concerns no file */
	size_t line, column;	/* from 1; 0: not known; column in characters */
	struct buf text;	/* one line: lower case, no full stop */
	struct buf excerpt;	/* the source line that column points into */
	struct buf detail, hint;
	char sqlstate[6];	/* "" where the server said nothing */
};

#define DIAG_INIT { 0 }

/* Each of these returns -1, so that `return diag_set(…)' reads well. */
int diag_set(struct diag *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
int diag_vset(struct diag *, const char *, va_list)
    __attribute__((format(printf, 2, 0)));
int diag_hint(struct diag *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/* diag_set with ": " and the text of errno after it. */
int diag_errno(struct diag *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

/* Says where: column 0 where only the line is known. */
void diag_at(struct diag *, const char *file, size_t line, size_t column);
/*
 * Says where by a byte offset into the text of a file, and keeps the line
 * of source for the caret, unless it speaks of a password.  Columns count
 * UTF-8 characters.
 */
void diag_at_offset(struct diag *, const char *file, const char *text,
    size_t len, size_t offset);

void diag_reset(struct diag *);
void diag_free(struct diag *);
/* The status the program should end with. */
int diag_status(const struct diag *);

/*
 * Prints to stderr in the shape that editors and CI parse:
 *   FILE:LINE:COLUMN: error: TEXT
 *       hint: …
 * or, where there is no file, `dbm NAME: error: TEXT'.
 */
void diag_print(const struct diag *);
/* Prints it and ends the program with its status. */
void xdiag(const struct diag *) __attribute__((noreturn));

/* What an error is about, told before it; also with -q. */
void diag_tell(const char *, ...) __attribute__((format(printf, 1, 2)));
/* One line for people on stderr, unless -q; for -v only in verbose(). */
void note(const char *, ...) __attribute__((format(printf, 1, 2)));
void warning(const char *, ...) __attribute__((format(printf, 1, 2)));
void verbose(const char *, ...) __attribute__((format(printf, 1, 2)));

/* From now on this text is printed as `***' wherever it occurs. */
void diag_secret(const char *);
/* Appends text with all secrets masked. */
void diag_redact(struct buf *, const char *text);

/* -q and -v, for OPT_INCLUDE. */
struct diag_opts {
	int quiet, verbose;
};
extern struct diag_opts diag_opts;
extern const struct opt opt_talk[];

#endif
