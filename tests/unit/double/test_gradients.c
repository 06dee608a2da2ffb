/* test_gradients.c - every layer's gradient against central differences, in
 * double precision (the sources of lib/nn compiled with -DSE_DOUBLE), on
 * odd sizes, with the state carried over from a block before. */
#include "base/rng.h"
#include "check.h"
#include "nn/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 6, ROWS = 3 };

struct problem {
    struct se_arch arch;
    struct se_net *net;
    int64_t n_parameters, n_x, n_mask;
    se_real *parameters;
    se_real *x[2];   /* two blocks */
    se_real *weight; /* the test's loss is sum of weight * mask */
    se_real pad[64];
    int with_drop_out;
};

static se_real *random_numbers(int64_t n, double deviation, uint64_t stream)
{
    se_real *numbers = calloc((size_t)n, sizeof *numbers);
    struct se_rng rng;

    expect(numbers);
    se_rng_seed(&rng, 7, stream);
    for (int64_t i = 0; i < n; i++)
        numbers[i] = deviation * se_rng_normal(&rng);
    return numbers;
}

static void set_up(struct problem *p, const char *text, int with_drop_out)
{
    memset(p, 0, sizeof *p);
    expect_ok(se_arch_parse(&p->arch, text, "test", &report));
    expect_ok(se_net_create(&p->net, &p->arch, ROWS, STEPS, &report));
    p->with_drop_out = with_drop_out;
    p->n_parameters = se_arch_parameters(&p->arch);
    p->n_x = (int64_t)STEPS * ROWS * p->arch.n_in;
    p->n_mask = (int64_t)STEPS * ROWS * se_arch_outputs(&p->arch);
    p->parameters = random_numbers(p->n_parameters, 0.5, 1);
    p->x[0] = random_numbers(p->n_x, 1, 2);
    p->x[1] = random_numbers(p->n_x, 1, 3);
    p->weight = random_numbers(p->n_mask, 1, 4);
    for (int i = 0; i < p->arch.n_in; i++)
        p->pad[i] = -0.5 + 0.1 * i;
}

static void tear_down(struct problem *p)
{
    se_net_destroy(p->net);
    free(p->parameters);
    free(p->x[0]);
    free(p->x[1]);
    free(p->weight);
}

/* The loss of block 1 with `parameters`, after block 0 with the unchanged
 * ones: what truncated back-propagation differentiates. */
static double loss(struct problem *p, const se_real *parameters)
{
    struct se_rng rng;
    double sum = 0;

    se_net_reset(p->net, p->pad);
    se_net_forward(p->net, p->parameters, p->x[0], NULL);
    se_rng_seed(&rng, 11, 0);

    const se_real *mask = se_net_forward(p->net, parameters, p->x[1],
                                         p->with_drop_out ? &rng : NULL);

    for (int64_t i = 0; i < p->n_mask; i++)
        sum += p->weight[i] * mask[i];
    return sum;
}

static void check_gradient(const char *text, int with_drop_out)
{
    struct problem p;

    set_up(&p, text, with_drop_out);

    se_real *gradient = calloc((size_t)p.n_parameters, sizeof *gradient);
    se_real *moved = malloc((size_t)p.n_parameters * sizeof *moved);
    se_real *d_mask = malloc((size_t)p.n_mask * sizeof *d_mask);
    double largest = 0;

    expect(gradient && moved && d_mask);
    memcpy(moved, p.parameters, (size_t)p.n_parameters * sizeof *moved);
    memcpy(d_mask, p.weight, (size_t)p.n_mask * sizeof *d_mask);
    loss(&p, p.parameters);
    se_net_backward(p.net, gradient, p.parameters, d_mask);
    for (int64_t i = 0; i < p.n_parameters; i++)
        largest = fmax(largest, fabs(gradient[i]));
    expect(largest > 1e-3);
    for (int64_t i = 0; i < p.n_parameters; i++) {
        const double h = 1e-5;
        double up, down;

        moved[i] = p.parameters[i] + h;
        up = loss(&p, moved);
        moved[i] = p.parameters[i] - h;
        down = loss(&p, moved);
        moved[i] = p.parameters[i];
        if (fabs((up - down) / (2 * h) - gradient[i]) > 1e-7 * (1 + largest))
            fail_test("parameter %d of %s: difference %.10g, gradient %.10g",
                      (int)i, text, (up - down) / (2 * h), gradient[i]);
    }
    free(gradient);
    free(moved);
    free(d_mask);
    tear_down(&p);
}

