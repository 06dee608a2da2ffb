/* test_feed.c - sequences of mixtures, pairs and records become the blocks that
 * they should. */
#include "feed_toy.h"

#include <unistd.h>

enum { STEPS = 10, SAMPLES = FRAMES * SE_HOP };

/* A whole sequence, block after block: [FRAMES][...] of one row. */
struct played {
    int status, n_frames;
    float features[2 * FRAMES][BANDS];
    float noisy[2 * FRAMES][SE_BINS], clean[2 * FRAMES][SE_BINS];
    float cross[2 * FRAMES][SE_BINS];
    int real_frames;
};

static void keep_block(struct played *played, const struct se_block *block,
                       int row)
{
    for (int t = 0; t < block->frames; t++) {
        const int at = t * block->rows + row, to = played->n_frames++;

        memcpy(played->features[to], block->features + at * BANDS,
               sizeof played->features[to]);
        memcpy(played->noisy[to], block->noisy + at * SE_BINS,
               sizeof played->noisy[to]);
        memcpy(played->clean[to], block->clean + at * SE_BINS,
               sizeof played->clean[to]);
        memcpy(played->cross[to], block->cross + at * SE_BINS,
               sizeof played->cross[to]);
    }
}

/* Plays sequence `number` in row 1 of blocks with 3 rows. */
static void play(struct played *played, const struct se_sequences *set,
                 int64_t number)
{
    struct se_feed *feed;
    struct se_block block;
    float *space = toy_feed_space(set);

    memset(played, 0, sizeof *played);
    expect(set->n_frames <= 2 * FRAMES);
    expect_ok(se_block_create(&block, STEPS, 3, BANDS, &report));
    expect_ok(se_feed_create(&feed, set, feature, &report));
    played->status = se_feed_start(feed, number, space, &report);
    while (played->status == SE_OK && played->n_frames < set->n_frames) {
        played->status = se_feed_block(feed, &block, 1, NULL, &report);
        keep_block(played, &block, 1);
    }
    played->real_frames = se_feed_real_frames(feed);
    for (int64_t i = 0; i < STEPS; i++) /* the rows beside are left alone */
        expect(block.noisy[i * 3 * SE_BINS] == 0 &&
               block.noisy[(i * 3 + 2) * SE_BINS + 5] == 0);
    se_feed_destroy(feed);
    se_block_free(&block);
    free(space);
}

static double energy(const float (*x)[SE_BINS], int n_frames)
{
    double sum = 0;

    for (int t = 0; t < n_frames; t++)
        for (int k = 0; k < SE_BINS; k++)
            sum += (double)x[t][k] * (double)x[t][k];
    return sum;
}

/* ---- mixtures ------------------------------------------------------------ */

static void mixtures(struct se_sequences *set, int block_frames)
{
    expect_ok(se_sequences_from_mixer(
        set, &(struct se_mixtures){&toy.mixer, 5, 100}, block_frames, &report));
}

/* The block tells what an analysis of the same mixture tells, but for one
 * factor. */
TEST(mixture_is_analysed)
{
    static struct played played;
    static float noisy[SAMPLES], clean[SAMPLES];
    struct se_sequences set;
    struct se_stft *stft[2];
    float gain = 0;

    mixtures(&set, STEPS);
    expect_equal(set.n_frames, FRAMES);
    expect(se_sequences_have_phase(&set));
    play(&played, &set, 7);
    expect_equal(played.status, SE_OK);
    expect_equal(played.real_frames, FRAMES);
    toy_mix(&toy, noisy, clean, 7);
    for (int i = 0; i < 2; i++)
        expect_ok(se_stft_create(&stft[i], &report));
    for (int t = 0; t < FRAMES; t++) {
        se_bin x[SE_BINS], s[SE_BINS];
        float power[SE_BINS], logs[BANDS];

        se_stft_analyse(stft[0], x, noisy + t * SE_HOP);
        se_stft_analyse(stft[1], s, clean + t * SE_HOP);
        se_power(power, x);
        se_feature_log(feature, logs, power);
        expect_bytes(logs, played.features[t], sizeof logs);
        if (gain == 0)
            gain = played.noisy[t][20] / hypotf(x[20][0], x[20][1]);
        for (int k = 0; k < SE_BINS; k++) {
            float A = gain * hypotf(x[k][0], x[k][1]);
            float a = gain * hypotf(s[k][0], s[k][1]);
            float p = gain * gain * (x[k][0] * s[k][0] + x[k][1] * s[k][1]);

            expect_near(played.noisy[t][k], A, 1e-5f * A + 1e-9f);
            expect_near(played.clean[t][k], a, 1e-5f * a + 1e-9f);
            expect_near(played.cross[t][k], p, 2e-5f * A * a + 1e-9f);
        }
    }
    for (int i = 0; i < 2; i++)
        se_stft_destroy(stft[i]);
}

