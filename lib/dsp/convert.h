/* convert.h - samples as floats and as 16-bit integers, one channel of several,
 * or their mean. Full scale is 1 in floats and 32768 in integers. */
#ifndef SE_DSP_CONVERT_H
#define SE_DSP_CONVERT_H

#include <stdint.h>

enum { SE_DOWNMIX_CHANNELS = 64 };

/* y[n]: rounded to the nearest, halves to even, and clamped. */
void se_to_int16(int16_t *y, const float *x, int64_t n);

/* y[n]: exact. */
void se_from_int16(float *y, const int16_t *x, int64_t n);

/* mono[n_frames]: one channel of samples[n_frames][channels], or their mean
 * (channel < 0); in place is fine. */
void se_pick_channel(float *mono, const float *samples, int64_t n_frames,
                     int channel, int channels);

/* The mean of channels, block after block, of which some may be the negative of
 * others, as a balanced microphone gives on a stereo jack: their plain mean
 * would be silence. Zeroed at the start. */
struct se_downmix {
    /* Sums of products of two channels, the first not before the second; what
     * lies far back counts less. */
    double products[SE_DOWNMIX_CHANNELS][SE_DOWNMIX_CHANNELS];
    double sums[SE_DOWNMIX_CHANNELS];
    double n;                                     /* samples in these */
    signed char is_negative[SE_DOWNMIX_CHANNELS]; /* taken with the other sign:
                                       correlation with the channel before it
                                       that it is most like is negative */
};

/* mono[n_frames] of samples[n_frames][channels]; in place is fine. */
void se_downmix(struct se_downmix *downmix, float *mono, const float *samples,
                int64_t n_frames, int channels);

/* What se_downmix learns from these samples, without mixing. */
void se_downmix_learn(struct se_downmix *downmix, const float *samples,
                      int64_t n_frames, int channels);

/* The channels that are taken with the other sign now: how many, and the first
 * of them in *first (may be NULL). */
int se_downmix_inverted(const struct se_downmix *downmix, int *first);

#endif
