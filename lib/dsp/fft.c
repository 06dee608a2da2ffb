/* fft.c - real FFT by FFTW. */
#include "dsp/fft.h"

#include <fftw3.h>
#include <pthread.h>
#include <stdlib.h>

/* FFTW's planner keeps global tables; only executing a plan is thread-safe. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

static void make_plans(struct se_fft *fft)
{
    pthread_mutex_lock(&planner);
    fft->forward_plan =
        fftwf_plan_dft_r2c_1d(fft->n, fft->time, fft->spectrum, FFTW_ESTIMATE);
    fft->inverse_plan =
        fftwf_plan_dft_c2r_1d(fft->n, fft->spectrum, fft->time, FFTW_ESTIMATE);
    pthread_mutex_unlock(&planner);
}

int se_fft_create(struct se_fft **out, int n, struct se_report *report)
{
    struct se_fft *fft;

    *out = NULL;
    if (n < 2 || n % 2 != 0)
        return se_fail(report, SE_ERR_ARG,
                       "FFT of %d points: expected an even number >= 2", n);
    fft = calloc(1, sizeof *fft);
    if (!fft)
        return se_fail_memory(report, "an FFT");
    fft->n = n;
    fft->time = fftwf_alloc_real((size_t)n);
    fft->spectrum = fftwf_alloc_complex((size_t)n / 2 + 1);
    if (fft->time && fft->spectrum)
        make_plans(fft);
    if (!fft->forward_plan || !fft->inverse_plan) {
        se_fft_destroy(fft);
        return se_fail_memory(report, "an FFT");
    }
    *out = fft;
    return SE_OK;
}

void se_fft_destroy(struct se_fft *fft)
{
    if (!fft)
        return;
    pthread_mutex_lock(&planner);
    fftwf_destroy_plan(fft->forward_plan);
    fftwf_destroy_plan(fft->inverse_plan);
    pthread_mutex_unlock(&planner);
    fftwf_free(fft->time);
    fftwf_free(fft->spectrum);
    free(fft);
}

void se_fft_forward(struct se_fft *fft)
{
    fftwf_execute(fft->forward_plan);
}

void se_fft_inverse(struct se_fft *fft)
{
    fftwf_execute(fft->inverse_plan);
}
