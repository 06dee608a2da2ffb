/* test_mix.c - levels, and mixtures that are what they claim to be. */
#include "base/rng.h"
#include "check.h"
#include "dsp/level.h"
#include "mix/mix.h"
#include "mix/synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- levels ------------------------------------------------------------- */

TEST(level_power)
{
    float samples[1000];

    for (int i = 0; i < 1000; i++)
        samples[i] = i % 2 ? 0.5f : -0.25f;
    expect(se_level_power(samples, 0) == 0.0);
    expect(se_level_power(samples, 1) == 0.0625);
    expect(se_level_power(samples, 2) == 0.15625);
    expect(fabs(se_level_power(samples, 321) - 0.15625) < 1e-3);
    expect(fabs(se_level_power(samples, 1000) - 0.15625) < 1e-9);
    for (int n = 0; n < 40; n++) {
        samples[n] = -2 - (float)n;
        expect(se_level_peak(samples, n + 1) == (float)(2 + n));
    }
    expect(se_level_peak(samples, 0) == 0.0f);
}

/* Four frames: loud, 39 dB below it, 41 dB below it, silent. */
TEST(level_active)
{
    float samples[4 * 320 + 100] = {0};
    float quiet = (float)pow(10, -39.0 / 20);
    float too_quiet = (float)pow(10, -41.0 / 20);

    for (int i = 0; i < 320; i++) {
        samples[i] = 1;
        samples[320 + i] = quiet;
        samples[640 + i] = too_quiet;
    }
    for (int i = 4 * 320; i < 4 * 320 + 100; i++)
        samples[i] = 9; /* not a whole frame */

    double want = (1 + (double)quiet * (double)quiet) / 2;

    expect(fabs(se_level_active_power(samples, 1380) - want) < 1e-6);
    expect(se_level_active_power(samples + 960, 320) == 0.0);
    expect(se_level_active_power(samples, 319) == 1.0);
    expect(se_level_active_power(samples, 0) == 0.0);
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

static struct mixture make_mixture(const struct se_mixer *mixer)
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

static void free_mixture(struct mixture *mixture)
{
    free(mixture->noisy);
    free(mixture->clean);
    free(mixture->scratch);
}

static double snr_of(const struct mixture *mixture)
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

static void check_snr(const struct se_mixer *mixer, int n_mixtures)
{
    struct mixture m = make_mixture(mixer);

    for (int i = 0; i < n_mixtures; i++) {
        se_mix(mixer, m.noisy, m.clean, m.scratch, 11, (uint64_t)i);
        expect(fabs(snr_of(&m) - (double)mixer->config.snr_db[0]) < 0.02);
    }
    free_mixture(&m);
}

TEST(snr)
{
    for (double snr_db = -10; snr_db < 41; snr_db += 10) {
        struct se_mixer mixer = plain_mixer(snr_db);

        check_snr(&mixer, 8);
    }
}

/* Whatever the noise is and however both are filtered. */
TEST(snr_of_all_kinds)
{
    struct se_mixer mixer = plain_mixer(3);

    mixer.config.babble_chance = 1;
    check_snr(&mixer, 8);
    mixer.config.babble_chance = 0;
    mixer.config.synthetic_chance = 1;
    check_snr(&mixer, 12);
    mixer.config.second_noise_chance = 1;
    check_snr(&mixer, 8);
    mixer.config.speed_chance = 1;
    mixer.config.speech_speed = 1.2f;
    mixer.config.noise_speed = 2;
    check_snr(&mixer, 12);
    mixer.config.colour_chance = 1;
    mixer.config.lowpass_chance = 1;
    check_snr(&mixer, 8);
}

/* 40 numbers drawn from {-5, 20} with 2 dB of jitter: all near one of them,
 * both drawn, not all alike. */
TEST(snr_drawn)
{
    struct se_mixer mixer = plain_mixer(-5);
    struct mixture m;
    int n_low = 0, n_high = 0, n_moved = 0;

    mixer.config.n_snrs = 2;
    mixer.config.snr_db[1] = 20;
    mixer.config.snr_jitter_db = 2;
    m = make_mixture(&mixer);
    for (int i = 0; i < 40; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, (uint64_t)i);

        double snr_db = snr_of(&m);
        double off = snr_db < 7 ? snr_db + 5 : snr_db - 20;

        expect(fabs(off) < 2.02);
        n_low += snr_db < 7;
        n_high += snr_db >= 7;
        n_moved += fabs(off) > 0.5;
    }
    expect(n_low > 8 && n_high > 8 && n_moved > 20);
    free_mixture(&m);
}

