/* loss_scene.h - random spectra that losses are evaluated on, and a small
 * inverse STFT for the losses of samples. */
#ifndef SE_TESTS_LOSS_SCENE_H
#define SE_TESTS_LOSS_SCENE_H

#include "base/rng.h"
#include "check.h"
#include "loss/loss.h"

#include <math.h>

/* ---- a small inverse STFT ------------------------------------------------ */

enum { HOP = 3, WINDOW = 9, FFT = 12, TIME_BINS = FFT / 2 + 1, MAX_STEPS = 8 };

static inline double window_at(int n)
{
    return sqrt(2.0 / 3) * sin(M_PI * n / WINDOW);
}

static inline double bin_weight(int k)
{
    return (k == 0 || k == FFT / 2 ? 1.0 : 2.0) / FFT;
}

static inline void inverse(void *context, se_real *samples,
                           const se_real *spectrum)
{
    (void)context;
    for (int n = 0; n < WINDOW; n++) {
        samples[n] = 0;
        for (int k = 0; k < TIME_BINS; k++) {
            double angle = 2 * M_PI * k * n / FFT;

            samples[n] += window_at(n) * bin_weight(k) *
                          (spectrum[2 * k] * cos(angle) -
                           spectrum[2 * k + 1] * sin(angle));
        }
    }
}

static inline void transpose(void *context, se_real *spectrum,
                             const se_real *samples)
{
    (void)context;
    for (int k = 0; k < TIME_BINS; k++) {
        spectrum[2 * k] = spectrum[2 * k + 1] = 0;
        for (int n = 0; n < WINDOW; n++) {
            double angle = 2 * M_PI * k * n / FFT;
            double x = window_at(n) * bin_weight(k) * samples[n];

            spectrum[2 * k] += x * cos(angle);
            spectrum[2 * k + 1] -= x * sin(angle);
        }
    }
}

static inline const struct se_loss_synthesis *synthesis(void)
{
    static se_real masked[(MAX_STEPS - 1) * HOP + WINDOW];
    static se_real clean[(MAX_STEPS - 1) * HOP + WINDOW];
    static const struct se_loss_synthesis calls = {
        NULL, HOP, WINDOW, inverse, transpose, masked, clean};

    return &calls;
}

/* ---- random signals ------------------------------------------------------ */

/* What a loss is evaluated on: T frames, R rows, K bins. */
enum { T = 5, R = 3, K = TIME_BINS, M = T * R * K };

struct scene {
    se_real X[M][2], S[M][2];
    se_real noisy[M], clean[M], cross[M], g[M];
    struct se_loss_target target;
};

static inline void derive(struct scene *scene)
{
    for (int i = 0; i < M; i++) {
        const se_real *x = scene->X[i], *s = scene->S[i];

        scene->noisy[i] = hypot(x[0], x[1]);
        scene->clean[i] = hypot(s[0], s[1]);
        scene->cross[i] = x[0] * s[0] + x[1] * s[1];
    }
    scene->target = (struct se_loss_target){
        .frames = T,
        .rows = R,
        .bins = K,
        .noisy = scene->noisy,
        .clean = scene->clean,
        .cross = scene->cross,
        .noisy_spectrum = scene->X[0],
        .clean_spectrum = scene->S[0],
        .synthesis = synthesis(),
    };
}

/* Noise and speech of these amplitudes. */
static inline void make_scene(struct scene *scene, double noise, double speech)
{
    struct se_rng rng;

    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < M; i++) {
        for (int part = 0; part < 2; part++) {
            scene->S[i][part] = speech * se_rng_normal(&rng);
            scene->X[i][part] = scene->S[i][part] + noise * se_rng_normal(&rng);
        }
        scene->g[i] = se_rng_uniform(&rng, 0.05, 1);
    }
    derive(scene);
}

static inline double evaluate(const struct se_loss *loss, se_real *d,
                              const struct scene *scene)
{
    return se_loss_eval(loss, d, scene->g, &scene->target, 1);
}

/* Of a gradient, which must be finite. */
static inline double norm_of(const se_real *d)
{
    double sum = 0;

    for (int i = 0; i < M; i++) {
        expect(isfinite(d[i]));
        sum += d[i] * d[i];
    }
    return sqrt(sum);
}

#endif
