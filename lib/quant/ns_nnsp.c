/* ns_nnsp.c - what ns-nnsp.a can hold, and weights in its numbers and order. */
#include "quant/ns_nnsp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_CONTEXT = 6, /* frames that its first layer sees */
    MAX_WIDTH = 480,
    KERNEL_BITS = 8,
    BIAS_BITS = 16,
    GROUP = 4, /* rows that its kernels compute together */
    N_GATES = 4,
};

/* ---- what the library can hold ------------------------------------------- */

static int check_layer(const struct se_arch *arch, int i,
                       struct se_report *report)
{
    const struct se_layer_arch *layer = &arch->layer[i];
    const char *type = se_layer_type_name(layer->type);
    const int n_in = layer->n_in * layer->kernel_size;

    if ((layer->type == SE_LAYER_CONV1D) != (i == 0))
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: layer %d is %s, expected a conv1d first and "
                       "nowhere else",
                       i + 1, type);
    if (i == 0 && layer->kernel_size != N_CONTEXT)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: layer 1 has kernel_size %d, expected %d",
                       layer->kernel_size, N_CONTEXT);
    if (n_in > MAX_WIDTH || layer->n_out > MAX_WIDTH)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: layer %d (%s) has %d inputs and %d outputs, "
                       "expected at most %d",
                       i + 1, type, n_in, layer->n_out, MAX_WIDTH);
    if (layer->type == SE_LAYER_LSTM && layer->n_in != layer->n_out)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: layer %d (lstm) has %d inputs and %d units, "
                       "expected as many",
                       i + 1, layer->n_in, layer->n_out);
    if (layer->activation == SE_ACTIVATION_LINEAR)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: layer %d (%s) is linear, expected tanh, "
                       "sigmoid or relu6",
                       i + 1, type);
    return SE_OK;
}

static int check_output(const struct se_arch *arch, struct se_report *report)
{
    const int last = arch->n_layers - 1;
    const struct se_layer_arch *layer = &arch->layer[last];

    if (layer->type == SE_LAYER_LSTM ||
        layer->activation != SE_ACTIVATION_SIGMOID)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: layer %d, the last, is %s %s, expected fc "
                       "sigmoid",
                       last + 1, se_layer_type_name(layer->type),
                       se_activation_name(layer->activation));
    if (arch->scalar_output != 1.0f || arch->len_filter != 1)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: scalar_output %g and len_filter %d, expected "
                       "1 and 1",
                       (double)arch->scalar_output, arch->len_filter);
    if (arch->len_lookahead != 0)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: len_lookahead %d, expected 0: it applies the "
                       "mask to the newest frame",
                       arch->len_lookahead);
    return SE_OK;
}

static float largest(const float *x, int64_t n)
{
    float max = 0;

    for (int64_t i = 0; i < n; i++)
        max = fmaxf(max, fabsf(x[i]));
    return max;
}

static int check_weights(const struct se_model *model, struct se_report *report)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n = se_arch_tensors(&model->arch, tensors);

    for (int i = 0; i < n; i++) {
        const struct se_tensor *tensor = &tensors[i];
        const float limit =
            ldexpf(1, (tensor->is_bias ? BIAS_BITS : KERNEL_BITS) - 1);
        const float max = largest(model->parameters + tensor->offset,
                                  (int64_t)tensor->rows * tensor->columns);

        if (max >= limit)
            return se_fail(report, SE_ERR_ARG,
                           "ns-nnsp: %s has a weight of %g, expected less than "
                           "%g",
                           tensor->name, (double)max, (double)limit);
    }
    return SE_OK;
}

static int check(const struct se_model *model, struct se_report *report)
{
    const struct se_arch *arch = &model->arch;
    int status = SE_OK;

    if (model->feat_type != SE_FEAT_MEL ||
        (arch->n_in != 72 && arch->n_in != 40))
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: %d %s features, expected 72 or 40 mel",
                       arch->n_in, se_feat_type_name(model->feat_type));
    if (arch->n_layers > SE_NS_NNSP_MAX_LAYERS)
        return se_fail(report, SE_ERR_ARG,
                       "ns-nnsp: %d layers, expected at most %d",
                       arch->n_layers, SE_NS_NNSP_MAX_LAYERS);
    for (int i = 0; i < arch->n_layers && status == SE_OK; i++)
        status = check_layer(arch, i, report);
    if (status == SE_OK)
        status = check_output(arch, report);
    if (status == SE_OK)
        status = check_weights(model, report);
    return status;
}

int se_ns_nnsp_check(const struct se_model *model, struct se_report *report)
{
    struct se_report reason;
    int status = check(model, &reason);

    return status == SE_OK ? SE_OK
                           : se_model_fail(model, status, &reason, report);
}

/* ---- scales -------------------------------------------------------------- */

/* Fractional bits of x[n] in integers of `bits`, but at most `limit`. */
static int choose(const float *x, int64_t n, int bits, int limit)
{
    int exponent, fraction_bits;
    const float max = largest(x, n);

    /* max = m 2^exponent, 1/2 <= m < 1; ceil(log2) differs at m = 1/2. */
    if (frexpf(max, &exponent) == 0.5f)
        exponent--;
    fraction_bits = bits - 1 - (max > 1 ? exponent : 0);
    for (int64_t i = 0; i < n; i++)
        if (ldexpf(x[i], fraction_bits) >= ldexpf(1, bits - 1))
            return fraction_bits - 1 < limit ? fraction_bits - 1 : limit;
    return fraction_bits < limit ? fraction_bits : limit;
}

