/* adam.c - Adam and the weight limits. */
#include "nn/adam.h"

#include "base/simd.h"

#include <math.h>

float se_adam_rate(struct se_adam *adam, float learning_rate)
{
    double t = (double)++adam->step;

    return (float)((double)learning_rate *
                   sqrt(1 - pow((double)adam->beta2, t)) /
                   (1 - pow((double)adam->beta1, t)));
}

SE_MULTIVERSION
void se_adam_update(const struct se_adam *adam, const struct se_adam_step *step,
                    int64_t begin, int64_t end)
{
    float beta1 = adam->beta1, beta2 = adam->beta2, epsilon = adam->epsilon;
    float rate = step->rate, gradient_scale = step->gradient_scale;
    float *parameters = step->parameters, *m = adam->m, *v = adam->v;
    const float *gradient = step->gradient;

    for (int64_t i = begin; i < end; i++) {
        float g = gradient[i] * gradient_scale;

        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        parameters[i] -= rate * m[i] / (sqrtf(v[i]) + epsilon);
    }
}

void se_decay_weights(float *parameters, const struct se_arch *arch,
                      uint32_t frozen, float share)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(arch, tensors);

    for (int i = 0; i < n_tensors; i++) {
        float *w = parameters + tensors[i].offset;
        int64_t n = (int64_t)tensors[i].rows * tensors[i].columns;

        if (tensors[i].is_bias || frozen >> tensors[i].layer & 1)
            continue;
        for (int64_t j = 0; j < n; j++)
            w[j] -= share * w[j];
    }
}

void se_limit_weights(float *parameters, const struct se_arch *arch,
                      uint32_t frozen)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    int n_tensors = se_arch_tensors(arch, tensors);

    for (int i = 0; i < n_tensors; i++) {
        float *w = parameters + tensors[i].offset;
        float lo = tensors[i].is_bias ? -4.0f : -8.0f;
        float hi = tensors[i].is_bias ? 4.0f - 0x1p-6f : 8.0f - 0x1p-5f;
        int64_t n = (int64_t)tensors[i].rows * tensors[i].columns;

        if (frozen >> tensors[i].layer & 1)
            continue;
        for (int64_t j = 0; j < n; j++) {
            w[j] = w[j] < lo ? lo : w[j];
            w[j] = w[j] > hi ? hi : w[j];
        }
    }
}
