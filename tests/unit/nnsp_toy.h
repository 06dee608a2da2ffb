/* nnsp_toy.h - small random nets whose weights lie on the integer grid: the
 * same net for the float code and, packed here by hand, for the integer
 * runtime. */
#ifndef SE_TESTS_NNSP_TOY_H
#define SE_TESTS_NNSP_TOY_H

#include "base/rng.h"
#include "check.h"
#include "model/model.h"
#include "nn/layer.h"
#include "nnsp/nnsp.h"
#include "quant/features_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TOY_Q_LINEAR = 11 };

struct nnsp_toy {
    struct se_model model;
    struct nnsp_net net;
    struct nnsp_layer layer[SE_MAX_LAYERS];
    struct nnsp nnsp;
    void *memory;
    uint32_t memory_bytes;
};

/* One matrix on its way into both nets. */
struct toy_matrix {
    float *weights;           /* [columns][rows] */
    int rows, columns, units; /* units: rows / 4 of an lstm, else 0 */
    int8_t *packed;
    uint8_t *shift;
    int q_in, q_sum;
};

static inline void *toy_zeros(size_t n_bytes)
{
    void *zeros = aligned_alloc(16, (n_bytes + 31) / 16 * 16);

    expect(zeros);
    memset(zeros, 0, (n_bytes + 31) / 16 * 16);
    return zeros;
}

/* Row of the runtime's order for an output of the float net's. */
static inline int toy_row(const struct toy_matrix *m, int output)
{
    return m->units ? output % m->units * 4 + output / m->units : output;
}

/* Two rows make lanes of 16 bits, 256 * odd + even: the odd row's byte is one
 * less where the even one's is negative. */
static inline void toy_make_lanes(int8_t *packed, int n_bytes)
{
    for (int i = 0; i < n_bytes; i += 2)
        packed[i + 1] = (int8_t)(packed[i + 1] - (packed[i] < 0));
}

static inline void toy_fill(struct toy_matrix *m, struct se_rng *rng)
{
    int padded = NNSP_PAD(m->columns);

    m->packed = toy_zeros((size_t)NNSP_PAD(m->rows) * (size_t)padded);
    m->shift = toy_zeros((size_t)m->rows + 3);
    for (int o = 0; o < m->rows; o++) {
        int r = toy_row(m, o), q_w = 6 + (int)se_rng_below(rng, 3);
        /* larger nets get smaller weights, to stay off the flat ends */
        double size = 127.0 / (1.0 + 0.1 * m->columns);

        m->shift[r] = (uint8_t)(m->q_in + q_w - m->q_sum);
        for (int c = 0; c < m->columns; c++) {
            int w = (int)lround(se_rng_uniform(rng, -size, size));
            int8_t *pair = m->packed + r / 4 * 4 * padded + c / 2 * 8;

            pair[r % 4 / 2 * 4 + c % 2 * 2 + r % 2] = (int8_t)w;
            m->weights[c * m->rows + o] = (float)ldexp(w, -q_w);
        }
    }
    toy_make_lanes(m->packed, NNSP_PAD(m->rows) * padded);
}

/* Random biases, on the grid of the sums, with the runtime's rounding. */
static inline int32_t *toy_biases(float *bias, const struct toy_matrix *m,
                                  struct se_rng *rng)
{
    int32_t *biases = toy_zeros(4 * ((size_t)m->rows + 3));

    for (int o = 0; o < m->rows; o++) {
        int r = toy_row(m, o), shift = m->shift[r];
        double b = floor(se_rng_uniform(rng, -2000.0, 2000.0));

        bias[o] = (float)ldexp(b, -m->q_sum);
        biases[r] = (int32_t)ldexp(b, shift) + (1 << shift >> 1);
        if (m->units)
            biases[r] += 1 << shift >> 1;
    }
    return biases;
}

/* Q of what the layer before gives. */
static inline int toy_q_in(const struct se_arch *arch, int layer)
{
    if (layer == 0)
        return 8;
    switch (arch->layer[layer - 1].activation) {
    case SE_ACTIVATION_RELU6:
        return 12;
    case SE_ACTIVATION_LINEAR:
        return TOY_Q_LINEAR;
    default:
        return 15;
    }
}

