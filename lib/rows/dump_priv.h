#ifndef ROWS_DUMP_PRIV_H
#define ROWS_DUMP_PRIV_H

#include "rows/dump.h"
#include "rows/select.h"

/* Takes the list of --columns apart. */
int dump_read_columns(struct dump *, struct diag *);
/* The whole of a table, in those columns. */
int dump_select(struct dump *, const struct table *, struct select *,
    struct diag *);

int dump_begin(struct dump *, struct diag *);
int dump_table(struct dump *, const struct select *, struct diag *);
int dump_commit(struct dump *, struct diag *);

#endif
