/* test_speed.c - clips played faster and slower. */
#include "check.h"
#include "dsp/speed.h"

#include <math.h>

enum { N = 4000 };

static const double PI = 3.14159265358979323846;

static void make_sine(int16_t *samples, double radians)
{
    for (int i = 0; i < N; i++)
        samples[i] = (int16_t)lrint(20000 * sin(radians * i));
}

TEST(as_it_is)
{
    struct se_speed speed;
    int16_t samples[N];
    float out[100];

    make_sine(samples, 0.3);
    se_speed_init(&speed, SE_SPEED_ONE);
    expect_equal(se_speed_length(&speed, N), N);
    se_speed_play(&(struct se_speed_clip){&speed, samples, N}, out, N - 100,
                  100);
    for (int i = 0; i < 100; i++)
        expect(out[i] == (float)samples[N - 100 + i]);
}

/* A tone of `radians` a sample is one of radians * step / 256, within 40 dB,
 * away from the ends. */
static void check_tone(double radians, int step)
{
    static float out[2 * N];
    struct se_speed speed;
    int16_t samples[N];

    make_sine(samples, radians);
    se_speed_init(&speed, step);

    int64_t length = se_speed_length(&speed, N);

    expect((length - 1) * step < N * SE_SPEED_ONE &&
           length * step >= N * SE_SPEED_ONE);
    se_speed_play(&(struct se_speed_clip){&speed, samples, N}, out, 0, length);
    for (int64_t i = 20; i < length - 20; i++) {
        double want = 20000 * sin(radians * (double)i * step / SE_SPEED_ONE);

        if (!(fabs((double)out[i] - want) < 200))
            fail_test("%g rad, step %d: sample %d is %g, expected %g", radians,
                      step, (int)i, (double)out[i], want);
    }
}

TEST(tones)
{
    for (double radians = 0.05; radians < 1.6; radians *= 1.7) {
        check_tone(radians, 171);
        check_tone(radians, 255);
        check_tone(radians, 281);
    }
    check_tone(0.9, 384);
    check_tone(0.7, 512);
}

/* What is played above half the sampling rate is not heard. */
TEST(no_alias)
{
    struct se_speed speed;
    int16_t samples[N];
    float out[N / 2];

    make_sine(samples, 0.9 * PI);
    se_speed_init(&speed, 2 * SE_SPEED_ONE);
    se_speed_play(&(struct se_speed_clip){&speed, samples, N}, out, 0, N / 2);
    for (int i = 20; i < N / 2 - 20; i++)
        expect(fabsf(out[i]) < 100);
}

/* The same samples in any pieces, silence beyond the clip. */
TEST(pieces)
{
    float whole[500], piece[7];
    struct se_speed speed;
    int16_t samples[N];

    make_sine(samples, 0.5);
    se_speed_init(&speed, 200);
    se_speed_play(&(struct se_speed_clip){&speed, samples, 300}, whole, 0, 500);
    for (int at = 0; at + 7 <= 500; at += 7) {
        se_speed_play(&(struct se_speed_clip){&speed, samples, 300}, piece, at,
                      7);
        for (int i = 0; i < 7; i++)
            expect(piece[i] == whole[at + i]);
    }
    expect(fabsf(whole[0] - (float)samples[0]) < 1e-3f);
    expect(fabsf(whole[380]) > 10);
    for (int i = 400; i < 500; i++)
        expect(whole[i] == 0.0f);
}

/* Every sample is the sum of its taps with what the clip has under them. */
static void check_sums(int step, int n_samples)
{
    enum { PADDED = 16 };
    struct se_speed speed;
    int16_t samples[PADDED + N] = {0};
    float out[200];

    for (int i = 0; i < n_samples; i++)
        samples[i] = (int16_t)(i * 7919 % 20011 - 10000);
    for (int i = n_samples; i < PADDED + N; i++)
        samples[i] = 31000; /* behind the end */
    se_speed_init(&speed, step);

    int64_t length = se_speed_length(&speed, n_samples);
    int64_t n = length < 200 ? length : 200;

    se_speed_play(&(struct se_speed_clip){&speed, samples, n_samples}, out,
                  length - n, n);
    for (int64_t i = 0; i < n; i++) {
        int64_t place = (length - n + i) * step;
        double sum = 0;

        for (int k = 0; k < SE_SPEED_TAPS; k++) {
            int64_t at = place / SE_SPEED_ONE - SE_SPEED_TAPS / 2 + 1 + k;

            if (at >= 0 && at < n_samples)
                sum += (double)speed.taps[place % SE_SPEED_ONE][k] *
                       (double)samples[at];
        }
        expect_near((double)out[i], sum, 0.02);
    }
}

TEST(sums)
{
    for (int step = 1; step <= 4 * SE_SPEED_ONE; step += step < 100 ? 33 : 77)
        for (int n_samples = 1; n_samples < 500; n_samples += 13)
            if (step != SE_SPEED_ONE)
                check_sums(step, n_samples);
    check_sums(4 * SE_SPEED_ONE, N);
    check_sums(300, N);
}