/* Peaks lie in the range and fill it evenly in dB. */
TEST(peak)
{
    struct se_mixer mixer = plain_mixer(5);
    struct mixture m;
    int n_quiet = 0, n = 200;

    mixer.config.seconds = 0.5f;
    m = make_mixture(&mixer);
    for (int i = 0; i < n; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 2, (uint64_t)i);

        float peak = se_level_peak(m.noisy, m.n);

        expect(peak > 0.00999f && peak < 0.9501f);
        n_quiet += peak < sqrtf(0.01f * 0.95f);
    }
    expect(n_quiet > n * 3 / 10 && n_quiet < n * 7 / 10);
    free_mixture(&m);
}

TEST(reproducible)
{
    struct se_mixer mixer = plain_mixer(0);
    struct mixture a, b;
    size_t size;

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
        expect_bytes(a.noisy, b.noisy, size);
        expect_bytes(a.clean, b.clean, size);
        se_mix(&mixer, b.noisy, b.clean, b.scratch, 5, i + 1);
        expect(memcmp(a.clean, b.clean, size) != 0);
        se_mix(&mixer, b.noisy, b.clean, b.scratch, 6, i);
        expect(memcmp(a.clean, b.clean, size) != 0);
    }
    free_mixture(&a);
    free_mixture(&b);
}

TEST(lengths)
{
    const int lengths[] = {0, 1, 2, 159, 160, 161, 319, 320, 511, 4000};
    struct se_mixer mixer = plain_mixer(0);

    se_mix_config_default(&mixer.config);
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        struct mixture m;

        mixer.config.seconds = (float)lengths[k] / 16000;
        m = make_mixture(&mixer);
        expect_equal(m.n, lengths[k]);
        for (uint64_t i = 0; i < 100; i++) {
            se_mix(&mixer, m.noisy, m.clean, m.scratch, 9, i);
            for (int64_t j = 0; j < m.n; j++)
                expect(isfinite(m.noisy[j]) && isfinite(m.clean[j]));
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

TEST(silence)
{
    struct se_corpus silent = silent_corpus();
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);

    mixer.speech = &silent;
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, 1);
    expect(se_level_peak(m.clean, m.n) == 0.0f);
    expect(se_level_peak(m.noisy, m.n) > 0.009f);

    mixer.speech = &speech;
    mixer.noise = &silent;
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, 1);
    expect_bytes(m.noisy, m.clean, (size_t)m.n * sizeof(float));

    mixer.speech = &silent;
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, 1);
    expect(se_level_peak(m.noisy, m.n) == 0.0f);
    free_mixture(&m);
    se_corpus_free(&silent);
}

/* Speech has gaps, begins now with one and now inside an utterance, and most
 * of it is there. */
TEST(utterances)
{
    struct se_corpus solid = make_corpus(5, 0, 4);
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);
    int64_t n_silent = 0;
    int n = 60, n_inside = 0;

    mixer.speech = &solid;
    for (int i = 0; i < n; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 4, (uint64_t)i);
        n_inside += se_level_peak(m.clean, 20) > 0;
        for (int64_t j = 0; j < m.n; j++)
            n_silent += m.clean[j] == 0.0f;
    }
    expect(n_inside > n / 3 && n_inside < n * 2 / 3);

    double share = (double)n_silent / (double)(n * m.n);

    /* gaps are 0.15 s in the mean, clips 0.75 s */
    expect(share > 0.08 && share < 0.25);
    free_mixture(&m);
    se_corpus_free(&solid);
}

