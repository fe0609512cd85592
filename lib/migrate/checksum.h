#ifndef MIGRATE_CHECKSUM_H
#define MIGRATE_CHECKSUM_H

#include <stddef.h>

#define CHECKSUM_SIZE 65 /* 64 hexadecimal digits and a NUL */

/* Lower-case hex SHA-256, as _prisma_migrations.checksum has it. */
void checksum(const char *text, size_t len, char out[CHECKSUM_SIZE]);

enum checksum_verdict {
	CHECKSUM_SAME,
	CHECKSUM_LINE_ENDS, /* the same but for LF and CRLF */
	CHECKSUM_EDITED
};

/*
 * Compares a stored checksum with a text as Prisma does: line ends do not
 * count; a stored one that is not 64 long was written, by old versions,
 * without the leading zero of each byte.
 */
enum checksum_verdict checksum_compare(const char *stored, const char *text,
    size_t len);

#endif
