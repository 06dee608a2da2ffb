/* convert.c - kinds of samples. */
#include "dsp/convert.h"

#include <math.h>
#include <stddef.h>

void se_to_int16(int16_t *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float steps = rintf(x[i] * 32768.0f);

        steps = steps < 32767.0f ? steps : 32767.0f;
        y[i] = (int16_t)(steps > -32768.0f ? steps : -32768.0f);
    }
}

void se_from_int16(float *y, const int16_t *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = (float)x[i] * 0x1p-15f;
}

static void mean(float *mono, const float *samples, int64_t n_frames,
                 int channels)
{
    for (int64_t i = 0; i < n_frames; i++) {
        float sum = 0.0f;

        for (int c = 0; c < channels; c++)
            sum += samples[i * channels + c];
        mono[i] = sum / (float)channels;
    }
}

void se_pick_channel(float *mono, const float *samples, int64_t n_frames,
                     int channel, int channels)
{
    if (channel < 0) {
        mean(mono, samples, n_frames, channels);
        return;
    }
    for (int64_t i = 0; i < n_frames; i++)
        mono[i] = samples[i * channels + channel];
}

/* How much of the past the correlation of channels looks at, in samples, and
 * the fewest that say anything. */
static const double downmix_kept = 1 << 18, downmix_least = 160;

/* Adds up what two channels have in common. */
static void correlate(struct se_downmix *downmix, const float *samples,
                      int64_t n_frames, int channels)
{
    double keep = downmix->n + (double)n_frames > downmix_kept
                      ? fmax(0, 1 - (double)n_frames / downmix_kept)
                      : 1;

    for (int a = 0; a < channels; a++) {
        double level = 0;

        for (int64_t i = 0; i < n_frames; i++)
            level += (double)samples[i * channels + a];
        downmix->sums[a] = keep * downmix->sums[a] + level;
        for (int b = 0; b <= a; b++) {
            double sum = 0;

            for (int64_t i = 0; i < n_frames; i++)
                sum += (double)samples[i * channels + a] *
                       (double)samples[i * channels + b];
            downmix->products[a][b] = keep * downmix->products[a][b] + sum;
        }
    }
    downmix->n = keep * downmix->n + (double)n_frames;
}

static double covariance(const struct se_downmix *downmix, int a, int b)
{
    return downmix->products[a][b] -
           downmix->sums[a] * downmix->sums[b] / downmix->n;
}

static double correlation(const struct se_downmix *downmix, int a, int b)
{
    double power = covariance(downmix, a, a) * covariance(downmix, b, b);

    return power > 0 ? covariance(downmix, a, b) / sqrt(power) : 0;
}

/* Gives channel a the sign that the one before it has which it is most like,
 * or the other; where it is like none, that stays. The fewer samples, the more
 * may be chance. */
static void choose_sign(struct se_downmix *downmix, int a)
{
    double sure = 0.3 + 0.6 * sqrt(downmix_least / downmix->n), most = 0;
    int like = 0;

    for (int b = 0; b < a; b++) {
        double r = correlation(downmix, a, b);

        if (fabs(r) > fabs(most)) {
            most = r;
            like = b;
        }
    }
    if (fabs(most) > sure)
        downmix->is_negative[a] =
            (signed char)(downmix->is_negative[like] ^ (most < 0));
}

void se_downmix_learn(struct se_downmix *downmix, const float *samples,
                      int64_t n_frames, int channels)
{
    if (channels < 2 || channels > SE_DOWNMIX_CHANNELS)
        return;
    correlate(downmix, samples, n_frames, channels);
    for (int a = 1; a < channels && downmix->n >= downmix_least; a++)
        choose_sign(downmix, a);
}

int se_downmix_inverted(const struct se_downmix *downmix, int *first)
{
    int n = 0;

    for (int c = SE_DOWNMIX_CHANNELS - 1; c >= 0; c--) {
        if (!downmix->is_negative[c])
            continue;
        n++;
        if (first)
            *first = c;
    }
    return n;
}

void se_downmix(struct se_downmix *downmix, float *mono, const float *samples,
                int64_t n_frames, int channels)
{
    se_downmix_learn(downmix, samples, n_frames, channels);
    if (se_downmix_inverted(downmix, NULL) == 0) {
        mean(mono, samples, n_frames, channels);
        return;
    }
    for (int64_t i = 0; i < n_frames; i++) {
        float sum = 0.0f;

        for (int c = 0; c < channels; c++)
            sum += downmix->is_negative[c] ? -samples[i * channels + c]
                                           : samples[i * channels + c];
        mono[i] = sum / (float)channels;
    }
}
