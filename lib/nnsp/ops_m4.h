/* ops_m4.h - what ops.h defines, one instruction each. */
#ifndef NNSP_OPS_M4_H
#define NNSP_OPS_M4_H

#include <stdint.h>

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

static inline int nnsp_leading_zeros(uint32_t x)
{
    return __builtin_clz(x);
}

#endif
