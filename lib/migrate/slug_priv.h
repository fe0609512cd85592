#ifndef MIGRATE_SLUG_PRIV_H
#define MIGRATE_SLUG_PRIV_H

/* Shared by slug.c and slug_table.c. */

/* What to write for each of these characters; ends with NULL. */
struct slug_row {
	const char *text, *letters;
};
extern const struct slug_row slug_row[];

/* Code points of which nothing is left; ends with 0. */
struct slug_range {
	unsigned first, last;
};
extern const struct slug_range slug_nothing[];

#endif
