/* row.c - the power-of-two scale of a row of weights. */
#include "quant/row.h"

#include <math.h>

/* The nearest step, halves upwards as in the runtime. */
static double steps(float weight, double scale)
{
    double step = floor((double)weight * scale + 0.5);

    return step > 127.0 ? 127.0 : step < -127.0 ? -127.0 : step;
}

static struct se_quant_row
measure(const float *weights, const float *importance, int n, int scale_log2)
{
    struct se_quant_row row = {.scale_log2 = scale_log2};
    double scale = ldexp(1.0, scale_log2);

    for (int i = 0; i < n; i++) {
        double exact = (double)weights[i] * scale;
        double difference = (exact - steps(weights[i], scale)) / scale;

        row.n_saturated += exact >= 127.5 || exact < -127.5;
        row.error += (importance ? (double)importance[i] : 1.0) * difference *
                     difference;
    }
    return row;
}

struct se_quant_row se_quant_row(int8_t *q, const float *weights,
                                 const float *importance, int n, int min_log2,
                                 int max_log2)
{
    struct se_quant_row best = measure(weights, importance, n, min_log2);

    for (int e = min_log2 + 1; e <= max_log2; e++) {
        struct se_quant_row row = measure(weights, importance, n, e);

        if (row.error < best.error)
            best = row;
    }
    for (int i = 0; i < n; i++)
        q[i] = (int8_t)steps(weights[i], ldexp(1.0, best.scale_log2));
    return best;
}
