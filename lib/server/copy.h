#ifndef SERVER_COPY_H
#define SERVER_COPY_H

struct diag;

/*
 * Makes the folder `to' equal to `from': creates what is missing, writes over
 * what is there, removes what is too much.  Only folders and plain files.
 * To write over a file is much cheaper than to create one.  -1 also as soon
 * as stop_fd is readable.
 */
int copy_tree(const char *from, const char *to, int stop_fd, struct diag *);

#endif
