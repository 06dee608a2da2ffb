/* net.c - the layers in a row: buffers, states, drop-out. */
#include "nn/net.h"

#include "nn/conv1d.h"
#include "nn/drop.h"
#include "nn/fc.h"
#include "nn/lstm.h"

#include <stdlib.h>
#include <string.h>

struct layer {
    const struct se_layer_arch *arch;
    int steps_in, steps_out; /* frames a block, before and after the stride */
    int n_context;           /* input frames kept from the block before */
    float drop_rate;         /* on the input */
    int64_t parameters_at;   /* of this layer in the flat block */

    /* the state between blocks: [n_context][rows][n_in] before drop-out, and
     * for an lstm [rows][n_out] each */
    se_real *context, *h, *c;

    /* the buffers of a block */
    se_real *own_x;      /* [n_context + steps_in][rows][n_in], with the context
                            and dropped out; NULL: the layer before's y serves,
                            dropped out in place */
    const se_real *x;    /* the one or the other */
    unsigned char *keep; /* drop-out [1 or steps_in][rows][n_in] */
    se_real *y;          /* [steps_out][rows][n_out] */
    struct se_lstm_trace trace; /* lstm: y is inside trace.h */
};

/* A block of numbers, taken piece by piece. */
struct store {
    se_real *block; /* NULL while it is measured */
    int64_t used;
};

struct se_net {
    const struct se_arch *arch;
    int rows, steps;
    int dropped; /* the last forward pass used drop-out */
    struct layer layer[SE_MAX_LAYERS];
    se_real *mask;    /* [steps][rows][outputs], NULL: the last y serves */
    se_real *d[2];    /* gradients of activations, used in turn; NULL where
                         the last y's or the mask's memory can serve */
    se_real *scratch; /* [rows][widest layer] */
    struct store state, buffers;
    int borrowed;                           /* the buffers are another net's */
    void (*done)(void *context, int layer); /* with a layer's gradient */
    void *done_context;
};

/* ---- buffers ------------------------------------------------------------ */

/* The next n numbers, 64-byte aligned. */
static se_real *take(struct store *store, int64_t n)
{
    se_real *piece = store->block ? store->block + store->used : NULL;

    store->used += (n + 15) / 16 * 16;
    return piece;
}

static int64_t frames(int64_t steps, int rows, int n)
{
    return steps * rows * n;
}

/* Whether the input needs a place of its own: for its context, or for what is
 * left by drop-out where the layer before's y must stay. An lstm's is also its
 * state, and relu6's slope would not survive that a 6 is scaled there and back.
 */
static int needs_own_input(const struct se_net *net, const struct layer *layer)
{
    const struct se_layer_arch *before;

    if (layer->n_context > 0 || layer->drop_rate <= 0 || layer == net->layer)
        return layer->n_context > 0 || layer->drop_rate > 0;
    before = layer->arch - 1;
    return before->type == SE_LAYER_LSTM ||
           before->activation == SE_ACTIVATION_RELU6;
}

/* The next n bytes, likewise. */
static unsigned char *take_bytes(struct store *store, int64_t n)
{
    const int64_t size = (int64_t)sizeof(se_real);

    return (unsigned char *)take(store, (n + size - 1) / size);
}

static void place_layer(struct se_net *net, struct layer *layer)
{
    struct store *state = &net->state, *buffers = &net->buffers;
    int rows = net->rows;
    int n_in = layer->arch->n_in, n_out = layer->arch->n_out;
    int is_lstm = layer->arch->type == SE_LAYER_LSTM;

    layer->context = take(state, frames(layer->n_context, rows, n_in));
    if (needs_own_input(net, layer))
        layer->own_x = take(
            buffers, frames(layer->n_context + layer->steps_in, rows, n_in));
    if (layer->drop_rate > 0)
        layer->keep = take_bytes(
            buffers, frames(is_lstm ? layer->steps_in : 1, rows, n_in));
    if (is_lstm) {
        int64_t n = frames(layer->steps_in, rows, n_out);
        int64_t n_state = frames(1, rows, n_out);

        layer->h = take(state, n_state);
        layer->c = take(state, n_state);
        layer->trace.gates = take(buffers, 4 * n);
        layer->trace.h = take(buffers, n + n_state);
        layer->trace.c = take(buffers, n + n_state);
        layer->trace.packed = take(buffers, se_lstm_packed_size(layer->arch));
        layer->y = buffers->block ? layer->trace.h + n_state : NULL;
    } else {
        layer->y = take(buffers, frames(layer->steps_out, rows, n_out));
    }
}

