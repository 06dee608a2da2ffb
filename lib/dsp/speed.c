/* speed.c - a clip played faster or slower, its pitch with it. */
#include "dsp/speed.h"

#include "base/simd.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

enum { LEFT = SE_SPEED_TAPS / 2 - 1 }; /* taps before the place */

/* A sinc that passes what is below `cutoff` of half the sampling rate, in a
 * Hann window. */
static double kernel(double t, double cutoff)
{
    double half = SE_SPEED_TAPS / 2.0;
    double x = PI * cutoff * t;

    if (fabs(t) >= half)
        return 0;
    return (fabs(x) < 1e-9 ? 1 : sin(x) / x) * cutoff *
           (0.5 + 0.5 * cos(PI * t / half));
}

void se_speed_init(struct se_speed *speed, int step)
{
    double cutoff = fmin(1, (double)SE_SPEED_ONE / step);

    speed->step = step;
    if (step == SE_SPEED_ONE)
        return;
    for (int p = 0; p < SE_SPEED_ONE; p++)
        for (int k = 0; k < SE_SPEED_TAPS; k++)
            speed->taps[p][k] =
                (float)kernel(k - LEFT - (double)p / SE_SPEED_ONE, cutoff);
}

int64_t se_speed_length(const struct se_speed *speed, int64_t n_samples)
{
    return (n_samples * SE_SPEED_ONE + speed->step - 1) / speed->step;
}

/* As play_inside, where some of the taps meet nothing. */
static float play_edge(const float *taps, const int16_t *samples,
                       int64_t n_samples, int64_t at)
{
    float sum = 0;

    for (int k = 0; k < SE_SPEED_TAPS; k++)
        if (at + k >= 0 && at + k < n_samples)
            sum += taps[k] * (float)samples[at + k];
    return sum;
}

/* Eight sums side by side, so that the compiler may use vectors. */
static inline float play_inside(const float *restrict taps,
                                const int16_t *restrict samples)
{
    float sums[8];

    for (int k = 0; k < 8; k++)
        sums[k] =
            taps[k] * (float)samples[k] + taps[k + 8] * (float)samples[k + 8];
    for (int half = 4; half > 0; half /= 2)
        for (int k = 0; k < half; k++)
            sums[k] += sums[k + half];
    return sums[0];
}

SE_MULTIVERSION
void se_speed_play(const struct se_speed *speed, const int16_t *samples,
                   int64_t n_samples, int64_t first, float *out, int64_t n)
{
    if (speed->step == SE_SPEED_ONE) {
        for (int64_t i = 0; i < n; i++)
            out[i] = (float)samples[first + i];
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t place = (first + i) * speed->step;
        int64_t at = place / SE_SPEED_ONE - LEFT;
        const float *taps = speed->taps[place % SE_SPEED_ONE];

        out[i] = at >= 0 && at + SE_SPEED_TAPS <= n_samples
                     ? play_inside(taps, samples + at)
                     : play_edge(taps, samples, n_samples, at);
    }
}
