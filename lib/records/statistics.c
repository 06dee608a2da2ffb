/* statistics.c - statistics of features, gathered, written and read. */
#include "records/statistics.h"

#include "base/file.h"
#include "records/manifest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 1 << 24, NUMBER_BYTES = 32 };

static const char FORMAT[] = "nnse statistics 1";

static const struct kind {
    const char *name;
    enum se_feat_type type;
    int n_features;
} kinds[SE_STATISTICS_KINDS] = {
    {"mel72", SE_FEAT_MEL, 72},
    {"pspec257", SE_FEAT_PSPEC, SE_BINS},
};

/* ---- gathering ----------------------------------------------------------- */

struct se_statistician {
    struct se_feature *features[SE_STATISTICS_KINDS];
    struct se_stft *stft; /* of samples */
};

int se_statistician_create(struct se_statistician **out,
                           struct se_report *report)
{
    struct se_statistician *statistician = calloc(1, sizeof *statistician);
    int status = SE_OK;

    *out = NULL;
    if (!statistician)
        return se_fail_memory(report, "statistics");
    for (int i = 0; i < SE_STATISTICS_KINDS && status == SE_OK; i++)
        status = se_feature_create(&statistician->features[i], kinds[i].type,
                                   kinds[i].n_features, report);
    if (status == SE_OK)
        status = se_stft_create(&statistician->stft, report);
    if (status != SE_OK)
        se_statistician_destroy(statistician);
    else
        *out = statistician;
    return status;
}

void se_statistician_destroy(struct se_statistician *statistician)
{
    if (!statistician)
        return;
    for (int i = 0; i < SE_STATISTICS_KINDS; i++)
        se_feature_destroy(statistician->features[i]);
    se_stft_destroy(statistician->stft);
    free(statistician);
}

void se_statistician_start(struct se_statistician *statistician)
{
    se_stft_reset(statistician->stft);
}

static void add_frame(struct se_statistician *statistician,
                      struct se_statistics *statistics, const float *power)
{
    float logs[SE_MAX_FEATURES];

    for (int i = 0; i < SE_STATISTICS_KINDS; i++) {
        se_feature_log(statistician->features[i], logs, power);
        se_feature_stats_add(&statistics->kinds[i], logs, kinds[i].n_features);
    }
}

static void power_of_samples(struct se_statistician *statistician, float *power,
                             const int16_t *pcm)
{
    se_bin spectrum[SE_BINS];
    float hop[SE_HOP];

    for (int i = 0; i < SE_HOP; i++)
        hop[i] = (float)pcm[i] * 0x1p-15f;
    se_stft_analyse(statistician->stft, spectrum, hop);
    se_power(power, spectrum);
}

void se_statistician_add(struct se_statistician *statistician,
                         struct se_statistics *statistics,
                         const struct se_example *record)
{
    float power[SE_BINS];

    for (int64_t t = 0; t < record->n_frames; t++)
        if (record->format == SE_RECORD_PCM) {
            power_of_samples(statistician, power,
                             record->pcm_noisy + t * SE_HOP);
            add_frame(statistician, statistics, power);
        } else {
            add_frame(statistician, statistics,
                      record->pspec_noisy + t * SE_BINS);
        }
}

void se_statistics_merge(struct se_statistics *statistics,
                         const struct se_statistics *other)
{
    for (int i = 0; i < SE_STATISTICS_KINDS; i++)
        se_feature_stats_merge(&statistics->kinds[i], &other->kinds[i],
                               kinds[i].n_features);
}

/* ---- JSON ---------------------------------------------------------------- */

static void add_numbers(cJSON *object, const char *name, const double *numbers,
                        int n, int n_digits)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    char text[NUMBER_BYTES];

    for (int i = 0; i < n; i++) {
        snprintf(text, sizeof text, "%.*g", n_digits, numbers[i]);
        cJSON_AddItemToArray(array, cJSON_CreateRaw(text));
    }
}

