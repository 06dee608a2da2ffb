/* test_ns_nnsp.c - tables for the original's library: numbers, their order,
 * the C text, and nets that it cannot hold. */
#include "base/rng.h"
#include "check.h"
#include "import/tf_import.h"
#include "quant/ns_nnsp.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

static const char original[] = "../shared/original/model_checkpoint_ep50";
static const char original_stats[] = "../shared/original/stats.pkl";

/* ---- the original's arrays ----------------------------------------------- */

/* formats.md section 9: SHA-256 of each array of the original's own tables. */
static const struct {
    int layer;
    const char *part, *sha256;
} published[] = {
    {0, "kernel",
     "3b825540c9bbc79556780433e8f480b331adbe4769aa4037856fbbf53997dbf1"},
    {0, "bias",
     "6bcd3895bef86a8cb81b1581afaf6d80a828fceb3294eb7d43ec87ae188474b7"},
    {1, "kernel",
     "6942e9ebf485b11868d4538a07f8533b8175af8a29007a1f7403e550dcbed940"},
    {1, "kernel_rec",
     "d64f098397f08c4556a985d2679d5ec2ac84023369cbc91a048e84f946bb545e"},
    {1, "bias",
     "913d1cdb56f3bce67522bb61b5df3847316681b9b093703939de9694acf4c814"},
    {2, "kernel",
     "b439aae81623436ebeb581539672b24563654671bbdd5d853884214b2b995271"},
    {2, "bias",
     "c4c10e3d55c66e1428737aaf2d1f85f9270311bd20fd2872573efb7f7c92e587"},
    {3, "kernel",
     "5c799637c90d38ae03340f95409d7040dcb0ab63c39ae315f6ac5ef0d8cd962a"},
    {3, "bias",
     "2ec1861599d87bc9fee22c9df8a058a5033e188a49a359c8cbbba3598ea3e84d"},
    {4, "kernel",
     "793519ad14d9ea8a2505cef277b9bc77c0d199bd95c3593c533b03db17a992f7"},
    {4, "bias",
     "0ed705f583ce8928ec6f70cadb8d47a3cc12a95d548d51b6caa2eeac5fc2ed3a"},
};

static void import_original(struct se_model *model)
{
    if (access(original_stats, R_OK) != 0)
        skip_test("no %s", original_stats);
    expect_ok(se_tf_import(model, original, original_stats,
                           "def_se_nn_arch72_mel.txt", &report));
}

static void write_part(const struct se_ns_nnsp_layer *packed, const char *part,
                       const char *path)
{
    if (strcmp(part, "bias") == 0)
        write_bytes(path, packed->bias, 2 * (size_t)packed->n_bias);
    else
        write_bytes(path,
                    strcmp(part, "kernel") == 0 ? packed->kernel
                                                : packed->recurrent,
                    (size_t)packed->n_kernel);
}

/* sha256sum of coreutils, which every Debian has, is the judge. */
static void check_sums(const struct se_model *model,
                       const struct se_ns_nnsp_bits *bits)
{
    enum { N = sizeof published / sizeof *published };
    FILE *sums = fopen(in_scratch("sums"), "w");
    char command[600], path[400];

    expect(sums);
    for (int i = 0; i < N; i++) {
        struct se_ns_nnsp_layer packed;

        expect_ok(
            se_ns_nnsp_pack(&packed, model, published[i].layer, bits, &report));
        snprintf(path, sizeof path, "%s/%s%d", scratch, published[i].part,
                 published[i].layer);
        write_part(&packed, published[i].part, path);
        fprintf(sums, "%s  %s\n", published[i].sha256, path);
        se_ns_nnsp_layer_free(&packed);
    }
    fclose(sums);
    snprintf(command, sizeof command, "sha256sum --check --quiet --strict %s",
             in_scratch("sums"));
    expect_equal(system(command), 0);
}

