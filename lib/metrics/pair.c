/* pair.c - files against clean speech, and how long they may be. */
#include "metrics/pair.h"

#include <math.h>
#include <stdlib.h>

int se_score_load(struct se_score_signal *signal, const char *path,
                  struct se_report *report)
{
    *signal = (struct se_score_signal){.path = path};
    return se_sound_load_as_is(&signal->samples, &signal->n, path,
                               SE_SCORE_RATE_HZ, report);
}

void se_score_unload(struct se_score_signal *signal)
{
    free(signal->samples);
    *signal = (struct se_score_signal){0};
}

double se_score_seconds(const struct se_score_signal *signal)
{
    return (double)signal->n / SE_SCORE_RATE_HZ;
}

static int check_lengths(const struct se_score_signal *clean,
                         const struct se_score_signal *processed,
                         struct se_report *report)
{
    if (llabs(clean->n - processed->n) <= SE_MAX_DELAY)
        return SE_OK;
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: lasts %.3f s and %s %.3f s: expected the same within "
                   "%d ms",
                   processed->path, se_score_seconds(processed), clean->path,
                   se_score_seconds(clean),
                   SE_MAX_DELAY * 1000 / SE_SCORE_RATE_HZ);
}

/* A signal that P.862 has no score for, a silent one for example, is none that
 * could not be judged. */
static int score_band(double *score, const struct se_pesq_pair *pair,
                      enum se_pesq_band band, enum se_pesq_method method,
                      struct se_report *report)
{
    int status = se_pesq(score, pair, band, method, report);

    if (status == SE_OK || se_is_machines(status))
        return status;
    *score = (double)NAN;
    return SE_OK;
}

static int score_pesq(struct se_scores *scores, struct se_pesq_pair pair,
                      enum se_pesq_method method, struct se_report *report)
{
    int delay = method == SE_PESQ_ALIGNED ? scores->delay_samples : 0;

    if (delay > 0) {
        pair.processed += delay;
        pair.n_processed -= delay;
    } else {
        pair.clean -= delay;
        pair.n_clean += delay;
    }

    int status =
        score_band(&scores->pesq_wb, &pair, SE_PESQ_WIDE, method, report);

    if (status == SE_OK)
        status =
            score_band(&scores->pesq_nb, &pair, SE_PESQ_NARROW, method, report);
    return status;
}

int se_score_pair(struct se_scores *scores, const struct se_score_signal *clean,
                  const struct se_score_signal *processed,
                  enum se_pesq_method method, struct se_report *report)
{
    const struct se_pesq_pair pair = {clean->samples, processed->samples,
                                      clean->n, processed->n};
    int64_t shorter = clean->n < processed->n ? clean->n : processed->n;
    struct se_report reason;
    int status = check_lengths(clean, processed, report);

    if (status != SE_OK)
        return status;
    status = se_scores_compute(scores, clean->samples, processed->samples,
                               shorter, &reason);
    if (status == SE_OK)
        status = score_pesq(scores, pair, method, &reason);
    if (status != SE_OK)
        se_fail(report, status, "%s and %s: %s", clean->path, processed->path,
                reason.text);
    return status;
}

static int score_file(struct se_scores *scores,
                      const struct se_score_signal *clean, const char *path,
                      struct se_report *report)
{
    struct se_score_signal processed;
    int status = se_score_load(&processed, path, report);

    if (status == SE_OK)
        status = se_score_pair(scores, clean, &processed, SE_PESQ_FULL, report);
    se_score_unload(&processed);
    return status;
}

int se_score_change(struct se_score_change *change, const char *clean,
                    const char *before, const char *after,
                    struct se_report *report)
{
    struct se_score_signal signal;
    int status = se_score_load(&signal, clean, report);

    if (status == SE_OK)
        status = score_file(&change->before, &signal, before, report);
    if (status == SE_OK)
        status = score_file(&change->after, &signal, after, report);
    se_score_unload(&signal);
    return status;
}
