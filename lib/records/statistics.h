/* statistics.h - mean and deviation of the features of a training set.
 *
 * Both kinds that the shipped nets take: 72 mel bands, and the 257 bins.
 * Gathered while a set is made and kept in statistics.json beside it. */
#ifndef SE_RECORDS_STATISTICS_H
#define SE_RECORDS_STATISTICS_H

#include "dsp/feature.h"
#include "encoding/json.h"
#include "model/model.h"
#include "records/example.h"

enum { SE_STATISTICS_KINDS = 2 };

/* All zeros at the start. */
struct se_statistics {
    struct se_feature_stats kinds[SE_STATISTICS_KINDS];
};

/* Takes the frames of noisy signals. */
struct se_statistician;

int se_statistician_create(struct se_statistician **statistician,
                           struct se_report *report);
void se_statistician_destroy(struct se_statistician *statistician);

/* A new signal begins. */
void se_statistician_start(struct se_statistician *statistician);

/* Adds the next record of the signal. */
void se_statistician_add(struct se_statistician *statistician,
                         struct se_statistics *statistics,
                         const struct se_example *record);

void se_statistics_merge(struct se_statistics *statistics,
                         const struct se_statistics *other);

/* As members of a JSON object, and back: SE_ERR_FORMAT, beginning with `path`,
 * if it is no such object. With 17 digits the same bits come back. */
void se_statistics_to_json(struct se_json *json, cJSON *object,
                           const struct se_statistics *statistics,
                           int n_digits);
int se_statistics_from_json(struct se_statistics *statistics,
                            const cJSON *object, const char *path,
                            struct se_report *report);

int se_statistics_write(const struct se_statistics *statistics,
                        const char *path, struct se_report *report);

/* Sets mean and inverse deviation of the model's features; SE_ERR_ARG: the file
 * does not hold features of their kind and number. */
int se_statistics_read(struct se_model *model, const char *path,
                       struct se_report *report);

#endif
