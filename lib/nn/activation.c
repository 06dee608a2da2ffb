/* activation.c - relu6, tanh, sigmoid, linear. */
#include "nn/activation.h"

#include "base/simd.h"
#include "base/vmath.h"

#include <math.h>
#include <string.h>

static inline se_real exp_real(se_real x)
{
#ifdef SE_NN_DOUBLE
    return exp(x);
#else
    return se_expf(x);
#endif
}

static inline se_real tanh_real(se_real x)
{
    /* With e = exp(-2|x|) <= 1 nothing overflows. */
    se_real magnitude = x < 0 ? -x : x;
    se_real e = exp_real(-2 * magnitude);
    se_real t = (1 - e) / (1 + e);

    return x < 0 ? -t : t;
}

SE_MULTIVERSION
void se_tanh(se_real *y, const se_real *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = tanh_real(x[i]);
}

SE_MULTIVERSION
void se_sigmoid(se_real *y, const se_real *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = 1 / (1 + exp_real(-x[i]));
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
