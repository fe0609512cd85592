/*
 * Names of fields made from names of models, as Prisma's formatter makes
 * them: English, by rules of spelling.
 */
#include <regex.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "schema/plural.h"

enum letter_case {
	CASE_NONE,
	CASE_LOWER,
	CASE_UPPER
};

/* Of Latin, Greek and Cyrillic letters beyond ASCII, all of two bytes. */
static enum letter_case
case_beyond_ascii(const char *s)
{
	unsigned c = ((unsigned char)s[0] & 0x1fu) << 6 |
	    ((unsigned char)s[1] & 0x3fu);

	if (((unsigned char)s[0] & 0xe0) != 0xc0)
		return CASE_NONE;
	if (c >= 0x100 && c <= 0x137)
		return c % 2 == 0 ? CASE_UPPER : CASE_LOWER;
	if ((c >= 0xdf && c <= 0xff) || (c >= 0x3ac && c <= 0x3ce) ||
	    (c >= 0x430 && c <= 0x45f))
		return CASE_LOWER;
	if ((c >= 0xc0 && c <= 0xde) || (c >= 0x386 && c <= 0x3ab) ||
	    (c >= 0x400 && c <= 0x42f))
		return CASE_UPPER;
	return CASE_NONE;
}

static enum letter_case
case_of(const char *s)
{
	if (*s >= 'a' && *s <= 'z')
		return CASE_LOWER;
	if (*s >= 'A' && *s <= 'Z')
		return CASE_UPPER;
	return *s & 0x80 ? case_beyond_ascii(s) : CASE_NONE;
}

static char
to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char
to_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/*
 * Words begin behind what is no letter, behind a digit, and where a capital
 * stands behind a small letter; the first one is written small.
 */
const char *
name_camel(struct arena *a, const char *name)
{
	enum letter_case before = CASE_NONE, at;
	struct buf b = BUF_INIT;
	const char *camel;
	int new_word = 0;

	for (; *name != '\0'; name++) {
		if ((*name & 0xc0) == 0x80) { /* the rest of a letter */
			buf_addc(&b, *name);
			continue;
		}
		at = case_of(name);
		if (*name == '_' || *name == '-') {
			new_word = b.len > 0;
		} else if (*name >= '0' && *name <= '9') {
			new_word = 1;
			buf_addc(&b, *name);
		} else if (new_word ||
		    (before == CASE_LOWER && at == CASE_UPPER)) {
			new_word = 0;
			buf_addc(&b, to_upper(*name));
		} else {
			before = at;
			buf_addc(&b, to_lower(*name));
		}
	}
	camel = arena_strndup(a, buf_str(&b), b.len);
	buf_free(&b);
	return camel;
}

static int
is_uncountable(const char *word)
{
	static const char words[] =
	    " accommodation adulthood advertising advice aggression aid "
	    "air aircraft alcohol anger applause arithmetic assistance "
	    "athletics bacon baggage beef biology blood botany bread "
	    "butter carbon cardboard cash chalk chaos chess crossroads "
	    "countryside dancing deer dignity dirt dust economics "
	    "education electricity engineering enjoyment envy equipment "
	    "ethics evidence evolution fame fiction flour flu food fuel "
	    "fun furniture gallows garbage garlic genetics gold golf "
	    "gossip grammar gratitude grief guilt gymnastics happiness "
	    "hardware harm hate hatred health heat help homework honesty "
	    "honey hospitality housework humour hunger hydrogen "
	    "importance inflation information innocence iron irony jam "
	    "jewelry judo karate knowledge lack laughter lava leather "
	    "leisure lightning linguine linguini linguistics literature "
	    "litter livestock logic loneliness luck luggage macaroni "
	    "machinery magic management mankind marble mathematics "
	    "mayonnaise measles methane milk money mud music mumps nature "
	    "news nitrogen nonsense nurture nutrition obedience obesity "
	    "oxygen pasta patience physics poetry pollution poverty pride "
	    "psychology publicity quartz racism relaxation reliability "
	    "research respect revenge rice rubbish rum safety scenery "
	    "seafood seaside series shame sheep shopping sleep smoke "
	    "smoking snow soap software soil spaghetti species steam "
	    "stuff stupidity sunshine symmetry tennis thirst thunder "
	    "timber traffic transportation trust underwear unemployment "
	    "unity validity veal vegetation vegetarianism vengeance "
	    "violence vitality warmth wealth weather welfare wheat "
	    "wildlife wisdom yoga zinc zoology ";
	const char *at = words;
	size_t n = strlen(word);

	while (n > 0 && (at = strstr(at, word)) != NULL) {
		if (at[-1] == ' ' && at[n] == ' ')
			return 1;
		at += n;
	}
	return 0;
}

