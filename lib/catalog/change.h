#ifndef CATALOG_CHANGE_H
#define CATALOG_CHANGE_H

#include <stddef.h>

#include "catalog/catalog.h"

struct buf;

/*
 * The one list of typed changes from a catalog to another, in the order in
 * which Prisma writes its steps.  Script, summary, JSON and risk are all made
 * from it.
 */

enum change_kind { /* in the order of the steps */
	CHANGE_RENAME_TABLE,  /* ours: asked for with --rename */
	CHANGE_RENAME_COLUMN, /* ours */
	CHANGE_CREATE_SCHEMA,
	CHANGE_DROP_EXTENSION,
	CHANGE_CREATE_EXTENSION,
	CHANGE_ALTER_EXTENSION,
	CHANGE_CREATE_ENUM,
	CHANGE_ALTER_ENUM,
	CHANGE_DROP_FK,
	CHANGE_DROP_INDEX,
	CHANGE_ALTER_TABLE,
	CHANGE_DROP_TABLE,
	CHANGE_DROP_ENUM,
	CHANGE_CREATE_TABLE,
	CHANGE_CREATE_INDEX,
	CHANGE_RENAME_FK,
	CHANGE_ADD_FK,
	CHANGE_RENAME_INDEX,
	CHANGE__MAX
};

enum clause_kind { /* of an ALTER TABLE, in their order */
	CLAUSE_DROP_PK,
	CLAUSE_RENAME_PK,
	CLAUSE_DROP_COLUMN,
	CLAUSE_ADD_COLUMN,
	CLAUSE_ALTER_COLUMN,
	CLAUSE_RECREATE_COLUMN, /* no cast exists: drop and add */
	CLAUSE_ADD_PK
};

enum cast {
	CAST_NONE, /* same type */
	CAST_SAFE,
	CAST_RISKY,
	CAST_IMPOSSIBLE
};

struct clause {
	enum clause_kind kind;
	const struct cat_column *from, *to; /* NULL where there is none */
	/* CLAUSE_ALTER_COLUMN, CLAUSE_RECREATE_COLUMN: what differs */
	int arity, dflt, autoincrement;
	enum cast cast;
};

/* A default on an enum that is made anew: dropped, and set again. */
struct enum_usage {
	const struct cat_column *from, *to; /* to NULL: not set again */
};

struct change {
	enum change_kind kind;
	/* What it is about; each NULL where it does not apply. */
	const char *ns; /* CHANGE_CREATE_SCHEMA */
	const struct cat_extension *from_extension, *to_extension;
	const struct cat_enum *from_enum, *to_enum;
	const struct cat_table *from_table, *to_table;
	const struct cat_column *from_column; /* CHANGE_RENAME_COLUMN */
	const struct cat_index *from_index, *to_index;
	const struct cat_fk *from_fk, *to_fk;
	const char *old_name, *new_name; /* CHANGE_RENAME_TABLE, _COLUMN */
	/* CHANGE_ALTER_TABLE */
	struct clause *clause;
	size_t nclauses;
	/* CHANGE_ALTER_ENUM */
	const char *const *added, *const *removed;
	size_t nadded, nremoved;
	struct enum_usage *usage;
	size_t nusages;
	int recreated; /* CHANGE_CREATE_INDEX: its column was made anew */
};

struct changes {
	const struct catalog *from, *to;
	struct change *item;
	size_t n;
	/*
	 * Set by who is going to run the script: an enum that is made anew
	 * while columns of it come or go, which Prisma's script cannot do, is
	 * written so that it can.
	 */
	int mended;
};

/* Compares them; the result points into both. */
struct changes *catalog_diff(struct arena *, const struct catalog *from,
    const struct catalog *to);

/*
 * Is it a list of an enum that becomes a scalar, or the reverse, in a script
 * that is mended, and so converts the rows?  Prisma's fails.
 */
int clause_converts_list(const struct changes *, const struct clause *);

/* How a type can become another. */
enum cast type_cast(const struct cat_type *from, const struct cat_type *to);

/* The script, "-- This is an empty migration.\n" where nothing changes. */
void changes_render(const struct changes *, struct buf *);
/*
 * The statements of one change, each without its semicolon, appended to a
 * list in the arena; for those who run them one by one.
 */
size_t change_statements(struct arena *, const struct changes *,
    const struct change *, const char *const **);
/* The title that stands above it: "CreateTable". */
const char *change_title(const struct change *);

/* Prisma's summary for people: drift, and `migrate diff' without --script. */
void changes_summary(const struct changes *, struct buf *);

#endif
