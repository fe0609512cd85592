/* What is made with arena_alloc: copies, formatted text, growing arrays. */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

void *
arena_more(struct arena *a, void *array, size_t n, size_t size)
{
	void *larger;

	if ((n & (n - 1)) != 0) /* full at powers of two, and at none */
		return array;
	if (n > SIZE_MAX / 2 / size)
		errx(2, "out of memory");
	larger = arena_alloc(a, (n == 0 ? 1 : 2 * n) * size);
	if (n > 0)
		memcpy(larger, array, n * size);
	return larger;
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memcpy(p, s, n);
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *p;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		err(2, "vsnprintf");
	p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}
