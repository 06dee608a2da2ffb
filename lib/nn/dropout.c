/* dropout.c - dropout. */
#include "nn/dropout.h"

#include "base/simd.h"

void se_dropout_draw(unsigned char *keep, struct se_rng *rng, float rate,
                     int64_t n)
{
    uint32_t threshold = (uint32_t)((double)rate * 65536.0);

    for (int64_t i = 0; i < n; i += 4) {
        uint64_t bits = se_rng_next(rng);

        for (int64_t j = i; j < i + 4 && j < n; j++, bits >>= 16)
            keep[j] = (bits & 0xffff) >= threshold;
    }
}

SE_MULTIVERSION
void se_dropout_apply(se_real *y, const se_real *x, const unsigned char *keep,
                      float rate, int64_t n)
{
    se_real scale = 1 / (1 - (se_real)rate);

    for (int64_t i = 0; i < n; i++)
        y[i] = x[i] * (scale * (se_real)keep[i]);
}

SE_MULTIVERSION
void se_dropout_unscale(se_real *y, float rate, int64_t n)
{
    se_real scale = 1 - (se_real)rate;

    for (int64_t i = 0; i < n; i++)
        y[i] *= scale;
}
