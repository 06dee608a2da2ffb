/* conv1d.h - causal convolution over time, with stride:
 *   y[j] = f(z[j]),  z[j] = b + sum over taps k of x[j stride + k] W[k]
 *
 * Backward, from the gradient dy of y:
 *   dz = dy f'(z),  dW[k] += sum over j of x[j stride + k]^T dz[j],
 *   db += sum over j of dz[j],  dx[j stride + k] += dz[j] W[k]^T */
#ifndef SE_NN_CONV1D_H
#define SE_NN_CONV1D_H

#include "nn/layer.h"

/* pass->x begins with its context, so that y[j] sees the frames j stride to
 * j stride + kernel_size - 1 of it; W, the kernel, is
 * [kernel_size][n_in][n_out], oldest frame first. */
void se_conv1d_forward(const struct se_layer_pass *pass,
                       const struct se_layer_weights *weights);

/* pass->dy becomes dz. */
void se_conv1d_backward(const struct se_layer_pass *pass,
                        const struct se_layer_weights *weights,
                        const struct se_layer_weights *gradient);

#endif
