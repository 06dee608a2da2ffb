/* test_nnsp_layer.c - layers of the integer runtime against the float ones,
 * with the same weights; nets that it refuses. */
#include "check.h"
#include "nn/infer.h"
#include "nnsp/dot.h"
#include "nnsp/layer.h"
#include "nnsp_toy.h"

#define LAST "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n"

static void random_features(struct nnsp_toy *toy, float *x, struct se_rng *rng)
{
    for (int i = 0; i < toy->net.n_features; i++) {
        int value = (int)lround(300.0 * se_rng_normal(rng));

        toy->nnsp.features[i] = (int16_t)value;
        x[i] = (float)value / 256.0f;
    }
}

static double clamp_to_mask(float x)
{
    return x < 0.0f ? 0.0 : x > 1.0f ? 1.0 : (double)x;
}

/* Largest difference of the masks of both nets over some frames. */
static void check_net(const char *text, double tolerance)
{
    float x[SE_BINS], mask[SE_BINS], pad[SE_BINS];
    struct se_infer *infer;
    struct nnsp_toy toy;
    struct se_rng rng;
    double worst = 0.0, mean = 0.0, spread = 0.0;

    toy_make(&toy, text, SE_FEAT_MEL);
    expect_ok(se_infer_create(&infer, &toy.model.arch, toy.model.parameters,
                              &report));
    for (int i = 0; i < toy.net.n_features; i++)
        pad[i] = (float)toy.nnsp.features[i] / 256.0f;
    se_infer_reset(infer, pad);
    se_rng_seed(&rng, 3, 0);
    for (int t = 0; t < 60; t++) {
        random_features(&toy, x, &rng);
        nnsp_infer(&toy.nnsp);
        se_infer_frame(infer, mask, x);
        for (int k = 0; k < SE_BINS; k++) {
            double want = clamp_to_mask(mask[k]);

            worst = fmax(worst, fabs(toy.nnsp.mask[k] / 32768.0 - want));
            mean += want / (60.0 * SE_BINS);
            spread += want * want / (60.0 * SE_BINS);
        }
    }
    spread = sqrt(spread - mean * mean);
    printf("worst difference %.5f, masks vary by %.2f\n", worst, spread);
    expect(worst < tolerance);
    expect(spread > 0.05);
    se_infer_destroy(infer);
    toy_free(&toy);
}

TEST(fc)
{
    check_net("input_neurons 72\n" LAST, 2e-4);
    check_net("input_neurons 1\n"
              "layer_type fc\nlayer_neurons 3\nactivation tanh\n" LAST,
              4e-4);
    check_net("input_neurons 7\n"
              "layer_type fc\nlayer_neurons 13\nactivation relu6\n" LAST,
              4e-4);
    check_net("input_neurons 7\n"
              "layer_type fc\nlayer_neurons 9\nactivation linear\n" LAST,
              8e-4);
    check_net("input_neurons 16\n"
              "layer_type fc\nlayer_neurons 300\nactivation sigmoid\n" LAST,
              4e-4);
}

TEST(last_activations)
{
    check_net("input_neurons 9\n"
              "layer_type fc\nlayer_neurons 257\nactivation tanh\n",
              4e-4);
    check_net("input_neurons 9\n"
              "layer_type fc\nlayer_neurons 257\nactivation relu6\n",
              4e-4);
    check_net("input_neurons 9\n"
              "layer_type fc\nlayer_neurons 257\nactivation linear\n",
              4e-4);
    check_net("input_neurons 3\n"
              "layer_type lstm\nlayer_neurons 257\nactivation tanh\n",
              1e-3);
}

