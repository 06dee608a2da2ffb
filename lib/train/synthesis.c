/* synthesis.c - windowed inverse FFT and its transpose. */
#include "train/synthesis.h"

#include "base/simd.h"
#include "dsp/fft.h"
#include "dsp/stft.h"
#include "dsp/vector.h"

#include <stdlib.h>
#include <string.h>

struct synthesis {
    struct se_loss_synthesis calls; /* first: what the loss holds */
    struct se_fft *fft;
    float window[SE_WINDOW]; /* / SE_FFT, as the inverse is not normalised */
};

static void inverse(void *context, float *samples, const float *spectrum)
{
    struct synthesis *synthesis = context;
    struct se_fft *fft = synthesis->fft;

    memcpy(fft->spectrum, spectrum, SE_BINS * sizeof *fft->spectrum);
    se_fft_inverse(fft);
    se_multiply(samples, fft->time, synthesis->window, SE_WINDOW);
}

SE_MULTIVERSION
static void twice(float *restrict y, const float *restrict x, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = 2 * x[i];
}

/* A bin stands for itself and its conjugate, but for the first and the last,
 * whose imaginary parts the inverse ignores. */
static void transpose(void *context, float *spectrum, const float *samples)
{
    struct synthesis *synthesis = context;
    struct se_fft *fft = synthesis->fft;

    se_multiply(fft->time, samples, synthesis->window, SE_WINDOW);
    memset(fft->time + SE_WINDOW, 0, (SE_FFT - SE_WINDOW) * sizeof(float));
    se_fft_forward(fft);
    twice(spectrum, fft->spectrum[0], 2 * SE_BINS);
    for (int k = 0; k < SE_BINS; k += SE_BINS - 1) {
        spectrum[2 * k] = fft->spectrum[k][0];
        spectrum[2 * k + 1] = 0;
    }
}

static size_t n_samples(int frames)
{
    return (size_t)(frames - 1) * SE_HOP + SE_WINDOW;
}

/* The window of the STFT, whose object is needed for nothing else. */
static int take_window(struct synthesis *synthesis, struct se_report *report)
{
    struct se_stft *stft;
    int status = se_stft_create(&stft, report);

    if (status != SE_OK)
        return status;
    for (int i = 0; i < SE_WINDOW; i++)
        synthesis->window[i] = se_stft_window(stft)[i] / SE_FFT;
    se_stft_destroy(stft);
    return SE_OK;
}

int se_synthesis_create(struct se_loss_synthesis **out, int frames,
                        struct se_report *report)
{
    struct synthesis *synthesis = calloc(1, sizeof *synthesis);
    size_t bytes = n_samples(frames) * sizeof(float);
    int status = SE_OK;

    *out = NULL;
    if (!synthesis)
        return se_fail_memory(report, "the samples of a loss");
    synthesis->calls = (struct se_loss_synthesis){
        .context = synthesis,
        .hop = SE_HOP,
        .window = SE_WINDOW,
        .inverse = inverse,
        .transpose = transpose,
        .masked = malloc(bytes),
        .clean = malloc(bytes),
    };
    if (!synthesis->calls.masked || !synthesis->calls.clean)
        status = se_fail_memory(report, "the samples of a loss");
    if (status == SE_OK)
        status = se_fft_create(&synthesis->fft, SE_FFT, report);
    if (status == SE_OK)
        status = take_window(synthesis, report);
    if (status != SE_OK)
        se_synthesis_destroy(&synthesis->calls);
    else
        *out = &synthesis->calls;
    return status;
}

void se_synthesis_destroy(struct se_loss_synthesis *calls)
{
    struct synthesis *synthesis = calls ? calls->context : NULL;

    if (!synthesis)
        return;
    se_fft_destroy(synthesis->fft);
    free(calls->masked);
    free(calls->clean);
    free(synthesis);
}

int64_t se_synthesis_floats(int frames)
{
    return 2 * (int64_t)n_samples(frames);
}
