/* test_loss.c - the losses against the published test vectors
 * (facts/losses.md section 5) and against central differences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "nn/loss.h"

#include <math.h>
#include <string.h>

enum { STEPS = 2, BINS = 3, N = STEPS * BINS };

static const se_real X[N][2] = {{1, .5},    {-.8, .3}, {.2, -.9},
                                {.05, .02}, {1.5, -1}, {-.4, -.6}};
static const se_real S[N][2] = {{.7, .6},    {-.2, .1},  {.25, -.7},
                                {.01, -.03}, {1.4, -.6}, {.3, -.2}};
static const se_real G[N] = {.9, .4, .7, .3, .95, .45};

static void targets(se_real noisy[N], se_real clean[N], se_real cross[N])
{
    for (int i = 0; i < N; i++) {
        noisy[i] = hypot(X[i][0], X[i][1]);
        clean[i] = hypot(S[i][0], S[i][1]);
        cross[i] = X[i][0] * S[i][0] + X[i][1] * S[i][1];
    }
}

/* `factor` turns our sum over frames into the published normalisation. */
static void check_vector(const char *text, double factor, double value,
                         const double gradient[N])
{
    se_real noisy[N], clean[N], cross[N], d[N];
    struct se_loss_target target = {noisy, clean, cross, NULL};
    struct se_report report;
    struct se_loss loss;

    targets(noisy, clean, cross);
    if (se_loss_parse(&loss, text, &report) != SE_OK)
        fail_msg("%s", report.text);

    double got =
        factor * se_loss_eval(&loss, d, G, &target, STEPS, 1, BINS, factor);

    if (fabs(got - value) > 1e-7 * fabs(value) + 1e-9)
        fail_msg("%s: %.10g, expected %.10g", text, got, value);
    for (int i = 0; i < N; i++)
        if (fabs(d[i] - gradient[i]) > 1e-6 * fabs(gradient[i]) + 1e-9)
            fail_msg("%s: derivative %d is %.10g, expected %.10g", text, i,
                     d[i], gradient[i]);
}

static void test_published_vectors(void **state)
{
    (void)state;
    check_vector("mse", 1.5, 0.0164164331,
                 (double[]){0.03434099, 0.09293922, -0.04483343, -0.00702599,
                            0.08182864, -0.02254361});
    check_vector("blend:alpha=0", 0.5, 0.00266334464,
                 (double[]){0.002888512, 0.0156871, -0.004755929, -0.006260063,
                            0.005024538, -0.003632426});
    check_vector("blend:alpha=1", 0.5, 0.234176624,
                 (double[]){0.006132155, 0.01632219, -0.003870955, 0.03005972,
                            0.007370837, 0.1131139});
    check_vector("blend", 0.5, 0.0721173286,
                 (double[]){0.003861605, 0.01587763, -0.004490437, 0.004635873,
                            0.005728428, 0.03139147});
    check_vector("cmse", 0.5, 0.0756743333,
                 (double[]){0.04166667, 0.034, -0.02833333, 0.0003233333,
                            0.1291667, 0.078});
    check_vector(
        "asym", 0.5, 0.00102640862,
        (double[]){-0., -0., -0.004755929, -0.006260063, -0., -0.003632426});
    check_vector("sdr:floor=0", 0.5, -9.3435433,
                 (double[]){2.391247, 1.951258, -1.626048, 0.01855608, 7.412866,
                            4.476415});
}

/* Several rows, spans that do not divide the block, sums of terms. */
static void test_central_differences(void **state)
{
    enum { T = 5, R = 3, K = 7, M = T * R * K };
    const char *text = "0.5*blend:c=0.4,alpha=0.6+1e-1*sdr:span=2,floor=0.1"
                       "+2*asym+mse:exponent=0.5";
    se_real noisy[M], clean[M], cross[M], g[M], d[M], unused[M];
    struct se_loss_target target = {noisy, clean, cross, NULL};
    struct se_report report;
    struct se_loss loss;
    struct se_rng rng;

    (void)state;
    assert_int_equal(se_loss_parse(&loss, text, &report), SE_OK);
    assert_int_equal(loss.n_terms, 4);
    assert_true(loss.needs_phase);
    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < M; i++) {
        noisy[i] = se_rng_uniform(&rng, 0.05, 2);
        clean[i] = se_rng_uniform(&rng, 0.05, 2);
        cross[i] = noisy[i] * clean[i] * se_rng_uniform(&rng, -1, 1);
        g[i] = se_rng_uniform(&rng, 0.05, 1);
    }
    se_loss_eval(&loss, d, g, &target, T, R, K, 1);
    for (int i = 0; i < M; i++) {
        const se_real h = 1e-6, at = g[i];
        double up, down;

        g[i] = at + h;
        up = se_loss_eval(&loss, unused, g, &target, T, R, K, 1);
        g[i] = at - h;
        down = se_loss_eval(&loss, unused, g, &target, T, R, K, 1);
        g[i] = at;
        assert_true(fabs((up - down) / (2 * h) - d[i]) < 1e-6);
    }
}

