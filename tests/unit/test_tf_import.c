/* test_tf_import.c - a net of the original as a model of ours: the same masks
 * as double precision gives, and checkpoints that do not fit. */
#include "base/rng.h"
#include "check.h"
#include "import/tf_bundle.h"
#include "import/tf_import.h"
#include "nn/infer.h"
#include "tf_writer.h"

#include <math.h>
#include <unistd.h>

static const char original[] = "../shared/original/model_checkpoint_ep50";
static const char original_stats[] = "../shared/original/stats.pkl";
static const char original_arch[] = "def_se_nn_arch72_mel.txt";

static void need_original(void)
{
    if (access(original_stats, R_OK) != 0)
        skip_test("no %s", original_stats);
}

static void import_original(struct se_model *model)
{
    if (se_tf_import(model, original, original_stats, original_arch, &report) !=
        SE_OK)
        fail_test("%s", report.text);
}

/* ---- the net once more, in double precision ------------------------------ */

/* Written from Keras's definitions, number by number, with weights found by
 * their keys: it shares no code with lib/nn and no layout with a model. */
enum { N_BANDS = 72, N_UNITS = 72, N_TAPS = 6, N_BINS = 257 };

struct reference {
    float conv[N_TAPS][N_BANDS][1][N_UNITS], conv_bias[N_UNITS];
    float input[N_UNITS][4 * N_UNITS], recurrent[N_UNITS][4 * N_UNITS];
    float lstm_bias[4 * N_UNITS];
    float fc[2][N_UNITS][N_UNITS], fc_bias[2][N_UNITS];
    float out[N_UNITS][N_BINS], out_bias[N_BINS];
    double x[N_TAPS][N_BANDS]; /* the last frames, oldest first */
    double h[N_UNITS], c[N_UNITS];
};

static void fetch(const struct se_tf_bundle *bundle, const char *name,
                  void *values, size_t size)
{
    char key[128];
    const struct se_tf_tensor *tensor;

    snprintf(key, sizeof key, "nn_layers/%s/.ATTRIBUTES/VARIABLE_VALUE", name);
    tensor = se_tf_bundle_find(bundle, key);
    expect(tensor);
    expect_equal(tensor->n_bytes, size);
    memcpy(values, tensor->bytes, size);
}

static struct reference *reference_create(const double pad[N_BANDS])
{
    struct reference *r = calloc(1, sizeof *r);
    struct se_tf_bundle *bundle;

