/* batch.c - gradient steps on all cores. */
#include "train/batch.h"

#include "base/simd.h"
#include "nn/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pieces of the parameter block that workers reduce and update; a fixed
 * number, so that sums do not depend on the workers. */
enum { N_SLICES = 64 };

/* Energies of one row since its start, for SI-SDR. */
struct energies {
    double clean, noisy, noisy_cross, masked, masked_cross;
};

struct worker {
    struct se_batch *batch;
    int first_row, rows;
    struct se_net *net;
    struct se_block block;
    float *d_mask;   /* [steps][rows][SE_BINS] */
    float *gradient; /* [parameters] */
    int *frames;     /* [rows] real ones in the block; 0: the row is out */
    float *scratch;
    double loss_sum, n_frames;
    int status;
    struct se_report report;
};

struct se_batch {
    struct se_batch_config config;
    struct se_pool *pool;
    struct se_feature *feature;
    struct se_feed **feeds;    /* [rows] */
    int *running;              /* [rows] */
    struct energies *energies; /* [rows] */
    struct worker *workers;    /* [n_workers] */
    int n_workers;
    int frame;                  /* next one, from the start of the sequences */
    float pad[SE_MAX_FEATURES]; /* standardised features of silence */

    float *rounded; /* [parameters]; NULL without config.round */

    /* arguments of the round that runs on the pool */
    const float *parameters;
    float *updated;
    struct se_adam *adam;
    struct se_feature_stats *stats; /* [n_workers] */
    const int64_t *numbers;
    uint64_t step_number;
    float rate, gradient_scale;
    double slice_norm2[N_SLICES];
};

/* ---- life ---------------------------------------------------------------- */

static void silence_features(struct se_batch *batch)
{
    const struct se_model *model = batch->config.model;
    float power[SE_BINS] = {0};

    se_feature_log(batch->feature, batch->pad, power);
    se_feature_standardise(batch->pad, batch->pad, model->mean, model->inv_std,
                           model->arch.n_in);
}

static int create_worker(struct worker *worker, struct se_batch *batch,
                         int index, struct se_report *report)
{
    const struct se_batch_config *config = &batch->config;
    const struct se_arch *arch = &config->model->arch;
    int64_t n_scratch = se_feed_scratch(config->sequences);

    worker->batch = batch;
    worker->first_row = config->rows * index / batch->n_workers;
    worker->rows =
        config->rows * (index + 1) / batch->n_workers - worker->first_row;

    int status =
        se_net_create(&worker->net, arch, worker->rows, config->steps, report);

    if (status == SE_OK)
        status = se_block_create(&worker->block, config->steps, worker->rows,
                                 arch->n_in, report);
    if (status != SE_OK)
        return status;
    worker->d_mask =
        calloc((size_t)config->steps * worker->rows * SE_BINS, sizeof(float));
    worker->gradient =
        calloc((size_t)config->model->n_parameters, sizeof(float));
    worker->scratch = calloc((size_t)n_scratch + 1, sizeof(float));
    worker->frames = calloc((size_t)worker->rows, sizeof(int));
    if (!worker->d_mask || !worker->gradient || !worker->scratch ||
        !worker->frames)
        return se_fail_memory(report, "a training worker");
    return SE_OK;
}

static int create_parts(struct se_batch *batch, struct se_report *report)
{
    const struct se_batch_config *config = &batch->config;
    int rows = config->rows, status;

    batch->feeds = calloc((size_t)rows, sizeof *batch->feeds);
    batch->running = calloc((size_t)rows, sizeof *batch->running);
    batch->energies = calloc((size_t)rows, sizeof *batch->energies);
    batch->workers = calloc((size_t)batch->n_workers, sizeof *batch->workers);
    batch->stats = calloc((size_t)batch->n_workers, sizeof *batch->stats);
    if (!batch->feeds || !batch->running || !batch->energies ||
        !batch->workers || !batch->stats)
        return se_fail_memory(report, "a batch");
    if (config->round) {
        batch->rounded =
            calloc((size_t)config->model->n_parameters, sizeof(float));
        if (!batch->rounded)
            return se_fail_memory(report, "rounded weights");
    }
    status = se_feature_create(&batch->feature, config->model->feat_type,
                               config->model->arch.n_in, report);
    for (int i = 0; i < rows && status == SE_OK; i++)
        status = se_feed_create(&batch->feeds[i], config->sequences,
                                batch->feature, report);
    for (int i = 0; i < batch->n_workers && status == SE_OK; i++)
        status = create_worker(&batch->workers[i], batch, i, report);
    return status;
}