TEST(conv1d)
{
    check_net("input_neurons 5\nlayer_type conv1d\nnum_filters 11\n"
              "kernel_size 3\nstrides 1\nactivation tanh\n" LAST,
              4e-4);
    check_net("input_neurons 5\nlayer_type conv1d\nnum_filters 11\n"
              "kernel_size 4\nstrides 3\nactivation relu6\n" LAST,
              4e-4);
    check_net("input_neurons 5\nlayer_type fc\nlayer_neurons 3\n"
              "activation tanh\n"
              "layer_type conv1d\nnum_filters 6\nkernel_size 1\nstrides 2\n"
              "activation linear\n"
              "layer_type conv1d\nnum_filters 9\nkernel_size 2\nstrides 2\n"
              "activation sigmoid\n" LAST,
              8e-4);
}

TEST(lstm)
{
    check_net("input_neurons 5\nlayer_type lstm\nlayer_neurons 7\n"
              "activation tanh\n" LAST,
              1e-3);
    check_net("input_neurons 24\nlayer_type fc\nlayer_neurons 9\n"
              "activation relu6\nlayer_type lstm\nlayer_neurons 1\n"
              "activation tanh\nlayer_type lstm\nlayer_neurons 30\n"
              "activation tanh\n" LAST,
              1e-3);
}

TEST(dot)
{
    const int32_t bias[4] = {0, 1, -1, 1 << 20};
    const uint8_t shift[4] = {0, 0, 0, 4};
    int32_t z[4];
    int8_t group[4 * 8] __attribute__((aligned(8)));
    int16_t x[8] __attribute__((aligned(4)));

    for (int c = 0; c < 8; c++) {
        const int column[4] = {c - 4, -127, 127, c == 5};

        x[c] = c % 2 ? INT16_MIN : INT16_MAX;
        for (int r = 0; r < 4; r++)
            group[c / 2 * 8 + r / 2 * 4 + c % 2 * 2 + r % 2] =
                (int8_t)column[r];
    }
    toy_make_lanes(group, (int)sizeof group);
    nnsp_dot(z, &(struct nnsp_rows){group, bias, shift}, x, 8, 1);
    expect_equal(z[0], (-4 - 2 + 0 + 2) * 32767 - (-3 - 1 + 1 + 3) * 32768);
    expect_equal(z[1], 1 + 4 * 127);
    expect_equal(z[2], -1 - 4 * 127);
    expect_equal(z[3], ((1 << 20) - 32768) / 16);
}

/* A sum that fills the 32 bits to the last one. */
TEST(longest_sum)
{
    static int8_t kernel[4 * 512] __attribute__((aligned(8)));
    static int32_t bias[4];
    static uint8_t shift[4];
    static int16_t x[512], y[1];
    struct nnsp_layer layer = {.type = NNSP_FC,
                               .activation = NNSP_LINEAR,
                               .n_in = 511,
                               .n_out = 1,
                               .kernel_size = 1,
                               .stride = 1,
                               .kernel = kernel,
                               .bias = bias,
                               .shift = shift};

    for (int c = 0; c < 511; c++) {
        kernel[c / 2 * 8 + c % 2 * 2] = -127;
        x[c] = INT16_MIN;
    }
    toy_make_lanes(kernel, 4 * 512);
    bias[0] = INT32_MAX - 511 * 127 * 32768;
    shift[0] = 17;
    expect_equal(nnsp_layer_step(&layer, y, NULL, x), 1);
    expect_equal(y[0], 16383);
    for (int c = 0; c < 511; c++)
        x[c] = INT16_MAX;
    bias[0] = -bias[0];
    nnsp_layer_step(&layer, y, NULL, x);
    expect_equal(y[0], (bias[0] - 511 * 127 * 32767) >> 17);
}

#define REFUSED                                                                \
    "input_neurons 6\nlayer_type conv1d\nnum_filters 5\nkernel_size 3\n"       \
    "strides 2\nactivation tanh\nlayer_type lstm\nlayer_neurons 3\n"           \
    "activation tanh\n" LAST

static int try(const struct nnsp_toy *toy)
{
    struct nnsp nnsp;

    return nnsp_init(&nnsp, &toy->net, toy->memory, toy->memory_bytes);
}

