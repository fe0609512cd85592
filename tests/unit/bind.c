/* Places for a range in a statement: found, written, and traced back. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "sql/bind.h"
#include "tap.h"

static struct arena *mem;
static const char *const letter[BIND__MAX] = { "R", "L", "H" };

static void
add(struct buf *b, const struct bind_place *p, const void *arg)
{
	(void)arg;
	buf_addf(b, "<%s%s>", p->qualifier, letter[p->word]);
}

static void
is(const char *text, const char *want)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	struct bind bind;
	size_t offset;

	if (bind_read(mem, text, &bind, &offset, &d) == -1)
		buf_addf(&b, "%zu: %s", offset, buf_str(&d.text));
	else
		bind_write(&b, &bind, add, NULL);
	tap_is(buf_str(&b), want, strchr(text, '\n') != NULL ?
	    "a comment ends with its line" : text);
	buf_free(&b);
	diag_free(&d);
}

/* Does it mind that the bound may be NULL? */
static void
minds(const char *text, int lo, int hi)
{
	struct diag d = DIAG_INIT;
	struct bind bind;
	size_t offset;

	tap_ok(bind_read(mem, text, &bind, &offset, &d) == 0 &&
	    bind.minds_null[BIND_LO] == lo && bind.minds_null[BIND_HI] == hi,
	    text);
}

/* Every letter of the text, traced back from where it was written. */
static void
traces(const char *text)
{
	struct diag d = DIAG_INIT;
	struct buf b = BUF_INIT;
	size_t offset, i, back, last = 0;
	struct bind bind;
	int good = 1;

	bind_read(mem, text, &bind, &offset, &d);
	bind_write(&b, &bind, add, NULL);
	for (i = 0; i < b.len; i++) {
		back = bind_origin(&bind, i, add, NULL);
		good &= back >= last && back < strlen(text);
		good &= text[back] == b.data[i] || text[back] == ':' ||
		    strncmp(text + back, "t.:", 3) == 0;
		last = back;
	}
	tap_ok(good, "traced back");
	buf_free(&b);
}

int
main(void)
{
	mem = arena_new();
	is("a :range b", "a <R> b");
	is(":range", "<R>");
	is("x > :lo AND x <= :hi", "x > <L> AND x <= <H>");
	is("(:lo,:hi)", "(<L>,<H>)");
	is("t.:range", "<t.R>");
	is("a t.:range,u.:range", "a <t.R>,<u.R>");
	is("s.t.:range", "<s.t.R>");
	is("\"T \"\"x\"\".y\".:range", "<\"T \"\"x\"\".y\".R>");
	is("s.\"T\".:range", "<s.\"T\".R>");
	is("a.b c.:range", "a.b <c.R>");
	is("'t'.:range", "'t'.<R>");
	is("t. :range", "t. <R>");
	is("t.:lo", "t.<L>");
	is("1.:range", "1.<R>");
	is("':range'", "':range'");
	is("E'\\':range'", "E'\\':range'");
	is("'a' ':lo'", "'a' ':lo'");
	is("\":range\"", "\":range\"");
	is("$$:range$$ $a$ $$:lo $a$:hi", "$$:range$$ $a$ $$:lo $a$<H>");
	is("-- :range\n:lo", "-- :range\n<L>");
	is("/* :range /* :lo */ :hi */ :hi", "/* :range /* :lo */ :hi */ <H>");
	is("x::range", "x::range");
	is("x::lo", "x::lo");
	is(":lo::int", "<L>::int");
	is("a::int:range", "a::int<R>");
	is(":ranges :Range :rang :lo1 :hi$ :l", ":ranges :Range :rang :lo1 "
	    ":hi$ :l");
	is(":hi\xc3\xa9", ":hi\xc3\xa9");
	is("a[1:2] := b", "a[1:2] := b");
	is("SELECT :range; -- done", "SELECT <R>; -- done");
	is("SELECT 1; SELECT :range", "8: this is more than one statement");
	is("SELECT 1;;", "8: this is more than one statement");
	is("SELECT $1", "7: parameters are :range, :lo and :hi");
	is("SELECT a$1, '$1', \"$1\", :lo", "SELECT a$1, '$1', \"$1\", <L>");
	is("SELECT 'x", "7: what begins here has no end");
	is("SELECT /* x", "7: what begins here has no end");
	is(" -- nothing", "0: there is no statement");
	is("", "0: there is no statement");
	is("SELECT :lo /* x", "11: what begins here has no end");

	minds("id > :lo", 0, 0);
	minds(":lo IS NULL OR id > :lo", 1, 0);
	minds("id > :lo OR :lo is/**/null AND id <= :hi", 1, 0);
	minds("id > coalesce(:lo, 0) AND id <= COALESCE (:hi, 9)", 1, 1);
	minds("id > f(:lo, 0) AND :hi ISNULL", 0, 1);
	minds(":lo isolation", 0, 0);

	traces("a t.:range b :lo :hi::int c");
	traces(":range");
	traces(":lo:hi t.:range");
	arena_free(mem);
	return tap_end();
}
