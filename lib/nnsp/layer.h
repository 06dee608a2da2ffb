/* layer.h - the layers: one frame through each. */
#ifndef NNSP_LAYER_H
#define NNSP_LAYER_H

#include "nnsp/nnsp.h"

/* Columns of the kernel, without padding. */
static inline uint32_t nnsp_columns(const struct nnsp_layer *layer)
{
    return (uint32_t)layer->kernel_size * layer->n_in;
}

/* Rows of the kernel, without padding. */
static inline uint32_t nnsp_rows(const struct nnsp_layer *layer)
{
    return layer->type == NNSP_LSTM ? 4u * layer->n_out : layer->n_out;
}

/* Bytes of state that a layer keeps between frames. */
uint32_t nnsp_state_bytes(const struct nnsp_layer *layer);

/* y[n_out] from x[n_in], padded (readable up to a multiple of 8). Returns
 * whether there is an output for this frame. */
int nnsp_layer_step(const struct nnsp_layer *layer, int16_t *y, void *state,
                    const int16_t *x);

/* Context of a conv1d as if `frame`[n_in] had come for ever. */
void nnsp_conv1d_fill(const struct nnsp_layer *layer, void *state,
                      const int16_t *frame);

#endif
