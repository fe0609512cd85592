#ifndef SERVER_TEMPLATE_H
#define SERVER_TEMPLATE_H

struct arena;
struct pg;
struct diag;
struct place;

/*
 * What initdb makes, cached, so that a throwaway server costs a copy only:
 *   BASE/template-VERSION-LAYOUT/data	    the template
 *   BASE/template-VERSION-LAYOUT/spare-…   copies of it, ready to be used
 * A spare is the data folder of a server that is gone, made equal to the
 * template again: more than a thousand files need not be created and removed
 * for each server.
 */
struct template {
	const char *dir, *data;
};

/* Makes it if there is none; waits while another process makes it. */
int template_open(struct arena *, const struct place *,
    const struct pg *, int stop_fd, struct template *, struct diag *);

/* A fresh data folder, by that name. */
int template_take(const struct template *, const char *data, int stop_fd,
    struct diag *);

/* Gives a data folder, which nobody uses any more, back; or removes it. */
void template_give(const struct template *, const char *data);

#endif
