/* pieces.h - noise put together from pieces of recordings, no two of them
 * alike. */
#ifndef SE_MIX_PIECES_H
#define SE_MIX_PIECES_H

#include "mix/source.h"

struct se_pieces {
    const struct se_source *source;
    double max_speed;
    double level_db; /* about, over a mean square of 1 */
};

/* Adds noise from the clips of one group that the source draws: one to three
 * layers of pieces. A layer has a speed (1, or up to max_speed more or less)
 * and a colour of its own; a piece has its own place in a clip, level, swell
 * and direction. Clips shorter than 1.5 s are used whole, with pauses. layer[n]
 * is scratch. */
void se_pieces_add(float *out, float *layer, int64_t n,
                   const struct se_pieces *pieces, struct se_rng *rng);

#endif
