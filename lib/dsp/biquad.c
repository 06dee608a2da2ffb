/* biquad.c - filter design and a vectorised second-order recursion. */
#include "dsp/biquad.h"

#include "base/simd.h"
#include "dsp/stft.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 512, PAST = 8 };

void se_biquad_random(struct se_biquad *biquad, struct se_rng *rng)
{
    double limit = 3.0 / 8;

    biquad->b[0] = 1;
    biquad->b[1] = se_rng_uniform(rng, -limit, limit);
    biquad->b[2] = se_rng_uniform(rng, -limit, limit);
    biquad->a[0] = se_rng_uniform(rng, -limit, limit);
    biquad->a[1] = se_rng_uniform(rng, -limit, limit);
}

/* Formulas for low-pass, high-pass and peak: R. Bristow-Johnson, "Cookbook
 * formulae for audio EQ biquad filter coefficients". */
void se_biquad_lowpass(struct se_biquad sections[SE_LOWPASS_SECTIONS],
                       double cutoff_hz)
{
    double w = 2 * M_PI * cutoff_hz / SE_RATE_HZ;

    for (int i = 0; i < SE_LOWPASS_SECTIONS; i++) {
        /* alpha = sin w / (2 Q), 1 / (2 Q) = sin((2 i + 1) pi / 12). */
        double alpha = sin(w) * sin((2 * i + 1) * M_PI / 12);
        double b = (1 - cos(w)) / 2 / (1 + alpha);

        sections[i] = (struct se_biquad){
            {b, 2 * b, b},
            {-2 * cos(w) / (1 + alpha), (1 - alpha) / (1 + alpha)}};
    }
}

void se_biquad_highpass(struct se_biquad *biquad, double cutoff_hz)
{
    double w = 2 * M_PI * cutoff_hz / SE_RATE_HZ;
    double alpha = sin(w) * sqrt(0.5), b = (1 + cos(w)) / 2 / (1 + alpha);

    *biquad = (struct se_biquad){
        {b, -2 * b, b}, {-2 * cos(w) / (1 + alpha), (1 - alpha) / (1 + alpha)}};
}

void se_biquad_peak(struct se_biquad *biquad, double hz, double q,
                    double gain_db)
{
    double w = 2 * M_PI * hz / SE_RATE_HZ, alpha = sin(w) / (2 * q);
    double amplitude = pow(10, gain_db / 40), a0 = 1 + alpha / amplitude;

    *biquad =
        (struct se_biquad){{(1 + alpha * amplitude) / a0, -2 * cos(w) / a0,
                            (1 - alpha * amplitude) / a0},
                           {-2 * cos(w) / a0, (1 - alpha / amplitude) / a0}};
}

/* J. O. Smith, H. F. Smith, "Closed form fractional integration and
 * differentiation via real exponentially spaced pole-zero pairs" (2016). */
void se_biquad_tilt(struct se_biquad sections[SE_TILT_SECTIONS], double slope)
{
    int n = 2 * SE_TILT_SECTIONS;
    double lowest_hz = 20, ratio = pow(SE_RATE_HZ / 2 / lowest_hz, 1.0 / n);

    for (int i = 0; i < n; i += 2) {
        double pole[2], zero[2];

        for (int j = 0; j < 2; j++) {
            double hz = lowest_hz * pow(ratio, i + j);

            pole[j] = exp(-2 * M_PI * hz / SE_RATE_HZ);
            zero[j] = exp(-2 * M_PI * hz * pow(ratio, slope) / SE_RATE_HZ);
        }
        sections[i / 2] =
            (struct se_biquad){{1, -zero[0] - zero[1], zero[0] * zero[1]},
                               {-pole[0] - pole[1], pole[0] * pole[1]}};
    }
}

/* The filter with numerator and denominator both multiplied by
 * A(-z) A(iz) A(-iz): the recursion then reaches back 4 and 8 samples only, so
 * that four samples are computed at once. */
struct lookahead {
    float fir[PAST + 1];
    float back4, back8;
};

static struct lookahead expand(const struct se_biquad *biquad)
{
    double a1 = biquad->a[0], a2 = biquad->a[1];
    double c1 = 2 * a2 - a1 * a1, c2 = a2 * a2; /* A(z) A(-z) in z^-2 */
    double minus[3] = {1, -a1, a2}, around[3] = {1, -c1, c2};
    double fir[PAST + 1] = {0};
    struct lookahead wide;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                fir[i + j + 2 * k] += biquad->b[i] * minus[j] * around[k];
    for (int i = 0; i <= PAST; i++)
        wide.fir[i] = (float)fir[i];
    wide.back4 = (float)(c1 * c1 - 2 * c2);
    wide.back8 = (float)(-c2 * c2);
    return wide;
}

/* x, y: [-8..-1] past, [0..BLOCK-1] this block */
SE_MULTIVERSION
static void filter_block(const struct lookahead *wide, float *restrict y,
                         const float *restrict x)
{
    const float *fir = wide->fir;
    float back4 = wide->back4, back8 = wide->back8;

    for (int i = 0; i < BLOCK; i++) {
        float even = fir[0] * x[i] + fir[2] * x[i - 2] + fir[4] * x[i - 4] +
                     fir[6] * x[i - 6] + fir[8] * x[i - 8];
        float odd = fir[1] * x[i - 1] + fir[3] * x[i - 3] + fir[5] * x[i - 5] +
                    fir[7] * x[i - 7];

        y[i] = even + odd;
    }
    for (int i = 0; i < BLOCK; i += 4)
        for (int j = i; j < i + 4; j++)
            y[j] = (y[j] + back8 * y[j - 8]) + back4 * y[j - 4];
}

void se_biquad_apply(const struct se_biquad *biquad, float *samples, int64_t n)
{
    struct lookahead wide = expand(biquad);
    float x[PAST + BLOCK] = {0}, y[PAST + BLOCK] = {0};

    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t now = n - i < BLOCK ? n - i : BLOCK;

        memcpy(x + PAST, samples + i, (size_t)now * sizeof *x);
        memset(x + PAST + now, 0, (size_t)(BLOCK - now) * sizeof *x);
        filter_block(&wide, y + PAST, x + PAST);
        memcpy(samples + i, y + PAST, (size_t)now * sizeof *y);
        memcpy(x, x + BLOCK, PAST * sizeof *x);
        memcpy(y, y + BLOCK, PAST * sizeof *y);
    }
}
