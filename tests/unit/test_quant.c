/* test_quant.c - scales of rows, packing, the integer net against the float
 * net, golden vectors. The compilers' part is in tests/cli/convert.sh. */
#include "audio/sound.h"
#include "base/rng.h"
#include "check.h"
#include "enhance/stream.h"
#include "files/file.h"
#include "quant/emit.h"
#include "quant/report.h"
#include "quant/row.h"
#include "texts.h"

#include <math.h>

/* ---- rows ---------------------------------------------------------------- */

/* The least error there is, each weight free to take any of the 255 steps. */
static double least_error(const float *weights, const float *importance, int n,
                          int min_log2, int max_log2)
{
    double best = (double)INFINITY;

    for (int e = min_log2; e <= max_log2; e++) {
        double sum = 0.0;

        for (int i = 0; i < n; i++) {
            double least = (double)INFINITY;

            for (int q = -127; q <= 127; q++)
                least = fmin(least, fabs((double)weights[i] - ldexp(q, -e)));
            sum += (importance ? (double)importance[i] : 1.0) * least * least;
        }
        best = fmin(best, sum);
    }
    return best;
}

TEST(row_is_best)
{
    struct se_rng rng;

    se_rng_seed(&rng, 1, 0);
    for (int trial = 0; trial < 200; trial++) {
        float weights[33], importance[33];
        int8_t q[33];
        int n = 1 + (int)se_rng_below(&rng, 33), n_saturated = 0;
        int weighted = trial % 2;
        double size = exp(se_rng_uniform(&rng, -6.0, 2.0)), error = 0.0;

        for (int i = 0; i < n; i++) {
            double tail = exp(se_rng_uniform(&rng, -3.0, 3.0));

            weights[i] = (float)(size * tail * se_rng_normal(&rng));
            importance[i] = (float)exp(se_rng_uniform(&rng, -5.0, 5.0));
        }

        struct se_quant_row row = se_quant_row(
            q,
            &(struct se_weight_row){n, weights, weighted ? importance : NULL},
            -4, 16);

        for (int i = 0; i < n; i++) {
            double difference =
                (double)weights[i] - ldexp(q[i], -row.scale_log2);

            error += (weighted ? (double)importance[i] : 1.0) * difference *
                     difference;
            n_saturated +=
                fabs(ldexp((double)weights[i], row.scale_log2)) >= 127.5;
        }
        expect_near(error, row.error, 1e-9 * error);
        expect_equal(row.n_saturated, n_saturated);
        double least =
            least_error(weights, weighted ? importance : NULL, n, -4, 16);

        if (error > least * (1.0 + 1e-9))
            fail_test("trial %d: error %g at 2^%d, %g is possible", trial,
                      error, row.scale_log2, least);
    }
}

TEST(row_edges)
{
    const float zeros[3] = {0}, huge[2] = {1e6f, -1e6f};
    const float halves[3] = {0.5f, 1.5f, -0.5f};
    int8_t q[3];
    struct se_quant_row row;

    row = se_quant_row(q, &(struct se_weight_row){3, zeros, NULL}, -3, 20);
    expect_equal(row.scale_log2, -3); /* the coarsest that is as good */
    expect_equal(row.n_saturated, 0);
    row = se_quant_row(q, &(struct se_weight_row){2, huge, NULL}, 0, 20);
    expect_equal(row.scale_log2, 0);
    expect_equal(row.n_saturated, 2);
    expect_equal(q[0], 127);
    expect_equal(q[1], -127);
    row = se_quant_row(q, &(struct se_weight_row){3, halves, NULL}, 0,
                       0); /* halves go to the even step */
    expect_equal(q[0], 0);
    expect_equal(q[1], 2);
    expect_equal(q[2], 0);
    row = se_quant_row(q, &(struct se_weight_row){3, halves, NULL}, 0, 20);
    expect_equal(row.scale_log2, 1);
    expect(row.error == 0.0);
}

/* ---- nets ---------------------------------------------------------------- */

