/* quantise.c - scales, rounding and packing of weights. */
#include "quant/quantise.h"

#include "dsp/stft.h"
#include "quant/features_private.h"
#include "quant/row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    Q_FEATURE = 8,        /* of what the net is given */
    Q_UNIT = 15,          /* of tanh, sigmoid and lstm */
    Q_HIDDEN_LINEAR = 11, /* -16 .. 16 where nothing is known */
    Q_TAP_HEADROOM = 3,   /* bits for taps beyond the range of a mask */
    MAX_SHIFT = 31,
};

/* The runtime stands alone and has frames of its own. */
_Static_assert(SE_HOP == (int)NNSP_HOP && SE_WINDOW == (int)NNSP_WINDOW &&
                   SE_FFT == (int)NNSP_FFT && SE_BINS == (int)NNSP_BINS,
               "frames of the runtime are those of lib/dsp");

/* One kernel of a layer on its way into integers. */
struct matrix {
    const struct se_layer_arch *arch;
    const char *name; /* for messages */
    int layer;
    const float *weights; /* [columns][rows] */
    const float *bias;    /* [rows] or NULL */
    int rows, columns;
    int q_in, q_sum;            /* of the input and of the sum */
    const float *mean, *square; /* of the inputs, [n_node]; or NULL */
    int n_node;                 /* inputs repeat: column % n_node */

    int8_t *packed;
    int32_t *packed_bias; /* NULL without bias */
    uint8_t *shift;
    float *row, *importance; /* [columns], scratch */
    int8_t *steps;           /* [columns], scratch */
};

