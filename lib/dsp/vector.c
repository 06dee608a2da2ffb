/* vector.c - arithmetic on whole arrays. */
#include "dsp/vector.h"

#include "base/simd.h"

SE_MULTIVERSION
void se_multiply(float *restrict y, const float *restrict a,
                 const float *restrict b, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

SE_MULTIVERSION
void se_scale(float *y, float factor, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] *= factor;
}

SE_MULTIVERSION
void se_add_scaled(float *restrict y, const float *restrict x, float factor,
                   int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

SE_MULTIVERSION
void se_ramp(float *y, double from, double step, int n)
{
    for (int i = 0; i < n; i++)
        y[i] *= (float)(from + step * i);
}
