/* metrics.h - how close enhanced speech is to clean speech.
 *
 * All take mono signals of equal length at 16 kHz. Where the papers leave a
 * choice, each source file says which it is. Nothing here keeps state: any
 * number of threads may score at the same time. */
#ifndef SE_METRICS_METRICS_H
#define SE_METRICS_METRICS_H

#include "base/status.h"

#include <stdint.h>

enum {
    SE_MAX_DELAY = 1024, /* samples either way that are searched: 64 ms */
};

struct se_scores {
    double si_sdr_db;  /* J. Le Roux et al., "SDR - half-baked or well done?",
                          ICASSP 2019; means removed. INFINITY when only the
                          level differs, -INFINITY for silence */
    double seg_snr_db; /* 30 ms Hann frames, 75 % overlap, each clamped to
                          -10..35 dB, mean over all frames */
    double stoi;       /* C. Taal et al., IEEE TASLP 19 (2011) */
    double estoi;      /* J. Jensen, C. Taal, IEEE TASLP 24 (2016) */
    double lsd_db;     /* log-spectral distance, 0 at best: see lsd.c */
    int delay_samples; /* of `processed` against `clean`, taken out first */

    /* Of se_score_pair alone (pair.h, pesq.h): mean opinion scores, NAN where
     * P.862 defines none. */
    double pesq_wb, pesq_nb;
};

/* Scores `processed` against `clean` at 16 kHz, PESQ apart. A constant delay of
 * up to 64 ms either way is found (largest cross-correlation) and taken out.
 * Errors: clean silent or a sample that is not a number (SE_ERR_NUMERIC), too
 * short for STOI (< 31 frames, 0.4 s, of speech: SE_ERR_ARG). */
int se_scores_compute(struct se_scores *scores, const float *clean,
                      const float *processed, int64_t n_samples,
                      struct se_report *report);

/* SI-SDR alone, in dB, no delay search. */
double se_si_sdr(const float *clean, const float *processed, int64_t n_samples);

/* Segmental SNR alone, in dB, no delay search; needs 600 samples. */
double se_seg_snr(const float *clean, const float *processed,
                  int64_t n_samples);

/* STOI and ESTOI alone, no delay search: sets these two of *scores. */
int se_stoi(struct se_scores *scores, const float *clean,
            const float *processed, int64_t n_samples,
            struct se_report *report);

/* Log-spectral distance alone, in dB, no delay search; needs 160 samples and a
 * clean signal that is not silent. */
int se_lsd(double *lsd_db, const float *clean, const float *processed,
           int64_t n_samples, struct se_report *report);

/* The delay d of `processed` against `clean`, -SE_MAX_DELAY..SE_MAX_DELAY:
 * processed[i] is most like clean[i - d]. */
int se_delay_find(int *delay_samples, const float *clean,
                  const float *processed, int64_t n_samples,
                  struct se_report *report);

#endif
