/* fc.h - fully connected layer: y = f(x W + b), frame by frame. */
#ifndef SE_NN_FC_H
#define SE_NN_FC_H

#include "nn/arch.h"
#include "nn/real.h"

/* One piece of parameters or gradients, as se_arch_tensors lists them. */
struct se_fc_weights {
    se_real *kernel; /* [n_in][n_out] */
    se_real *bias;   /* [n_out] */
};

/* y[m][n_out] from x[m][n_in]; m frames of any rows and steps. */
void se_fc_forward(const struct se_layer_arch *layer,
                   const struct se_fc_weights *weights, se_real *y,
                   const se_real *x, int m);

/* Adds to `gradient`; dx[m][n_in] is overwritten (NULL: not wanted) and may
 * be in y's memory. dy is used up: it becomes the gradient of the sums before
 * the activation. */
void se_fc_backward(const struct se_layer_arch *layer,
                    const struct se_fc_weights *weights,
                    const struct se_fc_weights *gradient, se_real *dx,
                    se_real *dy, const se_real *y, const se_real *x, int m);

#endif
