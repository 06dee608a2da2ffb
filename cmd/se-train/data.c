/* data.c - what se-train trains on. */
#include "data.h"

#include "audio/endings.h"
#include "common/cli.h"
#include "ranks.h"

#include <math.h>
#include <stdio.h>

/* What loading needs besides. */
struct loading {
    struct se_pool *pool;
    int is_leader;
    struct cli_progress progress;
};

static void corpus_progress(void *context, int done, int total)
{
    (void)total;
    cli_progress_update(context, done, "");
}

static void load_corpus(struct loading *l, struct se_corpus *corpus,
                        struct se_list *list, const char *name,
                        const char *kind, const char *label)
{
    const struct se_list_filter filter = {.kind = kind, .per_type = -1};
    struct se_report report;

    cli_check(
        se_list_read_filtered(list, name, se_sound_endings, &filter, &report),
        &report);
    cli_progress_start(&l->progress, label, "files", list->n);
    cli_check(se_corpus_load(corpus, list, l->pool, corpus_progress,
                             &l->progress, &report),
              &report);
    cli_progress_end(&l->progress);
    if (corpus->n_skipped && l->is_leader)
        cli_warn("%d of %d files skipped, the first: %s", corpus->n_skipped,
                 list->n, corpus->skipped.text);
    cli_remark("%s: %d clips, %.2f hours", name, corpus->n_clips,
               corpus->seconds / 3600);
}

static void load_pairs(struct train_data *data, const char *folder,
                       int block_frames)
{
    struct se_report report;
    char path[1024];

    snprintf(path, sizeof path, "%s/noisy", folder);
    cli_check(se_list_read(&data->noisy, path, se_sound_endings, &report),
              &report);
    snprintf(path, sizeof path, "%s/clean", folder);
    cli_check(se_list_read(&data->clean, path, se_sound_endings, &report),
              &report);
    cli_check(se_sequences_from_pairs(&data->valid, &data->noisy, &data->clean,
                                      block_frames, &report),
              &report);
}

/* Validation mixtures come from other numbers than training will reach. */
enum { VALID_SEED_OFFSET = 1000003, VALID_MIXTURES = 128 };

static void load_mixtures(struct train_data *data, struct loading *l,
                          const struct train_options *o)
{
    struct se_report report;
    double hours;

    load_corpus(l, &data->speech, &data->speech_list, o->speech, "speech",
                "speech");
    load_corpus(l, &data->noise, &data->noise_list, o->noise, "noise", "noise");
    data->mixer = (struct se_mixer){&data->speech, &data->noise, o->mix, NULL};
    mix_rooms_open(&data->mixer, o->seed, l->pool);
    hours = o->epoch_hours > 0 ? o->epoch_hours : data->speech.seconds / 3600;
    cli_check(se_sequences_from_mixer(
                  &data->train, &data->mixer, o->seed,
                  (int64_t)ceil(hours * 3600 / (double)o->mix.seconds),
                  o->timesteps, &report),
              &report);
    if (o->valid_pairs)
        return;
    data->test_mixer = data->mixer;
    if (o->test_speech) {
        load_corpus(l, &data->test_speech, &data->test_speech_list,
                    o->test_speech, "speech", "test speech");
        load_corpus(l, &data->test_noise, &data->test_noise_list, o->test_noise,
                    "noise", "test noise");
        data->test_mixer.speech = &data->test_speech;
        data->test_mixer.noise = &data->test_noise;
    } else {
        cli_remark("validating on mixtures of the training files: "
                   "--valid_pairs, or --test_speech and --test_noise, would "
                   "tell more");
    }
    cli_check(se_sequences_from_mixer(&data->valid, &data->test_mixer,
                                      o->seed + VALID_SEED_OFFSET,
                                      VALID_MIXTURES, o->timesteps, &report),
              &report);
}

static void load(struct train_data *data, struct loading *l,
                 const struct train_options *o)
{
    struct se_report report;

    if (o->train_list) {
        cli_check(
            se_list_read(&data->records, o->train_list, "tfrecord", &report),
            &report);
        cli_check(se_list_read(&data->test_records, o->test_list, "tfrecord",
                               &report),
                  &report);
        cli_check(se_sequences_from_records(&data->train, &data->records,
                                            o->timesteps, &report),
                  &report);
        cli_check(se_sequences_from_records(&data->valid, &data->test_records,
                                            o->timesteps, &report),
                  &report);
    } else {
        load_mixtures(data, l, o);
    }
    if (o->valid_pairs)
        load_pairs(data, o->valid_pairs, o->timesteps);
}

/* All ranks must draw the same mixtures from the same clips. */
static void compare(const struct train_data *data,
                    const struct train_options *o, const struct se_ranks *ranks)
{
    train_ranks_compare(ranks, "the command", o->command);
    if (o->train_list)
        train_ranks_compare_list(ranks, "--train_list", &data->records);
    if (o->test_list)
        train_ranks_compare_list(ranks, "--test_list", &data->test_records);
    train_ranks_compare_corpus(ranks, "--speech", &data->speech);
    train_ranks_compare_corpus(ranks, "--noise", &data->noise);
    train_ranks_compare_corpus(ranks, "--test_speech", &data->test_speech);
    train_ranks_compare_corpus(ranks, "--test_noise", &data->test_noise);
    train_ranks_compare_list(ranks, "--valid_pairs, noisy,", &data->noisy);
    train_ranks_compare_list(ranks, "--valid_pairs, clean,", &data->clean);
}

void train_data_open(struct train_data *data, const struct train_options *o,
                     struct se_pool *pool, struct se_ranks *ranks)
{
    struct loading loading = {.pool = pool,
                              .is_leader = se_ranks_index(ranks) == 0};

    load(data, &loading, o);
    compare(data, o, ranks);
}

void train_data_close(struct train_data *data)
{
    se_corpus_free(&data->speech);
    se_corpus_free(&data->noise);
    se_corpus_free(&data->test_speech);
    se_corpus_free(&data->test_noise);
    mix_rooms_close(&data->mixer);
    se_list_free(&data->speech_list);
    se_list_free(&data->noise_list);
    se_list_free(&data->test_speech_list);
    se_list_free(&data->test_noise_list);
    se_list_free(&data->records);
    se_list_free(&data->test_records);
    se_list_free(&data->noisy);
    se_list_free(&data->clean);
}
