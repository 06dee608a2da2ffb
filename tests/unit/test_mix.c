/* test_mix.c - levels, and mixtures that are what they claim to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "data/level.h"
#include "data/mix.h"
#include "data/synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- levels ------------------------------------------------------------- */

static void test_level_power(void **state)
{
    float samples[1000];

    (void)state;
    for (int i = 0; i < 1000; i++)
        samples[i] = i % 2 ? 0.5f : -0.25f;
    assert_true(se_level_power(samples, 0) == 0.0);
    assert_true(se_level_power(samples, 1) == 0.0625);
    assert_true(se_level_power(samples, 2) == 0.15625);
    assert_true(fabs(se_level_power(samples, 321) - 0.15625) < 1e-3);
    assert_true(fabs(se_level_power(samples, 1000) - 0.15625) < 1e-9);
    for (int n = 0; n < 40; n++) {
        samples[n] = -2 - (float)n;
        assert_true(se_level_peak(samples, n + 1) == (float)(2 + n));
    }
    assert_true(se_level_peak(samples, 0) == 0.0f);
}

/* Four frames: loud, 39 dB below it, 41 dB below it, silent. */
static void test_level_active(void **state)
{
    float samples[4 * 320 + 100] = {0};
    float quiet = (float)pow(10, -39.0 / 20);
    float too_quiet = (float)pow(10, -41.0 / 20);

    (void)state;
    for (int i = 0; i < 320; i++) {
        samples[i] = 1;
        samples[320 + i] = quiet;
        samples[640 + i] = too_quiet;
    }
    for (int i = 4 * 320; i < 4 * 320 + 100; i++)
        samples[i] = 9; /* not a whole frame */

    double want = (1 + (double)quiet * (double)quiet) / 2;

    assert_true(fabs(se_level_active_power(samples, 1380) - want) < 1e-6);
    assert_true(se_level_active_power(samples + 960, 320) == 0.0);
    assert_true(se_level_active_power(samples, 319) == 1.0);
    assert_true(se_level_active_power(samples, 0) == 0.0);
}

/* ---- mixtures ----------------------------------------------------------- */

/* Clips of 0.5 to 1 s: white noise, in every other 50 ms only if `bursts`. */
static struct se_corpus make_corpus(int n_clips, int bursts, uint64_t seed)
{
    struct se_corpus corpus = {
        .clips = calloc((size_t)n_clips, sizeof *corpus.clips),
        .n_clips = n_clips,
    };
    struct se_rng rng;

    assert_non_null(corpus.clips);
    se_rng_seed(&rng, seed, 0);
    for (int c = 0; c < n_clips; c++) {
        struct se_clip *clip = &corpus.clips[c];
        double level = se_rng_uniform(&rng, 100, 30000);

        clip->n_samples = 8000 + se_rng_below(&rng, 8000);
        clip->samples = calloc((size_t)clip->n_samples, 2);
        clip->active_rms = (float)(level / sqrt(3) / 32768);
        assert_non_null(clip->samples);
        for (int64_t i = 0; i < clip->n_samples; i++)
            if (!bursts || i / 800 % 2)
                clip->samples[i] = (int16_t)se_rng_uniform(&rng, -level, level);
    }
    return corpus;
}

static struct se_corpus speech, noise;

static int make_corpora(void **state)
{
    (void)state;
    speech = make_corpus(20, 1, 1);
    noise = make_corpus(10, 0, 2);
    return 0;
}

static int free_corpora(void **state)
{
    (void)state;
    se_corpus_free(&speech);
    se_corpus_free(&noise);
    return 0;
}

/* Speech and recorded noise alone, one SNR. */
static struct se_mixer plain_mixer(double snr_db)
{
    struct se_mixer mixer = {.speech = &speech, .noise = &noise};

