/* speed.h - a clip played faster or slower, its pitch with it.
 *
 * A windowed sinc over 16 samples, tabulated for the 256 places between two
 * samples that a speed in 256ths can meet (J. O. Smith, "Digital Audio
 * Resampling", ccrma.stanford.edu/~jos/resample). */
#ifndef SE_DSP_SPEED_H
#define SE_DSP_SPEED_H

#include <stdint.h>

enum { SE_SPEED_ONE = 256, SE_SPEED_TAPS = 16 };

struct se_speed {
    int step; /* 256ths of a sample of the clip to a sample of the output;
                 SE_SPEED_ONE: the clip as it is, without taps */
    float taps[SE_SPEED_ONE][SE_SPEED_TAPS];
};

/* step 1 to 4 * SE_SPEED_ONE. Faster than the clip, what would fold back from
 * above half the sampling rate is filtered out. */
void se_speed_init(struct se_speed *speed, int step);

/* Samples that a clip of n_samples plays for. */
int64_t se_speed_length(const struct se_speed *speed, int64_t n_samples);

struct se_speed_clip {
    const struct se_speed *speed;
    const int16_t *samples;
    int64_t n_samples;
};

/* out[i] = sample first + i of the clip so played, i < n; in the units of
 * `samples`, silence beyond its ends. */
void se_speed_play(const struct se_speed_clip *clip, float *out, int64_t first,
                   int64_t n);

#endif
