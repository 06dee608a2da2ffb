/* fft_stage.h - the stages of the FFT. */
#ifndef NNSP_FFT_STAGE_H
#define NNSP_FFT_STAGE_H

#include "nnsp/core.h"

#include <stdint.h>

enum { NNSP_FFT_COMPLEX = 256 };

/* Four transforms of m points, m = 1, 4, 16 or 64, become one, of each 4 m
 * numbers: for j = 0 .. m - 1, elements j, j + m, j + 2 m and j + 3 m of it,
 * the last three turned back before by 1, 2 and 3 times j / (4 m) of a whole
 * turn. Those of j = 0 need no turning. */
void nnsp_fft_join(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);

/* The inverse, everything halved. */
void nnsp_fft_part(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);

/* From the transform of pairs of samples to the spectrum (fft.h), and back. */
void nnsp_fft_split(int32_t z[NNSP_FFT_COMPLEX][2]);
void nnsp_fft_unsplit(int32_t z[NNSP_FFT_COMPLEX][2]);

#endif
