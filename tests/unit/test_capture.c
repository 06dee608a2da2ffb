/* test_capture.c - microphones and devices: what the target has of them. */
#include "base/rng.h"
#include "check.h"
#include "dsp/level.h"
#include "mix/capture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 48000 };

static float noisy[N], clean[N], noisy_was[N], clean_was[N];

/* White noise, for the first half 20 dB louder; the clean part is a tone. */
static void make(void)
{
    struct se_rng rng;

    se_rng_seed(&rng, 8, 1);
    for (int i = 0; i < N; i++) {
        double level = i < N / 2 ? 0.1 : 0.01;

        clean[i] = (float)(level * sin(0.3 * i));
        noisy[i] = clean[i] + (float)(level * se_rng_uniform(&rng, -1, 1));
    }
    memcpy(noisy_was, noisy, sizeof noisy);
    memcpy(clean_was, clean, sizeof clean);
}

/* Linear, and the same for whatever goes through it; not too far from flat
 * where it passes anything at all. */
TEST(microphone)
{
    int n_narrow = 0;

    for (uint64_t number = 0; number < 40; number++) {
        struct se_microphone microphone;
        struct se_rng rng;

        make();
        se_rng_seed(&rng, 1, number);
        se_microphone_draw(&microphone, &rng);
        expect_range(microphone.n, 1, SE_MICROPHONE_SECTIONS);
        for (int i = 0; i < N; i++)
            noisy[i] = 3 * clean[i];
        se_microphone_apply(&microphone, clean, N);
        se_microphone_apply(&microphone, noisy, N);
        for (int i = 0; i < N; i++)
            expect_near(noisy[i], 3 * clean[i], 1e-4);
        /* the tone is at 764 Hz */
        expect_range(
            10 * log10(se_level_power(clean, N) / se_level_power(clean_was, N)),
            -28, 28);
        n_narrow += microphone.n > 4;
    }
    expect_range(n_narrow, 4, 18);
}

/* What becomes of the mixture, apart from one gain for both that moves slowly,
 * is small but for saturation and coarse samples; the clean signal gets that
 * gain and no more. */
