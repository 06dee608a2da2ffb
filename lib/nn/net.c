/* net.c - the layers in a row, forward and backward. */
#include "nn/conv1d.h"
#include "nn/dropout.h"
#include "nn/fc.h"
#include "nn/net_private.h"

#include <string.h>

/* ---- forward ------------------------------------------------------------ */

/* Dropout of `frames` frames of the layer's input. */
static void apply_dropout(const struct se_net_layer *layer, se_real *y,
                          const se_real *x, int frames, int rows)
{
    int64_t n = se_net_numbers(1, rows, layer->arch->n_in);
    int each_frame = layer->arch->type == SE_LAYER_LSTM;

    for (int t = 0; t < frames; t++)
        se_dropout_apply(y + t * n, x + t * n,
                         layer->keep + (each_frame ? t * n : 0),
                         layer->dropout_rate, n);
}

/* layer->x = [context, x], then dropout; the new context is kept. `x` is the
 * net's input or the layer before's y. */
static void gather_input(struct se_net_layer *layer, const se_real *x, int rows,
                         struct se_rng *drop)
{
    int64_t n = se_net_numbers(1, rows, layer->arch->n_in);
    int64_t n_context = layer->n_context * n, n_new = layer->frames_in * n;
    se_real *own = layer->own_x ? layer->own_x : (se_real *)x;

    layer->x = x;
    if (n_context > 0) {
        memcpy(own, layer->context, (size_t)n_context * sizeof *x);
        memcpy(own + n_context, x, (size_t)n_new * sizeof *x);
        memcpy(layer->context, own + n_new, (size_t)n_context * sizeof *x);
        layer->x = own;
    }
    if (drop && layer->dropout_rate > 0) {
        int each_frame = layer->arch->type == SE_LAYER_LSTM;

        se_dropout_draw(layer->keep, drop, layer->dropout_rate,
                        each_frame ? n_new : n);
        apply_dropout(layer, own, layer->x, layer->n_context + layer->frames_in,
                      rows);
        layer->x = own;
    }
}

/* The layer's piece of a flat block of parameters or gradients. */
static struct se_layer_weights weights_in(const struct se_net_layer *layer,
                                          se_real *block)
{
    const struct se_layer_arch *arch = layer->arch;
    const int is_lstm = arch->type == SE_LAYER_LSTM;
    const int64_t columns = (is_lstm ? 4 : 1) * arch->n_out;
    se_real *kernel = block + layer->parameters_at;
    se_real *next = kernel + arch->kernel_size * arch->n_in * columns;

    return (struct se_layer_weights){
        .kernel = kernel,
        .recurrent = is_lstm ? next : NULL,
        .bias = is_lstm ? next + arch->n_out * columns : next,
    };
}

static struct se_layer_pass pass_of(const struct se_net *net,
                                    const struct se_net_layer *layer)
{
    return (struct se_layer_pass){
        .arch = layer->arch,
        .frames = layer->frames_in,
        .rows = net->rows,
        .precision = net->precision,
        .x = layer->x,
        .y = layer->y,
    };
}

/* The state after the block before becomes the state before this one. */
static void enter_state(struct se_net_layer *layer, int rows)
{
    size_t size =
        (size_t)se_net_numbers(1, rows, layer->arch->n_out) * sizeof(se_real);

    memcpy(layer->trace.h, layer->h, size);
    memcpy(layer->trace.c, layer->c, size);
}

static void leave_state(struct se_net_layer *layer, int rows)
{
    int64_t n = se_net_numbers(1, rows, layer->arch->n_out);
    int64_t last = layer->frames_in * n;

    memcpy(layer->h, layer->trace.h + last, (size_t)n * sizeof(se_real));
    memcpy(layer->c, layer->trace.c + last, (size_t)n * sizeof(se_real));
}

static void forward_layer(const struct se_net *net, struct se_net_layer *layer,
                          se_real *parameters)
{
    const struct se_layer_weights weights = weights_in(layer, parameters);
    const struct se_layer_pass pass = pass_of(net, layer);

    switch (layer->arch->type) {
    case SE_LAYER_FC:
        se_fc_forward(&pass, &weights);
        break;
    case SE_LAYER_CONV1D:
        se_conv1d_forward(&pass, &weights);
        break;
    case SE_LAYER_LSTM:
        enter_state(layer, net->rows);
        se_lstm_forward(&pass, &weights, &layer->trace);
        leave_state(layer, net->rows);
        break;
    }
}

