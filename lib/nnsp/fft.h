/* fft.h - 512 real samples to 257 bins and back, in 32-bit integers, in place.
 *
 * Nothing is checked for overflow inside: bounds below make it impossible. */
#ifndef NNSP_FFT_H
#define NNSP_FFT_H

#include <stdint.h>

/* Where sample pair n (0..255) stands before nnsp_fft_forward and after
 * nnsp_fft_inverse: the four base-4 digits of n, reversed. */
static inline int nnsp_fft_place(int n)
{
    return (n & 3) << 6 | (n & 12) << 2 | (n & 48) >> 2 | n >> 6;
}

/* In: z[place(n)] = samples 2n and 2n+1. Out: z[k] = bin k, not normalised;
 * z[0] = bins 0 and 256, both real.
 * Bound: the sum of |samples| is at most 0.98 * 2^31. */
void nnsp_fft_forward(int32_t z[256][2]);

/* In: bins as above. Out: z[place(n)] = samples 2n and 2n+1, divided by 32
 * (so that a spectrum in Q7 gives samples in Q11).
 * Bound: the energy of the 512 bins is at most 0.95 * 2^60.33, that is of
 * 2^59.33 for the 256 numbers packed. */
void nnsp_fft_inverse(int32_t z[256][2]);

#endif
