/* test_lpc.c - filters fitted to sounds. */
#include "base/rng.h"
#include "check.h"
#include "dsp/level.h"
#include "dsp/lpc.h"

#include <math.h>
#include <string.h>

enum { N = 32000 };

/* White noise through 1 / (1 + a1 z^-1 + a2 z^-2), at about half full scale. */
static void make_resonance(int16_t samples[N], double a1, double a2)
{
    double past[2] = {0};
    struct se_rng rng;

    se_rng_seed(&rng, 1, 2);
    for (int i = 0; i < N; i++) {
        double now = 500 * se_rng_normal(&rng) - a1 * past[0] - a2 * past[1];

        past[1] = past[0];
        past[0] = now;
        samples[i] = (int16_t)lrint(now);
    }
}

TEST(recovers_a_filter)
{
    static int16_t samples[N];
    struct se_lpc lpc;

    make_resonance(samples, -1.6, 0.9);
    se_lpc_fit(&lpc, samples, N);
    expect_near(lpc.a[0], -1.6, 0.03);
    expect_near(lpc.a[1], 0.9, 0.04);
    for (int k = 2; k < SE_LPC_ORDER; k++)
        expect_near(lpc.a[k], 0, 0.05);
}

/* Sample by sample, as the definition has it; blocks leave no trace. */
TEST(filters)
{
    static float samples[2500], wanted[2500];
    struct se_lpc lpc = {{-1.2, 0.5}};
    struct se_rng rng;

    lpc.a[SE_LPC_ORDER - 1] = 0.05;
    se_rng_seed(&rng, 3, 1);
    for (int i = 0; i < 2500; i++) {
        samples[i] = (float)se_rng_uniform(&rng, -1, 1);

        double sum = (double)samples[i];

        for (int k = 0; k < SE_LPC_ORDER && k < i; k++)
            sum -= lpc.a[k] * (double)wanted[i - 1 - k];
        wanted[i] = (float)sum;
    }
    se_lpc_apply(&lpc, samples, 2500);
    for (int i = 0; i < 2500; i++)
        expect_near(samples[i], wanted[i], 1e-4);
}

/* Whatever it is fitted to, white noise through it stays finite. */
TEST(is_stable)
{
    static int16_t samples[N];
    static float noise[N];

    for (int kind = 0; kind < 5; kind++) {
        const int length = kind == 4 ? 321 : N;
        struct se_lpc lpc;
        struct se_rng rng;

        se_rng_seed(&rng, 4, (uint64_t)kind);
        for (int i = 0; i < N; i++)
            samples[i] = (int16_t)(kind == 0   ? 0
                                   : kind == 1 ? 32000 * sin(0.01 * i)
                                   : kind == 2 ? (i % 400 == 0) * 32000
                                   : kind == 3 ? 32000
                                               : 1000 * sin(0.1 * i * i));
        se_lpc_fit(&lpc, samples, length);
        for (int i = 0; i < N; i++)
            noise[i] = (float)se_rng_normal(&rng);
        se_lpc_apply(&lpc, noise, N);

        double power = se_level_power(noise, N);

        expect(isfinite(power) && power > 0 && power < 1e12);
        if (kind == 0)
            expect_near(power, 1, 0.05);
    }
}
