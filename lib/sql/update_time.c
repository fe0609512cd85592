/* Constants that are another date or time each day: 'now', 'today'. */
#include <string.h>

#include "sql/update_priv.h"

int
update_is_time(const char *type)
{
	static const char *const name[] = { "date", "time", "timetz",
		"timestamp", "timestamptz", "daterange", "tsrange",
		"tstzrange", "datemultirange", "tsmultirange",
		"tstzmultirange" };
	size_t i;

	type += *type == '_'; /* a list of them */
	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (strcmp(name[i], type) == 0)
			return 1;
	return 0;
}

/* As the server's DecodeDateTime() has them, which takes them in any letters
 * and beside others: 'Tomorrow 12:00'. */
int
update_is_moment(const char *text)
{
	static const char *const word[] = { "now", "today", "tomorrow",
		"yesterday" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t i, n;

	for (; *text != '\0'; text += n) {
		text += strcspn(text, letters);
		n = strspn(text, letters);
		for (i = 0; i < sizeof(word) / sizeof(word[0]); i++)
			if (n == strlen(word[i]) &&
			    strncasecmp(text, word[i], n) == 0)
				return 1;
	}
	return 0;
}

int
update_makes_time(const char *key, const json_t *node)
{
	const json_t *names = NULL;
	const char *last = NULL;

	if (strcmp(key, "TypeCast") == 0)
		names = json_object_get(json_object_get(node, "typeName"),
		    "names");
	else if (strcmp(key, "FuncCall") == 0)
		names = json_object_get(node, "funcname");
	if (json_array_size(names) > 0)
		last = json_string_value(json_object_get(update_node(
		    json_array_get(names, json_array_size(names) - 1),
		    "String"), "sval"));
	return last != NULL && update_is_time(last);
}
