/* tflite.c - the layers of a net as operators of TensorFlow Lite. */
#include "export/tflite.h"

#include "export/flat_private.h"
#include "export/weights_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = SE_FLAT_NAME };

/* A layer on its way into the file. */
struct layer {
    struct se_flat *flat;
    const struct se_layer_arch *arch;
    int number;
    struct se_export_weights weights;
    const float *silence; /* [n_in]; NULL: zeros stand before the first frame */
};

static const char *name_of(char name[NAME], const struct layer *layer,
                           const char *what)
{
    snprintf(name, NAME, "layers.%d.%s", layer->number, what);
    return name;
}

static int apply(struct se_flat *flat, enum se_flat_code code, int n, int a,
                 int b)
{
    return se_flat_apply(flat, code, n, (const int[3]){a, b, -1}, -1);
}

/* The state as it comes; what it becomes is `<what>.next`. */
static int state(const struct layer *layer, const char *what, int n)
{
    char name[NAME];

    return se_flat_value(layer->flat, name_of(name, layer, what), n,
                         SE_FLAT_INPUT);
}

static int next_state(const struct layer *layer, const char *what, int n)
{
    char name[NAME];

    return se_flat_value(layer->flat, name_of(name, layer, what), n,
                         SE_FLAT_OUTPUT);
}

/* ---- products ------------------------------------------------------------ */

struct matrix {
    const float *values; /* [n_rows][stride], from its first column on */
    int n_rows, stride;
};

/* The first n columns become rows; `to` has one each `width` numbers. */
static void transpose(float *to, int width, const struct matrix *from, int n)
{
    for (int o = 0; o < n; o++)
        for (int i = 0; i < from->n_rows; i++)
            to[(size_t)o * width + i] =
                from->values[(size_t)i * from->stride + o];
}

/* activation(x W + b) of the n outputs from the `first` one on; x is the
 * layer's input and, if it is recurrent, its state behind that. */
static int product(const struct layer *layer, const char *what, int x,
                   int first, int activation)
{
    const struct se_layer_arch *arch = layer->arch;
    int n = arch->n_out, stride = layer->weights.recurrent ? 4 * n : n;
    int n_kernel = arch->n_in * arch->kernel_size;
    int width = n_kernel + (layer->weights.recurrent ? n : 0), kernel, bias;
    char name[NAME], part[16];

    snprintf(part, sizeof part, "kernel%s", what);

    float *weights = se_flat_constant(layer->flat, &kernel,
                                      name_of(name, layer, part), n, width);

    snprintf(part, sizeof part, "bias%s", what);

    float *biases =
        se_flat_constant(layer->flat, &bias, name_of(name, layer, part), 0, n);

    if (!weights || !biases)
        return 0;
    transpose(weights, width,
              &(struct matrix){layer->weights.kernel + first, n_kernel, stride},
              n);
    if (layer->weights.recurrent)
        transpose(weights + n_kernel, width,
                  &(struct matrix){layer->weights.recurrent + first, n, stride},
                  n);
    memcpy(biases, layer->weights.bias + first, (size_t)n * sizeof *biases);

    int out = se_flat_apply(layer->flat, SE_FLAT_FULLY_CONNECTED, n,
                            (const int[3]){x, kernel, bias}, -1);

    if (!layer->flat->is_broken)
        layer->flat->operators[layer->flat->n_operators - 1].activation =
            activation;
    return out;
}

/* ---- layers -------------------------------------------------------------- */

/* Silence for all frames of the context, times `sign`. */
static int silence(const struct layer *layer, const char *what, float sign)
{
    int n = layer->arch->n_in, n_frames = layer->arch->kernel_size - 1, number;
    char name[NAME];
    float *values = se_flat_constant(
        layer->flat, &number, name_of(name, layer, what), 1, n * n_frames);

    for (int i = 0; values && i < n * n_frames; i++)
        values[i] = sign * layer->silence[i % n];
    return number;
}

/* The frame with those before it. */
static int with_context(const struct layer *layer, int in)
{
    struct se_flat *flat = layer->flat;
    int n_in = layer->arch->n_in, n = n_in * (layer->arch->kernel_size - 1);
    char name[NAME];

    if (n == 0)
        return in;

    int kept = state(layer, "context", n);

    if (layer->silence)
        kept = apply(flat, SE_FLAT_ADD, n, kept, silence(layer, "silence", 1));

    int frames = apply(flat, SE_FLAT_CONCATENATION, n + n_in, kept, in);
    int from = se_flat_pair(flat, name_of(name, layer, "from"), 0, n_in);
    int size = se_flat_pair(flat, name_of(name, layer, "size"), 1, n);
    int next = next_state(layer, "context.next", n);
    int last = se_flat_apply(flat, SE_FLAT_SLICE, n,
                             (const int[3]){frames, from, size},
                             layer->silence ? -1 : next);

    if (layer->silence)
        se_flat_apply(
            flat, SE_FLAT_ADD, n,
            (const int[3]){last, silence(layer, "silence.less", -1), -1}, next);
    return frames;
}

