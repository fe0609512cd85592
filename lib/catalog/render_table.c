/* CREATE TABLE and ALTER TABLE. */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/quote.h"
#include "catalog/render_priv.h"

#define INDENT "    "

static void
column(struct render *r, const struct cat_column *c)
{
	size_t before;

	buf_adds(&r->text, INDENT);
	quote_ident(&r->text, c->name);
	buf_addc(&r->text, ' ');
	render_type(r, c);
	if (c->type.arity == ARITY_REQUIRED)
		buf_adds(&r->text, " NOT NULL");
	before = r->text.len;
	buf_adds(&r->text, " DEFAULT ");
	render_default(r, c);
	if (r->text.len == before + strlen(" DEFAULT ")) {
		r->text.len = before;
		r->text.data[before] = '\0';
	}
}

void
render_create_table(struct render *r, const struct cat_table *t)
{
	buf_adds(&r->text, "CREATE TABLE ");
	render_name(r, t->ns, t->name);
	buf_adds(&r->text, " (\n");
	for (size_t i = 0; i < t->ncolumns; i++) {
		if (i > 0)
			buf_adds(&r->text, ",\n");
		column(r, &t->column[i]);
	}
	if (t->pk != NULL) {
		buf_adds(&r->text, ",\n\n" INDENT "CONSTRAINT ");
		quote_ident(&r->text, t->pk->name);
		buf_adds(&r->text, " PRIMARY KEY (");
		render_index_columns(r, t->pk, ",");
		buf_addc(&r->text, ')');
	}
	buf_adds(&r->text, "\n)");
}

/* --- ALTER TABLE --- */

/* One of the clauses that an ALTER TABLE joins with commas. */
struct alter {
	struct render *r;
	const struct change *change;
	struct buf clauses;
	struct render before, after; /* statements of their own */
};

/* Hands over what has been written to r->text as the next clause. */
static void
clause_end(struct alter *a)
{
	if (a->clauses.len > 0)
		buf_adds(&a->clauses, ",\n");
	buf_add(&a->clauses, buf_str(&a->r->text), a->r->text.len);
	buf_reset(&a->r->text);
}

static void
alter_column(struct alter *a, const struct cat_column *c, const char *verb)
{
	buf_adds(&a->r->text, "ALTER COLUMN ");
	quote_ident(&a->r->text, c->name);
	buf_adds(&a->r->text, verb);
}

/* --- sequences --- */

/* Needs no quotes, and would not be folded to something else. */
static int
is_plain(const char *name)
{
	if (!islower((unsigned char)*name) && *name != '_')
		return 0;
	for (; *name != '\0'; name++)
		if (!islower((unsigned char)*name) && *name != '_' &&
		    !isdigit((unsigned char)*name))
			return 0;
	return 1;
}

/* As a SERIAL column would name it, but in lower case, as Prisma does (who
 * would do so to the schema as well, which is another one then). */