TEST(original_arrays)
{
    struct se_model model;
    struct se_ns_nnsp_bits stated, chosen;

    import_original(&model);
    expect_ok(se_ns_nnsp_check(&model, &report));
    expect_ok(se_tf_import_fraction_bits(stated.kernel, stated.bias, original,
                                         5, &report));
    check_sums(&model, &stated);
    se_ns_nnsp_choose_bits(&chosen, &model);
    expect_bytes(chosen.kernel, stated.kernel, 5 * sizeof(int));
    expect_bytes(chosen.bias, stated.bias, 5 * sizeof(int));
    se_model_free(&model);
}

/* ---- order --------------------------------------------------------------- */

#define MASK "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n"

static void create(struct se_model *model, const char *text)
{
    struct se_arch arch;

    if (se_arch_parse(&arch, text, "text", &report) != SE_OK ||
        se_model_create(model, &arch, SE_FEAT_MEL, &report) != SE_OK)
        fail_test("%s", report.text);
}

/* Weights that say where they are: row (output) r and column (input) c of a
 * layer hold 10 r + c, in steps of 1 with no fractional bits. */
static void number_weights(struct se_model *model)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    const int n = se_arch_tensors(&model->arch, tensors);

    for (int t = 0; t < n; t++)
        for (int c = 0; c < tensors[t].rows; c++)
            for (int r = 0; r < tensors[t].columns; r++)
                model->parameters[tensors[t].offset + c * tensors[t].columns +
                                  r] = (float)(10 * r + c);
}

static const struct se_ns_nnsp_bits whole = {{0}, {0}};

/* 7 rows, 3 columns: a group of 4, one of 3, an odd column. */
TEST(order)
{
    static const int8_t expected[] = {
        0,  10, 1,  11, 20, 30, 21, 31, 2,  12, 22, /* rows 0..3 */
        32, 40, 50, 41, 51, 60, 61, 42, 52, 62,     /* rows 4..6 */
    };
    struct se_model model;
    struct se_ns_nnsp_layer packed;

    create(&model, "input_neurons 3\nlayer_type fc\nlayer_neurons 7\n"
                   "activation tanh\n" MASK);
    number_weights(&model);
    expect_ok(se_ns_nnsp_pack(&packed, &model, 0, &whole, &report));
    expect_equal(packed.n_kernel, 21);
    expect_bytes(packed.kernel, expected, sizeof expected);
    expect(!packed.recurrent);
    expect_equal(packed.n_bias, 7);
    for (int i = 0; i < 7; i++)
        expect_equal(packed.bias[i], 10 * i);
    se_ns_nnsp_layer_free(&packed);
    se_model_free(&model);
}

/* 5 units of one input each way... the gates of a group follow one another, in
 * the order i, c, f, o of Keras's columns i, f, c, o. */
TEST(lstm_order)
{
    enum { H = 5 };
    static const int gates[] = {0, 2, 1, 3};
    struct se_model model;
    struct se_ns_nnsp_layer packed;
    int at = 0;

    create(&model, "input_neurons 5\nlayer_type lstm\nlayer_neurons 5\n" MASK);

    float *kernel = model.parameters, *recurrent = kernel + H * 4 * H,
          *bias = recurrent + H * 4 * H;

    for (int i = 0; i < H * 4 * H; i++) { /* one step a gate and unit */
        kernel[i] = (float)(i % (4 * H));
        recurrent[i] = (float)(100 - i % (4 * H));
    }
    for (int i = 0; i < 4 * H; i++)
        bias[i] = (float)(1000 * i);
    expect_ok(se_ns_nnsp_pack(&packed, &model, 0, &whole, &report));
    expect_equal(packed.n_kernel, 4 * H * H);
    for (int unit = 0; unit < H; unit += 4)
        for (int gate = 0; gate < 4; gate++) {
            const int n = H - unit < 4 ? H - unit : 4;

            for (int i = 0; i < n; i++) {
                const int column = gates[gate] * H + unit + i;

                /* the first rows of a pair are at even places */
                expect_equal(packed.bias[at + i], 1000 * column);
                if (i == 0) {
                    expect_equal(packed.kernel[H * at], column);
                    expect_equal(packed.recurrent[H * at], 100 - column);
                }
            }
            at += n;
        }
    expect_equal(at, packed.n_bias);
    se_ns_nnsp_layer_free(&packed);
    se_model_free(&model);
}

