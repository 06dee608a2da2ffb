/* fft.c - a complex radix-4 FFT of 256 points, and the step between it and the
 * spectrum of 512 real samples.
 *
 * Products with a factor of modulus 1 come from nnsp_mulh at half their value,
 * since the factor is Q31: forward doubles them again, inverse wants each
 * stage halved anyway. By Cauchy and Schwarz, a sum of 4^s numbers is at most
 * 2^s times the root of their energy, so halving s times keeps it in range. */
#include "nnsp/fft.h"

#include "nnsp/fft_stage.h"

enum { N = NNSP_FFT_COMPLEX };

void nnsp_fft_forward(int32_t z[N][2])
{
    for (uint32_t m = 1; m <= N / 4; m *= 4)
        nnsp_fft_join(z, m);
    nnsp_fft_split(z);
}

void nnsp_fft_inverse(int32_t z[N][2])
{
    nnsp_fft_unsplit(z);
    for (uint32_t m = N / 4; m >= 1; m /= 4)
        nnsp_fft_part(z, m);
}
