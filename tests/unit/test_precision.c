/* test_precision.c - a net's mask and gradient in bfloat16 beside those in
 * float. */
#include "base/rng.h"
#include "check.h"
#include "nn/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 8, ROWS = 5 };

static const char net_text[] =
    "input_neurons 40\n"
    "layer_type conv1d\nnum_filters 36\nkernel_size 3\nactivation tanh\n"
    "layer_type conv1d\nnum_filters 33\nkernel_size 2\nstrides 2\n"
    "activation relu6\n"
    "layer_type lstm\nlayer_neurons 34\n"
    "layer_type fc\nlayer_neurons 50\nactivation sigmoid\n";

static float *random_floats(int64_t n, double deviation, uint64_t stream)
{
    float *x = calloc((size_t)n, sizeof *x);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, 11, stream);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(deviation * se_rng_normal(&rng));
    return x;
}

/* The mask, and the gradient of the sum of weight * mask. */
static void pass(float *mask, float *gradient, const struct se_arch *arch,
                 const float *parameters, enum se_precision precision)
{
    const int64_t n_mask = (int64_t)STEPS * ROWS * se_arch_outputs(arch);
    float *x = random_floats((int64_t)STEPS * ROWS * arch->n_in, 1, 1);
    float *weight = random_floats(n_mask, 1, 2);
    struct se_net *net;

    expect_ok(se_net_create(&net, arch, ROWS, STEPS, &report));
    se_net_set_precision(net, precision);
    se_net_reset(net, NULL);
    memcpy(mask, se_net_forward(net, parameters, x, NULL),
           (size_t)n_mask * sizeof *mask);
    se_net_backward(net, gradient, parameters, weight);
    se_net_destroy(net);
    free(x);
    free(weight);
}

/* |a - b| / |a| */
static double distance(const float *a, const float *b, int64_t n)
{
    double apart = 0, whole = 0;

    for (int64_t i = 0; i < n; i++) {
        apart += pow((double)a[i] - (double)b[i], 2);
        whole += pow((double)a[i], 2);
    }
    expect(whole > 0);
    return sqrt(apart / whole);
}

/* A factor is off by 2^-9 at most. */
TEST(bfloat16_is_close_to_float)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, net_text, "test", &report));

    const int64_t n = se_arch_parameters(&arch);
    const int64_t n_mask = (int64_t)STEPS * ROWS * se_arch_outputs(&arch);
    const int n_tensors = se_arch_tensors(&arch, tensors);
    float *parameters = calloc((size_t)n, sizeof *parameters);
    float *exact = calloc((size_t)n, sizeof *exact);
    float *rounded = calloc((size_t)n, sizeof *rounded);
    float *mask[2] = {calloc((size_t)n_mask, sizeof(float)),
                      calloc((size_t)n_mask, sizeof(float))};

    expect(parameters && exact && rounded && mask[0] && mask[1]);
    expect_ok(se_net_initialise(parameters, &arch, 1, &report));
    pass(mask[0], exact, &arch, parameters, SE_FLOAT32);
    pass(mask[1], rounded, &arch, parameters, SE_BFLOAT16);
    expect(distance(mask[0], mask[1], n_mask) < 0.004);
    expect(distance(mask[0], mask[1], n_mask) > 1e-6);
    for (int i = 0; i < n_tensors; i++) {
        const int64_t at = tensors[i].offset;
        const double apart =
            distance(exact + at, rounded + at,
                     (int64_t)tensors[i].rows * tensors[i].columns);

        if (!(apart < 0.03 && apart > 1e-7))
            fail_test("tensor %d: gradients are %g apart", i, apart);
    }
    free(parameters);
    free(exact);
    free(rounded);
    free(mask[0]);
    free(mask[1]);
}
