/* batch.c - gradient steps on all cores. */
#include "train/batch_private.h"

#include "base/clock.h"
#include "nn/limit.h"
#include "train/frame_history_private.h"
#include "train/synthesis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- life ---------------------------------------------------------------- */

static void silence_features(struct se_batch *batch)
{
    const struct se_model *model = batch->config.model;
    float power[SE_BINS] = {0};

    se_feature_log(batch->feature, batch->pad, power);
    se_feature_standardise(batch->pad, batch->pad, model->mean, model->inv_std,
                           model->arch.n_in);
}

static int passes_of(int rows)
{
    return (rows + SE_BATCH_PASS_ROWS - 1) / SE_BATCH_PASS_ROWS;
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
        int status;

        /* As even as can be; the first is not smaller than any other. */
        pass->rows = (rows - i + n - 1) / n;
        pass->first_row = first_row;
        first_row += pass->rows;
        status = i == 0
                     ? se_net_create(&pass->net, &config->model->arch,
                                     pass->rows, config->frames, report)
                     : se_net_create_beside(&pass->net, worker->passes[0].net,
                                            pass->rows, report);
        if (status != SE_OK)
            return status;
        se_net_set_precision(pass->net, config->precision);
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
    for (int i = 0; i < rows && status == SE_OK && batch->taps.n > 1; i++)
        status = se_feed_filter(batch->feeds[i], &batch->taps, report);
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

        for (int j = worker->n_passes - 1; j >= 0; j--)
            se_net_destroy(worker->passes[j].net);
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
           (is_filter(arch) ? own_rows * se_frame_history_bytes(&taps) : 0) +
           (config->keeps_sound
                ? own_rows * se_listener_bytes(config->sequences->n_frames)
                : 0);
}

/* ---- rounds on the pool -------------------------------------------------- */

int se_batch_run(struct se_batch *batch,
                 void (*task)(void *context, int index, int worker),
                 struct se_report *report)
{
    for (int i = 0; i < batch->n_workers; i++) {
        batch->workers[i].status = SE_OK;
        batch->workers[i].loss_sum = batch->workers[i].n_frames = 0;
    }
    se_pool_run(batch->pool, batch->n_workers, task, batch);
    for (int i = 0; i < batch->n_workers; i++)
        if (batch->workers[i].status != SE_OK)
            return se_fail(report, batch->workers[i].status, "%s",
                           batch->workers[i].report.text);
    return SE_OK;
}

int se_batch_use(struct se_batch *batch, const float *parameters,
                 struct se_report *report)
{
    const struct se_batch_config *config = &batch->config;

    batch->parameters = config->fake_quantise ? batch->quantised : parameters;
    return config->fake_quantise
               ? config->fake_quantise(batch->quantised, config->model,
                                       parameters, report)
               : SE_OK;
}

static void start_pass(struct se_batch_worker *worker,
                       const struct se_batch_pass *pass)
{
    struct se_batch *batch = worker->batch;
    int end = pass->first_row + pass->rows;

    for (int row = pass->first_row; row < end; row++) {
        if (worker->status != SE_OK)
            return;
        batch->running[row] = batch->numbers[row] >= 0;
        batch->energies[row] = (struct se_batch_energies){0};
        if (batch->listeners)
            se_listener_start(batch->listeners[row]);
        if (batch->running[row])
            worker->status =
                se_feed_start(batch->feeds[row], batch->numbers[row],
                              worker->scratch, &worker->report);
    }
    se_net_reset(pass->net, batch->pad);
}

static void start_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct se_batch_worker *worker = &batch->workers[index];

    (void)worker_number;
    worker->prepared_s -= se_clock_s(SE_CLOCK_THREAD);
    for (int i = 0; i < worker->n_passes; i++)
        start_pass(worker, &worker->passes[i]);
    worker->prepared_s += se_clock_s(SE_CLOCK_THREAD);
}

int se_batch_start(struct se_batch *batch, const int64_t *numbers,
                   struct se_report *report)
{
    batch->numbers = numbers + batch->first_row;
    batch->frame = 0;
    silence_features(batch);
    return se_batch_run(batch, start_task, report);
}

/* A row that is left out is all zeros. */
static void clear_row(struct se_block *block, int row)
{
    for (int t = 0; t < block->frames; t++) {
        int64_t at = (int64_t)t * block->rows + row;

        memset(block->features + at * block->n_features, 0,
               (size_t)block->n_features * sizeof(float));
        memset(block->noisy + at * SE_BINS, 0, SE_BINS * sizeof(float));
        memset(block->clean + at * SE_BINS, 0, SE_BINS * sizeof(float));
        memset(block->cross + at * SE_BINS, 0, SE_BINS * sizeof(float));
        if (!block->noisy_spectrum)
            continue;
        memset(block->noisy_spectrum + at * SE_BINS, 0,
               SE_BINS * sizeof(se_bin));
        memset(block->clean_spectrum + at * SE_BINS, 0,
               SE_BINS * sizeof(se_bin));
    }
}

