/* signals.h - sound for tests, made on the spot. */
#ifndef SE_TESTS_SIGNALS_H
#define SE_TESTS_SIGNALS_H

#include "base/rng.h"

#include <math.h>

/* Noise with pauses: something to take away. */
static inline void noise_with_pauses(float *x, int n, uint64_t seed)
{
    struct se_rng rng;

    se_rng_seed(&rng, seed, 0);
    for (int i = 0; i < n; i++)
        x[i] = (float)se_rng_uniform(&rng, -0.3, 0.3) *
               (float)(1.0 + sin(i * 0.001));
}

#endif
