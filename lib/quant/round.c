/* round.c - from weights to 8 bits and back. */
#include "quant/round.h"

#include "quant/quantise.h"

#include <math.h>
#include <string.h>

/* One matrix of the integer net, and where its numbers go: weights of row
 * `row` to column keras_column of weights[columns][rows]. */
struct matrix {
    const struct se_layer_arch *arch;
    const int8_t *packed;
    const uint8_t *shift;
    float *weights;
    int rows, columns;
    int q_in, q_sum;
};

static void unpack(const struct matrix *m)
{
    int is_lstm = m->arch->type == SE_LAYER_LSTM, n = m->arch->n_out;

    for (int row = 0; row < m->rows; row++) {
        int keras_column = is_lstm ? row % 4 * n + row / 4 : row;
        int scale_log2 = m->shift[row] + m->q_sum - m->q_in;

        for (int c = 0; c < m->columns; c++)
            m->weights[(int64_t)c * m->rows + keras_column] = (float)ldexp(
                se_quant_weight(m->packed, row, c, m->columns), -scale_log2);
    }
}

static void unpack_layer(float *rounded, const struct se_arch *arch, int i,
                         const struct nnsp_layer *layer,
                         const struct se_tensor *tensors)
{
    const struct se_layer_arch *about = &arch->layer[i];
    int is_linear = layer->activation == NNSP_LINEAR;
    struct matrix m = {
        .arch = about,
        .packed = layer->kernel,
        .shift = layer->shift,
        .weights = rounded + tensors[0].offset,
        .rows = tensors[0].columns,
        .columns = tensors[0].rows,
        .q_in = se_quant_output_q(arch, i - 1),
        .q_sum = is_linear ? se_quant_output_q(arch, i) : SE_QUANT_SUM_Q,
    };

    unpack(&m);
    if (layer->recurrent) {
        m.packed = layer->recurrent;
        m.shift = layer->recurrent_shift;
        m.weights = rounded + tensors[1].offset;
        m.columns = tensors[1].rows;
        m.q_in = se_quant_output_q(arch, i);
        unpack(&m);
    }
}

int se_quant_round(float *rounded, const struct se_model *model,
                   const float *parameters, struct se_report *report)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_model given = *model;
    struct se_quant_net *net;
    int n_tensors = se_arch_tensors(&model->arch, tensors), status;

    given.parameters = (float *)parameters;
    status = se_quantise(&net, &given, NULL, report);
    if (status != SE_OK)
        return status;
    memcpy(rounded, parameters, (size_t)model->n_parameters * sizeof(float));
    for (int t = 0; t < n_tensors; t++)
        if (t == 0 || tensors[t].layer != tensors[t - 1].layer)
            unpack_layer(rounded, &model->arch, tensors[t].layer,
                         &net->layer[tensors[t].layer], &tensors[t]);
    se_quant_net_free(net);
    return SE_OK;
}
