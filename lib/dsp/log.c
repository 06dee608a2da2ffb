/* log.c - logarithm by exponent, and the inverse hyperbolic tangent series of
 * the mantissa. */
#include "dsp/log.h"

#include "base/simd.h"

#include <stdint.h>
#include <string.h>

/* x = 2^e m with sqrt(1/2) <= m < sqrt(2), s = (m - 1) / (m + 1):
 *   ln m = 2 (s + s^3/3 + s^5/5 + s^7/7 + s^9/9 + ...)
 * |s| <= 3 - sqrt(8) = 0.172, so the first term left out is 7e-10. */
#define LOG10_E 0.43429448190325182765
#define TERM(n) ((float)(2.0 * LOG10_E / (n)))

/* log10(2), its first 11 bits (so that e times it is exact) and the rest. */
#define LOG10_2_HIGH 0.301025390625f
#define LOG10_2_LOW  ((float)(0.30102999566398119521 - 0.301025390625))

static float log10_floored(float x)
{
    const uint32_t sqrt_half = 0x3f3504f3;
    uint32_t bits, octaves;
    float m, e, s, s2, series;

    x = x > SE_LOG_FLOOR ? x : SE_LOG_FLOOR;
    memcpy(&bits, &x, sizeof bits);
    octaves = (bits - sqrt_half) & 0xff800000u;
    bits -= octaves;
    memcpy(&m, &bits, sizeof m);
    e = (float)((int32_t)octaves / (1 << 23));

    s = (m - 1.0f) / (m + 1.0f);
    s2 = s * s;
    series = TERM(9);
    series = series * s2 + TERM(7);
    series = series * s2 + TERM(5);
    series = series * s2 + TERM(3);
    series = series * s2 + TERM(1);
    return e * LOG10_2_HIGH + (e * LOG10_2_LOW + series * s);
}

SE_MULTIVERSION
void se_log10_floored(float *y, const float *x, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = log10_floored(x[i]);
}