/* Active speech has a mean power of about 1 in a bin, whatever the level. */
TEST(levels)
{
    static struct played played;
    struct se_sequences set;

    mixtures(&set, STEPS);
    for (int number = 0; number < 8; number++) {
        double power;

        play(&played, &set, number);
        power = energy(played.clean, FRAMES) / FRAMES / SE_BINS;
        expect(power > 0.1 && power < 2);
    }
}

TEST(sequences_are_reproducible)
{
    static struct played first, again, other;
    struct se_sequences set;

    mixtures(&set, STEPS);
    play(&first, &set, 3);
    play(&other, &set, 4);
    play(&again, &set, 3);
    expect_bytes(&first, &again, sizeof first);
    expect(memcmp(first.noisy, other.noisy, sizeof first.noisy) != 0);
}

TEST(mixture_lengths)
{
    static struct played played;
    struct se_sequences set;

    mixtures(&set, 1);
    expect_equal(set.n_frames, 40);
    mixtures(&set, 15);
    expect_equal(set.n_frames, 30);

    /* The mixture is longer than what is taken of it. */
    mixtures(&set, 3 * STEPS);
    expect_equal(set.n_frames, 3 * STEPS);
    play(&played, &set, 3);
    mixtures(&set, 40);
    expect_equal(set.n_frames, 40);
    expect_status(
        se_sequences_from_mixer(&set, &(struct se_mixtures){&toy.mixer, 1, 10},
                                41, &report),
        SE_ERR_ARG);
    expect_text(report.text, "mixtures of 40 frames are shorter than a "
                             "block of 41");
}

/* ---- pairs --------------------------------------------------------------- */

struct pairs {
    struct se_list noisy, clean;
    struct se_sequences set;
};

/* Files of these lengths; the clean ones are the noisy ones. */
static void make_pairs(struct pairs *pairs, const int *n_samples, int n,
                       int rate_hz)
{
    static float x[SAMPLES * 6];

    expect_ok(se_make_folder(in_scratch("n"), &report));
    expect_ok(se_make_folder(in_scratch("c"), &report));
    toy_list(&pairs->noisy, "n/%d.wav", n);
    toy_list(&pairs->clean, "c/%d.wav", n);
    toy_noise(x, SAMPLES * 6, 0);
    for (int i = 0; i < n; i++) {
        toy_write_sound(pairs->noisy.paths[i], x, n_samples[i], rate_hz);
        toy_write_sound(pairs->clean.paths[i], x, n_samples[i], rate_hz);
    }
}

static void free_pairs(struct pairs *pairs)
{
    se_list_free(&pairs->noisy);
    se_list_free(&pairs->clean);
}

TEST(pairs)
{
    static struct played played;
    const int lengths[] = {1, 159, 160, 161, 320, 4000};
    const int real[] = {1, 1, 1, 2, 2, 25};
    struct pairs pairs;

    make_pairs(&pairs, lengths, 6, SE_RATE_HZ);
    expect_ok(se_sequences_from_pairs(&pairs.set, &pairs.noisy, &pairs.clean,
                                      STEPS, &report));
    expect_equal(pairs.set.n_frames, 30);
    expect_equal(pairs.set.count, 6);
    expect(se_sequences_have_phase(&pairs.set));
    for (int i = 0; i < 6; i++) {
        play(&played, &pairs.set, i);
        expect_equal(played.status, SE_OK);
        expect_equal(played.real_frames, real[i]);
        for (int t = 0; t < 30; t++)
            for (int k = 0; k < SE_BINS; k++) {
                float A = played.noisy[t][k];

                expect(played.clean[t][k] == A);
                expect_near(played.cross[t][k], A * A, 1e-5f * A * A + 1e-12f);
            }
        /* Two frames more see the last sample; then comes silence. */
        expect(energy(played.noisy, real[i]) > 0);
        expect(energy(played.noisy + real[i] + 2, 28 - real[i]) == 0 ||
               real[i] + 2 > 28);
    }
    free_pairs(&pairs);
}

/* Lengths are those of the header, at the file's own rate. */
TEST(pairs_of_another_rate)
{
    const int lengths[] = {48000 * 80 / 100};
    static struct played played;
    struct pairs pairs;

    make_pairs(&pairs, lengths, 1, 48000);
    expect_ok(se_sequences_from_pairs(&pairs.set, &pairs.noisy, &pairs.clean,
                                      STEPS, &report));
    expect_equal(pairs.set.n_frames, 80);
    play(&played, &pairs.set, 0);
    expect_equal(played.status, SE_OK);
    expect_equal(played.real_frames, 80);
    free_pairs(&pairs);
}

