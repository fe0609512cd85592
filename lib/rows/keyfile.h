#ifndef ROWS_KEYFILE_H
#define ROWS_KEYFILE_H

#include <stddef.h>

struct arena;
struct buf;
struct diag;

/*
 * Keys of rows as records (base/record.h), as `dbm compare --keys' prints
 * them and `dbm load --gone' reads them: table, key, state.  The table is
 * table.shown of the destination.  The key is the text of its column; of
 * several columns it is their texts as a text[]: {a,b}.
 */

/* The key's field, not yet escaped. */
void key_text(struct buf *, const char *const *value, size_t n);
/* And back: the texts of n columns.  NULL: they are not so many. */
const char **key_values(struct arena *, const char *key, size_t n);

/* One record; state as in key_state_name. */
void keyfile_add(struct buf *, const char *table, const char *const *value,
    size_t n, const char *state);

/* Reads a file of them from its begin, as often as it is wanted. */
struct keyfile;
struct keyfile *keyfile_open(const char *path, struct diag *);
/*
 * The next record of that table and state: 1, and the key holds until the
 * next call; 0: there are no more; -1: diag.
 */
int keyfile_next(struct keyfile *, const char *table, const char *state,
    const char **key, struct diag *);
void keyfile_rewind(struct keyfile *);
void keyfile_close(struct keyfile *);

#endif
