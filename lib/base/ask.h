#ifndef BASE_ASK_H
#define BASE_ASK_H

struct buf;
struct diag;

/*
 * Asks on /dev/tty.  1: yes; 0: anything else; -1: there is no terminal, and
 * diag names the option (as "--force") that answers; or a signal.
 */
int ask(const char *question, const char *option, struct diag *);

/*
 * Asks for a line.  1: it is in the empty buf, which stays empty where
 * nobody answers; 0: there is no terminal; -1: a signal.
 */
int ask_line(const char *question, struct buf *);

#endif
