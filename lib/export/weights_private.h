/* weights_private.h - the weights of a net's layers, for files of other
 * frameworks. */
#ifndef SE_EXPORT_WEIGHTS_PRIVATE_H
#define SE_EXPORT_WEIGHTS_PRIVATE_H

#include "model/model.h"

/* SE_ERR_ARG: a net with strides or with filters over frames, which `format`
 * ("ONNX") is not written for. */
int se_export_check(const struct se_model *model, const char *format,
                    struct se_report *report);

/* Of a layer, in the shapes of se_arch_tensors; recurrent: of an lstm, else
 * NULL. */
struct se_export_weights {
    const float *kernel, *recurrent, *bias;
};

struct se_export_weights se_export_weights(const struct se_model *model,
                                           int layer);

/* x[n_in]: the features of a silent frame, as before the first one. */
int se_export_silence(float *x, const struct se_model *model,
                      struct se_report *report);

#endif