/* mask = scalar_output * y, each output held for `stride` frames. */
static const se_real *hold_output(struct se_net *net, const se_real *y)
{
    int stride = se_arch_stride(net->arch);
    int64_t n = se_net_numbers(1, net->rows, se_arch_outputs(net->arch));

    if (!net->mask)
        return y;
    for (int t = 0; t < net->frames; t++)
        for (int64_t i = 0; i < n; i++)
            net->mask[t * n + i] =
                (se_real)net->arch->scalar_output * y[t / stride * n + i];
    return net->mask;
}

const se_real *se_net_forward(struct se_net *net, const se_real *parameters,
                              const se_real *x, struct se_rng *drop)
{
    net->dropped = drop != NULL;
    for (int i = 0; i < net->arch->n_layers; i++) {
        struct se_net_layer *layer = &net->layer[i];

        gather_input(layer, x, net->rows, drop);
        forward_layer(net, layer, (se_real *)parameters);
        x = layer->y;
    }
    return hold_output(net, x);
}

/* ---- backward ----------------------------------------------------------- */

/* The gradient of y from that of the mask: sums over the held frames. */
static void unhold_output(struct se_net *net, se_real *dy,
                          const se_real *d_mask)
{
    int stride = se_arch_stride(net->arch);
    int64_t n = se_net_numbers(1, net->rows, se_arch_outputs(net->arch));

    memset(dy, 0, (size_t)(net->frames / stride * n) * sizeof *dy);
    for (int t = 0; t < net->frames; t++)
        for (int64_t i = 0; i < n; i++)
            dy[t / stride * n + i] +=
                (se_real)net->arch->scalar_output * d_mask[t * n + i];
}

static void backward_layer(const struct se_net_layer *layer,
                           const struct se_layer_pass *pass, se_real *gradient,
                           se_real *parameters)
{
    const struct se_layer_weights weights = weights_in(layer, parameters);
    const struct se_layer_weights sum = weights_in(layer, gradient);

    switch (layer->arch->type) {
    case SE_LAYER_FC:
        se_fc_backward(pass, &weights, &sum);
        break;
    case SE_LAYER_CONV1D:
        se_conv1d_backward(pass, &weights, &sum);
        break;
    case SE_LAYER_LSTM:
        se_lstm_backward(pass, &weights, &sum, &layer->trace);
        break;
    }
}

/* The gradient of the layer before's y, which is made whole again, from `dx`,
 * that of this layer's input. What the context would need belongs to the block
 * before. */
static se_real *undo_dropout(const struct se_net *net,
                             const struct se_net_layer *layer, se_real *dx)
{
    int rows = net->rows;
    se_real *dy =
        dx + se_net_numbers(layer->n_context, rows, layer->arch->n_in);

    if (!net->dropped || layer->dropout_rate <= 0)
        return dy;
    apply_dropout(layer, dy, dy, layer->frames_in, rows);
    if (!layer->own_x)
        se_dropout_unscale(
            (layer - 1)->y, layer->dropout_rate,
            se_net_numbers(layer->frames_in, rows, layer->arch->n_in));
    return dy;
}

void se_net_backward(struct se_net *net, se_real *gradient,
                     const se_real *parameters, se_real *d_mask)
{
    const struct se_net_layer *last = &net->layer[net->arch->n_layers - 1];
    se_real *const d[2] = {net->d[0] ? net->d[0] : last->y,
                           net->d[1] ? net->d[1] : d_mask};
    se_real *dy = d_mask;
    int turn = 0;

    if (net->mask) {
        dy = d[turn];
        turn = !turn;
        unhold_output(net, dy, d_mask);
    }
    for (int i = net->arch->n_layers - 1; i >= 0; i--) {
        struct se_net_layer *layer = &net->layer[i];
        struct se_layer_pass pass = pass_of(net, layer);

        pass.dy = dy;
        pass.dx = i > 0 ? d[turn] : NULL;
        backward_layer(layer, &pass, gradient, (se_real *)parameters);
        if (net->done)
            net->done(net->done_context, i);
        if (!pass.dx)
            break;
        dy = undo_dropout(net, layer, pass.dx);
        turn = !turn;
    }
}