static int pad(int n, int multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

static int n_rows(const struct nnsp_layer *layer)
{
    return layer->type == NNSP_LSTM ? 4 * layer->n_out : layer->n_out;
}

int se_quant_rows(const struct nnsp_layer *layer)
{
    return pad(n_rows(layer), 4);
}

int64_t se_quant_kernel_bytes(const struct nnsp_layer *layer)
{
    return (int64_t)se_quant_rows(layer) *
           pad(layer->kernel_size * layer->n_in, 8);
}

int64_t se_quant_recurrent_bytes(const struct nnsp_layer *layer)
{
    return layer->type == NNSP_LSTM
               ? (int64_t)se_quant_rows(layer) * pad(layer->n_out, 8)
               : 0;
}

/* Where a weight lies in its packed form (nnsp.h). */
static int64_t place(int row, int column, int columns)
{
    int64_t group = (int64_t)(row / 4) * 4 * pad(columns, 8);

    return group + column / 2 * 8 + row % 4 / 2 * 4 + column % 2 * 2 + row % 2;
}

int se_quant_weight(const int8_t *packed, int row, int column, int columns)
{
    int64_t at = place(row, column, columns);

    return packed[at] + (row % 2 == 1 && packed[at - 1] < 0);
}

/* The column of the float kernel that holds row `row`: Keras has an lstm's
 * gates one after the other, the runtime has them unit by unit. */
static int keras_column(const struct matrix *m, int row)
{
    if (m->arch->type != SE_LAYER_LSTM)
        return row;
    return row % 4 * m->arch->n_out + row / 4;
}

static void pick_row(struct matrix *m, int row)
{
    int column = keras_column(m, row);

    for (int c = 0; c < m->columns; c++)
        m->row[c] = m->weights[(int64_t)c * m->rows + column];
}

/* The bias at the scale of the sums, with what turns the runtime's floors into
 * rounding; not yet saturated. */
static double bias_steps(const struct matrix *m, int row, int scale_log2)
{
    int shift = m->q_in + scale_log2 - m->q_sum;
    int n_floors = m->arch->type == SE_LAYER_LSTM ? 2 : 1;
    double bias;

    if (!m->bias)
        return 0.0;
    bias = (double)m->bias[keras_column(m, row)];
    for (int c = 0; c < m->columns && m->mean; c++)
        bias += ((double)m->row[c] - ldexp(m->steps[c], -scale_log2)) *
                (double)m->mean[c % m->n_node];
    return floor(ldexp(bias, m->q_in + scale_log2) + 0.5) +
           n_floors * (double)((1u << shift) >> 1);
}

/* Whether no input can bring the row's sum out of 32 bits (nnsp.h). */
static int in_range(const struct matrix *m, double bias)
{
    double sum = 0.0;

    for (int c = 0; c < m->columns; c++)
        sum += abs(m->steps[c]);
    return 32768.0 * sum + fabs(bias) < 0x1p31;
}

static int refuse_row(const struct matrix *m, int row, int min_log2,
                      int n_saturated, struct se_report *report)
{
    const char *type = se_layer_type_name(m->arch->type);
    const int output = m->arch->type == SE_LAYER_LSTM ? row / 4 : row;
    float largest = 0.0f;

    if (n_saturated == 0 && in_range(m, 0.0))
        return se_fail(report, SE_ERR_ARG,
                       "layer %d (%s), bias of output %d: %g does not fit a "
                       "32-bit sum, expected less than %g",
                       m->layer + 1, type, output,
                       (double)m->bias[keras_column(m, row)],
                       ldexp(0x1p31, -m->q_in - min_log2));
    for (int c = 0; c < m->columns; c++)
        largest = fmaxf(largest, fabsf(m->row[c]));
    return se_fail(report, SE_ERR_ARG,
                   "layer %d (%s), %s of output %d: weights up to %g do not "
                   "fit 8 bits and a 32-bit sum, expected at most %g",
                   m->layer + 1, type, m->name, output, (double)largest,
                   ldexp(127.0, -min_log2));
}

/* Finer scales are tried as long as sums stay in range; the coarsest one must
 * hold all weights. */
static int quantise_row(struct matrix *m, struct se_quant_layer *about, int row,
                        struct se_report *report)
{
    int min_shift = m->arch->type == SE_LAYER_LSTM ? 1 : 0;
    int min_log2 = m->q_sum - m->q_in + min_shift;
    int max_log2 = min_log2 - min_shift + MAX_SHIFT;
    const struct se_weight_row weights = {m->columns, m->row,
                                          m->square ? m->importance : NULL};
    struct se_quant_row best;
    double bias;

    pick_row(m, row);
    do {
        best = se_quant_row(m->steps, &weights, min_log2, max_log2);
        bias = bias_steps(m, row, best.scale_log2);
        max_log2 = best.scale_log2 - 1;
    } while (!in_range(m, bias) && max_log2 >= min_log2);
    if (!in_range(m, bias) ||
        (best.scale_log2 == min_log2 && best.n_saturated > 0))
        return refuse_row(m, row, min_log2, best.n_saturated, report);

    for (int c = 0; c < m->columns; c++)
        m->packed[place(row, c, m->columns)] = m->steps[c];
    m->shift[row] = (uint8_t)(m->q_in + best.scale_log2 - m->q_sum);
    if (m->packed_bias)
        m->packed_bias[row] = (int32_t)bias;
    if (about->n_weights == 0 || best.scale_log2 < about->min_scale_log2)
        about->min_scale_log2 = best.scale_log2;
    if (about->n_weights == 0 || best.scale_log2 > about->max_scale_log2)
        about->max_scale_log2 = best.scale_log2;
    about->n_weights += m->columns;
    about->n_saturated += best.n_saturated;
    return SE_OK;
}

/* Another sound may have what this one lacks: no input counts less than a
 * hundredth of the average. */
static void weigh_inputs(struct matrix *m)
{
    float sum = 0.0f;

    for (int i = 0; i < m->n_node; i++)
        sum += m->square[i];
    for (int c = 0; c < m->columns; c++)
        m->importance[c] =
            m->square[c % m->n_node] + 0.01f * sum / (float)m->n_node + 1e-9f;
}

/* An even row and the odd one below it become lanes (nnsp.h): where the even
 * weight is negative, its sign takes 1 from the odd one's byte. */
static void borrow(const struct matrix *m)
{
    int64_t n_bytes = (int64_t)pad(m->rows, 4) * pad(m->columns, 8);

    for (int64_t i = 0; i < n_bytes; i += 2)
        m->packed[i + 1] = (int8_t)(m->packed[i + 1] - (m->packed[i] < 0));
}

static int quantise_matrix(struct matrix *m, struct se_quant_layer *about,
                           struct se_report *report)
{
    size_t n = (size_t)m->columns;
    int status = SE_OK;

    m->row = malloc(n * sizeof *m->row);
    m->importance = malloc(n * sizeof *m->importance);
    m->steps = malloc(n);
    if (!m->row || !m->importance || !m->steps)
        status = se_fail_memory(report, "a row of weights");
    if (m->square && status == SE_OK)
        weigh_inputs(m);
    for (int r = 0; r < m->rows && status == SE_OK; r++)
        status = quantise_row(m, about, r, report);
    borrow(m);
    free(m->row);
    free(m->importance);
    free(m->steps);
    return status;
}

/* A linear last layer is as fine as its mask needs; taps of a filter may be
 * larger than the mask that they add up to. */
int se_quant_output_q(const struct se_arch *arch, int i)
{
    const struct se_layer_arch *layer = &arch->layer[i < 0 ? 0 : i];
    int q;

    if (i < 0)
        return Q_FEATURE;
    if (layer->type == SE_LAYER_LSTM)
        return Q_UNIT;
    if (layer->activation == SE_ACTIVATION_RELU6)
        return SE_QUANT_SUM_Q;
    if (layer->activation != SE_ACTIVATION_LINEAR)
        return Q_UNIT;
    if (i < arch->n_layers - 1)
        return Q_HIDDEN_LINEAR;
    q = Q_UNIT + (int)floor(log2(fmax((double)arch->scalar_output, 1e-9)));
    if (arch->len_filter > 1)
        q -= Q_TAP_HEADROOM;
    return q < 0 ? 0 : q > Q_UNIT ? Q_UNIT : q;
}

static int allocate(struct nnsp_layer *layer, struct se_report *report)
{
    size_t rows = (size_t)se_quant_rows(layer);
    size_t recurrent = (size_t)se_quant_recurrent_bytes(layer);

    layer->kernel = calloc(1, (size_t)se_quant_kernel_bytes(layer));
    layer->bias = calloc(rows, sizeof *layer->bias);
    layer->shift = calloc(rows, 1);
    if (recurrent > 0) {
        layer->recurrent = calloc(1, recurrent);
        layer->recurrent_shift = calloc(rows, 1);
    }
    if (!layer->kernel || !layer->bias || !layer->shift ||
        (recurrent > 0 && (!layer->recurrent || !layer->recurrent_shift)))
        return se_fail_memory(report, "the integer net");
    return SE_OK;
}

static int check_layer(const struct se_layer_arch *arch, int i,
                       struct se_report *report)
{
    if (arch->kernel_size > UINT8_MAX || arch->stride > UINT8_MAX)
        return se_fail(report, SE_ERR_ARG,
                       "layer %d (conv1d): kernel_size %d and strides %d, "
                       "expected at most %d for the integer runtime",
                       i + 1, arch->kernel_size, arch->stride, UINT8_MAX);
    if (arch->n_in > NNSP_MAX_WIDTH || arch->n_out > NNSP_MAX_WIDTH)
        return se_fail(report, SE_ERR_ARG,
                       "layer %d: %d inputs and %d outputs, expected at most "
                       "%d for the integer runtime",
                       i + 1, arch->n_in, arch->n_out, NNSP_MAX_WIDTH);
    return SE_OK;
}

static struct nnsp_layer describe(const struct se_layer_arch *arch)
{
    static const uint8_t types[] = {
        [SE_LAYER_FC] = NNSP_FC,
        [SE_LAYER_LSTM] = NNSP_LSTM,
        [SE_LAYER_CONV1D] = NNSP_CONV1D,
    };
    static const uint8_t activations[] = {
        [SE_ACTIVATION_RELU6] = NNSP_RELU6,
        [SE_ACTIVATION_TANH] = NNSP_TANH,
        [SE_ACTIVATION_SIGMOID] = NNSP_SIGMOID,
        [SE_ACTIVATION_LINEAR] = NNSP_LINEAR,
    };

    return (struct nnsp_layer){
        .type = types[arch->type],
        .activation = arch->type == SE_LAYER_LSTM
                          ? NNSP_TANH
                          : activations[arch->activation],
        .n_in = (uint16_t)arch->n_in,
        .n_out = (uint16_t)arch->n_out,
        .kernel_size = (uint8_t)arch->kernel_size,
        .stride = (uint8_t)arch->stride,
    };
}

/* The kernel of layer i, its bias with it. */
static struct matrix kernel_of(const struct se_model *model, int i,
                               const struct nnsp_layer *layer,
                               const struct se_moments *moments)
{
    const struct se_layer_arch *arch = &model->arch.layer[i];
    int is_linear = layer->activation == NNSP_LINEAR;

    return (struct matrix){
        .arch = arch,
        .name = "kernel",
        .layer = i,
        .rows = n_rows(layer),
        .columns = arch->kernel_size * arch->n_in,
        .q_in = se_quant_output_q(&model->arch, i - 1),
        .q_sum =
            is_linear ? se_quant_output_q(&model->arch, i) : SE_QUANT_SUM_Q,
        .mean = moments ? moments->mean[i] : NULL,
        .square = moments ? moments->square[i] : NULL,
        .n_node = arch->n_in,
        .packed = (int8_t *)layer->kernel,
        .packed_bias = (int32_t *)layer->bias,
        .shift = (uint8_t *)layer->shift,
    };
}

/* The recurrent kernel; its inputs are the layer's own outputs. */
static struct matrix recurrent_of(const struct se_model *model, int i,
                                  const struct nnsp_layer *layer,
                                  const struct se_moments *moments)
{
    struct matrix m = kernel_of(model, i, layer, moments);

    m.name = "recurrent kernel";
    m.columns = m.n_node = m.arch->n_out;
    m.q_in = Q_UNIT;
    m.mean = moments ? moments->mean[i + 1] : NULL;
    m.square = moments ? moments->square[i + 1] : NULL;
    m.packed = (int8_t *)layer->recurrent;
    m.packed_bias = NULL;
    m.shift = (uint8_t *)layer->recurrent_shift;
    return m;
}

static int quantise_layer(struct se_quant_net *net,
                          const struct se_model *model, int i,
                          const struct se_moments *moments,
                          struct se_report *report)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct nnsp_layer *layer = &net->layer[i];
    int t = 0, status = check_layer(&model->arch.layer[i], i, report);

    if (status != SE_OK)
        return status;
    *layer = describe(&model->arch.layer[i]);
    status = allocate(layer, report);
    if (status != SE_OK)
        return status;

    struct matrix kernel = kernel_of(model, i, layer, moments);
    struct matrix recurrent = recurrent_of(model, i, layer, moments);

    se_arch_tensors(&model->arch, tensors);
    while (tensors[t].layer != i)
        t++;
    kernel.weights = model->parameters + tensors[t++].offset;
    if (layer->recurrent)
        recurrent.weights = model->parameters + tensors[t++].offset;
    kernel.bias = model->parameters + tensors[t].offset;
    status = quantise_matrix(&kernel, &net->about[i], report);
    if (status == SE_OK && layer->recurrent)
        status = quantise_matrix(&recurrent, &net->about[i], report);
    return status;
}