/* Lays all buffers out; run once to measure and once to place. The gradient of
 * the last layer's output is the caller's unless it has to be held. */
static void place(struct se_net *net)
{
    const struct se_arch *arch = net->arch;
    int is_held = se_arch_stride(arch) > 1 || arch->scalar_output != 1.0f;
    int64_t n_d = 0;
    int widest = 0;

    net->state.used = net->buffers.used = 0;
    for (int i = 0; i < arch->n_layers; i++) {
        struct layer *layer = &net->layer[i];
        int64_t n_x = frames(layer->n_context + layer->steps_in, net->rows,
                             layer->arch->n_in);
        int64_t n_y = frames(layer->steps_out, net->rows, layer->arch->n_out);

        place_layer(net, layer);
        n_d = n_x > n_d && i > 0 ? n_x : n_d;
        n_d = n_y > n_d && (is_held || i < arch->n_layers - 1) ? n_y : n_d;
        widest = layer->arch->n_out > widest ? layer->arch->n_out : widest;
    }
    if (is_held)
        net->mask = take(&net->buffers,
                         frames(net->steps, net->rows, se_arch_outputs(arch)));
    for (int i = 0; i < 2; i++)
        if (frames(net->steps, net->rows, se_arch_outputs(arch)) < n_d ||
            (i == 0 && is_held))
            net->d[i] = take(&net->buffers, n_d);
    net->scratch = take(&net->buffers, frames(1, net->rows, widest));
}

static void describe(struct se_net *net, const struct se_arch *arch, int rows,
                     int steps)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(arch, tensors);

    *net = (struct se_net){.arch = arch, .rows = rows, .steps = steps};
    for (int i = 0; i < arch->n_layers; i++) {
        struct layer *layer = &net->layer[i];

        layer->arch = &arch->layer[i];
        layer->steps_in = steps;
        layer->steps_out = steps /= layer->arch->stride;
        layer->n_context = layer->arch->kernel_size - 1;
        layer->drop_rate =
            i > 0 ? arch->layer[i - 1].drop_rate : arch->input_drop_rate;
    }
    for (int i = n_tensors - 1; i >= 0; i--)
        net->layer[tensors[i].layer].parameters_at = tensors[i].offset;
}

int64_t se_net_bytes(const struct se_arch *arch, int rows, int steps)
{
    struct se_net net;

    describe(&net, arch, rows, steps);
    place(&net);
    return (net.state.used + net.buffers.used) * (int64_t)sizeof(se_real);
}

static se_real *zeros(int64_t n)
{
    size_t size = ((size_t)n * sizeof(se_real) + 64) / 64 * 64;
    se_real *block = aligned_alloc(64, size);

    if (block)
        memset(block, 0, size);
    return block;
}

/* A net in the buffers of `lender`, or in its own if that is NULL. */
static int create(struct se_net **out, const struct se_arch *arch, int rows,
                  int steps, const struct se_net *lender,
                  struct se_report *report)
{
    struct se_net *net = malloc(sizeof *net);

    *out = NULL;
    if (!net)
        return se_fail_memory(report, "a net");
    describe(net, arch, rows, steps);
    place(net);
    net->borrowed = lender != NULL;
    net->state.block = zeros(net->state.used);
    net->buffers.block =
        lender ? lender->buffers.block : zeros(net->buffers.used);
    if (!net->state.block || !net->buffers.block) {
        se_net_destroy(net);
        return se_fail_memory(report, "a net's activations");
    }
    place(net);
    *out = net;
    return SE_OK;
}

int se_net_create(struct se_net **out, const struct se_arch *arch, int rows,
                  int steps, struct se_report *report)
{
    int stride = se_arch_stride(arch);

    *out = NULL;
    if (rows < 1 || steps < 1 || steps % stride != 0)
        return se_fail(report, SE_ERR_ARG,
                       "blocks of %d frames: expected a multiple of the net's "
                       "stride, %d",
                       steps, stride);
    return create(out, arch, rows, steps, NULL, report);
}

int se_net_create_beside(struct se_net **out, const struct se_net *lender,
                         int rows, struct se_report *report)
{
    *out = NULL;
    if (rows < 1 || rows > lender->rows)
        return se_fail(report, SE_ERR_ARG,
                       "a net of %d rows beside one of %d: expected no more",
                       rows, lender->rows);
    return create(out, lender->arch, rows, lender->steps, lender, report);
}

