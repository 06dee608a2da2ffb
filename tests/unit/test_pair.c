/* test_pair.c - files against clean speech: how long they may be, and what an
 * error says. */
#include "base/rng.h"
#include "check.h"
#include "metrics/pair.h"

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
    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    for (int i = 0; i < n; i++) {
        float x = (float)(0.1 * se_rng_normal(&rng));

        expect_ok(se_sound_write(writer, &x, 1, &report));
    }
    expect_ok(se_sound_commit(writer, &report));
}

/* Whether a file of n samples is scored against one of n_clean. */
static void check_lengths(int n_clean, int n, int is_scored)
{
    const char *clean = in_scratch("clean.wav"), *other = in_scratch("x.wav");
    struct se_score_change change;

    write_noise(clean, n_clean);
    write_noise(other, n);

    int status = se_score_change(&change, clean, clean, other, &report);

    expect_equal(status, is_scored ? SE_OK : SE_ERR_FORMAT);
    if (is_scored) {
        expect(isinf(change.before.si_sdr_db));
        expect(isinf(change.after.si_sdr_db));
        return;
    }
    expect_contains(report.text, "x.wav: lasts ");
    expect_contains(report.text, "clean.wav ");
    expect_contains(report.text, "expected the same within 64 ms");
}

TEST(lengths)
{
    check_lengths(N, N, 1);
    check_lengths(N, N + SE_MAX_DELAY, 1);
    check_lengths(N + SE_MAX_DELAY, N, 1);
    check_lengths(N, N + SE_MAX_DELAY + 1, 0);
    check_lengths(N + SE_MAX_DELAY + 1, N, 0);
}

TEST(errors)
{
    const char *clean = in_scratch("clean.wav"), *short_ = in_scratch("s.wav");
    struct se_score_change change;

    write_noise(clean, 6000);
    write_noise(short_, 6000);
    expect_error(se_score_change(&change, clean, short_, clean, &report),
                 SE_ERR_ARG, "clean.wav and ");
    expect_contains(report.text, "s.wav: ");
    expect(se_score_change(&change, clean, in_scratch("none.wav"), clean,
                           &report) != SE_OK);
    expect_contains(report.text, "none.wav");
}

/* The two files of one signal, the other one late and noisy. */
static float samples[2][2 * N];

static void make_signals(struct se_score_signal signals[2], int delay)
{
    struct se_rng rng;

    se_rng_seed(&rng, 1, 0);
    for (int i = 0; i < 2 * N; i++) {
        double burst = i % 8000 < 6000 ? 0.1 * se_rng_normal(&rng) : 0;

        samples[0][i] = (float)burst;
    }
    for (int i = 0; i < 2 * N; i++) {
        double x = i >= delay ? (double)samples[0][i - delay] : 0;

        samples[1][i] = (float)(x + 0.01 * se_rng_normal(&rng));
    }
    for (int i = 0; i < 2; i++)
        signals[i] = (struct se_score_signal){"x.wav", samples[i], 2 * N};
}

/* By the short cut PESQ is that without the delay which is found; else it finds
 * the delay itself, in the whole files. */
TEST(pesq_of_a_late_file)
{
    struct se_score_signal signals[2];
    struct se_scores scores[2];
    double score;

    make_signals(signals, 1000);

    const struct se_pesq_pair whole = {samples[0], samples[1], 2 * N, 2 * N};
    const struct se_pesq_pair aligned = {samples[0], samples[1] + 1000, 2 * N,
                                         2 * N - 1000};

    expect_ok(se_score_pair(&scores[0], &signals[0], &signals[1], SE_PESQ_FULL,
                            &report));
    expect_ok(se_score_pair(&scores[1], &signals[0], &signals[1],
                            SE_PESQ_ALIGNED, &report));
    expect_equal(scores[1].delay_samples, 1000);
    expect_ok(se_pesq(&score, &whole, SE_PESQ_WIDE, SE_PESQ_FULL, &report));
    expect_near(scores[0].pesq_wb, score, 1e-12);
    expect_ok(
        se_pesq(&score, &aligned, SE_PESQ_WIDE, SE_PESQ_ALIGNED, &report));
    expect_near(scores[1].pesq_wb, score, 1e-12);
    expect_ok(
        se_pesq(&score, &aligned, SE_PESQ_NARROW, SE_PESQ_ALIGNED, &report));
    expect_near(scores[1].pesq_nb, score, 1e-12);
    expect(scores[1].pesq_wb > 1.1);
}

/* Silence has scores, but no PESQ. */
TEST(pesq_of_silence)
{
    struct se_score_signal signals[2];
    struct se_scores scores;

    make_signals(signals, 0);
    memset(samples[1], 0, sizeof samples[1]);
    expect_ok(se_score_pair(&scores, &signals[0], &signals[1], SE_PESQ_FULL,
                            &report));
    expect(isinf(scores.si_sdr_db));
    expect(isnan(scores.pesq_wb) && isnan(scores.pesq_nb));
}
