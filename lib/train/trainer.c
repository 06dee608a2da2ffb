/* trainer.c - the epoch loop. */
#include "train/trainer_private.h"

#include "base/clock.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- life ---------------------------------------------------------------- */

static int create_parts(struct se_trainer *trainer, struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    const struct se_batch_config batch = se_trainer_training(trainer);
    size_t n = (size_t)trainer->model->n_parameters;
    struct se_train_state *state = &trainer->state;

    state->epoch = trainer->model->epoch + 1;
    state->progress.best_loss = HUGE_VAL;
    state->adam = (struct se_adam){.beta1 = 0.9f,
                                   .beta2 = 0.999f,
                                   .epsilon = 1e-7f,
                                   .m = calloc(n, sizeof(float)),
                                   .v = calloc(n, sizeof(float))};
    if (config->average_decay > 0)
        state->average = calloc(n, sizeof(float));
    trainer->order =
        calloc((size_t)config->train->count, sizeof *trainer->order);
    trainer->numbers =
        calloc((size_t)config->batch_size, sizeof *trainer->numbers);
    trainer->n_blocks = config->train->n_frames / config->timesteps;
    trainer->n_rounds = config->train->count / config->batch_size;
    if (!state->adam.m || !state->adam.v || !trainer->order ||
        !trainer->numbers || (config->average_decay > 0 && !state->average))
        return se_fail_memory(report, "training");
    return se_batch_create(&trainer->batch, &batch, trainer->pool, report);
}

int se_trainer_create(struct se_trainer **out, struct se_model *model,
                      const struct se_train_config *config,
                      struct se_pool *pool, struct se_report *report)
{
    struct se_trainer *trainer = calloc(1, sizeof *trainer);

    *out = NULL;
    if (!trainer)
        return se_fail_memory(report, "training");
    trainer->config = *config;
    trainer->model = model;
    trainer->pool = pool;

    int status = se_loss_parse(&trainer->loss, config->loss_text, report);

    if (status == SE_OK)
        status = se_trainer_check(trainer, report);
    if (status == SE_OK)
        status = create_parts(trainer, report);
    if (status != SE_OK) {
        se_trainer_destroy(trainer);
        return status;
    }
    trainer->n_settings = se_trainer_settings(trainer->settings, config, model,
                                              se_pool_workers(pool));
    *out = trainer;
    return SE_OK;
}

void se_trainer_destroy(struct se_trainer *trainer)
{
    if (!trainer)
        return;
    se_batch_destroy(trainer->batch);
    free(trainer->state.adam.m);
    free(trainer->state.adam.v);
    free(trainer->state.average);
    free(trainer->order);
    free(trainer->numbers);
    free(trainer);
}

static int is_leader(const struct se_trainer *trainer)
{
    return se_ranks_index(trainer->config.ranks) == 0;
}

/* Weights, statistics and place of rank 0 become those of all. */
static void share_state(struct se_trainer *trainer)
{
    struct se_ranks *ranks = trainer->config.ranks;
    struct se_model *model = trainer->model;
    struct se_train_state *state = &trainer->state, shared = *state;
    size_t size = (size_t)model->n_parameters * sizeof(float);

    se_ranks_share(ranks, &shared, sizeof shared);
    shared.adam.m = state->adam.m;
    shared.adam.v = state->adam.v;
    shared.average = state->average;
    *state = shared;
    se_ranks_share(ranks, &model->epoch, sizeof model->epoch);
    se_ranks_share(ranks, model->mean, sizeof model->mean);
    se_ranks_share(ranks, model->inv_std, sizeof model->inv_std);
    se_ranks_share(ranks, model->parameters, size);
    se_ranks_share(ranks, state->adam.m, size);
    se_ranks_share(ranks, state->adam.v, size);
    if (state->average)
        se_ranks_share(ranks, state->average, size);
}

/* Whether all rounds since the run began, at some epoch, have made so many
 * gradient steps. */
static int check_place(const struct se_trainer *trainer,
                       struct se_report *report)
{
    const struct se_train_state *state = &trainer->state;
    const int64_t n_rounds = trainer->n_rounds;
    const int64_t before =
        (int64_t)state->n_blocks / trainer->n_blocks - state->round;

