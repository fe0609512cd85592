#ifndef BATCH_OPEN_H
#define BATCH_OPEN_H

#include "db/url.h"

struct arena;
struct db;
struct diag;
struct project;

/* The two sessions that a run has in one database. */
struct batch_sessions {
	struct db_url url;
	struct db *db;	 /* works */
	struct db *look; /* looks ahead, and at others */
};

/* Connects where --url says.  -1: diag, and nothing is open. */
int batch_open(struct arena *, const struct project *,
    struct batch_sessions *, struct diag *);
void batch_close(struct batch_sessions *);

#endif
