/* queue.h - a queue (FIFO) of rows, each the samples of all channels at one
 * time. */
#ifndef SE_DSP_QUEUE_H
#define SE_DSP_QUEUE_H

#include "base/status.h"
#include "dsp/resample.h"

#include <stdint.h>

/* Zeroed but for `width` it is empty; se_queue_free makes it so again. */
struct se_queue {
    int width;     /* samples a row */
    float *block;  /* [capacity][width], grown as needed */
    int64_t first; /* the row at the front */
    int64_t n;     /* rows in the queue */
    int64_t capacity;
};

void se_queue_free(struct se_queue *queue);

/* Makes room, so that a queue of up to n rows allocates nothing more. */
int se_queue_reserve(struct se_queue *queue, int64_t n,
                     struct se_report *report);

/* The row at the front; valid until the next append. */
float *se_queue_front(const struct se_queue *queue);

/* Forgets n rows at the front. */
void se_queue_drop(struct se_queue *queue, int64_t n);

/* Appends in[n][width]; in == NULL: zeros. */
int se_queue_append(struct se_queue *queue, const float *in, int64_t n,
                    struct se_report *report);

/* Appends in[n][width], resampled; in == NULL: the rest that the resampler
 * holds. */
int se_queue_resample(struct se_queue *queue, struct se_resampler *resampler,
                      const float *in, int64_t n, struct se_report *report);

#endif
