/* conv1d.c - causal convolution over time, forward and backward.
 *
 * Time is the slowest index, so the frames that one tap sees are x itself,
 * shifted: each tap is a product of a view of x, and nothing is copied. With a
 * stride the views have gaps; then each output step is a product of its own. */
#include "nn/conv1d.h"

#include "nn/activation.h"
#include "nn/gemm.h"

#include <string.h>

/* The products: `count` of them, `m` frames each, from input step to input
 * step `hop` apart. */
struct runs {
    int count, m;
    int64_t x_hop, y_hop; /* numbers between one run and the next */
};

static struct runs runs_of(const struct se_layer_arch *layer, int steps,
                           int rows)
{
    if (layer->stride == 1)
        return (struct runs){.count = 1, .m = steps * rows};
    return (struct runs){
        .count = steps / layer->stride,
        .m = rows,
        .x_hop = (int64_t)layer->stride * rows * layer->n_in,
        .y_hop = (int64_t)rows * layer->n_out,
    };
}

void se_conv1d_forward(const struct se_layer_arch *layer,
                       const struct se_conv1d_weights *weights, se_real *y,
                       const se_real *x, int steps, int rows)
{
    int n_in = layer->n_in, n_out = layer->n_out;
    int m = steps / layer->stride * rows;
    struct runs runs = runs_of(layer, steps, rows);

    for (int tap = 0; tap < layer->kernel_size; tap++) {
        const se_real *kernel = weights->kernel + (int64_t)tap * n_in * n_out;
        const se_real *view = x + (int64_t)tap * rows * n_in;

        for (int run = 0; run < runs.count; run++) {
            se_real *out = y + run * runs.y_hop;
            const se_real *in = view + run * runs.x_hop;

            if (tap == 0)
                se_gemm_bias(out, in, kernel, weights->bias, runs.m, n_out,
                             n_in);
            else
                se_gemm_nn(out, in, kernel, runs.m, n_out, n_in, 1);
        }
    }
    se_activation_apply(layer->activation, y, y, (int64_t)m * n_out);
}

void se_conv1d_backward(const struct se_layer_arch *layer,
                        const struct se_conv1d_weights *weights,
                        const struct se_conv1d_weights *gradient, se_real *dx,
                        se_real *dy, const se_real *y, const se_real *x,
                        int steps, int rows)
{
    int n_in = layer->n_in, n_out = layer->n_out;
    int m = steps / layer->stride * rows;
    int64_t n_x = (int64_t)(layer->kernel_size - 1 + steps) * rows * n_in;
    struct runs runs = runs_of(layer, steps, rows);

    se_activation_backward(layer->activation, dy, y, (int64_t)m * n_out);
    se_add_rows(gradient->bias, dy, m, n_out);
    if (dx)
        memset(dx, 0, (size_t)n_x * sizeof *dx);
    for (int tap = 0; tap < layer->kernel_size; tap++) {
        int64_t kernel_at = (int64_t)tap * n_in * n_out;
        int64_t view_at = (int64_t)tap * rows * n_in;

        for (int run = 0; run < runs.count; run++) {
            int64_t at = view_at + run * runs.x_hop;
            const se_real *d = dy + run * runs.y_hop;

            se_gemm_tn(gradient->kernel + kernel_at, x + at, d, n_in, n_out,
                       runs.m, 1);
            if (dx)
                se_gemm_nt(dx + at, d, weights->kernel + kernel_at, runs.m,
                           n_in, n_out, 1);
        }
    }
}
