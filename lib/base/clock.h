/* clock.h - how much time goes by, in seconds. */
#ifndef SE_BASE_CLOCK_H
#define SE_BASE_CLOCK_H

enum se_clock {
    SE_CLOCK_WALL,    /* monotonic; nobody sets it */
    SE_CLOCK_PROCESS, /* that all threads of the process worked */
    SE_CLOCK_THREAD   /* that the calling thread worked */
};

/* Only differences mean anything. */
double se_clock_s(enum se_clock clock);

#endif