int se_batch_create(struct se_batch **out, const struct se_batch_config *config,
                    struct se_pool *pool, struct se_report *report)
{
    struct se_batch *batch = calloc(1, sizeof *batch);

    *out = NULL;
    if (!batch)
        return se_fail_memory(report, "a batch");
    batch->config = *config;
    batch->pool = pool;
    batch->n_workers = se_pool_workers(pool);
    if (batch->n_workers > config->rows)
        batch->n_workers = config->rows;

    int status = create_parts(batch, report);

    if (status != SE_OK)
        se_batch_destroy(batch);
    else
        *out = batch;
    return status;
}

void se_batch_destroy(struct se_batch *batch)
{
    if (!batch)
        return;
    for (int i = 0; batch->feeds && i < batch->config.rows; i++)
        se_feed_destroy(batch->feeds[i]);
    for (int i = 0; batch->workers && i < batch->n_workers; i++) {
        struct worker *worker = &batch->workers[i];

        se_net_destroy(worker->net);
        se_block_free(&worker->block);
        free(worker->d_mask);
        free(worker->gradient);
        free(worker->scratch);
        free(worker->frames);
    }
    se_feature_destroy(batch->feature);
    free(batch->feeds);
    free(batch->running);
    free(batch->energies);
    free(batch->workers);
    free(batch->stats);
    free(batch->rounded);
    free(batch);
}

int64_t se_batch_bytes(const struct se_batch_config *config, int n_workers)
{
    const struct se_arch *arch = &config->model->arch;
    int64_t frames = (int64_t)config->rows * config->steps;
    int64_t samples = (int64_t)config->sequences->n_frames * SE_HOP;
    int64_t floats = frames * (arch->n_in + 4 * SE_BINS) +
                     n_workers * (config->model->n_parameters +
                                  se_feed_scratch(config->sequences)) +
                     (config->round ? config->model->n_parameters : 0);

    if (!config->sequences->records)
        floats += 2 * samples * config->rows;
    return se_net_bytes(arch, config->rows, config->steps) +
           floats * (int64_t)sizeof(float);
}

/* ---- rounds on the pool -------------------------------------------------- */

/* Runs `task` on each worker and returns the first failure. */
static int run_workers(struct se_batch *batch,
                       void (*task)(void *context, int index, int worker),
                       struct se_report *report)
{
    for (int i = 0; i < batch->n_workers; i++)
        batch->workers[i].status = SE_OK;
    se_pool_run(batch->pool, batch->n_workers, task, batch);
    for (int i = 0; i < batch->n_workers; i++)
        if (batch->workers[i].status != SE_OK)
            return se_fail(report, batch->workers[i].status, "%s",
                           batch->workers[i].report.text);
    return SE_OK;
}

/* What the passes run on. */
static int set_parameters(struct se_batch *batch, const float *parameters,
                          struct se_report *report)
{
    const struct se_batch_config *config = &batch->config;

    batch->parameters = config->round ? batch->rounded : parameters;
    return config->round ? config->round(batch->rounded, config->model,
                                         parameters, report)
                         : SE_OK;
}

static void start_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct worker *worker = &batch->workers[index];

    (void)worker_number;
    for (int i = 0; i < worker->rows && worker->status == SE_OK; i++) {
        int row = worker->first_row + i;

        batch->running[row] = batch->numbers[row] >= 0;
        batch->energies[row] = (struct energies){0};
        if (batch->running[row])
            worker->status =
                se_feed_start(batch->feeds[row], batch->numbers[row],
                              worker->scratch, &worker->report);
    }
    se_net_reset(worker->net, batch->pad);
}