void se_net_destroy(struct se_net *net)
{
    if (!net)
        return;
    free(net->state.block);
    if (!net->borrowed)
        free(net->buffers.block);
    free(net);
}

void se_net_reset(struct se_net *net, const se_real *pad)
{
    const struct layer *first = &net->layer[0];
    int n_in = first->arch->n_in;

    memset(net->state.block, 0,
           (size_t)net->state.used * sizeof *net->state.block);
    for (int r = 0; pad && r < first->n_context * net->rows; r++)
        memcpy(first->context + (int64_t)r * n_in, pad,
               (size_t)n_in * sizeof *pad);
}

/* ---- forward ------------------------------------------------------------ */

/* Drops out of `steps` frames of the layer's input. */
static void drop_out(const struct layer *layer, se_real *y, const se_real *x,
                     int steps, int rows)
{
    int64_t n = frames(1, rows, layer->arch->n_in);
    int each_step = layer->arch->type == SE_LAYER_LSTM;

    for (int t = 0; t < steps; t++)
        se_drop_apply(y + t * n, x + t * n,
                      layer->keep + (each_step ? t * n : 0), layer->drop_rate,
                      n);
}

/* layer->x = [context, x], then drop-out; the new context is kept. `x` is the
 * net's input or the layer before's y. */
static void gather_input(struct layer *layer, const se_real *x, int rows,
                         struct se_rng *drop)
{
    int64_t n = frames(1, rows, layer->arch->n_in);
    int64_t n_context = layer->n_context * n, n_new = layer->steps_in * n;
    se_real *own = layer->own_x ? layer->own_x : (se_real *)x;

    layer->x = x;
    if (n_context > 0) {
        memcpy(own, layer->context, (size_t)n_context * sizeof *x);
        memcpy(own + n_context, x, (size_t)n_new * sizeof *x);
        memcpy(layer->context, own + n_new, (size_t)n_context * sizeof *x);
        layer->x = own;
    }
    if (drop && layer->drop_rate > 0) {
        int each_step = layer->arch->type == SE_LAYER_LSTM;

        se_drop_draw(layer->keep, drop, layer->drop_rate,
                     each_step ? n_new : n);
        drop_out(layer, own, layer->x, layer->n_context + layer->steps_in,
                 rows);
        layer->x = own;
    }
}

static struct se_fc_weights fc_weights(const struct layer *layer, se_real *at)
{
    int64_t n_kernel = (int64_t)layer->arch->n_in * layer->arch->n_out;

    at += layer->parameters_at;
    return (struct se_fc_weights){.kernel = at, .bias = at + n_kernel};
}

static struct se_conv1d_weights conv1d_weights(const struct layer *layer,
                                               se_real *at)
{
    int64_t n_kernel = (int64_t)layer->arch->kernel_size * layer->arch->n_in *
                       layer->arch->n_out;

    at += layer->parameters_at;
    return (struct se_conv1d_weights){.kernel = at, .bias = at + n_kernel};
}

static struct se_lstm_weights lstm_weights(const struct layer *layer,
                                           se_real *at)
{
    int64_t n_kernel = (int64_t)layer->arch->n_in * 4 * layer->arch->n_out;
    int64_t n_recurrent = (int64_t)layer->arch->n_out * 4 * layer->arch->n_out;

    at += layer->parameters_at;
    return (struct se_lstm_weights){.kernel = at,
                                    .recurrent = at + n_kernel,
                                    .bias = at + n_kernel + n_recurrent};
}

/* The state after the block before becomes the state before this one. */
static void enter_state(struct layer *layer, int rows)
{
    size_t size = (size_t)frames(1, rows, layer->arch->n_out) * sizeof(se_real);

    memcpy(layer->trace.h, layer->h, size);
    memcpy(layer->trace.c, layer->c, size);
}

static void leave_state(struct layer *layer, int rows)
{
    int64_t n = frames(1, rows, layer->arch->n_out);
    int64_t last = layer->steps_in * n;

    memcpy(layer->h, layer->trace.h + last, (size_t)n * sizeof(se_real));
    memcpy(layer->c, layer->trace.c + last, (size_t)n * sizeof(se_real));
}

