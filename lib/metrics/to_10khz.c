/* to_10khz.c - polyphase resampling by 5/8. */
#include "metrics/to_10khz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    UP = 5,
    DOWN = 8,
    LANES = 8,         /* partial sums that fit vector registers */
    REACH = 58,        /* input samples either side: HALF_LENGTH / UP */
    HALF_LENGTH = 290, /* ceil((60 - 8) / (28.714 * ROLL_OFF)) */
    TAPS = 120,        /* 2 * REACH + 1, up to whole lanes */
};

/* Of the rate between, UP * 16 kHz: the stop band begins at 5 kHz. */
static const double stop_band = 1.0 / (2 * DOWN);

/* I0(x) by its series; x <= 6 here, where 40 terms leave no error. */
static double bessel_i0(double x)
{
    double term = 1, sum = 1;

    for (int k = 1; k < 40; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* Kaiser-windowed sinc at t = -HALF_LENGTH..HALF_LENGTH, not yet scaled. */
static double filter_at(int t)
{
    static const double beta = 0.1102 * (60 - 8.7); /* Kaiser, for 60 dB */
    double r = (double)t / HALF_LENGTH;
    double x = 2 * M_PI * stop_band * t;

    if (t < -HALF_LENGTH || t > HALF_LENGTH)
        return 0;
    return bessel_i0(beta * sqrt(1 - r * r)) * (t == 0 ? 1 : sin(x) / x);
}

/* Tap j of phase r weighs the input sample j - REACH from the one at or before
 * the output sample, which is r / UP samples late: t = r - UP (j - REACH). */
static void make_taps(float taps[UP][TAPS])
{
    double sum = 0;

    for (int t = -HALF_LENGTH; t <= HALF_LENGTH; t++)
        sum += filter_at(t);
    for (int r = 0; r < UP; r++) {
        for (int j = 0; j < TAPS; j++)
            taps[r][j] = (float)(UP * filter_at(r - UP * (j - REACH)) / sum);
    }
}

static float dot(const float *x, const float *y)
{
    float lane[LANES] = {0}, sum = 0;

    for (int i = 0; i < TAPS; i += LANES) {
        for (int l = 0; l < LANES; l++)
            lane[l] += x[i + l] * y[i + l];
    }
    for (int l = 0; l < LANES; l++)
        sum += lane[l];
    return sum;
}

int se_to_10khz(float **out, int64_t *n_out, const float *in, int64_t n,
                struct se_report *report)
{
    int64_t count = (n * UP + DOWN - 1) / DOWN;
    float *padded = calloc((size_t)n + REACH + TAPS, sizeof *padded);
    float taps[UP][TAPS];

    *out = malloc(((size_t)count + 1) * sizeof **out);
    if (!padded || !*out) {
        free(padded);
        free(*out);
        *out = NULL;
        return se_fail_memory(report, "resampling to 10 kHz");
    }
    make_taps(taps);
    memcpy(padded + REACH, in, (size_t)n * sizeof *in);
    for (int64_t m = 0; m < count; m++)
        (*out)[m] = dot(taps[m * DOWN % UP], padded + m * DOWN / UP);
    *n_out = count;
    free(padded);
    return SE_OK;
}
