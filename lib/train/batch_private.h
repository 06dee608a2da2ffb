/* batch_private.h - what the files of the batch share. */
#ifndef SE_TRAIN_BATCH_PRIVATE_H
#define SE_TRAIN_BATCH_PRIVATE_H

#include "base/rng.h"
#include "nn/basis.h"
#include "nn/net.h"
#include "nn/taps.h"
#include "train/batch.h"
#include "train/listener.h"

#include <pthread.h>

/* Pieces of the parameter block that workers reduce and update; a fixed
 * number, so that sums do not depend on the workers. */
enum { SE_BATCH_SLICES = 64 };

/* Rows that a worker takes through the net at a time: the matrices are high
 * enough to multiply fast, and buffers for more would only cost memory. */
enum { SE_BATCH_PASS_ROWS = 16 };

/* Energies of one row since its start, for SI-SDR. */
struct se_batch_energies {
    double clean, noisy, noisy_cross, masked, masked_cross;
};

/* Rows of a worker that go through the net together. */
struct se_batch_pass {
    int first_row, rows;
    struct se_net *net, *teacher; /* or NULL */
};

struct se_batch_worker {
    struct se_batch *batch;
    struct se_batch_pass *passes; /* [n_passes], in the buffers of the first */
    int n_passes;

    /* of the pass that is under way */
    struct se_block block;
    float *d_mask; /* [frames][rows][SE_BINS] */
    float *gain;   /* NULL: what the net gives, which stays in 0..1 */
    float *d_taps; /* NULL unless the net filters (nn/taps.h) */
    struct se_loss_synthesis *synthesis; /* NULL: the loss needs none */
    int lengths[SE_BATCH_PASS_ROWS];     /* real frames; 0: the row is out */

    float *gradient; /* [parameters] */
    float *scratch;
    double loss_sum, n_frames;
    double prepared_s; /* processor time of mixing, or of reading, so far */
    int status;
    struct se_report report;
};

struct se_batch {
    struct se_batch_config config;
    struct se_pool *pool;
    struct se_feature *feature;
    struct se_feed **feeds;             /* [rows] */
    int *running;                       /* [rows] */
    struct se_batch_energies *energies; /* [rows] */
    struct se_listener **listeners;     /* [rows]; NULL without keeps_sound */
    double *pesq;                       /* [rows]; the same */
    struct se_batch_worker *workers;    /* [n_workers] */
    int n_workers;
    int first_row, rows; /* of the config's rows, those that are played here */
    int frame;           /* next one, from the start of the sequences */
    struct se_taps taps; /* of the net */
    float pad[SE_MAX_FEATURES]; /* standardised features of silence */

    float *quantised; /* [parameters]; NULL without config.fake_quantise */

    struct se_basis basis; /* of the first kernel, and room for that kernel; */
    float *kernel;         /* NULL without config.cosine_basis */

    /* arguments of the round that runs on the pool */
    const float *parameters;
    const struct se_batch_step *step;
    struct se_feature_stats *stats; /* [n_workers] */
    const int64_t *numbers;
    float rate, gradient_scale;
    double slice_norm2[SE_BATCH_SLICES];

    /* with ranks: layers whose gradient the workers have, and sums begun */
    pthread_mutex_t sum_lock;
    int layer_done[SE_MAX_LAYERS]; /* workers */
    int layer_summed[SE_MAX_LAYERS];
    int next_sum; /* layer; -1: all are under way */
};

/* Runs `task` on each worker and returns the first failure. */
int se_batch_run(struct se_batch *batch,
                 void (*task)(void *context, int index, int worker),
                 struct se_report *report);

/* Makes these parameters, or what fake quantisation makes of them, those that
 * passes run on. */
int se_batch_use(struct se_batch *batch, const float *parameters,
                 struct se_report *report);

/* Starts a pass: its rows' next frames, as se_feed_block gives them, into the
 * worker's block. Returns 0 when that failed. */
int se_batch_fill(struct se_batch_worker *worker,
                  const struct se_batch_pass *pass,
                  const struct se_model *model);

/* The mask in 0..1, or the gain that the net's filters make, and its loss;
 * worker->d_mask becomes the gradient of the loss's mean over the batch's
 * block. */
const float *se_batch_forward(struct se_batch_worker *worker,
                              const struct se_batch_pass *pass,
                              struct se_rng *drop);

/* Adds up the workers' gradients and makes batch->step; sets the gradient's
 * norm. */
int se_batch_update(struct se_batch *batch, struct se_batch_result *result,
                    struct se_report *report);

/* Adds the workers' gradients [begin, end) into the first one's. */
void se_batch_sum_workers(struct se_batch *batch, int64_t begin, int64_t end);

/* The same layer by layer, and over all ranks: before a step, from a worker
 * when it is done with a layer (for se_net_on_layer; the context is the batch),
 * and at the end, which waits for the sums. */
void se_batch_sum_start(struct se_batch *batch);
void se_batch_sum_layer(void *context, int layer);
void se_batch_sum_finish(struct se_batch *batch,
                         struct se_batch_result *result);

/* Adds up what the workers found and moves on. */
void se_batch_finish(struct se_batch *batch, struct se_batch_result *result);

#endif
