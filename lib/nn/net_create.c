/* net_create.c - a net's memory: buffers, states, life. */
#include "nn/net_private.h"

#include <stdlib.h>
#include <string.h>

/* The next n numbers, 64-byte aligned. */
static se_real *take(struct se_net_store *store, int64_t n)
{
    se_real *piece = store->block ? store->block + store->used : NULL;

    store->used += (n + 15) / 16 * 16;
    return piece;
}

/* Whether the input needs a place of its own: for its context, or for what is
 * left by dropout where the layer before's y must stay. An lstm's is also its
 * state, and relu6's slope would not survive that a 6 is scaled there and back.
 */
static int needs_own_input(const struct se_net *net,
                           const struct se_net_layer *layer)
{
    const struct se_layer_arch *before;

    if (layer->n_context > 0 || layer->dropout_rate <= 0 || layer == net->layer)
        return layer->n_context > 0 || layer->dropout_rate > 0;
    before = layer->arch - 1;
    return before->type == SE_LAYER_LSTM ||
           before->activation == SE_ACTIVATION_RELU6;
}

/* The next n bytes, likewise. */
static unsigned char *take_bytes(struct se_net_store *store, int64_t n)
{
    const int64_t size = (int64_t)sizeof(se_real);

    return (unsigned char *)take(store, (n + size - 1) / size);
}

static void place_layer(struct se_net *net, struct se_net_layer *layer)
{
    struct se_net_store *state = &net->state, *buffers = &net->buffers;
    int rows = net->rows;
    int n_in = layer->arch->n_in, n_out = layer->arch->n_out;
    int is_lstm = layer->arch->type == SE_LAYER_LSTM;

    layer->context = take(state, se_net_numbers(layer->n_context, rows, n_in));
    if (needs_own_input(net, layer))
        layer->own_x =
            take(buffers, se_net_numbers(layer->n_context + layer->frames_in,
                                         rows, n_in));
    if (layer->dropout_rate > 0)
        layer->keep =
            take_bytes(buffers, se_net_numbers(is_lstm ? layer->frames_in : 1,
                                               rows, n_in));
    if (is_lstm) {
        int64_t n = se_net_numbers(layer->frames_in, rows, n_out);
        int64_t n_state = se_net_numbers(1, rows, n_out);

        layer->h = take(state, n_state);
        layer->c = take(state, n_state);
        layer->trace.gates = take(buffers, 4 * n);
        layer->trace.h = take(buffers, n + n_state);
        layer->trace.c = take(buffers, n + n_state);
        layer->trace.packed = take(buffers, se_lstm_packed_size(layer->arch));
        layer->y = buffers->block ? layer->trace.h + n_state : NULL;
    } else {
        layer->y =
            take(buffers, se_net_numbers(layer->frames_out, rows, n_out));
    }
}

/* Lays all buffers out; run once to measure and once to place. The gradient of
 * the last layer's output is the caller's unless it has to be held. */
static void place(struct se_net *net)
{
    const struct se_arch *arch = net->arch;
    int is_held = se_arch_stride(arch) > 1 || arch->scalar_output != 1.0f;
    se_real *dc;
    int64_t n_d = 0;
    int widest = 0;

    net->state.used = net->buffers.used = 0;
    for (int i = 0; i < arch->n_layers; i++) {
        struct se_net_layer *layer = &net->layer[i];
        int64_t n_x = se_net_numbers(layer->n_context + layer->frames_in,
                                     net->rows, layer->arch->n_in);
        int64_t n_y =
            se_net_numbers(layer->frames_out, net->rows, layer->arch->n_out);

        place_layer(net, layer);
        n_d = n_x > n_d && i > 0 ? n_x : n_d;
        n_d = n_y > n_d && (is_held || i < arch->n_layers - 1) ? n_y : n_d;
        widest = layer->arch->n_out > widest ? layer->arch->n_out : widest;
    }
    if (is_held)
        net->mask = take(&net->buffers, se_net_numbers(net->frames, net->rows,
                                                       se_arch_outputs(arch)));
    for (int i = 0; i < 2; i++)
        if (se_net_numbers(net->frames, net->rows, se_arch_outputs(arch)) <
                n_d ||
            (i == 0 && is_held))
            net->d[i] = take(&net->buffers, n_d);
    dc = take(&net->buffers, se_net_numbers(1, net->rows, widest));
    for (int i = 0; i < arch->n_layers; i++)
        net->layer[i].trace.dc = dc;
}

static void describe(struct se_net *net, const struct se_arch *arch, int rows,
                     int frames)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(arch, tensors);

    *net = (struct se_net){.arch = arch, .rows = rows, .frames = frames};
    for (int i = 0; i < arch->n_layers; i++) {
        struct se_net_layer *layer = &net->layer[i];

        layer->arch = &arch->layer[i];
        layer->frames_in = frames;
        layer->frames_out = frames /= layer->arch->stride;
        layer->n_context = layer->arch->kernel_size - 1;
        layer->dropout_rate =
            i > 0 ? arch->layer[i - 1].dropout_rate : arch->input_dropout_rate;
    }
    for (int i = n_tensors - 1; i >= 0; i--)
        net->layer[tensors[i].layer].parameters_at = tensors[i].offset;
}

int64_t se_net_bytes(const struct se_arch *arch, int rows, int frames)
{
    struct se_net net;

    describe(&net, arch, rows, frames);
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

/* A net as described, in the buffers of `lender`, or in its own if that is
 * NULL. */
static int create(struct se_net **out, const struct se_net *described,
                  const struct se_net *lender, struct se_report *report)
{
    struct se_net *net = malloc(sizeof *net);

    if (!net)
        return se_fail_memory(report, "a net");
    *net = *described;
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
                  int frames, struct se_report *report)
{
    int stride = se_arch_stride(arch);
    struct se_net net;

    *out = NULL;
    if (rows < 1 || frames < 1 || frames % stride != 0)
        return se_fail(report, SE_ERR_ARG,
                       "blocks of %d frames: expected a multiple of the net's "
                       "stride, %d",
                       frames, stride);
    describe(&net, arch, rows, frames);
    return create(out, &net, NULL, report);
}

int se_net_create_beside(struct se_net **out, const struct se_net *lender,
                         int rows, struct se_report *report)
{
    struct se_net net;

    *out = NULL;
    if (rows < 1 || rows > lender->rows)
        return se_fail(report, SE_ERR_ARG,
                       "a net of %d rows beside one of %d: expected no more",
                       rows, lender->rows);
    describe(&net, lender->arch, rows, lender->frames);
    return create(out, &net, lender, report);
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
    const struct se_net_layer *first = &net->layer[0];
    int n_in = first->arch->n_in;

    memset(net->state.block, 0,
           (size_t)net->state.used * sizeof *net->state.block);
    for (int r = 0; pad && r < first->n_context * net->rows; r++)
        memcpy(first->context + (int64_t)r * n_in, pad,
               (size_t)n_in * sizeof *pad);
}

void se_net_set_precision(struct se_net *net, enum se_precision precision)
{
    net->precision = precision;
}

void se_net_on_layer(struct se_net *net, void (*done)(void *context, int layer),
                     void *context)
{
    net->done = done;
    net->done_context = context;
}
