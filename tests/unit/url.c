/* Where a URL leads, as far as its names tell. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "db/url.h"
#include "tap.h"

static const struct {
	const char *url;
	int local;
} places[] = {
	{ "postgresql:///app?host=/run/postgresql", 1 },
	{ "postgresql:///app", 1 },
	{ "postgresql://localhost/app", 1 },
	{ "postgresql://LOCALHOST/app", 1 },
	{ "postgresql://127.0.0.1/app", 1 },
	{ "postgresql://127.8.8.8:5433/app", 1 },
	{ "postgresql://[::1]/app", 1 },
	{ "postgresql://127.example.com/app", 0 },
	{ "postgresql://localhost.example.com/app", 0 },
	{ "postgresql://127.0.0.1,db.example.com/app", 0 },
	{ "postgresql://localhost,db.example.com/app", 0 },
	{ "postgresql://10.0.0.1/app", 0 },
};

static const struct {
	const char *a, *b;
	int same;
} pairs[] = {
	{ "postgresql://localhost/a", "postgres://u:p@127.0.0.1:5432/a", 1 },
	{ "postgresql://localhost/a", "postgresql:///a?host=/tmp", 1 },
	{ "postgresql:///a", "postgresql://localhost:5432/a", 1 },
	{ "postgresql://localhost/a", "postgresql://localhost/b", 0 },
	{ "postgresql://localhost/a", "postgresql://localhost:5433/a", 0 },
	{ "postgresql://DB/a", "postgresql://db/a", 1 },
	{ "postgresql://db/a", "postgresql://localhost/a", 0 },
};

static void
parse(struct arena *mem, const char *text, struct db_url *url)
{
	struct diag d = DIAG_INIT;

	if (url_parse(mem, text, NULL, url, &d) == -1)
		diag_print(&d);
	diag_free(&d);
}

int
main(void)
{
	struct arena *mem = arena_new();
	struct db_url a, b;
	size_t i;

	unsetenv("PGHOST");
	unsetenv("PGPORT");
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		parse(mem, places[i].url, &a);
		tap_ok(url_is_local(&a) == places[i].local, places[i].url);
	}
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		parse(mem, pairs[i].a, &a);
		parse(mem, pairs[i].b, &b);
		tap_ok(url_is_same(&a, &b) == pairs[i].same, pairs[i].b);
	}
	arena_free(mem);
	return tap_end();
}
