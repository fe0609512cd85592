/*
 * The summary of drift, and of `migrate diff' without --script: blocks by
 * kind, then by name, in the words of prisma-engines 6.19.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "catalog/change.h"

/* The order matters. */
enum block {
	BLOCK_ALTERED_EXTENSION,
	BLOCK_DROPPED_EXTENSIONS,
	BLOCK_ADDED_EXTENSIONS,
	BLOCK_SCHEMAS,
	BLOCK_ADDED_ENUMS,
	BLOCK_ADDED_TABLES,
	BLOCK_REMOVED_ENUMS,
	BLOCK_REMOVED_TABLES,
	BLOCK_CHANGED_ENUM,
	BLOCK_CHANGED_TABLE,
	BLOCK__END
};

static const struct {
	const char *before, *after; /* of the name, where there is one */
} heading[BLOCK__END] = {
	[BLOCK_SCHEMAS] = { "[+] Added Schemas", NULL },
	[BLOCK_ALTERED_EXTENSION] = { "[*] Changed the `", "` extension" },
	[BLOCK_DROPPED_EXTENSIONS] = { "[-] Removed extensions", NULL },
	[BLOCK_ADDED_EXTENSIONS] = { "[+] Added extensions", NULL },
	[BLOCK_ADDED_ENUMS] = { "[+] Added enums", NULL },
	[BLOCK_ADDED_TABLES] = { "[+] Added tables", NULL },
	[BLOCK_REMOVED_ENUMS] = { "[-] Removed enums", NULL },
	[BLOCK_REMOVED_TABLES] = { "[-] Removed tables", NULL },
	[BLOCK_CHANGED_ENUM] = { "[*] Changed the `", "` enum" },
	[BLOCK_CHANGED_TABLE] = { "[*] Changed the `", "` table" }
};

struct item {
	enum block block;
	const char *name; /* of what changed, "" in a list */
	size_t step;
};

static struct item
item_of(const struct change *c, size_t step)
{
	struct item it = { BLOCK_CHANGED_TABLE, "", step };

	switch (c->kind) {
	case CHANGE_CREATE_SCHEMA:
		it.block = BLOCK_SCHEMAS;
		break;
	case CHANGE_ALTER_EXTENSION:
		it.block = BLOCK_ALTERED_EXTENSION;
		it.name = c->from_extension->name;
		break;
	case CHANGE_DROP_EXTENSION:
		it.block = BLOCK_DROPPED_EXTENSIONS;
		break;
	case CHANGE_CREATE_EXTENSION:
		it.block = BLOCK_ADDED_EXTENSIONS;
		break;
	case CHANGE_CREATE_ENUM:
		it.block = BLOCK_ADDED_ENUMS;
		break;
	case CHANGE_DROP_ENUM:
		it.block = BLOCK_REMOVED_ENUMS;
		break;
	case CHANGE_ALTER_ENUM:
		it.block = BLOCK_CHANGED_ENUM;
		it.name = c->from_enum->name;
		break;
	case CHANGE_CREATE_TABLE:
		it.block = BLOCK_ADDED_TABLES;
		break;
	case CHANGE_DROP_TABLE:
		it.block = BLOCK_REMOVED_TABLES;
		break;
	default:
		it.name = c->from_table != NULL ? c->from_table->name :
		    c->to_table->name;
	}
	return it;
}

static int
by_block(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int c;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	c = strcmp(x->name, y->name);
	return c != 0 ? c : (x->step > y->step) - (x->step < y->step);
}

/* --- values, in the form that Rust prints for debugging --- */

static void
debug_string(struct buf *out, const char *s)
{
	static const char plain[] = "\"\\\n\t\r", letter[] = "\"\\ntr";
	const char *p;

	buf_addc(out, '"');
	for (; *s != '\0'; s++)
		if ((p = strchr(plain, *s)) != NULL)
			buf_addf(out, "\\%c", letter[p - plain]);
		else if ((unsigned char)*s < ' ' || *s == 0x7f)
			buf_addf(out, "\\u{%x}", (unsigned)*s);
		else
			buf_addc(out, *s);
	buf_addc(out, '"');
}

static void
debug_bytes(struct buf *out, const char *hex)
{
	char two[3] = "";

	buf_adds(out, "Bytes([");
	for (size_t i = 0; hex[i] != '\0'; i += 2) {
		memcpy(two, hex + i, 2);
		buf_addf(out, "%s%ld", i > 0 ? ", " : "",
		    strtol(two, NULL, 16));
	}
	buf_adds(out, "])");
}

static void
debug_datetime(struct buf *out, const char *s)
{
	const char *zone = strrchr(s, ' ');

	buf_addf(out, "DateTime(%.10sT%.*s%s)", s,
	    (int)(zone - s - 11), s + 11, zone + 1);
}

