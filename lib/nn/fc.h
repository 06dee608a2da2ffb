/* fc.h - fully connected layer: y = f(x W + b), frame by frame.
 *
 * Backward, from the gradient dy of y; z = x W + b are the sums:
 *   dz = dy f'(z),  dW += x^T dz,  db += dz over all frames,  dx = dz W^T */
#ifndef SE_NN_FC_H
#define SE_NN_FC_H

#include "nn/layer.h"

void se_fc_forward(const struct se_layer_pass *pass,
                   const struct se_layer_weights *weights);

/* pass->dy becomes dz. */
void se_fc_backward(const struct se_layer_pass *pass,
                    const struct se_layer_weights *weights,
                    const struct se_layer_weights *gradient);

#endif
