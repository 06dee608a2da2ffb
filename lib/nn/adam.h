/* adam.h - the optimiser: D. Kingma, J. Ba, "Adam" (ICLR 2015), as TensorFlow
 * computes it (epsilon beside the uncorrected root), and weight limits. */
#ifndef SE_NN_ADAM_H
#define SE_NN_ADAM_H

#include "nn/arch.h"

struct se_adam {
    float beta1, beta2, epsilon; /* 0.9, 0.999, 1e-7 */
    int64_t step;                /* updates made */
    float *m, *v;                /* moments, [parameters] */
};

/* One update of all parameters, which may be made piece by piece. */
struct se_adam_step {
    float *parameters;
    const float *gradient;
    float rate;           /* se_adam_rate's, once a step */
    float gradient_scale; /* the gradient is multiplied by it */
};

/* Makes the step for parameters [begin, end). */
void se_adam_update(const struct se_adam *adam, const struct se_adam_step *step,
                    int64_t begin, int64_t end);

/* Counts the step and returns the learning rate with the bias corrections:
 * learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t). */
float se_adam_rate(struct se_adam *adam, float learning_rate);

/* Takes this share off all kernels (decoupled weight decay: I. Loshchilov,
 * F. Hutter, ICLR 2019). Biases stay, and so does layer i if bit i of `frozen`
 * is set. */
void se_decay_weights(float *parameters, const struct se_arch *arch,
                      uint32_t frozen, float share);

/* Keeps weights where 8-bit tables reach, as the original: kernels in
 * [-8, 8 - 2^-5], biases in [-4, 4 - 2^-6]; those of layer i stay what they
 * are if bit i of `frozen` is set. */
void se_limit_weights(float *parameters, const struct se_arch *arch,
                      uint32_t frozen);

#endif
