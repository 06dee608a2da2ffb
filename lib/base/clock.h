/* clock.h - time that has passed, in seconds. */
#ifndef SE_BASE_CLOCK_H
#define SE_BASE_CLOCK_H

enum se_clock {
    SE_CLOCK_WALL,    /* monotonic, never set */
    SE_CLOCK_PROCESS, /* processor time of all threads of the process */
    SE_CLOCK_THREAD   /* processor time of the calling thread */
};

/* Only differences mean anything. */
double se_clock_s(enum se_clock clock);

#endif
