/* model.h - a trained net with all that is needed to run it, and its folder.
 *
 * models/<name>/epoch_<NNNN>.safetensors (weights, feature statistics, nn_arch
 * text and epoch in the metadata), `best` and `latest` chosen from
 * history.jsonl. <name> is the nn_arch file's name without `def_` and `.txt`.
 * models/README.md describes the files. */
#ifndef SE_MODEL_MODEL_H
#define SE_MODEL_MODEL_H

#include "base/status.h"
#include "dsp/feature.h"
#include "nn/arch.h"

#include <stddef.h>

/* The net that programs run where none is named: small enough for the boards.
 */
#define SE_MODEL_DEFAULT_ARCH "def_se_nn_arch72_mel.txt"

struct se_model {
    struct se_arch arch;
    enum se_feat_type feat_type;
    float mean[SE_MAX_FEATURES];
    float inv_std[SE_MAX_FEATURES];
    char file[1024];   /* that it was read from; "": none */
    int epoch;         /* 0: never trained */
    char loss[256];    /* of the training that made the checkpoint, as its
                          command line says; "": it does not */
    float *parameters; /* [se_arch_parameters] */
    int64_t n_parameters;
};

/* Whether the net of the nn_arch file `name` can be a model: its inputs are
 * features of that type, its outputs a mask of SE_BINS. All models are. */
int se_model_check(const struct se_arch *arch, enum se_feat_type feat_type,
                   const char *name, struct se_report *report);

/* Allocates zeroed parameters for `arch`; mean 0, inv_std 1, epoch 0. */
int se_model_create(struct se_model *model, const struct se_arch *arch,
                    enum se_feat_type feat_type, struct se_report *report);
void se_model_free(struct se_model *model);

/* What is wrong with the net, after the name of its file if it has one; returns
 * `status`. */
int se_model_fail(const struct se_model *model, int status,
                  const struct se_report *reason, struct se_report *report);

/* What the net sees of a frame, standardised: x[arch.n_in] of its power
 * spectrum. `feature` is of the model's feat_type and arch.n_in. */
void se_model_features(const struct se_model *model,
                       const struct se_feature *feature, float *x,
                       const float power[SE_BINS]);

/* `command`: the command line that made it, kept in the metadata. */
int se_model_write(const char *path, const struct se_model *model,
                   const char *command, struct se_report *report);
int se_model_read(struct se_model *model, const char *path,
                  struct se_report *report);

/* From the bytes of such a file, called `name` in errors. */
int se_model_read_memory(struct se_model *model, const char *name,
                         const void *bytes, size_t n_bytes,
                         struct se_report *report);

/* The net's name: "x" of "nn_arch/def_x.txt". */
int se_model_name(char *name, size_t size, const char *arch_path,
                  struct se_report *report);

/* The checkpoint of the net `name` that comes with the programs: the one in
 * models/shipped.txt of the share folder (lines of sha256sum), whatever else
 * has been trained there. */
int se_model_shipped(char *path, size_t size, const char *name,
                     struct se_report *report);

/* Reads the number of an epoch, a whole number 0..999999999, digits alone;
 * returns 0 if `text` is none. */
int se_model_epoch_number(int *epoch, const char *text);

/* <folder>/epoch_<NNNN>.safetensors; `epoch` >= 0. */
int se_model_epoch_path(char *path, size_t size, const char *folder, int epoch,
                        struct se_report *report);

/* Path of a checkpoint in `folder`; `which` is "best", "latest" or a number.
 * latest: the highest number. best: the lowest valid_loss in history.jsonl of
 * those that are there; without such a history, the latest.
 * Errors list the epochs that are there. */
int se_model_checkpoint(char *path, size_t size, const char *folder,
                        const char *which, struct se_report *report);

/* Path of the checkpoint that users call `name`: a file, a model folder (as
 * given, or in models/), of which it is the best, or "shipped:" and the name of
 * a net. */
int se_model_find(char *path, size_t size, const char *name,
                  struct se_report *report);

/* The highest number of the checkpoints in `folder`; 0: none, no such folder.
 */
int se_model_last_epoch(const char *folder);

/* Removes the checkpoints of `folder` that are later than `epoch`. */
int se_model_remove_later(const char *folder, int epoch,
                          struct se_report *report);

/* The net that a checkpoint is expected to be of. */
struct se_model_net {
    const struct se_arch *arch;
    const char *name; /* of its nn_arch file, for messages */
};

/* Reads the checkpoint `path`, which must be of this net; dropout rates become
 * those of net->arch. */
int se_model_read_as(struct se_model *model, const char *path,
                     const struct se_model_net *net, struct se_report *report);

/* The same to train on from: no weight depends on len_lookahead, so that the
 * checkpoint's may be another one, which goes to `lookahead`. */
int se_model_read_start(struct se_model *model, int *lookahead,
                        const char *path, const struct se_model_net *net,
                        struct se_report *report);

/* Finds (se_arch_find) and reads the nn_arch file, which must describe a mask
 * of SE_BINS, then the checkpoint `which` of its model folder, as
 * se_model_read_as. With "shipped:" before its name, "best" and "latest" are
 * the shipped checkpoint. A number of an epoch that the folder of a shipped net
 * lacks stands for the one that it has. */
int se_model_load(struct se_model *model, const char *arch_name,
                  const char *which, struct se_report *report);

/* The checkpoint `name` (se_model_find); if that is NULL, what se_model_load
 * finds. */
int se_model_open(struct se_model *model, const char *name,
                  const char *arch_name, const char *which,
                  struct se_report *report);

#endif
