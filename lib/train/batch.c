/* batch.c - gradient steps on all cores. */
#include "train/batch_private.h"

#include "base/clock.h"
#include "nn/limit.h"

#include <string.h>

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
    if (pass->teacher)
        se_net_reset(pass->teacher, batch->config.teacher->silence);
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
    const float silence[SE_BINS] = {0};

    batch->numbers = numbers + batch->first_row;
    batch->frame = 0;
    se_model_features(batch->config.model, batch->feature, batch->pad, silence);
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
                  const struct se_batch_pass *pass,
                  const struct se_model *model)
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
        worker->status =
            se_feed_block(feed, &worker->block, i, model, &worker->report);
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

/* Makes the teacher's estimate part of the pass's target. */
static void teach(struct se_batch_worker *worker,
                  const struct se_batch_pass *pass)
{
    const struct se_teacher *teacher = worker->batch->config.teacher;
    struct se_block *block = &worker->block;

    se_teacher_blend(teacher, block,
                     se_net_forward(pass->teacher, teacher->model.parameters,
                                    block->teacher_features, NULL));
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

        if (!se_batch_fill(worker, pass, model))
            return;
        if (pass->teacher)
            teach(worker, pass);
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
