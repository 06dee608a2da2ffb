/* fixed.h - rounding and saturation: the only place that knows them.
 *
 * Shifts to the right of negative numbers are arithmetic (floor), as on every
 * compiler that this is built with; a test holds them to it. Q15 means: the
 * number stands for itself / 2^15. */
#ifndef NNSP_FIXED_H
#define NNSP_FIXED_H

#include "nnsp/core.h"

#if NNSP_OPS_M4
#include "nnsp/ops_m4.h"
#else
#include "nnsp/ops.h"
#endif

static inline int16_t nnsp_saturate_16(int32_t x)
{
    return (int16_t)(x > INT16_MAX ? INT16_MAX : x < INT16_MIN ? INT16_MIN : x);
}

static inline int32_t nnsp_saturate_32(int64_t x)
{
    return (int32_t)(x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : x);
}

/* floor(x / 2^shift + 1/2), shift >= 1; x + 2^(shift - 1) must fit. */
static inline int32_t nnsp_round_shift(int32_t x, int shift)
{
    return (x + (1 << (shift - 1))) >> shift;
}

/* The 32 bits of x, which is not 0, from its uppermost 1 on; as many zeros as
 * stand before it are taken from *exponent. */
static inline uint32_t nnsp_normalise(uint64_t x, int *exponent)
{
    uint32_t upper = (uint32_t)(x >> 32), lower = (uint32_t)x;
    int zeros;

    if (upper == 0) {
        upper = lower;
        lower = 0;
        *exponent -= 32;
    }
    zeros = nnsp_leading_zeros(upper);
    *exponent -= zeros;
    return upper << zeros | lower >> 1 >> (31 - zeros);
}

#endif