int se_batch_start(struct se_batch *batch, const int64_t *numbers,
                   struct se_report *report)
{
    batch->numbers = numbers;
    batch->frame = 0;
    silence_features(batch);
    return run_workers(batch, start_task, report);
}

/* A row that is left out is all zeros. */
static void clear_row(struct se_block *block, int row)
{
    for (int t = 0; t < block->steps; t++) {
        int64_t at = (int64_t)t * block->rows + row;

        memset(block->features + at * block->n_features, 0,
               (size_t)block->n_features * sizeof(float));
        memset(block->noisy + at * SE_BINS, 0, SE_BINS * sizeof(float));
        memset(block->clean + at * SE_BINS, 0, SE_BINS * sizeof(float));
        memset(block->cross + at * SE_BINS, 0, SE_BINS * sizeof(float));
    }
}

static void fill_block(struct worker *worker, const float *mean,
                       const float *inv_std)
{
    struct se_batch *batch = worker->batch;

    worker->n_frames = 0;
    for (int i = 0; i < worker->rows && worker->status == SE_OK; i++) {
        struct se_feed *feed = batch->feeds[worker->first_row + i];
        int steps = batch->config.steps, real;

        worker->frames[i] = 0;
        if (!batch->running[worker->first_row + i]) {
            clear_row(&worker->block, i);
            continue;
        }
        real = se_feed_real_frames(feed) - batch->frame;
        worker->frames[i] = real < 0 ? 0 : real < steps ? real : steps;
        worker->n_frames += worker->frames[i];
        worker->status = se_feed_block(feed, &worker->block, i, mean, inv_std,
                                       &worker->report);
    }
}

/* The mask and its loss; worker->d_mask becomes the gradient of the loss's
 * mean over the batch's block. */
static const float *forward(struct worker *worker, struct se_rng *drop)
{
    const struct se_batch *batch = worker->batch;
    const struct se_batch_config *config = &batch->config;
    const struct se_block *block = &worker->block;
    struct se_loss_target target = {block->noisy, block->clean, block->cross,
                                    worker->frames};
    const float *mask =
        se_net_forward(worker->net, batch->parameters, block->features, drop);

    worker->loss_sum = se_loss_eval(
        config->loss, worker->d_mask, mask, &target, block->steps, block->rows,
        SE_BINS, 1.0f / (float)(config->rows * config->steps));
    return mask;
}

static void train_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct worker *worker = &batch->workers[index];
    const struct se_model *model = batch->config.model;
    struct se_rng drop;

    (void)worker_number;
    fill_block(worker, model->mean, model->inv_std);
    if (worker->status != SE_OK)
        return;
    se_rng_seed(&drop, batch->config.seed,
                batch->step_number * (uint64_t)batch->n_workers +
                    (uint64_t)index);
    forward(worker, &drop);
    memset(worker->gradient, 0, (size_t)model->n_parameters * sizeof(float));
    se_net_backward(worker->net, worker->gradient, batch->parameters,
                    worker->d_mask);
}

static void slice_bounds(const struct se_batch *batch, int slice,
                         int64_t *begin, int64_t *end)
{
    int64_t n = batch->config.model->n_parameters;

    *begin = n * slice / N_SLICES;
    *end = n * (slice + 1) / N_SLICES;
}

/* Adds the workers' gradients into the first one's. */
static void reduce_task(void *context, int slice, int worker_number)
{
    struct se_batch *batch = context;
    float *sum = batch->workers[0].gradient;
    int64_t begin, end;
    double norm2 = 0;

    (void)worker_number;
    slice_bounds(batch, slice, &begin, &end);
    for (int w = 1; w < batch->n_workers; w++)
        for (int64_t i = begin; i < end; i++)
            sum[i] += batch->workers[w].gradient[i];
    for (int64_t i = begin; i < end; i++)
        norm2 += (double)sum[i] * (double)sum[i];
    batch->slice_norm2[slice] = norm2;
}

