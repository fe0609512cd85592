#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

struct buf;

/*
 * The number of leading bytes that are well-formed UTF-8 (RFC 3629: no
 * overlong forms, no surrogates, nothing above U+10FFFF), as PostgreSQL
 * checks it.  Equal to n: all of it is.
 */
size_t utf8_valid_prefix(const char *, size_t n);

/*
 * The byte offset of the nth character (from 0), or n where there are
 * fewer: server error positions count characters.
 */
size_t utf8_offset(const char *, size_t n, size_t nth);

/*
 * Appends text for people: control characters, which would steer a terminal,
 * become '?'; newlines and tabs stay.
 */
void utf8_plain(struct buf *, const char *);

#endif
