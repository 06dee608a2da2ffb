/* initialise.c - fresh weights. */
#include "nn/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void fill_uniform(float *w, int64_t n, double limit, struct se_rng *rng)
{
    for (int64_t i = 0; i < n; i++)
        w[i] = (float)se_rng_uniform(rng, -limit, limit);
}

static void fill_normal(float *w, int64_t n, double deviation,
                        struct se_rng *rng)
{
    for (int64_t i = 0; i < n; i++)
        w[i] = (float)(deviation * se_rng_normal(rng));
}

/* Orthonormal rows by Gram and Schmidt from normal ones, applied twice for
 * accuracy; rows <= columns. */
static int fill_orthogonal(float *w, int rows, int columns, struct se_rng *rng)
{
    double *q = malloc((size_t)rows * (size_t)columns * sizeof *q);

    if (!q)
        return SE_ERR_MEMORY;
    for (int r = 0; r < rows; r++) {
        double *row = q + (int64_t)r * columns, norm = 0;

        for (int c = 0; c < columns; c++)
            row[c] = se_rng_normal(rng);
        for (int pass = 0; pass < 2; pass++)
            for (int p = 0; p < r; p++) {
                const double *other = q + (int64_t)p * columns;
                double dot = 0;

                for (int c = 0; c < columns; c++)
                    dot += row[c] * other[c];
                for (int c = 0; c < columns; c++)
                    row[c] -= dot * other[c];
            }
        for (int c = 0; c < columns; c++)
            norm += row[c] * row[c];
        for (int c = 0; c < columns; c++)
            row[c] /= sqrt(norm);
    }
    for (int64_t i = 0; i < (int64_t)rows * columns; i++)
        w[i] = (float)q[i];
    free(q);
    return SE_OK;
}

static int initialise_tensor(float *w, const struct se_tensor *tensor,
                             const struct se_layer_arch *layer,
                             struct se_rng *rng)
{
    int64_t n = (int64_t)tensor->rows * tensor->columns;
    int is_lstm = layer->type == SE_LAYER_LSTM;

    if (tensor->is_bias) {
        memset(w, 0, (size_t)n * sizeof *w);
        for (int i = 0; is_lstm && i < layer->n_out; i++)
            w[layer->n_out + i] = 1.0f; /* forget gates start open */
    } else if (is_lstm && strstr(tensor->name, ".recurrent")) {
        return fill_orthogonal(w, tensor->rows, tensor->columns, rng);
    } else if (layer->type == SE_LAYER_CONV1D) {
        double gain = layer->activation == SE_ACTIVATION_RELU6 ? 2.0 : 1.0;

        fill_normal(w, n, sqrt(gain / tensor->rows), rng);
    } else {
        fill_uniform(w, n, sqrt(6.0 / (tensor->rows + tensor->columns)), rng);
    }
    return SE_OK;
}

int se_net_initialise(float *parameters, const struct se_arch *arch,
                      uint64_t seed, struct se_report *report)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(arch, tensors);
    int status = SE_OK;

    for (int i = 0; i < n_tensors && status == SE_OK; i++) {
        struct se_rng rng;

        se_rng_seed(&rng, seed, (uint64_t)i);
        status = initialise_tensor(parameters + tensors[i].offset, &tensors[i],
                                   &arch->layer[tensors[i].layer], &rng);
    }
    if (status != SE_OK)
        return se_fail_memory(report, "fresh weights");
    return SE_OK;
}
