#ifndef SCHEMA_LETTER_H
#define SCHEMA_LETTER_H

#include <stddef.h>

/*
 * The length of the letter (any of Unicode's) that the text begins with, or
 * 0.  The text ends with a NUL byte.
 */
size_t letter_length(const char *);

/* The same for white space: a tab or a space of any width. */
size_t blank_length(const char *);

/* Moves the ends of a text over what is white, line ends too. */
void white_trim_start(const char **start, const char *end);
void white_trim(const char **start, const char **end);

#endif
