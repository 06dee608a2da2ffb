/* ops.h - operations for which the Cortex-M4 has one instruction each: their
 * definition. ops_m4.h has the instructions. */
#ifndef NNSP_OPS_H
#define NNSP_OPS_H

#include <stdint.h>

/* floor(a b / 2^32 + 1/2); not both -2^31. */
static inline int32_t nnsp_mulh(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + INT64_C(0x80000000)) >> 32);
}

/* acc + floor(a b / 2^32 + 1/2). */
static inline int32_t nnsp_mlah(int32_t acc, int32_t a, int32_t b)
{
    return acc + nnsp_mulh(a, b);
}

/* acc + floor(-a b / 2^32 + 1/2). */
static inline int32_t nnsp_mlsh(int32_t acc, int32_t a, int32_t b)
{
    return acc + (int32_t)((INT64_C(0x80000000) - (int64_t)a * b) >> 32);
}

/* acc + a b */
static inline uint64_t nnsp_umlal(uint64_t acc, uint32_t a, uint32_t b)
{
    return acc + (uint64_t)a * b;
}

/* Between table[0] and table[1], at part / 2^bits: floor(1/2 + ...), as
 * nnsp_round_shift. 0 <= part < 2^bits, bits at most 7. */
static inline int32_t nnsp_between(const int16_t *table, int32_t part, int bits)
{
    return table[0] +
           (((table[1] - table[0]) * part + (1 << (bits - 1))) >> bits);
}

/* floor(x / 2^shift), not below 0 and not above 32767. */
static inline int32_t nnsp_unsigned_15(int32_t x, int shift)
{
    x >>= shift;
    return x < 0 ? 0 : x > 32767 ? 32767 : x;
}

/* How many of the upper bits of x are 0, x > 0. */
static inline int nnsp_leading_zeros(uint32_t x)
{
    int n = 0;

    for (; x < UINT32_C(1) << 31; x <<= 1)
        n++;
    return n;
}

#endif