static const char odd_arch[] =
    "input_neurons 9\n"
    "layer_type conv1d\nnum_filters 7\nkernel_size 3\nactivation tanh\n"
    "layer_type lstm\nlayer_neurons 5\n"
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n";

static void make_model(struct se_model *model, const char *text,
                       enum se_feat_type feat_type, double size)
{
    struct se_arch arch;
    struct se_rng rng;

    if (se_arch_parse(&arch, text, "test", &report) != SE_OK ||
        se_model_create(model, &arch, feat_type, &report) != SE_OK)
        fail_test("%s", report.text);
    se_rng_seed(&rng, 3, 0);
    for (int64_t i = 0; i < model->n_parameters; i++)
        model->parameters[i] = (float)(size * se_rng_normal(&rng));
    for (int i = 0; i < arch.n_in; i++) {
        model->mean[i] = -2.0f;
        model->inv_std[i] = 1.0f;
    }
}

static struct se_quant_net *quantise(const struct se_model *model)
{
    struct se_quant_net *net;

    expect_ok(se_quantise(&net, model, NULL, &report));
    return net;
}

/* Noise that comes and goes, 16 bits. */
static float *make_sound(int64_t n)
{
    float *x = malloc((size_t)n * sizeof *x);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, 8, 0);
    for (int64_t i = 0; i < n; i++) {
        double level = 0.1 * (1.0 + sin(6.28 * (double)i / 3000.0));

        x[i] = (float)(rint(32768.0 * level * se_rng_normal(&rng)) / 32768.0);
        x[i] = fmaxf(-1.0f, fminf(x[i], 32767.0f / 32768.0f));
    }
    return x;
}

/* Row r of the runtime is this column of the float kernel. */
static int column_of(const struct se_layer_arch *arch, int r)
{
    return arch->type == SE_LAYER_LSTM ? r % 4 * arch->n_out + r / 4 : r;
}

struct packed_matrix {
    const int8_t *packed;
    const uint8_t *shift; /* of each row */
    int rows, columns, q_in;
};

/* The packed matrix, unpacked, is the float matrix within half a step. */
static void check_matrix(const struct packed_matrix *matrix,
                         const float *weights, const struct se_layer_arch *arch)
{
    int rows = matrix->rows, columns = matrix->columns;

    for (int r = 0; r < (rows + 3) / 4 * 4; r++) {
        for (int c = 0; c < (columns + 7) / 8 * 8; c++) {
            int q = se_quant_weight(matrix->packed, r, c, columns);

            if (r >= rows || c >= columns) {
                expect_equal(q, 0);
                continue;
            }

            double scale = ldexp(1.0, matrix->shift[r] + 12 - matrix->q_in);
            double exact =
                (double)weights[c * rows + column_of(arch, r)] * scale;

            if (fabs(exact) < 127.5)
                expect_near(exact, q, 0.5);
            else
                expect_equal(q, exact > 0 ? 127 : -127);
        }
    }
}

TEST(packing)
{
    static const int q_in[] = {8, 15, 15};
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_model model;

    make_model(&model, odd_arch, SE_FEAT_MEL, 0.4);

    struct se_quant_net *net = quantise(&model);
    int n = se_arch_tensors(&model.arch, tensors);

    for (int t = 0; t < n; t++) {
        const struct se_layer_arch *arch = &model.arch.layer[tensors[t].layer];
        const struct nnsp_layer *layer = &net->layer[tensors[t].layer];
        const float *weights = model.parameters + tensors[t].offset;
        int is_recurrent = t > 0 && strstr(tensors[t].name, "recurrent");
        int q = is_recurrent ? 15 : q_in[tensors[t].layer];

        if (!tensors[t].is_bias) {
            check_matrix(
                &(struct packed_matrix){
                    is_recurrent ? layer->recurrent : layer->kernel,
                    is_recurrent ? layer->recurrent_shift : layer->shift,
                    tensors[t].columns, tensors[t].rows, q},
                weights, arch);
            continue;
        }
        for (int r = 0; r < tensors[t].columns; r++) {
            int half = 1 << layer->shift[r] >> 1;
            int n_floors = arch->type == SE_LAYER_LSTM ? 2 : 1;
            double b = ldexp((double)weights[column_of(arch, r)],
                             layer->shift[r] + 12);

            expect(fabs(layer->bias[r] - n_floors * half - b) <= 0.5);
        }
    }
    se_quant_net_free(net);
    se_model_free(&model);
}

