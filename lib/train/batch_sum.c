/* batch_sum.c - gradients of many workers and ranks become one.
 *
 * With ranks, layers are summed from the last to the first while the backward
 * pass still runs below them: the worker that finishes a layer as the last one
 * adds up what the workers have and hands the sum to MPI. */
#include "train/batch_private.h"

#include "base/simd.h"

#include <string.h>

/* Layer after layer, the weights of `layer` lie together. */
static void layer_bounds(const struct se_batch *batch, int layer,
                         int64_t *begin, int64_t *end)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(&batch->config.model->arch, tensors);

    *begin = *end = 0;
    for (int i = n_tensors - 1; i >= 0; i--) {
        int64_t n = (int64_t)tensors[i].rows * tensors[i].columns;

        if (tensors[i].layer != layer)
            continue;
        *begin = tensors[i].offset;
        *end = *end ? *end : tensors[i].offset + n;
    }
}

SE_MULTIVERSION
static void add(float *sum, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        sum[i] += x[i];
}

void se_batch_sum_workers(struct se_batch *batch, int64_t begin, int64_t end)
{
    for (int w = 1; w < batch->n_workers; w++)
        add(batch->workers[0].gradient + begin,
            batch->workers[w].gradient + begin, end - begin);
}

void se_batch_sum_start(struct se_batch *batch)
{
    batch->next_sum = batch->config.model->arch.n_layers - 1;
    memset(batch->layer_done, 0, sizeof batch->layer_done);
    memset(batch->layer_summed, 0, sizeof batch->layer_summed);
}

/* All ranks must begin the sums in the same order. The caller holds the lock.
 */
static void begin_sums(struct se_batch *batch)
{
    while (batch->next_sum >= 0 && batch->layer_summed[batch->next_sum]) {
        int layer = batch->next_sum--;
        int64_t begin, end;

        layer_bounds(batch, layer, &begin, &end);
        /* What stays as it is needs no gradient. */
        if (!(batch->config.frozen >> layer & 1))
            se_ranks_sum_begin(batch->config.ranks,
                               batch->workers[0].gradient + begin, end - begin);
    }
}

void se_batch_sum_layer(void *context, int layer)
{
    struct se_batch *batch = context;
    int64_t begin, end;
    int is_last;

    pthread_mutex_lock(&batch->sum_lock);
    is_last = ++batch->layer_done[layer] == batch->n_workers;
    se_ranks_push(batch->config.ranks);
    pthread_mutex_unlock(&batch->sum_lock);
    if (!is_last)
        return;
    layer_bounds(batch, layer, &begin, &end);
    se_batch_sum_workers(batch, begin, end);
    pthread_mutex_lock(&batch->sum_lock);
    batch->layer_summed[layer] = 1;
    begin_sums(batch);
    pthread_mutex_unlock(&batch->sum_lock);
}

void se_batch_sum_finish(struct se_batch *batch, struct se_batch_result *result)
{
    double sums[2] = {result->loss_sum, result->n_frames};

    se_ranks_sum_end(batch->config.ranks);
    se_ranks_sum(batch->config.ranks, sums, 2);
    result->loss_sum = sums[0];
    result->n_frames = sums[1];
}
