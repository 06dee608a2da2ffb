/* test_mix_options.c - what mixtures can have beside, off by default: clipping,
 * parts alone, several noises, whole utterances, groups and pieces. */
#include "mix_toy.h"

/* ---- options that are off by default -------------------------------------*/

/* Samples of `mixer` and of the same with an option on. */
static void mix_both(const struct se_mixer *mixer, const struct se_mixer *with,
                     struct mixture *a, struct mixture *b, uint64_t number)
{
    mix(mixer, a, 21, number);
    mix(with, b, 21, number);
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

        mix(&mixer, &m, 4, i);
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

        mix(&mixer, &m, 1, i);
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

        mix(&mixer, &m, 3, i);
        mix(&without, &before, 3, i);
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

/* How many frames of 50 ms of the noise are at least 6 dB softer than its
 * loudest one, whose power is `loudest`. */
static int count_soft(const struct mixture *m, double *loudest)
{
    enum { FRAME = 800 };
    int n = 0;

    *loudest = 0;
    for (int64_t i = 0; i + FRAME <= m->n; i += FRAME)
        *loudest = fmax(*loudest, se_level_power(m->noisy + i, FRAME));
    for (int64_t i = 0; i + FRAME <= m->n; i += FRAME)
        n += se_level_power(m->noisy + i, FRAME) < *loudest / 4;
    return n;
}

/* Steady noise has bursts far above the rest of it, that are no more than 10 dB
 * above the speech (but for frames that are louder than their burst), whatever
 * the SNR. Without them nothing else changes. */
TEST(bursts)
{
    for (double snr_db = -6; snr_db < 31; snr_db += 12) {
        struct se_mixer mixer = plain_mixer(snr_db), without = mixer;
        struct mixture m = make_mixture(&mixer), before = make_mixture(&mixer);
        int n_with = 0;

        mixer.config.burst_chance = 1;
        for (uint64_t i = 0; i < 20; i++) {
            double loudest, speech_power;
            float scale;

            mix(&mixer, &m, 5, i);
            mix(&without, &before, 5, i);
            scale = se_level_peak(m.clean, m.n) /
                    se_level_peak(before.clean, before.n);
            for (int64_t j = 0; j < m.n; j++)
                expect(fabsf(m.clean[j] - scale * before.clean[j]) < 1e-5f);
            expect(snr_of(&m) > snr_db - 0.02);
            subtract(&m);
            subtract(&before);
            expect_equal(count_soft(&before, &loudest), 0);
            n_with += count_soft(&m, &loudest) > 40;
            speech_power = se_level_active_power(m.clean, m.n);
            expect(10 * log10(loudest / speech_power) < 13);
        }
        /* four seconds may end before the first one */
        expect(n_with > 10);
        free_mixture(&m);
        free_mixture(&before);
    }
}

/* The noisy signal is the same; the target keeps its share of noise, and of
 * babble the more the louder it is. */
TEST(residual)
{
    static const struct {
        double snr_db;
        float babble, of_noise, share;
    } cases[] = {
        {-6, 1, 0, 0.5f},     {-5, 1, 0, 0.5f},      {-4, 1, 0, 0.375f},
        {-2, 1, 0, 0.125f},   {-1, 1, 0, 0},         {9, 1, 0, 0},
        {-6, 0, 0, 0},        {-6, 0, 0.25f, 0.25f}, {9, 0, 0.25f, 0.25f},
        {9, 1, 0.25f, 0.25f}, {-5, 1, 0.25f, 0.5f},  {9, 0, 1, 1}};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct se_mixer mixer = plain_mixer(cases[c].snr_db), with = mixer;
        struct mixture a = make_mixture(&mixer), b = make_mixture(&mixer);

        mixer.config.babble_chance = cases[c].babble;
        with.config.babble_chance = cases[c].babble;
        with.config.babble_residual = 0.5f;
        with.config.noise_residual = cases[c].of_noise;
        for (uint64_t i = 0; i < 5; i++) {
            mix_both(&mixer, &with, &a, &b, i);
            expect_bytes(a.noisy, b.noisy, (size_t)a.n * sizeof(float));
            for (int64_t j = 0; j < a.n; j++) {
                float rest = a.noisy[j] - a.clean[j];

                expect(fabsf(b.clean[j] - a.clean[j] - cases[c].share * rest) <
                       1e-5f);
            }
        }
        free_mixture(&a);
        free_mixture(&b);
    }
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
            mix(&mixer, &m, 7, (uint64_t)i);
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
        mix(&mixer, &a, 9, (uint64_t)i);
        mix(&with, &b, 9, (uint64_t)i);
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
    expect_equal(config.reverb.early_ms, 5);
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
        mix(&mixer, &m, 1, i);
        for (int64_t j = 0; j < m.n; j++)
            sum += (double)(m.noisy[j] * (float)(j % 7)) +
                   (double)(m.clean[j] * (float)(j % 5));
    }
    if (!(fabs(sum + 135.799790) < 1e-2))
        fail_test("sum is %.6f", sum);
    free_mixture(&m);
}