    if (state->round > n_rounds)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s/state.safetensors: round %lld of %lld: damaged",
                       trainer->config.folder, (long long)state->round,
                       (long long)n_rounds);
    if ((int64_t)state->n_blocks % trainer->n_blocks == 0 && before >= 0 &&
        before % n_rounds == 0 && before / n_rounds < state->epoch)
        return SE_OK;
    return se_fail(
        report, SE_ERR_FORMAT,
        "%s/state.safetensors: %lld steps by round %lld of epoch %d: "
        "damaged: expected %lld an epoch",
        trainer->config.folder, (long long)state->n_blocks,
        (long long)state->round, state->epoch,
        (long long)(n_rounds * trainer->n_blocks));
}

int se_trainer_resume(struct se_trainer *trainer, struct se_report *report)
{
    const struct se_train_identity identity = se_trainer_identity(trainer);
    int status = SE_OK;

    if (is_leader(trainer))
        status = se_state_read(&trainer->state, trainer->model,
                               trainer->config.folder, &identity, report);
    if (status == SE_OK && is_leader(trainer))
        status = check_place(trainer, report);
    status = se_ranks_agree(trainer->config.ranks, status, report);
    if (status == SE_OK)
        trainer->model->epoch = trainer->state.epoch - 1;
    return status;
}

/* ---- sequences ----------------------------------------------------------- */

/* Mixtures are new in each epoch; files come in a new order. */
static void order_sequences(struct se_trainer *trainer)
{
    const struct se_sequences *set = trainer->config.train;
    int64_t epoch = trainer->state.epoch;
    struct se_rng rng;

    for (int64_t i = 0; i < set->count; i++)
        trainer->order[i] = set->mixer ? (epoch - 1) * set->count + i : i;
    if (set->mixer)
        return;
    se_rng_seed(&rng, trainer->config.seed, (uint64_t)epoch);
    for (int64_t i = set->count - 1; i > 0; i--) {
        int64_t j = se_rng_below(&rng, (uint32_t)(i + 1));
        int64_t swapped = trainer->order[i];

        trainer->order[i] = trainer->order[j];
        trainer->order[j] = swapped;
    }
}

/* ---- an epoch ------------------------------------------------------------ */

static double epoch_position(const struct se_trainer *trainer, int block)
{
    const struct se_train_state *state = &trainer->state;
    double round =
        (double)state->round + (double)block / (double)trainer->n_blocks;

    return state->epoch - 1 + round / (double)trainer->n_rounds;
}

/* The first steps count for more, or the start would stay in the mean (as
 * tf.train.ExponentialMovingAverage with num_updates). */
static void update_average(struct se_trainer *trainer)
{
    struct se_train_state *state = &trainer->state;
    const float *weights = trainer->model->parameters;
    double t = (double)state->n_blocks;
    double kept = fmin(trainer->config.average_decay, (1 + t) / (10 + t));
    float rate = (float)(1 - kept);

    for (int64_t i = 0; i < trainer->model->n_parameters; i++)
        state->average[i] += rate * (weights[i] - state->average[i]);
}

/* One batch of sequences from start to end. */
static int train_round(struct se_trainer *trainer,
                       struct se_train_round *standing,
                       struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    struct se_train_state *state = &trainer->state;
    const int64_t *numbers = trainer->order + state->round * config->batch_size;
    int status = se_batch_start(trainer->batch, numbers, report);

    for (int block = 0; block < trainer->n_blocks && status == SE_OK; block++) {
        struct se_batch_result result;
        double rate = se_schedule_rate(&config->schedule, &state->progress,
                                       epoch_position(trainer, block));

        const struct se_batch_step step = {
            .parameters = trainer->model->parameters,
            .adam = &state->adam,
            .learning_rate = (float)rate,
            .clip_norm = config->clip_norm,
            .weight_decay = config->weight_decay,
            .number = state->n_blocks,
        };

        status = se_batch_train(trainer->batch, &result, &step, report);
        if (state->average)
            update_average(trainer);
        state->n_blocks++;
        state->loss_sum += result.loss_sum;
        state->frames += result.n_frames;
        standing->learning_rate = rate;
        standing->gradient_norm = result.gradient_norm;
    }
    state->round++;
    return status;
}

static int save_state(const struct se_trainer *trainer,
                      struct se_report *report)
{
    const struct se_train_identity identity = se_trainer_identity(trainer);

    return se_state_write(trainer->config.folder, &trainer->state,
                          trainer->model, &identity, report);
}

