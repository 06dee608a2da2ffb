/* trainer_private.h - what the files of the trainer share. */
#ifndef SE_TRAIN_TRAINER_PRIVATE_H
#define SE_TRAIN_TRAINER_PRIVATE_H

#include "train/state.h"
#include "train/trainer.h"

enum { SE_TRAINER_SETTINGS = 16 };

struct se_trainer {
    struct se_train_config config;
    struct se_model *model;
    struct se_pool *pool;
    struct se_loss loss;
    struct se_batch *batch;
    struct se_train_state state;
    struct se_train_setting settings[SE_TRAINER_SETTINGS];
    int n_settings;
    int64_t *order;   /* training sequences of this epoch, [count] */
    int64_t *numbers; /* sequences of this round, [batch_size] */
    int n_blocks;     /* of a sequence */
    int64_t n_rounds; /* of an epoch */
};

/* Whether net, loss and sequences go together. */
int se_trainer_check(const struct se_trainer *trainer,
                     struct se_report *report);

/* The batch that trains; and one that only evaluates, `rows` of the sequences
 * at a time, on this rank alone. */
struct se_batch_config se_trainer_training(const struct se_trainer *trainer);
struct se_batch_config
se_trainer_evaluation(const struct se_trainer *trainer,
                      const struct se_sequences *sequences, int rows);

/* What must be the same for a run to go on, on a pool of n_threads; without
 * config->train only what the data have no part in. Returns how many. */
int se_trainer_settings(struct se_train_setting settings[SE_TRAINER_SETTINGS],
                        const struct se_train_config *config,
                        const struct se_model *model, int n_threads);

/* The settings, and the mixing. */
struct se_train_identity se_trainer_identity(const struct se_trainer *trainer);

/* The weights that are validated and written: the model's, or their average. */
float *se_trainer_weights(const struct se_trainer *trainer);

/* The features' mean and deviation over the first sequences, into the model. */
int se_trainer_statistics(struct se_trainer *trainer, struct se_report *report);

/* Loss and SI-SDR of the validation set, into `epoch`. */
int se_trainer_validate(struct se_trainer *trainer,
                        struct se_train_epoch *epoch,
                        struct se_train_round *standing,
                        struct se_report *report);

#endif
