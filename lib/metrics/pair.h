/* pair.h - a sound file scored against the clean speech that it should be. */
#ifndef SE_METRICS_PAIR_H
#define SE_METRICS_PAIR_H

#include "audio/sound.h"
#include "dsp/stft.h"
#include "metrics/metrics.h"
#include "metrics/pesq.h"

enum { SE_SCORE_RATE_HZ = SE_RATE_HZ };

/* Mono at SE_SCORE_RATE_HZ, the mean of the channels. */
struct se_score_signal {
    const char *path; /* what messages call it */
    float *samples;   /* [n], malloc */
    int64_t n;
};

/* `path` must outlive the signal. */
int se_score_load(struct se_score_signal *signal, const char *path,
                  struct se_report *report);
void se_score_unload(struct se_score_signal *signal);

double se_score_seconds(const struct se_score_signal *signal);

/* Scores up to the end of the shorter one, but PESQ, which takes both as they
 * are; with SE_PESQ_ALIGNED, without the delay that was found. The longer one
 * may last longer by what a delay could explain: SE_MAX_DELAY, 64 ms; else
 * SE_ERR_FORMAT. Errors name both. */
int se_score_pair(struct se_scores *scores, const struct se_score_signal *clean,
                  const struct se_score_signal *processed,
                  enum se_pesq_method method, struct se_report *report);

/* What a file was before and is after, against clean speech; with all of
 * PESQ. */
struct se_score_change {
    struct se_scores before, after;
};

int se_score_change(struct se_score_change *change, const char *clean,
                    const char *before, const char *after,
                    struct se_report *report);

#endif
