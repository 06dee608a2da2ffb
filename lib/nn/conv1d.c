/* conv1d.c - causal convolution over time, forward and backward.
 *
 * Time is the slowest index, so the frames that one tap sees are x itself,
 * shifted: each tap is a product of a view of x, and nothing is copied. With a
 * stride the views have gaps; then each output frame is a product of its own.
 */
#include "nn/conv1d.h"

#include "gemm/gemm.h"
#include "nn/activation.h"

#include <string.h>

/* The products: `count` of them, of m frames each. */
struct runs {
    int count, m;
    int64_t x_hop, y_hop; /* numbers between one run and the next */
};

static struct runs runs_of(const struct se_layer_pass *pass)
{
    const struct se_layer_arch *layer = pass->arch;

    if (layer->stride == 1)
        return (struct runs){.count = 1, .m = pass->frames * pass->rows};
    return (struct runs){
        .count = pass->frames / layer->stride,
        .m = pass->rows,
        .x_hop = (int64_t)layer->stride * pass->rows * layer->n_in,
        .y_hop = (int64_t)pass->rows * layer->n_out,
    };
}

void se_conv1d_forward(const struct se_layer_pass *pass,
                       const struct se_layer_weights *weights)
{
    const struct se_layer_arch *layer = pass->arch;
    int n_in = layer->n_in, n_out = layer->n_out;
    int m = pass->frames / layer->stride * pass->rows;
    struct runs runs = runs_of(pass);
    const struct se_gemm size = {runs.m, n_out, n_in, 1, pass->precision};

    for (int tap = 0; tap < layer->kernel_size; tap++) {
        const se_real *kernel = weights->kernel + (int64_t)tap * n_in * n_out;
        const se_real *view = pass->x + (int64_t)tap * pass->rows * n_in;

        for (int run = 0; run < runs.count; run++) {
            se_real *out = pass->y + run * runs.y_hop;
            const se_real *in = view + run * runs.x_hop;

            if (tap == 0)
                se_gemm_bias(out, in, kernel, weights->bias, &size);
            else
                se_gemm_nn(out, in, kernel, &size);
        }
    }
    se_activation_apply(layer->activation, pass->y, pass->y,
                        (int64_t)m * n_out);
}

/* What the runs of one tap add to the gradients. */
static void backward_tap(const struct se_layer_pass *pass,
                         const struct se_layer_weights *weights,
                         const struct se_layer_weights *gradient, int tap)
{
    int n_in = pass->arch->n_in, n_out = pass->arch->n_out;
    int64_t kernel_at = (int64_t)tap * n_in * n_out;
    int64_t view_at = (int64_t)tap * pass->rows * n_in;
    struct runs runs = runs_of(pass);

    for (int run = 0; run < runs.count; run++) {
        int64_t at = view_at + run * runs.x_hop;
        const se_real *d = pass->dy + run * runs.y_hop;

        se_gemm_tn(gradient->kernel + kernel_at, pass->x + at, d,
                   &(struct se_gemm){n_in, n_out, runs.m, 1, pass->precision});
        if (pass->dx)
            se_gemm_nt(
                pass->dx + at, d, weights->kernel + kernel_at,
                &(struct se_gemm){runs.m, n_in, n_out, 1, pass->precision});
    }
}

void se_conv1d_backward(const struct se_layer_pass *pass,
                        const struct se_layer_weights *weights,
                        const struct se_layer_weights *gradient)
{
    const struct se_layer_arch *layer = pass->arch;
    int m = pass->frames / layer->stride * pass->rows;
    int64_t n_x = (int64_t)(layer->kernel_size - 1 + pass->frames) *
                  pass->rows * layer->n_in;

    se_activation_backward(layer->activation, pass->dy, pass->y,
                           (int64_t)m * layer->n_out);
    se_add_rows(gradient->bias, pass->dy, m, layer->n_out);
    if (pass->dx)
        memset(pass->dx, 0, (size_t)n_x * sizeof *pass->dx);
    for (int tap = 0; tap < layer->kernel_size; tap++)
        backward_tap(pass, weights, gradient, tap);
}
