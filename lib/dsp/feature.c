/* feature.c - what the net sees of a frame, and its statistics. */
#include "dsp/feature.h"

#include "base/simd.h"
#include "dsp/log.h"
#include "dsp/mel.h"
#include "dsp/vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct se_feature {
    int n_features;
    struct se_mel *mel; /* NULL for SE_FEAT_PSPEC */
    float dc_response[SE_BINS];
};

static const char *const type_names[] = {
    [SE_FEAT_MEL] = "mel",
    [SE_FEAT_PSPEC] = "pspec",
};

enum { N_TYPES = sizeof type_names / sizeof *type_names };

/* |H(e^jw)|^2 of H(z) = (1 - z^-1) / (1 - a z^-1), w = 2 pi k / 512, with the
 * original's a, a Q15 number. Exactly 0 at bin 0, where cos is exactly 1. */
double se_feature_dc_response(int bin)
{
    const double a = 31630.0 / 32768.0;
    double cosine = cos(2.0 * M_PI * bin / SE_FFT);

    return (2.0 - 2.0 * cosine) / (1.0 + a * a - 2.0 * a * cosine);
}

int se_feature_create(struct se_feature **out, enum se_feat_type type,
                      int n_features, struct se_report *report)
{
    struct se_feature *feature;

    *out = NULL;
    if (type == SE_FEAT_PSPEC && n_features != SE_BINS)
        return se_fail(report, SE_ERR_ARG, "%d pspec features: expected %d",
                       n_features, SE_BINS);
    feature = calloc(1, sizeof *feature);
    if (!feature)
        return se_fail_memory(report, "features");
    if (type == SE_FEAT_MEL) {
        int status = se_mel_create(&feature->mel, n_features, report);

        if (status != SE_OK) {
            free(feature);
            return status;
        }
    }
    feature->n_features = n_features;
    for (int k = 0; k < SE_BINS; k++)
        feature->dc_response[k] = (float)se_feature_dc_response(k);
    *out = feature;
    return SE_OK;
}

void se_feature_destroy(struct se_feature *feature)
{
    if (!feature)
        return;
    se_mel_destroy(feature->mel);
    free(feature);
}

const char *se_feat_type_name(enum se_feat_type type)
{
    return type_names[type];
}

int se_feat_type_from_name(const char *name)
{
    for (int type = 0; type < N_TYPES; type++)
        if (strcmp(name, type_names[type]) == 0)
            return type;
    return -1;
}

void se_feature_log(const struct se_feature *feature, float *logs,
                    const float power[SE_BINS])
{
    float high_pass[SE_BINS], bands[SE_BINS];

    se_multiply(high_pass, power, feature->dc_response, SE_BINS);
    if (feature->mel)
        se_mel_apply(feature->mel, bands, high_pass);
    se_log10_floored(logs, feature->mel ? bands : high_pass,
                     feature->n_features);
}

SE_MULTIVERSION
void se_feature_standardise(float *x, const float *logs, const float *mean,
                            const float *inv_std, int n_features)
{
    for (int i = 0; i < n_features; i++) {
        float steps = 256.0f * ((logs[i] - mean[i]) * inv_std[i]);

        steps = steps < 32767.0f ? steps : 32767.0f;
        steps = steps > -32768.0f ? steps : -32768.0f;
        x[i] = floorf(steps) * (1.0f / 256.0f);
    }
}

/* Adds to the mean what one frame, or the frames of another set, differ from
 * it. A feature that never varies has a difference of exactly 0 from its
 * second frame on, so its mean stays exact and its deviation 0. */
SE_MULTIVERSION
void se_feature_stats_add(struct se_feature_stats *stats, const float *logs,
                          int n_features)
{
    double n_before = stats->n_frames;
    double weight = 1.0 / (n_before + 1.0);

    for (int i = 0; i < n_features; i++) {
        double delta = (double)logs[i] - stats->mean[i];

        stats->mean[i] += delta * weight;
        stats->m2[i] += delta * delta * (n_before * weight);
    }
    stats->n_frames = n_before + 1.0;
}

void se_feature_stats_merge(struct se_feature_stats *stats,
                            const struct se_feature_stats *other,
                            int n_features)
{
    double total = stats->n_frames + other->n_frames;
    double weight;

    if (other->n_frames <= 0.0)
        return;
    weight = other->n_frames / total;
    for (int i = 0; i < n_features; i++) {
        double delta = other->mean[i] - stats->mean[i];

        stats->mean[i] += delta * weight;
        stats->m2[i] +=
            other->m2[i] + delta * delta * (stats->n_frames * weight);
    }
    stats->n_frames = total;
}

void se_feature_stats_finish(const struct se_feature_stats *stats, float *mean,
                             float *inv_std, int n_features)
{
    for (int i = 0; i < n_features; i++) {
        double variance =
            stats->n_frames > 0.0 ? stats->m2[i] / stats->n_frames : 0.0;

        mean[i] = (float)stats->mean[i];
        inv_std[i] = (float)(1.0 / ((double)SE_LOG_FLOOR + sqrt(variance)));
    }
}
