/* conv1d.h - causal convolution over time, with stride. */
#ifndef SE_NN_CONV1D_H
#define SE_NN_CONV1D_H

#include "nn/arch.h"
#include "nn/real.h"

struct se_conv1d_weights {
    se_real *kernel; /* [kernel_size][n_in][n_out], oldest frame first */
    se_real *bias;   /* [n_out] */
};

/* y[steps / stride][rows][n_out] from x[kernel_size - 1 + steps][rows][n_in]:
 * output j sees the frames up to x's step kernel_size - 1 + j * stride, so
 * the context of kernel_size - 1 frames stands in front. `stride` divides
 * `steps`. */
void se_conv1d_forward(const struct se_layer_arch *layer,
                       const struct se_conv1d_weights *weights, se_real *y,
                       const se_real *x, int steps, int rows);

/* Adds to `gradient`; dx, of x's shape, is overwritten (NULL: not wanted) and
 * may be in y's memory. dy is used up. */
void se_conv1d_backward(const struct se_layer_arch *layer,
                        const struct se_conv1d_weights *weights,
                        const struct se_conv1d_weights *gradient, se_real *dx,
                        se_real *dy, const se_real *y, const se_real *x,
                        int steps, int rows);

#endif
