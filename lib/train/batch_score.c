/* batch_score.c - evaluation of batches, and the statistics of their features.
 */
#include "train/batch_private.h"

#include <math.h>
#include <string.h>

static void add_energies(struct se_batch_energies *sum, const float *mask,
                         const struct se_block *block, int64_t at)
{
    for (int k = 0; k < SE_BINS; k++) {
        double g = (double)mask[at + k], A = (double)block->noisy[at + k];
        double a = (double)block->clean[at + k];
        double p = (double)block->cross[at + k];

        sum->clean += a * a;
        sum->noisy += A * A;
        sum->noisy_cross += p;
        sum->masked += g * g * A * A;
        sum->masked_cross += g * p;
    }
}

/* The block's real frames as sound. */
static void listen(struct se_batch *batch, const struct se_batch_worker *worker,
                   const struct se_batch_pass *pass, const float *mask)
{
    const struct se_block *block = &worker->block;

    for (int i = 0; i < block->frames * pass->rows; i++) {
        int row = i % pass->rows;
        int64_t at = (int64_t)i * SE_BINS;

        if (i / pass->rows < worker->lengths[row])
            se_listener_add(batch->listeners[pass->first_row + row], mask + at,
                            block->noisy_spectrum + at,
                            block->clean_spectrum + at);
    }
}

static void evaluate_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct se_batch_worker *worker = &batch->workers[index];
    const struct se_model *model = batch->config.model;

    (void)worker_number;
    for (int i = 0; i < worker->n_passes; i++) {
        const struct se_batch_pass *pass = &worker->passes[i];
        const float *mask;

        if (!se_batch_fill(worker, pass, model))
            return;
        mask = se_batch_forward(worker, pass, NULL);
        for (int at = 0; at < worker->block.frames * pass->rows; at++)
            add_energies(&batch->energies[pass->first_row + at % pass->rows],
                         mask, &worker->block, (int64_t)at * SE_BINS);
        if (batch->listeners)
            listen(batch, worker, pass, mask);
    }
}

int se_batch_evaluate(struct se_batch *batch, const float *parameters,
                      struct se_batch_result *result, struct se_report *report)
{
    int status = se_batch_use(batch, parameters, report);

    *result = (struct se_batch_result){0};
    if (status != SE_OK)
        return status;
    status = se_batch_run(batch, evaluate_task, report);
    se_batch_finish(batch, result);
    return status;
}

/* With b = <estimate, clean>: target energy b^2 / |clean|^2, the rest noise. */
static double si_sdr_db(double estimate, double cross, double clean)
{
    double target = cross * cross / (clean + 1e-12);

    return 10 * log10((target + 1e-12) / (fabs(estimate - target) + 1e-12));
}

int se_batch_si_sdr(const struct se_batch *batch, double *enhanced_db,
                    double *noisy_db)
{
    int n = 0;

    *enhanced_db = *noisy_db = 0;
    for (int row = 0; row < batch->rows; row++) {
        const struct se_batch_energies *e = &batch->energies[row];

        if (!batch->running[row])
            continue;
        *enhanced_db += si_sdr_db(e->masked, e->masked_cross, e->clean);
        *noisy_db += si_sdr_db(e->noisy, e->noisy_cross, e->clean);
        n++;
    }
    if (n > 0) {
        *enhanced_db /= n;
        *noisy_db /= n;
    }
    return n;
}

static void pesq_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct se_batch_worker *worker = &batch->workers[index];

    (void)worker_number;
    for (int i = 0; i < worker->n_passes; i++) {
        int first = worker->passes[i].first_row;

        for (int row = first; row < first + worker->passes[i].rows; row++) {
            batch->pesq[row] = (double)NAN;
            if (batch->running[row] && worker->status == SE_OK)
                worker->status = se_listener_pesq(
                    batch->listeners[row], &batch->pesq[row], &worker->report);
        }
    }
}

int se_batch_pesq(struct se_batch *batch, double *sum, int *n,
                  struct se_report *report)
{
    int status = se_batch_run(batch, pesq_task, report);

    *sum = 0.0;
    *n = 0;
    for (int row = 0; row < batch->rows && status == SE_OK; row++) {
        if (!isnan(batch->pesq[row])) {
            *sum += batch->pesq[row];
            ++*n;
        }
    }
    return status;
}

/* ---- statistics ---------------------------------------------------------- */

static void statistics_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct se_batch_worker *worker = &batch->workers[index];
    const struct se_batch_config *config = &batch->config;
    const struct se_block *block = &worker->block;
    const int n_silent =
        config->teacher ? se_teacher_lead(config->teacher, &config->model->arch)
                        : 0;

    (void)worker_number;
    for (int p = 0; p < worker->n_passes; p++) {
        if (!se_batch_fill(worker, &worker->passes[p], NULL))
            return;
        for (int64_t i = 0; i < (int64_t)block->frames * block->rows; i++)
            if (i / block->rows < worker->lengths[i % block->rows] &&
                batch->frame + i / block->rows >= n_silent)
                se_feature_stats_add(&batch->stats[index],
                                     block->features + i * block->n_features,
                                     block->n_features);
    }
}

int se_batch_statistics(struct se_batch *batch, struct se_feature_stats *stats,
                        struct se_report *report)
{
    int status;

    memset(batch->stats, 0, (size_t)batch->n_workers * sizeof *batch->stats);
    status = se_batch_run(batch, statistics_task, report);
    for (int i = 0; i < batch->n_workers; i++)
        se_feature_stats_merge(stats, &batch->stats[i],
                               batch->config.model->arch.n_in);
    batch->frame += batch->config.frames;
    return status;
}