    expect(r);
    expect_ok(se_tf_bundle_read(&bundle, original, &report));
    fetch(bundle, "0/kernel", r->conv, sizeof r->conv);
    fetch(bundle, "0/bias", r->conv_bias, sizeof r->conv_bias);
    fetch(bundle, "1/cell/kernel", r->input, sizeof r->input);
    fetch(bundle, "1/cell/recurrent_kernel", r->recurrent, sizeof r->recurrent);
    fetch(bundle, "1/cell/bias", r->lstm_bias, sizeof r->lstm_bias);
    for (int i = 0; i < 2; i++) {
        fetch(bundle, i ? "3/kernel" : "2/kernel", r->fc[i], sizeof r->fc[i]);
        fetch(bundle, i ? "3/bias" : "2/bias", r->fc_bias[i],
              sizeof r->fc_bias[i]);
    }
    fetch(bundle, "4/kernel", r->out, sizeof r->out);
    fetch(bundle, "4/bias", r->out_bias, sizeof r->out_bias);
    se_tf_bundle_free(bundle);
    for (int tap = 0; tap < N_TAPS; tap++)
        memcpy(r->x[tap], pad, sizeof r->x[tap]);
    return r;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void reference_conv(const struct reference *r, double y[N_UNITS])
{
    for (int unit = 0; unit < N_UNITS; unit++) {
        double sum = (double)r->conv_bias[unit];

        for (int tap = 0; tap < N_TAPS; tap++)
            for (int band = 0; band < N_BANDS; band++)
                sum += r->x[tap][band] * (double)r->conv[tap][band][0][unit];
        y[unit] = tanh(sum);
    }
}

static void reference_lstm(struct reference *r, const double x[N_UNITS])
{
    double h[N_UNITS];

    for (int unit = 0; unit < N_UNITS; unit++) {
        double sum[4]; /* i, f, c, o */

        for (int gate = 0; gate < 4; gate++) {
            const int column = gate * N_UNITS + unit;

            sum[gate] = (double)r->lstm_bias[column];
            for (int i = 0; i < N_UNITS; i++)
                sum[gate] += x[i] * (double)r->input[i][column] +
                             r->h[i] * (double)r->recurrent[i][column];
        }
        r->c[unit] =
            sigmoid(sum[1]) * r->c[unit] + sigmoid(sum[0]) * tanh(sum[2]);
        h[unit] = sigmoid(sum[3]) * tanh(r->c[unit]);
    }
    memcpy(r->h, h, sizeof h);
}

static void reference_step(struct reference *r, double mask[N_BINS],
                           const double x[N_BANDS])
{
    double y[N_UNITS], z[N_UNITS];

    memmove(r->x[0], r->x[1], sizeof r->x - sizeof r->x[0]);
    memcpy(r->x[N_TAPS - 1], x, sizeof r->x[0]);
    reference_conv(r, y);
    reference_lstm(r, y);
    memcpy(y, r->h, sizeof y);
    for (int i = 0; i < 2; i++) {
        for (int unit = 0; unit < N_UNITS; unit++) {
            double sum = (double)r->fc_bias[i][unit];

            for (int j = 0; j < N_UNITS; j++)
                sum += y[j] * (double)r->fc[i][j][unit];
            z[unit] = tanh(sum);
        }
        memcpy(y, z, sizeof y);
    }
    for (int bin = 0; bin < N_BINS; bin++) {
        double sum = (double)r->out_bias[bin];

        for (int j = 0; j < N_UNITS; j++)
            sum += y[j] * (double)r->out[j][bin];
        mask[bin] = sigmoid(sum);
    }
}

/* ---- the original's net -------------------------------------------------- */

/* formats.md section 7: standardised features of silence, as counts of 1/256,
 * of the bands 0..10 and 69..71, from the fixed-point log's floor. */
TEST(padding)
{
    static const int expected[] = {-346, -423, -477, -503, -526, -535, -541,
                                   -539, -533, -526, -522, -325, -315, -278};
    struct se_model model;
    float logs[N_BANDS], x[N_BANDS];

    need_original();
    import_original(&model);
    expect_equal(model.feat_type, SE_FEAT_MEL);
    expect_equal(model.epoch, 50);
    expect_equal(model.n_parameters, 102209);
    for (int i = 0; i < N_BANDS; i++)
        logs[i] = -147963.0f / 32768;
    se_feature_standardise(x, logs, model.mean, model.inv_std, N_BANDS);
    for (int i = 0; i < 14; i++)
        expect(256 * x[i < 11 ? i : 58 + i] == (float)expected[i]);
    se_model_free(&model);
}

/* The infer's masks against double precision, over features like those of
 * speech: slow and fast variations, on the Q8 grid. */
TEST(masks)
{
    enum { N_FRAMES = 200 };
    struct se_model model;
    struct se_infer *infer;
    struct se_rng rng;
    double pad[N_BANDS], x[N_BANDS], mask[N_BINS];
    double level = 0, worst = 0, lowest = 1, highest = 0;
    float pad_32[N_BANDS], x_32[N_BANDS], mask_32[N_BINS];

    need_original();
    import_original(&model);
    for (int i = 0; i < N_BANDS; i++)
        pad_32[i] = -4.515450f;
    se_feature_standardise(pad_32, pad_32, model.mean, model.inv_std, N_BANDS);
    for (int i = 0; i < N_BANDS; i++)
        pad[i] = (double)pad_32[i];

    struct reference *r = reference_create(pad);

    expect_ok(se_infer_create(&infer, &model.arch, model.parameters, &report));
    se_infer_reset(infer, pad_32);
    se_rng_seed(&rng, 50, 0);
    for (int frame = 0; frame < N_FRAMES; frame++) {
        level = 0.9 * level + 0.6 * se_rng_normal(&rng);
        for (int i = 0; i < N_BANDS; i++) {
            x[i] = floor(256 * (level + 0.7 * se_rng_normal(&rng))) / 256;
            x_32[i] = (float)x[i];
        }
        reference_step(r, mask, x);
        se_infer_frame(infer, mask_32, x_32);
        for (int i = 0; i < N_BINS; i++) {
            worst = fmax(worst, fabs(mask[i] - (double)mask_32[i]));
            lowest = fmin(lowest, mask[i]);
            highest = fmax(highest, mask[i]);
        }
    }
    expect(lowest < 0.05 && highest > 0.9); /* the net was at work */
    if (!(worst < 1e-4))
        fail_test("a mask differs by %g", worst);
    se_infer_destroy(infer);
    se_model_free(&model);
    free(r);
}

TEST(fraction_bits)
{
    static const int kernels[] = {5, 6, 6, 6, 7},
                     biases[] = {13, 14, 15, 15, 14};
    int kernel[6], bias[6];

    need_original();
    expect_ok(se_tf_import_fraction_bits(kernel, bias, original, 5, &report));
    expect_bytes(kernel, kernels, sizeof kernels);
    expect_bytes(bias, biases, sizeof biases);
    expect_error(se_tf_import_fraction_bits(kernel, bias, original, 6, &report),
                 SE_ERR_FORMAT, "no tensor 'nfracs/kernel/5/");
}

/* ---- made checkpoints ---------------------------------------------------- */

static const char small_arch[] = "input_neurons 3\n"
                                 "layer_type conv1d\nnum_filters 2\n"
                                 "kernel_size 2\nactivation tanh\n"
                                 "layer_type lstm\nlayer_neurons 2\n"
                                 "layer_type fc\nlayer_neurons 257\n"
                                 "activation sigmoid\n";

enum { N_SMALL = 7 }; /* tensors, their keys ascending */

static const struct {
    const char *key;
    int n_dims;
    int64_t shape[4];
    int place; /* among our arrays, which come layer by layer */
} small[N_SMALL] = {
    {"0/bias", 1, {2}, 1},
    {"0/kernel", 4, {2, 3, 1, 2}, 0},
    {"1/cell/bias", 1, {8}, 4},
    {"1/cell/kernel", 2, {2, 8}, 2},
    {"1/cell/recurrent_kernel", 2, {2, 8}, 3},
    {"2/bias", 1, {257}, 6},
    {"2/kernel", 2, {2, 257}, 5},
};

/* Tensor `tensor` holds 1000 tensor + i at i; tensor `flat`, if any, has all
 * its numbers in one dimension; `missing` is left out. */
static void write_checkpoint(int missing, int flat, const char *more)
{
    struct tf_checkpoint *checkpoint = tf_begin();
    char key[128];
    float x[600];

    for (int t = 0; t < N_SMALL; t++) {
        int64_t n = 1;

        for (int i = 0; i < small[t].n_dims; i++)
            n *= small[t].shape[i];
        for (int i = 0; i < (int)n; i++)
            x[i] = (float)(1000 * t + i);
        snprintf(key, sizeof key, "nn_layers/%s/.ATTRIBUTES/VARIABLE_VALUE",
                 small[t].key);
        if (t == flat)
            tf_add_floats(checkpoint, key, x, &n, 1);
        else if (t != missing)
            tf_add_floats(checkpoint, key, x, small[t].shape, small[t].n_dims);
    }
    if (more)
        tf_add_floats(checkpoint, more, x, small[0].shape, 1);
    tf_finish(checkpoint);
    write_bytes(in_scratch("net-12.index"), checkpoint->index.at,
                checkpoint->index.n);
    write_bytes(in_scratch("net-12.data-00000-of-00001"), checkpoint->data.at,
                checkpoint->data.n);
    free(checkpoint);
}

/* A pickle of two arrays with `n` numbers, `value` and up. */
static void write_stats(const char *first, int n, float value)
{
    static const char make[] =
        "\x8c\x15numpy.core.multiarray\x8c\x0c_reconstruct\x93"
        "\x8c\5numpy\x8c\7ndarray\x93K\0\x85"
        "C\1b\x87R(K\1K";
    static const char type[] =
        "\x85\x8c\5numpy\x8c\5dtype\x93\x8c\2f4\x89\x88\x87R(K\3\x8c\1<"
        "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t"
        "b\x89"
        "C";
    static struct tf_bytes out;
    const char *names[] = {first, "nInvStd"};

    out.n = 0;
    tf_put(&out, "\x80\x04}(", 4);
    for (int i = 0; i < 2; i++) {
        const uint8_t n_name = (uint8_t)strlen(names[i]), count = (uint8_t)n,
                      n_bytes = (uint8_t)(4 * n);

        tf_put(&out, "\x8c", 1);
        tf_put(&out, &n_name, 1);
        tf_put(&out, names[i], n_name);
        tf_put(&out, make, sizeof make - 1);
        tf_put(&out, &count, 1);
        tf_put(&out, type, sizeof type - 1);
        tf_put(&out, &n_bytes, 1);
        for (int j = 0; j < n; j++) {
            const float x = value + (float)(10 * i + j);

            tf_put(&out, &x, sizeof x);
        }
        tf_put(&out, "tb", 2);
    }
    tf_put(&out, "u.", 2);
    write_bytes(in_scratch("stats.pkl"), out.at, out.n);
}

static int import_small(struct se_model *model)
{
    return se_tf_import(model, in_scratch("net-12"), in_scratch("stats.pkl"),
                        in_scratch("def_small.txt"), &report);
}

static void write_small(void)
{
    write_bytes(in_scratch("def_small.txt"), small_arch, strlen(small_arch));
    write_checkpoint(-1, -1, "stats/other");
    write_stats("nMean_feat", 3, 5);
}

TEST(small)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_model model;

