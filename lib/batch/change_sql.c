/* A change as SQL: the user's words with ours around them. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sha2.h>

#include "base/arena.h"
#include "base/buf.h"
#include "batch/change_priv.h"
#include "batch/keep.h"
#include "batch/key.h"
#include "db/conn.h"
#include "rows/equal.h"

/* A part cannot get out of its brackets: it was one by the grammar.  Its end
 * is that of its last token, so that no comment swallows ours. */
void
change_set(struct buf *b, const struct change *c)
{
	size_t i;

	for (i = 0; i < c->update.nset; i++)
		buf_addf(b, "%s%s = (%s)", i > 0 ? ", " : "",
		    c->set[i]->ident, c->update.set[i].value.text);
}

char *
change_columns(const struct change *c)
{
	const char **name;
	size_t i;

	name = arena_array(c->mem, const char *, c->update.nset);
	for (i = 0; i < c->update.nset; i++)
		name[i] = c->set[i]->name;
	return db_array(c->mem, name, c->update.nset);
}

/* Can the test whether a row is as wanted raise no error but such as the
 * change itself would? */
static int
is_harmless(const struct change *c)
{
	const struct column *from;
	size_t i;

	for (i = 0; i < c->update.nset; i++) {
		if (c->update.set[i].constant)
			continue;
		if (c->update.set[i].copies == NULL)
			return 0;
		from = table_column(c->table, c->update.set[i].copies);
		if (from == NULL || strcmp(from->type, c->set[i]->type) != 0)
			return 0;
	}
	return 1;
}

/*
 * The planner orders conditions by their cost, and would compute values also
 * of rows that the user's condition keeps out because they have none: of
 * "n = text::int" where the text is no number, say.  Inside of CASE the order
 * holds.
 */
void
change_where(struct buf *b, const struct change *c, int differ)
{
	const char *where = c->update.where.text;

	if (where != NULL)
		buf_addf(b, "(%s)", where);
	if (!differ || c->differ == NULL) {
		buf_adds(b, where == NULL ? "true" : "");
		return;
	}
	buf_adds(b, where != NULL ? " AND " : "");
	if (where == NULL || is_harmless(c))
		buf_addf(b, "(%s)", c->differ);
	else
		buf_addf(b, "CASE WHEN (%s) THEN (%s) ELSE false END", where,
		    c->differ);
}

void
change_rows(struct buf *b, const struct change *c, int differ)
{
	buf_addf(b, " FROM %s", c->target);
	if (c->update.from.text != NULL)
		buf_addf(b, ", %s", c->update.from.text);
	buf_adds(b, " WHERE ");
	change_where(b, c, differ);
}

/* A row of ours that several others belong to is one. */
void
change_count(struct buf *b, const struct change *c, int differ)
{
	buf_adds(b, "SELECT pg_catalog.count(*)");
	if (c->update.from.text == NULL) {
		change_rows(b, c, differ);
		return;
	}
	buf_addf(b, " FROM %s WHERE EXISTS (SELECT FROM %s WHERE ", c->target,
	    c->update.from.text);
	change_where(b, c, differ);
	buf_adds(b, ")");
}

/*
 * No EXISTS, which would be made a join: between bounds by several columns
 * the planner expects one row of each side, and would compare all with all.
 * So each is looked up.
 */
void
change_in_keys(struct buf *b, const struct change *c)
{
	buf_addf(b, "(SELECT true FROM %s AS " CHANGE_KEYS " WHERE ",
	    c->keys);
	equal_key(b, c->key, c->alias, CHANGE_KEYS);
	buf_adds(b, ") IS TRUE");
}

static void
add_work(struct buf *b, const struct job *job, size_t lo, size_t hi)
{
	const struct change *c = job->arg;

	if (c->keep != NULL) {
		keep_add_work(b, job, lo, hi);
		return;
	}
	buf_addf(b, "UPDATE %s SET ", c->target);
	change_set(b, c);
	if (c->update.from.text != NULL)
		buf_addf(b, " FROM %s", c->update.from.text);
	buf_adds(b, " WHERE ");
	key_within(b, c->key, c->alias, lo, hi);
	if (c->keys != NULL) {
		buf_adds(b, " AND ");
		change_in_keys(b, c);
	}
	buf_adds(b, " AND ");
	change_where(b, c, 1);
}

char *
change_name(struct arena *mem, const struct change *c)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	struct buf b = BUF_INIT;
	SHA2_CTX ctx;
	char *name;

	buf_addf(&b, "%s\n", c->target);
	change_set(&b, c);
	buf_addf(&b, "\n%s\n%s", c->update.from.text != NULL ?
	    c->update.from.text : "", c->update.where.text != NULL ?
	    c->update.where.text : "");
	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)b.data, b.len);
	SHA256Final(hash, &ctx);
	name = arena_printf(mem, "%s-%02x%02x%02x%02x", c->table->name,
	    hash[0], hash[1], hash[2], hash[3]);
	buf_free(&b);
	return name;
}

/* Where the condition is that a column is not set yet, it does not see those
 * where it is set wrongly. */
static const char *
beyond(const struct change *c)
{
	size_t i;

	if (c->differ == NULL || c->update.where.text == NULL ||
	    !c->update.where_reads_set || c->update.from.text != NULL ||
	    !is_harmless(c))
		return NULL;
	for (i = 0; i < c->update.nset; i++)
		if (c->update.set[i].constant)
			return NULL; /* others may well have another */
	return arena_printf(c->mem, "SELECT pg_catalog.count(*) FROM %s "
	    "WHERE (%s)", c->target, c->differ);
}

void
change_job(const struct change *c, struct job *job)
{
	struct buf left = BUF_INIT, counts = BUF_INIT;

	memset(job, 0, sizeof(*job));
	job->kind = "backfill";
	job->name = change_name(c->mem, c);
	job->what = c->statement;
	job->path = c->path;
	job->table = c->table;
	job->from = c->target;
	job->alias = c->alias;
	job->key = c->key;
	if (c->keys != NULL) {
		job->from = arena_printf(c->mem, "%s AS " CHANGE_KEYS,
		    c->keys);
		job->alias = CHANGE_KEYS;
	}
	job->add_work = add_work;
	job->total = c->table->rows;
	job->once = c->once;
	job->arg = c;
	if (c->keys == NULL && c->update.from.text == NULL && !c->unsteady) {
		change_where(&counts, c, 1);
		job->counts = arena_strdup(c->mem, buf_str(&counts));
	}
	buf_free(&counts);
	if (!c->once) {
		change_count(&left, c, 1);
		job->left = arena_strdup(c->mem, buf_str(&left));
		job->beyond = beyond(c);
	}
	buf_free(&left);
}
