/*
 * Roles belong to a server, not to a database: a private one has none of
 * those that scripts grant to.
 */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/sql.h"
#include "migrate/dir.h"
#include "migrate/shadow_priv.h"

static int
is_name_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80) != 0;
}

/* Is it a word of any of the scripts? */
static int
occurs(const struct scripts *scripts, const char *name)
{
	const char *text, *at;
	size_t i, n = strlen(name);

	for (i = 0; i < scripts->dir->n; i++) {
		text = buf_str(&scripts->text[i]);
		for (at = text; (at = strstr(at, name)) != NULL; at += n)
			if ((at == text || !is_name_letter(at[-1])) &&
			    !is_name_letter(at[n]))
				return 1;
	}
	return 0;
}

static int
is_created(const struct scripts *scripts, const char *name)
{
	static const char *const words[] = { "create role ", "create role \"",
		"create user ", "create user \"", "create group ",
		"create group \"" };
	struct buf b = BUF_INIT;
	int found = 0;
	size_t i, k;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		buf_reset(&b);
		buf_addf(&b, "%s%s", words[i], name);
		for (k = 0; k < scripts->dir->n; k++)
			found |= strcasestr(buf_str(&scripts->text[k]),
			    b.data) != NULL;
	}
	buf_free(&b);
	return found;
}

int
roles_find(struct shadow *s, const struct scripts *scripts, struct diag *d)
{
	struct db_rows *r;
	size_t i;

	s->nroles = 0;
	if (s->o->db == NULL || scripts->dir->n == 0)
		return 0;
	r = db_query(s->o->db, s->mem, sql_roles, 0, NULL, d);
	if (r == NULL)
		return -1;
	s->role = arena_array(s->mem, const char *, r->nrows + 1);
	for (i = 0; i < r->nrows; i++)
		if (occurs(scripts, db_cell(r, i, 0)) &&
		    !is_created(scripts, db_cell(r, i, 0)))
			s->role[s->nroles++] = db_cell(r, i, 0);
	return 0;
}

int
roles_make(struct shadow *s, struct diag *d)
{
	size_t i;

	for (i = 0; i < s->nroles; i++)
		if (db_execf(s->side, d, "CREATE ROLE %s NOLOGIN",
		    db_ident(s->mem, s->role[i])) == -1 &&
		    strcmp(d->sqlstate, "42710") != 0)
			return -1;
	diag_reset(d);
	return 0;
}
