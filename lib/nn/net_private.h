/* net_private.h - a net's layers and their buffers. */
#ifndef SE_NN_NET_PRIVATE_H
#define SE_NN_NET_PRIVATE_H

#include "nn/lstm.h"
#include "nn/net.h"

struct se_net_layer {
    const struct se_layer_arch *arch;
    int frames_in, frames_out; /* frames a block, before and after the stride */
    int n_context;             /* input frames kept from the block before */
    float dropout_rate;        /* on the input */
    int64_t parameters_at;     /* of this layer in the flat block */

    /* the state between blocks: [n_context][rows][n_in] before dropout, and
     * for an lstm [rows][n_out] each */
    se_real *context, *h, *c;

    /* the buffers of a block */
    se_real *own_x;   /* [n_context + frames_in][rows][n_in], with the context
                         and dropout; NULL: the layer before's y serves,
                         with dropout in place */
    const se_real *x; /* the one or the other */
    unsigned char *keep;        /* dropout [1 or frames_in][rows][n_in] */
    se_real *y;                 /* [frames_out][rows][n_out] */
    struct se_lstm_trace trace; /* lstm: y is inside trace.h */
};

/* A block of numbers, taken piece by piece. */
struct se_net_store {
    se_real *block; /* NULL while it is measured */
    int64_t used;
};

struct se_net {
    const struct se_arch *arch;
    int rows, frames;
    enum se_precision precision;
    int dropped; /* the last forward pass used dropout */
    struct se_net_layer layer[SE_MAX_LAYERS];
    se_real *mask; /* [frames][rows][outputs], NULL: the last y serves */
    se_real *d[2]; /* gradients of activations, used in turn; NULL where
                      the last y's or the mask's memory can serve */
    struct se_net_store state, buffers;
    int borrowed;                           /* the buffers are another net's */
    void (*done)(void *context, int layer); /* with a layer's gradient */
    void *done_context;
};

/* Numbers in an array [frames][rows][n]. */
static inline int64_t se_net_numbers(int64_t frames, int rows, int n)
{
    return frames * rows * n;
}

#endif
