/* trainer_config.c - what follows from the config of a run: whether it can be
 * trained, its batches, and the settings that must stay for it to go on. */
#include "train/trainer_private.h"

#include <stdio.h>
#include <string.h>

int se_trainer_check(const struct se_trainer *trainer, struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    const struct se_arch *arch = &trainer->model->arch;

    if (se_arch_outputs(arch) != SE_BINS * arch->len_filter)
        return se_fail(report, SE_ERR_ARG,
                       "the net's last layer gives %d values a frame, "
                       "expected a mask of %d bins times len_filter %d",
                       se_arch_outputs(arch), SE_BINS, arch->len_filter);
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

/* Clips by number, length and content; NULL: none. */
static void name_corpus(struct se_train_setting *setting,
                        const struct se_corpus *corpus)
{
    snprintf(setting->value, sizeof setting->value, "none");
    if (corpus)
        snprintf(setting->value, sizeof setting->value,
                 "%d clips, %.2f hours, checksum %08x", corpus->n_clips,
                 corpus->seconds / 3600, (unsigned)se_corpus_checksum(corpus));
}

void se_trainer_note_settings(struct se_trainer *trainer)
{
    const struct se_train_config *config = &trainer->config;
    const struct se_mixer *mixer = config->train->mixer;
    struct se_train_setting *s = trainer->settings;

    s[0].name = "features";
    snprintf(s[0].value, sizeof s[0].value, "%s",
             se_feat_type_name(trainer->model->feat_type));
    s[1].name = "loss";
    snprintf(s[1].value, sizeof s[1].value, "%s%s",
             config->fake_quantise ? "rounded weights: " : "",
             config->loss_text);
    s[2].name = "seed";
    snprintf(s[2].value, sizeof s[2].value, "%llu",
             (unsigned long long)config->seed);
    s[3].name = "batchsize";
    snprintf(s[3].value, sizeof s[3].value, "%d", config->batch_size);
    s[4].name = "timesteps";
    snprintf(s[4].value, sizeof s[4].value, "%d", config->timesteps);
    s[5].name = "sequences";
    snprintf(s[5].value, sizeof s[5].value, "%lld of %d frames",
             (long long)config->train->count, config->train->n_frames);
    s[6].name = "threads";
    snprintf(s[6].value, sizeof s[6].value, "%d",
             se_pool_workers(trainer->pool));
    if (config->ranks)
        snprintf(s[6].value, sizeof s[6].value, "%d on each of %d ranks",
                 se_pool_workers(trainer->pool), se_ranks_count(config->ranks));
    s[7].name = "init";
    snprintf(s[7].value, sizeof s[7].value, "%s",
             config->init ? config->init : "none");
    s[8].name = "freeze";
    name_layers(s[8].value, sizeof s[8].value, config->frozen);
    s[9].name = "input_basis";
    snprintf(s[9].value, sizeof s[9].value, "%s",
             config->cosine_basis ? "cosine" : "none");
    s[10].name = "average";
    snprintf(s[10].value, sizeof s[10].value, "none");
    if (config->average_decay > 0)
        snprintf(s[10].value, sizeof s[10].value, "%.9g",
                 config->average_decay);
    s[11].name = "weight_decay";
    snprintf(s[11].value, sizeof s[11].value, "none");
    if (config->weight_decay > 0)
        snprintf(s[11].value, sizeof s[11].value, "%.7g",
                 (double)config->weight_decay);
    s[12].name = "speech";
    s[13].name = "noise";
    name_corpus(&s[12], mixer ? mixer->speech : NULL);
    name_corpus(&s[13], mixer ? mixer->noise : NULL);
    s[14].name = "reduced_precision";
    snprintf(s[14].value, sizeof s[14].value, "%s",
             config->precision == SE_BFLOAT16 ? "bfloat16" : "none");
}

struct se_train_identity se_trainer_identity(const struct se_trainer *trainer)
{
    return (struct se_train_identity){
        .settings = trainer->settings,
        .n_settings = N_SETTINGS,
        .mixer = trainer->config.train->mixer,
        .words = trainer->config.words,
    };
}