static void forward_layer(struct layer *layer, se_real *parameters, int rows)
{
    switch (layer->arch->type) {
    case SE_LAYER_FC: {
        struct se_fc_weights weights = fc_weights(layer, parameters);

        se_fc_forward(layer->arch, &weights, layer->y, layer->x,
                      layer->steps_in * rows);
        break;
    }
    case SE_LAYER_CONV1D: {
        struct se_conv1d_weights weights = conv1d_weights(layer, parameters);

        se_conv1d_forward(layer->arch, &weights, layer->y, layer->x,
                          layer->steps_in, rows);
        break;
    }
    case SE_LAYER_LSTM: {
        struct se_lstm_weights weights = lstm_weights(layer, parameters);

        enter_state(layer, rows);
        se_lstm_forward(layer->arch, &weights, &layer->trace, layer->x,
                        layer->steps_in, rows);
        leave_state(layer, rows);
        break;
    }
    }
}

/* mask = scalar_output * y, each output held for `stride` frames. */
static const se_real *hold_output(struct se_net *net, const se_real *y)
{
    int stride = se_arch_stride(net->arch);
    int64_t n = frames(1, net->rows, se_arch_outputs(net->arch));

    if (!net->mask)
        return y;
    for (int t = 0; t < net->steps; t++)
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
        struct layer *layer = &net->layer[i];

        gather_input(layer, x, net->rows, drop);
        forward_layer(layer, (se_real *)parameters, net->rows);
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
    int64_t n = frames(1, net->rows, se_arch_outputs(net->arch));

    memset(dy, 0, (size_t)(net->steps / stride * n) * sizeof *dy);
    for (int t = 0; t < net->steps; t++)
        for (int64_t i = 0; i < n; i++)
            dy[t / stride * n + i] +=
                (se_real)net->arch->scalar_output * d_mask[t * n + i];
}

static void backward_layer(struct layer *layer, se_real *gradient,
                           se_real *parameters, se_real *dx, se_real *dy,
                           se_real *scratch, int rows)
{
    switch (layer->arch->type) {
    case SE_LAYER_FC: {
        struct se_fc_weights weights = fc_weights(layer, parameters);
        struct se_fc_weights sum = fc_weights(layer, gradient);

        se_fc_backward(layer->arch, &weights, &sum, dx, dy, layer->y, layer->x,
                       layer->steps_in * rows);
        break;
    }
    case SE_LAYER_CONV1D: {
        struct se_conv1d_weights weights = conv1d_weights(layer, parameters);
        struct se_conv1d_weights sum = conv1d_weights(layer, gradient);

        se_conv1d_backward(layer->arch, &weights, &sum, dx, dy, layer->y,
                           layer->x, layer->steps_in, rows);
        break;
    }
    case SE_LAYER_LSTM: {
        struct se_lstm_weights weights = lstm_weights(layer, parameters);
        struct se_lstm_weights sum = lstm_weights(layer, gradient);

        se_lstm_backward(layer->arch, &weights, &sum, &layer->trace, dx, dy,
                         scratch, layer->x, layer->steps_in, rows);
        break;
    }
    }
}

/* The gradient of the layer before's y, which is made whole again, from `dx`,
 * that of this layer's input. What the context would need belongs to the block
 * before. */
static se_real *undrop_input(const struct se_net *net,
                             const struct layer *layer, se_real *dx)
{
    int rows = net->rows;
    se_real *dy = dx + frames(layer->n_context, rows, layer->arch->n_in);

    if (!net->dropped || layer->drop_rate <= 0)
        return dy;
    drop_out(layer, dy, dy, layer->steps_in, rows);
    if (!layer->own_x)
        se_drop_unscale((layer - 1)->y, layer->drop_rate,
                        frames(layer->steps_in, rows, layer->arch->n_in));
    return dy;
}

void se_net_backward(struct se_net *net, se_real *gradient,
                     const se_real *parameters, se_real *d_mask)
{
    const struct layer *last = &net->layer[net->arch->n_layers - 1];
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
        struct layer *layer = &net->layer[i];
        se_real *dx = i > 0 ? d[turn] : NULL;

        backward_layer(layer, gradient, (se_real *)parameters, dx, dy,
                       net->scratch, net->rows);
        if (net->done)
            net->done(net->done_context, i);
        if (!dx)
            break;
        dy = undrop_input(net, layer, dx);
        turn = !turn;
    }
}

void se_net_on_layer(struct se_net *net, void (*done)(void *context, int layer),
                     void *context)
{
    net->done = done;
    net->done_context = context;
}
