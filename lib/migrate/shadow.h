#ifndef MIGRATE_SHADOW_H
#define MIGRATE_SHADOW_H

#include <stddef.h>

struct arena;
struct catalog;
struct db;
struct db_url;
struct diag;
struct migration_dir;
struct project;

/*
 * What a list of migrations makes of an empty database.  The scripts are
 * replayed, each as deploy runs it, on a private throwaway server; where
 * that cannot be (no PostgreSQL on this machine, an extension is missing, a
 * script fails there) on the schema's shadowDatabaseUrl, which is emptied
 * first; else in a database made beside the main one, and dropped again.
 *
 * The result is remembered by content in the user's cache folder: the second
 * time nothing is replayed, and no server is needed.
 */
struct shadow_opts {
	const struct project *project; /* has shadowDatabaseUrl; or NULL */
	const struct db_url *url;      /* the main database, or NULL */
	struct db *db; /* a session of it, whose roles count; or NULL */
	const char *schema;	       /* search_path; NULL: "public" */
	const char *const *ns;	       /* to describe; none: the schema */
	size_t nns;
	/* how it tells why a way was not gone: verbose(); or NULL */
	void (*whisper)(const char *, ...)
	    __attribute__((format(printf, 1, 2)));
};

struct shadow;

/* Nothing is started yet.  The options must outlive it. */
struct shadow *shadow_open(struct arena *, const struct shadow_opts *);

/*
 * The catalog after all migrations of the list, in its order; it lives as
 * long as the arena of shadow_open().  A list that only goes on after the
 * one before it is not replayed from its beginning.  -1: P3006 where a
 * script fails on every way, with its file, line and column; P3014 where
 * there is no way.
 */
int shadow_catalog(struct shadow *, const struct migration_dir *,
    struct catalog **, struct diag *);

/* Is there a server at work, so that one script more costs little? */
int shadow_is_running(const struct shadow *);

/* Ends the server, or drops the database; also after a signal. */
void shadow_close(struct shadow *);

#endif
