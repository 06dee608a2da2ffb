/* net.h - a net in training: blocks of time forward, gradients backward.
 *
 * Time is the slowest index everywhere: x[frames][rows][n_in], where a row is
 * one sequence of the batch. States (LSTM, convolution context) are carried
 * from block to block; gradients stop at the block's start (truncated
 * back-propagation through time). */
#ifndef SE_NN_NET_H
#define SE_NN_NET_H

#include "base/real.h"
#include "base/rng.h"
#include "gemm/bfloat16.h"
#include "nn/arch.h"

struct se_net;

/* Buffers for `rows` sequences of `frames` frames; se_arch_stride must divide
 * `frames` (SE_ERR_ARG). `arch` must outlive the net. */
int se_net_create(struct se_net **net, const struct se_arch *arch, int rows,
                  int frames, struct se_report *report);
void se_net_destroy(struct se_net *net);

/* A net of the same arch and frames, and as many rows or fewer, with a state of
 * its own and the buffers of `lender`, which must outlive it: nets that share
 * take turns, a forward pass and its backward pass at a time. */
int se_net_create_beside(struct se_net **net, const struct se_net *lender,
                         int rows, struct se_report *report);

/* Bytes that se_net_create takes. */
int64_t se_net_bytes(const struct se_arch *arch, int rows, int frames);

/* A new sequence starts in all rows: states 0; the first layer's context is
 * `pad` [n_in], the features of silence (NULL: zeros). */
void se_net_reset(struct se_net *net, const se_real *pad);

/* The mask [frames][rows][se_arch_outputs] for x[frames][rows][n_in]; with
 * strides each output is held for the frames until the next. Valid until the
 * next call; x must stay for the backward pass. `drop`: random numbers for
 * dropout, NULL: none (evaluation). Dropout as the original applies it: on a
 * layer's input, scaled by 1 / (1 - rate), the same for all frames of a block,
 * except before an LSTM, where each frame draws anew. */
const se_real *se_net_forward(struct se_net *net, const se_real *parameters,
                              const se_real *x, struct se_rng *drop);

/* Adds to gradient[se_arch_parameters] the derivatives that d_mask, of the
 * mask's shape, leads to; d_mask is overwritten. Follows se_net_forward on the
 * same block, once. */
void se_net_backward(struct se_net *net, se_real *gradient,
                     const se_real *parameters, se_real *d_mask);

/* From now on se_net_backward calls `done` after each layer, the last one
 * first, when that layer's gradient is complete. NULL: no call. */
void se_net_on_layer(struct se_net *net, void (*done)(void *context, int layer),
                     void *context);

/* Sets the precision of matrix products from now on; SE_FLOAT32 at first.
 * Weights, states and gradients stay what they are (P. Micikevicius et al.,
 * "Mixed precision training", 2018; D. Kalamkar et al., "A study of BFLOAT16
 * for deep learning training", 2019). */
void se_net_set_precision(struct se_net *net, enum se_precision precision);

/* Fresh weights: fc and lstm kernels Glorot uniform, recurrent kernels
 * orthogonal, convolutions normal with deviation 1 / sqrt(inputs) (times
 * sqrt(2) before relu6), biases 0 but 1 for forget gates (Keras and the
 * original project). */
int se_net_initialise(float *parameters, const struct se_arch *arch,
                      uint64_t seed, struct se_report *report);

#endif
