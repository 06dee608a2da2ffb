/* test_convert.c - integers, floats and channels. */
#include "check.h"
#include "dsp/convert.h"

#include <math.h>

/* The second channel as the negative of the first, at another level, is no
 * silence; any other pair is its mean. */
TEST(downmix)
{
    enum { N = 320 };
    float stereo[2 * N], mono[N];

    for (int kind = 0; kind < 2; kind++) {
        struct se_downmix downmix = {.n = 0};

        for (int i = 0; i < N; i++) {
            stereo[2 * i] = sinf((float)i);
            stereo[2 * i + 1] =
                kind ? cosf(1.7f * (float)i) : -0.5f * stereo[2 * i];
        }
        se_downmix(&downmix, mono, stereo, N, 2);
        expect_equal(downmix.is_inverted, !kind);
        for (int i = 0; i < N; i++)
            expect_near(mono[i],
                        kind ? (stereo[2 * i] + stereo[2 * i + 1]) / 2
                             : 0.75f * stereo[2 * i],
                        1e-6);
    }
}

TEST(every_integer_comes_back)
{
    enum { N = 65536 };
    static int16_t pcm[N], again[N];
    static float x[N];

    for (int i = 0; i < N; i++)
        pcm[i] = (int16_t)(i + INT16_MIN);
    se_from_int16(x, pcm, N);
    expect_near(x[0], -1, 0);
    expect_near(x[N - 1], 32767.0 / 32768, 0);
    se_to_int16(again, x, N);
    expect_bytes(again, pcm, sizeof pcm);
}

/* Ties go to even, what is beyond full scale to the last step. */
TEST(rounding)
{
    static const struct {
        double steps;
        int expected;
    } cases[] = {{0.5, 0},         {1.5, 2},         {-0.5, 0},
                 {-1.5, -2},       {2.4999, 2},      {2.5001, 3},
                 {32766.4, 32766}, {32767, 32767},   {32767.6, 32767},
                 {1e9, 32767},     {-32768, -32768}, {-32769, -32768},
                 {-1e9, -32768}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float x = (float)(cases[i].steps / 32768);
        int16_t y;

        se_to_int16(&y, &x, 1);
        expect_equal(y, cases[i].expected);
    }
}

TEST(channels)
{
    const float samples[] = {1, 2, 6, -1, 0, 4};
    float mono[6];

    se_pick_channel(mono, samples, 2, 2, 3);
    expect_near(mono[0], 6, 0);
    expect_near(mono[1], 4, 0);
    memcpy(mono, samples, sizeof samples);
    se_pick_channel(mono, mono, 2, -1, 3);
    expect_near(mono[0], 3, 0);
    expect_near(mono[1], 1, 0);
    memcpy(mono, samples, sizeof samples);
    se_pick_channel(mono, mono, 3, 0, 2);
    expect_near(mono[1], 6, 0);
    expect_near(mono[2], 0, 0);
}
