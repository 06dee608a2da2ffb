/* activation.c - relu6, tanh, sigmoid, linear. */
#include "nn/activation.h"

#include "base/simd.h"
#include "nn/curves.h"

#include <string.h>

SE_MULTIVERSION
void se_tanh(se_real *y, const se_real *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = se_tanh_of(x[i]);
}

SE_MULTIVERSION
void se_sigmoid(se_real *y, const se_real *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = se_sigmoid_of(x[i]);
}

SE_MULTIVERSION
static void relu6(se_real *y, const se_real *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        se_real positive = x[i] > 0 ? x[i] : 0;

        y[i] = positive < 6 ? positive : 6;
    }
}

void se_activation_apply(enum se_activation activation, se_real *y,
                         const se_real *x, int64_t n)
{
    switch (activation) {
    case SE_ACTIVATION_RELU6:
        relu6(y, x, n);
        break;
    case SE_ACTIVATION_TANH:
        se_tanh(y, x, n);
        break;
    case SE_ACTIVATION_SIGMOID:
        se_sigmoid(y, x, n);
        break;
    case SE_ACTIVATION_LINEAR:
        if (y != x)
            memcpy(y, x, (size_t)n * sizeof *y);
        break;
    }
}

SE_MULTIVERSION
void se_activation_backward(enum se_activation activation, se_real *d,
                            const se_real *y, int64_t n)
{
    switch (activation) {
    case SE_ACTIVATION_RELU6:
        for (int64_t i = 0; i < n; i++)
            d[i] = y[i] > 0 && y[i] < 6 ? d[i] : 0;
        break;
    case SE_ACTIVATION_TANH:
        for (int64_t i = 0; i < n; i++)
            d[i] *= 1 - y[i] * y[i];
        break;
    case SE_ACTIVATION_SIGMOID:
        for (int64_t i = 0; i < n; i++)
            d[i] *= y[i] * (1 - y[i]);
        break;
    case SE_ACTIVATION_LINEAR:
        break;
    }
}
