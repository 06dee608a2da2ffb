/* test_listener.c - PESQ of masked spectra is that of the sound that they
 * make. */
#include "base/rng.h"
#include "check.h"
#include "metrics/pesq.h"
#include "train/listener.h"

#include <math.h>

enum { FRAMES = 200, N = FRAMES * SE_HOP };

static float clean[N], noisy[N];
static struct se_listener *listener;

/* Bursts of coloured noise, and white noise above them. */
BEFORE_EACH()
{
    struct se_rng rng;
    double last = 0;

    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < N; i++) {
        last = 0.9 * last + se_rng_normal(&rng);
        clean[i] = (float)(i / 4000 % 2 ? 0.05 * last : 0);
        noisy[i] = clean[i] + (float)(0.01 * se_rng_normal(&rng));
    }
    expect_ok(se_listener_create(&listener, FRAMES, &report));
}

AFTER_EACH()
{
    se_listener_destroy(listener);
}

/* The signals as spectra, the noisy one under a mask of `gain`. */
static void play(const float *x, float gain, int n_frames)
{
    struct se_stft *stft[2];
    float mask[SE_BINS];

    for (int i = 0; i < 2; i++)
        expect_ok(se_stft_create(&stft[i], &report));
    for (int k = 0; k < SE_BINS; k++)
        mask[k] = gain;
    se_listener_start(listener);
    for (int t = 0; t < n_frames; t++) {
        se_bin spectra[2][SE_BINS];

        se_stft_analyse(stft[0], spectra[0], clean + t * SE_HOP);
        se_stft_analyse(stft[1], spectra[1], x + t * SE_HOP);
        se_listener_add(listener, mask, spectra[1], spectra[0]);
    }
    for (int i = 0; i < 2; i++)
        se_stft_destroy(stft[i]);
}

static double judge(void)
{
    double score;

    expect_ok(se_listener_pesq(listener, &score, &report));
    return score;
}

TEST(as_of_the_sound)
{
    const struct se_pesq_pair pair = {clean, noisy, N - SE_STFT_DELAY,
                                      N - SE_STFT_DELAY};
    double score;

    expect_ok(se_pesq(&score, &pair, SE_PESQ_WIDE, SE_PESQ_ALIGNED, &report));
    expect_range(score, 1.1, 4);
    play(noisy, 1, FRAMES);
    expect_near(judge(), score, 0.05);
    play(noisy, 0.25f, FRAMES);
    expect_near(judge(), score, 0.05);
    play(clean, 1, FRAMES);
    expect_near(judge(), 4.644, 1e-3);
}

TEST(no_score)
{
    play(noisy, 0, FRAMES);
    expect(isnan(judge()));
    play(noisy, 1, 4000 / SE_HOP - 1);
    expect(isnan(judge()));
    play(noisy, 1, 60);
    expect(!isnan(judge()));
}
