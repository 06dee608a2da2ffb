/* net.c - the layers of a net in an ONNX graph. */
#include "export/net_private.h"

#include "export/weights_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 64 };

/* A layer on its way into the graph. */
struct layer {
    struct se_graph *graph;
    const struct se_layer_arch *arch;
    int number;
    struct se_export_weights weights;
    const char *silence; /* NULL: zeros stand before the first frame */
};

/* "layers.<i>.<what>" */
static const char *name_of(char name[NAME], const struct layer *layer,
                           const char *what)
{
    snprintf(name, NAME, "layers.%d.%s", layer->number, what);
    return name;
}

static void state(const struct layer *layer, const char *what,
                  struct se_shape shape)
{
    char name[NAME], next[NAME];

    name_of(name, layer, what);
    snprintf(next, sizeof next, "layers.%d.%s.next", layer->number, what);
    se_graph_input(layer->graph, name, shape);
    se_graph_output(layer->graph, next, shape);
}

static void activate(const struct layer *layer, const char *out, const char *in)
{
    static const char *const ops[] = {
        [SE_ACTIVATION_RELU6] = "Clip",
        [SE_ACTIVATION_TANH] = "Tanh",
        [SE_ACTIVATION_SIGMOID] = "Sigmoid",
        [SE_ACTIVATION_LINEAR] = "Identity",
    };
    struct se_node node = {
        .op = ops[layer->arch->activation], .in = {in}, .out = {out}};

    if (layer->arch->activation == SE_ACTIVATION_RELU6) {
        node.in[1] = "number.0";
        node.in[2] = "number.6";
    }
    se_graph_node(layer->graph, &node);
}

static void add_fc(const struct layer *layer, const char *out, const char *in)
{
    const struct se_layer_arch *arch = layer->arch;
    char kernel[NAME], bias[NAME], product[NAME], sum[NAME];

    se_graph_array(layer->graph, name_of(kernel, layer, "kernel"),
                   (struct se_shape){2, {arch->n_in, arch->n_out}},
                   layer->weights.kernel);
    se_graph_array(layer->graph, name_of(bias, layer, "bias"),
                   (struct se_shape){1, {arch->n_out}}, layer->weights.bias);
    se_graph_apply(layer->graph, name_of(product, layer, "product"), "MatMul",
                   in, kernel);
    se_graph_apply(layer->graph, name_of(sum, layer, "sum"), "Add", product,
                   bias);
    activate(layer, out, sum);
}

/* to[n_out][n_in][kernel_size] of our [kernel_size * n_in][n_out]. */
static void turn_conv1d(float *to, const struct layer *layer)
{
    const struct se_layer_arch *arch = layer->arch;

    for (int o = 0; o < arch->n_out; o++)
        for (int i = 0; i < arch->n_in; i++)
            for (int t = 0; t < arch->kernel_size; t++)
                *to++ =
                    layer->weights
                        .kernel[(size_t)(t * arch->n_in + i) * arch->n_out + o];
}

/* The frames with those before them, as a state that begins with zeros: what
 * stands in the state is less `silence`. */
static const char *with_context(char frames[NAME], const struct layer *layer,
                                const char *in)
{
    const struct se_layer_arch *arch = layer->arch;
    char context[NAME], before[NAME], last[NAME], next[NAME];
    const char *kept = name_of(context, layer, "context");

    if (arch->kernel_size == 1)
        return in;
    state(layer, "context",
          (struct se_shape){2, {arch->kernel_size - 1, arch->n_in}});
    name_of(next, layer, "context.next");
    if (layer->silence) {
        kept = name_of(before, layer, "before");
        se_graph_apply(layer->graph, before, "Add", context, layer->silence);
    }
    name_of(frames, layer, "frames");
    se_graph_join(layer->graph, frames, 0, (const char *const[3]){kept, in});
    name_of(last, layer, "last");
    se_graph_rows(layer->graph, layer->silence ? last : next, frames,
                  1 - arch->kernel_size, SE_GRAPH_END);
    if (layer->silence)
        se_graph_apply(layer->graph, next, "Sub", last, layer->silence);
    return frames;
}

