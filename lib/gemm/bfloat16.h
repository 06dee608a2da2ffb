/* bfloat16.h - numbers with the range of float and 8 bits of precision: the
 * upper half of a float. */
#ifndef SE_GEMM_BFLOAT16_H
#define SE_GEMM_BFLOAT16_H

#include <stdint.h>
#include <string.h>

/* The precision of the matrix products of training. */
enum se_precision {
    SE_FLOAT32,  /* exact: se_real */
    SE_BFLOAT16, /* factors rounded to bfloat16, sums in float */
};

/* Rounds to the nearest, ties to even; NaN stays NaN. */
static inline uint16_t se_bfloat16(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    if (x != x)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static inline float se_bfloat16_value(uint16_t x)
{
    const uint32_t bits = (uint32_t)x << 16;
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