    write_small();
    expect_ok(import_small(&model));
    expect_equal(model.epoch, 12);
    expect_equal(se_arch_tensors(&model.arch, tensors), N_SMALL);
    for (int t = 0; t < N_SMALL; t++) {
        const struct se_tensor *tensor = &tensors[small[t].place];

        for (int i = 0; i < tensor->rows * tensor->columns; i++)
            expect(model.parameters[tensor->offset + i] ==
                   (float)(1000 * t + i));
    }
    for (int i = 0; i < 3; i++)
        expect(model.mean[i] == 5 + (float)i &&
               model.inv_std[i] == 15 + (float)i);
    se_model_free(&model);
}

static void expect_refused(int status, const char *part)
{
    struct se_model model;

    if (import_small(&model) != status || !strstr(report.text, part))
        fail_test("'%s', expected '%s'", report.text, part);
    expect(!strpbrk(report.text, "\n\r\033"));
    expect(!model.parameters);
}

TEST(wrong_checkpoints)
{
    write_small();
    write_checkpoint(3, -1, NULL);
    expect_refused(SE_ERR_FORMAT, "no tensor 'nn_layers/1/cell/kernel/");
    write_checkpoint(-1, 1, NULL);
    expect_refused(SE_ERR_FORMAT, "is type 1 [12], expected type 1 (float32) "
                                  "[2,3,1,2]");
    write_checkpoint(-1, -1, "nn_layers/3/bias/.ATTRIBUTES/VARIABLE_VALUE");
    expect_refused(SE_ERR_FORMAT, "nn_layers/3/bias");
    unlink(in_scratch("net-12.index"));
    expect_refused(SE_ERR_IO, "net-12.index: ");
}

