/* trainer.h - the epoch loop: train, validate, save, resume.
 *
 * The folder of a run: epoch_NNNN.safetensors after each epoch,
 * history.jsonl with a line an epoch, and state.safetensors, from which a run
 * that was stopped goes on to the same bytes as one that was not (same
 * threads). An epoch's end removes what the folder has of later ones: of a run
 * that was taken up further back. models/README.md describes the files. */
#ifndef SE_TRAIN_TRAINER_H
#define SE_TRAIN_TRAINER_H

#include "train/batch.h"
#include "train/history.h"
#include "train/schedule.h"

#include <signal.h>

/* Where training stands, after a round of sequences. */
struct se_train_round {
    int epoch;           /* 1.. */
    int64_t done, total; /* sequences of this epoch; validation follows */
    int validating;
    double loss; /* mean since the epoch began */
    double learning_rate, gradient_norm;
};

struct se_train_config {
    const char *folder;  /* exists */
    const char *command; /* kept in the checkpoints */
    const char *words;   /* kept in the state: the command line that goes on
                            with it, each word on a line; NULL: none */
    const char *loss_text;
    const char *init; /* the checkpoint that the weights come from, written to
                         the history; NULL: fresh ones, or of this folder */
    const struct se_teacher *teacher; /* of the net; NULL: none */
    uint32_t frozen;                  /* bit i: layer i keeps its weights */
    int cosine_basis;            /* Adam sees the first kernel in a cosine basis
                                    (nn/basis.h) */
    enum se_precision precision; /* of products in training; validation is in
                                    float */
    const struct se_sequences *train;
    const struct se_sequences *valid;
    const char *statistics; /* of the features (records/statistics.h); NULL:
                               taken over the first sequences */
    int batch_size;         /* sequences in parallel */
    int timesteps;          /* frames a block: between two Adam steps */
    struct se_schedule schedule;
    float clip_norm;      /* of the gradient */
    float weight_decay;   /* of kernels, times the learning rate, a step */
    double average_decay; /* 0.999: what is validated and written is a weight
                             average (EMA) that keeps this share at each step
                             (after B. T. Polyak, A. B. Juditsky, 1992); 0: the
                             weights themselves */
    int patience;         /* epochs without a better one before an early stop;
                             0: never */
    uint64_t seed;
    /* Trains for weights so quantised (batch.h), which the checkpoints then
     * hold; the state keeps the float ones. NULL: none. */
    int (*fake_quantise)(float *quantised, const struct se_model *model,
                         const float *parameters, struct se_report *report);
    const volatile sig_atomic_t *stop; /* not 0: finish the round, save */

    /* Each trains its share of the batch and judges its share of the validation
     * set; rank 0's model and folder count, and it alone writes. What returns a
     * status returns SE_OK and SE_ERR_STOPPED in all, an error in one or in
     * all. NULL: alone. */
    struct se_ranks *ranks;

    /* Called after every round and every epoch; may be NULL. */
    void (*on_round)(void *context, const struct se_train_round *round);
    void (*on_epoch)(void *context, const struct se_train_epoch *epoch);
    void *context;
};

struct se_trainer;

/* `model` holds the start: its weights are trained in place; everything that
 * config points to must outlive the trainer. Statistics of the features are
 * taken over the first training sequences when model->epoch is 0, but with
 * config->init, where they are the model's. */
int se_trainer_create(struct se_trainer **trainer, struct se_model *model,
                      const struct se_train_config *config,
                      struct se_pool *pool, struct se_report *report);
void se_trainer_destroy(struct se_trainer *trainer);

/* Whether se_trainer_resume will refuse to go on, as far as that is known
 * before the data are: all but batch, sequences, speech and noise. `mix`: of
 * the mixtures to come, NULL for none. The same errors. */
int se_trainer_foresee(const struct se_train_config *config,
                       const struct se_model *model,
                       const struct se_mix_config *mix, int n_threads,
                       struct se_report *report);

/* Reads state.safetensors of the folder and goes on from there. It must be of
 * the same net, features, loss, teacher, start, frozen layers, averaging,
 * precision, seed, batch, sequences, speech, noise and mixing (SE_ERR_ARG says
 * what differs). */
int se_trainer_resume(struct se_trainer *trainer, struct se_report *report);

/* Trains up to config->schedule.n_epochs, or until early stop. SE_ERR_STOPPED:
 * config->stop was set, everything is saved. SE_ERR_NUMERIC: training
 * diverged; the last good epoch is on the disk. */
int se_trainer_run(struct se_trainer *trainer, struct se_report *report);

/* Memory, computed, and speed, the best of a few rounds of training. */
struct se_train_estimate {
    int64_t bytes;            /* beyond the corpus */
    double frames_per_second; /* of training, data preparation included */
    double step_s;            /* a block of all rows */
    double preparation_share; /* of the processor time */
};
int se_trainer_estimate(struct se_trainer *trainer,
                        struct se_train_estimate *estimate,
                        struct se_report *report);

#endif
