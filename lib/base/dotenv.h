#ifndef BASE_DOTENV_H
#define BASE_DOTENV_H

#include <stddef.h>

struct arena;
struct diag;

/*
 * What .env files give, in the order of the text.  All zero is empty.  Of
 * several files the first that names a variable wins; within one file the
 * last line does.
 */
struct dotenv_var {
	const char *name, *value;
	const char *file;
	size_t line; /* of the value that won */
};

struct dotenv {
	struct dotenv_var *entry;
	size_t n;
	size_t room; /* private */
};

/*
 * Adds what a text says, read as npm's dotenv reads it, with ${NAME}
 * expanded as Prisma does.  Lines that say nothing are skipped; -1 only for
 * a NUL byte and for an expansion out of all proportion.  file is kept.
 */
int dotenv_parse(struct arena *, const char *file, const char *text,
    size_t len, struct dotenv *, struct diag *);

/* The variable, or NULL. */
const struct dotenv_var *dotenv_find(const struct dotenv *, const char *name);
/* Its value, or NULL; the process environment is not asked. */
const char *dotenv_get(const struct dotenv *, const char *name);

#endif
