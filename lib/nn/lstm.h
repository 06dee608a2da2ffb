/* lstm.h - long short-term memory layer over a block of time.
 *
 * S. Hochreiter, J. Schmidhuber (1997) with forget gate (F. Gers et al. 2000),
 * as Keras computes it:
 *   i, f, o = sigmoid(x W + h R + b), g = tanh(x W + h R + b)
 *   c' = f c + i g,  h' = o tanh(c')
 * with the columns of W, R, b in the order i, f, g, o (Keras calls g the cell
 * gate, c).
 *
 * Backward, from the last frame to the first, dh' and dc' being the gradients
 * of h' and c', and t = tanh(c'):
 *   dc' += dh' o (1 - t^2)
 *   dz = [dc' g i (1 - i), dc' c f (1 - f), dc' i (1 - g^2), dh' t o (1 - o)]
 *   dc = dc' f,  dh += dz R^T              for the frame before
 *   dW += x^T dz,  dR += h^T dz,  db += dz,  dx = dz W^T
 * where dz is the gradient of the gates' sums. */
#ifndef SE_NN_LSTM_H
#define SE_NN_LSTM_H

#include "nn/layer.h"

/* What the forward pass leaves for the backward pass, and scratch. */
struct se_lstm_trace {
    se_real *gates;  /* [frames][rows][4 n_out], after their functions */
    se_real *h;      /* [1 + frames][rows][n_out]; the first is the state
                        before the block, the others are the output */
    se_real *c;      /* [1 + frames][rows][n_out], likewise */
    se_real *packed; /* [se_lstm_packed_size], 64-byte aligned: scratch */
    se_real *dc;     /* [rows][n_out]: scratch of the backward pass */
};

/* Numbers that the recurrent matrix, laid out for products, takes. */
int64_t se_lstm_packed_size(const struct se_layer_arch *layer);

/* From pass->x and the state at the front of h and c; the output is trace->h,
 * in place of pass->y. */
void se_lstm_forward(const struct se_layer_pass *pass,
                     const struct se_layer_weights *weights,
                     const struct se_lstm_trace *trace);

/* Truncated back-propagation through time: the state before the block counts
 * as constant. trace->gates is used up, too. */
void se_lstm_backward(const struct se_layer_pass *pass,
                      const struct se_layer_weights *weights,
                      const struct se_layer_weights *gradient,
                      const struct se_lstm_trace *trace);

#endif
