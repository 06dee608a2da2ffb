/* trainer_score.c - validation, and the statistics of the features. */
#include "records/statistics.h"
#include "train/trainer_private.h"

#include <math.h>
#include <stdlib.h>

enum { STATISTICS_SEQUENCES = 256 };

/* ---- statistics ---------------------------------------------------------- */

/* Those of all ranks, in all. */
static int merge_statistics(const struct se_trainer *trainer,
                            struct se_feature_stats *stats,
                            struct se_report *report)
{
    struct se_ranks *ranks = trainer->config.ranks;
    const int n = se_ranks_count(ranks);
    struct se_feature_stats *all = calloc((size_t)n, sizeof *all);

    if (!all)
        return se_fail_memory(report, "statistics");
    se_ranks_gather(ranks, all, stats, sizeof *stats);
    *stats = all[0];
    for (int i = 1; i < n; i++)
        se_feature_stats_merge(stats, &all[i], trainer->model->arch.n_in);
    free(all);
    return SE_OK;
}

int se_trainer_statistics(struct se_trainer *trainer, struct se_report *report)
{
    struct se_feature_stats stats = {0};
    struct se_model *model = trainer->model;
    int rows = trainer->config.batch_size, status = SE_OK;

    if (trainer->config.statistics)
        return se_statistics_read(model, trainer->config.statistics, report);
    for (int64_t at = 0;
         at < STATISTICS_SEQUENCES && at + rows <= trainer->config.train->count;
         at += rows) {
        status = se_batch_start(trainer->batch, trainer->order + at, report);
        for (int i = 0; i < trainer->n_blocks && status == SE_OK; i++)
            status = se_batch_statistics(trainer->batch, &stats, report);
        if (status != SE_OK)
            return status;
    }
    status = merge_statistics(trainer, &stats, report);
    if (status != SE_OK)
        return status;
    se_feature_stats_finish(&stats, model->mean, model->inv_std,
                            model->arch.n_in);
    return SE_OK;
}

/* ---- validation ---------------------------------------------------------- */

float *se_trainer_weights(const struct se_trainer *trainer)
{
    return trainer->state.average ? trainer->state.average
                                  : trainer->model->parameters;
}

/* What the sequences of a validation set add up to. */
struct sums {
    double loss, frames, si_sdr_db, noisy_si_sdr_db;
    double pesq, n_pesq; /* of those that have a score */
};

/* Of the set, what this rank evaluates. */
struct validation {
    struct se_batch *batch;
    int64_t begin, end;
    int rows; /* at a time */
    struct sums sums;
};

/* This rank's part of the set. */
static struct validation share_of(const struct se_trainer *trainer)
{
    const struct se_train_config *config = &trainer->config;
    const int n = se_ranks_count(config->ranks);
    const int index = se_ranks_index(config->ranks);
    const int64_t most = config->batch_size / n;
    struct validation share = {
        .begin = config->valid->count * index / n,
        .end = config->valid->count * (index + 1) / n,
    };
    const int64_t count = share.end - share.begin;

    share.rows = (int)(count < most ? count : most);
    return share;
}

/* The sequences `at` to `at + rows`, as far as they are before the end. */
static int validate_rows(struct se_trainer *trainer,
                         struct validation *validation, int64_t at,
                         struct se_report *report)
{
    const struct se_sequences *set = trainer->config.valid;
    const int n_blocks = set->n_frames / trainer->config.timesteps;
    struct se_batch *batch = validation->batch;
    struct sums *sums = &validation->sums;
    double enhanced, noisy, pesq;
    int status, n;

    for (int i = 0; i < validation->rows; i++)
        trainer->numbers[i] = at + i < validation->end ? at + i : -1;
    status = se_batch_start(batch, trainer->numbers, report);
    for (int i = 0; i < n_blocks && status == SE_OK; i++) {
        struct se_batch_result result;

        status = se_batch_evaluate(batch, se_trainer_weights(trainer), &result,
                                   report);
        sums->loss += result.loss_sum;
        sums->frames += result.n_frames;
    }
    n = se_batch_si_sdr(batch, &enhanced, &noisy);
    if (se_sequences_have_phase(set)) {
        sums->si_sdr_db += enhanced * n;
        sums->noisy_si_sdr_db += noisy * n;
        if (status == SE_OK)
            status = se_batch_pesq(batch, &pesq, &n, report);
        if (status == SE_OK) {
            sums->pesq += pesq;
            sums->n_pesq += n;
        }
    }
    return status;
}

/* All of this rank's part. */
static int validate_share(struct se_trainer *trainer, struct validation *share,
                          struct se_train_round *standing,
                          struct se_report *report)
{
    const struct se_train_config *config = &trainer->config;
    struct se_batch_config batch_config =
        se_trainer_evaluation(trainer, config->valid, share->rows);
    const int64_t begin = share->begin, end = share->end;
    const int rows = share->rows;
    int status = SE_OK;

    batch_config.keeps_sound = se_sequences_have_phase(config->valid);
    standing->validating = 1;
    standing->total = end - begin;
    if (rows > 0)
        status = se_batch_create(&share->batch, &batch_config, trainer->pool,
                                 report);
    for (int64_t at = begin; at < end && status == SE_OK; at += rows) {
        status = validate_rows(trainer, share, at, report);
        standing->done = at + rows < end ? at + rows - begin : end - begin;
        if (status == SE_OK && config->on_round)
            config->on_round(config->context, standing);
    }
    se_batch_destroy(share->batch);
    return status;
}

int se_trainer_validate(struct se_trainer *trainer,
                        struct se_train_epoch *epoch,
                        struct se_train_round *standing,
                        struct se_report *report)
{
    const double count = (double)trainer->config.valid->count;
    struct validation share = share_of(trainer);
    struct sums *sums = &share.sums;
    int status = validate_share(trainer, &share, standing, report);

    if (status != SE_OK)
        return status;
    se_ranks_sum(trainer->config.ranks, &sums->loss,
                 sizeof *sums / sizeof(double));
    epoch->valid_loss = sums->loss / sums->frames;
    epoch->valid_si_sdr_db = sums->si_sdr_db / count;
    epoch->noisy_si_sdr_db = sums->noisy_si_sdr_db / count;
    if (!se_sequences_have_phase(trainer->config.valid))
        epoch->valid_si_sdr_db = epoch->noisy_si_sdr_db = (double)NAN;
    epoch->valid_pesq_wb_aligned =
        sums->n_pesq > 0 ? sums->pesq / sums->n_pesq : (double)NAN;
    return SE_OK;
}
