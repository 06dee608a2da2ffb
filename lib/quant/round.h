/* round.h - weights as the integer net will have them, for training that takes
 * the rounding into account. */
#ifndef SE_QUANT_ROUND_H
#define SE_QUANT_ROUND_H

#include "model/model.h"

/* rounded[n_parameters]: `parameters`, each kernel row rounded to the 8-bit
 * steps that se_quantise chooses for it without a sound. Biases, which the
 * runtime holds in 32 bits, stay. Rounding what is rounded changes nothing.
 * `model` gives the net and its features; its own weights are not looked at. */
int se_quant_round(float *rounded, const struct se_model *model,
                   const float *parameters, struct se_report *report);

#endif
