/* dot.h - rows of weights times a vector. dot.c defines it; dot_m4.c does the
 * same on cores with the DSP extension, dot_mve.c on those with Helium, both
 * with low bytes first. All are always compiled, and the target picks the one
 * that has something in it. */
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

/* Groups of four rows, one after the other, packed as nnsp.h says. */
struct nnsp_rows {
    const int8_t *weights; /* aligned to 4 bytes, as all of these */
    const int32_t *bias;
    const uint8_t *shift; /* 0..31 */
};

/* z[r] = (bias[r] + sum over c of row r times x[c]) >> shift[r], of the four
 * rows of each group. x is aligned to 4 bytes and readable up to n_columns, a
 * multiple of 8, at least 8; n_groups is at least 1. No sum may leave 32 bits
 * (nnsp.h, Range). */
void nnsp_dot(int32_t *z, const struct nnsp_rows *rows, const int16_t *x,
              uint32_t n_columns, uint32_t n_groups);

#endif
