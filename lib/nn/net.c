/* net.c - the layers in a row: buffers, states, drop-out. */
#include "nn/net.h"

#include "base/simd.h"
#include "nn/conv1d.h"
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

    se_real *x;       /* [n_context + steps_in][rows][n_in], dropped out */
    se_real *context; /* [n_context][rows][n_in], as it came */
    se_real *keep;    /* drop-out factors [1 or steps_in][rows][n_in] */
    se_real *y;       /* [steps_out][rows][n_out] */
    struct se_lstm_trace trace; /* lstm: y is inside trace.h */
};

struct se_net {
    const struct se_arch *arch;
    int rows, steps;
    int dropped; /* the last forward pass used drop-out */
    struct layer layer[SE_MAX_LAYERS];
    se_real *mask;    /* [steps][rows][outputs], NULL: the last y serves */
    se_real *d[2];    /* gradients of activations, used in turn */
    se_real *scratch; /* [rows][widest layer] */
    se_real *memory;
    int64_t used; /* numbers taken from memory */
};

/* ---- buffers ------------------------------------------------------------ */

/* The next n numbers of net->memory, 64-byte aligned; only counts while
 * memory is NULL. */
static se_real *take(struct se_net *net, int64_t n)
{
    se_real *block = net->memory ? net->memory + net->used : NULL;

    net->used += (n + 15) / 16 * 16;
    return block;
}

static int64_t frames(int64_t steps, int rows, int n)
{
    return steps * rows * n;
}

static void place_layer(struct se_net *net, struct layer *layer)
{
    int rows = net->rows;
    int n_in = layer->arch->n_in, n_out = layer->arch->n_out;
    int is_lstm = layer->arch->type == SE_LAYER_LSTM;

    layer->x =
        take(net, frames(layer->n_context + layer->steps_in, rows, n_in));
    layer->context = take(net, frames(layer->n_context, rows, n_in));
    layer->keep = take(net, frames(is_lstm ? layer->steps_in : 1, rows, n_in));
    if (is_lstm) {
        int64_t n = frames(layer->steps_in, rows, n_out);
        int64_t state = frames(1, rows, n_out);

        layer->trace.gates = take(net, 4 * n);
        layer->trace.h = take(net, n + state);
        layer->trace.c = take(net, n + state);
        layer->trace.tanh_c = take(net, n);
        layer->y = net->memory ? layer->trace.h + state : NULL;
    } else {
        layer->y = take(net, frames(layer->steps_out, rows, n_out));
    }
}

/* Lays all buffers out; run once to measure and once to place. */
static void place(struct se_net *net)
{
    const struct se_arch *arch = net->arch;
    int64_t n_d = 0;
    int widest = 0;

    net->used = 0;
    for (int i = 0; i < arch->n_layers; i++) {
        struct layer *layer = &net->layer[i];
        int64_t n_x = frames(layer->n_context + layer->steps_in, net->rows,
                             layer->arch->n_in);
        int64_t n_y = frames(layer->steps_out, net->rows, layer->arch->n_out);

        place_layer(net, layer);
        n_d = n_x > n_d && i > 0 ? n_x : n_d;
        n_d = n_y > n_d ? n_y : n_d;
        widest = layer->arch->n_out > widest ? layer->arch->n_out : widest;
    }
    if (se_arch_stride(arch) > 1 || arch->scalar_output != 1.0f)
        net->mask =
            take(net, frames(net->steps, net->rows, se_arch_outputs(arch)));
    for (int i = 0; i < 2; i++)
        net->d[i] = take(net, n_d);
    net->scratch = take(net, frames(1, net->rows, widest));
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
    return net.used * (int64_t)sizeof(se_real);
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

    struct se_net *net = malloc(sizeof *net);

    if (!net)
        return se_fail_memory(report, "a net");
    describe(net, arch, rows, steps);
    place(net);

    size_t size = (size_t)net->used * sizeof(se_real);
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);

    if (!memory) {
        free(net);
        return se_fail_memory(report, "a net's activations");
    }
    memset(memory, 0, size);
    net->memory = memory;
    place(net);
    *out = net;
    return SE_OK;
}

void se_net_destroy(struct se_net *net)
{
    if (net)
        free(net->memory);
    free(net);
}

