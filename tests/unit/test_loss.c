/* test_loss.c - the losses in single precision, as training computes them, and
 * the transform that losses of samples get. Formulas and gradients are tested
 * in double precision, in double/test_loss.c. */
#include "base/rng.h"
#include "check.h"
#include "dsp/stft.h"
#include "loss/loss.h"
#include "metrics/metrics.h"
#include "train/synthesis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 100, N = STEPS * SE_BINS, SAMPLES = STEPS * SE_HOP };

/* ---- the transform ------------------------------------------------------- */

static void random_numbers(float *x, int n, uint64_t stream)
{
    struct se_rng rng;

    se_rng_seed(&rng, 11, stream);
    for (int i = 0; i < n; i++)
        x[i] = (float)se_rng_normal(&rng);
}

/* The same frames as those of se_stft_synthesise. */
TEST(inverse_is_that_of_the_stft)
{
    struct se_loss_synthesis *synthesis;
    struct se_stft *stft;
    se_bin spectrum[SE_BINS], empty[SE_BINS] = {{0}};
    float samples[SE_WINDOW], hop[SE_HOP];

    expect_ok(se_synthesis_create(&synthesis, 1, &report));
    expect_ok(se_stft_create(&stft, &report));
    random_numbers(spectrum[0], 2 * SE_BINS, 1);
    synthesis->inverse(synthesis->context, samples, spectrum[0]);
    for (int at = 0; at < SE_WINDOW; at += SE_HOP) {
        se_stft_synthesise(stft, hop, at == 0 ? spectrum : empty);
        for (int i = 0; i < SE_HOP; i++)
            expect_near(samples[at + i], hop[i], 1e-6f);
    }
    se_stft_destroy(stft);
    se_synthesis_destroy(synthesis);
    se_synthesis_destroy(NULL);
}

/* <inverse(x), y> = <x, transpose(y)> */
TEST(transpose)
{
    struct se_loss_synthesis *synthesis;
    float x[2 * SE_BINS], y[SE_WINDOW], back[2 * SE_BINS], samples[SE_WINDOW];
    double one = 0, other = 0;

    expect_ok(se_synthesis_create(&synthesis, 3, &report));
    random_numbers(x, 2 * SE_BINS, 2);
    random_numbers(y, SE_WINDOW, 3);
    synthesis->inverse(synthesis->context, samples, x);
    synthesis->transpose(synthesis->context, back, y);
    for (int i = 0; i < SE_WINDOW; i++)
        one += (double)samples[i] * (double)y[i];
    for (int i = 0; i < 2 * SE_BINS; i++)
        other += (double)x[i] * (double)back[i];
    expect_near(one, other, 1e-5);
    expect(back[1] == 0 && back[2 * SE_BINS - 1] == 0);
    se_synthesis_destroy(synthesis);
}

/* ---- losses -------------------------------------------------------------- */

struct scene {
    se_bin X[N], S[N];
    float noisy[N], clean[N], cross[N], mask[N], d[N];
    struct se_loss_synthesis *synthesis;
    struct se_loss_target target;
};

static struct scene *open_scene(void)
{
    struct scene *scene = calloc(1, sizeof *scene);

    expect(scene);
    expect_ok(se_synthesis_create(&scene->synthesis, STEPS, &report));
    scene->target = (struct se_loss_target){
        .frames = STEPS,
        .rows = 1,
        .bins = SE_BINS,
        .noisy = scene->noisy,
        .clean = scene->clean,
        .cross = scene->cross,
        .noisy_spectrum = scene->X[0],
        .clean_spectrum = scene->S[0],
        .synthesis = scene->synthesis,
    };
    return scene;
}

static void close_scene(struct scene *scene)
{
    se_synthesis_destroy(scene->synthesis);
    free(scene);
}