/* Recorded noise fills the mixture, without a hole at the seams. */
TEST(noise_everywhere)
{
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);

    for (uint64_t i = 0; i < 20; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 8, i);
        for (int64_t j = 0; j < m.n; j++)
            m.noisy[j] -= m.clean[j];

        double mean = se_level_power(m.noisy, m.n);

        for (int64_t j = 0; j + 80 <= m.n; j += 40)
            expect(se_level_power(m.noisy + j, 80) > 0.2 * mean);
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

TEST(lowpass)
{
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);

    /* white: 1 + 16 + 36 + 16 + 1 = 70 */
    se_mix(&mixer, m.noisy, m.clean, m.scratch, 3, 0);
    expect(share_of_treble(m.noisy, m.n) > 60);
    mixer.config.lowpass_chance = 1;
    for (uint64_t i = 0; i < 10; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 3, i);
        expect(share_of_treble(m.noisy, m.n) < 66);
        expect(share_of_treble(m.clean, m.n) < 66);
    }
    free_mixture(&m);
}

TEST(synthetic)
{
    enum { N = 32000 };
    static float samples[N];
    double treble_min = 100, treble_max = 0;

    for (uint64_t i = 0; i < 100; i++) {
        struct se_rng rng;

        se_rng_seed(&rng, 1, i);
        se_synth_noise(samples, NULL, N, SE_SYNTH_STATIONARY, NULL, &rng);
        expect(fabs(se_level_power(samples, N) - 1) < 1e-3);

        /* stationary: no half second is far from the rest */
        for (int j = 0; j < 4; j++) {
            double power = se_level_power(samples + j * 8000, 8000);

            expect(power > 0.3 && power < 3);
        }

        double treble = share_of_treble(samples, N);

        treble_min = fmin(treble_min, treble);
        treble_max = fmax(treble_max, treble);
    }
    expect(treble_max > 30 && treble_min < 0.5);
}

/* Only the kinds asked for: hum has lines, coloured noise has none. */
TEST(synthetic_kinds)
{
    enum { N = 32000, PERIOD = 1600 };
    static float samples[N];

    for (uint64_t i = 0; i < 40; i++) {
        struct se_rng rng;
        double repeats = 0;

        se_rng_seed(&rng, 2, i);
        se_synth_noise(samples, NULL, N,
                       i % 2 ? SE_SYNTH_HUM : SE_SYNTH_COLOURED, NULL, &rng);
        /* of difference to a tenth of a second before: hum is the same, but
         * for its noise floor at most as strong; noise is twice itself */
        for (int j = PERIOD; j < N; j++)
            repeats += pow((double)(samples[j] - samples[j - PERIOD]), 2);
        repeats /= N - PERIOD;
        if (i % 2)
            expect(repeats < 1.3);
        else
            expect(repeats > 1.4);
    }
}

/* Kinds that need recordings or a layer: what each is like. */
enum { SYNTH_N = 64000 };

static void make_synthetic(float *sound, unsigned kind, uint64_t number)
{
    static float layer[SYNTH_N];
    const struct se_source source = {.corpus = &speech, .only = -1, .but = -1};
    struct se_rng rng;

    /* what was in the buffers must not matter */
    memset(sound, 0x7f, SYNTH_N * sizeof *sound);
    memset(layer, 0x7f, sizeof layer);
    se_rng_seed(&rng, 5, number);
    se_synth_noise(sound, layer, SYNTH_N, kind, &source, &rng);
}

/* The loudest of the stretches of `length` over the mean. */
static double crest(const float *sound, int length)
{
    double most = 0;

    for (int i = 0; i + length <= SYNTH_N; i += length)
        most = fmax(most, se_level_power(sound + i, length));
    return most / se_level_power(sound, SYNTH_N);
}