static void add_kind(cJSON *features, const struct kind *kind,
                     const struct se_feature_stats *stats, int n_digits)
{
    cJSON *object = cJSON_AddObjectToObject(features, kind->name);
    float mean[SE_MAX_FEATURES], inv_std[SE_MAX_FEATURES];
    double inverse[SE_MAX_FEATURES];

    se_feature_stats_finish(stats, mean, inv_std, kind->n_features);
    for (int i = 0; i < kind->n_features; i++)
        inverse[i] = (double)inv_std[i];
    add_numbers(object, "mean", stats->mean, kind->n_features, n_digits);
    add_numbers(object, "inv_std", inverse, kind->n_features, n_digits);
    add_numbers(object, "m2", stats->m2, kind->n_features, n_digits);
}

cJSON *se_statistics_to_json(const struct se_statistics *statistics,
                             int n_digits)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "format", FORMAT);
    cJSON_AddNumberToObject(object, "frames", statistics->kinds[0].n_frames);

    cJSON *features = cJSON_AddObjectToObject(object, "features");

    for (int i = 0; i < SE_STATISTICS_KINDS; i++)
        add_kind(features, &kinds[i], &statistics->kinds[i], n_digits);
    return object;
}

/* 0, or -1 if there are not exactly n numbers, each `lowest` or more. */
static int take_numbers(double *numbers, const cJSON *object, const char *name,
                        int n, double lowest)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, name);
    const cJSON *item = cJSON_IsArray(array) ? array->child : NULL;

    for (int i = 0; i < n; i++, item = item->next) {
        if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble) ||
            item->valuedouble < lowest)
            return -1;
        numbers[i] = item->valuedouble;
    }
    return item ? -1 : 0;
}

int se_statistics_from_json(struct se_statistics *statistics,
                            const cJSON *object, const char *path,
                            struct se_report *report)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(object, "format");
    const cJSON *frames = cJSON_GetObjectItemCaseSensitive(object, "frames");
    const cJSON *features =
        cJSON_GetObjectItemCaseSensitive(object, "features");

    if (!cJSON_IsString(format) || strcmp(format->valuestring, FORMAT) != 0 ||
        !cJSON_IsNumber(frames) || !(frames->valuedouble >= 0))
        return se_fail(report, SE_ERR_FORMAT, "%s: not of format \"%s\"", path,
                       FORMAT);
    for (int i = 0; i < SE_STATISTICS_KINDS; i++) {
        struct se_feature_stats *stats = &statistics->kinds[i];
        const cJSON *kind =
            cJSON_GetObjectItemCaseSensitive(features, kinds[i].name);
        int n = kinds[i].n_features;

        stats->n_frames = frames->valuedouble;
        if (take_numbers(stats->mean, kind, "mean", n, -HUGE_VAL) != 0 ||
            take_numbers(stats->m2, kind, "m2", n, 0) != 0)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: %s: expected \"mean\" and \"m2\", %d numbers "
                           "each",
                           path, kinds[i].name, n);
    }
    return SE_OK;
}

int se_statistics_write(const struct se_statistics *statistics,
                        const char *path, struct se_report *report)
{
    /* What a float holds: the order in which parts were merged shows beyond. */
    return se_manifest_save(se_statistics_to_json(statistics, 9), path, report);
}

int se_statistics_read(float *mean, float *inv_std, const char *path,
                       enum se_feat_type type, int n_features,
                       struct se_report *report)
{
    struct se_statistics statistics = {0};
    size_t n_bytes;
    char *text;
    int status = se_read_file(&text, &n_bytes, path, MAX_FILE_BYTES, report);

    if (status != SE_OK)
        return status;

    cJSON *object = cJSON_ParseWithLength(text, n_bytes);

    free(text);
    status = se_statistics_from_json(&statistics, object, path, report);
    cJSON_Delete(object);
    if (status != SE_OK)
        return status;
    for (int i = 0; i < SE_STATISTICS_KINDS; i++)
        if (kinds[i].type == type && kinds[i].n_features == n_features) {
            se_feature_stats_finish(&statistics.kinds[i], mean, inv_std,
                                    n_features);
            return SE_OK;
        }
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: holds mel72 and pspec257, expected %s%d", path,
                   se_feat_type_name(type), n_features);
}
