/* data.c - opens training data. */
#include "train/data.h"

#include "audio/extensions.h"
#include "base/remark.h"
#include "corpus/overlap.h"
#include "corpus/speaker.h"
#include "metrics/match.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Validation mixtures come from other numbers than training will reach. */
enum { VALID_SEED_OFFSET = 1000003, VALID_MIXTURES = 128 };

struct opening {
    struct se_train_data *data;
    const struct se_train_source *source;
    struct se_pool *pool;
    const struct se_train_data_watch *watch;
    const char *what; /* is being loaded */
    struct se_report *report;
};

static int tell_files(void *context, int done, int total)
{
    const struct opening *o = context;

    o->watch->files(o->watch->context, o->what, done, total);
    return 0;
}

/* Recordings of one kind, and where they go. */
struct recordings {
    const char *name, *kind;
    const char *what; /* for the watcher */
    struct se_corpus *corpus;
    struct se_list *list;
};

static int load(struct opening *o, const struct recordings *wanted)
{
    const struct se_list_filter filter = {.kind = wanted->kind, .most = -1};
    const struct se_loading how = {.pool = o->pool,
                                   .progress = {tell_files, o}};
    int status = se_list_read_filtered(wanted->list, wanted->name,
                                       se_sound_extensions, &filter, o->report);

    if (status != SE_OK)
        return status;
    o->what = wanted->what;
    tell_files(o, 0, wanted->list->n);
    status = se_corpus_load(wanted->corpus, wanted->list, &how, o->report);
    if (status == SE_OK)
        o->watch->corpus(o->watch->context, wanted->name, wanted->corpus,
                         wanted->list->n);
    return status;
}

static int open_training(struct opening *o)
{
    const struct se_train_source *source = o->source;
    struct se_train_data *data = o->data;
    const struct recordings speech = {source->speech, "speech", "speech",
                                      &data->speech, &data->speech_list};
    const struct recordings noise = {source->noise, "noise", "noise",
                                     &data->noise, &data->noise_list};
    int status = load(o, &speech);

    if (status == SE_OK)
        status = load(o, &noise);
    if (status != SE_OK)
        return status;
    data->mixer =
        (struct se_mixer){&data->speech, &data->noise, source->mix, NULL};
    status = se_reverb_open(&data->mixer.reverb, &data->mixer.config.reverb,
                            source->seed, o->pool, o->report);
    if (status != SE_OK)
        return status;
    o->watch->rooms(o->watch->context, &data->mixer);

    double hours = source->epoch_hours > 0 ? source->epoch_hours
                                           : data->speech.seconds / 3600;

    const struct se_mixtures mixtures = {
        &data->mixer, source->seed,
        (int64_t)ceil(hours * 3600 / (double)source->mix.seconds)};

    return se_sequences_from_mixer(&data->train, &mixtures,
                                   source->block_frames, o->report);
}

static int open_validation(struct opening *o)
{
    const struct se_train_source *source = o->source;
    struct se_train_data *data = o->data;
    const struct recordings speech = {source->test_speech, "speech",
                                      "test speech", &data->test_speech,
                                      &data->test_speech_list};
    const struct recordings noise = {source->test_noise, "noise", "test noise",
                                     &data->test_noise, &data->test_noise_list};
    const struct se_mixtures mixtures = {
        &data->test_mixer, source->seed + VALID_SEED_OFFSET, VALID_MIXTURES};
    int status = SE_OK;

    data->test_mixer = data->mixer;
    if (source->test_speech) {
        status = load(o, &speech);
        if (status == SE_OK)
            status = load(o, &noise);
        data->test_mixer.speech = &data->test_speech;
        data->test_mixer.noise = &data->test_noise;
    }
    if (status == SE_OK)
        status = se_sequences_from_mixer(&data->valid, &mixtures,
                                         source->block_frames, o->report);
    return status;
}

static int open_records(struct opening *o, struct se_sequences *set,
                        struct se_list *list, const char *name)
{
    int status = se_list_read(list, name, "tfrecord", o->report);

    if (status == SE_OK)
        status = se_sequences_from_records(set, list, o->source->block_frames,
                                           o->report);
    return status;
}

