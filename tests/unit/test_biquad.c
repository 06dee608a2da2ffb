/* test_biquad.c - filters of the mixer against their definitions. */
#include "base/rng.h"
#include "check.h"
#include "dsp/biquad.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

/* |H| in dB at `hz`, 16 kHz. */
static double response_db(const struct se_biquad *biquad, int n, double hz)
{
    double complex z = cexp(-(double complex)I * 2 * M_PI * hz / 16000), h = 1;

    for (int i = 0; i < n; i++) {
        const double *b = biquad[i].b, *a = biquad[i].a;

        h *= (b[0] + b[1] * z + b[2] * z * z) / (1 + a[0] * z + a[1] * z * z);
    }
    return 20 * log10(cabs(h));
}

/* The difference equation itself, in double. */
static void apply_directly(const struct se_biquad *biquad, double *y,
                           const float *x, int n)
{
    for (int i = 0; i < n; i++) {
        y[i] = biquad->b[0] * (double)x[i];
        if (i >= 1)
            y[i] += biquad->b[1] * (double)x[i - 1] - biquad->a[0] * y[i - 1];
        if (i >= 2)
            y[i] += biquad->b[2] * (double)x[i - 2] - biquad->a[1] * y[i - 2];
    }
}

static void check_apply(const struct se_biquad *biquad, int n)
{
    float *samples = malloc((size_t)(n + 1) * sizeof *samples);
    double *want = malloc((size_t)(n + 1) * sizeof *want);
    double largest = 1;
    struct se_rng rng;

    expect(samples);
    expect(want);
    se_rng_seed(&rng, 1, (uint64_t)n);
    for (int i = 0; i < n; i++)
        samples[i] = (float)se_rng_uniform(&rng, -1, 1);
    samples[n] = 123;
    apply_directly(biquad, want, samples, n);
    se_biquad_apply(biquad, 1, samples, n);
    for (int i = 0; i < n; i++)
        largest = fmax(largest, fabs(want[i]));
    for (int i = 0; i < n; i++)
        expect_near((double)samples[i], want[i], 2e-4 * largest);
    expect(samples[n] == 123);
    free(samples);
    free(want);
}

TEST(apply)
{
    const int lengths[] = {0, 1, 3, 4, 511, 512, 513, 1024, 5000};
    struct se_biquad biquad, sections[SE_TILT_SECTIONS];
    struct se_rng rng;

    se_rng_seed(&rng, 7, 0);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        se_biquad_random(&biquad, &rng);
        check_apply(&biquad, lengths[i]);
    }
    se_biquad_peak(&biquad, 100, 6, 18);
    check_apply(&biquad, 5000);
    se_biquad_tilt(sections, 1);
    for (int i = 0; i < SE_TILT_SECTIONS; i++)
        check_apply(&sections[i], 5000);
    se_biquad_lowpass(sections, 7500);
    for (int i = 0; i < SE_LOWPASS_SECTIONS; i++)
        check_apply(&sections[i], 5000);
}

/* Side by side or one by one, the same bits come out. */
TEST(many)
{
    enum { MOST = 9, N = 3000 };
    const int lengths[] = {0, 1, 511, 512, 513, 1024, N};
    struct se_biquad sections[MOST];
    float together[N + 1], apart[N + 1];
    struct se_rng rng;

    se_rng_seed(&rng, 8, 0);
    for (int i = 0; i < MOST; i++)
        se_biquad_peak(&sections[i], 100 * (i + 1), 3, 3 * i - 9);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        int n = lengths[i];

        for (int n_sections = 0; n_sections <= MOST; n_sections++) {
            for (int j = 0; j <= N; j++)
                together[j] = apart[j] = (float)se_rng_uniform(&rng, -1, 1);
            se_biquad_apply(sections, n_sections, together, n);
            for (int j = 0; j < n_sections; j++)
                se_biquad_apply(&sections[j], 1, apart, n);
            for (int j = 0; j <= N; j++)
                expect(together[j] == apart[j]);
        }
    }
}

TEST(random)
{
    struct se_biquad biquad;
    struct se_rng rng;
    double lowest = 1, highest = -1;

    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < 1000; i++) {
        se_biquad_random(&biquad, &rng);
        expect(biquad.b[0] == 1.0);

        double r[] = {biquad.b[1], biquad.b[2], biquad.a[0], biquad.a[1]};

        for (int j = 0; j < 4; j++) {
            lowest = fmin(lowest, r[j]);
            highest = fmax(highest, r[j]);
        }
    }
    expect(lowest >= -0.375 && lowest < -0.37);
    expect(highest <= 0.375 && highest > 0.37);
}

TEST(lowpass)
{
    struct se_biquad sections[SE_LOWPASS_SECTIONS];
    const int n = SE_LOWPASS_SECTIONS;

    for (double hz = 3000; hz < 7600; hz += 500) {
        se_biquad_lowpass(sections, hz);
        expect(fabs(response_db(sections, n, 10)) < 0.01);
        expect(fabs(response_db(sections, n, hz) + 3.01) < 0.01);
        expect(response_db(sections, n, hz * 0.7) > -0.2);
    }
    se_biquad_lowpass(sections, 3000);
    expect(response_db(sections, n, 6000) < -36);
}

TEST(highpass)
{
    for (double hz = 50; hz < 500; hz *= 2) {
        struct se_biquad biquad;

        se_biquad_highpass(&biquad, hz);
        expect_near(response_db(&biquad, 1, hz), -3.01, 0.01);
        expect_near(response_db(&biquad, 1, hz / 8), -36, 0.5);
        expect_near(response_db(&biquad, 1, hz * 10), 0, 0.01);
        for (int n = 100; n < 1200; n += 500)
            check_apply(&biquad, n);
    }
}

TEST(peak)
{
    struct se_biquad peak;

    se_biquad_peak(&peak, 400, 4, 12);
    expect_near(response_db(&peak, 1, 400), 12, 1e-6);
    expect(fabs(response_db(&peak, 1, 5)) < 0.1);
    expect(fabs(response_db(&peak, 1, 7000)) < 0.1);
}

TEST(tilt)
{
    struct se_biquad sections[SE_TILT_SECTIONS];

    for (double slope = 0; slope < 1.01; slope += 0.25) {
        se_biquad_tilt(sections, slope);

        double low = response_db(sections, SE_TILT_SECTIONS, 60);
        double high = response_db(sections, SE_TILT_SECTIONS, 60 * 32);

        expect(fabs((high - low) / 5 + 6.02 * slope) < 0.35);
    }
}
