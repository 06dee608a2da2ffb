/* piece.h - part of a clip, as it plays. */
#ifndef SE_MIX_PIECE_H
#define SE_MIX_PIECE_H

#include "mix/source.h"

struct se_piece {
    const struct se_clip *clip;
    const struct se_speed *speed;
    int64_t first, length; /* samples of the clip at that speed */
    int backwards;
    int fade;      /* samples, at both ends */
    float gain[2]; /* at its beginning and its end */
};

/* Adds the piece so that its sample 0 falls on out[at], perhaps before out[0].
 */
void se_piece_add(float *out, int64_t n, int64_t at,
                  const struct se_piece *piece);

#endif
