#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sha2.h>

#include "base/buf.h"
#include "migrate/checksum.h"

static void
digest(const char *text, size_t len, uint8_t out[SHA256_DIGEST_LENGTH])
{
	SHA2_CTX ctx;

	SHA256Init(&ctx);
	SHA256Update(&ctx, (const uint8_t *)text, len);
	SHA256Final(out, &ctx);
}

static void
to_hex(const uint8_t *d, const char *format, char out[CHECKSUM_SIZE])
{
	size_t i, n = 0;

	for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
		n += (size_t)snprintf(out + n, CHECKSUM_SIZE - n, format, d[i]);
}

void
checksum(const char *text, size_t len, char out[CHECKSUM_SIZE])
{
	uint8_t d[SHA256_DIGEST_LENGTH];

	digest(text, len, d);
	to_hex(d, "%02x", out);
}

static int
matches(const char *stored, const char *text, size_t len)
{
	uint8_t d[SHA256_DIGEST_LENGTH];
	char hex[CHECKSUM_SIZE];

	digest(text, len, d);
	to_hex(d, strlen(stored) == CHECKSUM_SIZE - 1 ? "%02x" : "%x", hex);
	return strcmp(stored, hex) == 0;
}

static void
to_lf(struct buf *b, const char *text, size_t len)
{
	size_t i;

	buf_reserve(b, len);
	for (i = 0; i < len; i++)
		if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
			buf_addc(b, text[i]);
}

/* A plain replace, as Prisma's: CRLF becomes CR CR LF. */
static void
to_crlf(struct buf *b, const char *text, size_t len)
{
	size_t i;

	buf_reserve(b, len);
	for (i = 0; i < len; i++) {
		if (text[i] == '\n')
			buf_addc(b, '\r');
		buf_addc(b, text[i]);
	}
}

enum checksum_verdict
checksum_compare(const char *stored, const char *text, size_t len)
{
	struct buf b = BUF_INIT;
	int same;

	if (matches(stored, text, len))
		return CHECKSUM_SAME;
	to_lf(&b, text, len);
	same = matches(stored, buf_str(&b), b.len);
	if (!same) {
		buf_reset(&b);
		to_crlf(&b, text, len);
		same = matches(stored, buf_str(&b), b.len);
	}
	buf_free(&b);
	return same ? CHECKSUM_LINE_ENDS : CHECKSUM_EDITED;
}
