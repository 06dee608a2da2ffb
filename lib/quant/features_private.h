/* features_private.h - the feature tables of an integer net. */
#ifndef SE_QUANT_FEATURES_PRIVATE_H
#define SE_QUANT_FEATURES_PRIVATE_H

#include "model/model.h"
#include "nnsp/nnsp.h"

/* Allocates and fills edge, weight, mean, inv_std (nnsp.h) for the features of
 * `model`. */
int se_quant_features(struct nnsp_net *net, const struct se_model *model,
                      struct se_report *report);
void se_quant_features_free(struct nnsp_net *net);

#endif
