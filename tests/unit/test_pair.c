/* test_pair.c - files against clean speech: how long they may be, and what an
 * error says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "metrics/pair.h"
#include "scratch.h"

#include <math.h>
#include <sndfile.h>

enum { N = 16000 };

/* One second of noise and more, mono; the same wherever it starts. */
static void write_noise(const char *path, int n)
{
    const struct se_sound_format format = {SE_SCORE_RATE_HZ, 1,
                                           SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    struct se_sound_writer *writer;
    struct se_rng rng;

    se_rng_seed(&rng, 1, 0);
    assert_int_equal(se_sound_create(&writer, path, &format, NULL, NULL),
                     SE_OK);
    for (int i = 0; i < n; i++) {
        float x = (float)(0.1 * se_rng_normal(&rng));

        assert_int_equal(se_sound_write(writer, &x, 1, NULL), SE_OK);
    }
    assert_int_equal(se_sound_commit(writer, NULL), SE_OK);
}

/* Whether a file of n samples is scored against one of n_clean. */
static void check_lengths(int n_clean, int n, int is_scored)
{
    const char *clean = in_scratch("clean.wav"), *other = in_scratch("x.wav");
    struct se_score_change change;
    struct se_report report;

    write_noise(clean, n_clean);
    write_noise(other, n);

    int status = se_score_change(&change, clean, clean, other, &report);

    assert_int_equal(status, is_scored ? SE_OK : SE_ERR_FORMAT);
    if (is_scored) {
        assert_true(isinf(change.before.si_sdr_db));
        assert_true(isinf(change.after.si_sdr_db));
        return;
    }
    assert_non_null(strstr(report.text, "x.wav: lasts "));
    assert_non_null(strstr(report.text, "clean.wav "));
    assert_non_null(strstr(report.text, "expected the same within 64 ms"));
}

static void test_lengths(void **state)
{
    (void)state;
    check_lengths(N, N, 1);
    check_lengths(N, N + SE_MAX_DELAY, 1);
    check_lengths(N + SE_MAX_DELAY, N, 1);
    check_lengths(N, N + SE_MAX_DELAY + 1, 0);
    check_lengths(N + SE_MAX_DELAY + 1, N, 0);
}

static void test_errors(void **state)
{
    const char *clean = in_scratch("clean.wav"), *short_ = in_scratch("s.wav");
    struct se_score_change change;
    struct se_report report;

    (void)state;
    write_noise(clean, 6000);
    write_noise(short_, 6000);
    assert_int_equal(se_score_change(&change, clean, short_, clean, &report),
                     SE_ERR_ARG);
    assert_non_null(strstr(report.text, "clean.wav and "));
    assert_non_null(strstr(report.text, "s.wav: "));
    assert_int_not_equal(
        se_score_change(&change, clean, in_scratch("none.wav"), clean, &report),
        SE_OK);
    assert_non_null(strstr(report.text, "none.wav"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
