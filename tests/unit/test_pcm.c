/* test_pcm.c - records of samples: written, read, and played to a net. */
#include "check.h"
#include "dsp/convert.h"
#include "records/statistics.h"
#include "records/summary.h"
#include "toy.h"

enum { BANDS = 72, STEPS = 10, FRAMES = 20, SAMPLES = FRAMES * SE_HOP };

static struct toy toy;
static struct se_feature *feature;

BEFORE_ALL()
{
    toy_open(&toy, 1);
    toy.mixer.config.seconds = FRAMES / 100.0f;
    expect_ok(se_feature_create(&feature, SE_FEAT_MEL, BANDS, &report));
}

AFTER_ALL()
{
    se_feature_destroy(feature);
    toy_close(&toy);
}

/* A mixture in 16 bits, in records of lengths 7 and n_frames - 7. */
static void write_pcm(const char *path, int number, int n_frames)
{
    static float signals[2][2 * SAMPLES];
    static int16_t pcm[2][2 * SAMPLES];
    struct se_tfrecord_writer *writer;

    toy_mix(&toy, signals[0], signals[1], number);
    se_to_int16(pcm[0], signals[0], SAMPLES);
    se_to_int16(pcm[1], signals[1], SAMPLES);
    expect_ok(se_tfrecord_create(&writer, path, 1, &report));
    for (int i = 0; i < 2; i++) {
        const int first = i ? 7 * SE_HOP : 0;
        const struct se_example example = {.n_frames = i ? n_frames - 7 : 7,
                                           .format = SE_RECORD_PCM,
                                           .pcm_noisy = pcm[0] + first,
                                           .pcm_clean = pcm[1] + first};

        expect_ok(se_tfrecord_write(writer, &example, &report));
    }
    expect_ok(se_tfrecord_commit(writer, &report));
}

TEST(there_and_back)
{
    static int16_t noisy[SE_HOP], clean[SE_HOP];
    const int16_t corners[] = {0, 1, -1, 255, 256, -256, 32767, -32768};
    const char *path = in_scratch("corners");
    struct se_example example = {.n_frames = 1,
                                 .format = SE_RECORD_PCM,
                                 .pcm_noisy = noisy,
                                 .pcm_clean = clean};
    struct se_example got = {0};
    struct se_tfrecord_writer *writer;
    struct se_tfrecord_reader *reader;
    int found;

    for (int i = 0; i < SE_HOP; i++) {
        noisy[i] = corners[i % 8];
        clean[i] = corners[i / 8 % 8];
    }
    expect_ok(se_tfrecord_create(&writer, path, 0, &report));
    expect_ok(se_tfrecord_write(writer, &example, &report));
    expect_ok(se_tfrecord_commit(writer, &report));
    expect_ok(se_tfrecord_open(&reader, path, &report));
    expect_ok(se_tfrecord_read(reader, &got, &found, &report));
    expect_equal(found, 1);
    expect_equal(got.n_frames, 1);
    expect_equal(got.format, SE_RECORD_PCM);
    expect_bytes(got.pcm_noisy, noisy, sizeof noisy);
    expect_bytes(got.pcm_clean, clean, sizeof clean);
    se_tfrecord_close(reader);

    /* Noise is the difference of the two: here of known power. */
    for (int i = 0; i < SE_HOP; i++) {
        clean[i] = 8192;
        noisy[i] = i % 2 ? 8192 + 1024 : 8192 - 1024;
    }

    struct se_summary summary = se_summarise(&example);

    expect_near(summary.snr_db, 20 * log10(8), 1e-9);
    expect(summary.highest == 0.28125f && summary.lowest == 0.21875f);
    se_example_free(&got);
}

/* What a feed gives of one sequence. */
struct played {
    int status;
    float features[FRAMES][BANDS];
    float noisy[FRAMES][SE_BINS], clean[FRAMES][SE_BINS];
    float cross[FRAMES][SE_BINS];
};

static void play(struct played *played, const struct se_sequences *set,
                 int64_t number)
{
    float *space = toy_feed_space(set);
    struct se_feed *feed;
    struct se_block block;

    memset(played, 0, sizeof *played);
    expect_equal(set->n_frames, FRAMES);
    expect_ok(se_block_create(&block, FRAMES, 1, BANDS, &report));
    expect_ok(se_feed_create(&feed, set, feature, &report));
    played->status = se_feed_start(feed, number, space, &report);
    if (played->status == SE_OK)
        played->status = se_feed_block(feed, &block, 0, NULL, &report);
    memcpy(played->features, block.features, sizeof played->features);
    memcpy(played->noisy, block.noisy, sizeof played->noisy);
    memcpy(played->clean, block.clean, sizeof played->clean);
    memcpy(played->cross, block.cross, sizeof played->cross);
    se_feed_destroy(feed);
    se_block_free(&block);
    free(space);
}

static double distance(const float (*a)[SE_BINS], const float (*b)[SE_BINS])
{
    double sum = 0, all = 0;

    for (int t = 0; t < FRAMES; t++)
        for (int k = 0; k < SE_BINS; k++) {
            sum += pow((double)(a[t][k] - b[t][k]), 2);
            all += pow((double)b[t][k], 2);
        }
    return sqrt(sum / all);
}

/* Samples play as the mixture that they were, phases included, but for what 16
 * bits lose. */
