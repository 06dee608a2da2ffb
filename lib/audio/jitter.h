/* jitter.h - how much sound waits before a loudspeaker, so that what comes in
 * bursts, and a burst that is late, leave no hole: as little as does.
 *
 * The least that waits when a burst comes is kept at `slack`. Where a burst was
 * so late that the loudspeaker ran dry all the same, slack doubles; where the
 * queue was longer than needed for a second, for two devices have two clocks,
 * what is too much is left out. A queue that drained slowly was the clocks',
 * too, and is filled again without more slack. */
#ifndef SE_AUDIO_JITTER_H
#define SE_AUDIO_JITTER_H

#include <stdint.h>

/* All counts are samples. Zeroed but for rate_hz it is at its beginning. */
struct se_jitter {
    int rate_hz;
    int64_t slack;
    int64_t least;    /* of the queue, in the second that runs ... */
    int64_t n_so_far; /* ... for so long, ... */
    int64_t before;   /* ... and in the one before */
    int is_filled;
};

/* What is seen when a burst is there. */
struct se_jitter_view {
    int64_t n;      /* its length, more than 0 */
    int64_t queued; /* what still waits before the loudspeaker */
    int64_t coming; /* what will follow at once */
    int64_t n_lost; /* what was missing since the last burst */
    int64_t block;  /* the most that either device gives or takes at a time */
};

/* Samples to leave out of the burst, up to n; or, negative, of silence to play
 * before it. */
int64_t se_jitter_update(struct se_jitter *jitter,
                         const struct se_jitter_view *view);

#endif
