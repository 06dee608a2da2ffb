/* fc.c - fully connected layer, forward and backward. */
#include "nn/fc.h"

#include "gemm/gemm.h"
#include "nn/activation.h"

void se_fc_forward(const struct se_layer_pass *pass,
                   const struct se_layer_weights *weights)
{
    int n_in = pass->arch->n_in, n_out = pass->arch->n_out;
    int m = pass->frames * pass->rows;

    se_gemm_bias(pass->y, pass->x, weights->kernel, weights->bias,
                 &(struct se_gemm){m, n_out, n_in, 0, pass->precision});
    se_activation_apply(pass->arch->activation, pass->y, pass->y,
                        (int64_t)m * n_out);
}

void se_fc_backward(const struct se_layer_pass *pass,
                    const struct se_layer_weights *weights,
                    const struct se_layer_weights *gradient)
{
    int n_in = pass->arch->n_in, n_out = pass->arch->n_out;
    int m = pass->frames * pass->rows;

    se_activation_backward(pass->arch->activation, pass->dy, pass->y,
                           (int64_t)m * n_out);
    se_gemm_tn(gradient->kernel, pass->x, pass->dy,
               &(struct se_gemm){n_in, n_out, m, 1, pass->precision});
    se_add_rows(gradient->bias, pass->dy, m, n_out);
    if (pass->dx)
        se_gemm_nt(pass->dx, pass->dy, weights->kernel,
                   &(struct se_gemm){m, n_in, n_out, 0, pass->precision});
}
