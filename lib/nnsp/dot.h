/* dot.h - rows of weights times a vector. */
#ifndef NNSP_DOT_H
#define NNSP_DOT_H

#include "nnsp/core.h"

#include <stdint.h>

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
