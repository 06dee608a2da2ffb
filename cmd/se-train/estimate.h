/* estimate.h - --dry_run: what a training would take, here and on many
 * machines. */
#ifndef CMD_TRAIN_ESTIMATE_H
#define CMD_TRAIN_ESTIMATE_H

#include "options.h"
#include "train/trainer.h"

struct train_plan {
    const struct train_options *options;
    const struct se_train_config *config; /* of the trainer */
    struct se_model *model;
    struct se_pool *pool;
    double seconds; /* of speech and noise in memory */
};

/* Measures a round of the trainer, with --ranks one of a rank's share as well,
 * and prints what follows. Weights and state of the trainer are spent. */
int train_estimate(const struct train_plan *plan, struct se_trainer *trainer,
                   struct se_report *report);

#endif