/* Integers follow the float net: masks agree to 30 dB or better. */
static void check_agreement(const char *text, enum se_feat_type feat_type,
                            float scalar_output)
{
    struct se_quant_report result;
    struct se_model model;
    float *sound = make_sound(16000);
    const struct se_quant_sound measured_on = {.samples = sound,
                                               .n_samples = 16000};

    make_model(&model, text, feat_type, 0.3);
    model.arch.scalar_output = scalar_output;

    struct se_quant_net *net = quantise(&model);
    double macs = 0.0;

    expect_ok(
        se_quant_report_make(&result, &model, net, &measured_on, &report));
    if (!(result.mask_sqnr_db > 30.0) || !(result.feature_sqnr_db > 35.0))
        fail_test("%s: mask %g dB, features %g dB", text, result.mask_sqnr_db,
                  result.feature_sqnr_db);
    for (int i = 0; i < result.n_layers; i++) {
        if (!(result.layer[i].sqnr_db > 25.0))
            fail_test("%s: layer %d: %g dB", text, i, result.layer[i].sqnr_db);
        macs += result.layer[i].macs;
    }
    expect_near(macs, se_arch_macs(&model.arch), 1e-6);
    expect_equal(result.ram_bytes, nnsp_memory_bytes(&net->net));
    expect_near(result.seconds, 1.0, 1e-9);
    se_quant_net_free(net);
    se_model_free(&model);
    free(sound);
}

TEST(agreement)
{
    static const char *const last[] = {"sigmoid", "tanh", "relu6", "linear"};
    char text[512];

    check_agreement(odd_arch, SE_FEAT_MEL, 1.0f);
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text,
                 "input_neurons 40\n"
                 "layer_type conv1d\nnum_filters 12\nkernel_size 2\nstrides 2\n"
                 "activation relu6\n"
                 "layer_type fc\nlayer_neurons 11\nactivation linear\n"
                 "layer_type fc\nlayer_neurons 257\nactivation %s\n",
                 last[i]);
        check_agreement(text, SE_FEAT_MEL, 1.0f);
        check_agreement(text, SE_FEAT_MEL, 0.5f);
    }
    check_agreement("input_neurons 257\nlayer_type fc\nlayer_neurons 257\n"
                    "activation sigmoid\n",
                    SE_FEAT_PSPEC, 1.0f);
}

/* Rounding that the sound sees is less where scales know the sound. */
TEST(calibration)
{
    struct se_quant_report plain, calibrated;
    struct se_quant_net *net, *calibrated_net;
    struct se_moments moments;
    struct se_model model;
    float *sound = make_sound(32000);

    make_model(&model, odd_arch, SE_FEAT_MEL, 0.4);
    /* features far from 0, so that rounding adds up */
    for (int i = 0; i < model.arch.n_in; i++)
        model.mean[i] = -8.0f;
    net = quantise(&model);
    expect_ok(se_moments_measure(&moments, &model, sound, 32000, &report));
    expect_ok(se_quantise(&calibrated_net, &model, &moments, &report));

    const struct se_quant_sound measured_on = {.samples = sound,
                                               .n_samples = 32000};

    se_quant_report_make(&plain, &model, net, &measured_on, NULL);
    se_quant_report_make(&calibrated, &model, calibrated_net, &measured_on,
                         NULL);
    expect(calibrated.layer[0].sqnr_db > plain.layer[0].sqnr_db + 3.0);
    expect(calibrated.mask_sqnr_db > plain.mask_sqnr_db);
    se_moments_free(&moments);
    se_quant_net_free(net);
    se_quant_net_free(calibrated_net);
    se_model_free(&model);
    free(sound);
}

