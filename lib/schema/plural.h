#ifndef SCHEMA_PLURAL_H
#define SCHEMA_PLURAL_H

struct arena;

/* "user_data", "UserData" -> "userData" */
const char *name_camel(struct arena *, const char *name);
/* "user" -> "users", "person" -> "people" */
const char *name_plural(struct arena *, const char *name);

#endif
