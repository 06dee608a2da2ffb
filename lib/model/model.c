/* model.c - a net, its weights and feature statistics in a safetensors file;
 * models/README.md describes the bytes. */
#include "model/model.h"

#include "dsp/mel.h"
#include "model/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEAN = 0, /* of the file's arrays */
    INV_STD,
    N_STATISTICS,
    MAX_ARRAYS = SE_MAX_TENSORS + N_STATISTICS,
    N_DEFINITION = 4,
    N_OTHERS = 7,          /* metadata beside the definition */
    ARCH_TEXT_BYTES = 4096 /* enough by arch.h */
};

static const char format_name[] = "nnse-c", format_version[] = "1";

/* The feature definition that weights hold for. */
static const struct {
    const char *key;
    int value;
} definition[N_DEFINITION] = {
    {"rate_hz", SE_RATE_HZ},
    {"window_samples", SE_WINDOW},
    {"hop_samples", SE_HOP},
    {"fft_samples", SE_FFT},
};

int se_model_check(const struct se_arch *arch, enum se_feat_type feat_type,
                   const char *name, struct se_report *report)
{
    static const struct se_arch_inputs inputs[] = {
        [SE_FEAT_MEL] = {1, SE_MAX_MEL_BANDS, "mel"},
        [SE_FEAT_PSPEC] = {SE_BINS, SE_BINS, "pspec"},
    };
    int status = se_arch_check_inputs(arch, name, &inputs[feat_type], report);

    return status == SE_OK ? se_arch_check_mask(arch, name, SE_BINS, report)
                           : status;
}

int se_model_create(struct se_model *model, const struct se_arch *arch,
                    enum se_feat_type feat_type, struct se_report *report)
{
    memset(model, 0, sizeof *model);

    int status = se_model_check(arch, feat_type, "nn_arch", report);

    if (status != SE_OK)
        return status;
    model->arch = *arch;
    model->feat_type = feat_type;
    for (int i = 0; i < SE_MAX_FEATURES; i++)
        model->inv_std[i] = 1;
    model->n_parameters = se_arch_parameters(arch);
    model->parameters =
        calloc((size_t)model->n_parameters, sizeof *model->parameters);
    if (!model->parameters)
        return se_fail_memory(report, "the weights");
    return SE_OK;
}

void se_model_free(struct se_model *model)
{
    free(model->parameters);
    model->parameters = NULL;
}

int se_model_fail(const struct se_model *model, int status,
                  const struct se_report *reason, struct se_report *report)
{
    return se_fail(report, status, "%s%s%s", model->file,
                   model->file[0] ? ": " : "", reason->text);
}

void se_model_features(const struct se_model *model,
                       const struct se_feature *feature, float *x,
                       const float power[SE_BINS])
{
    se_feature_log(feature, x, power);
    se_feature_standardise(x, x, model->mean, model->inv_std, model->arch.n_in);
}

/* Names and shapes of all arrays of the file, the two statistics first; the
 * names of the others are those in `tensors`. Returns how many. */
static int list_arrays(struct se_safetensor arrays[MAX_ARRAYS],
                       struct se_tensor tensors[SE_MAX_TENSORS],
                       const struct se_arch *arch)
{
    static const char *const names[] = {"feature.mean", "feature.inv_std"};
    const int n_tensors = se_arch_tensors(arch, tensors);

    for (int i = 0; i < N_STATISTICS; i++)
        arrays[i] = (struct se_safetensor){
            .name = names[i], .n_dims = 1, .shape = {arch->n_in}};
    for (int i = 0; i < n_tensors; i++) {
        const struct se_tensor *tensor = &tensors[i];
        struct se_safetensor *array = &arrays[N_STATISTICS + i];

        *array = (struct se_safetensor){.name = tensor->name, .n_dims = 2};
        array->shape[0] = tensor->rows;
        array->shape[1] = tensor->columns;
        if (tensor->is_bias)
            *array = (struct se_safetensor){
                .name = tensor->name, .n_dims = 1, .shape = {tensor->columns}};
    }
    return N_STATISTICS + n_tensors;
}

/* Where the model keeps array i of that list. */
static float *array_place(struct se_model *model,
                          const struct se_tensor *tensors, int i)
{
    if (i == MEAN)
        return model->mean;
    if (i == INV_STD)
        return model->inv_std;
    return model->parameters + tensors[i - N_STATISTICS].offset;
}

