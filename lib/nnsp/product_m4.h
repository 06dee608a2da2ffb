/* product_m4.h - what product.h defines, one instruction each: neither C nor
 * arm_acle.h has words for them. */
#ifndef NNSP_PRODUCT_M4_H
#define NNSP_PRODUCT_M4_H

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

#endif
