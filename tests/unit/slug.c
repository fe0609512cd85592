/* Names of migrations, as Prisma's CLI 6.19 makes them. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "migrate/dir.h"
#include "migrate/newdir.h"
#include "migrate/slug.h"
#include "tap.h"

/* The right column is what the CLI's own function gives. */
static const struct {
	const char *name, *want;
} cases[] = {
	{ "", "" },
	{ "init", "init" },
	{ "Hello World! Ünïcode -- 1_2.x", "hello_world_uenicode_1_2_x" },
	{ "it's & me", "its_and_me" },
	{ "don't", "dont" },
	{ "rock'n'roll", "rock_n_roll" },
	{ "I can't do", "i_cant_do" },
	{ "x'S y", "xs_y" },
	{ "Déjà-vu_2", "deja_vu_2" },
	{ "v1.2.3", "v1_2_3" },
	{ "日本", "" },
	{ "fooBarBaz", "foo_bar_baz" },
	{ "XMLHttpRequest", "xml_http_request" },
	{ "addAPIs", "add_apis" },
	{ "AB12cd", "ab_12cd" },
	{ "ABC123DEF", "abc_123_def" },
	{ "I love 🦄", "i_love_unicorn" },
	{ "♥", "love" },
	{ "u\xcc\x88" "ber", "ueber" },   /* as two characters */
	{ "e\xcc\x81" "cole", "ecole" },
	{ "Straße", "strasse" },
	{ "Ærø", "a_ero" },
	{ "Общий", "obschiy" },
	{ "`quoted`", "quoted" },
	{ "__a__", "a" },
	{ "a/../b", "a_b" },
	{ "--name=x", "name_x" },
	{ "\t\n", "" },
	{ "a\xe2\x80\x80\x80\x80\x80\x80\x80\x80" "b", "a_b" }, /* no UTF-8 */
};

static void
test_length(struct arena *mem)
{
	char name[402];

	memset(name, 'a', 401);
	name[401] = '\0';
	tap_ok(strlen(slug(mem, name)) == 200, "at most 200 bytes");
}

/* The stamp of a new one, after this newest folder. */
static const struct {
	const char *newest, *want;
} stamps[] = {
	{ "29991231235959_x", "30000101000000_n" },
	{ "29990228235959_x", "29990301000000_n" },
	{ "29990101000000", "29990101000001_n" },
	{ "90009999999999_x", "90010000000000_n" }, /* no time at all */
	{ "99991231235959_x", "99991231235960_n" },
	{ "99999999999999_x", "99999999999999_n" },
};

static void
test_stamps(struct arena *mem)
{
	struct migration m = { 0 };
	struct migration_dir dir = { "x", &m, 1 };
	size_t i;

	for (i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
		m.name = stamps[i].newest;
		tap_is(newdir_name(mem, &dir, "n"), stamps[i].want,
		    stamps[i].newest);
	}
	m.name = "20200101000000_old";
	tap_ok(strncmp(newdir_name(mem, &dir, "n"), "2020", 4) > 0 &&
	    strlen(newdir_name(mem, &dir, "")) == 14, "the clock's own");
}

int
main(void)
{
	struct arena *mem = arena_new();
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		tap_is(slug(mem, cases[i].name), cases[i].want,
		    cases[i].want);
	test_length(mem);
	test_stamps(mem);
	arena_free(mem);
	return tap_end();
}
