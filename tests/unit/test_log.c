/* test_log.c - the fast logarithm against double precision. */
#include "check.h"
#include "dsp/log.h"

#include <math.h>
#include <string.h>

static const float log_floor = -4.515449934959718f; /* log10(2^-15) */

static float log_of(float x)
{
    float y;

    se_log10_floored(&y, &x, 1);
    return y;
}

TEST(log_floor)
{
    static const float low[] = {0x1p-15f, 0.0f,  -0.0f,     0x1p-149f,
                                0x1p-16f, -1e9f, -INFINITY, NAN};

    for (size_t i = 0; i < sizeof low / sizeof *low; i++)
        expect(log_of(low[i]) == log_floor);
    expect(log_of(nextafterf(0x1p-15f, 1.0f)) >= log_floor);
    expect(isfinite(log_of(3.4e38f)));
}

TEST(log_of_powers_of_two)
{
    for (int e = -15; e <= 127; e++)
        expect(log_of(ldexpf(1.0f, e)) == (float)(e * log10(2.0)));
}

TEST(log_is_accurate)
{
    double worst = 0.0, before = -5.0;

    for (double x = 0x1p-15; x < 1e6; x *= 1.00001) {
        float y = log_of((float)x);

        worst = fmax(worst, fabs((double)y - log10((double)(float)x)));
        expect((double)y >= before - 5e-7);
        before = (double)y;
    }
    expect(worst < 5e-7);
}

/* Only IEEE operations on single elements, never contracted: every compiler,
 * instruction set and array length must give these very bits. */
TEST(log_is_the_same_everywhere)
{
    enum { N = 4099 };
    static float x[N], y[N];
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

    for (int i = 0; i < N; i++)
        x[i] = ldexpf(1.0f + (float)(i * 1021 % N) / N, i % 36 - 16);
    se_log10_floored(y, x, N);
    for (int i = 0; i < N; i++) {
        uint32_t bits;

        expect(log_of(x[i]) == y[i]);
        memcpy(&bits, &y[i], sizeof bits);
        hash = (hash ^ bits) * 0x100000001b3u;
    }
    expect(hash == 0x7f6c9389f79b4caau);
    se_log10_floored(x, x, N); /* in place */
    expect_bytes(x, y, sizeof y);
}
