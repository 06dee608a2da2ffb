/* test_train_data.c - what a net is trained on is opened, reported and closed.
 */
#include "base/rng.h"
#include "check.h"
#include "files/file.h"
#include "train/data.h"

#include "audio/sound.h"

#include <math.h>
#include <sndfile.h>

enum { RATE = 16000 };

/* Seconds of noise. */
static void write_sound(const char *path, int seconds)
{
    struct se_sound_format format = {RATE, 1, SF_FORMAT_CAF | SF_FORMAT_PCM_16};
    struct se_sound_writer *writer;
    float samples[RATE];
    struct se_rng rng;

    se_rng_seed(&rng, 1, (uint64_t)seconds);
    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    for (int s = 0; s < seconds; s++) {
        for (int i = 0; i < RATE; i++)
            samples[i] = (float)se_rng_uniform(&rng, -0.5, 0.5);
        expect_ok(se_sound_write(writer, samples, RATE, &report));
    }
    expect_ok(se_sound_commit(writer, &report));
}

static struct se_pool *pool;
static char speech[300], noise[300], pairs[300];

BEFORE_ALL()
{
    expect_ok(se_pool_create(&pool, 2, &report));
}

AFTER_ALL()
{
    se_pool_destroy(pool);
}

/* What the watcher saw. */
static struct {
    int n_started, n_loaded, n_corpora, n_skipped, n_rooms;
} seen;

static void note_files(void *context, const char *what, int done, int total)
{
    (void)context, (void)what, (void)total;
    seen.n_started += done == 0;
    seen.n_loaded += done == total;
}

static void note_corpus(void *context, const char *name,
                        const struct se_corpus *corpus, int n_files)
{
    (void)context, (void)name;
    seen.n_corpora++;
    seen.n_skipped += corpus->n_skipped;
    expect_equal(corpus->n_clips + corpus->n_skipped, n_files);
}

static void note_rooms(void *context, const struct se_mixer *mixer)
{
    (void)context, (void)mixer;
    seen.n_rooms++;
}

static const struct se_train_data_watch watch = {note_files, note_corpus,
                                                 note_rooms, NULL};

/* speech/ of 3 s in two files, and one that is no sound; noise/ of 2 s. */
BEFORE_EACH()
{
    memset(&seen, 0, sizeof seen);
    snprintf(speech, sizeof speech, "%s/speech", scratch);
    snprintf(noise, sizeof noise, "%s/noise", scratch);
    snprintf(pairs, sizeof pairs, "%s/pairs", scratch);
    expect_ok(se_make_folder(speech, &report));
    expect_ok(se_make_folder(noise, &report));
    write_sound(in_scratch("speech/a.caf"), 1);
    write_sound(in_scratch("speech/b.caf"), 2);
    write_bytes(in_scratch("speech/c.wav"), "nothing", 7);
    write_sound(in_scratch("noise/a.caf"), 2);
}

static struct se_train_source make_source(void)
{
    struct se_train_source source = {
        .speech = speech, .noise = noise, .block_frames = 10, .seed = 3};

    se_mix_config_plain(&source.mix);
    source.mix.seconds = 2;
    return source;
}

TEST(mixtures)
{
    struct se_train_source source = make_source();
    struct se_train_data data = {0};

    expect_ok(se_train_data_open(&data, &source, pool, &watch, &report));
    expect_equal(data.train.count, 2); /* 3 s of speech, 2 s each */
    expect_equal(data.train.n_frames, 200);
    expect(data.train.mixer == &data.mixer);
    expect(data.valid.mixer == &data.test_mixer);
    expect(data.test_mixer.speech == &data.speech);
    expect(data.valid.seed != data.train.seed);
    expect_equal(seen.n_started, 2);
    expect_equal(seen.n_loaded, 2);
    expect_equal(seen.n_corpora, 2);
    expect_equal(seen.n_skipped, 1);
    expect_equal(seen.n_rooms, 1);
    se_train_data_close(&data);
}

TEST(validation_of_its_own)
{
    struct se_train_source source = make_source();
    struct se_train_data data = {0};

    source.test_speech = noise;
    source.test_noise = speech;
    source.epoch_hours = 1;
    source.mix.reverb.chance = 0.5f;
    source.mix.reverb.rt60_min = source.mix.reverb.rt60_max = 0.2f;
    source.mix.reverb.n_responses = 2;
    expect_ok(se_train_data_open(&data, &source, pool, &watch, &report));
    expect_equal(data.train.count, 1800);
    expect(data.test_mixer.speech == &data.test_speech);
    expect_equal(data.test_speech.n_clips, 1);
    expect_equal(data.test_noise.n_clips, 2);
    expect(data.mixer.reverb && data.test_mixer.reverb == data.mixer.reverb);
    expect_equal(seen.n_corpora, 4);
    se_train_data_close(&data);
    expect(!data.mixer.reverb && !data.speech.clips && !data.speech_list.paths);
}

TEST(pairs)
{
    struct se_train_source source = make_source();
    struct se_train_data data = {0};

    source.valid_pairs = pairs;
    expect_error(se_train_data_open(&data, &source, pool, &watch, &report),
                 SE_ERR_IO, "pairs/noisy: cannot open");
    se_train_data_close(&data);
    expect_ok(se_make_folder(in_scratch("pairs/noisy"), &report));
    expect_ok(se_make_folder(in_scratch("pairs/clean"), &report));
    write_sound(in_scratch("pairs/noisy/x.wav"), 1);
    write_sound(in_scratch("pairs/clean/x.wav"), 1);
    expect_ok(se_train_data_open(&data, &source, pool, &watch, &report));
    expect(data.valid.noisy == &data.noisy && !data.valid.mixer);
    expect_equal(data.valid.count, 1);
    se_train_data_close(&data);

    /* Of whatever ending. */
    write_sound(in_scratch("pairs/noisy/y.flac"), 1);
    expect_error(se_train_data_open(&data, &source, pool, &watch, &report),
                 SE_ERR_FORMAT, "pairs/clean: lacks 1 of the 2 files");
    se_train_data_close(&data);
    write_sound(in_scratch("pairs/clean/y.wav"), 1);
    expect_ok(se_train_data_open(&data, &source, pool, &watch, &report));
    expect_equal(data.valid.count, 2);
    expect_text(data.noisy.paths[1], in_scratch("pairs/noisy/y.flac"));
    expect_text(data.clean.paths[1], in_scratch("pairs/clean/y.wav"));
    se_train_data_close(&data);
}

TEST(records_that_are_none)
{
    struct se_train_source source = {.block_frames = 10};
    struct se_train_data data = {0};

    write_bytes(in_scratch("list.txt"), "gone.tfrecord\n", 14);
    source.train_list = source.test_list = in_scratch("list.txt");
    expect_error(se_train_data_open(&data, &source, pool, &watch, &report),
                 SE_ERR_IO, "gone.tfrecord");
    se_train_data_close(&data);
    expect_equal(seen.n_started, 0);
}