/* The net as it will be used: averaged, then quantised, if asked for. */
static int write_epoch(const struct se_trainer *trainer, const char *path,
                       struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    struct se_model written = *trainer->model;
    int status = SE_OK;

    written.parameters = se_trainer_weights(trainer);
    if (!config->fake_quantise)
        return se_model_write(path, &written, config->command, report);
    written.parameters = calloc((size_t)written.n_parameters, sizeof(float));
    if (!written.parameters)
        return se_fail_memory(report, "rounded weights");
    status = config->fake_quantise(written.parameters, &written,
                                   se_trainer_weights(trainer), report);
    if (status == SE_OK)
        status = se_model_write(path, &written, config->command, report);
    free(written.parameters);
    return status;
}

/* The epoch's checkpoint, its line of history, and the state from which the
 * next epoch starts, in this order: whenever the power fails, the state on the
 * disk leads to the same files again. */
static int save_epoch(const struct se_trainer *trainer,
                      const struct se_train_epoch *epoch,
                      struct se_report *report)
{
    const char *folder = trainer->config.folder;
    char path[1024];
    int status =
        se_model_epoch_path(path, sizeof path, folder, epoch->epoch, report);

    if (status == SE_OK)
        status = write_epoch(trainer, path, report);
    if (status == SE_OK)
        status = se_model_remove_later(folder, epoch->epoch, report);
    if (status == SE_OK)
        status = se_history_add(folder, epoch, report);
    if (status == SE_OK)
        status = save_state(trainer, report);
    return status;
}

static int finish_epoch(struct se_trainer *trainer,
                        struct se_train_epoch *epoch, struct se_report *report)
{
    struct se_train_state *state = &trainer->state;
    const struct se_train_config *config = &trainer->config;
    int status = SE_OK;

    epoch->is_best =
        se_progress_add(&state->progress, epoch->epoch, epoch->valid_loss);
    trainer->model->epoch = epoch->epoch;
    state->epoch++;
    state->round = 0;
    state->loss_sum = state->frames = state->seconds = 0;
    if (is_leader(trainer))
        status = save_epoch(trainer, epoch, report);
    if (status == SE_OK && config->on_epoch)
        config->on_epoch(config->context, epoch);
    return status;
}

/* Where a run diverged, and what is left of it. */
static int diverged(const struct se_trainer *trainer, struct se_report *report)
{
    const struct se_train_state *state = &trainer->state;
    struct se_report reason = *report;
    char left[64] = "no epoch is done yet";

    if (state->epoch > 1)
        snprintf(left, sizeof left, "epoch %d is the last good one",
                 state->epoch - 1);
    return se_fail(report, SE_ERR_NUMERIC,
                   "epoch %d, round %lld: %s; %s: try a lower --learning_rate",
                   state->epoch, (long long)state->round, reason.text, left);
}

static int stopped(const struct se_trainer *trainer, struct se_report *report)
{
    int status = is_leader(trainer) ? save_state(trainer, report) : SE_OK;

    return status != SE_OK
               ? status
               : se_fail(report, SE_ERR_STOPPED,
                         "stopped in epoch %d, saved: --epoch_loaded latest "
                         "goes on",
                         trainer->state.epoch);
}

/* The rounds of an epoch that are still to be trained; `started` is when its
 * first began, by the wall clock. */
static int run_rounds(struct se_trainer *trainer,
                      struct se_train_round *standing, double started,
                      struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    struct se_train_state *state = &trainer->state;

    while (state->round < trainer->n_rounds) {
        int status;

        if (se_ranks_any(config->ranks, config->stop && *config->stop))
            return stopped(trainer, report);
        status = train_round(trainer, standing, report);
        if (status == SE_ERR_NUMERIC)
            return diverged(trainer, report);
        if (status != SE_OK)
            return status;
        state->seconds = se_clock_s(SE_CLOCK_WALL) - started;
        standing->done = state->round * config->batch_size;
        standing->loss = state->loss_sum / state->frames;
        if (config->on_round)
            config->on_round(config->context, standing);
    }
    return SE_OK;
}

