/* layer.c - fully connected, long short-term memory, convolution over time. */
#include "nnsp/layer.h"

#include "nnsp/activation.h"
#include "nnsp/copy.h"
#include "nnsp/dot.h"

/* State of a conv1d: frames until it is due, one byte; from byte 8 on, its
 * context [kernel_size][n_in], oldest frame first. */
static int16_t *context_of(void *state)
{
    return (int16_t *)state + 4;
}

uint32_t nnsp_state_bytes(const struct nnsp_layer *layer)
{
    if (layer->type == NNSP_CONV1D)
        return NNSP_CONV1D_BYTES((uint32_t)layer->kernel_size, layer->n_in);
    if (layer->type == NNSP_LSTM)
        return NNSP_LSTM_BYTES((uint32_t)layer->n_out);
    return 0;
}

/* Groups of rows go in chunks, so that sums of few rows wait for their
 * activation. */
enum { CHUNK = 8, CHUNK_ROWS = 4 * CHUNK };

/* The next chunk of a matrix whose chunk `rows` is. */
static void advance(struct nnsp_rows *rows, uint32_t n_columns)
{
    rows->weights += CHUNK_ROWS * n_columns;
    rows->bias += CHUNK_ROWS;
    rows->shift += CHUNK_ROWS;
}

static void step_fc(const struct nnsp_layer *layer, int16_t *y,
                    const int16_t *x)
{
    uint32_t n_columns = NNSP_PAD(nnsp_columns(layer));
    struct nnsp_rows rows = {layer->kernel, layer->bias, layer->shift};
    int32_t z[CHUNK_ROWS];

    for (uint32_t row = 0; row < layer->n_out; row += CHUNK_ROWS) {
        uint32_t n_left = layer->n_out - row;
        uint32_t n = n_left < CHUNK_ROWS ? n_left : CHUNK_ROWS;

        nnsp_dot(z, &rows, x, n_columns, (n + 3) / 4);
        nnsp_activate(layer->activation, y + row, z, n);
        advance(&rows, n_columns);
    }
}

static int step_conv1d(const struct nnsp_layer *layer, int16_t *y, void *state,
                       const int16_t *x)
{
    uint8_t *wait = state;
    int16_t *context = context_of(state);
    uint32_t n_kept = nnsp_columns(layer) - layer->n_in;

    nnsp_copy(context, context + layer->n_in, n_kept);
    nnsp_copy(context + n_kept, x, layer->n_in);
    if (*wait > 0) {
        --*wait;
        return 0;
    }
    *wait = (uint8_t)(layer->stride - 1);
    step_fc(layer, y, context);
    return 1;
}

static void step_lstm(const struct nnsp_layer *layer, int16_t *y, void *state,
                      const int16_t *x)
{
    static const int32_t no_bias[CHUNK_ROWS];
    uint32_t n_columns = NNSP_PAD((uint32_t)layer->n_in);
    uint32_t n_units = NNSP_PAD((uint32_t)layer->n_out);
    int32_t *cell = (int32_t *)state; /* [n_units] Q24, then h[n_units] */
    int16_t *h = (int16_t *)(cell + n_units);
    struct nnsp_rows rows = {layer->kernel, layer->bias, layer->shift};
    struct nnsp_rows recurrent_rows = {layer->recurrent, no_bias,
                                       layer->recurrent_shift};
    int32_t kernel[CHUNK_ROWS], recurrent[CHUNK_ROWS];

    for (uint32_t u = 0; u < layer->n_out; u += CHUNK) {
        uint32_t n_left = layer->n_out - u, n = n_left < CHUNK ? n_left : CHUNK;

        nnsp_dot(kernel, &rows, x, n_columns, n);
        nnsp_dot(recurrent, &recurrent_rows, h, n_units, n);
        nnsp_gates(y + u, cell + u, kernel, recurrent, n);
        advance(&rows, n_columns);
        advance(&recurrent_rows, n_units);
        recurrent_rows.bias = no_bias;
    }
    nnsp_copy(h, y, layer->n_out);
}

int nnsp_layer_step(const struct nnsp_layer *layer, int16_t *y, void *state,
                    const int16_t *x)
{
    if (layer->type == NNSP_CONV1D)
        return step_conv1d(layer, y, state, x);
    if (layer->type == NNSP_LSTM)
        step_lstm(layer, y, state, x);
    else
        step_fc(layer, y, x);
    return 1;
}

void nnsp_conv1d_fill(const struct nnsp_layer *layer, void *state,
                      const int16_t *frame)
{
    int16_t *context = context_of(state);

    for (uint32_t i = 0; i < layer->kernel_size; i++)
        nnsp_copy(context + i * layer->n_in, frame, layer->n_in);
}
