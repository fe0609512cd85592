#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "batch/open.h"
#include "db/conn.h"
#include "db/target.h"

int
batch_open(struct arena *mem, const struct project *project,
    struct batch_sessions *s, struct diag *d)
{
	s->db = s->look = NULL;
	if (target_resolve(mem, project, target_opts.url, 0, &s->url,
	    d) == 0 && (s->db = db_open(&s->url, 0, d)) != NULL &&
	    (s->look = db_open(&s->url, 0, d)) != NULL)
		return 0;
	batch_close(s);
	return -1;
}

void
batch_close(struct batch_sessions *s)
{
	if (s->look != NULL)
		db_close(s->look);
	if (s->db != NULL)
		db_close(s->db);
	s->db = s->look = NULL;
}