TEST(device)
{
    int n_changed = 0, n_followed = 0, n_band = 0;

    for (uint64_t number = 0; number < 100; number++) {
        struct se_rng rng;
        double loud, soft, before, after;

        make();
        se_rng_seed(&rng, 2, number);
        se_device_apply(noisy, clean, N, &rng);
        for (int i = 0; i < N; i++)
            expect(isfinite(noisy[i]) && isfinite(clean[i]));
        loud = se_level_power(clean + 8000, 8000);
        soft = se_level_power(clean + N - 8000, 8000);
        /* 20 dB apart before, never further after */
        expect_range(10 * log10(loud / soft), 2, 20.01);
        n_followed += 10 * log10(loud / soft) < 19;
        n_changed += memcmp(noisy, noisy_was, sizeof noisy) != 0;
        /* highs of the noise: the part beyond 4 kHz or so */
        before = after = 0;
        for (int i = 1; i < N; i++) {
            before += pow((double)(noisy_was[i] - noisy_was[i - 1]), 2);
            after += pow((double)(noisy[i] - noisy[i - 1]), 2);
        }
        before /= se_level_power(noisy_was, N);
        after /= se_level_power(noisy, N);
        n_band += after < before * 0.7;
        /* still mostly what it was: the tone is there */
        double sum = 0;

        for (int i = 0; i < N; i++)
            sum += (double)noisy[i] * (double)clean[i];
        expect(sum / N >
               0.6 * sqrt(se_level_power(noisy, N) * se_level_power(clean, N)));
    }
    expect_range(n_changed, 90, 100);
    expect_range(n_followed, 50, 95);
    expect_range(n_band, 10, 50);
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* The different magnitudes in the noisy signal, in order. */
static int find_levels(float *levels)
{
    int n = 0;

    for (int i = 0; i < N; i++)
        levels[i] = fabsf(noisy[i]);
    qsort(levels, N, sizeof *levels, by_size);
    for (int i = 0; i < N; i++)
        if (n == 0 || levels[i] > levels[n - 1])
            levels[n++] = levels[i];
    return n;
}

/* Every level is a whole number of steps, and the nearest one to what came. */
static int is_uniform(const float *levels, int n)
{
    for (int i = 0; i < n; i++) {
        float steps = levels[i] / levels[1];

        if (fabsf(steps - rintf(steps)) > 1e-3f)
            return 0;
    }
    for (int i = 0; i < N; i++)
        expect(fabsf(noisy[i] - clean[i]) < 0.501f * levels[1]);
    return 1;
}

/* Every level is 2^s (2 m + 33) - 33 with s = 0..7, m = 0..15 (ITU-T G.711,
 * table 2), of which the first above 0 is 2. */
static void expect_mu_law(const float *levels, int n)
{
    expect_range(n, 30, 128);
    for (int i = 0; i < n; i++) {
        double u = 2 * (double)levels[i] / (double)levels[1] + 33;
        int s = (int)floor(log2(u / 32.5));
        double m = (ldexp(u, -s) - 33) / 2;

        expect_range(s, 0, 7);
        expect_range(m, -0.01, 15.01);
        expect_near(m, rint(m), 0.01);
    }
    for (int i = 0; i < N; i++)
        expect_near(noisy[i], clean[i],
                    1.001 * (double)levels[1] / 2 +
                        fabs((double)clean[i]) / 31);
}

/* y = x / sqrt(1 + (x / top)^2), for all samples with the same top, which is
 * returned as a part of the peak. */
static double expect_saturated(void)
{
    int loudest = 0;
    double x, y, top;

    for (int i = 0; i < N; i++)
        if (fabsf(clean[i]) > fabsf(clean[loudest]))
            loudest = i;
    x = (double)clean[loudest], y = (double)noisy[loudest];
    expect(fabs(y) < fabs(x));
    top = 1 / sqrt(1 / (y * y) - 1 / (x * x));
    for (int i = 0; i < N; i++) {
        double x_i = (double)clean[i];

        expect_near(noisy[i], x_i / sqrt(1 + x_i * x_i / (top * top)), 1e-6);
    }
    return top / fabs(x);
}

/* A mixture that is all speech is, behind a device, the target but for one kind
 * of damage at most. */
TEST(damage)
{
    static float levels[N];
    int n_whole = 0, n_saturated = 0, n_uniform = 0, n_mu_law = 0;
    double lowest_top = HUGE_VAL, highest_top = 0;

    for (uint64_t number = 0; number < 60; number++) {
        struct se_rng rng;
        int n;

        make();
        memcpy(noisy, clean, sizeof noisy);
        se_rng_seed(&rng, 4, number);
        se_device_apply(noisy, clean, N, &rng);
        n = find_levels(levels);
        if (memcmp(noisy, clean, sizeof noisy) == 0) {
            n_whole++;
        } else if (n > 2000) {
            double top = expect_saturated();

            lowest_top = fmin(lowest_top, top);
            highest_top = fmax(highest_top, top);
            n_saturated++;
        } else if (is_uniform(levels, n)) {
            n_uniform++;
        } else {
            expect_mu_law(levels, n);
            n_mu_law++;
        }
    }
    expect_range(n_whole, 20, 40);
    expect_range(n_saturated, 4, 16);
    expect_range(lowest_top, 0.39, 0.7);
    expect_range(highest_top, 0.9, 1.51);
    expect_range(n_uniform, 4, 16);
    expect_range(n_mu_law, 4, 16);
}

TEST(silence_stays)
{
    for (uint64_t number = 0; number < 40; number++) {
        struct se_rng rng;

        memset(noisy, 0, sizeof noisy);
        memset(clean, 0, sizeof clean);
        se_rng_seed(&rng, 3, number);
        se_device_apply(noisy, clean, N, &rng);
        expect(se_level_peak(noisy, N) == 0.0f);
        expect(se_level_peak(clean, N) == 0.0f);
        se_device_apply(noisy, clean, 0, &rng);
    }
}

/* Coarse samples: some devices leave few values, and errors are small beside
 * what is loud. */
TEST(coarse)
{
    int n_coarse = 0;

    for (uint64_t number = 0; number < 60; number++) {
        struct se_rng rng;
        int n_same = 0;

        make();
        se_rng_seed(&rng, 2, number);
        se_device_apply(noisy, clean, N, &rng);
        /* in the soft half, how often a sample equals one of 100 before it */
        for (int i = N - 2000; i < N; i++)
            for (int j = i - 100; j < i; j++)
                if (noisy[i] == noisy[j]) {
                    n_same++;
                    break;
                }
        n_coarse += n_same > 1000;
    }
    expect_range(n_coarse, 10, 35);
}
