/* activation.h - tanh and sigmoid by table, and what a layer does to its sums.
 */
#ifndef NNSP_ACTIVATION_H
#define NNSP_ACTIVATION_H

#include "nnsp/fixed.h"
#include "nnsp/tables.h"

#include <stdint.h>

/* tanh(z / 2^bits / 64) Q15, z >= 0, straight lines between table points;
 * from 6 on, and at the last point before it, it rounds to 1. */
static inline int32_t nnsp_tanh_positive(int32_t z, int bits)
{
    z = z < 383 << bits ? z : 383 << bits;
    return nnsp_between(&nnsp_tanh_table[z >> bits], z & ((1 << bits) - 1),
                        bits);
}

/* x, or -x where the sign is -1 and not 0. */
static inline int32_t nnsp_signed_by(int32_t x, int32_t sign)
{
    return (x ^ sign) - sign;
}

/* z Q12, above -2^31; result Q15. */
static inline int16_t nnsp_tanh(int32_t z)
{
    int32_t sign = z >> 31;

    return (int16_t)nnsp_signed_by(
        nnsp_tanh_positive(nnsp_signed_by(z, sign), 6), sign);
}

/* 1/2 + tanh(z / 2) / 2; 32768 becomes 32767. */
static inline int16_t nnsp_sigmoid(int32_t z)
{
    int32_t sign = z >> 31;
    int32_t half = (nnsp_tanh_positive(nnsp_signed_by(z, sign), 7) + 1) >> 1;
    int32_t y = 16384 + nnsp_signed_by(half, sign);

    return (int16_t)(y - (y >> 15));
}

/* y[n] from z[n], by enum nnsp_activation. z is readable up to a multiple of
 * 4. */
void nnsp_activate(int activation, int16_t *y, const int32_t *z, uint32_t n);

/* n units of an lstm: from their sums over inputs and over the outputs of the
 * frame before, [n][4] of the gates i, f, g, o, their cells Q24 and outputs y
 * Q15. All but y is readable up to a multiple of 4 units. */
void nnsp_gates(int16_t *y, int32_t *cell, const int32_t *kernel,
                const int32_t *recurrent, uint32_t n);

#endif