TEST(synthetic_is_sound)
{
    static float sound[SYNTH_N], again[SYNTH_N];

    for (unsigned kind = 1; kind <= SE_SYNTH_ALL; kind *= 2)
        for (uint64_t i = 0; i < 30; i++) {
            make_synthetic(sound, kind, i);
            make_synthetic(again, kind, i);
            expect_bytes(sound, again, sizeof sound);
            expect_near(se_level_power(sound, SYNTH_N), 1, 1e-3);
            for (int j = 0; j < SYNTH_N; j++)
                expect(isfinite(sound[j]));
        }
}

/* Bursts stand out, gusts are heard over half a second, a place is steadier. */
TEST(synthetic_levels)
{
    static float sound[SYNTH_N];
    double bursts = 0, gusts = 0, place = 0;

    for (uint64_t i = 0; i < 30; i++) {
        make_synthetic(sound, SE_SYNTH_IMPACTS, i);
        bursts += crest(sound, 160) / 30;
        make_synthetic(sound, SE_SYNTH_WIND, i);
        gusts += crest(sound, 8000) / 30;
        make_synthetic(sound, SE_SYNTH_PLACE, i);
        place += crest(sound, 8000) / 30;
    }
    expect(bursts > 20);
    expect(gusts > 1.8);
    expect(place > 1.1 && place < gusts - 0.3);
}

/* A vehicle is below 1 kHz for the most part: a difference of neighbours has
 * little power. */
TEST(synthetic_vehicle)
{
    static float sound[SYNTH_N];

    for (uint64_t i = 0; i < 30; i++) {
        make_synthetic(sound, SE_SYNTH_VEHICLE, i);
        for (int j = SYNTH_N - 1; j > 0; j--)
            sound[j] -= sound[j - 1];
        expect(se_level_power(sound, SYNTH_N) < 0.3);
    }
}

/* Turns of a motor come again: somewhere within 80 ms it is like itself, as
 * coloured noise is not. */
TEST(synthetic_motor)
{
    static float sound[SYNTH_N];
    double likeness[2] = {0};

    for (int is_motor = 0; is_motor < 2; is_motor++)
        for (uint64_t i = 0; i < 20; i++) {
            double most = 0;

            make_synthetic(sound, is_motor ? SE_SYNTH_MOTOR : SE_SYNTH_COLOURED,
                           i);
            /* without what is low, which is like itself for long */
            for (int j = SYNTH_N - 1; j > 0; j--)
                sound[j] -= 0.98f * sound[j - 1];
            for (int lag = 50; lag < 1280; lag++) {
                double sum = 0, own = 0;

                for (int j = 20000; j < 24000; j++) {
                    sum += (double)sound[j] * (double)sound[j + lag];
                    own += (double)sound[j] * (double)sound[j];
                }
                most = fmax(most, sum / own);
            }
            likeness[is_motor] += most / 20;
        }
    expect(likeness[1] > 2 * likeness[0]);
}

/* ---- options that are off by default -------------------------------------*/

/* Samples of `mixer` and of the same with an option on. */
static void mix_both(const struct se_mixer *mixer, const struct se_mixer *with,
                     struct mixture *a, struct mixture *b, uint64_t number)
{
    se_mix(mixer, a->noisy, a->clean, a->scratch, 21, number);
    se_mix(with, b->noisy, b->clean, b->scratch, 21, number);
}

TEST(clip)
{
    struct se_mixer mixer = plain_mixer(10), with = mixer;
    struct mixture a = make_mixture(&mixer), b = make_mixture(&mixer);
    size_t size = (size_t)a.n * sizeof(float);
    int n_clipped = 0;

    with.config.clip_chance = 0.5f;
    for (uint64_t i = 0; i < 40; i++) {
        float peak;

        mix_both(&mixer, &with, &a, &b, i);
        expect_bytes(a.clean, b.clean, size);
        peak = se_level_peak(b.noisy, b.n);
        for (int64_t j = 0; j < a.n; j++)
            expect(b.noisy[j] == fminf(fmaxf(a.noisy[j], -peak), peak));

        double below_db =
            20 * log10((double)(se_level_peak(a.noisy, a.n) / peak));

        if (below_db > 0) {
            expect(below_db > 0.99 && below_db < 12.01);
            n_clipped++;
        }
    }
    expect(n_clipped > 10 && n_clipped < 30);
    free_mixture(&a);
    free_mixture(&b);
}

