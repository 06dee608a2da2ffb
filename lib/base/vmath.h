/* vmath.h - exponential and logarithm that compilers can vectorise.
 *
 * Plain arithmetic on each number, no tables, no branches: a loop over an
 * array becomes SIMD code, and every SIMD width gives the same bits
 * (contraction to fused multiply-add is off in this project). The polynomials
 * are least-squares fits at Chebyshev nodes. */
#ifndef SE_BASE_VMATH_H
#define SE_BASE_VMATH_H

#include <stdint.h>

union se_float_bits {
    float value;
    uint32_t bits; /* unsigned: what is not a number must not overflow */
};

/* 2^x, x clamped to -126..127; relative error below 2e-7. */
static inline float se_exp2f(float x)
{
    x = x < -126.0f ? -126.0f : x;
    x = x > 127.0f ? 127.0f : x;

    /* Adding 1.5 * 2^23 rounds to a whole number, found in the low bits. */
    union se_float_bits whole = {.value = x + 12582912.0f};
    float f = x - (whole.value - 12582912.0f); /* -0.5 .. 0.5 */
    union se_float_bits scale = {.bits = (whole.bits - 0x4b400000u + 127)
                                         << 23};
    float p = 1.533757683e-4f;

    p = p * f + 1.339986036e-3f;
    p = p * f + 9.618519534e-3f;
    p = p * f + 5.550328998e-2f;
    p = p * f + 2.402264661e-1f;
    p = p * f + 6.931472056e-1f;
    p = p * f + 1.0f;
    return p * scale.value;
}

/* log2(x) for normal x > 0; absolute error below 2e-7 where |log2 x| < 1,
 * elsewhere below 1e-7 of the value. */
static inline float se_log2f(float x)
{
    /* x = m 2^e with m in sqrt(1/2) .. sqrt(2): 0x3f3504f3 is sqrt(1/2). */
    union se_float_bits u = {.value = x};
    int32_t e = (int32_t)(u.bits - 0x3f3504f3u) >> 23;
    union se_float_bits m = {.bits = u.bits - ((uint32_t)e << 23)};
    float s = m.value - 1.0f;
    float p = -1.102015962e-1f;

    p = p * s + 1.863120958e-1f;
    p = p * s - 1.910249806e-1f;
    p = p * s + 2.045752923e-1f;
    p = p * s - 2.396190444e-1f;
    p = p * s + 2.885688961e-1f;
    p = p * s - 3.606966287e-1f;
    p = p * s + 4.808982127e-1f;
    p = p * s - 7.213473516e-1f;
    p = p * s + 1.442695041f;
    return (float)e + p * s;
}

static inline float se_expf(float x)
{
    return se_exp2f(x * 1.44269504f);
}

/* x^y for normal x > 0. */
static inline float se_powf(float x, float y)
{
    return se_exp2f(y * se_log2f(x));
}

#endif