static void update_task(void *context, int slice, int worker_number)
{
    struct se_batch *batch = context;
    int64_t begin, end;

    (void)worker_number;
    slice_bounds(batch, slice, &begin, &end);
    se_adam_update(batch->adam, batch->updated, batch->workers[0].gradient,
                   begin, end, batch->rate, batch->gradient_scale);
}

/* Adds up what the workers found and moves on. */
static void finish_block(struct se_batch *batch, struct se_batch_result *result)
{
    *result = (struct se_batch_result){0};
    for (int i = 0; i < batch->n_workers; i++) {
        result->loss_sum += batch->workers[i].loss_sum;
        result->n_frames += batch->workers[i].n_frames;
    }
    batch->frame += batch->config.steps;
}

int se_batch_train(struct se_batch *batch, float *parameters,
                   struct se_adam *adam, struct se_batch_result *result,
                   float learning_rate, float clip_norm, uint64_t step_number,
                   struct se_report *report)
{
    double norm2 = 0;

    *result = (struct se_batch_result){0};
    batch->updated = parameters;
    batch->step_number = step_number;

    int status = set_parameters(batch, parameters, report);

    if (status == SE_OK)
        status = run_workers(batch, train_task, report);
    if (status != SE_OK)
        return status;
    finish_block(batch, result);
    se_pool_run(batch->pool, N_SLICES, reduce_task, batch);
    for (int i = 0; i < N_SLICES; i++)
        norm2 += batch->slice_norm2[i];
    result->gradient_norm = sqrt(norm2);
    if (!isfinite(norm2) || !isfinite(result->loss_sum))
        return se_fail(report, SE_ERR_NUMERIC,
                       "the loss or its gradient is not a number");
    batch->gradient_scale =
        result->gradient_norm > (double)clip_norm
            ? (float)((double)clip_norm / result->gradient_norm)
            : 1.0f;
    batch->adam = adam;
    batch->rate = se_adam_rate(adam, learning_rate);
    se_pool_run(batch->pool, N_SLICES, update_task, batch);
    se_limit_weights(parameters, &batch->config.model->arch);
    return SE_OK;
}

/* ---- evaluation ---------------------------------------------------------- */

static void add_energies(struct energies *sum, const float *mask,
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

static void evaluate_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct worker *worker = &batch->workers[index];
    const struct se_model *model = batch->config.model;

    (void)worker_number;
    fill_block(worker, model->mean, model->inv_std);
    if (worker->status != SE_OK)
        return;

    const float *mask = forward(worker, NULL);

    for (int t = 0; t < worker->block.steps; t++)
        for (int i = 0; i < worker->rows; i++)
            add_energies(&batch->energies[worker->first_row + i], mask,
                         &worker->block,
                         ((int64_t)t * worker->rows + i) * SE_BINS);
}

int se_batch_evaluate(struct se_batch *batch, const float *parameters,
                      struct se_batch_result *result, struct se_report *report)
{
    int status = set_parameters(batch, parameters, report);

    *result = (struct se_batch_result){0};
    if (status != SE_OK)
        return status;
    status = run_workers(batch, evaluate_task, report);
    finish_block(batch, result);
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
    for (int row = 0; row < batch->config.rows; row++) {
        const struct energies *e = &batch->energies[row];

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

/* ---- statistics ---------------------------------------------------------- */

static void statistics_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct worker *worker = &batch->workers[index];
    const struct se_block *block = &worker->block;

    (void)worker_number;
    fill_block(worker, NULL, NULL);
    for (int64_t i = 0; i < (int64_t)block->steps * block->rows; i++)
        if (i / block->rows < worker->frames[i % block->rows])
            se_feature_stats_add(&batch->stats[index],
                                 block->features + i * block->n_features,
                                 block->n_features);
}

int se_batch_statistics(struct se_batch *batch, struct se_feature_stats *stats,
                        struct se_report *report)
{
    int status;

    memset(batch->stats, 0, (size_t)batch->n_workers * sizeof *batch->stats);
    status = run_workers(batch, statistics_task, report);
    for (int i = 0; i < batch->n_workers; i++)
        se_feature_stats_merge(stats, &batch->stats[i],
                               batch->config.model->arch.n_in);
    batch->frame += batch->config.steps;
    return status;
}
