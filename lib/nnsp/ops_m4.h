/* ops_m4.h - what ops.h defines, one instruction each. */
#ifndef NNSP_OPS_M4_H
#define NNSP_OPS_M4_H

#include <stdint.h>

/* table[0] in the lower half of a word, table[1] in the upper one; the compiler
 * makes one load of it. */
static inline uint32_t nnsp_pair(const int16_t *table)
{
    uint32_t pair;

    __builtin_memcpy(&pair, table, sizeof pair);
    return pair;
}

static inline int32_t nnsp_mulh(int32_t a, int32_t b)
{
    int32_t y;

    __asm__("smmulr %0, %1, %2" : "=r"(y) : "r"(a), "r"(b));
    return y;
}

static inline int32_t nnsp_mlah(int32_t acc, int32_t a, int32_t b)
{
    int32_t y;

    __asm__("smmlar %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
    return y;
}

static inline int32_t nnsp_mlsh(int32_t acc, int32_t a, int32_t b)
{
    int32_t y;

    __asm__("smmlsr %0, %1, %2, %3" : "=r"(y) : "r"(a), "r"(b), "r"(acc));
    return y;
}

static inline uint64_t nnsp_umlal(uint64_t acc, uint32_t a, uint32_t b)
{
    __asm__("umlal %Q0, %R0, %1, %2" : "+r"(acc) : "r"(a), "r"(b));
    return acc;
}

/* With low bytes first, table[0] (2^bits - part) + table[1] part in one. */
static inline int32_t nnsp_between(const int16_t *table, int32_t part, int bits)
{
#if defined __ARM_BIG_ENDIAN
    return table[0] +
           (((table[1] - table[0]) * part + (1 << (bits - 1))) >> bits);
#else
    int32_t y;

    __asm__("smlad %0, %1, %2, %3"
            : "=r"(y)
            : "r"(nnsp_pair(table)), "r"(part * 65535 + (1 << bits)),
              "r"(1 << (bits - 1)));
    return y >> bits;
#endif
}

static inline int32_t nnsp_unsigned_15(int32_t x, int shift)
{
    int32_t y;

    __asm__("usat %0, #15, %1, asr %2" : "=r"(y) : "r"(x), "I"(shift));
    return y;
}

static inline int nnsp_leading_zeros(uint32_t x)
{
    return __builtin_clz(x);
}

#endif
