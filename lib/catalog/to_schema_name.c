/*
 * Names of the database as the schema language takes them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "catalog/to_schema_priv.h"

static int
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int
is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

int
pull_needs_sanitizing(const char *s)
{
	if (*s != '\0' && !is_letter(*s))
		return 1;
	while (is_word(*s))
		s++;
	return *s != '\0';
}

const char *
pull_sanitize(struct arena *mem, const char *s)
{
	char *out, *to;

	if (!pull_needs_sanitizing(s))
		return s;
	while (*s != '\0' && !is_letter(*s))
		s++;
	out = to = arena_strdup(mem, s);
	for (; *s != '\0'; s++)
		if (is_word(*s))
			*to++ = *s;
		else if (((unsigned char)*s & 0xc0) != 0x80)
			*to++ = '_'; /* one for a character */
	*to = '\0';
	return out;
}

/* --- blocks and enums --- */

static void
count_name(struct pull *p, const char *name)
{
	if (map_put(&p->top_names, NULL, name, p) != NULL)
		map_put(&p->namesakes, NULL, name, p);
}

/*
 * The name, and the one for @@map; reserved ones are renamed.  Of two with
 * one name in different namespaces each is given its namespace's.
 */
static const char *
top_name(struct pull *p, const char *ns, const char *db_name, const char **map,
    int *duplicate)
{
	*map = db_name;
	*duplicate = map_get(&p->namesakes, NULL,
	    pull_sanitize(p->mem, db_name)) != NULL;
	if (*duplicate)
		return pull_sanitize(p->mem,
		    arena_printf(p->mem, "%s_%s", ns, db_name));
	if (schema_is_reserved(db_name))
		return arena_printf(p->mem, "Renamed%s", db_name);
	if (!pull_needs_sanitizing(db_name))
		*map = NULL;
	return pull_sanitize(p->mem, db_name);
}

/* The engine names relations before it looks at the schema there is. */
static const char *
plain_name(struct pull *p, const struct pull_block *b)
{
	if (schema_is_reserved(b->db_name))
		return arena_printf(p->mem, "Renamed%s", b->db_name);
	return pull_sanitize(p->mem, b->db_name);
}

static void
count_block(struct pull *p, const struct pull_block *b)
{
	count_name(p, b->prev != NULL ? b->prev->name :
	    pull_sanitize(p->mem, b->db_name));
}

static void
name_block(struct pull *p, struct pull_block *b)
{
	b->plain = plain_name(p, b);
	if (b->prev != NULL) {
		b->name = b->prev->name;
		b->map = pull_given_map(&b->prev->ast->attrs);
		return;
	}
	b->name = top_name(p, b->ns, b->db_name, &b->map, &b->duplicate);
	b->reserved = schema_is_reserved(b->db_name);
}

static void
name_enum(struct pull *p, struct pull_enum *e)
{
	if (e->prev != NULL) {
		e->name = e->prev->name;
		e->map = pull_given_map(&e->prev->ast->attrs);
	} else {
		e->name = top_name(p, e->e->ns, e->e->name, &e->map,
		    &e->duplicate);
	}
}

void
pull_name_all(struct pull *p)
{
	const struct catalog *c = p->cat;
	size_t i;

	for (i = 0; i < c->ntables; i++)
		if (p->table[i].a == NULL)
			count_block(p, &p->table[i]);
	for (i = 0; i < c->nenums; i++)
		count_name(p, p->enumeration[i].prev != NULL ?
		    p->enumeration[i].prev->name :
		    pull_sanitize(p->mem, c->enumeration[i].name));
	for (i = 0; i < c->nviews; i++)
		count_block(p, &p->view[i]);
	for (i = 0; i < c->ntables; i++)
		name_block(p, &p->table[i]);
	for (i = 0; i < c->nviews; i++)
		name_block(p, &p->view[i]);
	for (i = 0; i < c->nenums; i++)
		name_enum(p, &p->enumeration[i]);
}

/* --- fields and values --- */

const char *
pull_field_name(const struct pull_block *b, const struct cat_column *c,
    struct arena *mem)
{
	const struct schema_field *prev = pull_prev_field(b, c);

	return prev != NULL ? prev->name : pull_sanitize(mem, c->name);
}

const char *
pull_field_map(const struct pull_block *b, const struct cat_column *c)
{
	const struct schema_field *prev = pull_prev_field(b, c);

	if (prev != NULL)
		return pull_given_map(&prev->ast->attrs);
	return pull_needs_sanitizing(c->name) ? c->name : NULL;
}

const char *
pull_value_name(const struct pull *p, const struct pull_enum *e,
    const char *label, const char **map)
{
	const struct schema_value *prev = pull_prev_value(e, label);

	if (prev != NULL) {
		*map = pull_given_map(&prev->ast->attrs);
		return prev->name;
	}
	*map = label;
	if (*label == '\0')
		return "EMPTY_ENUM_VALUE";
	if (!pull_needs_sanitizing(label))
		*map = NULL;
	return pull_sanitize(p->mem, label);
}
