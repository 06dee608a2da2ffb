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
