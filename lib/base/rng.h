/* rng.h - reproducible random numbers: xoshiro256++, seeded by SplitMix64.
 *
 * D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators",
 * ACM TOMS 47 (2021). The same seed and stream give the same numbers on every
 * machine; streams are independent, so work can be numbered and shared out. */
#ifndef SE_BASE_RNG_H
#define SE_BASE_RNG_H

#include <stdint.h>

struct se_rng {
    uint64_t state[4];
};

/* Start stream number `stream` of `seed`. */
void se_rng_seed(struct se_rng *rng, uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t se_rng_next(struct se_rng *rng);

/* Uniform in [lo, hi). */
double se_rng_uniform(struct se_rng *rng, double lo, double hi);

/* Normal with mean 0 and deviation 1 (Box and Muller). */
double se_rng_normal(struct se_rng *rng);

/* Even in octaves from lo to hi, both above 0. */
double se_rng_octaves(struct se_rng *rng, double lo, double hi);

/* Whether what has this chance, 0 to 1, happens. */
int se_rng_happens(struct se_rng *rng, float chance);

/* Uniform whole number in 0..n-1; n >= 1. */
uint32_t se_rng_below(struct se_rng *rng, uint32_t n);

#endif