#define CHECK_REFUSED(toy, place, wrong, status)                               \
    do {                                                                       \
        __typeof__(place) right = (place);                                     \
                                                                               \
        (place) = (wrong);                                                     \
        expect_equal(try(toy), status);                                        \
        (place) = right;                                                       \
        expect_equal(try(toy), NNSP_OK);                                       \
    } while (0)

TEST(refused_shapes)
{
    struct nnsp_toy toy;

    toy_make(&toy, REFUSED, SE_FEAT_MEL);
    CHECK_REFUSED(&toy, toy.layer[0].type, 3, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[0].activation, 4, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[0].kernel_size, 0, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[0].stride, 0, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[0].n_in, 7, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[0].n_out, 0, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[0].n_out, 4097, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[1].activation, NNSP_RELU6, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[1].recurrent, NULL, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[1].recurrent_shift, NULL, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[1].kernel_size, 2, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[2].stride, 2, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[2].kernel, NULL, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.layer[2].n_out, 256, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.net.n_layers, 0, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.net.n_layers, 17, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.net.n_features, 258, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.net.mask_gain, 0, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, toy.net.mask_gain, 65536, NNSP_ERR_NET);
    toy_free(&toy);
}

TEST(refused_numbers)
{
    struct nnsp_toy toy;
    uint8_t *shift, *recurrent_shift;
    int8_t *kernel, *recurrent;
    uint16_t *edge;
    int32_t *bias, *mean;

    toy_make(&toy, REFUSED, SE_FEAT_MEL);
    shift = (uint8_t *)toy.layer[1].shift;
    recurrent_shift = (uint8_t *)toy.layer[1].recurrent_shift;
    kernel = (int8_t *)toy.layer[0].kernel;
    recurrent = (int8_t *)toy.layer[1].recurrent;
    bias = (int32_t *)toy.layer[2].bias;
    edge = (uint16_t *)toy.net.edge;
    mean = (int32_t *)toy.net.mean;
    CHECK_REFUSED(&toy, shift[11], 32, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, shift[11], 0, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, recurrent_shift[0], 32, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, recurrent_shift[0], 0, NNSP_ERR_NET);
    CHECK_REFUSED(&toy, bias[256], INT32_MIN, NNSP_ERR_RANGE);
    CHECK_REFUSED(&toy, bias[0], INT32_MAX, NNSP_ERR_RANGE);
    /* 18 columns of 24: the 19th of row 0 is padding, as is the 4th of 8 */
    CHECK_REFUSED(&toy, kernel[18 / 2 * 8], 1, NNSP_ERR_RANGE);
    CHECK_REFUSED(&toy, recurrent[8 + 2], 1, NNSP_ERR_RANGE);
    CHECK_REFUSED(&toy, edge[2], edge[3] + 1, NNSP_ERR_BANDS);
    CHECK_REFUSED(&toy, edge[7], 258, NNSP_ERR_BANDS);
    CHECK_REFUSED(&toy, mean[5], (1 << 24) + 1, NNSP_ERR_BANDS);
    CHECK_REFUSED(&toy, mean[0], -(1 << 24) - 1, NNSP_ERR_BANDS);
    toy_free(&toy);
}

TEST(memory)
{
    struct nnsp_toy toy;

    toy_make(&toy, REFUSED, SE_FEAT_MEL);
    expect_equal(toy.memory_bytes, NNSP_BASE_BYTES + NNSP_WIDTH_BYTES(257) +
                                       NNSP_FEATURE_BYTES(6) +
                                       NNSP_CONV1D_BYTES(3, 6) +
                                       NNSP_LSTM_BYTES(3));
    toy.memory_bytes--;
    expect_equal(try(&toy), NNSP_ERR_MEMORY);
    toy.memory_bytes += 9;
    toy.memory = (char *)toy.memory + 4;
    expect_equal(try(&toy), NNSP_ERR_MEMORY);
    toy.memory = (char *)toy.memory - 4;
    expect_equal(try(&toy), NNSP_OK);
    toy_free(&toy);
}