static inline void toy_layer(struct nnsp_toy *toy, int number,
                             const struct se_layer_weights *weights,
                             struct se_rng *rng)
{
    const struct se_layer_arch *arch = &toy->model.arch.layer[number];
    struct nnsp_layer *layer = &toy->layer[number];
    int is_linear = arch->activation == SE_ACTIVATION_LINEAR;
    int is_last = number == toy->model.arch.n_layers - 1;
    int is_lstm = arch->type == SE_LAYER_LSTM;
    struct toy_matrix m = {
        .weights = weights->kernel,
        .rows = is_lstm ? 4 * arch->n_out : arch->n_out,
        .columns = arch->kernel_size * arch->n_in,
        .units = is_lstm ? arch->n_out : 0,
        .q_in = toy_q_in(&toy->model.arch, number),
        .q_sum = !is_linear ? 12
                 : is_last  ? 14
                            : TOY_Q_LINEAR,
    };

    *layer = (struct nnsp_layer){
        .type = (uint8_t)arch->type,
        .activation = (uint8_t)arch->activation,
        .n_in = (uint16_t)arch->n_in,
        .n_out = (uint16_t)arch->n_out,
        .kernel_size = (uint8_t)arch->kernel_size,
        .stride = (uint8_t)arch->stride,
    };
    toy_fill(&m, rng);
    layer->kernel = m.packed;
    layer->shift = m.shift;
    layer->bias = toy_biases(weights->bias, &m, rng);
    if (is_lstm) {
        m.weights = weights->recurrent;
        m.columns = arch->n_out;
        m.q_in = 15;
        toy_fill(&m, rng);
        layer->recurrent = m.packed;
        layer->recurrent_shift = m.shift;
    }
}

static inline void toy_layers(struct nnsp_toy *toy, struct se_rng *rng)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n = se_arch_tensors(&toy->model.arch, tensors);

    for (int i = 0; i < n;) {
        float *part[3] = {NULL, NULL, NULL};
        int layer = tensors[i].layer, n_parts = 0;

        for (; i < n && tensors[i].layer == layer; i++)
            part[n_parts++] = toy->model.parameters + tensors[i].offset;
        toy_layer(toy, layer,
                  &(struct se_layer_weights){part[0],
                                             n_parts == 3 ? part[1] : NULL,
                                             part[n_parts - 1]},
                  rng);
    }
}

/* Both nets from the text of an nn_arch file, and the runtime started. */
static inline void toy_make(struct nnsp_toy *toy, const char *text,
                            enum se_feat_type feat_type)
{
    const int activation_gain[] = {8, 1, 1, 2}; /* linear: Q14 to Q15 */
    struct se_arch arch;
    struct se_rng rng;

    memset(toy, 0, sizeof *toy);
    se_rng_seed(&rng, 7, 0);
    expect_ok(se_arch_parse(&arch, text, "toy", &report));
    expect_ok(se_model_create(&toy->model, &arch, feat_type, &report));
    for (int i = 0; i < arch.n_in; i++) {
        toy->model.mean[i] =
            (float)ldexp(floor(se_rng_uniform(&rng, -3e5, 0.0)), -17);
        toy->model.inv_std[i] =
            (float)ldexp(floor(se_rng_uniform(&rng, 8e6, 1.2e7)), -23);
    }
    expect_ok(se_quant_features(&toy->net, &toy->model, &report));
    toy_layers(toy, &rng);
    toy->net.n_layers = (uint16_t)arch.n_layers;
    toy->net.layers = toy->layer;
    toy->net.mask_gain =
        4096 * activation_gain[arch.layer[arch.n_layers - 1].activation];
    toy->memory_bytes = nnsp_memory_bytes(&toy->net);
    expect(toy->memory_bytes != 0);
    toy->memory = toy_zeros(toy->memory_bytes);
    expect_equal(
        nnsp_init(&toy->nnsp, &toy->net, toy->memory, toy->memory_bytes),
        NNSP_OK);
}

static inline void toy_free(struct nnsp_toy *toy)
{
    for (int i = 0; i < toy->net.n_layers; i++) {
        free((void *)toy->layer[i].kernel);
        free((void *)toy->layer[i].recurrent);
        free((void *)toy->layer[i].bias);
        free((void *)toy->layer[i].shift);
        free((void *)toy->layer[i].recurrent_shift);
    }
    se_quant_features_free(&toy->net);
    se_model_free(&toy->model);
    free(toy->memory);
}

#endif
