/* features.c - how fast features are made: 60 s of noise on one thread, through
 * analysis, power, mel and log. Prints seconds of audio per second. */
#include "base/rng.h"
#include "dsp/feature.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SECONDS = 60, HOPS = SECONDS * SE_RATE_HZ / SE_HOP, BANDS = 72 };
enum { PASSES = 20 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void pass(struct se_stft *stft, const struct se_feature *feature,
                 float *logs, const float *x)
{
    se_bin spectrum[SE_BINS];
    float power[SE_BINS];

    for (int t = 0; t < HOPS; t++) {
        se_stft_analyse(stft, spectrum, x + t * SE_HOP);
        se_power(power, spectrum);
        se_feature_log(feature, logs + t * BANDS, power);
    }
}

int main(void)
{
    float *x = malloc(HOPS * SE_HOP * sizeof *x);
    float *logs = malloc(HOPS * BANDS * sizeof *logs);
    struct se_feature *feature = NULL;
    struct se_stft *stft = NULL;
    double best = 1e9;
    struct se_rng rng;

    if (!x || !logs || se_stft_create(&stft, NULL) != SE_OK ||
        se_feature_create(&feature, SE_FEAT_MEL, BANDS, NULL) != SE_OK)
        return 1;
    se_rng_seed(&rng, 1, 0);
    for (int i = 0; i < HOPS * SE_HOP; i++)
        x[i] = 0.1f * (float)se_rng_normal(&rng);
    for (int i = 0; i < PASSES; i++) {
        double start = now(), seconds;

        pass(stft, feature, logs, x);
        seconds = now() - start;
        best = seconds < best ? seconds : best;
    }
    printf("%.1f\n", SECONDS / best);
    se_stft_destroy(stft);
    se_feature_destroy(feature);
    free(x);
    free(logs);
    return 0;
}
