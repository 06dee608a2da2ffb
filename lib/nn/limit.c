/* limit.c - masks held to 0..1. */
#include "nn/limit.h"

int se_limit_needed(const struct se_arch *arch)
{
    const struct se_layer_arch *last = &arch->layer[arch->n_layers - 1];

    return last->type == SE_LAYER_LSTM ||
           last->activation != SE_ACTIVATION_SIGMOID || arch->scalar_output > 1;
}

void se_limit(se_real *mask, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        mask[i] = mask[i] < 0 ? 0 : mask[i] > 1 ? 1 : mask[i];
}

void se_limit_backward(se_real *d, const se_real *mask, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if ((mask[i] <= 0 && d[i] > 0) || (mask[i] >= 1 && d[i] < 0))
            d[i] = 0;
}
