/* fft_kiss.c - complex FFT by kissfft: under the BSD licence, so that what
 * others ship needs no other. */
#include "dsp/fft_private.h"

#include <kissfft/kiss_fft.h>
#include <stdlib.h>

_Static_assert(sizeof(kiss_fft_cpx) == sizeof(float[2]),
               "kissfft in single precision");

struct se_dft {
    kiss_fft_cfg forward, inverse;
    kiss_fft_cpx *time, *bins;
};

struct se_dft *se_dft_create(float (*time)[2], float (*bins)[2], int n)
{
    struct se_dft *dft = calloc(1, sizeof *dft);

    if (!dft)
        return NULL;
    dft->forward = kiss_fft_alloc(n, 0, NULL, NULL);
    dft->inverse = kiss_fft_alloc(n, 1, NULL, NULL);
    dft->time = (kiss_fft_cpx *)time;
    dft->bins = (kiss_fft_cpx *)bins;
    if (dft->forward && dft->inverse)
        return dft;
    se_dft_destroy(dft);
    return NULL;
}

void se_dft_destroy(struct se_dft *dft)
{
    if (!dft)
        return;
    kiss_fft_free(dft->forward);
    kiss_fft_free(dft->inverse);
    free(dft);
}

void se_dft_forward(const struct se_dft *dft)
{
    kiss_fft(dft->forward, dft->time, dft->bins);
}

void se_dft_inverse(const struct se_dft *dft)
{
    kiss_fft(dft->inverse, dft->bins, dft->time);
}
