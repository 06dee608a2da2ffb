/* trainer_config.c - what follows from the config of a run: whether it can be
 * trained, its batches, and the settings that must stay for it to go on. */
#include "base/utf8.h"
#include "train/trainer_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int se_trainer_check(const struct se_trainer *trainer, struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    const struct se_teacher *teacher = config->teacher;

    if (teacher &&
        config->timesteps % se_arch_stride(&teacher->model.arch) != 0)
        return se_fail(report, SE_ERR_ARG,
                       "%s: teaches every %d frames, expected --timesteps that "
                       "are a multiple",
                       teacher->model.file,
                       se_arch_stride(&teacher->model.arch));
    if (config->train->count < config->batch_size)
        return se_fail(report, SE_ERR_ARG,
                       "%lld training sequences are less than a batch of %d",
                       (long long)config->train->count, config->batch_size);
    if (trainer->loss.needs_phase && !(se_sequences_have_phase(config->train) &&
                                       se_sequences_have_phase(config->valid)))
        return se_fail(report, SE_ERR_ARG,
                       "loss '%s' needs phases, which TFRecords of powers do "
                       "not hold: train from --speech and --noise, from "
                       "records of se-features --format pcm, or with --loss "
                       "mse",
                       config->loss_text);
    return SE_OK;
}

struct se_batch_config
se_trainer_evaluation(const struct se_trainer *trainer,
                      const struct se_sequences *sequences, int rows)
{
    return (struct se_batch_config){
        .model = trainer->model,
        .loss = &trainer->loss,
        .sequences = sequences,
        .rows = rows,
        .frames = trainer->config.timesteps,
        .fake_quantise = trainer->config.fake_quantise,
    };
}

struct se_batch_config se_trainer_training(const struct se_trainer *trainer)
{
    const struct se_train_config *config = &trainer->config;
    struct se_batch_config batch =
        se_trainer_evaluation(trainer, config->train, config->batch_size);

    batch.seed = config->seed;
    batch.teacher = config->teacher;
    batch.frozen = config->frozen;
    batch.cosine_basis = config->cosine_basis;
    batch.precision = config->precision;
    batch.ranks = config->ranks;
    return batch;
}

/* ---- settings ------------------------------------------------------------ */

/* "1,3": as people number layers. */
static void name_layers(char *text, size_t size, uint32_t layers)
{
    snprintf(text, size, "%s", layers ? "" : "none");
    for (int i = 0; i < SE_MAX_LAYERS; i++) {
        size_t used = strlen(text);

        if (layers >> i & 1)
            snprintf(text + used, size - used, "%s%d", used ? "," : "", i + 1);
    }
}

/* Fills in the setting at *next, and goes on to the one after it. */
__attribute__((format(printf, 3, 4))) static void
note(struct se_train_setting **next, const char *name, const char *format, ...)
{
    struct se_train_setting *setting = (*next)++;
    va_list values;

    setting->name = name;
    va_start(values, format);
    vsnprintf(setting->value, sizeof setting->value, format, values);
    va_end(values);
    se_utf8_mend(setting->value); /* so it will be read again */
}

/* Clips by number, length and content; NULL: none. */
static void note_corpus(struct se_train_setting **next, const char *name,
                        const struct se_corpus *corpus)
{
    if (corpus)
        note(next, name, "%d clips, %.2f hours, checksum %08x", corpus->n_clips,
             corpus->seconds / 3600, (unsigned)se_corpus_checksum(corpus));
    else
        note(next, name, "none");
}

/* A rate that is off when it is 0. */
static void note_rate(struct se_train_setting **next, const char *name,
                      int digits, double rate)
{
    if (rate > 0)
        note(next, name, "%.*g", digits, rate);
    else
        note(next, name, "none");
}

static void note_threads(struct se_train_setting **next,
                         const struct se_ranks *ranks, int n_threads)
{
    if (ranks)
        note(next, "threads", "%d on each of %d ranks", n_threads,
             se_ranks_count(ranks));
    else
        note(next, "threads", "%d", n_threads);
}

static void note_teacher(struct se_train_setting **next,
                         const struct se_teacher *teacher)
{
    if (teacher)
        note(next, "teacher", "share %.7g, checksum %08x",
             (double)teacher->share, (unsigned)teacher->checksum);
    else
        note(next, "teacher", "none");
}

/* The batch may be cut to what the sequences allow. */
static void note_data(struct se_train_setting **next,
                      const struct se_train_config *config)
{
    const struct se_mixer *mixer = config->train->mixer;

    note(next, "batchsize", "%d", config->batch_size);
    note(next, "sequences", "%lld of %d frames",
         (long long)config->train->count, config->train->n_frames);
    note_corpus(next, "speech", mixer ? mixer->speech : NULL);
    note_corpus(next, "noise", mixer ? mixer->noise : NULL);
}

int se_trainer_settings(struct se_train_setting settings[SE_TRAINER_SETTINGS],
                        const struct se_train_config *config,
                        const struct se_model *model, int n_threads)
{
    struct se_train_setting *next = settings;
    char layers[4 * SE_MAX_LAYERS];

    name_layers(layers, sizeof layers, config->frozen);
    note(&next, "features", "%s", se_feat_type_name(model->feat_type));
    note(&next, "loss", "%s%s",
         config->fake_quantise ? "rounded weights: " : "", config->loss_text);
    note(&next, "seed", "%llu", (unsigned long long)config->seed);
    note(&next, "timesteps", "%d", config->timesteps);
    note_threads(&next, config->ranks, n_threads);
    note(&next, "init", "%s", config->init ? config->init : "none");
    note(&next, "freeze", "%s", layers);
    note(&next, "input_basis", "%s", config->cosine_basis ? "cosine" : "none");
    note_rate(&next, "average", 9, config->average_decay);
    note_rate(&next, "weight_decay", 7, (double)config->weight_decay);
    note_teacher(&next, config->teacher);
    note(&next, "reduced_precision", "%s",
         config->precision == SE_BFLOAT16 ? "bfloat16" : "none");
    if (config->train)
        note_data(&next, config);
    return (int)(next - settings);
}

struct se_train_identity se_trainer_identity(const struct se_trainer *trainer)
{
    const struct se_mixer *mixer = trainer->config.train->mixer;

    return (struct se_train_identity){
        .settings = trainer->settings,
        .n_settings = trainer->n_settings,
        .mix = mixer ? &mixer->config : NULL,
        .words = trainer->config.words,
    };
}

int se_trainer_foresee(const struct se_train_config *config,
                       const struct se_model *model,
                       const struct se_mix_config *mix, int n_threads,
                       struct se_report *report)
{
    struct se_train_setting settings[SE_TRAINER_SETTINGS];
    struct se_train_config known = *config;
    struct se_train_identity identity = {.settings = settings};
    struct se_mix_config complete;

    known.train = NULL;
    identity.n_settings =
        se_trainer_settings(settings, &known, model, n_threads);
    if (mix) {
        complete = *mix;
        se_reverb_config_complete(&complete.reverb);
        identity.mix = &complete;
    }
    return se_state_check(config->folder, model, &identity, report);
}
