/* quantise.h - a trained float net as the integer net that lib/nnsp runs.
 *
 * Weights become 8 bits with a power-of-two scale for each row (and for the two
 * halves of an LSTM's row), chosen for the least error of the row's sum: of
 * all inputs alike, or, with the moments of a sound (quant/probe.h), of inputs
 * as large as they are there. With moments, the mean that the rounding of a
 * row adds to its sum is also taken out of its bias. */
#ifndef SE_QUANT_QUANTISE_H
#define SE_QUANT_QUANTISE_H

#include "model/model.h"
#include "nnsp/nnsp.h"
#include "quant/probe.h"

#include <stdint.h>

struct se_quant_layer {
    int min_scale_log2, max_scale_log2; /* steps a unit of weight, over rows */
    int64_t n_weights, n_saturated;
};

/* The net and all arrays that it points to. */
struct se_quant_net {
    struct nnsp_net net;
    struct nnsp_layer layer[SE_MAX_LAYERS];
    struct se_quant_layer about[SE_MAX_LAYERS];
    uint32_t memory_bytes; /* what nnsp_init needs */
};

/* `moments`: NULL if there is no sound to go by. SE_ERR_ARG: what the runtime
 * cannot hold (a scalar_output, weights beyond the range of 8 bits). The net
 * does not need the model any more. */
int se_quantise(struct se_quant_net **net, const struct se_model *model,
                const struct se_moments *moments, struct se_report *report);

/* The same with the moments of the sound file `path`; NULL: without. */
int se_quantise_for(struct se_quant_net **net, const struct se_model *model,
                    const char *path, struct se_report *report);
void se_quant_net_free(struct se_quant_net *net);

/* Sizes of a layer's arrays as they are stored. */
int se_quant_rows(const struct nnsp_layer *layer); /* padded */
int64_t se_quant_kernel_bytes(const struct nnsp_layer *layer);
int64_t se_quant_recurrent_bytes(const struct nnsp_layer *layer);

/* Weight (row, column) of a packed matrix with `columns` columns (nnsp.h). */
int se_quant_weight(const int8_t *packed, int row, int column, int columns);

/* Fractional bits of sums before relu6, tanh, sigmoid and an lstm's gates; a
 * linear layer's sums have those of its output. */
enum { SE_QUANT_SUM_Q = 12 };

/* Fractional bits of what layer `i` gives in the runtime; -1: of the features.
 */
int se_quant_output_q(const struct se_arch *arch, int i);

#endif
