/* Keys of rows as records in a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/record.h"
#include "db/conn.h"
#include "rows/keyfile.h"

struct keyfile {
	const char *path;
	struct arena *mem;
	FILE *file;
	char *line;
	size_t size, at; /* number of the line, from 1 */
};

/* What array_out would not quote either: ours is short of some letters. */
static int
is_bare(const char *s)
{
	const char *p;

	for (p = s; *p != '\0'; p++)
		if (strchr("{},\"\\", *p) != NULL || (unsigned char)*p <= ' ')
			return 0;
	return p > s && strcasecmp(s, "null") != 0;
}

void
key_text(struct buf *b, const char *const *value, size_t n)
{
	const char *s;
	size_t i;

	if (n == 1) {
		buf_adds(b, value[0]);
		return;
	}
	for (i = 0; i < n; i++) {
		buf_addc(b, i > 0 ? ',' : '{');
		if (is_bare(value[i])) {
			buf_adds(b, value[i]);
			continue;
		}
		buf_addc(b, '"');
		for (s = value[i]; *s != '\0'; s++) {
			if (*s == '"' || *s == '\\')
				buf_addc(b, '\\');
			buf_addc(b, *s);
		}
		buf_addc(b, '"');
	}
	buf_addc(b, '}');
}

const char **
key_values(struct arena *mem, const char *key, size_t n)
{
	const char **value;
	size_t found;

	if (n == 1) {
		value = arena_array(mem, const char *, 1);
		value[0] = arena_strdup(mem, key);
		return value;
	}
	value = db_array_read(mem, key, &found);
	return found == n ? value : NULL;
}

void
keyfile_add(struct buf *b, const char *table, const char *const *value,
    size_t n, const char *state)
{
	struct buf key = BUF_INIT;

	key_text(&key, value, n);
	record_add(b, table);
	buf_addc(b, '\t');
	record_add(b, buf_str(&key));
	buf_addc(b, '\t');
	record_add(b, state);
	buf_addc(b, '\n');
	buf_free(&key);
}

struct keyfile *
keyfile_open(const char *path, struct diag *d)
{
	struct arena *mem;
	struct keyfile *k;
	FILE *file;

	if ((file = fopen(path, "re")) == NULL) {
		diag_errno(d, "cannot read %s", path);
		return NULL;
	}
	mem = arena_new();
	k = arena_new_of(mem, struct keyfile);
	k->mem = mem;
	k->file = file;
	k->path = arena_strdup(mem, path);
	return k;
}

int
keyfile_next(struct keyfile *k, const char *table, const char *state,
    const char **key, struct diag *d)
{
	char *field[3];

	while (getline(&k->line, &k->size, k->file) != -1) {
		k->at++;
		if (record_split(k->line, field, 3) < 3 || field[0] == NULL ||
		    field[1] == NULL || field[2] == NULL) {
			diag_at(d, k->path, k->at, 0);
			return diag_set(d, "this is no record of table, key "
			    "and state");
		}
		if (strcmp(field[0], table) == 0 &&
		    strcmp(field[2], state) == 0) {
			*key = field[1];
			return 1;
		}
	}
	if (ferror(k->file))
		return diag_errno(d, "cannot read %s", k->path);
	return 0;
}

void
keyfile_rewind(struct keyfile *k)
{
	rewind(k->file);
	k->at = 0;
}

void
keyfile_close(struct keyfile *k)
{
	if (k == NULL)
		return;
	fclose(k->file);
	free(k->line);
	arena_free(k->mem);
}
