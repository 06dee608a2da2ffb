/* jitter.h - the length of the queue before a loudspeaker (a jitter buffer): as
 * short as it can be without a gap when a burst of sound comes late.
 *
 * What is left in the queue when a burst comes is kept at `slack` or more. When
 * a burst was so late that the loudspeaker ran dry, slack doubles. When the
 * queue was longer than needed for a whole second, for two devices have two
 * clocks, the excess is dropped; one that those clocks drained slowly is filled
 * again without more slack. */
#ifndef SE_LIVE_JITTER_H
#define SE_LIVE_JITTER_H

#include <stdint.h>

/* Counts are samples. Zeroed but for rate_hz: nothing has come yet. */
struct se_jitter {
    int rate_hz;
    int64_t slack;
    int64_t least;    /* left in the queue in this second, ... */
    int64_t n_so_far; /* ... of which so many samples have come */
    int64_t before;   /* `least` of the second before */
    int is_filled;    /* after the first burst */
};

/* The state when a burst has come. */
struct se_jitter_view {
    int64_t n;      /* its length, more than 0 */
    int64_t queued; /* left in the queue */
    int64_t coming; /* that follow at once */
    int64_t n_lost; /* missing since the last burst: the queue was empty */
    int64_t block;  /* the most that either device gives or takes at a time */
};

/* Returns how many samples of the burst to drop, up to n; if negative, how many
 * of silence to play before it. */
int64_t se_jitter_update(struct se_jitter *jitter,
                         const struct se_jitter_view *view);

#endif
