/* history.h - history.jsonl: one JSON object a line, one line an epoch. */
#ifndef SE_TRAIN_HISTORY_H
#define SE_TRAIN_HISTORY_H

#include "base/status.h"

/* What an epoch gave. */
struct se_train_epoch {
    int epoch;
    double train_loss, valid_loss;           /* mean a frame */
    double valid_si_sdr_db, noisy_si_sdr_db; /* NAN without phases */
    double valid_pesq_wb_aligned; /* mean of the sequences that have a score
                                     (SE_PESQ_ALIGNED, metrics/pesq.h); NAN:
                                     none has */
    double learning_rate, seconds, frames;
    double preparation_share; /* of the processor time that training took; not
                                 in the history */
    int is_best;
    const char *init;    /* checkpoint that the run began with; NULL: none */
    const char *teacher; /* checkpoint; NULL: none */
    double teacher_share;
};

/* Whether every line of <folder>/history.jsonl, if there is one, is of an
 * epoch; a last one without its end is what a crash leaves, and does not count.
 */
int se_history_check(const char *folder, struct se_report *report);

/* Adds a line to <folder>/history.jsonl, atomically, after dropping lines of
 * this and later epochs (those of a run that was taken up further back) and
 * what is no such line. */
int se_history_add(const char *folder, const struct se_train_epoch *epoch,
                   struct se_report *report);

#endif