    mixer.config = (struct se_mix_config){
        .n_snrs = 1,
        .snr_db = {(float)snr_db},
        .seconds = 4,
        .gap_max_seconds = 0.3f,
        .peak_min = 0.01f,
        .peak_max = 0.95f,
    };
    return mixer;
}

struct mixture {
    int64_t n;
    float *noisy, *clean, *scratch;
};

static struct mixture make_mixture(const struct se_mixer *mixer)
{
    struct mixture mixture = {.n = se_mix_samples(mixer)};
    size_t size = (size_t)mixture.n * sizeof(float);

    mixture.noisy = malloc(size + 1);
    mixture.clean = malloc(size + 1);
    mixture.scratch = malloc((size_t)se_mix_scratch(mixer) * sizeof(float) + 1);
    assert_non_null(mixture.noisy);
    assert_non_null(mixture.clean);
    assert_non_null(mixture.scratch);
    return mixture;
}

static void free_mixture(struct mixture *mixture)
{
    free(mixture->noisy);
    free(mixture->clean);
    free(mixture->scratch);
}

static double snr_of(const struct mixture *mixture)
{
    float *difference = malloc((size_t)mixture->n * sizeof(float));

    assert_non_null(difference);
    for (int64_t i = 0; i < mixture->n; i++)
        difference[i] = mixture->noisy[i] - mixture->clean[i];

    double snr_db =
        10 * log10(se_level_active_power(mixture->clean, mixture->n) /
                   se_level_power(difference, mixture->n));

    free(difference);
    return snr_db;
}

static void check_snr(const struct se_mixer *mixer, int n_mixtures)
{
    struct mixture m = make_mixture(mixer);

    for (int i = 0; i < n_mixtures; i++) {
        se_mix(mixer, m.noisy, m.clean, m.scratch, 11, (uint64_t)i);
        assert_true(fabs(snr_of(&m) - (double)mixer->config.snr_db[0]) < 0.02);
    }
    free_mixture(&m);
}

static void test_snr(void **state)
{
    (void)state;
    for (double snr_db = -10; snr_db < 41; snr_db += 10) {
        struct se_mixer mixer = plain_mixer(snr_db);

        check_snr(&mixer, 8);
    }
}

/* Whatever the noise is and however both are filtered. */
static void test_snr_of_all_kinds(void **state)
{
    struct se_mixer mixer = plain_mixer(3);

    (void)state;
    mixer.config.babble_chance = 1;
    check_snr(&mixer, 8);
    mixer.config.babble_chance = 0;
    mixer.config.synthetic_chance = 1;
    check_snr(&mixer, 12);
    mixer.config.second_noise_chance = 1;
    check_snr(&mixer, 8);
    mixer.config.colour_chance = 1;
    mixer.config.lowpass_chance = 1;
    check_snr(&mixer, 8);
}

/* 40 numbers drawn from {-5, 20} with 2 dB of jitter: all near one of them,
 * both drawn, not all alike. */
static void test_snr_drawn(void **state)
{
    struct se_mixer mixer = plain_mixer(-5);
    struct mixture m;
    int n_low = 0, n_high = 0, n_moved = 0;

    (void)state;
    mixer.config.n_snrs = 2;
    mixer.config.snr_db[1] = 20;
    mixer.config.snr_jitter_db = 2;
    m = make_mixture(&mixer);
    for (int i = 0; i < 40; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, (uint64_t)i);

        double snr_db = snr_of(&m);
        double off = snr_db < 7 ? snr_db + 5 : snr_db - 20;

        assert_true(fabs(off) < 2.02);
        n_low += snr_db < 7;
        n_high += snr_db >= 7;
        n_moved += fabs(off) > 0.5;
    }
    assert_true(n_low > 8 && n_high > 8 && n_moved > 20);
    free_mixture(&m);
}