static const char *
irregular(const char *word)
{
	static const char *const known[][2] = { { "ox", "oxen" },
		{ "man", "men" }, { "woman", "women" }, { "die", "dice" },
		{ "yes", "yeses" }, { "foot", "feet" }, { "eave", "eaves" },
		{ "goose", "geese" }, { "tooth", "teeth" },
		{ "quiz", "quizzes" } };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i][0], word) == 0)
			return known[i][1];
	return NULL;
}

/* The first that matches counts: its first group stays, and gets the end. */
static const struct {
	const char *pattern, *end;
} rules[] = {
	{ "(.*eaux)$", "" },
	{ "(.*child)(ren)?$", "ren" },
	{ "(.*pe)(rson|ople)$", "ople" },
	{ "(.*[ml])(ice|ouse)$", "ice" },
	{ "(.*(matr|cod|mur|sil|vert|ind|append))(ix|ex)$", "ices" },
	{ "(.*(x|ch|ss|sh|zz))$", "es" },
	{ "(.*(x|ch|ss|sh|zz)es)$", "" },
	{ "(.*[^ch][ieo][ln])ey$", "ies" },
	{ "(.*([^aeiouy]|qu))y$", "ies" },
	{ "(.*(ar|l|ea|eo|oa|hoo))f$", "ves" },
	{ "(.*(kni|wi|li))fe$", "ves" },
	{ "(.*)sis$", "ses" },
	{ "(.*(apheli|hyperbat|periheli|asyndet|noumen|phenomen|criteri|"
	  "organ|prolegomen|hedr|automat))(a|on)$", "a" },
	{ "(.*(agend|addend|millenni|dat|extrem|bacteri|desiderat|strat|"
	  "candelabr|errat|ov|symposi|curricul|automat|quor))(a|um)$", "a" },
	{ "(.*(her|at|gr))o$", "oes" },
	{ "(.*(seraph|cherub))(im)?$", "im" },
	{ "(.*(alumn|alg|vertebr))(a|ae)$", "ae" },
	{ "(.*(alumn|syllab|octop|vir|radi|nucle|fung|cact|stimul|termin|"
	  "bacill|foc|uter|loc|strat))(us|i)$", "i" },
	{ "(.*([^l]ias|[aeiou]las|[emjzr]as|[iu]am))$", "" },
	{ "(.*e[mn]u)s?$", "s" },
	{ "(.*(alias|[^aou]us|tlas|gas|ris))$", "es" },
	{ "(.*(ax|test))is$", "es" },
	{ "(.*[^aeiou]ese)$", "" },
	{ "(.*)s$", "s" },
};

#define NRULES (sizeof(rules) / sizeof(rules[0]))

/* Where the kept part ends, or -1.  A rule is compiled when first asked. */
static regoff_t
match(size_t rule, const char *word)
{
	static regex_t regex[NRULES];
	static int ready[NRULES];
	regmatch_t group[2];

	if (!ready[rule] &&
	    regcomp(&regex[rule], rules[rule].pattern, REG_EXTENDED) != 0)
		return -1;
	ready[rule] = 1;
	return regexec(&regex[rule], word, 2, group, 0) == 0 ?
	    group[1].rm_eo : -1;
}

const char *
name_plural(struct arena *a, const char *word)
{
	const char *plural = irregular(word);
	regoff_t end;
	size_t i;

	if (is_uncountable(word))
		return word;
	if (plural != NULL)
		return plural;
	for (i = 0; i < NRULES; i++)
		if ((end = match(i, word)) != -1)
			return arena_printf(a, "%.*s%s", (int)end, word,
			    rules[i].end);
	return arena_printf(a, "%ss", word);
}