static void refuse_pairs(struct pairs *pairs, int status, const char *part)
{
    expect_equal(se_sequences_from_pairs(&pairs->set, &pairs->noisy,
                                         &pairs->clean, STEPS, &report),
                 status);
    if (!strstr(report.text, part))
        fail_test("'%s' lacks '%s'", report.text, part);
}

TEST(pairs_that_are_not_there)
{
    const int lengths[] = {500, 500, 500};
    static struct played played;
    struct pairs pairs;

    make_pairs(&pairs, lengths, 3, SE_RATE_HZ);
    unlink(pairs.noisy.paths[2]);
    refuse_pairs(&pairs, SE_ERR_IO, "n/2.wav: cannot open");
    write_bytes(pairs.noisy.paths[2], "text", 4);
    refuse_pairs(&pairs, SE_ERR_FORMAT, "n/2.wav: ");

    /* A clean file is met only when it is played. */
    pairs.noisy.n = pairs.clean.n = 2;
    expect_ok(se_sequences_from_pairs(&pairs.set, &pairs.noisy, &pairs.clean,
                                      STEPS, &report));
    unlink(pairs.clean.paths[1]);
    play(&played, &pairs.set, 1);
    expect_equal(played.status, SE_ERR_IO);
    expect_contains(report.text, "c/1.wav: cannot open");
    pairs.noisy.n = pairs.clean.n = 3;
    free_pairs(&pairs);
}

/* ---- records ------------------------------------------------------------- */

/* Files r/0, r/1... of mixtures, with that many frames each. */
static void make_records(struct se_list *list, const int *n_frames, int n)
{
    static float noisy[SAMPLES], clean[SAMPLES];

    expect_ok(se_make_folder(in_scratch("r"), &report));
    toy_list(list, "r/%d.tfrecord", n);
    for (int i = 0; i < n; i++) {
        toy_mix(&toy, noisy, clean, i);
        toy_write_record(list->paths[i], noisy, clean, n_frames[i]);
    }
}

/* Records of a mixture give what the mixture gives, but for phases and for the
 * level, which is each record's own. */
TEST(records)
{
    static struct played mixture, record;
    const int n_frames[] = {FRAMES, FRAMES};
    struct se_sequences mixed, set;
    struct se_list list;

    make_records(&list, n_frames, 2);
    expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));
    expect_equal(set.n_frames, FRAMES);
    expect_equal(set.count, 2);
    expect(!se_sequences_have_phase(&set));
    mixtures(&mixed, STEPS);
    for (int i = 0; i < 2; i++) {
        play(&mixture, &mixed, i);
        play(&record, &set, i);
        expect_equal(record.status, SE_OK);
        expect_equal(record.real_frames, FRAMES);
        expect_bytes(mixture.features, record.features,
                     sizeof mixture.features);
        for (int t = 0; t < FRAMES; t++) {
            float gain = record.noisy[t][30] / mixture.noisy[t][30];

            expect(gain > 0.02f && gain < 50);
            for (int k = 0; k < SE_BINS; k++) {
                float A = gain * mixture.noisy[t][k];
                float a = gain * mixture.clean[t][k];

                expect_near(record.noisy[t][k], A, 1e-5f * A + 1e-9f);
                expect_near(record.clean[t][k], a, 1e-5f * a + 1e-9f);
                expect(record.cross[t][k] == 0);
            }
        }
    }
    se_list_free(&list);
}

/* The level of a record: clean frames within 40 dB of its loudest one, at
 * least a tenth of the noisy power. */
TEST(record_levels)
{
    enum { N = 4 };
    static float power[2][N][SE_BINS]; /* noisy, clean */
    static struct played played;
    const float level[2][N] = {{4, 4, 4, 4}, {0, 1, 3, 2e-5f}};
    const double expected[] = {2.0, 0.4};
    struct se_sequences set;
    struct se_list list;

    toy_list(&list, "level%d", 1);
    for (int with_speech = 1; with_speech >= 0; with_speech--) {
        struct se_tfrecord_writer *writer;
        struct se_example example = {.n_frames = N,
                                     .pspec_noisy = power[0][0],
                                     .pspec_clean = power[1][0]};
        double gain2;

        for (int i = 0; i < 2 * N * SE_BINS; i++)
            power[i / (N * SE_BINS)][i / SE_BINS % N][i % SE_BINS] =
                level[i / (N * SE_BINS)][i / SE_BINS % N];
        if (!with_speech)
            memset(power[1], 0, sizeof power[1]);
        expect_ok(se_tfrecord_create(&writer, list.paths[0], 0, &report));
        expect_ok(se_tfrecord_write(writer, &example, &report));
        expect_ok(se_tfrecord_commit(writer, &report));
        expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));
        expect_equal(set.n_frames, 10); /* filled up from 4 */
        play(&played, &set, 0);
        expect_equal(played.status, SE_OK);
        expect_equal(played.real_frames, N);
        gain2 = (double)(played.noisy[0][0] * played.noisy[0][0]) / 4;
        expect_near(gain2 * expected[!with_speech], 1, 1e-4);
        expect(energy(played.noisy + N, 10 - N) == 0);
    }
    se_list_free(&list);
}