TEST(fc_all_activations)
{
    check_gradient("input_neurons 5\n"
                   "layer_type fc\nlayer_neurons 7\nactivation tanh\n"
                   "layer_type fc\nlayer_neurons 3\nactivation relu6\n"
                   "layer_type fc\nlayer_neurons 4\nactivation linear\n"
                   "layer_type fc\nlayer_neurons 1\nactivation sigmoid\n",
                   0);
}

TEST(lstm)
{
    check_gradient("input_neurons 3\n"
                   "layer_type lstm\nlayer_neurons 5\nactivation tanh\n"
                   "layer_type lstm\nlayer_neurons 1\nactivation tanh\n"
                   "layer_type fc\nlayer_neurons 3\nactivation sigmoid\n",
                   0);
}

TEST(conv1d)
{
    check_gradient("input_neurons 3\n"
                   "layer_type conv1d\nnum_filters 5\nkernel_size 4\n"
                   "strides 1\nactivation tanh\n"
                   "layer_type lstm\nlayer_neurons 3\nactivation tanh\n"
                   "layer_type conv1d\nnum_filters 3\nkernel_size 3\n"
                   "strides 1\nactivation sigmoid\n",
                   0);
}

/* A context longer than a block keeps frames of the block before the last. */
TEST(conv1d_longer_than_block)
{
    check_gradient("input_neurons 2\n"
                   "layer_type conv1d\nnum_filters 3\nkernel_size 9\n"
                   "strides 1\nactivation tanh\n"
                   "layer_type fc\nlayer_neurons 3\nactivation sigmoid\n",
                   0);
}

TEST(strides)
{
    check_gradient("input_neurons 3\nscalar_output 1.5\n"
                   "layer_type conv1d\nnum_filters 4\nkernel_size 3\n"
                   "strides 2\nactivation tanh\n"
                   "layer_type lstm\nlayer_neurons 3\nactivation tanh\n"
                   "layer_type conv1d\nnum_filters 2\nkernel_size 2\n"
                   "strides 3\nactivation tanh\n"
                   "layer_type fc\nlayer_neurons 3\nactivation sigmoid\n",
                   0);
}

TEST(drop_out)
{
    check_gradient("input_neurons 5\ndropprob 0.3\n"
                   "layer_type conv1d\nnum_filters 4\nkernel_size 3\n"
                   "strides 1\nactivation tanh\ndropprob 0.4\n"
                   "layer_type lstm\nlayer_neurons 6\nactivation tanh\n"
                   "dropprob 0.25\n"
                   "layer_type fc\nlayer_neurons 3\nactivation sigmoid\n",
                   1);
    /* In place, and where relu6 or a context forbids it. */
    check_gradient("input_neurons 4\ndropprob 0.2\n"
                   "layer_type fc\nlayer_neurons 9\nactivation tanh\n"
                   "dropprob 0.3\n"
                   "layer_type fc\nlayer_neurons 8\nactivation relu6\n"
                   "dropprob 0.3\n"
                   "layer_type fc\nlayer_neurons 7\nactivation sigmoid\n"
                   "dropprob 0.3\n"
                   "layer_type conv1d\nnum_filters 6\nkernel_size 2\n"
                   "strides 2\nactivation linear\ndropprob 0.2\n"
                   "layer_type fc\nlayer_neurons 3\nactivation sigmoid\n",
                   1);
}

/* Blocks in a row give what one long block gives: the state is carried. */
TEST(blocks_join)
{
    const char *text = "input_neurons 3\n"
                       "layer_type conv1d\nnum_filters 4\nkernel_size 4\n"
                       "strides 2\nactivation tanh\n"
                       "layer_type lstm\nlayer_neurons 5\nactivation tanh\n"
                       "layer_type fc\nlayer_neurons 3\nactivation sigmoid\n";
    struct problem p;
    struct se_net *whole;

    set_up(&p, text, 0);

    se_real *x = malloc(2 * (size_t)p.n_x * sizeof *x);

    expect(x);
    memcpy(x, p.x[0], (size_t)p.n_x * sizeof *x);
    memcpy(x + p.n_x, p.x[1], (size_t)p.n_x * sizeof *x);
    expect_ok(se_net_create(&whole, &p.arch, ROWS, 2 * STEPS, &report));
    se_net_reset(whole, p.pad);
    se_net_reset(p.net, p.pad);

    const se_real *expected = se_net_forward(whole, p.parameters, x, NULL);

    for (int block = 0; block < 2; block++) {
        const se_real *mask =
            se_net_forward(p.net, p.parameters, p.x[block], NULL);

        for (int64_t i = 0; i < p.n_mask; i++)
            expect_near(mask[i], expected[block * p.n_mask + i], 1e-14);
    }
    se_net_destroy(whole);
    free(x);
    tear_down(&p);
}
