/* Rows of the stream into one COPY. */
#include "base/arena.h"
#include "base/diag.h"
#include "db/conn.h"
#include "db/copy.h"
#include "rows/load_priv.h"

/* The server tells an error at once, and then takes the rest for nothing:
 * who ends here spares reading it.  Not in the middle of a row: it may have
 * been a notice. */
static int
is_answered(struct load *l, struct load_table *t)
{
	return !t->deaf && stream_at_row(l->stream) &&
	    db_copy_answered(l->db);
}

/* 1: the server has something to say; 0: all is sent; -1: diag. */
static int
pump(struct load *l, struct load_table *t, long long *rows)
{
	struct stream_piece piece;
	int rc = 1;

	while (*rows > 0 &&
	    (rc = stream_data(l->stream, *rows, &piece, l->d)) == 1) {
		if (db_copy_put(l->db, piece.data, piece.len, l->d) == -1)
			return load_explain(l, t);
		t->rows += piece.rows;
		t->bytes += (long long)piece.len;
		*rows -= piece.rows;
		load_tick(l);
		if (is_answered(l, t))
			return 1;
	}
	if (rc == -1)
		db_copy_abort(l->db, "the row stream has failed");
	return rc == -1 ? -1 : 0;
}

int
load_copy(struct load *l, struct load_table *t, const char *into,
    long long rows)
{
	const char *sql;
	int answered;

	sql = t->merge.ncolumns == 0 ?
	    arena_printf(l->work, "COPY %s FROM STDIN", into) :
	    arena_printf(l->work, "COPY %s (%s) FROM STDIN", into,
		columns_list(l->work, t->merge.column, t->merge.ncolumns, ""));
	do {
		t->first = stream_line(l->stream);
		if (db_copy_in(l->db, sql, l->d) == -1)
			return load_explain(l, t);
		answered = pump(l, t, &rows);
		if (answered == -1)
			return -1;
		if (db_copy_end(l->db, l->d) == -1)
			return load_explain(l, t);
		t->copied += db_affected(l->db);
		t->deaf |= answered; /* it was a notice: go on */
	} while (answered);
	return 0;
}
