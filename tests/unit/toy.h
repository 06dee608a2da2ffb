/* toy.h - tiny training data, made on the spot: modulated tones stand for
 * speech. */
#ifndef SE_TESTS_TOY_H
#define SE_TESTS_TOY_H

#include "audio/sound.h"
#include "check.h"
#include "dsp/stft.h"
#include "files/file.h"
#include "records/tfrecord.h"
#include "train/feed.h"

#include <math.h>
#include <sndfile.h>

enum { TOY_SPEECH = 3, TOY_NOISE = 2, TOY_SAMPLES = SE_RATE_HZ };

/* Harmonics of a voice that comes and goes. */
static inline void toy_speech(float *x, int64_t n, int number)
{
    for (int64_t i = 0; i < n; i++) {
        double t = (double)i / SE_RATE_HZ, sum = 0;
        double on = sin(2 * 3.14159265 * (2 + number) * t);

        for (int h = 1; h < 6; h++)
            sum += sin(2 * 3.14159265 * h * (180 + 40 * number) * t) / h;
        x[i] = on > 0 ? (float)(0.2 * on * sum) : 0.0f;
    }
}

static inline void toy_noise(float *x, int64_t n, int number)
{
    struct se_rng rng;

    se_rng_seed(&rng, 99, (uint64_t)number);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(0.1 * se_rng_normal(&rng));
}

static inline void toy_write_sound(const char *path, const float *x, int64_t n,
                                   int rate_hz)
{
    const struct se_sound_format format = {rate_hz, 1,
                                           SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    struct se_sound_writer *writer;

    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, x, n, &report));
    expect_ok(se_sound_commit(writer, &report));
}

/* Writes `n` frames of spectra as one file of two records. */
static inline void toy_write_record(const char *path, const float *noisy,
                                    const float *clean, int n_frames)
{
    const float *const signals[2] = {noisy, clean};
    float *power = malloc(2 * (size_t)n_frames * SE_BINS * sizeof *power);
    const int split = n_frames / 3; /* records of different lengths */
    struct se_tfrecord_writer *writer;

    expect(power);
    for (int s = 0; s < 2; s++) {
        struct se_stft *stft;
        se_bin spectrum[SE_BINS];

        expect_ok(se_stft_create(&stft, &report));
        for (int t = 0; t < n_frames; t++) {
            se_stft_analyse(stft, spectrum, signals[s] + t * SE_HOP);
            se_power(power + (s * n_frames + t) * SE_BINS, spectrum);
        }
        se_stft_destroy(stft);
    }
    expect_ok(se_tfrecord_create(&writer, path, 1, &report));
    for (int r = 0; r < 2; r++) {
        const int first = r ? split : 0;
        const struct se_example example = {
            .n_frames = r ? n_frames - split : split,
            .pspec_noisy = power + first * SE_BINS,
            .pspec_clean = power + (n_frames + first) * SE_BINS,
        };

        if (example.n_frames > 0)
            expect_ok(se_tfrecord_write(writer, &example, &report));
    }
    expect_ok(se_tfrecord_commit(writer, &report));
    free(power);
}

/* A list of `n` names such as "noisy/3.wav" in the scratch folder. */
static inline void toy_list(struct se_list *list, const char *format, int n)
{
    *list = (struct se_list){.name = strdup("list"), .n = n};
    list->paths = calloc((size_t)n, sizeof *list->paths);
    expect(list->paths);
    for (int i = 0; i < n; i++) {
        char name[64];

        snprintf(name, sizeof name, format, i); /* NOLINT: the test's own */
        list->paths[i] = strdup(in_scratch(name));
    }
}

/* Sounds in the scratch folder, loaded as training data. */
struct toy {
    struct se_pool *pool;
    struct se_list speech_list, noise_list;
    struct se_corpus speech, noise;
    struct se_mixer mixer; /* mixtures of 40 frames */
};

static inline void toy_open(struct toy *toy, int n_workers)
{
    static float x[TOY_SAMPLES];

    *toy = (struct toy){0};
    expect_ok(se_pool_create(&toy->pool, n_workers, &report));
    expect_ok(se_make_folder(in_scratch("toy"), &report));
    toy_list(&toy->speech_list, "toy/speech%d.wav", TOY_SPEECH);
    toy_list(&toy->noise_list, "toy/noise%d.wav", TOY_NOISE);
    for (int i = 0; i < TOY_SPEECH; i++) {
        toy_speech(x, TOY_SAMPLES, i);
        toy_write_sound(toy->speech_list.paths[i], x, TOY_SAMPLES, SE_RATE_HZ);
    }
    for (int i = 0; i < TOY_NOISE; i++) {
        toy_noise(x, TOY_SAMPLES, i);
        toy_write_sound(toy->noise_list.paths[i], x, TOY_SAMPLES, SE_RATE_HZ);
    }
    expect_ok(se_corpus_load(&toy->speech, &toy->speech_list,
                             &(struct se_loading){.pool = toy->pool}, NULL));
    expect_ok(se_corpus_load(&toy->noise, &toy->noise_list,
                             &(struct se_loading){.pool = toy->pool}, NULL));
    toy->mixer = (struct se_mixer){&toy->speech, &toy->noise, {0}, NULL};
    se_mix_config_default(&toy->mixer.config);
    toy->mixer.config.seconds = 0.4f;
    toy->mixer.config.gap_max_seconds = 0.05f;
}

static inline void toy_close(struct toy *toy)
{
    se_corpus_free(&toy->speech);
    se_corpus_free(&toy->noise);
    se_list_free(&toy->speech_list);
    se_list_free(&toy->noise_list);
    se_pool_destroy(toy->pool);
}

/* The scratch of a feed, to be freed. */
static inline float *toy_feed_space(const struct se_sequences *set)
{
    float *space = malloc((size_t)(se_feed_scratch(set) + 1) * sizeof *space);

    expect(space);
    return space;
}

/* Mixture `number` into noisy[n], clean[n] with n = se_mix_samples. */
static inline void toy_mix(const struct toy *toy, float *noisy, float *clean,
                           int number)
{
    float *mix_scratch =
        malloc((size_t)se_mix_scratch(&toy->mixer) * sizeof *mix_scratch);

    expect(mix_scratch);
    se_mix(&toy->mixer, &(struct se_mixture){noisy, clean, mix_scratch}, 5,
           (uint64_t)number);
    free(mix_scratch);
}

#endif