static void derive(struct scene *scene)
{
    for (int i = 0; i < N; i++) {
        const float *x = scene->X[i], *s = scene->S[i];

        scene->noisy[i] = hypotf(x[0], x[1]);
        scene->clean[i] = hypotf(s[0], s[1]);
        scene->cross[i] = x[0] * s[0] + x[1] * s[1];
    }
}

static double evaluate(struct scene *scene, const char *text)
{
    struct se_loss loss;

    expect_ok(se_loss_parse(&loss, text, &report));
    return se_loss_eval(&loss, scene->d, scene->mask, &scene->target, 1);
}

/* Silence and full scale in one block, masks that underflowed to 0. */
TEST(extremes_stay_numbers)
{
    struct scene *scene = open_scene();
    struct se_rng rng;

    se_rng_seed(&rng, 12, 0);
    for (int i = 0; i < N; i++) {
        const float levels[] = {0, 1e-20f, 1e-6f, 1, 300};
        float noise = levels[se_rng_below(&rng, 5)];
        float speech = levels[se_rng_below(&rng, 5)];
        const float masks[] = {0, 1e-38f, 0.5f, 1};

        for (int part = 0; part < 2; part++) {
            scene->S[i][part] = speech * (float)se_rng_normal(&rng);
            scene->X[i][part] =
                scene->S[i][part] + noise * (float)se_rng_normal(&rng);
        }
        scene->mask[i] = masks[se_rng_below(&rng, 4)];
    }
    derive(scene);
    for (int k = 0; se_loss_name(k); k++) {
        if (!isfinite(evaluate(scene, se_loss_name(k))))
            fail_test("%s is not a number", se_loss_name(k));
        for (int i = 0; i < N; i++)
            if (!isfinite(scene->d[i]))
                fail_test("%s: a derivative is %g", se_loss_name(k),
                          (double)scene->d[i]);
    }
    close_scene(scene);
}

/* Noise and modulated noise, which stands for speech. */
static void make_signals(float *noisy, float *clean)
{
    random_numbers(noisy, SAMPLES, 4);
    random_numbers(clean, SAMPLES, 5);
    for (int i = 0; i < SAMPLES; i++) {
        clean[i] *= sinf(3e-4f * (float)i);
        noisy[i] = 0.3f * noisy[i] + clean[i];
    }
    for (int i = SAMPLES - SE_STFT_DELAY; i < SAMPLES; i++)
        noisy[i] = clean[i] = 0;
}

static double energy_ratio_db(const float *clean, const float *noisy)
{
    double signal = 0, error = 0;

    for (int i = 0; i < SAMPLES; i++) {
        signal += (double)clean[i] * (double)clean[i];
        error += pow((double)noisy[i] - (double)clean[i], 2);
    }
    return 10 * log10(signal / error);
}

/* With an open mask the losses of samples are minus the scores of the noisy
 * signal, a frame's worth for each frame. */
TEST(losses_of_samples_are_scores)
{
    static float noisy[SAMPLES], clean[SAMPLES];
    struct scene *scene = open_scene();
    struct se_stft *stft[2];

    make_signals(noisy, clean);
    for (int i = 0; i < 2; i++)
        expect_ok(se_stft_create(&stft[i], &report));
    for (int t = 0; t < STEPS; t++) {
        se_stft_analyse(stft[0], scene->X + t * SE_BINS, noisy + t * SE_HOP);
        se_stft_analyse(stft[1], scene->S + t * SE_BINS, clean + t * SE_HOP);
    }
    for (int i = 0; i < N; i++)
        scene->mask[i] = 1;
    derive(scene);
    expect(fabs(evaluate(scene, "tsdr:floor=0") / STEPS +
                energy_ratio_db(clean, noisy)) < 1e-3);
    expect(fabs(evaluate(scene, "tsisdr:floor=0") / STEPS +
                se_si_sdr(clean, noisy, SAMPLES)) < 1e-2);
    for (int i = 0; i < 2; i++)
        se_stft_destroy(stft[i]);
    close_scene(scene);
}