static int add_weighted(const struct layer *layer, int in)
{
    enum se_activation activation = layer->arch->activation;
    int n = layer->arch->n_out;
    int out =
        product(layer, "", with_context(layer, in), 0,
                activation == SE_ACTIVATION_RELU6 ? SE_FLAT_RELU6
                                                  : SE_FLAT_NO_ACTIVATION);

    if (activation == SE_ACTIVATION_SIGMOID)
        return apply(layer->flat, SE_FLAT_LOGISTIC, n, out, -1);
    if (activation == SE_ACTIVATION_TANH)
        return apply(layer->flat, SE_FLAT_TANH, n, out, -1);
    return out;
}

/* Gates of our kernel: i, f, c, o. */
static int add_lstm(const struct layer *layer, int in)
{
    struct se_flat *flat = layer->flat;
    int n = layer->arch->n_out;
    int h = state(layer, "h", n), c = state(layer, "c", n);
    int next_h = next_state(layer, "h.next", n);
    int next_c = next_state(layer, "c.next", n);
    int both = apply(flat, SE_FLAT_CONCATENATION, layer->arch->n_in + n, in, h);
    static const char *const what[] = {".i", ".f", ".c", ".o"};
    int gate[4];

    for (int i = 0; i < 4; i++)
        gate[i] = apply(
            flat, i == 2 ? SE_FLAT_TANH : SE_FLAT_LOGISTIC, n,
            product(layer, what[i], both, i * n, SE_FLAT_NO_ACTIVATION), -1);

    int kept = apply(flat, SE_FLAT_MUL, n, gate[1], c);
    int added = apply(flat, SE_FLAT_MUL, n, gate[0], gate[2]);

    se_flat_apply(flat, SE_FLAT_ADD, n, (const int[3]){kept, added, -1},
                  next_c);
    se_flat_apply(
        flat, SE_FLAT_MUL, n,
        (const int[3]){gate[3], apply(flat, SE_FLAT_TANH, n, next_c, -1), -1},
        next_h);
    return next_h;
}

/* ---- the net ------------------------------------------------------------- */

static int constant(struct se_flat *flat, const char *name, float value)
{
    int number;
    float *values = se_flat_constant(flat, &number, name, 1, SE_BINS);

    for (int k = 0; values && k < SE_BINS; k++)
        values[k] = value;
    return number;
}

static void add_net(struct se_flat *flat, const struct se_model *model,
                    const float *silent_features)
{
    const struct se_arch *arch = &model->arch;
    struct layer layer = {.flat = flat, .silence = silent_features};
    int out = se_flat_value(flat, "features", arch->n_in, SE_FLAT_INPUT);
    int mask = se_flat_value(flat, "mask", SE_BINS, SE_FLAT_OUTPUT);

    for (int i = 0; i < arch->n_layers; i++) {
        layer.arch = &arch->layer[i];
        layer.number = i;
        layer.weights = se_export_weights(model, i);
        out = layer.arch->type == SE_LAYER_LSTM ? add_lstm(&layer, out)
                                                : add_weighted(&layer, out);
        layer.silence = NULL;
    }
    out = apply(flat, SE_FLAT_MUL, SE_BINS, out,
                constant(flat, "scalar_output", arch->scalar_output));
    out = apply(flat, SE_FLAT_MAXIMUM, SE_BINS, out,
                constant(flat, "number.0", 0.0f));
    se_flat_apply(flat, SE_FLAT_MINIMUM, SE_BINS,
                  (const int[3]){out, constant(flat, "number.1", 1.0f), -1},
                  mask);
}

int se_tflite_check(const struct se_model *model, struct se_report *report)
{
    return se_export_check(model, "TensorFlow Lite", report);
}

int se_tflite_write(const char *path, const struct se_model *model,
                    struct se_report *report)
{
    float silent_features[SE_MAX_FEATURES];
    struct se_flat *flat = NULL;
    int status = se_export_silence(silent_features, model, report);

    if (status != SE_OK)
        return status;
    flat = calloc(1, sizeof *flat);
    if (!flat)
        return se_fail_memory(report, path);
    add_net(flat, model, silent_features);
    status = se_flat_write(flat, path, report);
    se_flat_free(flat);
    free(flat);
    return status;
}
