/* round.c - from 8 bits back to weights. */
#include "quant/round.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One matrix of the integer net: weights at steps of 2^-scale (quantise.c), of
 * which sums, at q_in + scale, are shifted to q_sum. */
struct matrix {
    const int8_t *packed;
    const uint8_t *shift; /* [rows] */
    int q_in, q_sum;
};

static struct matrix matrix_of(const struct se_quant_net *net,
                               const struct se_arch *arch, int layer,
                               int is_recurrent)
{
    const struct nnsp_layer *from = &net->layer[layer];

    return (struct matrix){
        .packed = is_recurrent ? from->recurrent : from->kernel,
        .shift = is_recurrent ? from->recurrent_shift : from->shift,
        .q_in = se_quant_output_q(arch, is_recurrent ? layer : layer - 1),
        .q_sum = from->activation == NNSP_LINEAR
                     ? se_quant_output_q(arch, layer)
                     : SE_QUANT_SUM_Q,
    };
}

/* The row of the integer net for column `column` of a Keras kernel: an lstm has
 * there the four gates of a unit side by side, here unit by unit. */
static int packed_row(int column, int columns, int is_lstm)
{
    const int n = columns / 4;

    return is_lstm ? column % n * 4 + column / n : column;
}

static void unpack(float *weights, const struct se_tensor *tensor,
                   const struct matrix *m, int is_lstm)
{
    for (int o = 0; o < tensor->columns; o++) {
        int row = packed_row(o, tensor->columns, is_lstm);
        int scale_log2 = m->shift[row] + m->q_sum - m->q_in;

        for (int i = 0; i < tensor->rows; i++)
            weights[(int64_t)i * tensor->columns + o] =
                ldexpf((float)se_quant_weight(m->packed, row, i, tensor->rows),
                       -scale_log2);
    }
}

/* All kernels; biases stay what they are. */
static void unpack_net(float *weights, const struct se_arch *arch,
                       const struct se_quant_net *net)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n = se_arch_tensors(arch, tensors);

    for (int t = 0; t < n; t++) {
        int layer = tensors[t].layer;
        int is_recurrent = t > 0 && tensors[t - 1].layer == layer;
        struct matrix m;

        if (tensors[t].is_bias)
            continue;
        m = matrix_of(net, arch, layer, is_recurrent);
        unpack(weights + tensors[t].offset, &tensors[t], &m,
               net->layer[layer].type == NNSP_LSTM);
    }
}

int se_quant_weights(float **parameters, const struct se_model *model,
                     const struct se_quant_net *net, struct se_report *report)
{
    size_t n_bytes = (size_t)model->n_parameters * sizeof(float);

    *parameters = malloc(n_bytes + 1);
    if (!*parameters)
        return se_fail_memory(report, "rounded weights");
    memcpy(*parameters, model->parameters, n_bytes);
    unpack_net(*parameters, &model->arch, net);
    return SE_OK;
}

int se_fake_quantise(float *rounded, const struct se_model *model,
                     const float *parameters, struct se_report *report)
{
    struct se_model given = *model;
    struct se_quant_net *net;
    int status;

    given.parameters = (float *)parameters;
    given.file[0] = '\0'; /* which has others */
    status = se_quantise(&net, &given, NULL, report);
    if (status != SE_OK)
        return status;
    memcpy(rounded, parameters, (size_t)model->n_parameters * sizeof(float));
    unpack_net(rounded, &model->arch, net);
    se_quant_net_free(net);
    return SE_OK;
}
