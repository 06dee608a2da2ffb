/* row.c - the power-of-two scale of a row of weights. */
#include "quant/row.h"

#include <math.h>

/* The nearest step, halves to the even one: weights of a mean of rounded nets
 * often lie halfway, and all of them upwards would add up. */
static double steps(float weight, double scale)
{
    double step = rint((double)weight * scale);

    return step > 127.0 ? 127.0 : step < -127.0 ? -127.0 : step;
}

/* *cut_off: the part of the error that weights beyond the range make. */
static struct se_quant_row
measure(double *cut_off, const struct se_weight_row *row, int scale_log2)
{
    const float *weights = row->weights, *importance = row->importance;
    struct se_quant_row result = {.scale_log2 = scale_log2};
    double scale = ldexp(1.0, scale_log2), step = 1.0 / scale;

    *cut_off = 0.0;
    for (int i = 0; i < row->n; i++) {
        double exact = (double)weights[i] * scale;
        double difference = (exact - steps(weights[i], scale)) * step;
        double error = (importance ? (double)importance[i] : 1.0) * difference *
                       difference;
        int is_cut_off = exact >= 127.5 || exact < -127.5;

        result.n_saturated += is_cut_off;
        result.error += error;
        *cut_off += is_cut_off ? error : 0.0;
    }
    return result;
}

/* The finest scale of min_log2..max_log2 that holds all weights. */
static int finest_whole(const struct se_weight_row *row, int min_log2,
                        int max_log2)
{
    float largest = 0.0f;

    for (int i = 0; i < row->n; i++)
        largest = fmaxf(largest, fabsf(row->weights[i]));
    while (max_log2 > min_log2 && ldexpf(largest, max_log2) > 127.0f)
        max_log2--;
    return max_log2;
}

/* Up to the finest scale that holds all weights, each scale has all steps of
 * the one before it; beyond, it cuts off more than the one before. So the
 * search goes up from there until what is cut off alone is too much, and then
 * down again over scales that are as good. */
struct se_quant_row se_quant_row(int8_t *q, const struct se_weight_row *row,
                                 int min_log2, int max_log2)
{
    double cut_off;
    int e = finest_whole(row, min_log2, max_log2);
    struct se_quant_row next, best = measure(&cut_off, row, e);

    while (e < max_log2 && cut_off < best.error) {
        next = measure(&cut_off, row, ++e);
        if (next.error < best.error)
            best = next;
    }
    for (e = best.scale_log2 - 1; e >= min_log2; e--) {
        next = measure(&cut_off, row, e);
        if (next.error > best.error)
            break;
        best = next;
    }
    for (int i = 0; i < row->n; i++)
        q[i] = (int8_t)steps(row->weights[i], ldexp(1.0, best.scale_log2));
    return best;
}
