/* tf_import.c - TensorFlow's tensors to our parameter block. */
#include "import/tf_import.h"

#include "files/file.h"
#include "import/pickle.h"
#include "import/tf_bundle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 128, MAX_FRACTION_BITS = 31 };

static const char variable[] = "/.ATTRIBUTES/VARIABLE_VALUE";
static const char layers[] = "nn_layers/";

/* ---- weights ------------------------------------------------------------- */

/* The key of one of our arrays, "layers.1.lstm.recurrent". */
static void tensor_key(char key[KEY_BYTES], const struct se_tensor *tensor,
                       const struct se_layer_arch *layer)
{
    const char *part = strrchr(tensor->name, '.') + 1;

    snprintf(key, KEY_BYTES, "%s%d/%s%s%s", layers, tensor->layer,
             layer->type == SE_LAYER_LSTM ? "cell/" : "",
             strcmp(part, "recurrent") == 0 ? "recurrent_kernel" : part,
             variable);
}

/* Keras's key and shape of it. */
static struct se_tf_tensor keras_tensor(const char *key,
                                        const struct se_tensor *tensor,
                                        const struct se_layer_arch *layer)
{
    if (tensor->is_bias)
        return (struct se_tf_tensor){
            .key = key, .n_dims = 1, .shape = {tensor->columns}};
    if (layer->type == SE_LAYER_CONV1D)
        return (struct se_tf_tensor){
            .key = key,
            .n_dims = 4,
            .shape = {layer->kernel_size, layer->n_in, 1, layer->n_out}};
    return (struct se_tf_tensor){
        .key = key, .n_dims = 2, .shape = {tensor->rows, tensor->columns}};
}

/* A checkpoint with more layers than the description is of another net. */
static int check_layer_count(const struct se_tf_bundle *bundle, int n_layers,
                             const char *prefix, struct se_report *report)
{
    const size_t n = sizeof layers - 1;

    for (int i = 0; i < se_tf_bundle_count(bundle); i++) {
        const char *key = se_tf_bundle_tensor(bundle, i)->key;

        if (strncmp(key, layers, n) == 0 && atoll(key + n) >= n_layers)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: tensor '%.100s', expected %d layers", prefix,
                           key, n_layers);
    }
    return SE_OK;
}

static int copy_weights(struct se_model *model,
                        const struct se_tf_bundle *bundle,
                        struct se_report *report)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n_tensors = se_arch_tensors(&model->arch, tensors);
    char key[KEY_BYTES];
    int status = SE_OK;

    for (int i = 0; i < n_tensors && status == SE_OK; i++) {
        const struct se_tensor *tensor = &tensors[i];
        const struct se_layer_arch *layer = &model->arch.layer[tensor->layer];

        tensor_key(key, tensor, layer);

        const struct se_tf_tensor wanted = keras_tensor(key, tensor, layer);

        status = se_tf_bundle_get(bundle, model->parameters + tensor->offset,
                                  &wanted, report);
    }
    return status;
}

/* ---- statistics ---------------------------------------------------------- */

struct statistic {
    const char *name;
    float *values; /* [n] */
    int n;
    float least;
};

/* The array must have the name and the length of `wanted`, whose values are
 * set. */
static int copy_statistic(const struct statistic *wanted,
                          const struct se_pickle_array *array, const char *path,
                          struct se_report *report)
{
    if (strcmp(array->name, wanted->name) != 0 || array->n != wanted->n)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: an array '%.40s' of %d numbers, expected '%s' of "
                       "%d",
                       path, array->name, array->n, wanted->name, wanted->n);
    for (int i = 0; i < array->n; i++)
        if (!isfinite(array->values[i]) || array->values[i] < wanted->least)
            return se_fail(report, SE_ERR_NUMERIC,
                           "%s: '%s' holds %f at %d, expected finite numbers%s",
                           path, array->name, (double)array->values[i], i,
                           wanted->least == 0 ? ", none below 0" : "");
    memcpy(wanted->values, array->values,
           (size_t)array->n * sizeof *array->values);
    return SE_OK;
}

