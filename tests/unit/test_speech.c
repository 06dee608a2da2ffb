/* test_speech.c - speech probability, in integers and in float. */
#include "dsp/speech.h"
#include "nnsp/speech.h"

#include "base/rng.h"
#include "check.h"

#include <math.h>
#include <string.h>

/* One stream, of both. */
struct pair {
    struct nnsp_net net;
    struct nnsp nnsp;
    int32_t spectrum[NNSP_FFT];
    int16_t mask[NNSP_BINS];
    struct se_speech speech;
};

static void start(struct pair *pair)
{
    memset(pair, 0, sizeof *pair);
    pair->nnsp.net = &pair->net;
    pair->nnsp.spectrum = pair->spectrum;
    pair->nnsp.mask = pair->mask;
    nnsp_speech_reset(&pair->nnsp);
    se_speech_reset(&pair->speech);
}

/* A frame of noise, its mean square 2^(2 level_log2), mask around `mask`. */
static float step(struct pair *pair, struct se_rng *rng, double level_log2,
                  double mask)
{
    float power[SE_BINS] = {0}, masks[SE_BINS];

    for (int k = 0; k < SE_BINS; k++) {
        double m = mask * se_rng_uniform(rng, 0.5, 1.0);

        pair->mask[k] = (int16_t)(m * 32767.0);
        masks[k] = (float)pair->mask[k] / 32768.0f;
    }
    for (int i = 2; i < NNSP_FFT; i++) {
        double x = se_rng_normal(rng) * exp2(level_log2);

        pair->spectrum[i] = (int32_t)(x * 0x1p23);
        power[i / 2] += (float)(x * x);
    }
    nnsp_speech_update(&pair->nnsp);
    se_speech_update(&pair->speech, power, masks);
    expect(pair->nnsp.speech >= 0);
    expect_near((float)pair->nnsp.speech / 32768.0f, pair->speech.probability,
                0.005);
    return pair->speech.probability;
}

static float steps(struct pair *pair, struct se_rng *rng, int n,
                   double level_log2, double mask)
{
    float probability = 0.0f;

    for (int i = 0; i < n; i++)
        probability = step(pair, rng, level_log2, mask);
    return probability;
}

/* What the mask lets through decides, not what there is. */
TEST(mask_decides)
{
    struct pair pair;
    struct se_rng rng;

    se_rng_seed(&rng, 1, 0);
    start(&pair);
    expect(pair.nnsp.speech == 0);
    expect(steps(&pair, &rng, 20, 0.0, 0.9) > 0.9f);
    expect(steps(&pair, &rng, 5, 0.0, 0.003) < 0.1f);
    expect(steps(&pair, &rng, 5, 0.0, 0.9) > 0.9f);
    expect(steps(&pair, &rng, 500, -14.0, 0.02) < 0.1f);
    expect(steps(&pair, &rng, 5, 0.0, 0.0) < 0.02f);
}

/* After three seconds of speech its level makes no difference. */
TEST(level_makes_no_difference)
{
    struct pair loud, quiet;
    struct se_rng rng;

    for (int down = 1; down <= 4; down++) {
        se_rng_seed(&rng, 2, 0);
        start(&loud);
        steps(&loud, &rng, 300, 0.0, 0.9);
        float pause = steps(&loud, &rng, 3, -4.0, 0.3);

        se_rng_seed(&rng, 2, 0);
        start(&quiet);
        steps(&quiet, &rng, 300, -down, 0.9);
        expect_near(steps(&quiet, &rng, 3, -4.0 - down, 0.3), pause, 0.05);
    }
}

/* The largest spectra of all, and the smallest. */
TEST(extremes)
{
    struct pair pair;

    start(&pair);
    for (int k = 0; k < NNSP_BINS; k++)
        pair.mask[k] = 32767;
    for (int t = 0; t < 100; t++) {
        /* A full-scale tone is in two bins or so. */
        pair.spectrum[100] = t % 2 ? INT32_MAX : -INT32_MAX;
        nnsp_speech_update(&pair.nnsp);
        expect(pair.nnsp.speech > 16384);
    }
    memset(pair.spectrum, 0, sizeof pair.spectrum);
    for (int t = 0; t < 1000; t++)
        nnsp_speech_update(&pair.nnsp);
    expect_equal(pair.nnsp.speech_level, -4 * 65536);
    expect(pair.nnsp.speech < 4000);
}

/* Only 62 Hz to 6.2 kHz counts: bins 2 to 199. */
TEST(band)
{
    static const struct {
        int bin, counts;
    } cases[] = {{1, 0}, {2, 1}, {199, 1}, {200, 0}};
    float power[SE_BINS] = {0}, mask[SE_BINS];

    for (int k = 0; k < SE_BINS; k++)
        mask[k] = 1;
    for (int i = 0; i < 4; i++) {
        struct pair pair;
        int bin = cases[i].bin;

        start(&pair);
        for (int k = 0; k < NNSP_BINS; k++)
            pair.mask[k] = 32767;
        pair.spectrum[2 * bin] = 1 << 28;
        power[bin] = 32 * 32; /* the same in float: 2^23 is 1 */
        nnsp_speech_update(&pair.nnsp);
        se_speech_update(&pair.speech, power, mask);
        power[bin] = 0;
        expect_equal(pair.nnsp.speech > 16384, cases[i].counts);
        expect_equal(pair.speech.probability > 0.5f, cases[i].counts);
    }
}
