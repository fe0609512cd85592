/* Names by convention, the table of names, and the order of relations. */
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "schema/finding.h"
#include "schema/schema.h"

#include "tap.h"

#define A10 "aaaaaaaaaa"
#define A50 A10 A10 A10 A10 A10

static struct arena *mem;

static void
is_name(const char *table, const char *column, const char *suffix,
    const char *want)
{
	tap_is(schema_constraint_name(mem, table, &column,
	    column == NULL ? 0 : 1, suffix), want, want);
}

static void
test_names(void)
{
	is_name("User", NULL, "_pkey", "User_pkey");
	is_name("User", "email", "_key", "User_email_key");
	/* 58 bytes and more are cut to 58, so that 63 are left. */
	is_name(A50 "aaaaaaaaaa", NULL, "_pkey", A50 "aaaaaaaa_pkey");
	is_name(A50 "aaaaaa", "bbbb", "_idx", A50 "aaaaaa_bb_idx");
	/* Never within a character: the 59th byte is the last of one. */
	is_name(A50 "aaaaaa", "b\xc3\xa9", "_key", A50 "aaaaaa_b_key");
}

static void
test_map(void)
{
	struct map m;
	const char *name[1000], *a = "a", *b = "b";
	size_t i, good = 0;

	map_init(&m, mem, 0);
	for (i = 0; i < 1000; i++) {
		name[i] = arena_printf(mem, "name%zu", i);
		map_put(&m, i % 2 ? a : b, name[i], (void *)name[i]);
	}
	for (i = 0; i < 1000; i++)
		good += map_get(&m, i % 2 ? a : b, name[i]) == name[i] &&
		    map_get(&m, i % 2 ? b : a, name[i]) == NULL;
	tap_ok(good == 1000, "map: a thousand names in two scopes");
	tap_ok(map_put(&m, b, "name0", &m) == name[0] &&
	    map_get(&m, b, "name0") == &m, "map: the later value counts");
	tap_ok(map_get(&m, NULL, "name0") == NULL, "map: no scope is one too");
}

static const struct schema *
resolve(const char *text, struct findings *f)
{
	static struct source source;
	static struct sources sources = { &source, 1 };

	source = (struct source){ "a.prisma", text, strlen(text) };
	findings_init(f, mem);
	return schema_resolve(mem, ast_parse(mem, &sources, f), f);
}

static void
is_relation(const struct schema *s, size_t i, const char *want)
{
	const struct schema_relation *r = &s->relation[i];

	tap_is(arena_printf(mem, "%s.%s %s.%s %s", r->a->model->name,
	    r->a->name, r->b->model->name, r->b->name, r->db_name), want,
	    want);
}

static void
test_relations(void)
{
	static const char text[] =
	    "model Post {\n id Int @id\n tags Category[]\n a User @relation("
	    "fields: [aId], references: [id])\n aId Int\n @@map(\"posts\")\n}\n"
	    "model User {\n id Int @id\n posts Post[]\n p Profile?\n"
	    " next User[] @relation(\"n\")\n"
	    " before User[] @relation(\"n\")\n}\n"
	    "model Category {\n id Int @id\n posts Post[]\n}\n"
	    "model Profile {\n id Int @id\n u User? @relation(fields: [uId], "
	    "references: [id], map: \"fk\")\n uId Int? @unique\n}\n";
	struct findings f;
	const struct schema *s = resolve(text, &f);

	tap_ok(f.n == 0, "relations: nothing is wrong");
	tap_ok(s->nrelations == 4, "relations: four of them");
	is_relation(s, 0, "Post.a User.posts posts_aId_fkey");
	is_relation(s, 1, "User.before User.next _n");
	is_relation(s, 2, "Category.posts Post.tags _CategoryToPost");
	is_relation(s, 3, "Profile.u User.p fk");
	tap_ok(s->relation[3].kind == RELATION_ONE_TO_ONE, "relations: 1-1");
	tap_ok(schema_model(s, "Post")->field[3].relation == NULL &&
	    schema_model(s, "Post")->field[2].relation == &s->relation[0],
	    "relations: fields know theirs");
}

static void
test_broken(void)
{
	static const char text[] = "model A {\n id Int @id\n x Nope\n"
	    " b B[]\n}\nmodel B {\n id Int @id\n}\nmodel A {\n}\n";
	struct findings f;
	const struct schema *s = resolve(text, &f);

	tap_ok(f.nerrors == 2, "broken: each is told once");
	tap_ok(s->nmodels == 3 && s->nrelations == 1 &&
	    s->relation[0].a == NULL, "broken: the rest is there");
}

int
main(void)
{
	mem = arena_new();
	test_names();
	test_map();
	test_relations();
	test_broken();
	arena_free(mem);
	return tap_end();
}
