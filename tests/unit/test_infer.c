/* test_infer.c - the net one frame at a time gives what it gave in training. */
#include "base/rng.h"
#include "check.h"
#include "nn/infer.h"
#include "nn/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 3, STEPS = 12, FRAMES = BLOCKS * STEPS };

static float *random_floats(int64_t n, double scale, uint64_t seed)
{
    float *x = malloc((size_t)n * sizeof *x);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, seed, 0);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(scale * se_rng_normal(&rng));
    return x;
}

/* Runs both over three blocks of training and as many frames. */
static void check_arch(const char *text)
{
    struct se_arch arch;
    struct se_net *net;
    struct se_infer *infer;

    expect_ok(se_arch_parse(&arch, text, "test", &report));

    int n_out = se_arch_outputs(&arch);
    float *weights = random_floats(se_arch_parameters(&arch), 0.4, 1);
    float *x = random_floats((int64_t)FRAMES * arch.n_in, 1.0, 2);
    float *pad = random_floats(arch.n_in, 1.0, 3);
    float *mask = malloc((size_t)n_out * sizeof *mask);

    expect_ok(se_net_create(&net, &arch, 1, STEPS, &report));
    expect_ok(se_infer_create(&infer, &arch, weights, &report));
    for (int again = 0; again < 2; again++) {
        const float *start = again ? NULL : pad;

        se_net_reset(net, start);
        se_infer_reset(infer, start);
        for (int t = 0; t < FRAMES; t += STEPS) {
            const float *want =
                se_net_forward(net, weights, x + t * arch.n_in, NULL);

            for (int i = 0; i < STEPS; i++) {
                se_infer_frame(infer, mask, x + (t + i) * arch.n_in);
                for (int o = 0; o < n_out; o++)
                    expect_near(mask[o], want[i * n_out + o], 2e-5f);
            }
        }
    }
    se_infer_destroy(infer);
    se_net_destroy(net);
    free(mask);
    free(pad);
    free(x);
    free(weights);
}

TEST(single_layers)
{
    check_arch("input_neurons 3\nlayer_type fc\nlayer_neurons 17\n"
               "activation relu6\n");
    check_arch("input_neurons 1\nlayer_type fc\nlayer_neurons 1\n"
               "activation linear\nscalar_output 2.5\n");
    check_arch("input_neurons 7\nlayer_type lstm\nlayer_neurons 65\n");
    check_arch("input_neurons 5\nlayer_type conv1d\nnum_filters 130\n"
               "kernel_size 6\nactivation sigmoid\n");
    check_arch("input_neurons 5\nlayer_type conv1d\nnum_filters 9\n"
               "kernel_size 1\nactivation tanh\n");
}

TEST(small_net)
{
    check_arch("input_neurons 72\n"
               "layer_type conv1d\nnum_filters 72\nkernel_size 6\n"
               "activation tanh\n"
               "layer_type lstm\nlayer_neurons 72\n"
               "layer_type fc\nlayer_neurons 72\nactivation tanh\n"
               "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n");
}

TEST(strides)
{
    check_arch("input_neurons 4\n"
               "layer_type conv1d\nnum_filters 8\nkernel_size 3\nstrides 2\n"
               "activation tanh\n"
               "layer_type lstm\nlayer_neurons 11\n"
               "layer_type fc\nlayer_neurons 5\nactivation sigmoid\n");
    check_arch("input_neurons 4\n"
               "layer_type lstm\nlayer_neurons 6\n"
               "layer_type conv1d\nnum_filters 8\nkernel_size 2\nstrides 3\n"
               "activation relu6\n"
               "layer_type conv1d\nnum_filters 7\nkernel_size 4\nstrides 2\n"
               "activation tanh\n");
}

/* Hand-computed: two frames of context, the older one first. */
TEST(conv1d_order)
{
    const float weights[] = {10.0f, 1.0f, 0.5f}; /* old, new, bias */
    const float pad[] = {3.0f};
    const float x[] = {1.0f, 2.0f, 4.0f};
    const float want[] = {31.5f, 12.5f, 24.5f};
    struct se_arch arch;
    struct se_infer *infer;
    float y;

    expect_ok(se_arch_parse(&arch,
                            "input_neurons 1\nlayer_type conv1d\n"
                            "num_filters 1\nkernel_size 2\n"
                            "activation linear\n",
                            "test", &report));
    expect_ok(se_infer_create(&infer, &arch, weights, &report));
    se_infer_reset(infer, pad);
    for (int t = 0; t < 3; t++) {
        se_infer_frame(infer, &y, &x[t]);
        expect_near(y, want[t], 1e-6f);
    }
    se_infer_destroy(infer);
}
