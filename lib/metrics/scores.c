/* scores.c - the measures of one pair of signals, PESQ apart. */
#include "metrics/metrics.h"

#include "dsp/stft.h"

#include <math.h>

enum { SHORTEST = 6400 }; /* 0.4 s at 16 kHz, all that STOI needs */

/* A sample that is not a number, or overflows the sums, ends up in the sum. */
static int check_input(const float *clean, const float *processed,
                       int64_t n_samples, struct se_report *report)
{
    double clean_sum = 0, processed_sum = 0;
    int varies = 0;

    if (n_samples < SHORTEST)
        return se_fail(report, SE_ERR_ARG,
                       "%.2f s of sound, expected at least 0.4 s for STOI",
                       (double)n_samples / SE_RATE_HZ);

    for (int64_t i = 0; i < n_samples; i++) {
        clean_sum += (double)clean[i];
        processed_sum += (double)processed[i];
        varies |= clean[i] != clean[0];
    }
    if (!isfinite(clean_sum) || !isfinite(processed_sum))
        return se_fail(report, SE_ERR_NUMERIC,
                       "the %s signal holds a sample that is not a number",
                       isfinite(clean_sum) ? "processed" : "clean");
    if (!varies)
        return se_fail(report, SE_ERR_NUMERIC,
                       "the clean signal is silent, nothing to compare with");
    return SE_OK;
}

int se_scores_compute(struct se_scores *scores, const float *clean,
                      const float *processed, int64_t n_samples,
                      struct se_report *report)
{
    int delay;
    int status = check_input(clean, processed, n_samples, report);

    if (status == SE_OK)
        status = se_delay_find(&delay, clean, processed, n_samples, report);
    if (status != SE_OK)
        return status;
    if (delay > 0)
        processed += delay;
    else
        clean -= delay;
    n_samples -= delay > 0 ? delay : -delay;

    scores->delay_samples = delay;
    status = se_stoi(scores, clean, processed, n_samples, report);
    if (status == SE_OK)
        status = se_lsd(&scores->lsd_db, clean, processed, n_samples, report);
    if (status != SE_OK)
        return status;
    scores->pesq_wb = scores->pesq_nb = (double)NAN;
    scores->si_sdr_db = se_si_sdr(clean, processed, n_samples);
    scores->seg_snr_db = se_seg_snr(clean, processed, n_samples);
    return SE_OK;
}