static int64_t array_count(const struct se_safetensor *array)
{
    return array->n_dims == 2 ? array->shape[0] * array->shape[1]
                              : array->shape[0];
}

/* Array i of that list: numbers, and those of inv_std not negative. */
static int check_numbers(const struct se_safetensor *array, int i,
                         const char *path, struct se_report *report)
{
    const float *x = array->data;

    for (int64_t j = 0; j < array_count(array); j++)
        if (!isfinite(x[j]) || (i == INV_STD && x[j] < 0))
            return se_fail(report, SE_ERR_NUMERIC,
                           "%s: tensor '%s' holds %f at %lld, expected finite "
                           "numbers%s",
                           path, array->name, (double)x[j], (long long)j,
                           i == INV_STD ? ", none below 0" : "");
    return SE_OK;
}

int se_model_write(const char *path, const struct se_model *model,
                   const char *command, struct se_report *report)
{
    struct se_safetensor arrays[MAX_ARRAYS];
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_metadata metadata[N_DEFINITION + N_OTHERS];
    char numbers[N_DEFINITION][16], epoch[16], n_features[16];
    char arch[ARCH_TEXT_BYTES];
    struct se_model alias = *model; /* its arrays are only read */
    const int n_arrays = list_arrays(arrays, tensors, &model->arch);
    int n = 0;

    for (int i = 0; i < n_arrays; i++) {
        arrays[i].data = array_place(&alias, tensors, i);

        int status = check_numbers(&arrays[i], i, path, report);

        if (status != SE_OK)
            return status;
    }
    snprintf(epoch, sizeof epoch, "%d", model->epoch);
    snprintf(n_features, sizeof n_features, "%d", model->arch.n_in);
    se_arch_format(arch, sizeof arch, &model->arch);
    metadata[n++] = (struct se_metadata){"format", format_name};
    metadata[n++] = (struct se_metadata){"version", format_version};
    metadata[n++] = (struct se_metadata){"nn_arch", arch};
    metadata[n++] =
        (struct se_metadata){"feat_type", se_feat_type_name(model->feat_type)};
    metadata[n++] = (struct se_metadata){"n_features", n_features};
    for (int i = 0; i < N_DEFINITION; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%d", definition[i].value);
        metadata[n++] = (struct se_metadata){definition[i].key, numbers[i]};
    }
    metadata[n++] = (struct se_metadata){"epoch", epoch};
    if (command)
        metadata[n++] = (struct se_metadata){"command", command};
    return se_safetensors_write(
        path, &(struct se_safetensors_contents){arrays, n_arrays, metadata, n},
        report);
}

/* The metadata `key`, which must be there. */
static int get_text(const char **value, const struct se_safetensors *file,
                    const char *key, const char *path, struct se_report *report)
{
    *value = se_safetensors_metadata(file, key);
    if (*value)
        return SE_OK;
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: no '%s' in the metadata, expected a model of %s", path,
                   key, format_name);
}

static int expect_text(const struct se_safetensors *file, const char *key,
                       const char *expected, const char *path,
                       struct se_report *report)
{
    const char *value;
    int status = get_text(&value, file, key, path, report);

    if (status == SE_OK && strcmp(value, expected) != 0)
        status =
            se_fail(report, SE_ERR_FORMAT, "%s: %s is '%.32s', expected %s",
                    path, key, value, expected);
    return status;
}

static int expect_number(const struct se_safetensors *file, const char *key,
                         int expected, const char *path,
                         struct se_report *report)
{
    char text[16];

    snprintf(text, sizeof text, "%d", expected);
    return expect_text(file, key, text, path, report);
}

int se_model_epoch_number(int *epoch, const char *text)
{
    const size_t n = strspn(text, "0123456789");

    if (n < 1 || n > 9 || text[n])
        return 0;
    *epoch = (int)strtol(text, NULL, 10);
    return 1;
}

static int read_epoch(int *epoch, const struct se_safetensors *file,
                      const char *path, struct se_report *report)
{
    const char *value;
    int status = get_text(&value, file, "epoch", path, report);

    if (status == SE_OK && !se_model_epoch_number(epoch, value))
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: epoch is '%.32s', expected a whole number", path,
                         value);
    return status;
}

static int read_feat_type(enum se_feat_type *feat_type,
                          const struct se_safetensors *file, const char *path,
                          struct se_report *report)
{
    const char *value;
    int status = get_text(&value, file, "feat_type", path, report);

    if (status != SE_OK)
        return status;

    int type = se_feat_type_from_name(value);

