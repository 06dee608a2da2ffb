/* fft_private.h - the complex FFT under fft.c, by another library: FFTW
 * (fft_fftw.c, GPL) or kissfft (fft_kiss.c, BSD). Whoever links picks one. */
#ifndef SE_DSP_FFT_PRIVATE_H
#define SE_DSP_FFT_PRIVATE_H

struct se_dft;

/* `n`-point transforms between time[n] and bins[n], both aligned to 64 bytes
 * and alive as long as the result; NULL: no memory. */
struct se_dft *se_dft_create(float (*time)[2], float (*bins)[2], int n);
void se_dft_destroy(struct se_dft *dft);

/* bins from time, and time from bins; neither is scaled, both leave their
 * input as it was. */
void se_dft_forward(const struct se_dft *dft);
void se_dft_inverse(const struct se_dft *dft);

#endif