TEST(alone)
{
    struct se_mixer mixer = plain_mixer(10), with = mixer;
    struct mixture a = make_mixture(&mixer), b = make_mixture(&mixer);
    size_t size = (size_t)a.n * sizeof(float);
    int n_noise = 0, n_speech = 0, n_both = 0;

    with.config.no_speech_chance = with.config.no_noise_chance = 0.3f;
    for (uint64_t i = 0; i < 60; i++) {
        mix_both(&mixer, &with, &a, &b, i);

        int no_speech = se_level_peak(b.clean, b.n) == 0.0f;
        int no_noise = memcmp(b.noisy, b.clean, size) == 0;

        expect(se_level_peak(b.noisy, b.n) > 0.009f);
        if (!no_speech && !no_noise)
            expect_bytes(a.noisy, b.noisy, size);
        n_noise += no_speech;
        n_speech += no_noise;
        n_both += !no_speech && !no_noise;
    }
    expect(n_noise > 8 && n_speech > 5 && n_both > 15);
    free_mixture(&a);
    free_mixture(&b);
}

/* Noise of even power gets louder and softer, by no more than asked. */
TEST(noise_gain)
{
    struct se_mixer mixer = plain_mixer(0), with = mixer;
    struct mixture a = make_mixture(&mixer), b = make_mixture(&mixer);
    double widest = 0;

    with.config.noise_gain_db = 10;
    for (uint64_t i = 0; i < 20; i++) {
        double most = 0, least = 1e9;

        mix_both(&mixer, &with, &a, &b, i);
        for (int64_t j = 0; j < a.n; j++) {
            a.noisy[j] -= a.clean[j];
            b.noisy[j] -= b.clean[j];
        }
        for (int64_t j = 0; j + 1600 <= a.n; j += 1600) {
            double ratio = se_level_power(b.noisy + j, 1600) /
                           se_level_power(a.noisy + j, 1600);

            most = fmax(most, ratio);
            least = fmin(least, ratio);
        }
        expect(most / least > 1 && most / least < 105);
        widest = fmax(widest, most / least);
    }
    expect(widest > 10);
    check_snr(&with, 4);
    free_mixture(&a);
    free_mixture(&b);
}

/* With a chance of 1 as many clips as are allowed: one white noise after
 * another raises the correlation with none, so count what adding costs: the
 * first clip's share of the noise falls. */
TEST(many_noises)
{
    struct se_mixer mixer = plain_mixer(0), with = mixer;
    struct mixture a = make_mixture(&mixer), b = make_mixture(&mixer);
    double share[3] = {0};

    mixer.config.speech_gain_db = with.config.speech_gain_db = 0;
    for (int more = 0; more < 3; more++) {
        with.config.second_noise_chance = more > 0;
        with.config.max_noises = more == 2 ? 8 : 2;
        for (uint64_t i = 0; i < 10; i++) {
            double ab = 0, aa = 0, bb = 0;

            mix_both(&mixer, &with, &a, &b, i);
            for (int64_t j = 0; j < a.n; j++) {
                double x = (double)(a.noisy[j] - a.clean[j]);
                double y = (double)(b.noisy[j] - b.clean[j]);

                ab += x * y;
                aa += x * x;
                bb += y * y;
            }
            share[more] += ab * ab / (aa * bb) / 10;
        }
    }
    expect(share[0] > 0.999 && share[1] < 0.95);
    expect(share[2] < share[1] - 0.1);
    free_mixture(&a);
    free_mixture(&b);
}

