#ifndef MIGRATE_SLUG_H
#define MIGRATE_SLUG_H

struct arena;

/*
 * What of a name goes into that of a folder, as Prisma's CLI makes it:
 * "Add user's e-mail" is "add_users_e_mail".  At most 200 bytes; "" where
 * nothing is left.
 */
char *slug(struct arena *, const char *name);

#endif
