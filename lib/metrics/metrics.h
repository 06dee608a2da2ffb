/* metrics.h - how close enhanced speech is to clean speech.
 *
 * All take mono signals of equal length and rate; see each for its source. */
#ifndef SE_METRICS_METRICS_H
#define SE_METRICS_METRICS_H

#include "base/status.h"

#include <stdint.h>

struct se_scores {
    double si_sdr_db;  /* J. Le Roux et al., "SDR - half-baked or well done?",
                          ICASSP 2019 */
    double seg_snr_db; /* 30 ms Hann frames, 75 % overlap, each clamped to
                          -10..35 dB, mean over all frames */
    double stoi;       /* C. Taal et al., IEEE TASLP 19 (2011) */
    double estoi;      /* J. Jensen, C. Taal, IEEE TASLP 24 (2016) */
    int delay_samples; /* of `processed` against `clean`, taken out first */
};

/* Scores `processed` against `clean` at 16 kHz. A constant delay of up to
 * 64 ms either way is found (largest cross-correlation) and taken out. Errors:
 * clean silent (SE_ERR_NUMERIC), too short for STOI (< 30 frames of speech:
 * SE_ERR_ARG). */
int se_scores_compute(struct se_scores *scores, const float *clean,
                      const float *processed, int64_t n_samples,
                      struct se_report *report);

/* SI-SDR alone, in dB, no delay search. */
double se_si_sdr(const float *clean, const float *processed,
                 int64_t n_samples);

#endif