/* ---- the enhancer -------------------------------------------------------- */

/* sound and out have n frames of so many channels; that one of `out` is what
 * the runtime makes of it. */
static void check_channel(struct nnsp *nnsp, const float *sound,
                          const float *out, int64_t n, int channels)
{
    int16_t in[SE_HOP], enhanced[SE_HOP];

    for (int64_t t = 0; t < n + SE_STFT_DELAY; t += SE_HOP) {
        for (int i = 0; i < SE_HOP; i++)
            in[i] =
                t + i < n ? (int16_t)(32768.0f * sound[(t + i) * channels]) : 0;
        nnsp_step(nnsp, enhanced, in);
        for (int i = 0; i < SE_HOP; i++) {
            int64_t at = t + i - SE_STFT_DELAY;

            if (at >= 0 && at < n &&
                32768.0f * out[at * channels] != enhanced[i])
                fail_test("sample %lld: %g, the runtime gives %d",
                          (long long)at,
                          (double)(32768.0f * out[at * channels]), enhanced[i]);
        }
    }
}

/* se_stream with an integer net gives what nnsp_step gives on the samples. */
static void check_stream(int channels, enum se_channel_mode mode, int64_t n)
{
    struct se_model model;
    float *sound = make_sound(n * channels), *out, *taken;
    struct se_stream *stream;
    struct nnsp nnsp;

    make_model(&model, odd_arch, SE_FEAT_MEL, 0.4);
    out = malloc((size_t)(n * channels) * sizeof *out);
    taken = malloc((size_t)(n * channels) * sizeof *taken);

    struct se_quant_net *net = quantise(&model);
    void *memory = malloc(net->memory_bytes);
    const struct se_stream_config config = {
        .enhancer = {.channels = channels,
                     .mode = mode,
                     .attenuation_limit_db = INFINITY,
                     .fixed = &net->net},
        .rate_hz = SE_RATE_HZ};

    expect(out && taken && memory);
    expect_ok(se_stream_create(&stream, &model, &config, &report));
    if (n > 0)
        se_stream_feed(stream, sound, n, NULL);
    se_stream_feed(stream, NULL, 0, NULL);
    expect_equal(se_stream_take(stream, out, taken, n), n);
    for (int c = 0; c < channels; c++) {
        nnsp_init(&nnsp, &net->net, memory, net->memory_bytes);
        check_channel(&nnsp, sound + c, out + c, n, channels);
    }
    se_stream_destroy(stream);
    se_quant_net_free(net);
    se_model_free(&model);
    free(memory);
    free(sound);
    free(out);
    free(taken);
}

TEST(stream)
{
    static const int lengths[] = {0, 1, 159, 160, 161, 480, 16007};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        check_stream(1, SE_CHANNELS_LINKED, lengths[i]);
        check_stream(2, SE_CHANNELS_EACH, lengths[i]);
    }
}

/* Linked channels share the mask of their mean; a limit is a floor. */
TEST(linked)
{
    enum { HOPS = 40 };
    struct se_model model;
    float *sound = make_sound(HOPS * SE_HOP), pair[2 * SE_HOP];
    float one[SE_HOP], both[2 * SE_HOP];
    struct se_enhancer *mono, *stereo;

    make_model(&model, odd_arch, SE_FEAT_MEL, 0.4);

    struct se_quant_net *net = quantise(&model);
    struct se_enhancer_config config = {.channels = 1,
                                        .mode = SE_CHANNELS_LINKED,
                                        .attenuation_limit_db = 6.0f,
                                        .fixed = &net->net};

    expect_ok(se_enhancer_create(&mono, &model, &config, &report));
    config.channels = 2;
    expect_ok(se_enhancer_create(&stereo, &model, &config, &report));
    for (int t = 0; t < HOPS; t++) {
        for (int i = 0; i < SE_HOP; i++)
            pair[2 * i] = pair[2 * i + 1] = sound[t * SE_HOP + i];
        se_enhancer_step(mono, one, sound + t * SE_HOP);
        se_enhancer_step(stereo, both, pair);
        for (int i = 0; i < SE_HOP; i++) {
            expect(both[2 * i] == one[i]);
            expect(both[2 * i + 1] == one[i]);
        }
        for (int k = 0; k < SE_BINS; k++) {
            expect(se_enhancer_mask(mono, 0)[k] > 0.501f);
            expect(se_enhancer_mask(stereo, 1)[k] ==
                   se_enhancer_mask(mono, 0)[k]);
        }
    }
    se_enhancer_destroy(mono);
    se_enhancer_destroy(stereo);
    se_quant_net_free(net);
    se_model_free(&model);
    free(sound);
}

