/* fft_stage.h - the stages of the FFT. */
#ifndef NNSP_FFT_STAGE_H
#define NNSP_FFT_STAGE_H

#include "nnsp/core.h"

#include <stdint.h>

enum { NNSP_FFT_COMPLEX = 256 };

/* Four transforms of m points, m = 1, 4, 16 or 64, become one, of each 4 m
 * numbers: elements 0, m, 2 m and 3 m of it, which need no turning ... */
void nnsp_fft_join_first(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);

/* ... and, for j = 1 .. m - 1, elements j, j + m, j + 2 m and j + 3 m, the last
 * three turned back before by 1, 2 and 3 times j / (4 m) of a whole turn. */
void nnsp_fft_join(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);

/* The inverse of both, everything halved. */
void nnsp_fft_part_first(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);
void nnsp_fft_part(int32_t z[NNSP_FFT_COMPLEX][2], uint32_t m);

#endif
