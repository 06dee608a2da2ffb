/* weights.c - what a net's layers hold. */
#include "export/weights_private.h"

#include "dsp/feature.h"

int se_export_check(const struct se_model *model, const char *format,
                    struct se_report *report)
{
    const struct se_arch *arch = &model->arch;

    if (se_arch_stride(arch) > 1)
        return se_fail(report, SE_ERR_ARG,
                       "%s: the net has strides of %d frames, expected 1 for "
                       "%s",
                       model->file, se_arch_stride(arch), format);
    if (arch->len_filter > 1)
        return se_fail(report, SE_ERR_ARG,
                       "%s: the net has filters over %d frames, expected a "
                       "mask for %s",
                       model->file, arch->len_filter, format);
    return SE_OK;
}

struct se_export_weights se_export_weights(const struct se_model *model,
                                           int layer)
{
    struct se_export_weights found = {0};
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n = se_arch_tensors(&model->arch, tensors);

    for (int i = 0; i < n; i++) {
        const float *weights = model->parameters + tensors[i].offset;

        if (tensors[i].layer != layer)
            continue;
        if (tensors[i].is_bias)
            found.bias = weights;
        else if (!found.kernel)
            found.kernel = weights;
        else
            found.recurrent = weights;
    }
    return found;
}

int se_export_silence(float *x, const struct se_model *model,
                      struct se_report *report)
{
    const float nothing[SE_BINS] = {0};
    struct se_feature *feature;
    int status =
        se_feature_create(&feature, model->feat_type, model->arch.n_in, report);

    if (status != SE_OK)
        return status;
    se_model_features(model, feature, x, nothing);
    se_feature_destroy(feature);
    return SE_OK;
}
