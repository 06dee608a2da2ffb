/* clock.c - the system's clocks in seconds. */
#include "base/clock.h"

#include <time.h>

double se_clock_s(enum se_clock clock)
{
    static const clockid_t ids[] = {
        [SE_CLOCK_WALL] = CLOCK_MONOTONIC,
        [SE_CLOCK_PROCESS] = CLOCK_PROCESS_CPUTIME_ID,
        [SE_CLOCK_THREAD] = CLOCK_THREAD_CPUTIME_ID,
    };
    struct timespec now;

    clock_gettime(ids[clock], &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
