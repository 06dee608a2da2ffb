/* batch_create.c - workers, nets and feeds of gradient steps, and the memory
 * that they take. */
#include "train/batch_private.h"

#include "nn/limit.h"
#include "train/frame_history_private.h"
#include "train/synthesis.h"

#include <stdlib.h>

static int passes_of(int rows)
{
    return (rows + SE_BATCH_PASS_ROWS - 1) / SE_BATCH_PASS_ROWS;
}

struct net_plan {
    const struct se_arch *arch;
    int rows, frames;
    enum se_precision precision;
};

/* In the buffers of `lender`; in its own if that is NULL. */
static int create_net(struct se_net **net, const struct se_net *lender,
                      const struct net_plan *plan, struct se_report *report)
{
    int status = lender ? se_net_create_beside(net, lender, plan->rows, report)
                        : se_net_create(net, plan->arch, plan->rows,
                                        plan->frames, report);

    if (status == SE_OK)
        se_net_set_precision(*net, plan->precision);
    return status;
}

/* The rows of a worker, cut into passes. */
static int create_passes(struct se_batch_worker *worker, int first_row,
                         int rows, struct se_report *report)
{
    const struct se_batch_config *config = &worker->batch->config;
    int n = passes_of(rows);

    worker->passes = calloc((size_t)n, sizeof *worker->passes);
    if (!worker->passes)
        return se_fail_memory(report, "a training worker");
    worker->n_passes = n;
    for (int i = 0; i < n; i++) {
        struct se_batch_pass *pass = &worker->passes[i];
        const struct se_batch_pass *first = i > 0 ? worker->passes : NULL;
        int status;

        /* As even as can be; the first is not smaller than any other. */
        pass->rows = (rows - i + n - 1) / n;
        pass->first_row = first_row;
        first_row += pass->rows;

        struct net_plan plan = {&config->model->arch, pass->rows,
                                config->frames, config->precision};

        status =
            create_net(&pass->net, first ? first->net : NULL, &plan, report);
        if (status == SE_OK && config->teacher) {
            plan.arch = &config->teacher->model.arch;
            status = create_net(&pass->teacher, first ? first->teacher : NULL,
                                &plan, report);
        }
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

/* The first row of a worker, as if those of all ranks were in one process. */
static int share_bound(const struct se_batch *batch, int index)
{
    const struct se_ranks *ranks = batch->config.ranks;
    int64_t n = (int64_t)batch->n_workers * se_ranks_count(ranks);
    int64_t at = (int64_t)batch->n_workers * se_ranks_index(ranks) + index;

    return (int)(batch->config.rows * at / n);
}

static int is_filter(const struct se_arch *arch)
{
    return arch->len_filter > 1;
}

static struct se_taps taps_of(const struct se_arch *arch)
{
    return (struct se_taps){arch->len_filter, arch->len_lookahead};
}

/* Whether the net's rows need frames before those that they are fed. */
static int needs_history(const struct se_arch *arch)
{
    return is_filter(arch) || arch->len_lookahead > 0;
}

/* Whether what the net gives is not yet the gain that is applied. */
static int makes_gain(const struct se_arch *arch)
{
    return is_filter(arch) || se_limit_needed(arch);
}

/* What such nets need besides. */
static int create_gain(struct se_batch_worker *worker, int rows,
                       struct se_report *report)
{
    const struct se_batch *batch = worker->batch;
    const struct se_arch *arch = &batch->config.model->arch;
    size_t n = (size_t)batch->config.frames * (size_t)rows * SE_BINS;

    worker->gain = calloc(n, sizeof(float));
    if (!worker->gain)
        return se_fail_memory(report, "a training worker");
    if (!is_filter(arch))
        return SE_OK;
    worker->d_taps = calloc(n * (size_t)batch->taps.n, sizeof(float));
    if (!worker->d_taps)
        return se_fail_memory(report, "a training worker");
    return se_block_add_amplitudes(&worker->block, batch->taps.n, report);
}

static int create_worker(struct se_batch_worker *worker, struct se_batch *batch,
                         int index, struct se_report *report)
{
    const struct se_batch_config *config = &batch->config;
    int64_t n_scratch = se_feed_scratch(config->sequences);
    int first = share_bound(batch, index) - batch->first_row;
    int end = share_bound(batch, index + 1) - batch->first_row, rows, status;

    worker->batch = batch;
    status = create_passes(worker, first, end - first, report);
    if (status != SE_OK)
        return status;
    if (config->ranks)
        se_net_on_layer(worker->passes[worker->n_passes - 1].net,
                        se_batch_sum_layer, batch);
    rows = worker->passes[0].rows;
    status = se_block_create(&worker->block, config->frames, rows,
                             config->model->arch.n_in, report);
    if (status != SE_OK)
        return status;
    if (config->loss->needs_spectra || config->keeps_sound)
        status = se_block_add_spectra(&worker->block, report);
    if (status == SE_OK && config->teacher)
        status = se_block_add_teacher(&worker->block,
                                      config->teacher->model.arch.n_in, report);
    if (status == SE_OK && makes_gain(&config->model->arch))
        status = create_gain(worker, rows, report);
    if (status == SE_OK && config->loss->needs_synthesis)
        status =
            se_synthesis_create(&worker->synthesis, config->frames, report);
    if (status != SE_OK)
        return status;
    worker->d_mask =
        calloc((size_t)config->frames * rows * SE_BINS, sizeof(float));
    worker->gradient =
        calloc((size_t)config->model->n_parameters, sizeof(float));
    worker->scratch = calloc((size_t)n_scratch + 1, sizeof(float));
    if (!worker->d_mask || !worker->gradient || !worker->scratch)
        return se_fail_memory(report, "a training worker");
    return SE_OK;
}

static int create_basis(struct se_batch *batch, struct se_report *report)
{
    int status =
        se_basis_create(&batch->basis, &batch->config.model->arch, report);

    if (status != SE_OK)
        return status;
    batch->kernel = calloc((size_t)se_basis_size(&batch->basis), sizeof(float));
    return batch->kernel ? SE_OK : se_fail_memory(report, "a kernel");
}

static int create_listeners(struct se_batch *batch, struct se_report *report)
{
    size_t rows = (size_t)batch->rows;
    int status = SE_OK;

    batch->listeners = calloc(rows, sizeof *batch->listeners);
    batch->pesq = calloc(rows, sizeof *batch->pesq);
    if (!batch->listeners || !batch->pesq)
        return se_fail_memory(report, "a batch");
    for (int i = 0; i < batch->rows && status == SE_OK; i++)
        status = se_listener_create(&batch->listeners[i],
                                    batch->config.sequences->n_frames, report);
    return status;
}

static int create_parts(struct se_batch *batch, struct se_report *report)
{
    const struct se_batch_config *config = &batch->config;
    int has_history = needs_history(&config->model->arch);
    int rows = batch->rows, status;

    batch->feeds = calloc((size_t)rows, sizeof *batch->feeds);
    batch->running = calloc((size_t)rows, sizeof *batch->running);
    batch->energies = calloc((size_t)rows, sizeof *batch->energies);
    batch->workers = calloc((size_t)batch->n_workers, sizeof *batch->workers);
    batch->stats = calloc((size_t)batch->n_workers, sizeof *batch->stats);
    if (!batch->feeds || !batch->running || !batch->energies ||
        !batch->workers || !batch->stats)
        return se_fail_memory(report, "a batch");
    if (config->fake_quantise) {
        batch->quantised =
            calloc((size_t)config->model->n_parameters, sizeof(float));
        if (!batch->quantised)
            return se_fail_memory(report, "rounded weights");
    }
    status = se_feature_create(&batch->feature, config->model->feat_type,
                               config->model->arch.n_in, report);
    if (config->cosine_basis && status == SE_OK)
        status = create_basis(batch, report);
    if (config->keeps_sound && status == SE_OK)
        status = create_listeners(batch, report);
    for (int i = 0; i < rows && status == SE_OK; i++)
        status = se_feed_create(&batch->feeds[i], config->sequences,
                                batch->feature, report);
    for (int i = 0; i < rows && status == SE_OK && has_history; i++)
        status = se_feed_filter(batch->feeds[i], &batch->taps, report);
    for (int i = 0; i < rows && status == SE_OK && config->teacher; i++)
        status = se_feed_teach(batch->feeds[i], config->teacher,
                               &config->model->arch, report);
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
    batch->taps = taps_of(&config->model->arch);
    batch->n_workers = se_pool_workers(pool);
    if (batch->n_workers > config->rows)
        batch->n_workers = config->rows;
    batch->first_row = share_bound(batch, 0);
    batch->rows = share_bound(batch, batch->n_workers) - batch->first_row;
    pthread_mutex_init(&batch->sum_lock, NULL);

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
    for (int i = 0; batch->feeds && i < batch->rows; i++)
        se_feed_destroy(batch->feeds[i]);
    for (int i = 0; batch->listeners && i < batch->rows; i++)
        se_listener_destroy(batch->listeners[i]);
    for (int i = 0; batch->workers && i < batch->n_workers; i++) {
        struct se_batch_worker *worker = &batch->workers[i];

        for (int j = worker->n_passes - 1; j >= 0; j--) {
            se_net_destroy(worker->passes[j].net);
            se_net_destroy(worker->passes[j].teacher);
        }
        free(worker->passes);
        se_block_free(&worker->block);
        se_synthesis_destroy(worker->synthesis);
        free(worker->d_mask);
        free(worker->gain);
        free(worker->d_taps);
        free(worker->gradient);
        free(worker->scratch);
    }
    se_feature_destroy(batch->feature);
    free(batch->feeds);
    free(batch->running);
    free(batch->energies);
    free(batch->listeners);
    free(batch->pesq);
    free(batch->workers);
    free(batch->stats);
    free(batch->quantised);
    free(batch->kernel);
    se_basis_free(&batch->basis);
    pthread_mutex_destroy(&batch->sum_lock);
    free(batch);
}

static int64_t first_kernel(const struct se_arch *arch)
{
    struct se_tensor tensors[SE_MAX_TENSORS];

    se_arch_tensors(arch, tensors);
    return (int64_t)tensors[0].rows * tensors[0].columns;
}

/* What a teacher takes: its weights, and its net and features in each worker.
 */
static int64_t teacher_bytes(const struct se_batch_config *config, int workers,
                             int pass_rows)
{
    const struct se_model *model = &config->teacher->model;
    const int64_t frames = (int64_t)pass_rows * config->frames;
    const int64_t floats =
        model->n_parameters + workers * frames * model->arch.n_in;

    return floats * (int64_t)sizeof(float) +
           workers * se_net_bytes(&model->arch, pass_rows, config->frames);
}

int64_t se_batch_bytes(const struct se_batch_config *config, int n_workers)
{
    const struct se_arch *arch = &config->model->arch;
    const struct se_taps taps = taps_of(arch);
    int own_rows = config->rows / se_ranks_count(config->ranks);
    int workers = n_workers < own_rows ? n_workers : own_rows;
    int rows = (own_rows + workers - 1) / workers;
    int pass_rows = (rows + passes_of(rows) - 1) / passes_of(rows);
    int64_t frames = (int64_t)pass_rows * config->frames;
    int64_t samples = (int64_t)config->sequences->n_frames * SE_HOP;
    int64_t floats = workers * (frames * (arch->n_in + 4 * SE_BINS) +
                                config->model->n_parameters +
                                se_feed_scratch(config->sequences));

    if (config->loss->needs_spectra || config->keeps_sound)
        floats += workers * frames * 4 * SE_BINS;
    if (makes_gain(arch))
        floats += workers * frames * SE_BINS;
    if (is_filter(arch))
        floats += workers * frames * (arch->len_filter + 1) * SE_BINS;
    if (config->cosine_basis)
        floats += se_basis_floats(arch) + first_kernel(arch);
    if (config->fake_quantise)
        floats += config->model->n_parameters;
    if (config->loss->needs_synthesis)
        floats += workers * se_synthesis_floats(config->frames);
    if (!config->sequences->records)
        floats += 2 * samples * own_rows;
    return floats * (int64_t)sizeof(float) +
           workers * se_net_bytes(arch, pass_rows, config->frames) +
           (config->teacher ? teacher_bytes(config, workers, pass_rows) : 0) +
           (needs_history(arch) ? own_rows * se_frame_history_bytes(&taps)
                                : 0) +
           (config->keeps_sound
                ? own_rows * se_listener_bytes(config->sequences->n_frames)
                : 0);
}
