/* lstm.h - long short-term memory layer over a block of time.
 *
 * S. Hochreiter, J. Schmidhuber (1997) with forget gate (F. Gers et al. 2000),
 * as Keras computes it:
 *   i, f, o = sigmoid(x W + h R + b), g = tanh(x W + h R + b)
 *   c' = f c + i g,  h' = o tanh(c')
 * with the columns of W, R, b in the order i, f, g, o. */
#ifndef SE_NN_LSTM_H
#define SE_NN_LSTM_H

#include "nn/arch.h"
#include "nn/real.h"

struct se_lstm_weights {
    se_real *kernel;    /* [n_in][4 n_out] */
    se_real *recurrent; /* [n_out][4 n_out] */
    se_real *bias;      /* [4 n_out] */
};

/* What the forward pass leaves for the backward pass. */
struct se_lstm_trace {
    se_real *gates;  /* [steps][rows][4 n_out], after their functions */
    se_real *h;      /* [1 + steps][rows][n_out]; step 0 is the state before */
    se_real *c;      /* [1 + steps][rows][n_out], likewise */
    se_real *packed; /* [se_lstm_packed_size], 64-byte aligned: scratch for
                        either pass */
};

/* Numbers that the recurrent matrix, laid out for products, takes. */
int64_t se_lstm_packed_size(const struct se_layer_arch *layer);

/* From x[steps][rows][n_in] and the state in h, c at step 0. The output is
 * trace->h from step 1 on. */
void se_lstm_forward(const struct se_layer_arch *layer,
                     const struct se_lstm_weights *weights,
                     const struct se_lstm_trace *trace, const se_real *x,
                     int steps, int rows);

/* Truncated back-propagation through time: the state before the block counts
 * as constant. Adds to `gradient`; dx[steps][rows][n_in] is overwritten (NULL:
 * not wanted) and may be in the memory of h from step 1 on.
 * dh[steps][rows][n_out] and trace->gates are used up. `scratch` holds rows *
 * n_out numbers. */
void se_lstm_backward(const struct se_layer_arch *layer,
                      const struct se_lstm_weights *weights,
                      const struct se_lstm_weights *gradient,
                      const struct se_lstm_trace *trace, se_real *dx,
                      se_real *dh, se_real *scratch, const se_real *x,
                      int steps, int rows);

#endif
