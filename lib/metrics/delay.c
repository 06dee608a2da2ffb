/* delay.c - the constant delay between two signals, by cross-correlation. */
#include "metrics/metrics.h"

#include "dsp/fft.h"
#include "dsp/stft.h"

#include <stdlib.h>
#include <string.h>

enum {
    LAGS = 2 * SE_MAX_DELAY + 1,
    /* A block of `clean` against the stretch of `processed` that reaches
     * SE_MAX_DELAY beyond it on both sides: no lag wraps around. */
    FFT = 8192,
    BLOCK = FFT - 2 * SE_MAX_DELAY,
    BINS = FFT / 2 + 1,
};

/* Signals as the search sees them: an offset would correlate best at lag 0. */
struct centred {
    const float *x;
    float mean;
    int64_t n;
};

static struct centred centre(const float *x, int64_t n)
{
    double sum = 0;

    for (int64_t i = 0; i < n; i++)
        sum += (double)x[i];
    return (struct centred){x, (float)(sum / (double)n), n};
}

/* out[0..count) = the signal from `start` on, zeros where there is none. */
static void copy(float *out, const struct centred *signal, int64_t start,
                 int count)
{
    for (int i = 0; i < count; i++) {
        int64_t at = start + i;

        out[i] = at >= 0 && at < signal->n ? signal->x[at] - signal->mean : 0;
    }
}

/* The cross-spectrum of two signals, summed over blocks. */
struct cross {
    struct centred clean, processed;
    struct se_fft *fft;
    se_bin *sum, *block; /* [BINS] */
};

/* sum += conj(clean block) * (processed around it) */
static void add_block(struct cross *cross, int64_t start)
{
    struct se_fft *fft = cross->fft;
    se_bin *sum = cross->sum, *block = cross->block;

    memset(fft->time, 0, FFT * sizeof *fft->time);
    copy(fft->time, &cross->clean, start, BLOCK);
    se_fft_forward(fft);
    memcpy(block, fft->spectrum, BINS * sizeof *block);

    copy(fft->time, &cross->processed, start - SE_MAX_DELAY, FFT);
    se_fft_forward(fft);
    for (int k = 0; k < BINS; k++) {
        const float *a = block[k], *b = fft->spectrum[k];

        sum[k][0] += a[0] * b[0] + a[1] * b[1];
        sum[k][1] += a[0] * b[1] - a[1] * b[0];
    }
}

/* Of equals, the delay nearest to 0, so that silence has none. */
static int best_lag(const float correlation[LAGS], int64_t n_samples)
{
    int best = 0;

    for (int lag = 1; lag <= SE_MAX_DELAY && lag < n_samples; lag++) {
        if (correlation[SE_MAX_DELAY + lag] > correlation[SE_MAX_DELAY + best])
            best = lag;
        if (correlation[SE_MAX_DELAY - lag] > correlation[SE_MAX_DELAY + best])
            best = -lag;
    }
    return best;
}

int se_delay_find(int *delay_samples, const float *clean,
                  const float *processed, int64_t n_samples,
                  struct se_report *report)
{
    se_bin *sums = calloc(2 * BINS, sizeof *sums);
    struct cross cross = {
        .clean = centre(clean, n_samples),
        .processed = centre(processed, n_samples),
        .sum = sums,
    };
    int status = sums ? se_fft_create(&cross.fft, FFT, report)
                      : se_fail_memory(report, "a cross-correlation");

    if (status == SE_OK) {
        cross.block = sums + BINS;
        for (int64_t start = 0; start < n_samples; start += BLOCK)
            add_block(&cross, start);
        sums[0][1] = sums[BINS - 1][1] = 0;
        memcpy(cross.fft->spectrum, sums, BINS * sizeof *sums);
        se_fft_inverse(cross.fft);
        *delay_samples = best_lag(cross.fft->time, n_samples);
    }
    se_fft_destroy(cross.fft);
    free(sums);
    return status;
}
