/* capture.h - what records a mixture: a microphone, and a device behind it.
 *
 * Linear effects of a device are in the target as well, which is the speech as
 * the device would have recorded it alone: a net need not undo them. What only
 * the mixture causes (saturation, coarse samples) is not: it is to be removed
 * like noise. */
#ifndef SE_MIX_CAPTURE_H
#define SE_MIX_CAPTURE_H

#include "dsp/biquad.h"

enum { SE_MICROPHONE_SECTIONS = 4 + SE_LOWPASS_SECTIONS };

/* A smooth response. */
struct se_microphone {
    struct se_biquad sections[SE_MICROPHONE_SECTIONS];
    int n;
};

/* One to three broad peaks or dips of up to 9 dB; half of them have no lows
 * (from 50 to 400 Hz down), a quarter no highs (from 3 to 7.5 kHz up). */
void se_microphone_draw(struct se_microphone *microphone, struct se_rng *rng);

/* Filters in place, starting from rest. */
void se_microphone_apply(const struct se_microphone *microphone, float *samples,
                         int64_t n);

/* A device of one to three of these: a gain that follows the level of the noisy
 * signal (both signals get it), a telephone's band (both), and for the noisy
 * signal soft saturation, the logarithmic samples of ITU-T G.711, or linear
 * ones of 7 to 11 bits. */
void se_device_apply(float *noisy, float *clean, int64_t n, struct se_rng *rng);

#endif
