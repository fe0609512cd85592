#ifndef BASE_LIKE_H
#define BASE_LIKE_H

/* Do two names differ in case and underscores only, as "first_name" and
 * "firstName" do? */
int name_is_like(const char *, const char *);

#endif