/* Two solid utterances of 0.5 to 1 s, of one level, between pauses. */
TEST(whole_utterances)
{
    struct se_corpus solid = make_corpus(5, 0, 4);
    struct se_mixer mixer = plain_mixer(40);
    struct mixture m;

    mixer.speech = &solid;
    mixer.config.seconds = 5;
    mixer.config.utterances = 2;
    mixer.config.gap_min_seconds = 0.2f;
    mixer.config.gap_max_seconds = 0.6f;
    mixer.config.speech_gain_db = 0;
    m = make_mixture(&mixer);
    for (uint64_t i = 0; i < 20; i++) {
        int64_t run = 0, starts = 0, silent = 0;
        int64_t edges[5];

        se_mix(&mixer, m.noisy, m.clean, m.scratch, 4, i);
        for (int64_t j = 0; j < m.n; j++) {
            int quiet = se_level_peak(m.clean + j, 1) == 0.0f;

            if (quiet)
                silent++;
            else if (silent > 1600) { /* not a zero within the noise */
                expect(starts < 4);
                edges[starts++] = silent;
            }
            if (!quiet)
                silent = 0;
            run += !quiet;
        }
        expect_equal(starts, 2);
        expect(edges[0] >= 3200 && edges[0] <= 9601);
        /* the pause after one and that before the next */
        expect(edges[1] >= 6400 && edges[1] <= 19202);
        expect(run > 15900 && run < 32000);
        expect(silent > 3200);
    }
    free_mixture(&m);
    se_corpus_free(&solid);
}

/* ---- groups and pieces --------------------------------------------------- */

enum { TONES = 4 };

/* Two clips of 1 s in each of TONES groups: a tone of 250, 500 ... Hz. */
static struct se_corpus make_tones(void)
{
    static const char *const names[] = {"a", "a", "b", "b", "c", "c", "d", "d"};
    static const double seconds[] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct se_corpus corpus = {.clips = calloc(8, sizeof *corpus.clips),
                               .n_clips = 8};

    expect(corpus.clips);
    for (int c = 0; c < corpus.n_clips; c++) {
        struct se_clip *clip = &corpus.clips[c];
        double turn = 2 * M_PI / 16000 * 250 * (c / 2 + 1);

        clip->n_samples = 16000;
        clip->samples = calloc(16000, 2);
        clip->active_rms = (float)(20000 / sqrt(2) / 32768);
        expect(clip->samples);
        for (int i = 0; i < 16000; i++)
            clip->samples[i] = (int16_t)lrint(20000 * sin(turn * i));
    }
    expect_equal(se_grouping_create(&corpus.groups, names, seconds, 8, NULL),
                 0);
    return corpus;
}

/* The mean square of each tone in a signal, over the 20 ms frames in which it
 * is within 20 dB of its loudest. */
static void measure_tones(double power[TONES], const float *x, int64_t n)
{
    for (int t = 0; t < TONES; t++) {
        double turn = 2 * M_PI / 16000 * 250 * (t + 1), sum = 0, loudest = 0;
        int n_active = 0;

        for (int pass = 0; pass < 2; pass++)
            for (int64_t at = 0; at + 320 <= n; at += 320) {
                double re = 0, im = 0, now;

                for (int64_t i = at; i < at + 320; i++) {
                    re += (double)x[i] * cos(turn * (double)i);
                    im += (double)x[i] * sin(turn * (double)i);
                }
                now = 2 * (re * re + im * im) / (320 * 320);
                if (pass == 0) {
                    loudest = fmax(loudest, now);
                } else if (now > loudest / 100) {
                    sum += now;
                    n_active++;
                }
            }
        power[t] = n_active ? sum / n_active : 0;
    }
}

static void subtract(struct mixture *m)
{
    for (int64_t i = 0; i < m->n; i++)
        m->noisy[i] -= m->clean[i];
}

/* A mixture has one speaker, and those who babble are others. */
TEST(by_speaker)
{
    struct se_corpus tones = make_tones();
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);
    int n_of[TONES] = {0};

    mixer.speech = &tones;
    mixer.config.by_speaker = 1;
    mixer.config.babble_chance = 1;
    for (uint64_t i = 0; i < 40; i++) {
        double clean[TONES], babble[TONES];
        int n_clean = 0;

        se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, i);
        subtract(&m);
        measure_tones(clean, m.clean, m.n);
        measure_tones(babble, m.noisy, m.n);
        for (int t = 0; t < TONES; t++) {
            int speaks = clean[t] > 0.1 * se_level_power(m.clean, m.n);

            n_clean += speaks;
            n_of[t] += speaks;
            if (speaks)
                expect(babble[t] < 0.02 * se_level_power(m.noisy, m.n));
        }
        expect_equal(n_clean, 1);
    }
    for (int t = 0; t < TONES; t++)
        expect(n_of[t] > 3 && n_of[t] < 20);
    free_mixture(&m);
    se_corpus_free(&tones);
}