static void refuse_record(const struct se_sequences *set, int64_t number,
                          int status, const char *part)
{
    static struct played played;

    play(&played, set, number);
    if (played.status != status || !strstr(report.text, part))
        fail_test("%d '%s', expected %d '%s'", played.status, report.text,
                  status, part);
}

TEST(records_of_other_lengths)
{
    const int n_frames[] = {25, 24, 26, 25, 40, 30};
    static struct played played;
    struct se_sequences set;
    struct se_list list;

    make_records(&list, n_frames, 6);
    expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));
    expect_equal(set.n_frames, 30);
    expect_equal(set.record_frames, 25);
    refuse_record(&set, 1, SE_ERR_FORMAT,
                  "r/1.tfrecord: holds less than 25 frames, expected as many "
                  "as ");
    refuse_record(&set, 2, SE_ERR_FORMAT, "r/2.tfrecord: holds more than 25");
    refuse_record(&set, 4, SE_ERR_FORMAT, "r/4.tfrecord: holds more than 25");
    play(&played, &set, 3);
    expect_equal(played.status, SE_OK);
    expect_equal(played.real_frames, 25);

    /* No filling: the end of the file is the end of the last block. */
    list.paths[0][strlen(list.paths[0]) - 10] = '5';
    expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));
    expect_equal(set.n_frames, 30);
    play(&played, &set, 0);
    expect_equal(played.status, SE_OK);
    refuse_record(&set, 4, SE_ERR_FORMAT, "r/4.tfrecord: holds more than 30");
    se_list_free(&list);
}

static void refuse_records(const struct se_list *list, int status,
                           const char *part)
{
    struct se_sequences set;

    expect_equal(se_sequences_from_records(&set, list, STEPS, &report), status);
    if (!strstr(report.text, part))
        fail_test("'%s' lacks '%s'", report.text, part);
}

TEST(bad_records)
{
    const int n_frames[] = {20, 20, 20};
    struct se_example example = {.n_frames = 20};
    struct se_tfrecord_writer *writer;
    struct se_sequences set;
    struct se_list list;

    make_records(&list, n_frames, 3);
    expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));

    example.pspec_noisy = calloc(20 * SE_BINS, sizeof(float));
    example.pspec_clean = calloc(20 * SE_BINS, sizeof(float));
    expect(example.pspec_noisy && example.pspec_clean);
    for (int i = 0; i < 3; i++) {
        const float wrong[] = {NAN, -1, INFINITY};
        float *spoilt = i == 1 ? example.pspec_clean : example.pspec_noisy;

        spoilt[4000] = wrong[i];
        expect_ok(se_tfrecord_create(&writer, list.paths[1], 0, &report));
        expect_ok(se_tfrecord_write(writer, &example, &report));
        expect_ok(se_tfrecord_commit(writer, &report));
        refuse_record(&set, 1, i == 1 ? SE_ERR_FORMAT : SE_ERR_NUMERIC,
                      i == 1 ? "r/1.tfrecord: holds -1 where a power"
                             : "r/1.tfrecord: record 0: \"pspec_sn\" is not");
        spoilt[4000] = 0;
    }
    free(example.pspec_noisy);
    free(example.pspec_clean);

    unlink(list.paths[2]);
    refuse_record(&set, 2, SE_ERR_IO, "r/2.tfrecord: ");
    refuse_records(&list, SE_ERR_IO, "r/2.tfrecord: cannot open");
    list.n = 2;
    write_bytes(list.paths[0], "text", 4);
    refuse_records(&list, SE_ERR_FORMAT, "r/0.tfrecord: ");
    write_bytes(list.paths[0], "", 0);
    refuse_records(&list, SE_ERR_FORMAT, "r/0.tfrecord: ");
    list.n = 3;
    se_list_free(&list);
}
