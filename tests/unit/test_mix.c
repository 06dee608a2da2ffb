/* test_mix.c - mixtures that are what they claim to be. */
#include "mix_toy.h"

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
        mix(&mixer, &m, 1, (uint64_t)i);

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
        mix(&mixer, &m, 2, (uint64_t)i);

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
        mix(&mixer, &a, 5, i);
        mix(&mixer, &b, 5, i);
        expect_bytes(a.noisy, b.noisy, size);
        expect_bytes(a.clean, b.clean, size);
        mix(&mixer, &b, 5, i + 1);
        expect(memcmp(a.clean, b.clean, size) != 0);
        mix(&mixer, &b, 6, i);
        expect(memcmp(a.clean, b.clean, size) != 0);
    }
    free_mixture(&a);
    free_mixture(&b);
}

static void check_lengths(struct se_mixer *mixer)
{
    const int lengths[] = {0, 1, 2, 159, 160, 161, 319, 320, 511, 4000};

    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        struct mixture m;

        mixer->config.seconds = (float)lengths[k] / 16000;
        m = make_mixture(mixer);
        expect_equal(m.n, lengths[k]);
        for (uint64_t i = 0; i < 100; i++) {
            mix(mixer, &m, 9, i);
            for (int64_t j = 0; j < m.n; j++)
                expect(isfinite(m.noisy[j]) && isfinite(m.clean[j]));
        }
        free_mixture(&m);
    }
}

TEST(lengths)
{
    struct se_mixer mixer = plain_mixer(0);

    se_mix_config_default(&mixer.config);
    check_lengths(&mixer);
}

/* With all that can happen to a mixture. */
TEST(lengths_of_all_kinds)
{
    struct se_mixer mixer = plain_mixer(0);
    struct se_mix_config *config = &mixer.config;

    se_mix_config_default(config);
    config->synthetic_kinds = SE_SYNTH_ALL;
    config->synthetic_chance = config->vary_chance = 0.5f;
    config->talker_chance = config->burst_chance = 0.5f;
    config->babble_residual = config->noise_residual = 0.5f;
    config->microphone_chance = 0.5f;
    config->device_chance = config->clip_chance = 0.5f;
    config->no_speech_chance = config->no_noise_chance = 0.1f;
    config->noise_gain_db = 6;
    check_lengths(&mixer);
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
    mix(&mixer, &m, 1, 1);
    expect(se_level_peak(m.clean, m.n) == 0.0f);
    expect(se_level_peak(m.noisy, m.n) > 0.009f);

    mixer.speech = &speech;
    mixer.noise = &silent;
    mix(&mixer, &m, 1, 1);
    expect_bytes(m.noisy, m.clean, (size_t)m.n * sizeof(float));

    mixer.speech = &silent;
    mix(&mixer, &m, 1, 1);
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
        mix(&mixer, &m, 4, (uint64_t)i);
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
        mix(&mixer, &m, 8, i);
        for (int64_t j = 0; j < m.n; j++)
            m.noisy[j] -= m.clean[j];

        double mean = se_level_power(m.noisy, m.n);

        for (int64_t j = 0; j + 80 <= m.n; j += 40)
            expect(se_level_power(m.noisy + j, 80) > 0.2 * mean);
    }
    free_mixture(&m);
}

TEST(lowpass)
{
    struct se_mixer mixer = plain_mixer(0);
    struct mixture m = make_mixture(&mixer);

    /* white: 1 + 16 + 36 + 16 + 1 = 70 */
    mix(&mixer, &m, 3, 0);
    expect(share_of_treble(m.noisy, m.n) > 60);
    mixer.config.lowpass_chance = 1;
    for (uint64_t i = 0; i < 10; i++) {
        mix(&mixer, &m, 3, i);
        expect(share_of_treble(m.noisy, m.n) < 66);
        expect(share_of_treble(m.clean, m.n) < 66);
    }
    free_mixture(&m);
}
