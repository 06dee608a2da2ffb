/* lstm.c - LSTM layer, forward and backward. */
#include "nn/lstm.h"

#include "base/simd.h"
#include "nn/activation.h"
#include "nn/gemm.h"

#include <string.h>

/* Gates of one step for all rows: their functions in place, then the state. */
SE_MULTIVERSION
static void update_state(se_real *h, se_real *c, se_real *tanh_c,
                         const se_real *gates, const se_real *c_before,
                         int rows, int n)
{
    for (int r = 0; r < rows; r++, gates += 4 * n) {
        const se_real *i = gates, *f = gates + n, *g = gates + 2 * n;

        for (int k = 0; k < n; k++)
            c[r * n + k] = f[k] * c_before[r * n + k] + i[k] * g[k];
    }
    se_tanh(tanh_c, c, (int64_t)rows * n);
    gates -= (int64_t)rows * 4 * n;
    for (int r = 0; r < rows; r++, gates += 4 * n)
        for (int k = 0; k < n; k++)
            h[r * n + k] = gates[3 * n + k] * tanh_c[r * n + k];
}

static void apply_gate_functions(se_real *gates, int rows, int n)
{
    for (int r = 0; r < rows; r++, gates += 4 * n) {
        se_sigmoid(gates, gates, 2 * n);
        se_tanh(gates + 2 * n, gates + 2 * n, n);
        se_sigmoid(gates + 3 * n, gates + 3 * n, n);
    }
}

int64_t se_lstm_packed_size(const struct se_layer_arch *layer)
{
    int n = layer->n_out;
    int64_t forward = se_packed_size(4 * n, n);
    int64_t backward = se_packed_size(n, 4 * n);

    return forward > backward ? forward : backward;
}

void se_lstm_forward(const struct se_layer_arch *layer,
                     const struct se_lstm_weights *weights,
                     const struct se_lstm_trace *trace, const se_real *x,
                     int steps, int rows)
{
    int n = layer->n_out, m = steps * rows;
    int64_t state = (int64_t)rows * n;

    se_fill_rows(trace->gates, weights->bias, m, 4 * n);
    se_gemm_nn(trace->gates, x, weights->kernel, m, 4 * n, layer->n_in, 1);
    se_pack_n(trace->packed, weights->recurrent, 4 * n, n);
    for (int t = 0; t < steps; t++) {
        se_real *gates = trace->gates + t * 4 * state;
        se_real *h = trace->h + t * state, *c = trace->c + t * state;

        se_gemm_packed(gates, h, trace->packed, rows, 4 * n, n, 1);
        apply_gate_functions(gates, rows, n);
        update_state(h + state, c + state, trace->tanh_c + t * state, gates, c,
                     rows, n);
    }
}

/* One step back: `gates` become the gradient of their sums; dc is the gradient
 * that comes from the step after, and becomes the one for the step before. */
SE_MULTIVERSION
static void gate_gradients(se_real *gates, se_real *dc, const se_real *dh,
                           const se_real *tanh_c, const se_real *c_before,
                           int rows, int n)
{
    for (int r = 0; r < rows; r++) {
        se_real *restrict i = gates + (int64_t)r * 4 * n, *restrict f = i + n,
                          *restrict g = f + n, *restrict o = g + n;

        for (int k = 0; k < n; k++) {
            int at = r * n + k;
            se_real t = tanh_c[at];
            se_real d = dc[at] + dh[at] * o[k] * (1 - t * t);

            o[k] = dh[at] * t * o[k] * (1 - o[k]);
            dc[at] = d * f[k];
            f[k] = d * c_before[at] * f[k] * (1 - f[k]);
            se_real di = d * g[k] * i[k] * (1 - i[k]);
            g[k] = d * i[k] * (1 - g[k] * g[k]);
            i[k] = di;
        }
    }
}

void se_lstm_backward(const struct se_layer_arch *layer,
                      const struct se_lstm_weights *weights,
                      const struct se_lstm_weights *gradient,
                      const struct se_lstm_trace *trace, se_real *dx,
                      se_real *dh, se_real *scratch, const se_real *x,
                      int steps, int rows)
{
    int n = layer->n_out, m = steps * rows;
    int64_t state = (int64_t)rows * n;
    se_real *dc = scratch;

    memset(dc, 0, (size_t)state * sizeof *dc);
    se_pack_t(trace->packed, weights->recurrent, n, 4 * n);
    for (int t = steps - 1; t >= 0; t--) {
        se_real *gates = trace->gates + t * 4 * state;

        gate_gradients(gates, dc, dh + t * state, trace->tanh_c + t * state,
                       trace->c + t * state, rows, n);
        if (t > 0)
            se_gemm_packed(dh + (t - 1) * state, gates, trace->packed, rows, n,
                           4 * n, 1);
    }
    se_gemm_tn(gradient->kernel, x, trace->gates, layer->n_in, 4 * n, m, 1);
    se_gemm_tn(gradient->recurrent, trace->h, trace->gates, n, 4 * n, m, 1);
    se_add_rows(gradient->bias, trace->gates, m, 4 * n);
    if (dx)
        se_gemm_nt(dx, trace->gates, weights->kernel, m, layer->n_in, 4 * n, 0);
}
