/* infer.c - inference of one frame: matrix-vector products and the state that
 * layers keep between frames. */
#include "nn/infer.h"

#include "base/simd.h"
#include "nn/activation.h"

#include <stdlib.h>
#include <string.h>

struct layer {
    const struct se_layer_arch *arch;
    const float *kernel, *recurrent, *bias; /* recurrent: lstm only */
    float *history; /* conv1d [kernel_size][n_in], oldest frame first */
    float *cell;    /* lstm [n_out] */
    float *y;       /* [n_out], what it gave last; the h of an lstm */
    int phase;      /* conv1d: frames until it is due again */
};

struct se_infer {
    const struct se_arch *arch;
    struct layer layer[SE_MAX_LAYERS];
    float *sums;   /* [4 * the widest layer] */
    float *memory; /* all arrays above, one block */
    int64_t n_memory;
};

/* y[o] += sum over i of x[i] w[i][o], `width` of the n_out outputs. Outputs
 * are independent, so the sums stay in vector registers and keep the order of
 * i: the same bits on every machine. */
static inline __attribute__((always_inline)) void
add_columns(float *y, const float *x, const float *w, int n_in, int n_out,
            int width)
{
    float sum[64];

    for (int o = 0; o < width; o++)
        sum[o] = y[o];
    for (int i = 0; i < n_in; i++, w += n_out) {
        for (int o = 0; o < width; o++)
            sum[o] += x[i] * w[o];
    }
    for (int o = 0; o < width; o++)
        y[o] = sum[o];
}

/* y[n_out] += x[n_in] w[n_in][n_out] */
SE_MULTIVERSION static void add_product(float *y, const float *x,
                                        const float *w, int n_in, int n_out)
{
    int o = 0;

    for (; o + 64 <= n_out; o += 64)
        add_columns(y + o, x, w + o, n_in, n_out, 64);
    for (; o + 8 <= n_out; o += 8)
        add_columns(y + o, x, w + o, n_in, n_out, 8);
    for (; o < n_out; o++)
        add_columns(y + o, x, w + o, n_in, n_out, 1);
}

static void step_fc(struct layer *layer, const float *x)
{
    const struct se_layer_arch *arch = layer->arch;

    memcpy(layer->y, layer->bias, (size_t)arch->n_out * sizeof *layer->y);
    add_product(layer->y, x, layer->kernel, arch->n_in, arch->n_out);
    se_activation_apply(arch->activation, layer->y, layer->y, arch->n_out);
}

/* Returns whether the layer gave an output on this frame. */
static int step_conv1d(struct layer *layer, const float *x)
{
    const struct se_layer_arch *arch = layer->arch;
    size_t n_in = (size_t)arch->n_in;
    size_t n_kept = (size_t)(arch->kernel_size - 1) * n_in;

    memmove(layer->history, layer->history + n_in, n_kept * sizeof(float));
    memcpy(layer->history + n_kept, x, n_in * sizeof(float));
    if (layer->phase > 0) {
        layer->phase--;
        return 0;
    }
    layer->phase = arch->stride - 1;
    memcpy(layer->y, layer->bias, (size_t)arch->n_out * sizeof *layer->y);
    add_product(layer->y, layer->history, layer->kernel,
                arch->kernel_size * arch->n_in, arch->n_out);
    se_activation_apply(arch->activation, layer->y, layer->y, arch->n_out);
    return 1;
}

/* i, f, o = sigmoid, g = tanh of the sums; c = f c + i g; h = o tanh(c). */
static void step_lstm(struct layer *layer, float *sums, const float *x)
{
    int n = layer->arch->n_out;
    float *i = sums, *f = sums + n, *g = sums + 2 * n, *o = sums + 3 * n;
    float *c = layer->cell, *h = layer->y;

    memcpy(sums, layer->bias, (size_t)(4 * n) * sizeof *sums);
    add_product(sums, x, layer->kernel, layer->arch->n_in, 4 * n);
    add_product(sums, h, layer->recurrent, n, 4 * n);
    se_sigmoid(i, i, 2 * n);
    se_tanh(g, g, n);
    se_sigmoid(o, o, n);
    for (int k = 0; k < n; k++)
        c[k] = f[k] * c[k] + i[k] * g[k];
    se_tanh(h, c, n);
    for (int k = 0; k < n; k++)
        h[k] *= o[k];
}

