#ifndef MIGRATE_CACHE_H
#define MIGRATE_CACHE_H

struct buf;

/*
 * Results that are worth keeping, by the digest of all they depend on, in
 * the user's cache folder (0700, files 0600; one that is somebody else's is
 * not used).  It is a cache: what is not there, is damaged, or cannot be kept,
 * is no error.
 */

/* 0: the text is in the empty buf; -1: there is none. */
int cache_get(const char *key, struct buf *);
/* The oldest ones go, by number and by size. */
void cache_put(const char *key, const struct buf *);

#endif
