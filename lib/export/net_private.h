/* net_private.h - the layers of a net in an ONNX graph. */
#ifndef SE_EXPORT_NET_PRIVATE_H
#define SE_EXPORT_NET_PRIVATE_H

#include "export/graph_private.h"
#include "model/model.h"

/* Adds all from the value "features" to the output "mask", with the states of
 * the layers as inputs and outputs. */
int se_export_net(struct se_graph *graph, const struct se_model *model,
                  struct se_report *report);

/* What the reader of the file may want to know. */
void se_export_metadata(struct se_graph *graph, const struct se_model *model);

#endif
