/* batch.h - the arithmetic of training on all cores: one gradient step over a
 * batch of sequences, or their loss alone.
 *
 * The rows of the batch are split over the workers; each has its own buffers
 * and gradient, and the gradients are added in a fixed order, so that the same
 * number of workers gives the same bits. */
#ifndef SE_TRAIN_BATCH_H
#define SE_TRAIN_BATCH_H

#include "base/pool.h"
#include "gemm/bfloat16.h"
#include "loss/loss.h"
#include "model/model.h"
#include "nn/adam.h"
#include "train/feed.h"
#include "train/ranks.h"

struct se_batch;

struct se_batch_config {
    const struct se_model *model;
    const struct se_loss *loss;
    const struct se_sequences *sequences;
    int rows;         /* sequences in parallel, >= the pool's workers, and
                         those of all ranks */
    int frames;       /* frames a block */
    uint64_t seed;    /* of dropout */
    uint32_t frozen;  /* bit i: the weights of layer i stay what they are */
    int cosine_basis; /* Adam sees the first kernel in a cosine basis */
    enum se_precision precision; /* of the net's products */

    /* se_batch_evaluate keeps what the rows sound like, for se_batch_pesq;
     * phases must be known. */
    int keeps_sound;

    /* Fake quantisation, for weights that will be rounded in use: every pass,
     * forward and backward, runs on quantised[n] made of parameters[n]; the
     * gradient goes straight through to `parameters`, which stay float (Y.
     * Bengio et al., 2013). NULL: none. */
    int (*fake_quantise)(float *quantised, const struct se_model *model,
                         const float *parameters, struct se_report *report);

    /* Joins in setting the target that se_batch_train trains for. NULL: none.
     */
    const struct se_teacher *teacher;

    /* Each takes its share of the rows, as one process with the workers of all
     * would share them out, and adds its gradients to theirs (se_batch_train is
     * called by all). NULL: alone. */
    struct se_ranks *ranks;
};

/* All that config points to must outlive the batch. */
int se_batch_create(struct se_batch **batch,
                    const struct se_batch_config *config, struct se_pool *pool,
                    struct se_report *report);
void se_batch_destroy(struct se_batch *batch);

/* Bytes that se_batch_create takes, apart from small allocations (the
 * transforms of the sequences). */
int64_t se_batch_bytes(const struct se_batch_config *config, int n_workers);

/* Starts sequences numbers[rows] in the rows, of which a rank plays its own; -1
 * leaves a row out. */
int se_batch_start(struct se_batch *batch, const int64_t *numbers,
                   struct se_report *report);

/* What a block gave. */
struct se_batch_result {
    double loss_sum;      /* over the frames */
    double n_frames;      /* real ones, padding not counted */
    double gradient_norm; /* before clipping */
};

/* What one step of Adam moves, and how. */
struct se_batch_step {
    float *parameters;
    struct se_adam *adam;
    float learning_rate;
    float clip_norm;    /* the gradient's norm is clipped to it */
    float weight_decay; /* times the learning rate: what kernels lose */
    uint64_t number;    /* of the step; seeds dropout */
};

/* Plays the next block of all rows: forward, backward, one step, weights
 * limited. A gradient that is not a number gives SE_ERR_NUMERIC, and the
 * parameters stay. */
int se_batch_train(struct se_batch *batch, struct se_batch_result *result,
                   const struct se_batch_step *step, struct se_report *report);

/* Plays the next block without dropout: the loss, and what SI-SDR needs. */
int se_batch_evaluate(struct se_batch *batch, const float *parameters,
                      struct se_batch_result *result, struct se_report *report);

/* Mean SI-SDR in dB over the rows that run, of the masked spectra since
 * se_batch_start, and of the noisy ones (0 where phases are not known).
 * Returns the number of rows. */
int se_batch_si_sdr(const struct se_batch *batch, double *enhanced_db,
                    double *noisy_db);

/* Wide-band PESQ by the short cut for aligned signals (SE_PESQ_ALIGNED,
 * metrics/pesq.h), of the masked spectra since se_batch_start: the sum over
 * the rows that have a score, and their number. Needs keeps_sound. */
int se_batch_pesq(struct se_batch *batch, double *sum, int *n,
                  struct se_report *report);

/* Processor time in seconds that mixtures and their features, or reading them,
 * took of all workers since the batch was created. */
double se_batch_preparation_s(const struct se_batch *batch);

/* Adds the log features of the next block of all rows, or of this rank's, to
 * `stats`; padding does not count. */
int se_batch_statistics(struct se_batch *batch, struct se_feature_stats *stats,
                        struct se_report *report);

#endif
