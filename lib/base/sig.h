#ifndef BASE_SIG_H
#define BASE_SIG_H

/*
 * The one place that calls sigaction.  INT, TERM and HUP set a flag; whoever
 * waits also watches sig_fd(), which becomes readable then.  The main loop
 * ends its work in order, and sig_end() dies of the signal for real, so that
 * the caller sees status 128+n.  Standard descriptors that are closed are
 * opened, lest they become a socket.
 */
void sig_init(void);
/* The signal that arrived, or 0. */
int sig_pending(void);
/* How many have arrived so far: a second one is meant. */
int sig_count(void);
/* Did the last one come from the terminal, and so to our children as well? */
int sig_by_terminal(void);
/* Readable when a signal has arrived; -1 before sig_init(). */
int sig_fd(void);
/*
 * For a program that tells how far it is when asked by SIGUSR1, as dd does:
 * that signal ends no wait and is none of the above.  How many have come
 * since this was last asked.
 */
void sig_catch_usr1(void);
int sig_usr1(void);
/* Writers to children ignore SIGPIPE and look at the child's status. */
void sig_ignore_pipe(void);
/*
 * For a process that outlives its maker: INT, TERM and HUP pass it by, its
 * children get the default again, and sig_fd() is -1.
 */
void sig_ignore(void);
/* Default handlers again: for a child between fork and exec. */
void sig_reset(void);
/* If a signal has arrived: flush nothing, raise it again.  Else returns. */
void sig_end(void);

#endif