static void transpose(const struct layer *layer, const char *out,
                      const char *in)
{
    se_graph_node(layer->graph,
                  &(struct se_node){.op = "Transpose",
                                    .in = {in},
                                    .out = {out},
                                    .attributes = {{"perm", 2, {1, 0}}}});
}

/* Conv works on [1, channels, time]. */
static int add_conv1d(const struct layer *layer, const char *out,
                      const char *in, struct se_report *report)
{
    const struct se_layer_arch *arch = layer->arch;
    size_t n = (size_t)arch->kernel_size * arch->n_in * arch->n_out;
    float *turned = malloc(n * sizeof *turned);
    char frames[NAME], kernel[NAME], bias[NAME], columns[NAME], batch[NAME],
        sums[NAME], flat[NAME], sum[NAME];

    if (!turned)
        return se_fail_memory(report, "a graph");
    turn_conv1d(turned, layer);
    se_graph_array(
        layer->graph, name_of(kernel, layer, "kernel"),
        (struct se_shape){3, {arch->n_out, arch->n_in, arch->kernel_size}},
        turned);
    free(turned);
    se_graph_array(layer->graph, name_of(bias, layer, "bias"),
                   (struct se_shape){1, {arch->n_out}}, layer->weights.bias);
    transpose(layer, name_of(columns, layer, "columns"),
              with_context(frames, layer, in));
    se_graph_apply(layer->graph, name_of(batch, layer, "batch"), "Unsqueeze",
                   columns, "axis.0");
    se_graph_node(layer->graph,
                  &(struct se_node){.op = "Conv",
                                    .in = {batch, kernel, bias},
                                    .out = {name_of(sums, layer, "sums")}});
    se_graph_apply(layer->graph, name_of(flat, layer, "flat"), "Squeeze", sums,
                   "axis.0");
    transpose(layer, name_of(sum, layer, "sum"), flat);
    activate(layer, out, sum);
    return SE_OK;
}

/* to[4 n_out][rows] of our [rows][4 n_out]: gates i, o, f, c of i, f, c, o. */
static void turn_gates(float *to, const float *from, int rows, int n_out)
{
    static const int order[] = {0, 3, 1, 2};

    for (int gate = 0; gate < 4; gate++)
        for (int o = 0; o < n_out; o++)
            for (int i = 0; i < rows; i++)
                *to++ = from[(size_t)i * 4 * n_out + order[gate] * n_out + o];
}

static int add_gates(const struct layer *layer, struct se_report *report)
{
    int n_in = layer->arch->n_in, n = layer->arch->n_out;
    size_t widest = (size_t)(n_in > n ? n_in : n) + 2;
    float *turned = calloc(4 * widest * (size_t)n, sizeof *turned);
    char name[NAME];

    if (!turned)
        return se_fail_memory(report, "a graph");
    turn_gates(turned, layer->weights.kernel, n_in, n);
    se_graph_array(layer->graph, name_of(name, layer, "kernel"),
                   (struct se_shape){3, {1, 4 * n, n_in}}, turned);
    turn_gates(turned, layer->weights.recurrent, n, n);
    se_graph_array(layer->graph, name_of(name, layer, "recurrent"),
                   (struct se_shape){3, {1, 4 * n, n}}, turned);
    /* Of the two biases, the second is zero. */
    memset(turned, 0, 8 * (size_t)n * sizeof *turned);
    turn_gates(turned, layer->weights.bias, 1, n);
    se_graph_array(layer->graph, name_of(name, layer, "bias"),
                   (struct se_shape){2, {1, 8 * n}}, turned);
    free(turned);
    return SE_OK;
}

/* LSTM works on [time, batch, inputs] and gives [time, direction, batch,
 * units]. */
static int add_lstm(const struct layer *layer, const char *out, const char *in,
                    struct se_report *report)
{
    const int n = layer->arch->n_out;
    const struct se_shape shape = {3, {1, 1, n}};
    char kernel[NAME], recurrent[NAME], bias[NAME], h[NAME], c[NAME],
        next_h[NAME], next_c[NAME], batch[NAME], y[NAME];