/* From the outputs of the last layer to a mask in Q15, as a Q12 number. */
static int find_mask_gain(struct se_quant_net *net, const struct se_arch *arch,
                          struct se_report *report)
{
    int q = se_quant_output_q(arch, arch->n_layers - 1);
    double gain = ldexp((double)arch->scalar_output, Q_UNIT - q + 12);

    if (!(gain >= 1.0 && gain <= 65535.0))
        return se_fail(report, SE_ERR_ARG,
                       "scalar_output %g: expected %g to %g for the integer "
                       "runtime",
                       (double)arch->scalar_output, ldexp(1.0, q - Q_UNIT - 12),
                       ldexp(65535.0, q - Q_UNIT - 12));
    net->net.mask_gain = (int32_t)floor(gain + 0.5);
    return SE_OK;
}

/* The runtime has the last word. */
static int try_net(struct se_quant_net *net, struct se_report *report)
{
    static const char *const reasons[] = {
        [-NNSP_ERR_NET] = "a shape or shift it does not know",
        [-NNSP_ERR_RANGE] = "a sum could leave 32 bits",
        [-NNSP_ERR_MEMORY] = "memory",
        [-NNSP_ERR_BANDS] = "feature statistics beyond -128..128",
    };
    struct nnsp nnsp;
    void *memory;
    int answer;

    net->memory_bytes = nnsp_memory_bytes(&net->net);
    memory = malloc(net->memory_bytes + 1);
    if (!memory)
        return se_fail_memory(report, "the integer net");
    answer = nnsp_init(&nnsp, &net->net, memory, net->memory_bytes);
    free(memory);
    if (answer != NNSP_OK)
        return se_fail(report, SE_ERR_ARG,
                       "the integer runtime cannot hold the net: %s",
                       reasons[-answer]);
    return SE_OK;
}

