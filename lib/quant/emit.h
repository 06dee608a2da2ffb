/* emit.h - an integer net as C tables for lib/nnsp, and vectors to test them.
 */
#ifndef SE_QUANT_EMIT_H
#define SE_QUANT_EMIT_H

#include "quant/quantise.h"
#include "quant/tables.h"

/* Writes def_nn<id>_<name>.h and .c: `nnsp_net_<name>`, a macro of the memory
 * it needs, and in a comment the tool's version, the net's description and the
 * checkpoint's epoch. Both files or none; the same net gives the same bytes. */
int se_emit_tables(const struct se_tables_place *place,
                   const struct se_model *model, const struct se_quant_net *net,
                   struct se_report *report);

/* Writes golden_nn<id>_<name>.h: input, features, mask and output of
 * samples[n_frames * SE_HOP], for a board to compare with; n_frames >= 1. */
int se_emit_golden(const struct se_tables_place *place,
                   const struct se_quant_net *net, const float *samples,
                   int n_frames, struct se_report *report);

#endif
