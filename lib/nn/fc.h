/* fc.h - fully connected layer: y = f(x W + b), frame by frame. */
#ifndef SE_NN_FC_H
#define SE_NN_FC_H

#include "nn/layer.h"

void se_fc_forward(const struct se_layer_pass *pass,
                   const struct se_layer_weights *weights);

/* pass->dy becomes the gradient of the sums before the activation. */
void se_fc_backward(const struct se_layer_pass *pass,
                    const struct se_layer_weights *weights,
                    const struct se_layer_weights *gradient);

#endif
