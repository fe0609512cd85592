/* Brackets of an expression, as the server's scanner sees them. */
#include <string.h>

#include "base/diag.h"
#include "sql/expression.h"
#include "sql/scan.h"

int
expression_check(const char *text, size_t *offset, struct diag *d)
{
	const char *s, *next, *open = NULL;
	int depth = 0, any = 0;

	for (s = text; *s != '\0'; s = next) {
		*offset = (size_t)(s - text);
		next = sql_token(s);
		if (next == NULL)
			return diag_set(d, "what begins here has no end");
		if (*s == '(' && depth++ == 0)
			open = s;
		if (*s == ';' || (*s == ')' && depth-- == 0))
			return diag_set(d, "'%c' does not belong here", *s);
		any |= strchr(" \t\n\r\f\v", *s) == NULL &&
		    strncmp(s, "--", 2) != 0 && strncmp(s, "/*", 2) != 0;
	}
	*offset = depth > 0 ? (size_t)(open - text) : 0;
	if (depth > 0)
		return diag_set(d, "this '(' is not closed");
	return any ? 0 : diag_set(d, "there is nothing in it");
}
