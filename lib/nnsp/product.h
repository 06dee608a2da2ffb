/* product.h - upper halves of products, rounded: the definition. */
#ifndef NNSP_PRODUCT_H
#define NNSP_PRODUCT_H

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

#endif