static int copy_statistics(struct se_model *model, const char *path,
                           struct se_report *report)
{
    const struct statistic wanted[] = {
        {"nMean_feat", model->mean, model->arch.n_in, -INFINITY},
        {"nInvStd", model->inv_std, model->arch.n_in, 0},
    };
    struct se_pickle pickle;
    int status = se_pickle_read(&pickle, path, report);

    if (status != SE_OK)
        return status;
    if (pickle.n_arrays != 2)
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: %d arrays, expected nMean_feat and nInvStd", path,
                         pickle.n_arrays);
    for (int i = 0; i < 2 && status == SE_OK; i++)
        status = copy_statistic(&wanted[i], &pickle.array[i], path, report);
    se_pickle_free(&pickle);
    return status;
}

/* ---- from outside -------------------------------------------------------- */

/* "50" at the end of "model_checkpoint_ep50"; 1 if there is none. */
static int epoch_of(const char *prefix)
{
    size_t n = strlen(prefix);
    int epoch;

    while (n > 0 && prefix[n - 1] >= '0' && prefix[n - 1] <= '9')
        n--;
    return se_model_epoch_number(&epoch, prefix + n) && epoch > 0 ? epoch : 1;
}

static int read_arch(struct se_arch *arch, enum se_feat_type *feat_type,
                     const char *arch_path, struct se_report *report)
{
    char path[4096];
    int status = se_arch_find(path, sizeof path, arch_path, report);

    if (status == SE_OK)
        status = se_arch_read(arch, path, report);
    if (status != SE_OK)
        return status;
    *feat_type = arch->n_in == SE_BINS ? SE_FEAT_PSPEC : SE_FEAT_MEL;
    return se_model_check(arch, *feat_type, path, report);
}

int se_tf_import(struct se_model *model, const char *prefix,
                 const char *stats_path, const char *arch_path,
                 struct se_report *report)
{
    struct se_tf_bundle *bundle = NULL;
    struct se_arch arch;
    enum se_feat_type feat_type;

    memset(model, 0, sizeof *model);

    int status = read_arch(&arch, &feat_type, arch_path, report);

    if (status == SE_OK)
        status = se_tf_bundle_read(&bundle, prefix, report);
    if (status == SE_OK)
        status = check_layer_count(bundle, arch.n_layers, prefix, report);
    if (status == SE_OK)
        status = se_model_create(model, &arch, feat_type, report);
    if (status == SE_OK)
        status = copy_weights(model, bundle, report);
    if (status == SE_OK)
        status = copy_statistics(model, stats_path, report);
    if (status == SE_OK)
        model->epoch = epoch_of(prefix);
    else
        se_model_free(model);
    se_tf_bundle_free(bundle);
    return status;
}

static int read_bits(int *bits, const struct se_tf_bundle *bundle,
                     const char *key, const char *prefix,
                     struct se_report *report)
{
    const struct se_tf_tensor wanted = {.key = key};
    float value;
    int status = se_tf_bundle_get(bundle, &value, &wanted, report);

    if (status != SE_OK)
        return status;
    if (value != floorf(value) || fabsf(value) > MAX_FRACTION_BITS)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: tensor '%s' is %g, expected a whole number of bits",
                       prefix, key, (double)value);
    *bits = (int)value;
    return SE_OK;
}

int se_tf_import_fraction_bits(int *kernel, int *bias, const char *prefix,
                               int n_layers, struct se_report *report)
{
    struct se_tf_bundle *bundle;
    char key[KEY_BYTES];
    int status = se_tf_bundle_read(&bundle, prefix, report);

    for (int i = 0; i < 2 * n_layers && status == SE_OK; i++) {
        const int is_bias = i % 2, layer = i / 2;

        snprintf(key, sizeof key, "nfracs/%s/%d%s", is_bias ? "bias" : "kernel",
                 layer, variable);
        status = read_bits(&(is_bias ? bias : kernel)[layer], bundle, key,
                           prefix, report);
    }
    se_tf_bundle_free(bundle);
    return status;
}
