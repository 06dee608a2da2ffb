/* test_activation.c - the four activations and their slopes. */
#include "check.h"
#include "nn/activation.h"

#include <float.h>
#include <math.h>

enum { N = 4001 };

/* -40..40, denser around 0. */
static void fill_inputs(float *x)
{
    for (int i = 0; i < N; i++) {
        double u = 2.0 * i / (N - 1) - 1;

        x[i] = (float)(40 * u * u * u);
    }
}

TEST(tanh_sigmoid)
{
    float x[N], y[N];

    fill_inputs(x);
    se_tanh(y, x, N);
    for (int i = 0; i < N; i++) {
        expect_near((double)y[i], tanh((double)x[i]), 3e-7);
        expect(y[i] == -y[N - 1 - i]);
    }
    expect(y[N / 2] == 0);
    se_sigmoid(y, x, N);
    for (int i = 0; i < N; i++)
        expect_near((double)y[i], 1 / (1 + exp(-(double)x[i])), 3e-7);
    expect(y[N / 2] == 0.5f);
}

TEST(extremes)
{
    const float x[] = {INFINITY, FLT_MAX, -FLT_MAX, -INFINITY, NAN};
    float y[5];

    se_tanh(y, x, 5);
    expect(y[0] == 1 && y[1] == 1 && y[2] == -1 && y[3] == -1);
    expect(isnan(y[4]));
    se_sigmoid(y, x, 5);
    expect(y[0] == 1 && y[1] == 1);
    expect(y[2] >= 0 && y[2] < 1e-37f && y[3] >= 0 && y[3] < 1e-37f);
    expect(isnan(y[4]));
    se_activation_apply(SE_ACTIVATION_RELU6, y, x, 4);
    expect(y[0] == 6 && y[1] == 6 && y[2] == 0 && y[3] == 0);
}

TEST(relu6_linear)
{
    const float x[] = {-1, -0.0f, 0, 0.5f, 5.5f, 6, 6.5f};
    const float want[] = {0, 0, 0, 0.5f, 5.5f, 6, 6};
    float y[7];

    se_activation_apply(SE_ACTIVATION_RELU6, y, x, 7);
    for (int i = 0; i < 7; i++)
        expect(y[i] == want[i]);
    se_activation_apply(SE_ACTIVATION_LINEAR, y, x, 7);
    expect_bytes(y, x, sizeof y);
    se_activation_apply(SE_ACTIVATION_LINEAR, y, y, 7);
    expect_bytes(y, x, sizeof y);
}

/* Any length gives the bits of one by one, in place or not, and nothing is
 * written behind the end. */
TEST(lengths)
{
    float x[N];

    fill_inputs(x);
    for (int kind = 0; kind <= SE_ACTIVATION_LINEAR; kind++)
        for (int n = 0; n < 70; n++) {
            enum se_activation activation = (enum se_activation)kind;
            float y[71], in_place[71], d[71];

            for (int i = 0; i < 71; i++) {
                y[i] = d[i] = 777;
                in_place[i] = x[i * 57];
            }
            for (int i = 0; i < n; i++)
                se_activation_apply(activation, &y[i], &x[i * 57], 1);
            se_activation_apply(activation, in_place, in_place, n);
            expect_bytes(y, in_place, (size_t)n * sizeof *y);
            expect(y[n] == 777 && in_place[n] == x[n * 57]);
            se_activation_backward(activation, d, y, n);
            expect(d[n] == 777);
            for (int i = 0; i < n; i++) {
                float alone = 777;

                se_activation_backward(activation, &alone, &y[i], 1);
                expect(alone == d[i]);
            }
        }
}

TEST(backward)
{
    /* Outputs, not inputs, tell the slope. */
    const float y[] = {-0.5f, 0, 0.25f, 1, 6};
    const float want[][5] = {
        [SE_ACTIVATION_RELU6] = {0, 0, 2, 2, 0},
        [SE_ACTIVATION_TANH] = {1.5f, 2, 1.875f, 0, -70},
        [SE_ACTIVATION_SIGMOID] = {-1.5f, 0, 0.375f, 0, -60},
        [SE_ACTIVATION_LINEAR] = {2, 2, 2, 2, 2},
    };

    for (int kind = 0; kind <= SE_ACTIVATION_LINEAR; kind++) {
        float d[5] = {2, 2, 2, 2, 2};

        se_activation_backward((enum se_activation)kind, d, y, 5);
        for (int i = 0; i < 5; i++)
            expect(d[i] == want[kind][i]);
    }
}
