/* arm_acle.h - the intrinsics of the DSP extension that lib/nnsp/..._m4.c use,
 * in portable C, found in place of the compiler's header: the kernels for
 * Cortex-M4 run on the desk, the very files that ship. After the pseudocode in
 * the ARMv7-M Architecture Reference Manual, A7.7. */
#ifndef SE_M4_ARM_ACLE_H
#define SE_M4_ARM_ACLE_H

#include <stdint.h>

/* The halves of a register as signed numbers. */
static inline int32_t acle_low(uint32_t x)
{
    return (int16_t)(x & 0xffff);
}

static inline int32_t acle_high(uint32_t x)
{
    return (int16_t)(x >> 16);
}

static inline uint32_t __sxtb16(uint32_t x)
{
    uint32_t low = (uint32_t)(int8_t)(x & 0xff);
    uint32_t high = (uint32_t)(int8_t)(x >> 16 & 0xff);

    return (high & 0xffff) << 16 | (low & 0xffff);
}

/* Wraps, as the instruction does. */
static inline int32_t __smlad(uint32_t x, uint32_t y, int32_t sum)
{
    return (int32_t)(int64_t)(sum + (int64_t)acle_low(x) * acle_low(y) +
                              (int64_t)acle_high(x) * acle_high(y));
}

static inline int64_t __smlald(uint32_t x, uint32_t y, int64_t sum)
{
    int64_t products = (int64_t)acle_low(x) * acle_low(y) +
                       (int64_t)acle_high(x) * acle_high(y);

    return (int64_t)((uint64_t)sum + (uint64_t)products);
}

#endif
