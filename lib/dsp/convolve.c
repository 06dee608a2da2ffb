/* convolve.c - overlap-save convolution in uniform partitions. */
#include "dsp/convolve.h"

#include "base/simd.h"
#include "dsp/fft.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = SE_CONVOLVE_BLOCK,
    SIZE = 2 * BLOCK,  /* of the FFT */
    BINS = BLOCK + 1,  /* of the FFT */
    STRIDE = BINS + 15 /* between spectra, a multiple of 16 floats */
};

/* Real and imaginary parts apart, so that products vectorise. */
struct spectrum {
    float re[STRIDE], im[STRIDE];
};

struct se_convolver {
    struct se_fft *fft;
    int n_outputs, max_parts;
    int *n_parts;          /* [n_outputs] */
    struct spectrum *taps; /* [n_outputs][max_parts] */
    struct spectrum *past; /* [max_parts] of the input, a ring */
    struct spectrum sum;   /* of the products */
    float last[BLOCK];     /* block of the input */
};

int se_convolver_create(struct se_convolver **out, int n_outputs, int max_taps,
                        struct se_report *report)
{
    struct se_convolver *convolver = calloc(1, sizeof *convolver);
    int max_parts = (max_taps + BLOCK - 1) / BLOCK;
    size_t n = (size_t)n_outputs * (size_t)max_parts;
    int status;

    *out = NULL;
    if (!convolver)
        return se_fail_memory(report, "a convolution");
    convolver->n_outputs = n_outputs;
    convolver->max_parts = max_parts;
    convolver->n_parts = calloc((size_t)n_outputs, sizeof(int));
    convolver->taps = calloc(n, sizeof *convolver->taps);
    convolver->past = calloc((size_t)max_parts, sizeof *convolver->past);
    status = se_fft_create(&convolver->fft, SIZE, report);
    if (status == SE_OK &&
        (!convolver->n_parts || !convolver->taps || !convolver->past))
        status = se_fail_memory(report, "a convolution");
    if (status != SE_OK)
        se_convolver_destroy(convolver);
    else
        *out = convolver;
    return status;
}

void se_convolver_destroy(struct se_convolver *convolver)
{
    if (!convolver)
        return;
    se_fft_destroy(convolver->fft);
    free(convolver->n_parts);
    free(convolver->taps);
    free(convolver->past);
    free(convolver);
}

static void store(struct spectrum *to, struct se_fft *fft)
{
    se_fft_forward(fft);
    for (int k = 0; k < BINS; k++) {
        to->re[k] = fft->spectrum[k][0];
        to->im[k] = fft->spectrum[k][1];
    }
}

void se_convolver_set(struct se_convolver *convolver, int output,
                      const float *taps, int n_taps)
{
    struct se_fft *fft = convolver->fft;
    struct spectrum *parts = convolver->taps + output * convolver->max_parts;
    int n_parts = (n_taps + BLOCK - 1) / BLOCK;

    convolver->n_parts[output] = n_parts;
    for (int p = 0; p < n_parts; p++) {
        int left = n_taps - p * BLOCK;
        int now = left < BLOCK ? left : BLOCK;

        memset(fft->time, 0, SIZE * sizeof *fft->time);
        for (int i = 0; i < now; i++)
            fft->time[i] = taps[p * BLOCK + i] / SIZE;
        store(&parts[p], fft);
    }
}

SE_MULTIVERSION
static void add_product(struct spectrum *restrict sum,
                        const struct spectrum *restrict a,
                        const struct spectrum *restrict b)
{
    for (int k = 0; k < STRIDE; k++) {
        sum->re[k] += a->re[k] * b->re[k] - a->im[k] * b->im[k];
        sum->im[k] += a->re[k] * b->im[k] + a->im[k] * b->re[k];
    }
}

/* One block of one output, from the spectra of the blocks 0..block. */
static void finish_block(struct se_convolver *convolver, int output,
                         int64_t block)
{
    const struct spectrum *parts =
        convolver->taps + output * convolver->max_parts;
    struct spectrum *sum = &convolver->sum;
    struct se_fft *fft = convolver->fft;

    memset(sum, 0, sizeof *sum);
    for (int p = 0; p < convolver->n_parts[output] && p <= block; p++) {
        int64_t at = (block - p) % convolver->max_parts;

        add_product(sum, &parts[p], &convolver->past[at]);
    }
    for (int k = 0; k < BINS; k++) {
        fft->spectrum[k][0] = sum->re[k];
        fft->spectrum[k][1] = sum->im[k];
    }
    se_fft_inverse(fft);
}

void se_convolve(struct se_convolver *convolver, float *const *out,
                 int n_outputs, const float *in, int64_t n)
{
    struct se_fft *fft = convolver->fft;

    memset(convolver->last, 0, sizeof convolver->last);
    for (int64_t block = 0; block * BLOCK < n; block++) {
        int64_t at = block * BLOCK;
        size_t now = (size_t)(n - at < BLOCK ? n - at : BLOCK);

        memcpy(fft->time, convolver->last, sizeof convolver->last);
        memset(fft->time + BLOCK, 0, BLOCK * sizeof(float));
        memcpy(fft->time + BLOCK, in + at, now * sizeof(float));
        memcpy(convolver->last, fft->time + BLOCK, sizeof convolver->last);
        store(&convolver->past[block % convolver->max_parts], fft);
        for (int j = 0; j < n_outputs; j++) {
            finish_block(convolver, j, block);
            memcpy(out[j] + at, fft->time + BLOCK, now * sizeof(float));
        }
    }
}
