/* row.h - a row of weights as int8 with one power-of-two scale. */
#ifndef SE_QUANT_ROW_H
#define SE_QUANT_ROW_H

#include <stdint.h>

struct se_quant_row {
    int scale_log2;  /* weight = q / 2^scale_log2 */
    int n_saturated; /* weights that lie beyond -127..127 steps */
    double error;    /* sum of importance * (weight - q / 2^scale_log2)^2 */
};

struct se_weight_row {
    int n;
    const float *weights;    /* [n] */
    const float *importance; /* [n] the mean square of the input that the weight
                                is multiplied by; NULL: 1 */
};

/* Rounds to q[n] at the scale of min_log2..max_log2 with the least error: more
 * steps a unit mean less rounding but cut off the largest weights. Of equal
 * errors the coarsest scale wins. */
struct se_quant_row se_quant_row(int8_t *q, const struct se_weight_row *row,
                                 int min_log2, int max_log2);

#endif
