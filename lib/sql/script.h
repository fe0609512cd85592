#ifndef SQL_SCRIPT_H
#define SQL_SCRIPT_H

#include <stddef.h>

struct arena;
struct diag;

/* What a statement means for transactions. */
enum sql_kind {
	SQL_PLAIN,	/* may run inside a transaction */
	SQL_BEGIN,	/* BEGIN, START TRANSACTION */
	SQL_COMMIT,	/* COMMIT, END */
	SQL_PREPARE,	/* PREPARE TRANSACTION: it ends here, and is kept */
	SQL_ROLLBACK,	/* ROLLBACK, ABORT: of the whole transaction */
	SQL_SESSION,	/* SET, RESET, set_config(): a setting of the session */
	SQL_AUTOCOMMIT,	/* refuses to run inside a transaction */
	SQL_COPY_IN,	/* COPY … FROM stdin: data follows */
	SQL__MAX
};

/* What the catalog can be asked about a statement that runs alone. */
enum sql_effect {
	EFFECT_REPEAT,	      /* running it again does no harm */
	EFFECT_CREATE_INDEX,  /* CONCURRENTLY */
	EFFECT_DROP_INDEX,    /* CONCURRENTLY */
	EFFECT_REINDEX,	      /* CONCURRENTLY; leaves _ccnew when it fails */
	EFFECT_DETACH,	      /* DETACH PARTITION … CONCURRENTLY */
	EFFECT_CREATE_DATABASE,
	EFFECT_DROP_DATABASE,
	EFFECT_CREATE_TABLESPACE,
	EFFECT_DROP_TABLESPACE,
	EFFECT_CREATE_SUBSCRIPTION,
	EFFECT_DROP_SUBSCRIPTION,
	EFFECT_END_PREPARED, /* COMMIT PREPARED, ROLLBACK PREPARED */
	EFFECT__MAX
};

struct sql_stmt {
	enum sql_kind kind;
	enum sql_effect effect; /* of SQL_AUTOCOMMIT */
	size_t start;	/* after the last statement's ';' */
	size_t code;	/* of its first word: comments are passed over */
	size_t end;	/* after its own ';' */
	const char *schema, *table; /* what it works on, or an index */
	const char *object; /* its name, NULL: the server chooses */
	const char *object_schema;
	int if_exists;	/* IF [NOT] EXISTS */
	int chain;	/* COMMIT AND CHAIN: the next transaction is open */
};

struct sql_script {
	const char *text;
	size_t len;
	struct sql_stmt *stmt;
	size_t n;
};

/* Does the text come to its end outside of quotes and comments? */
int sql_is_whole(const char *text);

/*
 * Splits by PostgreSQL's own grammar and classifies each statement.  -1: it
 * does not parse; diag holds the message, *error_offset the byte.  The text
 * must be NUL-terminated and outlive the script.
 */
int sql_split(struct arena *, const char *text, size_t len,
    struct sql_script *, size_t *error_offset, struct diag *);

/*
 * Whether a script may begin a transaction: false when none of the words
 * occurs that do.  A cheap way past sql_split() for the many that do not.
 */
int sql_may_begin(const char *text, size_t len);

/*
 * The first statement of a text that may hold COPY data further on, which no
 * grammar can parse: *end is set after its ';'.  0: there is none (blank or
 * comments up to the end).  1: found.  -1: does not parse.
 */
int sql_first(struct arena *, const char *text, size_t len,
    struct sql_stmt *, size_t *error_offset, struct diag *);

/* CREATE INDEX CONCURRENTLY: the words to name a statement by, up to n. */
char *sql_head(struct arena *, const struct sql_script *,
    const struct sql_stmt *);

#endif
