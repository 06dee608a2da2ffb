/* dot.h - four rows of weights times a vector. dot.c defines it; dot_m4.c does
 * the same on cores with the DSP extension, dot_mve.c on those with Helium,
 * both with low bytes first. All are always compiled, and the target picks the
 * one that has something in it. */
#ifndef NNSP_DOT_H
#define NNSP_DOT_H

#include <stdint.h>

#if defined __ARM_FEATURE_MVE && __ARM_FEATURE_MVE && !defined __ARM_BIG_ENDIAN
#define NNSP_DOT_MVE 1
#else
#define NNSP_DOT_MVE 0
#endif

#if defined __ARM_FEATURE_DSP && __ARM_FEATURE_DSP &&                          \
    !defined __ARM_BIG_ENDIAN && !NNSP_DOT_MVE
#define NNSP_DOT_M4 1
#else
#define NNSP_DOT_M4 0
#endif

/* acc[r] += sum over c of row r of a packed group (nnsp.h) times x[c].
 * `group` and `x` are aligned to 4 bytes, n_columns is a multiple of 8, at
 * least 8, and x is readable so far. No sum may leave 32 bits (nnsp.h, Range).
 */
void nnsp_dot4(int32_t acc[4], const int8_t *group, const int16_t *x,
               uint32_t n_columns);

#endif
