/* weights.c - rounded weights back in floating point. */
#include "quant/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row's weights were put on steps of 2^-scale (quantise.c), and its sums, at
 * q_in + scale, shifted to q_sum. */
static void unpack(float *weights, const struct se_tensor *tensor,
                   const int8_t *packed, const uint8_t *shift, int is_lstm,
                   int q_in, int q_sum)
{
    for (int o = 0; o < tensor->columns; o++) {
        /* Units one after the other there, gates here. */
        int row =
            is_lstm ? o % (tensor->columns / 4) * 4 + o / (tensor->columns / 4)
                    : o;
        int scale_log2 = shift[row] + q_sum - q_in;

        for (int i = 0; i < tensor->rows; i++)
            weights[(int64_t)i * tensor->columns + o] =
                ldexpf((float)se_quant_weight(packed, row, i, tensor->rows),
                       -scale_log2);
    }
}

int se_quant_weights(float **parameters, const struct se_model *model,
                     const struct se_quant_net *net, struct se_report *report)
{
    const struct se_arch *arch = &model->arch;
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n = se_arch_tensors(arch, tensors);
    size_t n_bytes = (size_t)model->n_parameters * sizeof(float);
    float *weights = malloc(n_bytes + 1);

    *parameters = weights;
    if (!weights)
        return se_fail_memory(report, "rounded weights");
    memcpy(weights, model->parameters, n_bytes);
    for (int t = 0; t < n; t++) {
        const struct nnsp_layer *layer = &net->layer[tensors[t].layer];
        int i = tensors[t].layer, is_lstm = layer->type == NNSP_LSTM;
        int is_recurrent = t > 0 && tensors[t - 1].layer == i;
        int q_sum = layer->activation == NNSP_LINEAR
                        ? se_quant_output_q(arch, i)
                        : SE_QUANT_SUM_Q;

        if (tensors[t].is_bias)
            continue;
        unpack(weights + tensors[t].offset, &tensors[t],
               is_recurrent ? layer->recurrent : layer->kernel,
               is_recurrent ? layer->recurrent_shift : layer->shift, is_lstm,
               is_recurrent ? se_quant_output_q(arch, i)
                            : se_quant_output_q(arch, i - 1),
               q_sum);
    }
    return SE_OK;
}