/* Takes `n` floats of the block, or measures it while there is none. */
static float *take(struct se_infer *infer, int64_t *used, int64_t n)
{
    float *place = infer->memory ? infer->memory + *used : NULL;

    *used += n;
    return place;
}

/* Runs twice on the same code, to measure and to place. */
static void lay_out(struct se_infer *infer)
{
    int widest = 1;
    int64_t used = 0;

    for (int i = 0; i < infer->arch->n_layers; i++) {
        struct layer *layer = &infer->layer[i];
        const struct se_layer_arch *arch = &infer->arch->layer[i];

        layer->arch = arch;
        layer->y = take(infer, &used, arch->n_out);
        if (arch->type == SE_LAYER_CONV1D)
            layer->history =
                take(infer, &used, (int64_t)arch->kernel_size * arch->n_in);
        if (arch->type == SE_LAYER_LSTM)
            layer->cell = take(infer, &used, arch->n_out);
        if (arch->n_out > widest)
            widest = arch->n_out;
    }
    infer->sums = take(infer, &used, 4 * (int64_t)widest);
    infer->n_memory = used;
}

static void find_weights(struct se_infer *infer, const float *parameters)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(infer->arch, tensors);

    for (int i = 0; i < n_tensors; i++) {
        struct layer *layer = &infer->layer[tensors[i].layer];
        const float *weights = parameters + tensors[i].offset;

        if (tensors[i].is_bias)
            layer->bias = weights;
        else if (!layer->kernel)
            layer->kernel = weights;
        else
            layer->recurrent = weights;
    }
}

int se_infer_create(struct se_infer **out, const struct se_arch *arch,
                    const float *parameters, struct se_report *report)
{
    struct se_infer *infer = calloc(1, sizeof *infer);

    *out = NULL;
    if (!infer)
        return se_fail_memory(report, "the net");
    infer->arch = arch;
    lay_out(infer);
    infer->memory = calloc((size_t)infer->n_memory, sizeof(float));
    if (!infer->memory) {
        se_infer_destroy(infer);
        return se_fail_memory(report, "the net");
    }
    lay_out(infer);
    find_weights(infer, parameters);
    *out = infer;
    return SE_OK;
}

void se_infer_destroy(struct se_infer *infer)
{
    if (!infer)
        return;
    free(infer->memory);
    free(infer);
}

void se_infer_reset(struct se_infer *infer, const float *pad)
{
    const struct layer *first = &infer->layer[0];

    memset(infer->memory, 0, (size_t)infer->n_memory * sizeof(float));
    for (int i = 0; i < infer->arch->n_layers; i++)
        infer->layer[i].phase = 0;
    if (!pad || !first->history)
        return;
    for (int k = 0; k < first->arch->kernel_size; k++)
        memcpy(first->history + (size_t)k * (size_t)first->arch->n_in, pad,
               (size_t)first->arch->n_in * sizeof(float));
}

void se_infer_frame(struct se_infer *infer, float *mask, const float *x)
{
    const struct layer *last = &infer->layer[infer->arch->n_layers - 1];
    int due = 1;

    for (int i = 0; i < infer->arch->n_layers && due; i++) {
        struct layer *layer = &infer->layer[i];

        if (layer->arch->type == SE_LAYER_CONV1D)
            due = step_conv1d(layer, x);
        else if (layer->arch->type == SE_LAYER_LSTM)
            step_lstm(layer, infer->sums, x);
        else
            step_fc(layer, x);
        x = layer->y;
    }
    for (int o = 0; o < last->arch->n_out; o++)
        mask[o] = last->y[o] * infer->arch->scalar_output;
}
