#ifndef SQL_LETTER_H
#define SQL_LETTER_H

/* What an identifier that is not quoted may begin with, and go on with: must
 * agree with scan.l. */
static inline int
sql_is_letter(unsigned char c)
{
	return c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

static inline int
sql_is_part(unsigned char c)
{
	return sql_is_letter(c) || (c >= '0' && c <= '9') || c == '$';
}

#endif
