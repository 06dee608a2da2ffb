/* convert.h - samples as floats and as 16-bit integers, channels apart and
 * together. Floats have full scale 1, integers 32768. */
#ifndef SE_DSP_CONVERT_H
#define SE_DSP_CONVERT_H

#include <stdint.h>

/* y[n]: rounded to the nearest, halves to even, and clamped. */
void se_to_int16(int16_t *y, const float *x, int64_t n);

/* y[n]: exact. */
void se_from_int16(float *y, const int16_t *x, int64_t n);

/* mono[n_frames]: one channel of samples[n_frames][channels], or their mean
 * (channel < 0); in place is fine. */
void se_pick_channel(float *mono, const float *samples, int64_t n_frames,
                     int channel, int channels);

/* The mean of channels, block after block, of which one may be the other's
 * negative, as a balanced microphone gives on a stereo jack: their mean would
 * be silence. Zeroed at the start. */
struct se_downmix {
    double power[2], product; /* sums so far of the first two channels */
    int64_t n;
    int is_inverted; /* of two channels the second is taken with the other sign:
                        their correlation is below -0.9 */
};

/* mono[n_frames] of samples[n_frames][channels]; in place is fine. */
void se_downmix(struct se_downmix *downmix, float *mono, const float *samples,
                int64_t n_frames, int channels);

/* What se_downmix learns from these samples, without mixing. */
void se_downmix_learn(struct se_downmix *downmix, const float *samples,
                      int64_t n_frames, int channels);

#endif