static void
debug_value(struct buf *out, const struct cat_value *v, enum scalar scalar)
{
	switch (v->kind) {
	case VALUE_LIST:
		buf_adds(out, "List([");
		for (size_t i = 0; i < v->nitems; i++) {
			if (i > 0)
				buf_adds(out, ", ");
			debug_value(out, &v->item[i], scalar);
		}
		buf_adds(out, "])");
		break;
	case VALUE_BYTES:
		debug_bytes(out, v->text);
		break;
	case VALUE_INT:
		buf_addf(out, scalar == SCALAR_BIGINT ? "BigInt(%s)" :
		    "Int(%s)", v->text);
		break;
	case VALUE_FLOAT:
		buf_addf(out, "Float(BigDecimal(\"%s\"))", v->text);
		break;
	case VALUE_BOOLEAN:
		buf_addf(out, "Boolean(%s)", v->text);
		break;
	case VALUE_DATETIME:
		debug_datetime(out, v->text);
		break;
	default:
		buf_adds(out, v->kind == VALUE_ENUM ? "Enum(" :
		    v->kind == VALUE_JSON ? "Json(" : "String(");
		debug_string(out, v->text);
		buf_addc(out, ')');
	}
}

static void
debug_default(struct buf *out, const struct cat_column *c)
{
	const struct cat_default *d = &c->dflt;

	switch (d->kind) {
	case CAT_DEFAULT_NONE:
		buf_adds(out, "None");
		break;
	case CAT_DEFAULT_NOW:
		buf_adds(out, "Some(Now)");
		break;
	case CAT_DEFAULT_VALUE:
		buf_adds(out, "Some(Value(");
		debug_value(out, &d->value,
		    native_info[c->type.native].scalar);
		buf_adds(out, "))");
		break;
	case CAT_DEFAULT_SEQUENCE:
		buf_adds(out, "Some(Sequence(");
		debug_string(out, d->text);
		buf_adds(out, "))");
		break;
	case CAT_DEFAULT_DBGENERATED:
		if (d->text == NULL) {
			buf_adds(out, "Some(DbGenerated(None))");
			break;
		}
		buf_adds(out, "Some(DbGenerated(Some(");
		debug_string(out, d->text);
		buf_adds(out, ")))");
		break;
	}
}

/* --- lines --- */

static void
column_changes(struct buf *out, const struct clause *c)
{
	static const char *const arity[] = { [ARITY_REQUIRED] = "Required",
		[ARITY_OPTIONAL] = "Nullable", [ARITY_LIST] = "List" };
	const char *sep = "";

	buf_addc(out, '(');
	if (c->arity) {
		buf_addf(out, "changed from %s to %s",
		    arity[c->from->type.arity], arity[c->to->type.arity]);
		sep = ", ";
	}
	if (c->dflt) {
		buf_addf(out, "%sdefault changed from `", sep);
		debug_default(out, c->from);
		buf_adds(out, "` to `");
		debug_default(out, c->to);
		buf_addc(out, '`');
		sep = ", ";
	}
	if (c->cast != CAST_NONE) {
		buf_addf(out, "%stype changed", sep);
		sep = ", ";
	}
	if (c->autoincrement)
		buf_addf(out, "%scolumn %s autoincrementing", sep,
		    c->to->autoincrement ? "became" : "is no longer");
	buf_addc(out, ')');
}

static void
index_columns(struct buf *out, const struct cat_index *x)
{
	for (size_t i = 0; i < x->ncolumns; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "",
		    x->column[i].column->name);
}

static void
index_line(struct buf *out, const char *what, const struct cat_index *x)
{
	buf_addf(out, "  %s %sindex on columns (", what,
	    x->kind == INDEX_UNIQUE ? "unique " : "");
	index_columns(out, x);
	buf_adds(out, ")\n");
}

static void
pk_line(struct buf *out, const char *what, const struct cat_index *pk)
{
	buf_addf(out, "  %s primary key on columns (", what);
	index_columns(out, pk);
	buf_adds(out, ")\n");
}

static void
fk_line(struct buf *out, const char *what, const struct cat_fk *fk)
{
	buf_addf(out, "  %s foreign key on columns (", what);
	for (size_t i = 0; i < fk->ncolumns; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "",
		    fk->column[i]->name);
	buf_adds(out, ")\n");
}

