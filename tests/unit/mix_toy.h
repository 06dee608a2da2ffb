/* mix_toy.h - speech and noise made on the spot, mixtures of them, and what is
 * measured of a mixture. */
#ifndef SE_TESTS_MIX_TOY_H
#define SE_TESTS_MIX_TOY_H

#include "base/rng.h"
#include "check.h"
#include "dsp/level.h"
#include "mix/mix.h"

#include <math.h>

/* Clips of 0.5 to 1 s: white noise, in every other 50 ms only if `bursts`. */
static inline struct se_corpus make_corpus(int n_clips, int bursts,
                                           uint64_t seed)
{
    struct se_corpus corpus = {
        .clips = calloc((size_t)n_clips, sizeof *corpus.clips),
        .n_clips = n_clips,
    };
    struct se_rng rng;

    expect(corpus.clips);
    se_rng_seed(&rng, seed, 0);
    for (int c = 0; c < n_clips; c++) {
        struct se_clip *clip = &corpus.clips[c];
        double level = se_rng_uniform(&rng, 100, 30000);

        clip->n_samples = 8000 + se_rng_below(&rng, 8000);
        clip->samples = calloc((size_t)clip->n_samples, 2);
        clip->active_rms = (float)(level / sqrt(3) / 32768);
        expect(clip->samples);
        for (int64_t i = 0; i < clip->n_samples; i++)
            if (!bursts || i / 800 % 2)
                clip->samples[i] = (int16_t)se_rng_uniform(&rng, -level, level);
    }
    return corpus;
}

static struct se_corpus speech, noise;

BEFORE_ALL()
{
    speech = make_corpus(20, 1, 1);
    noise = make_corpus(10, 0, 2);
}

AFTER_ALL()
{
    se_corpus_free(&speech);
    se_corpus_free(&noise);
}

/* Speech and recorded noise alone, one SNR. */
static inline struct se_mixer plain_mixer(double snr_db)
{
    struct se_mixer mixer = {.speech = &speech, .noise = &noise};

    mixer.config = (struct se_mix_config){
        .n_snrs = 1,
        .snr_db = {(float)snr_db},
        .seconds = 4,
        .gap_max_seconds = 0.3f,
        .peak_min = 0.01f,
        .peak_max = 0.95f,
        .synthetic_kinds = SE_SYNTH_STATIONARY,
        .speech_gain_db = 3,
        .max_noises = 2,
    };
    return mixer;
}

struct mixture {
    int64_t n;
    float *noisy, *clean, *scratch;
};

static inline struct mixture make_mixture(const struct se_mixer *mixer)
{
    struct mixture mixture = {.n = se_mix_samples(mixer)};
    size_t size = (size_t)mixture.n * sizeof(float);

    mixture.noisy = malloc(size + 1);
    mixture.clean = malloc(size + 1);
    mixture.scratch = malloc((size_t)se_mix_scratch(mixer) * sizeof(float) + 1);
    expect(mixture.noisy);
    expect(mixture.clean);
    expect(mixture.scratch);
    return mixture;
}

static inline void free_mixture(struct mixture *mixture)
{
    free(mixture->noisy);
    free(mixture->clean);
    free(mixture->scratch);
}

static inline void mix(const struct se_mixer *mixer, struct mixture *mixture,
                       uint64_t seed, uint64_t number)
{
    se_mix(
        mixer,
        &(struct se_mixture){mixture->noisy, mixture->clean, mixture->scratch},
        seed, number);
}

static inline double snr_of(const struct mixture *mixture)
{
    float *difference = malloc((size_t)mixture->n * sizeof(float));

    expect(difference);
    for (int64_t i = 0; i < mixture->n; i++)
        difference[i] = mixture->noisy[i] - mixture->clean[i];

    double snr_db =
        10 * log10(se_level_active_power(mixture->clean, mixture->n) /
                   se_level_power(difference, mixture->n));

    free(difference);
    return snr_db;
}

static inline void check_snr(const struct se_mixer *mixer, int n_mixtures)
{
    struct mixture m = make_mixture(mixer);

    for (int i = 0; i < n_mixtures; i++) {
        mix(mixer, &m, 11, (uint64_t)i);
        expect(fabs(snr_of(&m) - (double)mixer->config.snr_db[0]) < 0.02);
    }
    free_mixture(&m);
}

/* Power above 7.6 kHz of white speech, first difference filters twice. */
static inline double share_of_treble(const float *x, int64_t n)
{
    double sum = 0;

    for (int64_t i = 4; i < n; i++) {
        float d = x[i] - 4 * x[i - 1] + 6 * x[i - 2] - 4 * x[i - 3] + x[i - 4];

        sum += (double)d * (double)d;
    }
    return sum / (double)n / se_level_power(x, n);
}

#endif