/* Peaks lie in the range and fill it evenly in dB. */
static void test_peak(void **state)
{
    struct se_mixer mixer = plain_mixer(5);
    struct mixture m;
    int n_quiet = 0, n = 200;

    (void)state;
    mixer.config.seconds = 0.5f;
    m = make_mixture(&mixer);
    for (int i = 0; i < n; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 2, (uint64_t)i);

        float peak = se_level_peak(m.noisy, m.n);

        assert_true(peak > 0.00999f && peak < 0.9501f);
        n_quiet += peak < sqrtf(0.01f * 0.95f);
    }
    assert_true(n_quiet > n * 3 / 10 && n_quiet < n * 7 / 10);
    free_mixture(&m);
}

static void test_reproducible(void **state)
{
    struct se_mixer mixer = plain_mixer(0);
    struct mixture a, b;
    size_t size;

    (void)state;
    se_mix_config_default(&mixer.config);
    mixer.config.seconds = 2;
    a = make_mixture(&mixer);
    b = make_mixture(&mixer);
    size = (size_t)a.n * sizeof(float);
    for (uint64_t i = 0; i < 30; i++) {
        /* what was in the buffers must not matter */
        memset(b.noisy, 0x55, size);
        memset(b.clean, 0xff, size);
        memset(b.scratch, 0x7f, (size_t)se_mix_scratch(&mixer) * 4);
        se_mix(&mixer, a.noisy, a.clean, a.scratch, 5, i);
        se_mix(&mixer, b.noisy, b.clean, b.scratch, 5, i);
        assert_memory_equal(a.noisy, b.noisy, size);
        assert_memory_equal(a.clean, b.clean, size);
        se_mix(&mixer, b.noisy, b.clean, b.scratch, 5, i + 1);
        assert_true(memcmp(a.clean, b.clean, size) != 0);
        se_mix(&mixer, b.noisy, b.clean, b.scratch, 6, i);
        assert_true(memcmp(a.clean, b.clean, size) != 0);
    }
    free_mixture(&a);
    free_mixture(&b);
}

static void test_lengths(void **state)
{
    const int lengths[] = {0, 1, 2, 159, 160, 161, 319, 320, 511, 4000};
    struct se_mixer mixer = plain_mixer(0);

    (void)state;
    se_mix_config_default(&mixer.config);
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        struct mixture m;

        mixer.config.seconds = (float)lengths[k] / 16000;
        m = make_mixture(&mixer);
        assert_int_equal(m.n, lengths[k]);
        for (uint64_t i = 0; i < 100; i++) {
            se_mix(&mixer, m.noisy, m.clean, m.scratch, 9, i);
            for (int64_t j = 0; j < m.n; j++)
                assert_true(isfinite(m.noisy[j]) && isfinite(m.clean[j]));
        }
        free_mixture(&m);
    }
}

/* A clip of nothing but zeros (its level claims otherwise). */
static struct se_corpus silent_corpus(void)
{
    struct se_corpus corpus = make_corpus(1, 0, 3);

    memset(corpus.clips[0].samples, 0, (size_t)corpus.clips[0].n_samples * 2);
    return corpus;
}

static void test_silence(void **state)
{
    struct se_corpus silent = silent_corpus();
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);

    (void)state;
    mixer.speech = &silent;
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, 1);
    assert_true(se_level_peak(m.clean, m.n) == 0.0f);
    assert_true(se_level_peak(m.noisy, m.n) > 0.009f);

    mixer.speech = &speech;
    mixer.noise = &silent;
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, 1);
    assert_memory_equal(m.noisy, m.clean, (size_t)m.n * sizeof(float));

    mixer.speech = &silent;
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, 1);
    assert_true(se_level_peak(m.noisy, m.n) == 0.0f);
    free_mixture(&m);
    se_corpus_free(&silent);
}

/* Speech has gaps, begins now with one and now inside an utterance, and most
 * of it is there. */