static int fill(struct se_quant_net *net, const struct se_model *model,
                const struct se_moments *moments, struct se_report *report)
{
    const struct se_arch *arch = &model->arch;
    int status;

    net->net.layers = net->layer;
    net->net.n_layers = (uint16_t)arch->n_layers;
    net->net.n_taps = (uint8_t)arch->len_filter;
    net->net.lookahead = (uint8_t)arch->len_lookahead;
    status = se_quant_features(&net->net, model, report);
    for (int i = 0; i < arch->n_layers && status == SE_OK; i++)
        status = quantise_layer(net, model, i, moments, report);
    if (status == SE_OK)
        status = find_mask_gain(net, arch, report);
    return status == SE_OK ? try_net(net, report) : status;
}

int se_quantise(struct se_quant_net **out, const struct se_model *model,
                const struct se_moments *moments, struct se_report *report)
{
    struct se_quant_net *net = calloc(1, sizeof *net);
    struct se_report reason;
    int status;

    *out = NULL;
    if (!net)
        return se_fail_memory(report, "the integer net");
    status = fill(net, model, moments, &reason);
    if (status == SE_OK) {
        *out = net;
        return SE_OK;
    }
    se_quant_net_free(net);
    return se_model_fail(model, status, &reason, report);
}

void se_quant_net_free(struct se_quant_net *net)
{
    if (!net)
        return;
    for (int i = 0; i < SE_MAX_LAYERS; i++) {
        free((void *)net->layer[i].kernel);
        free((void *)net->layer[i].recurrent);
        free((void *)net->layer[i].bias);
        free((void *)net->layer[i].shift);
        free((void *)net->layer[i].recurrent_shift);
    }
    se_quant_features_free(&net->net);
    free(net);
}