TEST(wrong_stats)
{
    write_small();
    write_stats("nMean_feat", 2, 5);
    expect_refused(SE_ERR_FORMAT, "an array 'nMean_feat' of 2 numbers, "
                                  "expected 'nMean_feat' of 3");
    write_stats("mean", 3, 5);
    expect_refused(SE_ERR_FORMAT, "an array 'mean' of 3 numbers");
    write_stats("nMean_feat", 3, NAN);
    expect_refused(SE_ERR_NUMERIC, "'nMean_feat' holds ");
    write_stats("nMean_feat", 3, -11);
    expect_refused(SE_ERR_NUMERIC, "'nInvStd' holds -1.000000 at 0");
    write_bytes(in_scratch("stats.pkl"), "\x80\x04}.", 4);
    expect_refused(SE_ERR_FORMAT, "0 arrays, expected nMean_feat and nInvStd");
    unlink(in_scratch("stats.pkl"));
    expect_refused(SE_ERR_IO, "stats.pkl: ");
}

TEST(wrong_arch)
{
    static const char no_mask[] = "input_neurons 3\nlayer_type fc\n"
                                  "layer_neurons 3\nactivation sigmoid\n";

    write_small();
    write_bytes(in_scratch("def_small.txt"), no_mask, strlen(no_mask));
    expect_refused(SE_ERR_FORMAT, "257");
    unlink(in_scratch("def_small.txt"));
    expect_refused(SE_ERR_IO, "def_small.txt: ");
}
