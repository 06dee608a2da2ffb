/* test_convert.c - integers, floats and channels. */
#include "base/rng.h"
#include "check.h"
#include "dsp/convert.h"

#include <math.h>

enum { FRAMES = 16000 };

/* frames[FRAMES][3]: two voices and whatever else mix[channel][voice] asks for.
 */
static void make_channels(float *frames, float mix[3][3])
{
    struct se_rng rng;

    se_rng_seed(&rng, 5, 0);
    for (int i = 0; i < FRAMES; i++) {
        float voices[3];

        for (int v = 0; v < 3; v++)
            voices[v] = 0.1f * (float)se_rng_normal(&rng);
        for (int c = 0; c < 3; c++) {
            frames[3 * i + c] = 0;
            for (int v = 0; v < 3; v++)
                frames[3 * i + c] += mix[c][v] * voices[v];
        }
    }
}

/* Channels that are the negative of others, at another level, under noise or
 * with a silent one among them, do not cancel them; any others give their mean.
 */
TEST(downmix)
{
    static struct {
        float mix[3][3];
        int n_inverted;
    } cases[] = {
        {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 0},
        {{{1, 0, 0}, {0.9f, 0.1f, 0}, {1, 0, 0.1f}}, 0},
        {{{1, 0, 0}, {-0.5f, 0, 0}, {0, 0, 0}}, 1},
        {{{0, 0, 0}, {1, 0, 0}, {-1, 0, 0}}, 1},
        {{{1, 0, 0}, {-1, 0, 0}, {-1, 0, 0}}, 2},
        {{{0, 1, 0}, {1, 0, 0}, {-1, 0, 0}}, 1},
        {{{1, 1, 0}, {-1, 0, 1}, {0, 0, 0}}, 1},
    };
    static float frames[3 * FRAMES], mono[FRAMES];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct se_downmix downmix;
        double power = 0, expected = 0;

        memset(&downmix, 0, sizeof downmix);
        make_channels(frames, cases[i].mix);
        for (int at = 0; at < FRAMES; at += 160)
            se_downmix(&downmix, mono + at, frames + 3 * at, 160, 3);
        expect_equal(se_downmix_inverted(&downmix, NULL), cases[i].n_inverted);
        for (int k = FRAMES / 2; k < FRAMES; k++) {
            float sum = 0;

            for (int c = 0; c < 3; c++)
                sum += frames[3 * k + c] / 3;
            if (cases[i].n_inverted == 0)
                expect_near(mono[k], sum, 1e-6);
            power += (double)(mono[k] * mono[k]);
        }
        for (int v = 0; v < 3; v++) {
            double amplitude = 0;

            for (int c = 0; c < 3; c++)
                amplitude += (double)fabsf(cases[i].mix[c][v]) / 3;
            expected += 0.01 * amplitude * amplitude;
        }
        expect_near(power / (FRAMES / 2.0), expected, 0.1 * expected);
    }
}

/* 30 ms at 16 kHz of two channels that are alike but for the sign. */
static void play_pair(struct se_downmix *downmix, float sign)
{
    float stereo[2 * 480], mono[480];

    for (int i = 0; i < 480; i++) {
        stereo[2 * i] = sinf((float)i);
        stereo[2 * i + 1] = sign * stereo[2 * i];
    }
    se_downmix(downmix, mono, stereo, 480, 2);
}

/* Inverted from the middle on: found there, and not lost in a moment. */
TEST(downmix_follows)
{
    static struct se_downmix downmix;
    int n = 0;

    for (; n < 4000 && se_downmix_inverted(&downmix, NULL) == 0; n++)
        play_pair(&downmix, n < 1000 ? 1 : -1);
    expect(n > 1000 && n < 2000);

    for (n = 0; n < 1000; n++)
        play_pair(&downmix, -1);
    play_pair(&downmix, 1);
    expect_equal(se_downmix_inverted(&downmix, NULL), 1);
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
