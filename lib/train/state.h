/* state.h - state.safetensors: all that training needs to go on exactly. */
#ifndef SE_TRAIN_STATE_H
#define SE_TRAIN_STATE_H

#include "mix/mix.h"
#include "model/model.h"
#include "nn/adam.h"
#include "train/schedule.h"

/* Where training stands, between two rounds of sequences. */
struct se_train_state {
    int epoch;                        /* the one that is under way, 1.. */
    int64_t round;                    /* of this epoch, done */
    uint64_t n_blocks;                /* gradient steps since the start */
    double loss_sum, frames, seconds; /* of this epoch so far */
    struct se_progress progress;
    struct se_adam adam;
    float *average; /* EMA of the weights, [n_parameters]; NULL: none */
};

/* What must be the same for a run to go on: names and values as text. A state
 * that does not know a name holds "none". */
struct se_train_setting {
    const char *name;
    char value[512];
};

struct se_train_identity {
    const struct se_train_setting *settings; /* [n_settings] */
    int n_settings;
    const struct se_mix_config *mix; /* NULL: no mixtures */
    const char *words; /* of the command line, each on a line, which the state
                          keeps for se_state_words; NULL: none */
};

/* Writes <folder>/state.safetensors, atomically. */
int se_state_write(const char *folder, const struct se_train_state *state,
                   const struct se_model *model,
                   const struct se_train_identity *identity,
                   struct se_report *report);

/* Whether the state is of that net and identity, of which not all need be known
 * yet: SE_ERR_ARG as of se_state_read. */
int se_state_check(const char *folder, const struct se_model *model,
                   const struct se_train_identity *identity,
                   struct se_report *report);

/* Reads it into *state (whose arrays are allocated) and the model's
 * parameters and statistics. SE_ERR_ARG names the setting that differs, the
 * option of the mixer (older states do not hold them), or the net. */
int se_state_read(struct se_train_state *state, struct se_model *model,
                  const char *folder, const struct se_train_identity *identity,
                  struct se_report *report);

/* The words that the state in the folder keeps (malloc); NULL: it keeps none,
 * as older ones do. */
int se_state_words(char **words, const char *folder, struct se_report *report);

#endif
