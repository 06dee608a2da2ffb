/* rng.c - xoshiro256++. */
#include "base/rng.h"

#include <math.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

void se_rng_seed(struct se_rng *rng, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;

    state = splitmix64(&state) ^ stream;
    for (int i = 0; i < 4; i++)
        rng->state[i] = splitmix64(&state);
}

uint64_t se_rng_next(struct se_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double se_rng_uniform(struct se_rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * (double)(se_rng_next(rng) >> 11) * 0x1p-53;
}

double se_rng_normal(struct se_rng *rng)
{
    /* 1 - u is in (0, 1], so the logarithm is finite. */
    double radius = sqrt(-2.0 * log(1.0 - se_rng_uniform(rng, 0.0, 1.0)));

    return radius * cos(se_rng_uniform(rng, 0.0, 6.283185307179586));
}

double se_rng_octaves(struct se_rng *rng, double lo, double hi)
{
    return lo * pow(hi / lo, se_rng_uniform(rng, 0, 1));
}

int se_rng_happens(struct se_rng *rng, float chance)
{
    return se_rng_uniform(rng, 0, 1) < (double)chance;
}

uint32_t se_rng_below(struct se_rng *rng, uint32_t n)
{
    return (uint32_t)(((se_rng_next(rng) >> 32) * n) >> 32);
}