/* Nothing but silence: finite values, no pull on the mask. */
static void test_silence_is_harmless(void **state)
{
    const char *texts[] = {"mse", "blend", "cmse", "asym", "sdr", "sdr:span=1"};
    se_real zero[N] = {0}, d[N];
    struct se_loss_target target = {zero, zero, zero, NULL};
    struct se_report report;
    struct se_loss loss;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(se_loss_parse(&loss, texts[i], &report), SE_OK);
        assert_true(
            isfinite(se_loss_eval(&loss, d, G, &target, STEPS, 1, BINS, 1)));
        for (int k = 0; k < N; k++)
            assert_true(d[k] == 0);
    }
}

static void check_error(const char *text, const char *expected)
{
    struct se_report report;
    struct se_loss loss;

    assert_int_equal(se_loss_parse(&loss, text, &report), SE_ERR_ARG);
    assert_string_equal(report.text, expected);
}

static void test_errors(void **state)
{
    (void)state;
    check_error("mae", "loss 'mae' is not known; known are mse, blend, cmse, "
                       "asym, sdr");
    check_error("blend:beta=1",
                "loss blend: no parameter 'beta'; the first is c");
    check_error("blend:c=x", "loss blend: c=x: expected a number");
    check_error("blend:c", "loss blend: 'c': expected parameter=value");
    check_error("x*mse", "loss 'x*mse': expected a number before '*'");
    check_error("mse+mse+mse+mse+mse",
                "loss 'mse+mse+mse+mse+mse': more than 4 terms");
    check_error("", "loss '' is not known; known are mse, blend, cmse, asym, "
                    "sdr");
}

/* Frames that do not count leave no trace, whatever is in them. */
static void test_frames_that_count(void **state)
{
    enum { T = 4, R = 3, K = 5, M = T * R * K };
    const int frames[R] = {0, 3, 4};
    const char *text = "blend+cmse+0.1*sdr:span=2+mse";
    se_real noisy[M], clean[M], cross[M], g[M], d[M], d_row[T * K];
    struct se_loss_target target = {noisy, clean, cross, frames};
    struct se_loss loss;
    struct se_rng rng;
    double sum = 0;

    (void)state;
    assert_int_equal(se_loss_parse(&loss, text, NULL), SE_OK);
    se_rng_seed(&rng, 5, 0);
    for (int i = 0; i < M; i++) {
        noisy[i] = se_rng_uniform(&rng, 0.05, 2);
        clean[i] = se_rng_uniform(&rng, 0.05, 2);
        cross[i] = noisy[i] * clean[i] * se_rng_uniform(&rng, -1, 1);
        g[i] = se_rng_uniform(&rng, 0.05, 1);
    }

    double value = se_loss_eval(&loss, d, g, &target, T, R, K, 1);

    /* Each row alone, cut to its frames. */
    for (int r = 0; r < R; r++) {
        se_real row[4][T * K];
        const se_real *const all[4] = {noisy, clean, cross, g};
        struct se_loss_target cut = {row[0], row[1], row[2], NULL};

        for (int a = 0; a < 4; a++)
            for (int t = 0; t < T; t++)
                memcpy(row[a] + t * K, all[a] + (t * R + r) * K,
                       K * sizeof(se_real));
        sum += se_loss_eval(&loss, d_row, row[3], &cut, frames[r], 1, K, 1);
        for (int t = 0; t < T; t++)
            for (int k = 0; k < K; k++)
                assert_true(d[(t * R + r) * K + k] ==
                            (t < frames[r] ? d_row[t * K + k] : 0));
    }
    assert_true(fabs(sum - value) < 1e-12 * fabs(value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_vectors),
        cmocka_unit_test(test_central_differences),
        cmocka_unit_test(test_silence_is_harmless),
        cmocka_unit_test(test_frames_that_count),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
