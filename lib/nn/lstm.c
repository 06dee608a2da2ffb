/* lstm.c - LSTM layer, forward and backward. */
#include "nn/lstm.h"

#include "base/simd.h"
#include "gemm/gemm.h"
#include "nn/curves.h"

#include <string.h>

/* One frame of one row: the sums in `gates` become the gates, and the state
 * follows. */
static inline __attribute__((always_inline)) void
update_row(se_real *restrict h, se_real *restrict c, se_real *gates,
           const se_real *restrict c_before, int n)
{
    se_real *restrict i = gates, *restrict f = i + n, *restrict g = f + n,
                      *restrict o = g + n;

    for (int k = 0; k < n; k++) {
        i[k] = se_sigmoid_of(i[k]);
        f[k] = se_sigmoid_of(f[k]);
        g[k] = se_tanh_of(g[k]);
        o[k] = se_sigmoid_of(o[k]);
        c[k] = f[k] * c_before[k] + i[k] * g[k];
        h[k] = o[k] * se_tanh_of(c[k]);
    }
}

/* Frame t of all rows. */
SE_MULTIVERSION
static void update_state(const struct se_lstm_trace *trace, int t, int rows,
                         int n)
{
    const int64_t state = (int64_t)rows * n;
    se_real *gates = trace->gates + t * 4 * state;
    se_real *h = trace->h + (t + 1) * state, *c = trace->c + (t + 1) * state;
    const se_real *c_before = c - state;

    for (int64_t at = 0; at < state; at += n)
        update_row(h + at, c + at, gates + 4 * at, c_before + at, n);
}

int64_t se_lstm_packed_size(const struct se_layer_arch *layer)
{
    int n = layer->n_out;
    int64_t forward = se_packed_size(4 * n, n);
    int64_t backward = se_packed_size(n, 4 * n);

    return forward > backward ? forward : backward;
}

void se_lstm_forward(const struct se_layer_pass *pass,
                     const struct se_layer_weights *weights,
                     const struct se_lstm_trace *trace)
{
    int n_in = pass->arch->n_in, n = pass->arch->n_out, rows = pass->rows;
    int64_t state = (int64_t)rows * n;
    const struct se_gemm step = {rows, 4 * n, n, 1, pass->precision};

    se_gemm_bias(trace->gates, pass->x, weights->kernel, weights->bias,
                 &(struct se_gemm){pass->frames * rows, 4 * n, n_in, 0,
                                   pass->precision});
    se_pack_n(trace->packed, weights->recurrent, &step);
    for (int t = 0; t < pass->frames; t++) {
        se_gemm_packed(trace->gates + t * 4 * state, trace->h + t * state,
                       trace->packed, &step);
        update_state(trace, t, rows, n);
    }
}

/* One frame back of one row: `gates` become dz (lstm.h); dc is the gradient
 * that comes from the frame after, and becomes the one for the frame before. */
static inline __attribute__((always_inline)) void
gradients_of_row(se_real *gates, se_real *restrict dc,
                 const se_real *restrict dh, const se_real *restrict c,
                 const se_real *restrict c_before, int n)
{
    se_real *restrict i = gates, *restrict f = i + n, *restrict g = f + n,
                      *restrict o = g + n;

    for (int k = 0; k < n; k++) {
        se_real t = se_tanh_of(c[k]);
        se_real d = dc[k] + dh[k] * o[k] * (1 - t * t);
        se_real di = d * g[k] * i[k] * (1 - i[k]);

        o[k] = dh[k] * t * o[k] * (1 - o[k]);
        dc[k] = d * f[k];
        f[k] = d * c_before[k] * f[k] * (1 - f[k]);
        g[k] = d * i[k] * (1 - g[k] * g[k]);
        i[k] = di;
    }
}

/* Frame t of all rows; dh[rows][n] is the gradient of its output. */
SE_MULTIVERSION
static void gate_gradients(const struct se_lstm_trace *trace, const se_real *dh,
                           int t, int rows, int n)
{
    const int64_t state = (int64_t)rows * n;
    se_real *gates = trace->gates + t * 4 * state, *dc = trace->dc;
    const se_real *c_before = trace->c + t * state, *c = c_before + state;

    for (int64_t at = 0; at < state; at += n)
        gradients_of_row(gates + 4 * at, dc + at, dh + at, c + at,
                         c_before + at, n);
}

void se_lstm_backward(const struct se_layer_pass *pass,
                      const struct se_layer_weights *weights,
                      const struct se_layer_weights *gradient,
                      const struct se_lstm_trace *trace)
{
    int n_in = pass->arch->n_in, n = pass->arch->n_out, rows = pass->rows;
    int m = pass->frames * rows;
    int64_t state = (int64_t)rows * n;
    const struct se_gemm step = {rows, n, 4 * n, 1, pass->precision};
    se_real *dh = pass->dy;

    memset(trace->dc, 0, (size_t)state * sizeof *trace->dc);
    se_pack_t(trace->packed, weights->recurrent, &step);
    for (int t = pass->frames - 1; t >= 0; t--) {
        gate_gradients(trace, dh + t * state, t, rows, n);
        if (t > 0)
            se_gemm_packed(dh + (t - 1) * state, trace->gates + t * 4 * state,
                           trace->packed, &step);
    }
    se_gemm_tn(gradient->kernel, pass->x, trace->gates,
               &(struct se_gemm){n_in, 4 * n, m, 1, pass->precision});
    se_gemm_tn(gradient->recurrent, trace->h, trace->gates,
               &(struct se_gemm){n, 4 * n, m, 1, pass->precision});
    se_add_rows(gradient->bias, trace->gates, m, 4 * n);
    if (pass->dx)
        se_gemm_nt(pass->dx, trace->gates, weights->kernel,
                   &(struct se_gemm){m, n_in, 4 * n, 0, pass->precision});
}