int se_batch_fill(struct se_batch_worker *worker,
                  const struct se_batch_pass *pass, const float *mean,
                  const float *inv_std)
{
    struct se_batch *batch = worker->batch;
    int frames = batch->config.frames;

    worker->prepared_s -= se_clock_s(SE_CLOCK_THREAD);
    worker->block.rows = pass->rows;
    for (int i = 0; i < pass->rows && worker->status == SE_OK; i++) {
        struct se_feed *feed = batch->feeds[pass->first_row + i];
        int real;

        worker->lengths[i] = 0;
        if (!batch->running[pass->first_row + i]) {
            clear_row(&worker->block, i);
            continue;
        }
        real = se_feed_real_frames(feed) - batch->frame;
        worker->lengths[i] = real < 0 ? 0 : real < frames ? real : frames;
        worker->n_frames += worker->lengths[i];
        worker->status = se_feed_block(feed, &worker->block, i, mean, inv_std,
                                       &worker->report);
    }
    worker->prepared_s += se_clock_s(SE_CLOCK_THREAD);
    return worker->status == SE_OK;
}

double se_batch_preparation_s(const struct se_batch *batch)
{
    double sum = 0;

    for (int i = 0; i < batch->n_workers; i++)
        sum += batch->workers[i].prepared_s;
    return sum;
}

static struct se_taps_block taps_block(const struct se_block *block)
{
    return (struct se_taps_block){
        .frames = block->frames,
        .rows = block->rows,
        .bins = SE_BINS,
        .amplitudes = block->amplitudes,
    };
}

/* What the net gives becomes the gain that is applied, as in use. */
static const float *make_gain(struct se_batch_worker *worker, const float *out)
{
    const struct se_block *block = &worker->block;
    int64_t n = (int64_t)block->frames * block->rows * SE_BINS;

    if (!worker->gain)
        return out;
    if (worker->d_taps) {
        const struct se_taps_block filtered = taps_block(block);

        se_taps_gain(worker->gain, &worker->batch->taps, out, &filtered);
    } else {
        memcpy(worker->gain, out, (size_t)n * sizeof *out);
        se_limit(worker->gain, n);
    }
    return worker->gain;
}

const float *se_batch_forward(struct se_batch_worker *worker,
                              const struct se_batch_pass *pass,
                              struct se_rng *drop)
{
    const struct se_batch *batch = worker->batch;
    const struct se_batch_config *config = &batch->config;
    const struct se_block *block = &worker->block;
    struct se_loss_target target = {
        .frames = block->frames,
        .rows = block->rows,
        .bins = SE_BINS,
        .lengths = worker->lengths,
        .noisy = block->noisy,
        .clean = block->clean,
        .cross = block->cross,
        .noisy_spectrum = (const float *)block->noisy_spectrum,
        .clean_spectrum = (const float *)block->clean_spectrum,
        .synthesis = worker->synthesis,
    };
    const float *mask =
        make_gain(worker, se_net_forward(pass->net, batch->parameters,
                                         block->features, drop));

    worker->loss_sum +=
        se_loss_eval(config->loss, worker->d_mask, mask, &target,
                     1.0f / (float)(config->rows * config->frames));
    return mask;
}

/* Takes d_mask back through the net, into the worker's gradient. */
static void backward(struct se_batch_worker *worker,
                     const struct se_batch_pass *pass)
{
    const struct se_batch *batch = worker->batch;
    const struct se_block *block = &worker->block;

    if (worker->d_taps) {
        const struct se_taps_block filtered = taps_block(block);

        se_taps_backward(worker->d_taps, &batch->taps, worker->d_mask,
                         worker->gain, &filtered);
    } else if (worker->gain) {
        se_limit_backward(worker->d_mask, worker->gain,
                          (int64_t)block->frames * block->rows * SE_BINS);
    }
    se_net_backward(pass->net, worker->gradient, batch->parameters,
                    worker->d_taps ? worker->d_taps : worker->d_mask);
}

static void train_task(void *context, int index, int worker_number)
{
    struct se_batch *batch = context;
    struct se_batch_worker *worker = &batch->workers[index];
    const struct se_model *model = batch->config.model;
    struct se_ranks *ranks = batch->config.ranks;
    struct se_rng drop;

    (void)worker_number;
    se_rng_seed(
        &drop, batch->config.seed,
        batch->step->number *
                (uint64_t)(se_ranks_count(ranks) * batch->n_workers) +
            (uint64_t)(se_ranks_index(ranks) * batch->n_workers + index));
    memset(worker->gradient, 0, (size_t)model->n_parameters * sizeof(float));
    for (int i = 0; i < worker->n_passes; i++) {
        const struct se_batch_pass *pass = &worker->passes[i];

        if (!se_batch_fill(worker, pass, model->mean, model->inv_std))
            return;
        se_batch_forward(worker, pass, &drop);
        backward(worker, pass);
    }
}

void se_batch_finish(struct se_batch *batch, struct se_batch_result *result)
{
    *result = (struct se_batch_result){0};
    for (int i = 0; i < batch->n_workers; i++) {
        result->loss_sum += batch->workers[i].loss_sum;
        result->n_frames += batch->workers[i].n_frames;
    }
    batch->frame += batch->config.frames;
}

int se_batch_train(struct se_batch *batch, struct se_batch_result *result,
                   const struct se_batch_step *step, struct se_report *report)
{
    *result = (struct se_batch_result){0};
    batch->step = step;

    int status = se_batch_use(batch, step->parameters, report);

    se_batch_sum_start(batch);
    if (status == SE_OK)
        status = se_batch_run(batch, train_task, report);
    if (status != SE_OK)
        return status;
    se_batch_finish(batch, result);
    se_batch_sum_finish(batch, result);
    return se_batch_update(batch, result, report);
}
