/* queue.c - a queue of rows, the samples of all channels at one time. */
#include "dsp/queue.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1024 };

static float *at(const struct se_queue *queue, int64_t row)
{
    return queue->block + (queue->first + row) * queue->width;
}

/* Room for n more rows at the end. */
static int reserve(struct se_queue *queue, int64_t n, struct se_report *report)
{
    size_t row_bytes = (size_t)queue->width * sizeof(float);

    if (queue->first + queue->n + n <= queue->capacity)
        return SE_OK;
    if (queue->first > 0) {
        memmove(queue->block, at(queue, 0), (size_t)queue->n * row_bytes);
        queue->first = 0;
    }
    if (queue->n + n <= queue->capacity)
        return SE_OK;

    int64_t capacity = (queue->n + n) * 3 / 2;
    float *larger = realloc(queue->block, (size_t)capacity * row_bytes);

    if (!larger)
        return se_fail_memory(report, "sound");
    queue->block = larger;
    queue->capacity = capacity;
    return SE_OK;
}

int se_queue_reserve(struct se_queue *queue, int64_t n,
                     struct se_report *report)
{
    /* A conversion wants room for a whole chunk, however little comes. */
    return reserve(queue, n - queue->n + CHUNK, report);
}

void se_queue_free(struct se_queue *queue)
{
    free(queue->block);
    *queue = (struct se_queue){.width = queue->width};
}

float *se_queue_front(const struct se_queue *queue)
{
    return at(queue, 0);
}

void se_queue_drop(struct se_queue *queue, int64_t n)
{
    queue->first += n;
    queue->n -= n;
}

int se_queue_append(struct se_queue *queue, const float *in, int64_t n,
                    struct se_report *report)
{
    size_t bytes = (size_t)n * (size_t)queue->width * sizeof(float);
    int status = reserve(queue, n, report);

    if (status != SE_OK || n == 0)
        return status;
    if (in)
        memcpy(at(queue, queue->n), in, bytes);
    else
        memset(at(queue, queue->n), 0, bytes);
    queue->n += n;
    return SE_OK;
}

int se_queue_resample(struct se_queue *queue, struct se_resampler *resampler,
                      const float *in, int64_t n, struct se_report *report)
{
    size_t left = (size_t)n;
    struct se_resampled done;

    do {
        int status = reserve(queue, CHUNK, report);

        const struct se_resample_io io = {in, left, at(queue, queue->n), CHUNK};

        if (status == SE_OK)
            status = se_resampler_process(resampler, &done, &io, report);
        if (status != SE_OK)
            return status;
        if (in)
            in += done.n_used * (size_t)queue->width;
        left -= done.n_used;
        queue->n += (int64_t)done.n_out;
    } while (done.n_out > 0 || left > 0);
    return SE_OK;
}