static void
new_sequence(struct render *r, const struct cat_column *c, struct buf *out)
{
	const struct cat_table *t = c->table;
	char *name = arena_printf(r->mem, "%s_%s_seq", t->name, c->name);

	for (char *p = name; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	if (r->default_ns == NULL || strcmp(t->ns, r->default_ns) != 0) {
		quote_ident(out, t->ns);
		buf_addc(out, '.');
	}
	if (is_plain(name))
		buf_adds(out, name);
	else
		quote_ident(out, name);
}

static void
add_sequence(struct alter *a, const struct clause *c)
{
	struct buf name = BUF_INIT;

	new_sequence(a->r, c->to, &name);
	buf_addf(&a->before.text, "CREATE SEQUENCE %s", buf_str(&name));
	render_end(&a->before);
	alter_column(a, c->from, " SET DEFAULT nextval(");
	quote_string(&a->r->text, buf_str(&name));
	buf_addc(&a->r->text, ')');
	clause_end(a);
	buf_addf(&a->after.text, "ALTER SEQUENCE %s OWNED BY ",
	    buf_str(&name));
	render_name(&a->after, a->change->from_table->ns,
	    a->change->from_table->name);
	buf_addc(&a->after.text, '.');
	quote_ident(&a->after.text, c->from->name);
	render_end(&a->after);
	buf_free(&name);
}

static int
is_used(const struct catalog *c, const char *sequence)
{
	const struct cat_default *d;

	for (size_t i = 0; i < c->ntables; i++)
		for (size_t k = 0; k < c->table[i].ncolumns; k++) {
			d = &c->table[i].column[k].dflt;
			if (d->kind == CAT_DEFAULT_SEQUENCE &&
			    strcmp(d->text, sequence) == 0)
				return 1;
		}
	return 0;
}

/* A schema does not tell a sequence's name; PostgreSQL gave it this one. */
static void
drop_sequence(struct alter *a, const struct cat_column *c)
{
	struct render *r = &a->after;

	if (c->dflt.kind != CAT_DEFAULT_SEQUENCE ||
	    is_used(r->changes->to, c->dflt.text))
		return;
	if (*c->dflt.text == '\0') {
		buf_adds(&r->text, "DROP SEQUENCE IF EXISTS ");
		render_name(r, c->table->ns, arena_printf(r->mem,
		    "%s_%s_seq", c->table->name, c->name));
	} else {
		buf_adds(&r->text, "DROP SEQUENCE ");
		quote_ident(&r->text, c->dflt.text);
	}
	render_end(r);
}

/* --- clauses --- */

static void
set_arity(struct alter *a, const struct clause *c)
{
	if (!c->arity || c->to->type.arity == ARITY_LIST)
		return;
	alter_column(a, c->from, c->to->type.arity == ARITY_REQUIRED ?
	    " SET NOT NULL" : " DROP NOT NULL");
	clause_end(a);
}

static void
set_default(struct alter *a, const struct clause *c)
{
	if (!c->dflt)
		return;
	if (c->to->dflt.kind == CAT_DEFAULT_NONE) {
		alter_column(a, c->from, " DROP DEFAULT");
	} else {
		if (c->from->dflt.kind != CAT_DEFAULT_NONE &&
		    clause_converts_list(a->r->changes, c)) {
			/* it would not become one of the other type */
			alter_column(a, c->from, " DROP DEFAULT");
			clause_end(a);
		}
		alter_column(a, c->from, " SET DEFAULT ");
		render_default(a->r, c->to);
	}
	clause_end(a);
}

static void
set_autoincrement(struct alter *a, const struct clause *c)
{
	if (!c->autoincrement)
		return;
	if (c->to->autoincrement) {
		add_sequence(a, c);
		return;
	}
	/* Also after a SET DEFAULT, which then is without effect: the next
	 * comparison finds it missing, as it does after Prisma's script. */
	alter_column(a, c->from, " DROP DEFAULT");
	clause_end(a);
	drop_sequence(a, c->from);
}

/* NULL stays NULL. */
static void
convert_list(struct render *r, const struct cat_column *from)
{
	buf_adds(&r->text, " USING ");
	if (from->type.arity == ARITY_LIST) {
		quote_ident(&r->text, from->name);
		buf_adds(&r->text, "[1]");
		return;
	}
	buf_adds(&r->text, "CASE WHEN ");
	quote_ident(&r->text, from->name);
	buf_adds(&r->text, " IS NOT NULL THEN ARRAY[");
	quote_ident(&r->text, from->name);
	buf_adds(&r->text, "] END");
}

static void
set_type(struct alter *a, const struct clause *c)
{
	struct cat_column plain = *c->to;

	if (c->cast == CAST_NONE && !(c->arity &&
	    (c->from->type.arity == ARITY_LIST ||
	    c->to->type.arity == ARITY_LIST)))
		return;
	plain.autoincrement = 0; /* SERIAL is no type to be set */
	alter_column(a, c->from, " SET DATA TYPE ");
	render_type(a->r, &plain);
	if (clause_converts_list(a->r->changes, c))
		convert_list(a->r, c->from);
	clause_end(a);
}

static void
drop_column(struct alter *a, const struct cat_column *c)
{
	buf_adds(&a->r->text, "DROP COLUMN ");
	quote_ident(&a->r->text, c->name);
	clause_end(a);
}

static void
add_column(struct alter *a, const struct cat_column *c)
{
	buf_adds(&a->r->text, "ADD COLUMN ");
	column(a->r, c);
	clause_end(a);
}

static void
drop_pk(struct alter *a)
{
	buf_adds(&a->r->text, "DROP CONSTRAINT ");
	quote_ident(&a->r->text, a->change->from_table->pk->name);
	clause_end(a);
}

static void
add_pk(struct alter *a)
{
	const struct cat_index *pk = a->change->to_table->pk;

	buf_adds(&a->r->text, "ADD CONSTRAINT ");
	quote_ident(&a->r->text, pk->name);
	buf_adds(&a->r->text, " PRIMARY KEY (");
	render_index_columns(a->r, pk, ", ");
	buf_addc(&a->r->text, ')');
	clause_end(a);
}

static void
alter_start(struct render *r, const struct change *c)
{
	buf_adds(&r->text, "ALTER TABLE ");
	render_name(r, c->from_table->ns, c->from_table->name);
	buf_addc(&r->text, ' ');
}

/* PostgreSQL takes it in a statement of its own only. */
static void
rename_pk(struct alter *a)
{
	struct render *r = &a->before;

	alter_start(r, a->change);
	buf_adds(&r->text, "RENAME CONSTRAINT ");
	quote_ident(&r->text, a->change->from_table->pk->name);
	buf_adds(&r->text, " TO ");
	quote_ident(&r->text, a->change->to_table->pk->name);
	render_end(r);
}

static void
clause(struct alter *a, const struct clause *c)
{
	switch (c->kind) {
	case CLAUSE_DROP_PK:
		drop_pk(a);
		break;
	case CLAUSE_RENAME_PK:
		rename_pk(a);
		break;
	case CLAUSE_DROP_COLUMN:
		drop_column(a, c->from);
		break;
	case CLAUSE_ADD_COLUMN:
		add_column(a, c->to);
		break;
	case CLAUSE_ALTER_COLUMN:
		set_arity(a, c);
		set_default(a, c);
		set_autoincrement(a, c);
		set_type(a, c);
		break;
	case CLAUSE_RECREATE_COLUMN:
		drop_column(a, c->from);
		add_column(a, c->to);
		break;
	case CLAUSE_ADD_PK:
		add_pk(a);
		break;
	}
}

static void
hand_over(struct render *r, struct render *part)
{
	for (size_t i = 0; i < part->n; i++) {
		buf_adds(&r->text, part->stmt[i]);
		render_end(r);
	}
	buf_free(&part->text);
}

void
render_alter_table(struct render *r, const struct change *c)
{
	struct alter a = { .r = r, .change = c, .before = *r, .after = *r };

	a.before.text = a.after.text = (struct buf)BUF_INIT;
	a.before.stmt = a.after.stmt = NULL;
	a.before.n = a.after.n = 0;
	for (size_t i = 0; i < c->nclauses; i++)
		clause(&a, &c->clause[i]);
	hand_over(r, &a.before);
	if (a.clauses.len > 0) {
		alter_start(r, c);
		buf_add(&r->text, a.clauses.data, a.clauses.len);
		render_end(r);
	}
	hand_over(r, &a.after);
	buf_free(&a.clauses);
}