    state(layer, "h", shape);
    state(layer, "c", shape);
    se_graph_apply(layer->graph, name_of(batch, layer, "batch"), "Unsqueeze",
                   in, "axis.1");
    se_graph_node(
        layer->graph,
        &(struct se_node){
            .op = "LSTM",
            .in = {batch, name_of(kernel, layer, "kernel"),
                   name_of(recurrent, layer, "recurrent"),
                   name_of(bias, layer, "bias"), "", name_of(h, layer, "h"),
                   name_of(c, layer, "c")},
            .out = {name_of(y, layer, "y"), name_of(next_h, layer, "h.next"),
                    name_of(next_c, layer, "c.next")},
            .attributes = {{"hidden_size", 0, {n}}}});
    se_graph_apply(layer->graph, out, "Squeeze", y, "axis.1.2");
    return add_gates(layer, report);
}

static void add_constants(struct se_graph *graph, float scalar_output)
{
    const int64_t axes[] = {0, 1, 2};

    se_graph_number(graph, "number.0", 0.0f);
    se_graph_number(graph, "number.1", 1.0f);
    se_graph_number(graph, "number.6", 6.0f);
    se_graph_number(graph, "scalar_output", scalar_output);
    se_graph_integers(graph, "axis.0", 1, axes);
    se_graph_integers(graph, "axis.1", 1, axes + 1);
    se_graph_integers(graph, "axis.1.2", 2, axes + 1);
}

/* "silence": the features of a silent frame, which stand before the first. */
static int add_silence(struct se_graph *graph, const struct se_model *model,
                       struct se_report *report)
{
    float x[SE_MAX_FEATURES];
    int status = se_export_silence(x, model, report);

    if (status == SE_OK)
        se_graph_array(graph, "silence",
                       (struct se_shape){1, {model->arch.n_in}}, x);
    return status;
}

static int add_layer(const struct layer *layer, const char *out, const char *in,
                     struct se_report *report)
{
    switch (layer->arch->type) {
    case SE_LAYER_CONV1D:
        return add_conv1d(layer, out, in, report);
    case SE_LAYER_LSTM:
        return add_lstm(layer, out, in, report);
    case SE_LAYER_FC:
        break;
    }
    add_fc(layer, out, in);
    return SE_OK;
}

int se_export_net(struct se_graph *graph, const struct se_model *model,
                  struct se_report *report)
{
    struct layer layer = {.graph = graph, .silence = "silence"};
    char names[2][NAME] = {"features"};
    int status = add_silence(graph, model, report);

    add_constants(graph, model->arch.scalar_output);
    for (int i = 0; i < model->arch.n_layers && status == SE_OK; i++) {
        layer.arch = &model->arch.layer[i];
        layer.number = i;
        layer.weights = se_export_weights(model, i);
        status = add_layer(&layer, name_of(names[(i + 1) % 2], &layer, "out"),
                           names[i % 2], report);
        layer.silence = NULL;
    }
    se_graph_apply(graph, "scaled", "Mul", names[model->arch.n_layers % 2],
                   "scalar_output");
    se_graph_node(graph,
                  &(struct se_node){.op = "Clip",
                                    .in = {"scaled", "number.0", "number.1"},
                                    .out = {"mask"}});
    se_graph_output(graph, "mask",
                    (struct se_shape){2, {SE_GRAPH_FRAMES, SE_BINS}});
    return status;
}

void se_export_metadata(struct se_graph *graph, const struct se_model *model)
{
    char text[4096];

    se_arch_format(text, sizeof text, &model->arch);
    se_graph_metadata(graph, "nn_arch", text);
    se_graph_metadata(graph, "feat_type", se_feat_type_name(model->feat_type));
    snprintf(text, sizeof text, "%d", SE_RATE_HZ);
    se_graph_metadata(graph, "rate_hz", text);
    snprintf(text, sizeof text, "%d", model->epoch);
    se_graph_metadata(graph, "epoch", text);
}
