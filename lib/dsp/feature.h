/* feature.h - what the net sees of a frame: the one definition that training,
 * enhancement and statistics share.
 *
 * power |X|^2 -> times the power response of the DC filter (one constant a
 * bin; the signal path is left alone) -> mel bands, or the bins themselves ->
 * log10(max(x, 2^-15)) -> minus mean, times inverse deviation -> the Q8 grid
 * (floor(256 x) / 256), clamped to int16: -128 .. 127.996.
 *
 * The DC filter is a first-order high-pass, 3 dB down at 90 Hz, that gives bin
 * 0 a power of exactly 0. Since it acts after the window, what a strong DC
 * leaks into bins 1 and 2 is only attenuated by its response there (-10 and
 * -5 dB): accepted, as the price of leaving the signal's phase alone. */
#ifndef SE_DSP_FEATURE_H
#define SE_DSP_FEATURE_H

#include "base/status.h"
#include "dsp/stft.h"

enum se_feat_type { SE_FEAT_MEL, SE_FEAT_PSPEC };

enum { SE_MAX_FEATURES = SE_BINS };

struct se_feature;

/* `n_features`: mel bands, or 257 for SE_FEAT_PSPEC. */
int se_feature_create(struct se_feature **feature, enum se_feat_type type,
                      int n_features, struct se_report *report);
void se_feature_destroy(struct se_feature *feature);

/* "mel" or "pspec", and back (-1: no such name). */
const char *se_feat_type_name(enum se_feat_type type);
int se_feat_type_from_name(const char *name);

/* Power response of the DC filter at a bin, 0..1.036; exactly 0 at bin 0. */
double se_feature_dc_response(int bin);

/* logs[n_features], before standardisation, -4.515 (the floor) or more; a
 * power that is not a number counts as the floor. */
void se_feature_log(const struct se_feature *feature, float *logs,
                    const float power[SE_BINS]);

/* x[i] = grid((logs[i] - mean[i]) * inv_std[i]); in place is fine. A log that
 * equals its mean gives 0 whatever inv_std. */
void se_feature_standardise(float *x, const float *logs, const float *mean,
                            const float *inv_std, int n_features);

/* Running statistics of log features, in one pass and mergeable (Chan, Golub,
 * LeVeque 1983). All zeros at the start. */
struct se_feature_stats {
    double n_frames;
    double mean[SE_MAX_FEATURES];
    double m2[SE_MAX_FEATURES]; /* sum of squared deviations */
};

void se_feature_stats_add(struct se_feature_stats *stats, const float *logs,
                          int n_features);
void se_feature_stats_merge(struct se_feature_stats *stats,
                            const struct se_feature_stats *other,
                            int n_features);

/* mean and 1 / (2^-15 + deviation): finite for a feature that never varies,
 * such as band 0 of 72 (bin 0 alone, always at the log's floor). Its mean is
 * exact, so that standardising gives 0. Without any frame: mean 0, deviation
 * 0. */
void se_feature_stats_finish(const struct se_feature_stats *stats, float *mean,
                             float *inv_std, int n_features);

#endif
