/* ns_nnsp.h - a net as C tables for the original project's library, ns-nnsp.a
 * (AmbiqAI/nnse): NeuralNetClass and PARAMS_NNSP.
 *
 * Kernels in 8 bits, biases in 16, one power-of-two scale a layer for each;
 * rows in groups of 4, within a group the 2 x 2 blocks of M[r][c], M[r+1][c],
 * M[r][c+1], M[r+1][c+1]; LSTM gates i, c, f, o, four units at a time.
 *
 * What that library can hold: 10 layers, 480 numbers into and out of each, the
 * first layer a conv1d over exactly 6 frames and the only one, an lstm with as
 * many inputs as units and not the last layer, no linear activation (its
 * numbers are 32 bits wide), a sigmoid at the end; 72 or 40 mel bands;
 * scalar_output 1, len_filter 1 and len_lookahead 0. Anything else is an error.
 *
 * Its features are floored to 2^-15 after each step and its DC filter runs
 * over the samples, so that a feature which never varied in training varies
 * there: such features (deviation below 2^-14) are switched off, by an inverse
 * deviation of 0. */
#ifndef SE_QUANT_NS_NNSP_H
#define SE_QUANT_NS_NNSP_H

#include "base/status.h"
#include "model/model.h"
#include "quant/tables.h"

#include <stdint.h>

enum { SE_NS_NNSP_MAX_LAYERS = 10 };

/* Fractional bits: an integer w stands for w / 2^bits. */
struct se_ns_nnsp_bits {
    int kernel[SE_NS_NNSP_MAX_LAYERS]; /* of 8 bits; 0..7 */
    int bias[SE_NS_NNSP_MAX_LAYERS];   /* of 16 bits; 0..15 */
};

/* SE_OK if the library can hold this net; else SE_ERR_ARG and why not. */
int se_ns_nnsp_check(const struct se_model *model, struct se_report *report);

/* The original's rule, bits - 1 - max(ceil(log2(max |w|)), 0), for a net that
 * passed se_ns_nnsp_check; one less where the largest weight is the very power
 * of two that does not fit. So weights that the original left on its grid keep
 * their values. The two kernels of an lstm share theirs. */
void se_ns_nnsp_choose_bits(struct se_ns_nnsp_bits *bits,
                            const struct se_model *model);

/* The arrays of one layer in the library's order: floor(w * 2^bits + 1/2),
 * saturated; exact for weights on the grid. */
struct se_ns_nnsp_layer {
    int n_kernel;
    int8_t *kernel;
    int8_t *recurrent; /* n_kernel numbers too; NULL but for an lstm */
    int n_bias;
    int16_t *bias;
};

int se_ns_nnsp_pack(struct se_ns_nnsp_layer *packed,
                    const struct se_model *model, int layer,
                    const struct se_ns_nnsp_bits *bits,
                    struct se_report *report);
void se_ns_nnsp_layer_free(struct se_ns_nnsp_layer *packed);

struct se_ns_nnsp_options {
    int pre_gain_q1; /* input gain times 2; the original's tables have 20, which
                        wraps loud input around */
    const struct se_ns_nnsp_bits *bits; /* NULL: se_ns_nnsp_choose_bits */
};

/* Writes def_nn<net_id>_<net_name>.h and .c, both or neither (quant/tables.h).
 * `options` NULL: gain 1, chosen bits. */
int se_ns_nnsp_emit(const struct se_tables_place *place,
                    const struct se_model *model,
                    const struct se_ns_nnsp_options *options,
                    struct se_report *report);

#endif
