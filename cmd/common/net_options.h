/* net_options.h - the options that say which net. */
#ifndef CMD_COMMON_NET_OPTIONS_H
#define CMD_COMMON_NET_OPTIONS_H

#include "common/options.h"
#include "model/model.h"

struct net_options {
    const char *nn_arch, *epoch_loaded;
    const char *model; /* a checkpoint instead of these; or NULL */
    int feat_type;     /* 0: any, else a net with enum se_feat_type + 1 */
};

/* For struct net_options. */
extern const struct option_row net_option_rows[];

/* What the user calls it: the checkpoint or the nn_arch file. */
const char *net_name(const struct net_options *o);

/* Ends the program unless the model has the features that were asked for. */
void net_check_features(const struct net_options *o,
                        const struct se_model *model);

/* Says which net `model` is where its name is that of a shipped one and it is
 * another. */
void net_say_own(const struct se_model *model);

/* Says so where the shipped net stands in for an epoch that it does not have.
 */
void net_say_epoch(const struct se_model *model, const char *which);

/* Reads the net; what cannot be read ends the program. */
void net_load(struct se_model *model, const struct net_options *o);

#endif
