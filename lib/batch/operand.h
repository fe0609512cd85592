#ifndef BATCH_OPERAND_H
#define BATCH_OPERAND_H

struct arena;
struct db;
struct diag;
struct table;

/*
 * The one table that an operand names, as it is written, with or without
 * "schema.".  NULL: diag says what else it is, or which name is like it.
 */
const struct table *operand_table(struct arena *, struct db *,
    const char *operand, struct diag *);

#endif
