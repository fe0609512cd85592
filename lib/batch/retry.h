#ifndef BATCH_RETRY_H
#define BATCH_RETRY_H

struct diag;

/*
 * Errors that pass: a lock that was not to be had in time, a deadlock, a
 * serialization failure, a statement that took too long.
 */
enum retry {
	RETRY_NOT,
	RETRY_SOON,	/* somebody else was in the way */
	RETRY_SMALLER	/* it took too long */
};
enum retry retry_what(const struct diag *);
/* Seconds to wait before the n-th retry, from 1: grows up to a second, and is
 * never twice the same. */
double retry_after(int n);

#endif
