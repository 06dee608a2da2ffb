/* onnx.h - a trained net as ONNX graphs, which other frameworks and runtimes
 * read (opset 13, float).
 *
 * Both take any number of frames in a call and keep nothing: each state is an
 * input, zeros before the first frame, and an output `<state>.next`, the input
 * of the next call.
 *
 * The net alone:
 *   features [frames, n_in]   as the net sees them (dsp/feature.h)
 *   mask     [frames, 257]    0..1, of the frame len_lookahead before
 * From sound to sound:
 *   sound    [frames, 160]    16 kHz, full scale -1..1
 *   enhanced [frames, 160]    320 samples late, and 160 more for each frame
 *                             of len_lookahead
 *   mask     [frames, 257]
 *   with two states more, what the frames have in common, and of nets that
 *   look ahead `waiting`, spectra of frames whose mask is not due yet.
 *
 * States of a layer:
 *   layers.<i>.context        of a conv1d, [kernel_size - 1, n_in]: the frames
 *                             before, of the first layer less those of silence
 *   layers.<i>.h, .c          of an lstm, [1, 1, n_out] */
#ifndef SE_EXPORT_ONNX_H
#define SE_EXPORT_ONNX_H

#include "model/model.h"

/* SE_ERR_ARG: a net with strides or with filters over frames. */
int se_onnx_check(const struct se_model *model, struct se_report *report);

/* The net alone; that of nets that se_onnx_check refuses is undefined. */
int se_onnx_write_net(const char *path, const struct se_model *model,
                      struct se_report *report);

/* From sound to sound. */
int se_onnx_write_sound(const char *path, const struct se_model *model,
                        struct se_report *report);

#endif