/* ---- what does not go ---------------------------------------------------- */

static void refuse(const struct se_model *model, const char *reason)
{
    struct se_quant_net *net;

    expect_status(se_quantise(&net, model, NULL, &report), SE_ERR_ARG);
    expect(!net);
    if (!strstr(report.text, reason))
        fail_test("\"%s\" where \"%s\" was expected", report.text, reason);
}

TEST(refusals)
{
    struct se_model model, good;

    make_model(&good, odd_arch, SE_FEAT_MEL, 0.4);
    model = good;
    model.arch.scalar_output = 20.0f;
    refuse(&model, "scalar_output 20: expected");
    model.arch.scalar_output = 0.0f;
    refuse(&model, "scalar_output 0: expected");
    model = good;
    model.arch.layer[0].kernel_size = 300;
    refuse(&model, "layer 1 (conv1d): kernel_size 300");
    model = good;
    model.mean[3] = 200.0f;
    strcpy(model.file, "a.st");
    refuse(&model, "a.st: the integer runtime cannot hold the net: feature "
                   "statistics beyond -128..128");

    good.parameters[1] = 8.0f; /* of output 1; 7.97 is the most on Q8 */
    refuse(&good, "layer 1 (conv1d), kernel of output 1: weights up to 8 do");
    good.parameters[1] = 7.9f;
    good.parameters[9 * 3 * 7 + 2] = 1e6f;
    refuse(&good, "layer 1 (conv1d), bias of output 2: 1e+06 does not fit a "
                  "32-bit sum, expected less than 524288");
    good.parameters[9 * 3 * 7 + 2] = 0.5e6f;
    se_quant_net_free(quantise(&good));
    se_model_free(&good);
}

/* A row of so many large weights that sums of 32 bits need a coarser scale. */
TEST(wide_row)
{
    struct se_model model;

    make_model(&model,
               "input_neurons 257\n"
               "layer_type conv1d\nnum_filters 3\nkernel_size 6\n"
               "activation tanh\n"
               "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n",
               SE_FEAT_PSPEC, 0.001);
    for (int64_t i = 0; i < 6 * 257 * 3; i++)
        model.parameters[i] = 0.9f;

    struct se_quant_net *net = quantise(&model);

    /* 1542 weights of at most 42 stay below 2^31 / 2^15; 0.9 * 2^5 is 29. */
    expect_equal(net->about[0].max_scale_log2, 5);
    se_quant_net_free(net);
    se_model_free(&model);
}

/* ---- golden vectors ------------------------------------------------------ */

TEST(golden)
{
    struct se_model model;
    float *sound = make_sound(800);
    struct se_tables_place options = {scratch, 5, "gold"};

    make_model(&model, odd_arch, SE_FEAT_MEL, 0.4);

    struct se_quant_net *net = quantise(&model);

    expect_ok(se_emit_golden(&options, net, sound, 5, &report));

    char *text = read_text(in_scratch("golden_nn5_gold.h"));

    expect(text);
    expect_contains(text, "golden_gold_mask[1285]");
    free(text);
    se_quant_net_free(net);
    se_model_free(&model);
    free(sound);
}
