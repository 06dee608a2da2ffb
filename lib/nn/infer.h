/* infer.h - the net in use: one frame in, one mask out, state kept between.
 *
 * Plain C, no library behind it. */
#ifndef SE_NN_INFER_H
#define SE_NN_INFER_H

#include "nn/arch.h"

struct se_infer;

/* A runner of the net `arch` with the weights parameters[se_arch_parameters],
 * both of which must outlive it. */
int se_infer_create(struct se_infer **infer, const struct se_arch *arch,
                    const float *parameters, struct se_report *report);
void se_infer_destroy(struct se_infer *infer);

/* Back to the first frame: LSTM states 0, convolution context `pad` (what a
 * silent frame's standardised features are; NULL: zeros) for the first layer
 * and zeros for later ones. */
void se_infer_reset(struct se_infer *infer, const float *pad);

/* x[n_in] standardised features; mask[se_arch_outputs] receives the output for
 * this frame (with strides: the last one computed, held). */
void se_infer_frame(struct se_infer *infer, float *mask, const float *x);

#endif
