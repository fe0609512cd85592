/*
 * The nearest name by edits (a letter too many, missing, other, or two
 * swapped), letter case counting for nothing.  Nearest of all is one that
 * goes on where the name ends.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "schema/finding.h"
#include "schema/suggest.h"

#define NAME_MAX_LEN 48
#define FINDINGS_MAX 20

static const char *const attribute[] = { "id", "unique", "default", "map",
	"relation", "updatedAt", "ignore", "index", "schema", "db.Text" };

static const struct {
	const char *attribute;
	const char *argument[9];
} arguments[] = {
	{ "id", { "fields", "map", "name", "sort", "length" } },
	{ "unique", { "fields", "map", "name", "sort", "length" } },
	{ "index", { "fields", "map", "name", "type" } },
	{ "relation", { "name", "fields", "references", "onDelete",
	    "onUpdate", "map" } },
	{ "default", { "value", "map" } },
	{ "map", { "name" } },
	{ "schema", { "map" } },
};

static size_t
min3(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

static size_t
distance(const char *a, const char *b)
{
	size_t row[3][NAME_MAX_LEN + 1], *old = row[0], *last = row[1];
	size_t *now = row[2], *spare, i, k, na = strlen(a), nb = strlen(b);

	if (na > NAME_MAX_LEN || nb > NAME_MAX_LEN)
		return NAME_MAX_LEN;
	memset(row, 0, sizeof(row));
	for (k = 0; k <= nb; k++)
		last[k] = k;
	for (i = 1; i <= na; i++) {
		now[0] = i;
		for (k = 1; k <= nb; k++) {
			now[k] = min3(last[k] + 1, now[k - 1] + 1,
			    last[k - 1] + (tolower((unsigned char)a[i - 1]) !=
			    tolower((unsigned char)b[k - 1])));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1] && old[k - 2] + 1 < now[k])
				now[k] = old[k - 2] + 1;
		}
		spare = old;
		old = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

int
suggest_begin(struct suggestion *s, const struct findings *f,
    const char *name)
{
	s->name = f->n > FINDINGS_MAX ? NULL : name;
	s->best = NULL;
	/* A third of the letters may be wrong. */
	s->distance = (strlen(name) + 1) / 3;
	return s->name != NULL;
}

void
suggest_offer(struct suggestion *s, const char *candidate)
{
	size_t d, n, len;

	if (s->name == NULL || strcmp(candidate, s->name) == 0)
		return;
	n = strlen(s->name);
	len = strlen(candidate);
	if (n >= 3 && strncasecmp(candidate, s->name, n) == 0)
		d = 0;
	else if ((n > len ? n - len : len - n) > s->distance)
		return;
	else
		d = distance(s->name, candidate);
	if (d < s->distance || (d == s->distance && s->best == NULL)) {
		s->distance = d;
		s->best = candidate;
	}
}

int
suggest_tell(struct findings *f, const struct suggestion *s)
{
	if (s->best == NULL)
		return 0;
	finding_hint(f, "did you mean '%s'?", s->best);
	return 1;
}

void
suggest_attribute(struct findings *f, const char *name)
{
	struct suggestion s;
	size_t i;

	suggest_begin(&s, f, name);
	for (i = 0; i < sizeof(attribute) / sizeof(attribute[0]); i++)
		suggest_offer(&s, attribute[i]);
	if (s.best != NULL)
		finding_hint(f, "did you mean '@%s'?", s.best);
}

void
suggest_argument(struct findings *f, const char *attr, const char *name)
{
	struct suggestion s;
	size_t i, k;

	if (name == NULL)
		return;
	suggest_begin(&s, f, name);
	for (i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		if (strcmp(arguments[i].attribute, attr) != 0)
			continue;
		for (k = 0; arguments[i].argument[k] != NULL; k++)
			suggest_offer(&s, arguments[i].argument[k]);
	}
	suggest_tell(f, &s);
}