/* ---- numbers ------------------------------------------------------------- */

TEST(rounding)
{
    static const float x[] = {0.5f,   -0.5f,   0.49f,   -0.51f,
                              127.5f, -128.6f, 1000.0f, -1000.0f};
    static const int8_t expected[] = {1, 0, 0, -1, 127, -128, 127, -128};
    struct se_model model;
    struct se_ns_nnsp_layer packed;

    create(&model, "input_neurons 1\nlayer_type fc\nlayer_neurons 1\n"
                   "activation tanh\n" MASK);
    for (size_t i = 0; i < sizeof expected; i++) {
        model.parameters[0] = x[i];
        expect_ok(se_ns_nnsp_pack(&packed, &model, 0, &whole, &report));
        expect_equal(packed.kernel[0], expected[i]);
        se_ns_nnsp_layer_free(&packed);
    }
    se_model_free(&model);
}

TEST(bits)
{
    static const struct {
        float x;
        int kernel, bias;
    } cases[] = {
        {0, 7, 15},     {0.3f, 7, 15},      {-1, 7, 15},       {1, 6, 14},
        {1.01f, 6, 14}, {-2, 6, 14},        {2, 5, 13},        {1.99f, 6, 14},
        {-100, 0, 8},   {0x1p-120f, 7, 15}, {0.99999f, 7, 15},
    };
    struct se_model model;
    struct se_ns_nnsp_bits bits;

    create(&model, "input_neurons 1\nlayer_type fc\nlayer_neurons 1\n"
                   "activation tanh\n" MASK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model.parameters[0] = model.parameters[1] = cases[i].x;
        se_ns_nnsp_choose_bits(&bits, &model);
        expect_equal(bits.kernel[0], cases[i].kernel);
        expect_equal(bits.bias[0], cases[i].bias);
    }
    se_model_free(&model);
}

/* An lstm's kernels have one scale, that of the larger one. */
TEST(lstm_bits)
{
    struct se_model model;
    struct se_ns_nnsp_bits bits;

    create(&model, "input_neurons 1\nlayer_type lstm\nlayer_neurons 1\n" MASK);
    model.parameters[1] = 3;    /* kernel [1][4] */
    model.parameters[4] = 1.5f; /* recurrent */
    se_ns_nnsp_choose_bits(&bits, &model);
    expect_equal(bits.kernel[0], 5);
    model.parameters[5] = -5;
    se_ns_nnsp_choose_bits(&bits, &model);
    expect_equal(bits.kernel[0], 4);
    se_model_free(&model);
}

/* ---- the text ------------------------------------------------------------ */

#define CONV                                                                   \
    "layer_type conv1d\nnum_filters 8\nkernel_size 6\nactivation tanh\n"
#define LSTM "layer_type lstm\nlayer_neurons 8\n"

static const char small[] =
    "input_neurons 40\n" CONV LSTM "layer_type fc\nlayer_neurons 9\n"
    "activation relu6\n" MASK;

static void create_small(struct se_model *model)
{
    struct se_rng rng;

    create(model, small);
    se_rng_seed(&rng, 1, 0);
    for (int64_t i = 0; i < model->n_parameters; i++)
        model->parameters[i] = (float)se_rng_normal(&rng);
    for (int i = 0; i < 40; i++) {
        model->mean[i] = -1.5f - 0.1f * (float)i;
        model->inv_std[i] = 0.5f;
    }
    model->inv_std[0] = 32768; /* it never varied */
}

static unsigned hash(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    unsigned h = 2166136261u;

    while (n-- > 0)
        h = (h ^ *p++) * 16777619u;
    return h;
}

