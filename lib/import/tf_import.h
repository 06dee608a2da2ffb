/* tf_import.h - a net that the original project (AmbiqAI/nnse, TensorFlow)
 * trained, as a model of ours.
 *
 * Keras and this project lay out weights alike, so they are copied as they
 * are: fc nn_layers/<i>/kernel and bias; conv1d the same, kernel [kernel_size,
 * features, 1, filters]; lstm nn_layers/<i>/cell/kernel, recurrent_kernel and
 * bias, gates i, f, c, o.
 *
 * The original's features differ a little from ours: numbers are floored to
 * 2^-15 after each step, the filter against DC runs over the samples, and in
 * training it was absent and 2^-15 was added where we take the maximum. None
 * of it matters enough to be imitated: over 120 noisy recordings the original's
 * net, fed with our features instead of its own, loses 0.1 dB of SI-SDR (9.15
 * for 9.25) and 0.001 of STOI and ESTOI; adding 2^-15 changes nothing. */
#ifndef SE_IMPORT_TF_IMPORT_H
#define SE_IMPORT_TF_IMPORT_H

#include "base/status.h"
#include "model/model.h"

/* Reads the checkpoint `prefix`, the statistics `stats_path` (a pickle: mean,
 * then inverse deviation) for the net of the nn_arch file `arch_path` (looked
 * up with se_find). Features: pspec if the net has 257 inputs, else mel. The
 * epoch is the number at the end of `prefix`, or 1. */
int se_tf_import(struct se_model *model, const char *prefix,
                 const char *stats_path, const char *arch_path,
                 struct se_report *report);

/* Fractional bits of the 8-bit kernels and 16-bit biases that the checkpoint
 * states for `n_layers` layers; an error if it has none. */
int se_tf_import_fraction_bits(int *kernel, int *bias, const char *prefix,
                               int n_layers, struct se_report *report);

#endif
