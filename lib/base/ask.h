#ifndef BASE_ASK_H
#define BASE_ASK_H

struct buf;
struct diag;

/*
 * Asks on /dev/tty.  1: yes; 0: no; -1: there is no terminal, or nobody
 * answered; diag says so and names the option (as "--force") that answers.
 */
int ask(const char *question, const char *option, struct diag *);

/*
 * Asks for a line.  1: it is in the empty buf; 0: there is no terminal, or
 * nobody answered; -1: a signal.
 */
int ask_line(const char *question, struct buf *);

#endif
