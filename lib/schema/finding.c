/* Findings: a growing list in an arena. */
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "schema/finding.h"

void
findings_init(struct findings *f, struct arena *a)
{
	*f = (struct findings){ .arena = a };
}

static void
add(struct findings *f, enum finding_severity severity, struct span span,
    const char *fmt, va_list ap)
{
	f->item = arena_more(f->arena, f->item, f->n, sizeof(*f->item));
	f->item[f->n++] = (struct finding){ .severity = severity,
		.span = span, .text = arena_vprintf(f->arena, fmt, ap) };
	if (severity == FINDING_ERROR)
		f->nerrors++;
}

void
finding_error(struct findings *f, struct span span, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, FINDING_ERROR, span, fmt, ap);
	va_end(ap);
}

void
finding_warning(struct findings *f, struct span span, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, FINDING_WARNING, span, fmt, ap);
	va_end(ap);
}

void
finding_hint(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	if (f->n == 0)
		return;
	va_start(ap, fmt);
	f->item[f->n - 1].hint = arena_vprintf(f->arena, fmt, ap);
	va_end(ap);
}