/* What dump.c should print of those tables. */
static void print_expected(FILE *out, const struct se_model *model,
                           const struct se_ns_nnsp_bits *bits)
{
    static const char *const heads[] = {
        "0 240 8 q %d 8 %d 110", "1 8 8 q %d 15 %d 110", "0 8 9 q %d 15 %d 010",
        "0 9 257 q %d 12 %d 211"};
    int32_t mean[40], inv_std[40];

    for (int i = 0; i < 40; i++) {
        mean[i] = (int32_t)(model->mean[i] * 32768);
        inv_std[i] = i ? 16384 : 0;
    }
    fprintf(out, "16000 512 480 160 40 1 0 1 2\n%08x %08x\n",
            hash(mean, sizeof mean), hash(inv_std, sizeof inv_std));
    for (int i = 0; i < 4; i++) {
        struct se_ns_nnsp_layer packed;

        expect_ok(se_ns_nnsp_pack(&packed, model, i, bits, &report));
        fprintf(out, heads[i], bits->kernel[i], bits->bias[i]);
        fprintf(out, " %08x %08x", hash(packed.kernel, (size_t)packed.n_kernel),
                hash(packed.bias, 2 * (size_t)packed.n_bias));
        if (packed.recurrent)
            fprintf(out, " %08x 0",
                    hash(packed.recurrent, (size_t)packed.n_kernel));
        fprintf(out, "\n");
        se_ns_nnsp_layer_free(&packed);
    }
}

/* The tables compile with the library's structures, and hold what they must. */
TEST(text)
{
    struct se_model model;
    struct se_ns_nnsp_bits bits;
    char command[2000];
    FILE *out;

    create_small(&model);
    expect_ok(se_ns_nnsp_emit(&(struct se_tables_place){scratch, 7, "tiny"},
                              &model, NULL, &report));
    se_ns_nnsp_choose_bits(&bits, &model);
    out = fopen(in_scratch("expected"), "w");
    expect(out);
    print_expected(out, &model, &bits);
    fclose(out);
    se_model_free(&model);
    snprintf(command, sizeof command,
             "S='%s' && cd tests/golden/ns_nnsp && "
             "cc -std=c11 -Wall -Wno-strict-prototypes -Werror -I. -I\"$S\" "
             "-DTABLES='\"def_nn7_tiny.h\"' -DNET=net_tiny "
             "-DPARAMS=params_nn7_tiny -DMEAN=feature_mean_tiny "
             "-DSTDR=feature_stdR_tiny dump.c \"$S/def_nn7_tiny.c\" "
             "-o \"$S/dump\" && \"$S/dump\" >\"$S/found\" && "
             "diff \"$S/expected\" \"$S/found\"",
             scratch);
    expect_equal(system(command), 0);
}

/* The same bytes each time; the options show. */
TEST(text_repeats)
{
    const struct se_ns_nnsp_options loud = {20, NULL};
    struct se_model model;
    char command[2000];

    create_small(&model);
    for (int i = 0; i < 3; i++) {
        char folder[300];

        snprintf(folder, sizeof folder, "%s/%d", scratch, i);
        expect_ok(se_ns_nnsp_emit(&(struct se_tables_place){folder, 0, "x"},
                                  &model, i == 2 ? &loud : NULL, &report));
    }
    se_model_free(&model);
    snprintf(command, sizeof command,
             "cd '%s' && diff -r 0 1 && ! diff -r 0 2 >diff && "
             "grep -q 'pre_gain_q1 = 20' diff && test $(wc -l <diff) -eq 5",
             scratch);
    expect_equal(system(command), 0);
}

/* ---- what the library cannot hold ---------------------------------------- */