static int run_epoch(struct se_trainer *trainer, struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    struct se_train_state *state = &trainer->state;
    struct se_train_round standing = {
        .epoch = state->epoch, .total = trainer->n_rounds * config->batch_size};
    struct se_train_epoch epoch = {.epoch = state->epoch, .init = config->init};
    double started = se_clock_s(SE_CLOCK_WALL) - state->seconds;
    const double used = se_clock_s(SE_CLOCK_PROCESS);
    const double prepared = se_batch_preparation_s(trainer->batch);
    int status;

    if (config->teacher) {
        epoch.teacher = config->teacher->model.file;
        epoch.teacher_share = (double)config->teacher->share;
    }

    order_sequences(trainer);
    status = run_rounds(trainer, &standing, started, report);
    if (status != SE_OK)
        return status;
    epoch.train_loss = state->loss_sum / state->frames;
    epoch.frames = state->frames;
    epoch.preparation_share =
        (se_batch_preparation_s(trainer->batch) - prepared) /
        (se_clock_s(SE_CLOCK_PROCESS) - used);
    epoch.learning_rate =
        se_schedule_rate(&config->schedule, &state->progress, state->epoch);
    status = se_trainer_validate(trainer, &epoch, &standing, report);
    if (status == SE_OK && !isfinite(epoch.valid_loss)) {
        se_fail(report, SE_ERR_NUMERIC, "the validation loss is not a number");
        return diverged(trainer, report);
    }
    if (status != SE_OK) {
        /* A file that cannot be read: what was trained is not lost. */
        if (is_leader(trainer))
            save_state(trainer, NULL);
        return status;
    }
    epoch.seconds = se_clock_s(SE_CLOCK_WALL) - started;
    return finish_epoch(trainer, &epoch, report);
}

int se_trainer_run(struct se_trainer *trainer, struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    const struct se_progress *progress = &trainer->state.progress;
    int status = SE_OK;

    share_state(trainer);
    if (trainer->state.average && trainer->state.n_blocks == 0)
        memcpy(trainer->state.average, trainer->model->parameters,
               (size_t)trainer->model->n_parameters * sizeof(float));
    if (trainer->model->epoch == 0 && trainer->state.n_blocks == 0 &&
        !config->init) {
        order_sequences(trainer);
        status = se_trainer_statistics(trainer, report);
    }
    while (status == SE_OK &&
           trainer->state.epoch <= config->schedule.n_epochs) {
        if (config->patience > 0 && progress->best_epoch > 0 &&
            trainer->state.epoch - 1 - progress->best_epoch >= config->patience)
            break;
        status = run_epoch(trainer, report);
    }
    return status;
}

/* ---- estimate ------------------------------------------------------------ */

/* A round as a run would play it, the fastest seen so far into `estimate`. */
static int time_round(struct se_trainer *trainer,
                      struct se_train_estimate *estimate,
                      struct se_report *report)
{
    struct se_train_round standing = {0};
    const double frames = trainer->state.frames;
    const double prepared = se_batch_preparation_s(trainer->batch);
    const double used = se_clock_s(SE_CLOCK_PROCESS);
    const double started = se_clock_s(SE_CLOCK_WALL);
    int status;

    trainer->state.round = 0;
    status = train_round(trainer, &standing, report);
    if (status != SE_OK)
        return status;

    const double seconds = se_clock_s(SE_CLOCK_WALL) - started;
    const double speed = (trainer->state.frames - frames) / seconds;

    if (speed <= estimate->frames_per_second)
        return SE_OK;
    estimate->frames_per_second = speed;
    estimate->step_s = seconds / trainer->n_blocks;
    estimate->preparation_share =
        (se_batch_preparation_s(trainer->batch) - prepared) /
        (se_clock_s(SE_CLOCK_PROCESS) - used);
    return SE_OK;
}

int se_trainer_estimate(struct se_trainer *trainer,
                        struct se_train_estimate *estimate,
                        struct se_report *report)
{
    enum { ROUNDS = 4 }; /* the first warms the caches */
    const struct se_train_config *config = &trainer->config;
    const struct se_batch_config batch = se_trainer_training(trainer);

    *estimate = (struct se_train_estimate){
        .bytes = se_batch_bytes(&batch, se_pool_workers(trainer->pool)) +
                 (config->average_decay > 0 ? 4 : 3) *
                     trainer->model->n_parameters * (int64_t)sizeof(float),
    };
    share_state(trainer);
    order_sequences(trainer);
    for (int i = 0; i < ROUNDS; i++) {
        int status = time_round(trainer, estimate, report);

        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}
