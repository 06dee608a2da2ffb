/* test_adam.c - the optimiser against its formula in double precision, and the
 * limits of the weights. */
#include "base/rng.h"
#include "check.h"
#include "nn/adam.h"

#include <math.h>
#include <string.h>

enum { N = 37, STEPS = 50 };

struct problem {
    float w[N], m[N], v[N], gradient[N];
    struct se_adam adam;
};

static void set_up(struct problem *p)
{
    struct se_rng rng;

    *p = (struct problem){0};
    p->adam = (struct se_adam){
        .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-7f, .m = p->m, .v = p->v};
    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < N; i++)
        p->w[i] = (float)se_rng_normal(&rng);
}

static void draw_gradient(float *gradient, int step)
{
    struct se_rng rng;

    se_rng_seed(&rng, 4, (uint64_t)step);
    for (int i = 0; i < N; i++)
        gradient[i] = (float)((0.01 + i) * (se_rng_normal(&rng) + 0.3) * 1e-3);
}

static void update(struct problem *p, int64_t begin, int64_t end, float rate,
                   float gradient_scale)
{
    const struct se_adam_step step = {
        .parameters = p->w,
        .gradient = p->gradient,
        .rate = rate,
        .gradient_scale = gradient_scale,
    };

    se_adam_update(&p->adam, &step, begin, end);
}

/* Keras's: alpha_t = alpha sqrt(1 - b2^t) / (1 - b1^t),
 * w -= alpha_t m / (sqrt(v) + epsilon). */
TEST(against_formula)
{
    struct problem p;
    double w[N], m[N] = {0}, v[N] = {0};
    const double b1 = (double)0.9f, b2 = (double)0.999f;

    set_up(&p);
    for (int i = 0; i < N; i++)
        w[i] = (double)p.w[i];
    for (int t = 1; t <= STEPS; t++) {
        double alpha = 0.01 * sqrt(1 - pow(b2, t)) / (1 - pow(b1, t));
        float rate;

        draw_gradient(p.gradient, t);
        rate = se_adam_rate(&p.adam, 0.01f);
        expect_equal(p.adam.step, t);
        expect_near((double)rate / alpha, 1, 1e-6);
        update(&p, 0, N, rate, 0.5f);
        for (int i = 0; i < N; i++) {
            double g = 0.5 * (double)p.gradient[i];

            m[i] = b1 * m[i] + (1 - b1) * g;
            v[i] = b2 * v[i] + (1 - b2) * g * g;
            w[i] -= alpha * m[i] / (sqrt(v[i]) + 1e-7);
            expect_near((double)p.w[i], w[i], 1e-5);
        }
    }
}

/* The first step goes by the learning rate, whatever the gradient's size. */
TEST(first_step)
{
    struct problem p;
    float before[N], rate;

    set_up(&p);
    memcpy(before, p.w, sizeof before);
    for (int i = 0; i < N; i++)
        p.gradient[i] =
            i == 0 ? 0 : powf(10, (float)(i % 7) - 3) * (i % 2 ? 1.0f : -1.0f);
    rate = se_adam_rate(&p.adam, 0.01f);
    update(&p, 0, N, rate, 1);
    expect(p.w[0] == before[0]);
    for (int i = 1; i < N; i++)
        expect_near(before[i] - p.w[i], (i % 2 ? 0.01f : -0.01f), 4e-5f);
}

TEST(pieces_give_the_same_bits)
{
    struct problem whole, pieces;

    set_up(&whole);
    set_up(&pieces);
    for (int t = 1; t <= 5; t++) {
        float rate = se_adam_rate(&whole.adam, 0.01f);

        expect(se_adam_rate(&pieces.adam, 0.01f) == rate);
        draw_gradient(whole.gradient, t);
        draw_gradient(pieces.gradient, t);
        update(&whole, 0, N, rate, 1);
        update(&pieces, 17, N, rate, 1);
        update(&pieces, 0, 1, rate, 1);
        update(&pieces, 1, 1, rate, 1);
        update(&pieces, 1, 17, rate, 1);
    }
    expect_bytes(whole.w, pieces.w, sizeof whole.w);
    expect_bytes(whole.m, pieces.m, sizeof whole.m);
    expect_bytes(whole.v, pieces.v, sizeof whole.v);
}

static const char lstm_and_fc[] =
    "input_neurons 2\nlayer_type lstm\nlayer_neurons 3\n"
    "layer_type fc\nlayer_neurons 5\nactivation tanh\n";

TEST(limits)
{
    struct se_arch arch;
    struct se_tensor tensors[SE_MAX_TENSORS];
    float w[200];

    expect_ok(se_arch_parse(&arch, lstm_and_fc, "test", &report));

    int n_tensors = se_arch_tensors(&arch, tensors);
    int64_t n = se_arch_parameters(&arch);

    expect(n < 200);
    for (int i = 0; i < 200; i++)
        w[i] = i % 3 == 0 ? 100 : i % 3 == 1 ? -100 : 3.5f;
    se_limit_weights(w, &arch, 0);
    for (int i = 0; i < n_tensors; i++)
        for (int j = 0; j < tensors[i].rows * tensors[i].columns; j++) {
            int64_t at = tensors[i].offset + j;
            float hi = tensors[i].is_bias ? 4 - 1 / 64.0f : 8 - 1 / 32.0f;
            float lo = tensors[i].is_bias ? -4 : -8;

            expect(w[at] == (at % 3 == 0 ? hi : at % 3 == 1 ? lo : 3.5f));
        }
    for (int64_t i = n; i < 200; i++)
        expect(w[i] == (i % 3 == 0 ? 100 : i % 3 == 1 ? -100 : 3.5f));
}

/* A hundredth off kernels, nothing off biases and the frozen layer. */
TEST(decay)
{
    struct se_arch arch;
    struct se_tensor tensors[SE_MAX_TENSORS];
    float w[200];

    expect_ok(se_arch_parse(&arch, lstm_and_fc, "test", &report));
    for (uint32_t frozen = 0; frozen < 4; frozen++) {
        for (int i = 0; i < 200; i++)
            w[i] = (float)(i - 50);
        se_decay_weights(w, &arch, frozen, 0.01f);
        for (int i = 0; i < se_arch_tensors(&arch, tensors); i++)
            for (int j = 0; j < tensors[i].rows * tensors[i].columns; j++) {
                int at = (int)tensors[i].offset + j;
                int decays =
                    !tensors[i].is_bias && !(frozen >> tensors[i].layer & 1);

                expect_near(w[at], (at - 50) * (decays ? 0.99 : 1), 1e-5);
            }
        for (int i = (int)se_arch_parameters(&arch); i < 200; i++)
            expect(w[i] == (float)(i - 50));
    }
}

TEST(frozen_layers_have_no_limits)
{
    struct se_arch arch;
    struct se_tensor tensors[SE_MAX_TENSORS];
    float w[200];

    expect_ok(se_arch_parse(&arch, lstm_and_fc, "test", &report));
    for (int i = 0; i < 200; i++)
        w[i] = 100;
    se_limit_weights(w, &arch, 1u << 1);
    for (int i = se_arch_tensors(&arch, tensors) - 1; i >= 0; i--)
        for (int j = 0; j < tensors[i].rows * tensors[i].columns; j++)
            expect_equal(w[tensors[i].offset + j] == 100,
                         tensors[i].layer == 1);
}
