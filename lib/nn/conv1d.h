/* conv1d.h - causal convolution over time, with stride. */
#ifndef SE_NN_CONV1D_H
#define SE_NN_CONV1D_H

#include "nn/layer.h"

/* Output j sees the kernel_size frames of pass->x, its context counted in, that
 * begin at j * stride; the kernel is [kernel_size][n_in][n_out], oldest frame
 * first. */
void se_conv1d_forward(const struct se_layer_pass *pass,
                       const struct se_layer_weights *weights);
void se_conv1d_backward(const struct se_layer_pass *pass,
                        const struct se_layer_weights *weights,
                        const struct se_layer_weights *gradient);

#endif
