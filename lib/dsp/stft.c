/* stft.c - short-time Fourier transform and its inverse. */
#include "dsp/stft.h"

#include "base/simd.h"
#include "dsp/fft.h"
#include "dsp/vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OVERLAP = SE_WINDOW - SE_HOP };

struct se_stft {
    struct se_fft *fft;
    float window[SE_WINDOW];
    float scaled_window[SE_WINDOW]; /* window / SE_FFT, for the way back */
    float history[SE_WINDOW];       /* the last three hops, oldest first */
    float overlap[OVERLAP];         /* unfinished samples, oldest first */
};

int se_stft_create(struct se_stft **out, struct se_report *report)
{
    struct se_stft *stft = calloc(1, sizeof *stft);
    int status;

    *out = NULL;
    if (!stft)
        return se_fail_memory(report, "a Fourier transform");
    status = se_fft_create(&stft->fft, SE_FFT, report);
    if (status != SE_OK) {
        free(stft);
        return status;
    }
    for (int n = 0; n < SE_WINDOW; n++) {
        double w = sqrt(2.0 / 3.0) * sin(M_PI * n / SE_WINDOW);

        stft->window[n] = (float)w;
        stft->scaled_window[n] = (float)(w / SE_FFT);
    }
    *out = stft;
    return SE_OK;
}

void se_stft_destroy(struct se_stft *stft)
{
    if (!stft)
        return;
    se_fft_destroy(stft->fft);
    free(stft);
}

void se_stft_reset(struct se_stft *stft)
{
    memset(stft->history, 0, sizeof stft->history);
    memset(stft->overlap, 0, sizeof stft->overlap);
}

const float *se_stft_window(const struct se_stft *stft)
{
    return stft->window;
}

void se_stft_analyse(struct se_stft *stft, se_bin spectrum[SE_BINS],
                     const float hop[SE_HOP])
{
    struct se_fft *fft = stft->fft;

    memmove(stft->history, stft->history + SE_HOP, OVERLAP * sizeof(float));
    memcpy(stft->history + OVERLAP, hop, SE_HOP * sizeof(float));
    se_multiply(fft->time, stft->history, stft->window, SE_WINDOW);
    memset(fft->time + SE_WINDOW, 0, (SE_FFT - SE_WINDOW) * sizeof(float));
    se_fft_forward(fft);
    memcpy(spectrum, fft->spectrum, SE_BINS * sizeof *spectrum);
}

/* Adds the windowed frame to what earlier frames left; the first hop of the
 * sum is finished. */
SE_MULTIVERSION
static void overlap_add(float *restrict hop, float *restrict overlap,
                        const float *restrict frame,
                        const float *restrict window)
{
    for (int i = 0; i < SE_HOP; i++)
        hop[i] = overlap[i] + frame[i] * window[i];
    for (int i = 0; i < OVERLAP - SE_HOP; i++)
        overlap[i] =
            overlap[i + SE_HOP] + frame[i + SE_HOP] * window[i + SE_HOP];
    for (int i = OVERLAP - SE_HOP; i < OVERLAP; i++)
        overlap[i] = frame[i + SE_HOP] * window[i + SE_HOP];
}

void se_stft_synthesise(struct se_stft *stft, float hop[SE_HOP],
                        se_bin spectrum[SE_BINS])
{
    struct se_fft *fft = stft->fft;

    memcpy(fft->spectrum, spectrum, SE_BINS * sizeof *spectrum);
    se_fft_inverse(fft);
    overlap_add(hop, stft->overlap, fft->time, stft->scaled_window);
}

SE_MULTIVERSION
void se_power(float power[SE_BINS], se_bin spectrum[SE_BINS])
{
    for (int k = 0; k < SE_BINS; k++)
        power[k] =
            spectrum[k][0] * spectrum[k][0] + spectrum[k][1] * spectrum[k][1];
}