static void
clause_line(struct buf *out, const struct change *c, const struct clause *cl)
{
	switch (cl->kind) {
	case CLAUSE_DROP_PK:
		pk_line(out, "[-] Dropped the", c->from_table->pk);
		break;
	case CLAUSE_RENAME_PK:
		pk_line(out, "[*] Renamed the", c->from_table->pk);
		break;
	case CLAUSE_ADD_PK:
		pk_line(out, "[+] Added", c->to_table->pk);
		buf_adds(out, ")\n"); /* so prints 6.19 */
		break;
	case CLAUSE_DROP_COLUMN:
		buf_addf(out, "  [-] Removed column `%s`\n", cl->from->name);
		break;
	case CLAUSE_ADD_COLUMN:
		buf_addf(out, "  [+] Added column `%s`\n", cl->to->name);
		break;
	case CLAUSE_ALTER_COLUMN:
		buf_addf(out, "  [*] Altered column `%s` ", cl->to->name);
		column_changes(out, cl);
		buf_addc(out, '\n');
		break;
	case CLAUSE_RECREATE_COLUMN:
		buf_addf(out, "  [*] Column `%s` would be dropped and "
		    "recreated ", cl->to->name);
		column_changes(out, cl);
		buf_addc(out, '\n');
		break;
	}
}

static void
enum_lines(struct buf *out, const struct change *c)
{
	for (size_t i = 0; i < c->nadded; i++)
		buf_addf(out, "  [+] Added variant `%s`\n", c->added[i]);
	for (size_t i = 0; i < c->nremoved; i++)
		buf_addf(out, "  [-] Removed variant `%s`\n", c->removed[i]);
}

static void
lines(struct buf *out, const struct change *c)
{
	switch (c->kind) {
	case CHANGE_RENAME_TABLE:
		buf_addf(out, "  [*] Renamed table `%s` to `%s`\n",
		    c->old_name, c->new_name);
		break;
	case CHANGE_RENAME_COLUMN:
		buf_addf(out, "  [*] Renamed column `%s` to `%s`\n",
		    c->old_name, c->new_name);
		break;
	case CHANGE_CREATE_SCHEMA:
		buf_addf(out, "  - %s\n", c->ns);
		break;
	case CHANGE_CREATE_EXTENSION:
		buf_addf(out, "  - %s\n", c->to_extension->name);
		break;
	case CHANGE_CREATE_ENUM:
		buf_addf(out, "  - %s\n", c->to_enum->name);
		break;
	case CHANGE_DROP_ENUM:
		buf_addf(out, "  - %s\n", c->from_enum->name);
		break;
	case CHANGE_ALTER_ENUM:
		enum_lines(out, c);
		break;
	case CHANGE_CREATE_TABLE:
		buf_addf(out, "  - %s\n", c->to_table->name);
		break;
	case CHANGE_DROP_TABLE:
		buf_addf(out, "  - %s\n", c->from_table->name);
		break;
	case CHANGE_DROP_FK:
		fk_line(out, "[-] Removed", c->from_fk);
		break;
	case CHANGE_ADD_FK:
		fk_line(out, "[+] Added", c->to_fk);
		break;
	case CHANGE_RENAME_FK:
		buf_addf(out, "  [*] Renamed the foreign key \"%s\" to "
		    "\"%s\"\n", c->from_fk->name, c->to_fk->name);
		break;
	case CHANGE_DROP_INDEX:
		index_line(out, "[-] Removed", c->from_index);
		break;
	case CHANGE_CREATE_INDEX:
		index_line(out, "[+] Added", c->to_index);
		break;
	case CHANGE_RENAME_INDEX:
		buf_addf(out, "  [*] Renamed index `%s` to `%s`\n",
		    c->from_index->name, c->to_index->name);
		break;
	case CHANGE_ALTER_TABLE:
		for (size_t i = 0; i < c->nclauses; i++)
			clause_line(out, c, &c->clause[i]);
		break;
	default:
		break;
	}
}

void
changes_summary(const struct changes *c, struct buf *out)
{
	struct item *item = calloc(c->n + 1, sizeof(*item));
	const char *name;

	if (item == NULL)
		abort();
	if (c->n == 0)
		buf_adds(out, "No difference detected.");
	for (size_t i = 0; i < c->n; i++)
		item[i] = item_of(&c->item[i], i);
	qsort(item, c->n, sizeof(*item), by_block);
	for (size_t i = 0; i < c->n; i++) {
		name = item[i].name;
		if (i == 0 || item[i].block != item[i - 1].block ||
		    strcmp(name, item[i - 1].name) != 0)
			buf_addf(out, "\n%s%s%s\n",
			    heading[item[i].block].before, name,
			    heading[item[i].block].after != NULL ?
			    heading[item[i].block].after : "");
		lines(out, &c->item[item[i].step]);
	}
	if (c->n == 0)
		buf_addc(out, '\n');
	free(item);
}
