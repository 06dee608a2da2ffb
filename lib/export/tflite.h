/* tflite.h - a trained net as a TensorFlow Lite model (schema version 3,
 * float), which microcontroller and phone runtimes read.
 *
 * A call is one frame, and keeps nothing: each state is an input, zeros before
 * the first frame, and an output `<state>.next`, the input of the next call.
 *
 *   features [1, n_in]   as the net sees them (dsp/feature.h)
 *   mask     [1, 257]    0..1, of the frame len_lookahead before
 *
 * States of a layer:
 *   layers.<i>.context   of a conv1d, [1, (kernel_size - 1) * n_in]: the frames
 *                        before, the oldest first, of the first layer less
 *                        those of silence
 *   layers.<i>.h, .c     of an lstm, [1, n_out]
 *
 * Operators are ADD, CONCATENATION, FULLY_CONNECTED, LOGISTIC, MAXIMUM,
 * MINIMUM, MUL, SLICE and TANH. */
#ifndef SE_EXPORT_TFLITE_H
#define SE_EXPORT_TFLITE_H

#include "model/model.h"

/* SE_ERR_ARG: a net with strides or with filters over frames. */
int se_tflite_check(const struct se_model *model, struct se_report *report);

/* That of nets that se_tflite_check refuses is undefined. */
int se_tflite_write(const char *path, const struct se_model *model,
                    struct se_report *report);

#endif
