/* test_basis.c - the cosine basis of the first kernel. */
#include "base/rng.h"
#include "check.h"
#include "nn/basis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TAPS = 3, N_IN = 7, N_OUT = 5, SIZE = TAPS * N_IN * N_OUT };

static const char arch_text[] =
    "input_neurons 7\nlayer_type conv1d\nnum_filters 5\nkernel_size 3\n"
    "strides 1\nactivation tanh\nlayer_type fc\nlayer_neurons 4\n"
    "activation sigmoid\n";

static void turn(const struct se_basis *basis, float *kernel, int inverse)
{
    for (int tap = 0; tap < TAPS; tap++)
        se_basis_bins(basis, kernel, inverse, tap);
    for (int bin = 0; bin < N_IN; bin++)
        se_basis_frames(basis, kernel, inverse, bin);
}

static void make_basis(struct se_basis *basis)
{
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, arch_text, "text", &report));
    expect_ok(se_basis_create(basis, &arch, &report));
    expect_equal(se_basis_size(basis), SIZE);
}

static void fill(float *kernel)
{
    struct se_rng rng;

    se_rng_seed(&rng, 5, 0);
    for (int i = 0; i < SIZE; i++)
        kernel[i] = (float)se_rng_uniform(&rng, -1, 1);
}

/* The transform by its definition, a sum over all taps and bins. */
static double coefficient(const float *kernel, int j, int k, int out)
{
    double sum = 0;

    for (int tap = 0; tap < TAPS; tap++)
        for (int bin = 0; bin < N_IN; bin++)
            sum += (double)kernel[(tap * N_IN + bin) * N_OUT + out] *
                   cos(M_PI * (tap + 0.5) * j / TAPS) *
                   cos(M_PI * (bin + 0.5) * k / N_IN);
    return sum * sqrt((j ? 2.0 : 1.0) / TAPS * (k ? 2.0 : 1.0) / N_IN);
}

TEST(is_a_cosine_transform)
{
    float kernel[SIZE], turned[SIZE];
    struct se_basis basis;

    make_basis(&basis);
    fill(kernel);
    memcpy(turned, kernel, sizeof kernel);
    turn(&basis, turned, 0);
    for (int j = 0; j < TAPS; j++)
        for (int k = 0; k < N_IN; k++)
            for (int out = 0; out < N_OUT; out++)
                expect_near((double)turned[(j * N_IN + k) * N_OUT + out],
                            coefficient(kernel, j, k, out), 1e-5);
    se_basis_free(&basis);
}

TEST(inverse_brings_back)
{
    float kernel[SIZE], turned[SIZE];
    struct se_basis basis;
    double change = 0;

    make_basis(&basis);
    fill(kernel);
    memcpy(turned, kernel, sizeof kernel);
    turn(&basis, turned, 0);
    for (int i = 0; i < SIZE; i++)
        change += fabs((double)(turned[i] - kernel[i]));
    expect(change > 1);
    turn(&basis, turned, 1);
    for (int i = 0; i < SIZE; i++)
        expect(fabs((double)(turned[i] - kernel[i])) < 1e-5);
    se_basis_free(&basis);
}
