/* arch.c - what a network description means: shapes, weights, work. */
#include "nn/arch.h"

#include <stdio.h>
#include <string.h>

const char *se_layer_type_name(enum se_layer_type type)
{
    static const char *const names[] = {"fc", "lstm", "conv1d"};

    return names[type];
}

const char *se_activation_name(enum se_activation activation)
{
    static const char *const names[] = {"relu6", "tanh", "sigmoid", "linear"};

    return names[activation];
}

int se_arch_outputs(const struct se_arch *arch)
{
    return arch->layer[arch->n_layers - 1].n_out;
}

int se_arch_stride(const struct se_arch *arch)
{
    int stride = 1;

    for (int i = 0; i < arch->n_layers; i++)
        stride *= arch->layer[i].stride;
    return stride;
}

/* "conv1d 72 kernel 6 stride 1 tanh" */
static void describe(char text[80], const struct se_layer_arch *layer)
{
    int n = snprintf(text, 80, "%s %d", se_layer_type_name(layer->type),
                     layer->n_out);

    if (layer->type == SE_LAYER_CONV1D)
        n += snprintf(text + n, 80 - (size_t)n, " kernel %d stride %d",
                      layer->kernel_size, layer->stride);
    snprintf(text + n, 80 - (size_t)n, " %s",
             se_activation_name(layer->activation));
}

int se_arch_expect(const struct se_arch *arch, const struct se_arch *expected,
                   const char *name, struct se_report *report)
{
    const struct {
        const char *key;
        double found, expected;
    } numbers[] = {
        {"input_neurons", arch->n_in, expected->n_in},
        {"the number of layers", arch->n_layers, expected->n_layers},
        {"scalar_output", (double)arch->scalar_output,
         (double)expected->scalar_output},
        {"len_filter", arch->len_filter, expected->len_filter},
        {"len_lookahead", arch->len_lookahead, expected->len_lookahead},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (numbers[i].found != numbers[i].expected)
            return se_fail(report, SE_ERR_FORMAT, "%s: %s is %g, expected %g",
                           name, numbers[i].key, numbers[i].found,
                           numbers[i].expected);
    }
    for (int i = 0; i < arch->n_layers; i++) {
        char found[80], other[80];

        describe(found, &arch->layer[i]);
        describe(other, &expected->layer[i]);
        if (strcmp(found, other) != 0)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: layer %d is %s, expected %s", name, i + 1,
                           found, other);
    }
    return SE_OK;
}

/* "name:line", or "name" without a line. */
static void place(char text[320], const char *name, int line)
{
    if (line > 0)
        snprintf(text, 320, "%.300s:%d", name, line);
    else
        snprintf(text, 320, "%.300s", name);
}

int se_arch_check_inputs(const struct se_arch *arch, const char *name,
                         const struct se_arch_inputs *expected,
                         struct se_report *report)
{
    char where[320], least[16] = "";

    if (arch->n_in >= expected->least && arch->n_in <= expected->most)
        return SE_OK;
    place(where, name, arch->input_line);
    if (expected->least < expected->most)
        snprintf(least, sizeof least, "%d..", expected->least);
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: input_neurons is %d, expected %s%d for %s features",
                   where, arch->n_in, least, expected->most, expected->what);
}

int se_arch_check_mask(const struct se_arch *arch, const char *name, int n_bins,
                       struct se_report *report)
{
    const int last = arch->n_layers - 1;
    const int n_taps = n_bins * arch->len_filter;
    char where[320];

    if (arch->layer[last].n_out != n_taps) {
        /* The original has such nets beside those that enhance. */
        const char *no_mask =
            arch->layer[last].n_out <= 16 && n_bins > 16
                ? "; a net of so few classifies (speech or none, a word), "
                  "there is no mask in it"
                : "";

        place(where, name, arch->layer_line[last]);
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: the last layer gives %d values, expected %d "
                       "(%d bins times len_filter %d)%s",
                       where, arch->layer[last].n_out, n_taps, n_bins,
                       arch->len_filter, no_mask);
    }
    return SE_OK;
}

/* The arrays of one layer in block order. */
static int layer_shapes(struct se_tensor shapes[3], const char *names[3],
                        const struct se_layer_arch *layer)
{
    const int columns =
        layer->type == SE_LAYER_LSTM ? 4 * layer->n_out : layer->n_out;
    int n = 0;

    names[n] = "kernel";
    shapes[n++] = (struct se_tensor){.rows = layer->kernel_size * layer->n_in,
                                     .columns = columns};
    if (layer->type == SE_LAYER_LSTM) {
        names[n] = "recurrent";
        shapes[n++] =
            (struct se_tensor){.rows = layer->n_out, .columns = columns};
    }
    names[n] = "bias";
    shapes[n++] =
        (struct se_tensor){.rows = 1, .columns = columns, .is_bias = 1};
    return n;
}

int se_arch_tensors(const struct se_arch *arch,
                    struct se_tensor tensors[SE_MAX_TENSORS])
{
    int64_t offset = 0;
    int n = 0;

    for (int i = 0; i < arch->n_layers; i++) {
        const char *names[3];
        int n_shapes = layer_shapes(tensors + n, names, &arch->layer[i]);

        for (int j = 0; j < n_shapes; j++, n++) {
            struct se_tensor *tensor = &tensors[n];

            tensor->layer = i;
            tensor->offset = offset;
            offset += (int64_t)tensor->rows * tensor->columns;
            snprintf(tensor->name, sizeof tensor->name, "layers.%d.%s.%s", i,
                     se_layer_type_name(arch->layer[i].type), names[j]);
        }
    }
    return n;
}

int64_t se_arch_parameters(const struct se_arch *arch)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n = se_arch_tensors(arch, tensors);

    if (n == 0)
        return 0;
    return tensors[n - 1].offset +
           (int64_t)tensors[n - 1].rows * tensors[n - 1].columns;
}

int64_t se_arch_layer_parameters(const struct se_arch *arch, int layer)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n_tensors = se_arch_tensors(arch, tensors);
    int64_t n = 0;

    for (int i = 0; i < n_tensors; i++)
        if (tensors[i].layer == layer)
            n += (int64_t)tensors[i].rows * tensors[i].columns;
    return n;
}

double se_arch_macs(const struct se_arch *arch)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n = se_arch_tensors(arch, tensors);
    double macs = 0;

    for (int i = 0; i < n; i++) {
        int stride = 1;

        if (tensors[i].is_bias)
            continue;
        for (int j = 0; j <= tensors[i].layer; j++)
            stride *= arch->layer[j].stride;
        macs += (double)tensors[i].rows * tensors[i].columns / stride;
    }
    return macs;
}
