/* layer.c - fully connected, long short-term memory, convolution over time. */
#include "nnsp/layer.h"

#include "nnsp/activation.h"
#include "nnsp/copy.h"
#include "nnsp/dot.h"
#include "nnsp/fixed.h"

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

static void step_fc(const struct nnsp_layer *layer, int16_t *y,
                    const int16_t *x)
{
    uint32_t n_columns = NNSP_PAD(nnsp_columns(layer));
    const int8_t *group = layer->kernel;

    for (uint32_t row = 0; row < layer->n_out; row += 4) {
        const int32_t *bias = layer->bias + row;
        const uint8_t *shift = layer->shift + row;
        uint32_t n_left = layer->n_out - row;
        int32_t z[4] = {bias[0], bias[1], bias[2], bias[3]};

        nnsp_dot4(z, group, x, n_columns);
        for (int r = 0; r < 4; r++)
            z[r] >>= shift[r];
        nnsp_activate(layer->activation, y + row, z, n_left < 4 ? n_left : 4);
        group += 4 * n_columns;
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

/* One unit of an lstm: sums of the gates i, f, g, o; cell Q24, result Q15. */
static int16_t step_unit(int32_t *cell, const int32_t z[4])
{
    int32_t i = nnsp_sigmoid(z[0]), f = nnsp_sigmoid(z[1]);
    int32_t g = nnsp_tanh(z[2]), o = nnsp_sigmoid(z[3]);
    int64_t kept = 2 * (int64_t)nnsp_mulh(*cell, f * 65536);

    *cell = nnsp_saturate_32(kept + nnsp_round_shift(i * g, 6));
    /* to Q12 in two steps, since the first alone could overflow */
    return (int16_t)nnsp_round_shift(
        o * nnsp_tanh(nnsp_round_shift(*cell >> 11, 1)), 15);
}

static void step_lstm(const struct nnsp_layer *layer, int16_t *y, void *state,
                      const int16_t *x)
{
    uint32_t n_columns = NNSP_PAD((uint32_t)layer->n_in);
    uint32_t n_units = NNSP_PAD((uint32_t)layer->n_out);
    int32_t *cell = (int32_t *)state; /* [n_units] Q24, then h[n_units] */
    int16_t *h = (int16_t *)(cell + n_units);

    for (uint32_t u = 0; u < layer->n_out; u++) {
        const int32_t *bias = layer->bias + 4 * u;
        const uint8_t *shift = layer->shift + 4 * u;
        const uint8_t *recurrent_shift = layer->recurrent_shift + 4 * u;
        int32_t acc[4] = {bias[0], bias[1], bias[2], bias[3]};
        int32_t recurrent[4] = {0};

        nnsp_dot4(acc, layer->kernel + 4 * u * n_columns, x, n_columns);
        nnsp_dot4(recurrent, layer->recurrent + 4 * u * n_units, h, n_units);
        for (int r = 0; r < 4; r++)
            acc[r] =
                (acc[r] >> shift[r]) + (recurrent[r] >> recurrent_shift[r]);
        y[u] = step_unit(&cell[u], acc);
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
