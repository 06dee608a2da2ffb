/* statistics.c - statistics of features, gathered, written and read. */
#include "records/statistics.h"

#include "dsp/convert.h"

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

    se_from_int16(hop, pcm, SE_HOP);
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

struct numbers {
    const double *values;
    int n, n_digits;
};

static void add_numbers(struct se_json *json, cJSON *object, const char *name,
                        const struct numbers *numbers)
{
    cJSON *array = se_json_add_array(json, object, name);
    char text[NUMBER_BYTES];

    for (int i = 0; i < numbers->n; i++) {
        snprintf(text, sizeof text, "%.*g", numbers->n_digits,
                 numbers->values[i]);
        se_json_add_raw(json, array, NULL, text);
    }
}

static void add_kind(struct se_json *json, cJSON *features,
                     const struct kind *kind,
                     const struct se_feature_stats *stats, int n_digits)
{
    cJSON *object = se_json_add_object(json, features, kind->name);
    float mean[SE_MAX_FEATURES], inv_std[SE_MAX_FEATURES];
    double inverse[SE_MAX_FEATURES];
    const int n = kind->n_features;

    se_feature_stats_finish(stats, mean, inv_std, n);
    for (int i = 0; i < n; i++)
        inverse[i] = (double)inv_std[i];
    add_numbers(json, object, "mean",
                &(struct numbers){stats->mean, n, n_digits});
    add_numbers(json, object, "inv_std",
                &(struct numbers){inverse, n, n_digits});
    add_numbers(json, object, "m2", &(struct numbers){stats->m2, n, n_digits});
}

void se_statistics_to_json(struct se_json *json, cJSON *object,
                           const struct se_statistics *statistics, int n_digits)
{
    se_json_add_text(json, object, "format", FORMAT);
    se_json_add_number(json, object, "frames", statistics->kinds[0].n_frames);

    cJSON *features = se_json_add_object(json, object, "features");

    for (int i = 0; i < SE_STATISTICS_KINDS; i++)
        add_kind(json, features, &kinds[i], &statistics->kinds[i], n_digits);
}

int se_statistics_from_json(struct se_statistics *statistics,
                            const cJSON *object, const char *path,
                            struct se_report *report)
{
    const cJSON *features = se_json_at(object, "features");
    const char *format;
    double frames;

    if (se_json_get_text(&format, object, "format") != SE_OK ||
        strcmp(format, FORMAT) != 0 ||
        se_json_get_number(&frames, object, "frames", 0) != SE_OK)
        return se_fail(report, SE_ERR_FORMAT, "%s: not of format \"%s\"", path,
                       FORMAT);
    for (int i = 0; i < SE_STATISTICS_KINDS; i++) {
        struct se_feature_stats *stats = &statistics->kinds[i];
        const cJSON *kind = se_json_at(features, kinds[i].name);
        int n = kinds[i].n_features;

        stats->n_frames = frames;
        if (se_json_get_numbers(stats->mean, n, -HUGE_VAL, kind, "mean") !=
                SE_OK ||
            se_json_get_numbers(stats->m2, n, 0, kind, "m2") != SE_OK)
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
    struct se_json json = se_json_start();

    /* What a float holds: the order in which parts were merged shows beyond. */
    se_statistics_to_json(&json, json.root, statistics, 9);
    return se_json_save(&json, path, report);
}

int se_statistics_read(struct se_model *model, const char *path,
                       struct se_report *report)
{
    const int n_features = model->arch.n_in;
    static const struct se_json_limits limits = {
        .n_bytes = MAX_FILE_BYTES, .depth = 4, .n_commas = 2000};
    struct se_statistics statistics = {0};
    cJSON *object;
    int status = se_json_read(&object, path, &limits, report);

    if (status != SE_OK)
        return status;
    status = se_statistics_from_json(&statistics, object, path, report);
    cJSON_Delete(object);
    if (status != SE_OK)
        return status;
    for (int i = 0; i < SE_STATISTICS_KINDS; i++)
        if (kinds[i].type == model->feat_type &&
            kinds[i].n_features == n_features) {
            se_feature_stats_finish(&statistics.kinds[i], model->mean,
                                    model->inv_std, n_features);
            return SE_OK;
        }
    return se_fail(report, SE_ERR_ARG,
                   "%s: holds mel72 and pspec257, expected %s%d", path,
                   se_feat_type_name(model->feat_type), n_features);
}
