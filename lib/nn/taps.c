/* taps.c - gains from filters, and filters' gradients from gains'. */
#include "nn/taps.h"

#include "nn/limit.h"

#include <stdint.h>

static se_real amplitude(se_real heard)
{
    return heard > (se_real)SE_TAPS_FLOOR ? heard : (se_real)SE_TAPS_FLOOR;
}

/* One frame: taps[L][bins]; its oldest amplitude is heard[0], the next one
 * `stride` later. */
static void gain_of_frame(se_real *gain, const struct se_taps *shape,
                          const se_real *taps, const se_real *heard,
                          int64_t stride, int bins)
{
    const se_real *own = heard + stride * (shape->n - 1 - shape->lookahead);

    for (int k = 0; k < bins; k++)
        gain[k] = 0;
    for (int i = 0; i < shape->n; i++)
        for (int k = 0; k < bins; k++)
            gain[k] += taps[i * bins + k] * amplitude(heard[i * stride + k]);
    for (int k = 0; k < bins; k++)
        gain[k] /= amplitude(own[k]);
    se_limit(gain, bins);
}

void se_taps_gain(se_real *gain, const struct se_taps *shape,
                  const se_real *taps, const se_real *heard, int steps,
                  int rows, int bins)
{
    int64_t stride = (int64_t)rows * bins;

    for (int64_t at = 0; at < (int64_t)steps * rows; at++)
        gain_of_frame(gain + at * bins, shape, taps + at * shape->n * bins,
                      heard + at * bins, stride, bins);
}

static void back_of_frame(se_real *d_taps, const struct se_taps *shape,
                          const se_real *d_gain, const se_real *heard,
                          int64_t stride, int bins)
{
    const se_real *own = heard + stride * (shape->n - 1 - shape->lookahead);

    for (int k = 0; k < bins; k++) {
        se_real d = d_gain[k] / amplitude(own[k]);

        for (int i = 0; i < shape->n; i++)
            d_taps[i * bins + k] = d * amplitude(heard[i * stride + k]);
    }
}

void se_taps_backward(se_real *d_taps, const struct se_taps *shape,
                      se_real *d_gain, const se_real *gain,
                      const se_real *heard, int steps, int rows, int bins)
{
    int64_t stride = (int64_t)rows * bins;

    se_limit_backward(d_gain, gain, steps * stride);
    for (int64_t at = 0; at < (int64_t)steps * rows; at++)
        back_of_frame(d_taps + at * shape->n * bins, shape, d_gain + at * bins,
                      heard + at * bins, stride, bins);
}
