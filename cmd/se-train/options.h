/* options.h - the options of se-train. */
#ifndef CMD_TRAIN_OPTIONS_H
#define CMD_TRAIN_OPTIONS_H

#include "gemm/bfloat16.h"
#include "mix/mix.h"
#include "train/ranks.h"
#include "train/scaling.h"
#include "train/schedule.h"

#include <stdint.h>

struct train_options {
    const char *nn_arch, *epoch_loaded, *models_dir, *loss;
    int feat_type; /* 0: as fits the net, else enum se_feat_type + 1 */
    const char *speech, *noise, *test_speech, *test_noise, *valid_pairs;
    const char *train_list, *test_list, *statistics;
    uint32_t frozen;       /* bit i: layer i keeps its weights */
    const char *init_name; /* where to start from, as it was given; or NULL */
    char init[1024];       /* the checkpoint that this is; empty: none */
    const char *teacher_name; /* likewise */
    char teacher[1024];
    double teacher_share;
    struct se_mix_config mix;
    double epoch_hours;
    int batchsize, timesteps, num_epoch, patience, threads;
    int dry_run, overwrite, quantized, cosine_basis;
    enum se_schedule_kind schedule;
    int precision_word;          /* as it was asked for */
    enum se_precision precision; /* as it is */
    double learning_rate, clip_norm, average, weight_decay;
    int n_ranks;               /* --dry_run predicts so many; 0: none */
    struct se_network network; /* of these */
    double dropprob;           /* < 0: as the nn_arch says */
    uint64_t seed;
    char **words;     /* of the command line, with those that the state
                         remembers */
    char *remembered; /* the same, for the state; NULL: they cannot be */
    char *recalled, **merged; /* what they are kept in; or NULL */
    char changes[1024];       /* "--num_epoch 3, was 2": what differs from the
                                 state's; or empty */
    char command[2048]; /* that trains the net from the start, whether or not
                           it was interrupted */
};

/* Where the features of se-features --download are looked for. */
#define TRAIN_DEFAULT_LIST "data/train_tfrecords_se.csv"
#define TRAIN_DEFAULT_TEST "data/test_tfrecords_se.csv"

/* Reads the command line, for one of these ranks; what is wrong with it ends
 * the program, --help and --version too. With --epoch_loaded latest the options
 * of the state count that are not given. */
struct train_options train_options_parse(int argc, char **argv,
                                         struct se_ranks *ranks);

/* Finds the checkpoints to start from and to learn from and notes the command;
 * a missing one ends the program. */
void train_options_find(struct train_options *o);

void train_options_free(struct train_options *o);

/* Whether an earlier run goes on. */
int train_options_is_latest(const struct train_options *o);

#endif
