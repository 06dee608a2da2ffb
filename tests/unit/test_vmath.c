/* test_vmath.c - exponential and logarithm against the C library's in double
 * precision, and the same bits whether a loop is vectorised or not. */
#include "base/simd.h"
#include "base/vmath.h"
#include "check.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* One float after the other in steps of `stride` units in the last place. */
static float next(float x, uint32_t stride)
{
    union se_float_bits u = {.value = x};

    u.bits += stride;
    return u.value;
}

TEST(exp2)
{
    double worst = 0;

    for (double x = -126; x <= 127; x += 1.37e-4) {
        float in = (float)x;
        double want = exp2((double)in);

        worst = fmax(worst, fabs((double)se_exp2f(in) / want - 1));
    }
    expect(worst < 2e-7);
    for (int n = -126; n <= 127; n++)
        expect(se_exp2f((float)n) == ldexpf(1, n));
}

TEST(exp2_is_clamped)
{
    expect(se_exp2f(-126.5f) == 0x1p-126f);
    expect(se_exp2f(-1e30f) == 0x1p-126f);
    expect(se_exp2f(-INFINITY) == 0x1p-126f);
    expect(se_exp2f(127.5f) == 0x1p127f);
    expect(se_exp2f(INFINITY) == 0x1p127f);
    expect(isnan(se_exp2f(NAN)));
}

TEST(exp)
{
    expect(se_expf(0) == 1);
    /* The argument's rounding costs |x| * 2^-24 on top. */
    for (double x = -87; x <= 87; x += 0.00713) {
        float in = (float)x;
        double error = fabs((double)se_expf(in) / exp((double)in) - 1);

        expect(error < 2e-7 + 1.3e-7 * fabs(x));
    }
}

TEST(log2)
{
    for (int n = -126; n <= 127; n++)
        expect(se_log2f(ldexpf(1, n)) == (float)n);
    for (float x = FLT_MIN; x < 1e38f; x = next(x, 7919 * 13)) {
        double want = log2((double)x), got = (double)se_log2f(x);

        expect_near(got, want, 2e-7 * fmax(1, fabs(want) / 2));
    }
    /* Where a step of the exponent is joined to the next. */
    for (float x = 1.4141f; x < 1.4143f; x = next(x, 1))
        expect_near((double)se_log2f(x), log2((double)x), 2e-7);
}

TEST(pow)
{
    const float exponents[] = {0.15f, 0.3f, 0.5f, 0.6f, 1, 2};

    for (size_t i = 0; i < sizeof exponents / sizeof *exponents; i++)
        for (float x = 1e-8f; x < 1e4f; x = next(x, 104729)) {
            double y = (double)exponents[i], want = pow((double)x, y);
            double bits = fabs(y * log2((double)x));

            expect(fabs((double)se_powf(x, exponents[i]) / want - 1) <
                   3e-7 + 1.5e-7 * bits);
        }
}

/* What has no logarithm does not crash (the sanitizers watch). */
TEST(no_number_is_harmless)
{
    const float x[] = {0,   -0.0f,     -1,      -FLT_MAX, FLT_TRUE_MIN,
                       NAN, -INFINITY, INFINITY};
    volatile float sink;

    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        sink = se_powf(x[i], 0.3f);
    (void)sink;
}

enum { N = 1003 };

SE_MULTIVERSION
static void map_vectors(float *y, float *z, const float *x, int n)
{
    for (int i = 0; i < n; i++)
        y[i] = se_expf(x[i]);
    for (int i = 0; i < n; i++)
        z[i] = se_log2f(y[i]);
}

TEST(vectors_give_the_same_bits)
{
    float x[N], y[N], z[N];

    for (int i = 0; i < N; i++)
        x[i] = -80 + 160 * (float)i / N;
    map_vectors(y, z, x, N);
    for (int i = 0; i < N; i++) {
        volatile float alone = x[i]; /* no vector of one */

        expect(y[i] == se_expf(alone));
        alone = y[i];
        expect(z[i] == se_log2f(alone));
    }
}
