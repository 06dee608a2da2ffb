/* tables.h - constants of the runtime. */
#ifndef NNSP_TABLES_H
#define NNSP_TABLES_H

#include "nnsp/core.h"
#include "nnsp/nnsp.h"

/* sqrt(2/3) sin(pi n / 480), Q15; the other half is its mirror image. */
extern const int16_t nnsp_window[NNSP_WINDOW / 2 + 1];

/* sin(2 pi m / 512), m = 0..128, Q31, saturated. */
extern const int32_t nnsp_sine[NNSP_FFT / 4 + 1];

/* cos and sin, Q31, of 2 j, 4 j and 6 j of 512 parts of a turn. */
extern const int32_t nnsp_turns[NNSP_FFT / 8][3][2];

#if NNSP_MVE
/* The same for four j at a time (fft_stage.h), cosines before sines: m = 4, 16,
 * 64, and for each j = 0, 4, 8 .. m - 1. */
extern const int32_t nnsp_turns_by_four[21][3][2][4];
#endif

/* log10(1 + i / 64), Q17. */
extern const uint16_t nnsp_log10[65];

/* tanh(i / 64), Q15, saturated. */
extern const int16_t nnsp_tanh_table[385];

#endif
