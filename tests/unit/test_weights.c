/* test_weights.c - rounded weights in floating point are those of the float
 * net but for the rounding. */
#include "base/rng.h"
#include "check.h"
#include "quant/round.h"

#include <math.h>
#include <stdlib.h>

static const char arch_text[] =
    "input_neurons 13\n"
    "layer_type conv1d\nnum_filters 11\nkernel_size 3\nstrides 1\n"
    "activation tanh\n"
    "layer_type lstm\nlayer_neurons 7\n"
    "layer_type fc\nlayer_neurons 9\nactivation linear\n"
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n";

/* In dB, of one array. */
static double sqnr(const struct se_tensor *tensor, const float *before,
                   const float *after)
{
    double signal = 0.0, noise = 0.0;

    for (int64_t i = 0; i < (int64_t)tensor->rows * tensor->columns; i++) {
        double x = (double)before[tensor->offset + i];
        double y = (double)after[tensor->offset + i];

        signal += x * x;
        noise += (x - y) * (x - y);
    }
    return 10.0 * log10(signal / noise);
}

TEST(rounded)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_quant_net *net;
    struct se_model model;
    struct se_arch arch;
    struct se_rng rng;
    float *rounded;

    expect_ok(se_arch_parse(&arch, arch_text, "arch", &report));
    expect_ok(se_model_create(&model, &arch, SE_FEAT_MEL, &report));
    se_rng_seed(&rng, 4, 0);
    for (int64_t i = 0; i < model.n_parameters; i++)
        model.parameters[i] = (float)se_rng_uniform(&rng, -0.9, 0.9);
    expect_ok(se_quantise(&net, &model, NULL, &report));
    expect_ok(se_quant_weights(&rounded, &model, net, &report));

    int n = se_arch_tensors(&arch, tensors);

    for (int t = 0; t < n; t++) {
        double db = sqnr(&tensors[t], model.parameters, rounded);

        /* Weights up to 1 in 127 steps: a uniform error of a step. Anything
         * out of its place would give about -3 dB. */
        if (tensors[t].is_bias)
            expect(isinf(db));
        else if (!(db > 37.0 && db < 60.0))
            fail_test("%s: %.1f dB", tensors[t].name, db);
    }
    free(rounded);
    se_quant_net_free(net);
    se_model_free(&model);
}
