/* Records and the keys of rows in them: what is written can be read. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/record.h"
#include "rows/keyfile.h"
#include "tap.h"

static void
splits(void)
{
	char line[] = "a\\tb\t\\N\t\\\\N\t\t\\r\\n\\q\n", last[] = "x\\";
	char *field[4];

	tap_ok(record_split(line, field, 4) == 5, "all fields are counted");
	tap_is(field[0], "a\tb", "a TAB inside");
	tap_is(field[1], NULL, "NULL");
	tap_is(field[2], "\\N", "what looks like NULL");
	tap_is(field[3], "", "empty");
	tap_ok(record_split(last, field, 4) == 1, "one without a newline");
	tap_is(field[0], "x\\", "a backslash at the end");
}

static const char *const texts[] = {
	"", "a", "a,b", "{", "}", "say \"x\\\"", "NULL", "null", " ", "\t\n\r",
	"\\N", "\\", "é", "tab\tx",
};

/* Each text with each other one, as a key of two columns. */
static void
keys_return(struct arena *mem)
{
	size_t i, j, n = sizeof(texts) / sizeof(texts[0]);
	struct buf b = BUF_INIT;
	const char **got;
	int good = 1;

	for (i = 0; i < n; i++)
		for (j = 0; j < n; j++) {
			const char *key[2] = { texts[i], texts[j] };

			buf_reset(&b);
			key_text(&b, key, 2);
			got = key_values(mem, buf_str(&b), 2);
			good &= got != NULL && strcmp(got[0], key[0]) == 0 &&
			    strcmp(got[1], key[1]) == 0;
		}
	tap_ok(good, "keys of two columns come back");
	tap_ok(key_values(mem, "{a,b,c}", 2) == NULL, "too many texts");
	tap_ok(key_values(mem, "{a}", 2) == NULL, "too few");
	tap_ok(key_values(mem, "{\"a", 2) == NULL, "no end");
	tap_ok(key_values(mem, "a,b", 2) == NULL, "no array");
	tap_is(key_values(mem, "{a}", 1)[0], "{a}", "one column: as it is");
	buf_free(&b);
}

static void
files(void)
{
	char path[] = "/tmp/keyfile.XXXXXX";
	struct buf b = BUF_INIT;
	struct diag d = DIAG_INIT;
	struct keyfile *k;
	const char *key;
	int fd = mkstemp(path);
	size_t i, n = sizeof(texts) / sizeof(texts[0]);

	for (i = 0; i < n; i++) {
		keyfile_add(&b, "t", &texts[i], 1, "extra");
		keyfile_add(&b, "t", &texts[i], 1, "missing");
		keyfile_add(&b, "other", &texts[i], 1, "extra");
	}
	buf_adds(&b, "t\tx\n");
	if (fd == -1 || write(fd, b.data, b.len) != (ssize_t)b.len)
		exit(2);
	k = keyfile_open(path, &d);
	for (i = 0; i < n && keyfile_next(k, "t", "extra", &key, &d) == 1; i++)
		if (strcmp(key, texts[i]) != 0)
			break;
	tap_ok(i == n, "the records of one table and state");
	tap_ok(keyfile_next(k, "t", "extra", &key, &d) == -1 &&
	    d.line == 3 * n + 1, "a short record is told with its line");
	keyfile_rewind(k);
	tap_ok(keyfile_next(k, "other", "extra", &key, &d) == 1 &&
	    *key == '\0', "from its begin again");
	keyfile_close(k);
	close(fd);
	unlink(path);
	diag_free(&d);
	buf_free(&b);
}

int
main(void)
{
	struct arena *mem = arena_new();

	splits();
	keys_return(mem);
	files();
	arena_free(mem);
	return tap_end();
}
