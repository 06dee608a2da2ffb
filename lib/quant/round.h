/* round.h - the weights that an integer net really has, in floating point. */
#ifndef SE_QUANT_ROUND_H
#define SE_QUANT_ROUND_H

#include "quant/quantise.h"

/* The kernels of all layers of `net`, in the places that se_arch_tensors gives
 * them; biases, which the runtime holds in 32 bits, are those of `model`, from
 * which the net was quantised. *parameters is [model->n_parameters], malloc. */
int se_quant_weights(float **parameters, const struct se_model *model,
                     const struct se_quant_net *net, struct se_report *report);

/* Fake quantisation, for training that takes the rounding into account:
 * rounded[n_parameters] are the weights of the net that se_quantise makes of
 * `parameters` without moments. Rounding what is rounded changes nothing.
 * `model` gives the net and its features; its own weights are not used. */
int se_fake_quantise(float *rounded, const struct se_model *model,
                     const float *parameters, struct se_report *report);

#endif