void se_net_reset(struct se_net *net, const se_real *pad)
{
    for (int i = 0; i < net->arch->n_layers; i++) {
        struct layer *layer = &net->layer[i];
        int n_in = layer->arch->n_in, rows = net->rows;
        size_t state = (size_t)rows * layer->arch->n_out * sizeof(se_real);

        memset(layer->context, 0,
               (size_t)frames(layer->n_context, rows, n_in) * sizeof(se_real));
        for (int r = 0; i == 0 && pad && r < layer->n_context * rows; r++)
            memcpy(layer->context + (int64_t)r * n_in, pad,
                   (size_t)n_in * sizeof *pad);
        if (layer->arch->type == SE_LAYER_LSTM) {
            /* The last step of the block before is where the next starts. */
            int64_t last = frames(layer->steps_in, rows, layer->arch->n_out);

            memset(layer->trace.h + last, 0, state);
            memset(layer->trace.c + last, 0, state);
        }
    }
}

/* ---- forward ------------------------------------------------------------ */

SE_MULTIVERSION
static void multiply(se_real *y, const se_real *a, const se_real *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

/* Inverted drop-out factors: 0 with the chance `rate`, else 1 / (1 - rate). */
static void draw_keep(se_real *keep, struct se_rng *rng, float rate, int64_t n)
{
    uint32_t threshold = (uint32_t)((double)rate * 65536.0);
    se_real kept = 1 / (1 - (se_real)rate);

    for (int64_t i = 0; i < n; i += 4) {
        uint64_t bits = se_rng_next(rng);

        for (int64_t j = i; j < i + 4 && j < n; j++, bits >>= 16)
            keep[j] = (bits & 0xffff) < threshold ? 0 : kept;
    }
}

/* Multiplies `steps` frames by the layer's drop-out factors. */
static void apply_keep(const struct layer *layer, se_real *y, const se_real *x,
                       int steps, int rows)
{
    int64_t n = frames(1, rows, layer->arch->n_in);
    int each_step = layer->arch->type == SE_LAYER_LSTM;

    for (int t = 0; t < steps; t++)
        multiply(y + t * n, x + t * n, layer->keep + (each_step ? t * n : 0),
                 n);
}

/* layer->x = [context, x], then drop-out; the new context is kept. */
static void gather_input(struct layer *layer, const se_real *x,
                         struct se_rng *drop, int rows)
{
    int64_t n = frames(1, rows, layer->arch->n_in);
    int64_t n_context = layer->n_context * n, n_new = layer->steps_in * n;

    memcpy(layer->x, layer->context, (size_t)n_context * sizeof *x);
    memcpy(layer->x + n_context, x, (size_t)n_new * sizeof *x);
    memcpy(layer->context, layer->x + n_new, (size_t)n_context * sizeof *x);
    if (drop && layer->drop_rate > 0) {
        int each_step = layer->arch->type == SE_LAYER_LSTM;

        draw_keep(layer->keep, drop, layer->drop_rate, each_step ? n_new : n);
        apply_keep(layer, layer->x, layer->x,
                   layer->n_context + layer->steps_in, rows);
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
static void carry_state(struct layer *layer, int rows)
{
    int64_t state = frames(1, rows, layer->arch->n_out);
    int64_t last = layer->steps_in * state;

    memcpy(layer->trace.h, layer->trace.h + last,
           (size_t)state * sizeof(se_real));
    memcpy(layer->trace.c, layer->trace.c + last,
           (size_t)state * sizeof(se_real));
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

        se_lstm_forward(layer->arch, &weights, &layer->trace, layer->x,
                        layer->steps_in, rows);
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

        if (layer->arch->type == SE_LAYER_LSTM)
            carry_state(layer, net->rows);
        gather_input(layer, x, drop, net->rows);
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

void se_net_backward(struct se_net *net, se_real *gradient,
                     const se_real *parameters, se_real *d_mask)
{
    se_real *dy = d_mask;
    int turn = 0;

    if (net->mask) {
        dy = net->d[turn];
        turn = !turn;
        unhold_output(net, dy, d_mask);
    }
    for (int i = net->arch->n_layers - 1; i >= 0; i--) {
        struct layer *layer = &net->layer[i];
        se_real *dx = i > 0 ? net->d[turn] : NULL;

        backward_layer(layer, gradient, (se_real *)parameters, dx, dy,
                       net->scratch, net->rows);
        if (!dx)
            break;
        /* What the context would need belongs to the block before. */
        dy = dx + frames(layer->n_context, net->rows, layer->arch->n_in);
        if (net->dropped && layer->drop_rate > 0)
            apply_keep(layer, dy, dy, layer->steps_in, net->rows);
        turn = !turn;
    }
}
