/* drift.h - when to leave a hop out, so that sound does not come later and
 * later.
 *
 * Two devices have two clocks, and what was late once would stay late for ever:
 * a queue between them that was never as short as it should be, for a second,
 * is longer than anything needs it to be. */
#ifndef SE_AUDIO_DRIFT_H
#define SE_AUDIO_DRIFT_H

#include <stdint.h>

enum { SE_DRIFT_HOPS = 100 }; /* that are watched before one is left out */

/* Zeroed but for `enough`, it begins to watch. */
struct se_drift {
    int64_t enough; /* the longest queue that is needed, samples */
    int64_t least;  /* the shortest of the queue in n_hops hops */
    int n_hops;
};

/* Call it for each hop with the length of the queue; returns whether to leave
 * that hop out. */
static inline int se_drift_update(struct se_drift *drift, int64_t queued)
{
    if (drift->n_hops == 0 || queued < drift->least)
        drift->least = queued;
    if (++drift->n_hops < SE_DRIFT_HOPS)
        return 0;
    drift->n_hops = 0;
    return drift->least > drift->enough;
}

#endif
