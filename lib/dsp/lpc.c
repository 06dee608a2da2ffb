/* lpc.c - Levinson-Durbin recursion, and the recursive filter that it gives. */
#include "dsp/lpc.h"

#include "base/simd.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 1024, LANES = 16 };

static const double FLOOR = 1e-6; /* of the power */

/* Adds what a block of n windowed samples after SE_LPC_ORDER earlier ones gives
 * to the autocorrelation. */
SE_MULTIVERSION
static void correlate(double sums[SE_LPC_ORDER + 1], const float *x, int n)
{
    for (int lag = 0; lag <= SE_LPC_ORDER; lag++) {
        float lane[LANES] = {0};

        for (int i = 0; i < n; i += LANES)
            for (int j = 0; j < LANES; j++)
                lane[j] += x[i + j] * x[i + j - lag];
        for (int j = 0; j < LANES; j++)
            sums[lag] += (double)lane[j];
    }
}

static void autocorrelation(double sums[SE_LPC_ORDER + 1],
                            const int16_t *samples, int64_t n)
{
    float x[SE_LPC_ORDER + BLOCK] = {0};
    const double turn = 2 * M_PI / (double)n;

    memset(sums, 0, (SE_LPC_ORDER + 1) * sizeof *sums);
    for (int64_t at = 0; at < n; at += BLOCK) {
        for (int i = 0; i < BLOCK; i++) {
            double window = 0.5 - 0.5 * cos(turn * ((double)(at + i) + 0.5));

            x[SE_LPC_ORDER + i] =
                at + i < n ? (float)(window * samples[at + i] / 32768) : 0;
        }
        correlate(sums, x + SE_LPC_ORDER, BLOCK);
        memmove(x, x + BLOCK, SE_LPC_ORDER * sizeof *x);
    }
}

void se_lpc_fit(struct se_lpc *lpc, const int16_t *samples, int64_t n)
{
    double r[SE_LPC_ORDER + 1], *a = lpc->a, error;

    *lpc = (struct se_lpc){{0}};
    autocorrelation(r, samples, n);
    error = r[0] *= 1 + FLOOR;
    for (int i = 0; i < SE_LPC_ORDER && error > 0; i++) {
        double reflection = r[i + 1];

        for (int j = 0; j < i; j++)
            reflection += a[j] * r[i - j];
        reflection /= -error;
        for (int j = 0; j < i - 1 - j; j++) {
            double low = a[j], high = a[i - 1 - j];

            a[j] = low + reflection * high;
            a[i - 1 - j] = high + reflection * low;
        }
        if (i % 2)
            a[i / 2] += reflection * a[i / 2];
        a[i] = reflection;
        error *= 1 - reflection * reflection;
    }
}

/* y: [-SE_LPC_ORDER..-1] past, oldest first; reversed[k] belongs to
 * y[i - SE_LPC_ORDER + k] */
SE_MULTIVERSION
static void filter_block(const double reversed[SE_LPC_ORDER],
                         double *restrict y, const float *restrict x, int n)
{
    for (int i = 0; i < n; i++) {
        const double *past = y + i - SE_LPC_ORDER;
        double lane[8] = {0};

        for (int k = 0; k < SE_LPC_ORDER; k += 8)
            for (int j = 0; j < 8; j++)
                lane[j] += reversed[k + j] * past[k + j];
        for (int half = 4; half > 0; half /= 2)
            for (int j = 0; j < half; j++)
                lane[j] += lane[j + half];
        y[i] = (double)x[i] - lane[0];
    }
}

void se_lpc_apply(const struct se_lpc *lpc, float *samples, int64_t n)
{
    double reversed[SE_LPC_ORDER], y[SE_LPC_ORDER + BLOCK] = {0};

    for (int k = 0; k < SE_LPC_ORDER; k++)
        reversed[k] = lpc->a[SE_LPC_ORDER - 1 - k];
    for (int64_t at = 0; at < n; at += BLOCK) {
        int now = n - at < BLOCK ? (int)(n - at) : BLOCK;

        filter_block(reversed, y + SE_LPC_ORDER, samples + at, now);
        for (int i = 0; i < now; i++)
            samples[at + i] = (float)y[SE_LPC_ORDER + i];
        memmove(y, y + now, SE_LPC_ORDER * sizeof *y);
    }
}
