/* fc.c - fully connected layer, forward and backward. */
#include "nn/fc.h"

#include "nn/activation.h"
#include "nn/gemm.h"

void se_fc_forward(const struct se_layer_arch *layer,
                   const struct se_fc_weights *weights, se_real *y,
                   const se_real *x, int m)
{
    int n_in = layer->n_in, n_out = layer->n_out;

    se_gemm_bias(y, x, weights->kernel, weights->bias, m, n_out, n_in);
    se_activation_apply(layer->activation, y, y, (int64_t)m * n_out);
}

void se_fc_backward(const struct se_layer_arch *layer,
                    const struct se_fc_weights *weights,
                    const struct se_fc_weights *gradient, se_real *dx,
                    se_real *dy, const se_real *y, const se_real *x, int m)
{
    int n_in = layer->n_in, n_out = layer->n_out;

    se_activation_backward(layer->activation, dy, y, (int64_t)m * n_out);
    se_gemm_tn(gradient->kernel, x, dy, n_in, n_out, m, 1);
    se_add_rows(gradient->bias, dy, m, n_out);
    if (dx)
        se_gemm_nt(dx, dy, weights->kernel, m, n_in, n_out, 0);
}
