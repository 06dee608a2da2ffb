/* test_scaling.c - steps on many ranks, predicted. */
#include "check.h"
#include "train/scaling.h"

static const struct se_network network = {1e-4, 1e8};

/* 10 to 20 to 30: 220 and 630 parameters. */
static struct se_arch two_layers(void)
{
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch,
                            "input_neurons 10\n"
                            "layer_type fc\nlayer_neurons 20\n"
                            "activation tanh\n"
                            "layer_type fc\nlayer_neurons 30\n"
                            "activation sigmoid\n",
                            "two", &report));
    return arch;
}

TEST(sum)
{
    expect_near(se_scaling_sum_s(&network, 1, 1e6), 0, 1e-12);
    expect_near(se_scaling_sum_s(&network, 2, 1e6), 2e-4 + 1e6 / 1e8, 1e-12);
    expect_near(se_scaling_sum_s(&network, 8, 1e6), 6e-4 + 1.75e6 / 1e8, 1e-12);
    expect_near(se_scaling_sum_s(&network, 5, 0), 6e-4, 1e-12);
}

TEST(layers)
{
    const struct se_arch arch = two_layers();

    expect_equal(se_arch_layer_parameters(&arch, 0), 220);
    expect_equal(se_arch_layer_parameters(&arch, 1), 630);
    expect_equal(se_arch_parameters(&arch), 850);
}

/* A long backward pass hides all sums but the last, a short one half of
 * itself. */
TEST(wait)
{
    const struct se_arch arch = two_layers();
    const double first = se_scaling_sum_s(&network, 4, 880);
    const double second = se_scaling_sum_s(&network, 4, 2520);
    const double control = se_scaling_sum_s(&network, 4, 16);

    expect_near(se_scaling_wait_s(&network, 1, &arch, 0, 1), 0, 1e-12);
    expect_near(se_scaling_wait_s(&network, 4, &arch, 0, 1), first + control,
                1e-12);
    expect_near(se_scaling_wait_s(&network, 4, &arch, 0, 1e-4),
                first + second - 5e-5 + control, 1e-12);
    expect_near(se_scaling_wait_s(&network, 4, &arch, 1, 0), second + control,
                1e-12);
}