/* The other voice is another's, and 6 dB or more below the speech; without it
 * nothing else changes. */
TEST(talker)
{
    struct se_corpus tones = make_tones();
    struct se_mixer mixer = plain_mixer(-3), without;
    struct mixture m = make_mixture(&mixer), before = make_mixture(&mixer);
    double nearest_db = 100;

    mixer.speech = &tones;
    mixer.config.by_speaker = 1;
    mixer.config.speech_gain_db = 0;
    without = mixer;
    mixer.config.talker_chance = 1;
    for (uint64_t i = 0; i < 40; i++) {
        double clean[TONES], rest[TONES], speech_power = 0, talker = 0;
        float scale = 0;

        se_mix(&mixer, m.noisy, m.clean, m.scratch, 3, i);
        se_mix(&without, before.noisy, before.clean, before.scratch, 3, i);
        for (int64_t j = 0; j < m.n && scale == 0; j++)
            if (fabsf(before.clean[j]) > 1e-4f)
                scale = m.clean[j] / before.clean[j];
        for (int64_t j = 0; j < m.n; j++)
            expect(fabsf(m.clean[j] - scale * before.clean[j]) < 1e-5f);
        subtract(&m);
        measure_tones(clean, m.clean, m.n);
        measure_tones(rest, m.noisy, m.n);
        for (int t = 0; t < TONES; t++) {
            if (clean[t] > speech_power)
                speech_power = clean[t];
            talker = fmax(talker, rest[t]);
        }

        double below_db = 10 * log10(speech_power / talker);

        /* the noise itself has a little at the tone */
        expect(below_db > 5);
        nearest_db = fmin(nearest_db, below_db);
    }
    expect(nearest_db < 10);
    free_mixture(&m);
    free_mixture(&before);
    se_corpus_free(&tones);
}

/* Each kind as likely, however many clips it has. */
TEST(by_kind)
{
    static const char *const names[] = {"a", "b", "b", "b", "b",
                                        "b", "b", "b", "b", "b"};
    static const double seconds[] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
    struct se_corpus kinds = make_corpus(10, 0, 5);
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);
    int n_of[2] = {0}, n = 100;

    /* the first clip is a square wave that no noise is like */
    for (int64_t i = 0; i < kinds.clips[0].n_samples; i++)
        kinds.clips[0].samples[i] = i / 50 % 2 ? 9000 : -9000;
    expect_equal(se_grouping_create(&kinds.groups, names, seconds, 10, NULL),
                 0);
    mixer.noise = &kinds;
    mixer.config.seconds = 0.25f;
    for (int by_kind = 0; by_kind < 2; by_kind++) {
        mixer.config.by_kind = by_kind;
        for (int i = 0; i < n; i++) {
            se_mix(&mixer, m.noisy, m.clean, m.scratch, 7, (uint64_t)i);
            m.n = se_mix_samples(&mixer);
            subtract(&m);
            n_of[by_kind] += share_of_treble(m.noisy, m.n) < 20;
        }
    }
    expect(n_of[0] > 2 && n_of[0] < 20);
    expect(n_of[1] > 35 && n_of[1] < 62);
    free_mixture(&m);
    se_corpus_free(&kinds);
}

/* The largest correlation of a stretch of noise with any later one. */
static double repetition(const float *x, int64_t n)
{
    enum { LENGTH = 1600 };
    double most = 0, own = se_level_power(x, LENGTH);

    for (int64_t lag = LENGTH; lag + LENGTH <= n; lag++) {
        double sum = 0;

        for (int i = 0; i < LENGTH; i++)
            sum += (double)x[i] * (double)x[lag + i];
        sum /= LENGTH * sqrt(own * se_level_power(x + lag, LENGTH) + 1e-30);
        most = fmax(most, fabs(sum));
    }
    return most;
}

