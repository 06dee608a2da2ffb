/* fft_fftw.c - complex FFT by FFTW: the faster one; under the GPL. */
#include "dsp/fft_private.h"

#include <fftw3.h>
#include <pthread.h>
#include <stdlib.h>

struct se_dft {
    fftwf_plan forward, inverse;
};

/* FFTW's planner keeps global tables; only executing a plan is thread-safe. */
static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

struct se_dft *se_dft_create(float (*time)[2], float (*bins)[2], int n)
{
    struct se_dft *dft = calloc(1, sizeof *dft);

    if (!dft)
        return NULL;
    pthread_mutex_lock(&planner);
    dft->forward =
        fftwf_plan_dft_1d(n, time, bins, FFTW_FORWARD, FFTW_ESTIMATE);
    dft->inverse =
        fftwf_plan_dft_1d(n, bins, time, FFTW_BACKWARD, FFTW_ESTIMATE);
    pthread_mutex_unlock(&planner);
    if (dft->forward && dft->inverse)
        return dft;
    se_dft_destroy(dft);
    return NULL;
}

void se_dft_destroy(struct se_dft *dft)
{
    if (!dft)
        return;
    pthread_mutex_lock(&planner);
    fftwf_destroy_plan(dft->forward);
    fftwf_destroy_plan(dft->inverse);
    pthread_mutex_unlock(&planner);
    free(dft);
}

void se_dft_forward(const struct se_dft *dft)
{
    fftwf_execute(dft->forward);
}

void se_dft_inverse(const struct se_dft *dft)
{
    fftwf_execute(dft->inverse);
}