TEST(refusals)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"input_neurons 64\n" CONV MASK, "64 mel features, expected 72 or 40"},
        {"input_neurons 72\nlayer_type conv1d\nnum_filters 8\nkernel_size 5\n"
         "activation tanh\n" MASK,
         "layer 1 has kernel_size 5, expected 6"},
        {"input_neurons 72\n" MASK, "layer 1 is fc, expected a conv1d first"},
        {"input_neurons 72\n" CONV CONV MASK, "layer 2 is conv1d, expected"},
        {"input_neurons 72\n" CONV "layer_type fc\nlayer_neurons 481\n"
         "activation tanh\n" MASK,
         "layer 2 (fc) has 8 inputs and 481 outputs, expected at most 480"},
        {"input_neurons 72\n" CONV "layer_type lstm\nlayer_neurons 9\n" MASK,
         "layer 2 (lstm) has 8 inputs and 9 units, expected as many"},
        {"input_neurons 72\n" CONV "layer_type fc\nlayer_neurons 8\n"
         "activation linear\n" MASK,
         "layer 2 (fc) is linear"},
        {"input_neurons 72\n" CONV "layer_type fc\nlayer_neurons 257\n"
         "activation tanh\n",
         "layer 2, the last, is fc tanh, expected fc sigmoid"},
        {"input_neurons 72\n" CONV MASK "scalar_output 2\n", "scalar_output 2"},
        {"input_neurons 72\n" CONV MASK "len_lookahead 2\n",
         "len_lookahead 2, expected 0"},
        {"input_neurons 72\n" CONV LSTM LSTM LSTM LSTM LSTM LSTM LSTM LSTM LSTM
             MASK,
         "11 layers, expected at most 10"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct se_model model;
        struct stat info;

        create(&model, cases[i].text);
        if (se_ns_nnsp_emit(
                &(struct se_tables_place){in_scratch("none"), 3, "se"}, &model,
                NULL, &report) != SE_ERR_ARG ||
            !strstr(report.text, cases[i].part))
            fail_test("'%s', expected '%s'", report.text, cases[i].part);
        expect_equal(stat(in_scratch("none"), &info), -1);
        se_model_free(&model);
    }
}

TEST(numbers_refused)
{
    struct se_ns_nnsp_bits bits = {{0}, {0, 16}};
    const struct se_ns_nnsp_options options = {2, &bits};
    struct se_model model;

    create_small(&model);
    expect_error(se_ns_nnsp_emit(&(struct se_tables_place){scratch, 3, "se"},
                                 &model, &options, &report),
                 SE_ERR_ARG, "layer 2 has 0 and 16 fractional");
    model.parameters[5] = -128;
    expect_status(se_ns_nnsp_emit(&(struct se_tables_place){scratch, 3, "se"},
                                  &model, NULL, &report),
                  SE_ERR_ARG);
    expect_text(report.text, "ns-nnsp: layers.0.conv1d.kernel has a "
                             "weight of 128, expected less than 128");
    model.parameters[5] = 0;
    model.feat_type = SE_FEAT_PSPEC;
    expect_status(se_ns_nnsp_check(&model, &report), SE_ERR_ARG);
    se_model_free(&model);
}

/* No name, no folder: nothing is left behind. */
TEST(places_refused)
{
    struct se_model model;
    char command[600];

    create_small(&model);
    expect_status(se_ns_nnsp_emit(
                      &(struct se_tables_place){in_scratch("names"), 3, "a-b"},
                      &model, NULL, &report),
                  SE_ERR_ARG);
    expect_status(se_ns_nnsp_emit(
                      &(struct se_tables_place){in_scratch("names"), 100, "ab"},
                      &model, NULL, &report),
                  SE_ERR_ARG);
    expect_status(
        se_ns_nnsp_emit(&(struct se_tables_place){"/dev/null/x", 3, "ab"},
                        &model, NULL, &report),
        SE_ERR_IO);
    expect_ok(
        se_ns_nnsp_emit(&(struct se_tables_place){in_scratch("names"), 3, "ab"},
                        &model, NULL, &report));
    expect_status(
        se_ns_nnsp_emit(&(struct se_tables_place){in_scratch("names"), 3, "cd"},
                        &model, NULL, &report),
        SE_ERR_ARG);
    snprintf(command, sizeof command,
             "cd '%s' && test \"$(echo *)\" = 'def_nn3_ab.c def_nn3_ab.h'",
             in_scratch("names"));
    expect_equal(system(command), 0);
    se_model_free(&model);
}