/* One clip of 0.6 s, again and again: as it is it repeats, varied it does not.
 * Mixtures stay what they were otherwise, and do not depend on what was in the
 * buffers. */
TEST(vary)
{
    struct se_corpus one = make_corpus(1, 0, 6);
    struct se_mixer mixer = plain_mixer(0), with;
    struct mixture a, b;
    double repeats[2] = {0};
    int n = 12;

    mixer.noise = &one;
    mixer.config.noise_speed = 1.5f;
    with = mixer;
    with.config.vary_chance = 1;
    a = make_mixture(&mixer);
    b = make_mixture(&with);
    for (int i = 0; i < n; i++) {
        float scale = 0;

        memset(b.scratch, 0x7f, (size_t)se_mix_scratch(&with) * 4);
        se_mix(&mixer, a.noisy, a.clean, a.scratch, 9, (uint64_t)i);
        se_mix(&with, b.noisy, b.clean, b.scratch, 9, (uint64_t)i);
        for (int64_t j = 0; j < a.n && scale == 0; j++)
            if (fabsf(a.clean[j]) > 1e-4f)
                scale = b.clean[j] / a.clean[j];
        for (int64_t j = 0; j < a.n; j++)
            expect(isfinite(b.noisy[j]) &&
                   fabsf(b.clean[j] - scale * a.clean[j]) < 1e-5f);
        subtract(&a);
        subtract(&b);
        repeats[0] += repetition(a.noisy, 32000) / n;
        repeats[1] += repetition(b.noisy, 32000) / n;
    }
    expect(repeats[0] > 0.95);
    if (!(repeats[1] < 0.6))
        fail_test("varied noise repeats itself: %.3f", repeats[1]);
    check_snr(&with, 8);
    free_mixture(&a);
    free_mixture(&b);
    se_corpus_free(&one);
}

TEST(recipes)
{
    struct se_mix_config config;

    se_mix_config_original(&config);
    expect_equal(config.utterances, 2);
    expect(config.seconds == 25.0f && config.gap_min_seconds == 0.25f);
    expect(config.babble_chance + config.synthetic_chance +
               config.second_noise_chance + config.colour_chance +
               config.lowpass_chance + config.clip_chance ==
           0.0f);
    expect_equal(config.reverb.target, SE_TARGET_DECAY);
    se_mix_config_plain(&config);
    expect_equal(config.utterances, 0);
    expect(config.seconds == 10.0f && config.colour_chance == 0.0f);
    expect_equal(config.n_snrs, 9);
}

/* The mixtures that shipped nets were trained on come again: a sum over the
 * samples of mixtures 0 to 9 by the default options. A machine's own sin() may
 * turn a last bit, another recipe turns more. */
TEST(golden)
{
    struct se_mixer mixer = {.speech = &speech, .noise = &noise};
    double sum = 0;
    struct mixture m;

    se_mix_config_default(&mixer.config);
    mixer.config.seconds = 3;
    m = make_mixture(&mixer);
    for (uint64_t i = 0; i < 10; i++) {
        se_mix(&mixer, m.noisy, m.clean, m.scratch, 1, i);
        for (int64_t j = 0; j < m.n; j++)
            sum += (double)(m.noisy[j] * (float)(j % 7)) +
                   (double)(m.clean[j] * (float)(j % 5));
    }
    if (!(fabs(sum + 135.799790) < 1e-2))
        fail_test("sum is %.6f", sum);
    free_mixture(&m);
}

TEST(default)
{
    const float snrs[] = {-6, -3, 0, 3, 6, 9, 12, 15, 30};
    struct se_mix_config config;

    se_mix_config_default(&config);
    expect_equal(config.n_snrs, 9);
    expect_bytes(config.snr_db, snrs, sizeof snrs);
    expect(config.peak_min == 0.01f && config.peak_max == 0.95f);
}