TEST(played)
{
    static struct played mixture, record;
    struct se_sequences mixed, set;
    struct se_list list;

    toy_list(&list, "%d.pcm", 2);
    for (int i = 0; i < 2; i++)
        write_pcm(list.paths[i], i, FRAMES);
    expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));
    expect_equal(set.count, 2);
    expect(se_sequences_have_phase(&set));
    expect_ok(se_sequences_from_mixer(
        &mixed, &(struct se_mixtures){&toy.mixer, 5, 100}, STEPS, &report));
    for (int i = 1; i >= 0; i--) {
        play(&mixture, &mixed, i);
        play(&record, &set, i);
        expect_equal(record.status, SE_OK);
        expect(distance(record.noisy, mixture.noisy) < 1e-2);
        expect(distance(record.clean, mixture.clean) < 1e-2);
        expect(distance(record.cross, mixture.cross) < 1e-2);
    }
    se_list_free(&list);
}

static void expect_refused(const struct se_list *list, const char *wanted)
{
    static struct played played;
    struct se_sequences set;

    expect_ok(se_sequences_from_records(&set, list, STEPS, &report));
    play(&played, &set, 1);
    expect_equal(played.status, SE_ERR_FORMAT);
    if (!strstr(report.text, wanted))
        fail_test("%s", report.text);
}

/* All files of a set are of one length and of one kind. */
TEST(refused)
{
    static float noisy[SAMPLES], clean[SAMPLES];
    struct se_list list;

    toy_list(&list, "mixed%d", 2);
    write_pcm(list.paths[0], 0, FRAMES);
    write_pcm(list.paths[1], 1, FRAMES - 1);
    expect_refused(&list, "mixed1: holds less than 20 frames");
    write_pcm(list.paths[1], 1, FRAMES + 1);
    expect_refused(&list, "mixed1: holds more than 20 frames");
    toy_mix(&toy, noisy, clean, 1);
    toy_write_record(list.paths[1], noisy, clean, FRAMES);
    expect_refused(&list, "mixed1: holds spectra, expected samples as in");
    toy_write_record(list.paths[0], noisy, clean, FRAMES);
    write_pcm(list.paths[1], 1, FRAMES);
    expect_refused(&list, "mixed1: holds samples, expected spectra as in");
    se_list_free(&list);
}

/* ---- statistics ---------------------------------------------------------- */

/* Reads both records of a file. */
static void gather(struct se_statistics *statistics, const char *path)
{
    struct se_statistician *statistician;
    struct se_tfrecord_reader *reader;
    struct se_example example = {0};
    int found = 1;

    expect_ok(se_statistician_create(&statistician, &report));
    expect_ok(se_tfrecord_open(&reader, path, &report));
    se_statistician_start(statistician);
    while (found) {
        expect_ok(se_tfrecord_read(reader, &example, &found, &report));
        if (found)
            se_statistician_add(statistician, statistics, &example);
    }
    se_tfrecord_close(reader);
    se_example_free(&example);
    se_statistician_destroy(statistician);
}

/* Against two passes in double over the features of a feed; there and back
 * through a file. */
TEST(statistics)
{
    static struct played played[2];
    static struct se_statistics all, part;
    struct se_model model = {.feat_type = SE_FEAT_MEL, .arch.n_in = BANDS};
    const char *path = in_scratch("statistics.json");
    struct se_sequences set;
    struct se_list list;

    toy_list(&list, "%d.stat", 2);
    for (int i = 0; i < 2; i++)
        write_pcm(list.paths[i], i, FRAMES);
    expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));
    for (int i = 0; i < 2; i++) {
        play(&played[i], &set, i);
        part = (struct se_statistics){0};
        gather(&part, list.paths[i]);
        se_statistics_merge(&all, &part);
    }
    expect_ok(se_statistics_write(&all, path, &report));
    expect_ok(se_statistics_read(&model, path, &report));
    for (int k = 0; k < BANDS; k++) {
        double sum = 0, squares = 0, m;

        for (int i = 0; i < 2 * FRAMES; i++)
            sum += (double)played[i / FRAMES].features[i % FRAMES][k];
        m = sum / (2 * FRAMES);
        for (int i = 0; i < 2 * FRAMES; i++)
            squares +=
                pow((double)played[i / FRAMES].features[i % FRAMES][k] - m, 2);
        expect_near((double)model.mean[k], m, 1e-6);

        double want = 1 / (0x1p-15 + sqrt(squares / (2 * FRAMES)));

        expect_near((double)model.inv_std[k] / want, 1, 1e-6);
    }
    /* Band 0 never varies: its mean is the floor, exactly. */
    expect(model.mean[0] == played[0].features[0][0]);
    model.arch.n_in = 40;
    expect_error(se_statistics_read(&model, path, &report), SE_ERR_ARG,
                 "expected mel40");
    model.arch.n_in = BANDS;
    write_bytes(path, "{\"format\":\"nnse statistics 1\",\"frames\":1}", 41);
    expect_error(se_statistics_read(&model, path, &report), SE_ERR_FORMAT,
                 "mel72: expected \"mean\" and");
    write_bytes(path, "garbage", 7);
    expect_status(se_statistics_read(&model, path, &report), SE_ERR_FORMAT);
    se_list_free(&list);
}
