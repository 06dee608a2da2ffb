/* taps.h - filters over frames: from a net's taps to the gain of a frame.
 *
 * With `len_filter` L above 1, a net's outputs are not a mask but L taps for
 * each bin, oldest frame first: a filter over the amplitudes of the newest L
 * frames. With `len_lookahead` D, what it estimates is the frame D before the
 * newest,
 *     e = sum over i of tap[i] * A[i],   i = 0 .. L - 1
 * and all that follows (losses, metrics, output) sees the gain that this makes
 * of the frame's own amplitude: g = e / A[L - 1 - D], limited to 0..1
 * (nn/limit.h). A plain mask, L = 1, may look ahead as well: its frame is D
 * before the newest. */
#ifndef SE_NN_TAPS_H
#define SE_NN_TAPS_H

#include "base/real.h"

/* The least amplitude, of samples with full scale 1: so the gain of digital
 * silence, as before the first frame, is the sum of the taps. As in the
 * original project. */
#define SE_TAPS_FLOOR 0x1p-15

struct se_taps {
    int n;         /* L */
    int lookahead; /* D; below L if L > 1 */
};

/* Frames to filter: the filter of frame t goes over the amplitudes t ..
 * t + L - 1, so that L - 1 frames of history stand in front. */
struct se_taps_block {
    int frames, rows, bins;
    const se_real *amplitudes; /* [L - 1 + frames][rows][bins] */
};

/* gain[frames][rows][bins] from taps[frames][rows][L][bins]. */
void se_taps_gain(se_real *gain, const struct se_taps *shape,
                  const se_real *taps, const struct se_taps_block *block);

/* d_taps from d_gain, both of the shapes above, through the limits as in
 * nn/limit.h; d_gain is overwritten. */
void se_taps_backward(se_real *d_taps, const struct se_taps *shape,
                      se_real *d_gain, const se_real *gain,
                      const struct se_taps_block *block);

#endif
