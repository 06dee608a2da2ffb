/* taps.c - gains from filters, and filters' gradients from gains'. */
#include "nn/taps.h"

#include "nn/limit.h"

#include <stdint.h>

static se_real floored(se_real amplitude)
{
    return amplitude > (se_real)SE_TAPS_FLOOR ? amplitude
                                              : (se_real)SE_TAPS_FLOOR;
}

/* The amplitudes that a filter goes over, oldest first: of L frames, `stride`
 * apart. */
struct window {
    const se_real *oldest, *own; /* own: of the frame that is estimated */
    int64_t stride;
};

/* Of frame and row number `at`. */
static struct window window_at(const struct se_taps *shape,
                               const struct se_taps_block *block, int64_t at)
{
    const se_real *oldest = block->amplitudes + at * block->bins;
    int64_t stride = (int64_t)block->rows * block->bins;

    return (struct window){
        .oldest = oldest,
        .own = oldest + stride * (shape->n - 1 - shape->lookahead),
        .stride = stride,
    };
}

static void gain_of_frame(se_real *gain, const se_real *taps, int n_taps,
                          const struct window *window, int bins)
{
    for (int k = 0; k < bins; k++)
        gain[k] = 0;
    for (int i = 0; i < n_taps; i++)
        for (int k = 0; k < bins; k++)
            gain[k] += taps[i * bins + k] *
                       floored(window->oldest[i * window->stride + k]);
    for (int k = 0; k < bins; k++)
        gain[k] /= floored(window->own[k]);
    se_limit(gain, bins);
}

void se_taps_gain(se_real *gain, const struct se_taps *shape,
                  const se_real *taps, const struct se_taps_block *block)
{
    const int bins = block->bins;

    for (int64_t at = 0; at < (int64_t)block->frames * block->rows; at++) {
        struct window window = window_at(shape, block, at);

        gain_of_frame(gain + at * bins, taps + at * shape->n * bins, shape->n,
                      &window, bins);
    }
}

static void back_of_frame(se_real *d_taps, const se_real *d_gain, int n_taps,
                          const struct window *window, int bins)
{
    for (int k = 0; k < bins; k++) {
        se_real d = d_gain[k] / floored(window->own[k]);

        for (int i = 0; i < n_taps; i++)
            d_taps[i * bins + k] =
                d * floored(window->oldest[i * window->stride + k]);
    }
}

void se_taps_backward(se_real *d_taps, const struct se_taps *shape,
                      se_real *d_gain, const se_real *gain,
                      const struct se_taps_block *block)
{
    const int bins = block->bins;
    const int64_t n = (int64_t)block->frames * block->rows;

    se_limit_backward(d_gain, gain, n * bins);
    for (int64_t at = 0; at < n; at++) {
        struct window window = window_at(shape, block, at);

        back_of_frame(d_taps + at * shape->n * bins, d_gain + at * bins,
                      shape->n, &window, bins);
    }
}
