/* test_convolve.c - convolution by FFT against the sum that it stands for. */
#include "base/rng.h"
#include "check.h"
#include "dsp/convolve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TAPS = 9000, N = 13000 };

static float taps[2][MAX_TAPS], in[N], out[2][N];

static void fill(float *x, int n, uint64_t stream)
{
    struct se_rng rng;

    se_rng_seed(&rng, 1, stream);
    for (int i = 0; i < n; i++)
        x[i] = (float)se_rng_uniform(&rng, -1, 1);
}

static double sample_of(const float *h, int n_taps, const float *x, int i)
{
    double sum = 0;

    for (int t = 0; t < n_taps && t <= i; t++)
        sum += (double)h[t] * (double)x[i - t];
    return sum;
}

/* Every 37th sample, the first and the last. */
static void check(const float *y, const float *h, int n_taps, int n)
{
    for (int i = 0; i < n; i = i + 37 < n || i == n - 1 ? i + 37 : n - 1)
        expect_near((double)y[i], sample_of(h, n_taps, in, i), 1e-4);
}

TEST(sums)
{
    const int n_taps[] = {1, 2, 160, 4095, 4096, 4097, 8192, MAX_TAPS};
    const int lengths[] = {0, 1, 159, 160, 161, 4096, 4097, N};
    struct se_convolver *convolver;

    fill(taps[0], MAX_TAPS, 0);
    fill(in, N, 1);
    expect_equal(se_convolver_create(&convolver, 1, MAX_TAPS, NULL), 0);
    for (int i = 0; i < 8; i++) {
        float *y = out[0];

        se_convolver_set(convolver, 0, taps[0], n_taps[i]);
        for (int j = 0; j < 8; j++) {
            se_convolve(convolver, &y, 1, in, lengths[j]);
            check(y, taps[0], n_taps[i], lengths[j]);
        }
    }
    se_convolver_destroy(convolver);
}

/* Two responses at a time, one result over the input. */
TEST(two)
{
    static float both[N];
    struct se_convolver *convolver;

    fill(taps[0], MAX_TAPS, 2);
    fill(taps[1], MAX_TAPS, 3);
    fill(in, N, 4);
    memcpy(both, in, sizeof in);
    expect_equal(se_convolver_create(&convolver, 2, MAX_TAPS, NULL), 0);
    se_convolver_set(convolver, 0, taps[0], MAX_TAPS);
    se_convolver_set(convolver, 1, taps[1], 4100);
    se_convolve(convolver, (float *[]){out[0], both}, 2, both, N);
    check(out[0], taps[0], MAX_TAPS, N);
    check(both, taps[1], 4100, N);

    /* what was before leaves no trace */
    se_convolver_set(convolver, 0, taps[1], 7);
    se_convolve(convolver, (float *[]){out[0]}, 1, in, N);
    check(out[0], taps[1], 7, N);

    /* no response, no sound */
    se_convolver_set(convolver, 0, taps[1], 0);
    se_convolve(convolver, (float *[]){out[0]}, 1, in, N);
    for (int i = 0; i < N; i++)
        expect(out[0][i] == 0.0f);
    se_convolver_destroy(convolver);
}
