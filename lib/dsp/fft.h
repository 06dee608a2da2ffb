/* fft.h - real FFT and its inverse, in single precision.
 *
 * Not normalised: forward then inverse gives n times the signal. Nothing is
 * chosen by measuring, so the same input gives the same bytes on each run. */
#ifndef SE_DSP_FFT_H
#define SE_DSP_FFT_H

#include "base/status.h"

/* The transforms work between these two aligned arrays; both leave their
 * input as it was. */
struct se_fft {
    int n;
    float *time;          /* [n] */
    float (*spectrum)[2]; /* [n/2 + 1] real and imaginary parts */

    /* the rest is fft.c's own */
    struct se_dft *dft;     /* of n/2 points, between time and half */
    float (*half)[2];       /* [n/2] */
    float *re, *im;         /* [n/2 + 1] */
    float *cosines, *sines; /* [n/2 + 1] of 2 pi k / n */
};

/* `n`: even, >= 2; fast when a product of small primes. Threads may create and
 * destroy at the same time; one object serves one thread at a time. */
int se_fft_create(struct se_fft **fft, int n, struct se_report *report);
void se_fft_destroy(struct se_fft *fft);

/* spectrum[k] = sum over i of time[i] exp(-2 pi j i k / n) */
void se_fft_forward(struct se_fft *fft);

/* time[i] = sum over all n bins, those above n/2 being the conjugates. The
 * imaginary parts of bins 0 and n/2 are ignored. */
void se_fft_inverse(struct se_fft *fft);

#endif