void se_ns_nnsp_choose_bits(struct se_ns_nnsp_bits *bits,
                            const struct se_model *model)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n = se_arch_tensors(&model->arch, tensors);

    for (int i = 0; i < SE_NS_NNSP_MAX_LAYERS; i++) {
        bits->kernel[i] = KERNEL_BITS - 1;
        bits->bias[i] = BIAS_BITS - 1;
    }
    for (int i = 0; i < n; i++) {
        const struct se_tensor *tensor = &tensors[i];
        int *place = tensor->is_bias ? &bits->bias[tensor->layer]
                                     : &bits->kernel[tensor->layer];

        *place = choose(model->parameters + tensor->offset,
                        (int64_t)tensor->rows * tensor->columns,
                        tensor->is_bias ? BIAS_BITS : KERNEL_BITS, *place);
    }
}

/* ---- integers in the library's order ------------------------------------- */

static int quantise(float x, int fraction_bits, int bits)
{
    const double limit = ldexp(1, bits - 1);
    double steps = floor(ldexp((double)x, fraction_bits) + 0.5);

    steps = fmin(steps, limit - 1);
    return (int)fmax(steps, -limit);
}

/* A Keras kernel [n_in][n_columns], whose columns are the library's rows. */
struct matrix {
    const float *kernel;
    int n_in, n_columns, fraction_bits;
};

static int8_t *put_weight(int8_t *out, const struct matrix *matrix, int row,
                          int column)
{
    const float x = matrix->kernel[(int64_t)column * matrix->n_columns + row];

    *out = (int8_t)quantise(x, matrix->fraction_bits, KERNEL_BITS);
    return out + 1;
}

/* Rows first .. first + n - 1, n <= GROUP: by pairs of columns, and of rows
 * within; what is odd comes last. */
static int8_t *put_group(int8_t *out, const struct matrix *matrix, int first,
                         int n)
{
    int column = 0;

    for (; column + 1 < matrix->n_in; column += 2) {
        for (int row = first; row < first + n; row += 2) {
            const int n_rows = row + 1 < first + n ? 2 : 1;

            for (int i = 0; i < 2 * n_rows; i++)
                out = put_weight(out, matrix, row + i % n_rows,
                                 column + i / n_rows);
        }
    }
    if (column < matrix->n_in)
        for (int row = first; row < first + n; row++)
            out = put_weight(out, matrix, row, column);
    return out;
}

/* Keras's gates i, f, c, o in the library's order. */
static const int gate_order[N_GATES] = {0, 2, 1, 3};

/* All rows in groups, those of the gates one after another in each. */
static void put_kernel(int8_t *out, const struct matrix *matrix, int n_units)
{
    const int n_gates = matrix->n_columns / n_units;

    for (int unit = 0; unit < n_units; unit += GROUP) {
        const int n = n_units - unit < GROUP ? n_units - unit : GROUP;

        for (int i = 0; i < n_gates; i++) {
            const int gate = n_gates > 1 ? gate_order[i] : 0;

            out = put_group(out, matrix, gate * n_units + unit, n);
        }
    }
}

static void put_bias(int16_t *out, const float *bias, int n_units, int n_gates,
                     int fraction_bits)
{
    for (int unit = 0; unit < n_units; unit += GROUP) {
        const int n = n_units - unit < GROUP ? n_units - unit : GROUP;

        for (int i = 0; i < n_gates * n; i++) {
            const int gate = n_gates > 1 ? gate_order[i / n] : 0;

            *out++ = (int16_t)quantise(bias[gate * n_units + unit + i % n],
                                       fraction_bits, BIAS_BITS);
        }
    }
}

static int8_t *pack_kernel(const struct se_model *model,
                           const struct se_tensor *tensor, int fraction_bits)
{
    const struct matrix matrix = {model->parameters + tensor->offset,
                                  tensor->rows, tensor->columns, fraction_bits};
    int8_t *packed = malloc((size_t)tensor->rows * (size_t)tensor->columns);

    if (packed)
        put_kernel(packed, &matrix, model->arch.layer[tensor->layer].n_out);
    return packed;
}

static int16_t *pack_bias(const struct se_model *model,
                          const struct se_tensor *tensor, int fraction_bits)
{
    const int n_units = model->arch.layer[tensor->layer].n_out;
    int16_t *packed = malloc((size_t)tensor->columns * sizeof *packed);

    if (packed)
        put_bias(packed, model->parameters + tensor->offset, n_units,
                 tensor->columns / n_units, fraction_bits);
    return packed;
}

int se_ns_nnsp_pack(struct se_ns_nnsp_layer *packed,
                    const struct se_model *model, int layer,
                    const struct se_ns_nnsp_bits *bits,
                    struct se_report *report)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n = se_arch_tensors(&model->arch, tensors);
    int complete = 1;

    *packed = (struct se_ns_nnsp_layer){0};
    for (int i = 0; i < n; i++) {
        const struct se_tensor *tensor = &tensors[i];

        if (tensor->layer != layer)
            continue;
        if (tensor->is_bias) {
            packed->n_bias = tensor->columns;
            packed->bias = pack_bias(model, tensor, bits->bias[layer]);
            complete &= packed->bias != NULL;
        } else {
            int8_t **kernel =
                packed->kernel ? &packed->recurrent : &packed->kernel;

            packed->n_kernel = tensor->rows * tensor->columns;
            *kernel = pack_kernel(model, tensor, bits->kernel[layer]);
            complete &= *kernel != NULL;
        }
    }
    if (complete)
        return SE_OK;
    se_ns_nnsp_layer_free(packed);
    return se_fail_memory(report, "the tables of ns-nnsp");
}

void se_ns_nnsp_layer_free(struct se_ns_nnsp_layer *packed)
{
    free(packed->kernel);
    free(packed->recurrent);
    free(packed->bias);
    *packed = (struct se_ns_nnsp_layer){0};
}
