/* batch_update.c - from the workers' gradients to a step of all weights. */
#include "train/batch_private.h"

#include <math.h>
#include <string.h>

static void slice_bounds(const struct se_batch *batch, int slice,
                         int64_t *begin, int64_t *end)
{
    int64_t n = batch->config.model->n_parameters;

    *begin = n * slice / SE_BATCH_SLICES;
    *end = n * (slice + 1) / SE_BATCH_SLICES;
}

/* Frozen layers get a gradient of 0: with moments of 0, Adam leaves their
 * weights as they are to the bit. */
static void clear_frozen(const struct se_batch *batch, float *gradient,
                         int64_t begin, int64_t end)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(&batch->config.model->arch, tensors);

    for (int i = 0; i < n_tensors; i++) {
        int64_t from = tensors[i].offset;
        int64_t to = from + (int64_t)tensors[i].rows * tensors[i].columns;

        from = from > begin ? from : begin;
        to = to < end ? to : end;
        if (batch->config.frozen >> tensors[i].layer & 1 && from < to)
            memset(gradient + from, 0, (size_t)(to - from) * sizeof *gradient);
    }
}

/* A slice of the sum of all gradients. */
static void reduce_task(void *context, int slice, int worker_number)
{
    struct se_batch *batch = context;
    float *sum = batch->workers[0].gradient;
    int64_t begin, end;
    double norm2 = 0;

    (void)worker_number;
    slice_bounds(batch, slice, &begin, &end);
    if (!batch->config.ranks)
        se_batch_sum_workers(batch, begin, end);
    if (batch->config.frozen)
        clear_frozen(batch, sum, begin, end);
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
    se_adam_update(batch->step->adam,
                   &(struct se_adam_step){
                       .parameters = batch->step->parameters,
                       .gradient = batch->workers[0].gradient,
                       .rate = batch->rate,
                       .gradient_scale = batch->gradient_scale,
                   },
                   begin, end);
}

/* ---- the first kernel in its cosine basis -------------------------------- */

struct turn {
    struct se_batch *batch;
    float *kernel;
    int inverse;
};

static void turn_bins(void *context, int tap, int worker_number)
{
    const struct turn *turn = context;

    (void)worker_number;
    se_basis_bins(&turn->batch->basis, turn->kernel, turn->inverse, tap);
}

static void turn_frames(void *context, int bin, int worker_number)
{
    const struct turn *turn = context;

    (void)worker_number;
    se_basis_frames(&turn->batch->basis, turn->kernel, turn->inverse, bin);
}

static void turn_kernel(struct se_batch *batch, float *kernel, int inverse)
{
    struct turn turn = {batch, kernel, inverse};

    se_pool_run(batch->pool, batch->basis.taps, turn_bins, &turn);
    se_pool_run(batch->pool, batch->basis.n_in, turn_frames, &turn);
}

/* Adam then steps from 0 in the cosine basis; the kernel waits aside. */
static void enter_basis(struct se_batch *batch)
{
    size_t bytes = (size_t)se_basis_size(&batch->basis) * sizeof(float);

    turn_kernel(batch, batch->workers[0].gradient, 0);
    memcpy(batch->kernel, batch->step->parameters, bytes);
    memset(batch->step->parameters, 0, bytes);
}

static void leave_basis(struct se_batch *batch)
{
    int64_t n = se_basis_size(&batch->basis);

    turn_kernel(batch, batch->step->parameters, 1);
    for (int64_t i = 0; i < n; i++)
        batch->step->parameters[i] += batch->kernel[i];
}

/* ---- the step ------------------------------------------------------------ */

int se_batch_update(struct se_batch *batch, struct se_batch_result *result,
                    struct se_report *report)
{
    /* bit 0: a frozen kernel stays the same to the bit only if left alone */
    int in_basis = batch->kernel && !(batch->config.frozen & 1);
    double clip_norm = (double)batch->step->clip_norm, norm2 = 0;

    se_pool_run(batch->pool, SE_BATCH_SLICES, reduce_task, batch);
    for (int i = 0; i < SE_BATCH_SLICES; i++)
        norm2 += batch->slice_norm2[i];
    result->gradient_norm = sqrt(norm2);
    if (!isfinite(norm2) || !isfinite(result->loss_sum))
        return se_fail(report, SE_ERR_NUMERIC,
                       "the loss or its gradient is not a number");
    batch->gradient_scale = result->gradient_norm > clip_norm
                                ? (float)(clip_norm / result->gradient_norm)
                                : 1.0f;
    batch->rate = se_adam_rate(batch->step->adam, batch->step->learning_rate);
    if (batch->step->weight_decay > 0)
        se_decay_weights(batch->step->parameters, &batch->config.model->arch,
                         batch->config.frozen,
                         batch->step->learning_rate *
                             batch->step->weight_decay);
    if (in_basis)
        enter_basis(batch);
    se_pool_run(batch->pool, SE_BATCH_SLICES, update_task, batch);
    if (in_basis)
        leave_basis(batch);
    se_limit_weights(batch->step->parameters, &batch->config.model->arch,
                     batch->config.frozen);
    return SE_OK;
}