/* What the matches have in one of their places, grouped by speaker. */
static int list_place(struct se_list *list, const struct se_matches *matches,
                      int place, struct se_report *report)
{
    size_t n = (size_t)matches->n;
    char speaker[NAME_MAX + 1];

    list->paths = calloc(n, sizeof *list->paths);
    list->groups = calloc(n, sizeof *list->groups);
    if (!list->paths || !list->groups)
        return se_fail_memory(report, "the pairs");
    for (int i = 0; i < matches->n; i++) {
        const char *path = matches->match[i].paths[place];

        se_speaker_of_path(speaker, sizeof speaker, path);
        list->n++;
        list->paths[i] = strdup(path);
        list->groups[i] = strdup(speaker);
        if (!list->paths[i] || !list->groups[i])
            return se_fail_memory(report, "the pairs");
    }
    return SE_OK;
}

static int open_pairs(struct opening *o)
{
    const char *folder = o->source->valid_pairs;
    struct se_train_data *data = o->data;
    struct se_matches matches;
    char noisy[PATH_MAX], clean[PATH_MAX];

    snprintf(noisy, sizeof noisy, "%s/noisy", folder);
    snprintf(clean, sizeof clean, "%s/clean", folder);

    int status =
        se_match_files(&matches, (const char *[]){noisy, clean}, 2, o->report);

    if (status == SE_OK)
        status = list_place(&data->noisy, &matches, 0, o->report);
    if (status == SE_OK)
        status = list_place(&data->clean, &matches, 1, o->report);
    se_matches_free(&matches);
    if (status == SE_OK)
        status =
            se_sequences_from_pairs(&data->valid, &data->noisy, &data->clean,
                                    o->source->block_frames, o->report);
    return status;
}

/* Validation on what is trained on says little: a remark for each kind of list
 * that has files, or speakers, in common. */
static int compare_lists(struct opening *o)
{
    const struct se_train_data *data = o->data;
    const struct {
        const char *what;
        const struct se_list *train, *valid;
    } pairs[] = {
        {"speech", &data->speech_list, &data->test_speech_list},
        {"noise", &data->noise_list, &data->test_noise_list},
        {"speech", &data->speech_list, &data->clean},
        {"records", &data->records, &data->test_records},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        int n = pairs[i].valid->n;
        struct se_overlap overlap;
        int status = se_overlap_find(&overlap, pairs[i].train, pairs[i].valid,
                                     o->report);

        if (status != SE_OK)
            return status;
        if (overlap.n_files > 0)
            se_remark("validation %s: %d of %d files are trained on as well, "
                      "such as %s",
                      pairs[i].what, overlap.n_files, n, overlap.file);
        else if (overlap.n_speakers > 0 && pairs[i].train != &data->noise_list)
            se_remark("validation speech: %d of its speakers are trained on as "
                      "well, such as %s",
                      overlap.n_speakers, overlap.speaker);
    }
    return SE_OK;
}

int se_train_data_open(struct se_train_data *data,
                       const struct se_train_source *source,
                       struct se_pool *pool,
                       const struct se_train_data_watch *watch,
                       struct se_report *report)
{
    struct opening o = {data, source, pool, watch, NULL, report};
    int status;

    if (source->train_list) {
        status =
            open_records(&o, &data->train, &data->records, source->train_list);
        if (status == SE_OK)
            status = open_records(&o, &data->valid, &data->test_records,
                                  source->test_list);
    } else {
        status = open_training(&o);
        if (status == SE_OK && !source->valid_pairs)
            status = open_validation(&o);
    }
    if (status == SE_OK && source->valid_pairs)
        status = open_pairs(&o);
    if (status == SE_OK)
        status = compare_lists(&o);
    return status;
}

void se_train_data_close(struct se_train_data *data)
{
    struct se_corpus *corpora[] = {&data->speech, &data->noise,
                                   &data->test_speech, &data->test_noise};
    struct se_list *lists[] = {
        &data->speech_list,     &data->noise_list, &data->test_speech_list,
        &data->test_noise_list, &data->records,    &data->test_records,
        &data->noisy,           &data->clean};

    for (size_t i = 0; i < sizeof corpora / sizeof *corpora; i++)
        se_corpus_free(corpora[i]);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        se_list_free(lists[i]);
    se_reverb_destroy(data->mixer.reverb);
    data->mixer.reverb = NULL;
}
