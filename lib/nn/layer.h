/* layer.h - what a layer of any type works on in training: its weights, and one
 * pass over a block.
 *
 * Time is the slowest index: x[frames][rows][n_in], where a row is one sequence
 * of the batch. */
#ifndef SE_NN_LAYER_H
#define SE_NN_LAYER_H

#include "base/real.h"
#include "gemm/bfloat16.h"
#include "nn/arch.h"

/* A layer's piece of the parameters or of their gradient, in the shapes of
 * se_arch_tensors. */
struct se_layer_weights {
    se_real *kernel;
    se_real *recurrent; /* lstm; else NULL */
    se_real *bias;
};

struct se_layer_pass {
    const struct se_layer_arch *arch;
    int frames, rows; /* frames in; the stride divides them */
    enum se_precision precision;
    const se_real *x; /* [frames][rows][n_in]; the context of kernel_size - 1
                         frames stands in front */
    se_real *y;       /* [frames / stride][rows][n_out] */

    /* Backward, which adds to the gradient of the weights: */
    se_real *dy; /* of y's shape; overwritten */
    se_real *dx; /* of x's shape, with the context; overwritten, may be in y's
                    memory; NULL: not wanted */
};

#endif
