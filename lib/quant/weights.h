/* weights.h - the weights that an integer net really has. */
#ifndef SE_QUANT_WEIGHTS_H
#define SE_QUANT_WEIGHTS_H

#include "quant/quantise.h"

/* The kernels of all layers as they are after rounding, in the places that
 * se_arch_tensors gives them; biases are those of the model. *parameters is
 * [model->n_parameters], malloc. */
int se_quant_weights(float **parameters, const struct se_model *model,
                     const struct se_quant_net *net, struct se_report *report);

#endif