    if (type < 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: feat_type is '%.32s', expected mel or pspec", path,
                       value);
    *feat_type = (enum se_feat_type)type;
    return SE_OK;
}

/* Reads the metadata; arch, feat_type and epoch of `model`. */
static int read_metadata(struct se_model *model,
                         const struct se_safetensors *file, const char *path,
                         struct se_report *report)
{
    const char *arch;
    char name[sizeof report->text];
    int status = expect_text(file, "format", format_name, path, report);

    if (status == SE_OK)
        status = expect_text(file, "version", format_version, path, report);
    for (int i = 0; i < N_DEFINITION && status == SE_OK; i++)
        status = expect_number(file, definition[i].key, definition[i].value,
                               path, report);
    if (status == SE_OK)
        status = get_text(&arch, file, "nn_arch", path, report);
    if (status != SE_OK)
        return status;
    snprintf(name, sizeof name, "%s: nn_arch", path);
    status = se_arch_parse(&model->arch, arch, name, report);
    if (status == SE_OK)
        status =
            expect_number(file, "n_features", model->arch.n_in, path, report);
    if (status == SE_OK)
        status = read_feat_type(&model->feat_type, file, path, report);
    if (status == SE_OK)
        status = se_model_check(&model->arch, model->feat_type, name, report);
    if (status == SE_OK)
        status = read_epoch(&model->epoch, file, path, report);
    return status;
}

/* The loss in the command line of a training: the word behind --loss, or the
 * loss that se-train has without. What does not fit is not known. */
static void read_loss(struct se_model *model, const struct se_safetensors *file)
{
    static const char option[] = " --loss", otherwise[] = "mse";
    const char *command = se_safetensors_metadata(file, "command");
    const char *at = command ? strstr(command, option) : NULL;

    model->loss[0] = '\0';
    if (!command)
        return;
    if (at) {
        at += strlen(option);

        size_t n = strspn(at, " =");
        size_t length = strcspn(at + n, " ");

        if (length < sizeof model->loss)
            snprintf(model->loss, sizeof model->loss, "%.*s", (int)length,
                     at + n);
    } else if (memmem(command, strcspn(command, " "), "se-train", 8)) {
        snprintf(model->loss, sizeof model->loss, "%s", otherwise);
    }
}

/* Finds all arrays in the file, with the right shapes and finite, before the
 * description can demand any memory; then copies them. */
static int read_arrays(struct se_model *model,
                       const struct se_safetensors *file, const char *path,
                       struct se_report *report)
{
    struct se_safetensor arrays[MAX_ARRAYS];
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n_arrays = list_arrays(arrays, tensors, &model->arch);
    const int epoch = model->epoch;
    int status = SE_OK;

    for (int i = 0; i < n_arrays && status == SE_OK; i++) {
        status = se_safetensors_get(file, &arrays[i], report);
        if (status == SE_OK)
            status = check_numbers(&arrays[i], i, path, report);
    }
    if (status == SE_OK) {
        const struct se_arch arch = model->arch;

        status = se_model_create(model, &arch, model->feat_type, report);
    }
    if (status != SE_OK)
        return status;
    model->epoch = epoch;
    for (int i = 0; i < n_arrays; i++)
        memcpy(array_place(model, tensors, i), arrays[i].data,
               (size_t)array_count(&arrays[i]) * sizeof(float));
    return SE_OK;
}

/* Takes over `file`. */
static int take(struct se_model *model, struct se_safetensors *file,
                const char *path, struct se_report *report)
{
    int status = read_metadata(model, file, path, report);

    if (status == SE_OK)
        status = read_arrays(model, file, path, report);
    if (status == SE_OK)
        read_loss(model, file);
    se_safetensors_free(file);
    return status;
}

int se_model_read(struct se_model *model, const char *path,
                  struct se_report *report)
{
    struct se_safetensors *file;
    int status = se_safetensors_read(&file, path, report);

    memset(model, 0, sizeof *model);
    if (status == SE_OK)
        status = take(model, file, path, report);
    if (status == SE_OK)
        snprintf(model->file, sizeof model->file, "%s", path);
    return status;
}

int se_model_read_memory(struct se_model *model, const char *name,
                         const void *bytes, size_t n_bytes,
                         struct se_report *report)
{
    struct se_safetensors *file;
    int status =
        se_safetensors_read_memory(&file, name, bytes, n_bytes, report);

    memset(model, 0, sizeof *model);
    return status == SE_OK ? take(model, file, name, report) : status;
}