static void test_utterances(void **state)
{
    struct se_corpus solid = make_corpus(5, 0, 4);
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);
    int64_t n_silent = 0;
    int n = 60, n_inside = 0;

    (void)state;
    mixer.speech = &solid;
    for (int i = 0; i < n; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 4, (uint64_t)i);
        n_inside += se_level_peak(m.clean, 20) > 0;
        for (int64_t j = 0; j < m.n; j++)
            n_silent += m.clean[j] == 0.0f;
    }
    assert_true(n_inside > n / 3 && n_inside < n * 2 / 3);

    double share = (double)n_silent / (double)(n * m.n);

    /* gaps are 0.15 s in the mean, clips 0.75 s */
    assert_true(share > 0.08 && share < 0.25);
    free_mixture(&m);
    se_corpus_free(&solid);
}

/* Recorded noise fills the mixture, without a hole at the seams. */
static void test_noise_everywhere(void **state)
{
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);

    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 8, i);
        for (int64_t j = 0; j < m.n; j++)
            m.noisy[j] -= m.clean[j];

        double mean = se_level_power(m.noisy, m.n);

        for (int64_t j = 0; j + 80 <= m.n; j += 40)
            assert_true(se_level_power(m.noisy + j, 80) > 0.2 * mean);
    }
    free_mixture(&m);
}

/* Power above 7.6 kHz of white speech, first difference filters twice. */
static double share_of_treble(const float *x, int64_t n)
{
    double sum = 0;

    for (int64_t i = 4; i < n; i++) {
        float d = x[i] - 4 * x[i - 1] + 6 * x[i - 2] - 4 * x[i - 3] + x[i - 4];

        sum += (double)d * (double)d;
    }
    return sum / (double)n / se_level_power(x, n);
}

static void test_lowpass(void **state)
{
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);

    (void)state;
    /* white: 1 + 16 + 36 + 16 + 1 = 70 */
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 3, 0);
    assert_true(share_of_treble(m.noisy, m.n) > 60);
    mixer.config.lowpass_chance = 1;
    for (uint64_t i = 0; i < 10; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 3, i);
        assert_true(share_of_treble(m.noisy, m.n) < 66);
        assert_true(share_of_treble(m.clean, m.n) < 66);
    }
    free_mixture(&m);
}

static void test_synthetic(void **state)
{
    enum { N = 32000 };
    static float samples[N];
    double treble_min = 100, treble_max = 0;

    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        struct se_rng rng;

        se_rng_seed(&rng, 1, i);
        se_synth_noise(samples, N, &rng);
        assert_true(fabs(se_level_power(samples, N) - 1) < 1e-3);

        /* stationary: no half second is far from the rest */
        for (int j = 0; j < 4; j++) {
            double power = se_level_power(samples + j * 8000, 8000);

            assert_true(power > 0.3 && power < 3);
        }

        double treble = share_of_treble(samples, N);

        treble_min = fmin(treble_min, treble);
        treble_max = fmax(treble_max, treble);
    }
    assert_true(treble_max > 30 && treble_min < 0.5);
}

static void test_default(void **state)
{
    const float snrs[] = {-6, -3, 0, 3, 6, 9, 12, 15, 30};
    struct se_mix_config config;

    (void)state;
    se_mix_config_default(&config);
    assert_int_equal(config.n_snrs, 9);
    assert_memory_equal(config.snr_db, snrs, sizeof snrs);
    assert_true(config.peak_min == 0.01f && config.peak_max == 0.95f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_level_power),
        cmocka_unit_test(test_level_active),
        cmocka_unit_test(test_snr),
        cmocka_unit_test(test_snr_of_all_kinds),
        cmocka_unit_test(test_snr_drawn),
        cmocka_unit_test(test_peak),
        cmocka_unit_test(test_reproducible),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_utterances),
        cmocka_unit_test(test_noise_everywhere),
        cmocka_unit_test(test_lowpass),
        cmocka_unit_test(test_synthetic),
        cmocka_unit_test(test_default),
    };

    return cmocka_run_group_tests(tests, make_corpora, free_corpora);
}
