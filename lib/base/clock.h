#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* Seconds on a clock that only goes forward; for differences. */
double clock_now(void);

#endif
