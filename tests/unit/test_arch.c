/* test_arch.c - the nn_arch grammar, and what a net amounts to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "nn/arch.h"

#include "scratch.h"

#include <glob.h>

enum { TEXT_BYTES = 4096 };

static const char small_net[] = "nn_arch/def_se_nn_arch72_mel.txt";

/* All that the grammar has, at odd places. */
static const char odd_net[] = "\xef\xbb\xbf# a comment\r\n"
                              "  len_filter\t3 # taps\r\n"
                              "input_neurons 17\r\n"
                              "scalar_output 2.5\n"
                              "\n"
                              "dropprob .3\n"
                              "layer_type fc # no stride, no kernel\n"
                              "activation relu6\n"
                              "layer_neurons 3\n"
                              "layer_type conv1d\n"
                              "kernel_size 5\n"
                              "num_filters 7\n"
                              "strides 2\n"
                              "activation linear\n"
                              "len_lookahead 2\n"
                              "layer_type lstm\n"
                              "input_neurons 7\n"
                              "layer_neurons 4\n"
                              "dropprob 1e-3\n"
                              "layer_type conv1d\n"
                              "kernel_size 1\n"
                              "num_filters 6\n"
                              "strides 3\n"
                              "activation sigmoid";

static void parse_good(struct se_arch *arch, const char *text)
{
    struct se_report report = {""};

    if (se_arch_parse(arch, text, "text", &report) != SE_OK)
        fail_msg("%s", report.text);
}

static void read_good(struct se_arch *arch, const char *path)
{
    struct se_report report = {""};

    if (se_arch_read(arch, path, &report) != SE_OK)
        fail_msg("%s", report.text);
}

static void test_shipped_nets(void **state)
{
    static const struct {
        const char *path;
        int n_features;
        long n_parameters, n_macs;
    } nets[] = {
        {small_net, 72, 102209, 101448},
        {"nn_arch/def_se_nn_arch256_pspec_mse.txt", 257, 1117953, 1115904},
        {"nn_arch/def_se_nn_arch256_pspec_mse_reverb.txt", 257, 1117953,
         1115904},
    };

    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        struct se_arch arch;

        read_good(&arch, nets[i].path);
        assert_int_equal(arch.n_layers, 5);
        assert_int_equal(se_arch_parameters(&arch), nets[i].n_parameters);
        assert_true(se_arch_macs(&arch) == (double)nets[i].n_macs);
        assert_int_equal(se_arch_stride(&arch), 1);
        assert_true(arch.input_drop_rate == 0.1f);
        for (int j = 0; j < 4; j++)
            assert_true(arch.layer[j].drop_rate == 0.25f);
        assert_true(arch.layer[4].drop_rate == 0);
        assert_int_equal(se_arch_check_mask(&arch, nets[i].path,
                                            nets[i].n_features, 257, NULL),
                         SE_OK);
    }
}

static void test_odd_net(void **state)
{
    static const struct se_layer_arch expected[] = {
        {SE_LAYER_FC, SE_ACTIVATION_RELU6, 17, 3, 1, 1, 0},
        {SE_LAYER_CONV1D, SE_ACTIVATION_LINEAR, 3, 7, 5, 2, 0},
        {SE_LAYER_LSTM, SE_ACTIVATION_TANH, 7, 4, 1, 1, 1e-3f},
        {SE_LAYER_CONV1D, SE_ACTIVATION_SIGMOID, 4, 6, 1, 3, 0},
    };
    struct se_arch arch;

    (void)state;
    parse_good(&arch, odd_net);
    assert_int_equal(arch.n_in, 17);
    assert_int_equal(arch.n_layers, 4);
    assert_true(arch.input_drop_rate == 0.3f);
    assert_true(arch.scalar_output == 2.5f);
    assert_int_equal(arch.len_filter, 3);
    assert_int_equal(arch.len_lookahead, 2);
    assert_int_equal(arch.input_line, 3);
    assert_int_equal(arch.layer_line[3], 20);
    for (int i = 0; i < 4; i++) {
        const struct se_layer_arch *layer = &arch.layer[i];

        assert_int_equal(layer->type, expected[i].type);
        assert_int_equal(layer->activation, expected[i].activation);
        assert_int_equal(layer->n_in, expected[i].n_in);
        assert_int_equal(layer->n_out, expected[i].n_out);
        assert_int_equal(layer->kernel_size, expected[i].kernel_size);
        assert_int_equal(layer->stride, expected[i].stride);
        assert_true(layer->drop_rate == expected[i].drop_rate);
    }
    assert_int_equal(se_arch_outputs(&arch), 6);
    assert_int_equal(se_arch_stride(&arch), 6);
    /* 17*3 + 5*3*7/2 + (7+4)*16/2 + 4*6/6 */
    assert_true(se_arch_macs(&arch) == 51 + 52.5 + 88 + 4);
}

static void test_tensors(void **state)
{
    static const struct {
        const char *name;
        int rows, columns, is_bias;
    } expected[] = {
        {"layers.0.fc.kernel", 17, 3, 0},
        {"layers.0.fc.bias", 1, 3, 1},
        {"layers.1.conv1d.kernel", 15, 7, 0},
        {"layers.1.conv1d.bias", 1, 7, 1},
        {"layers.2.lstm.kernel", 7, 16, 0},
        {"layers.2.lstm.recurrent", 4, 16, 0},
        {"layers.2.lstm.bias", 1, 16, 1},
        {"layers.3.conv1d.kernel", 4, 6, 0},
        {"layers.3.conv1d.bias", 1, 6, 1},
    };
    struct se_tensor tensors[SE_MAX_TENSORS];
    struct se_arch arch;
    int64_t offset = 0;

    (void)state;
    parse_good(&arch, odd_net);
    assert_int_equal(se_arch_tensors(&arch, tensors), 9);
    for (int i = 0; i < 9; i++) {
        assert_string_equal(tensors[i].name, expected[i].name);
        assert_int_equal(tensors[i].rows, expected[i].rows);
        assert_int_equal(tensors[i].columns, expected[i].columns);
        assert_int_equal(tensors[i].is_bias, expected[i].is_bias);
        assert_int_equal(tensors[i].layer, expected[i].name[7] - '0');
        assert_int_equal(tensors[i].offset, offset);
        offset += tensors[i].rows * tensors[i].columns;
    }
    assert_int_equal(se_arch_parameters(&arch), offset);
}

/* Equal in all but the lines. */
static void assert_same_net(const struct se_arch *a, const struct se_arch *b)
{
    assert_true(se_arch_same(a, b));
    assert_true(a->input_drop_rate == b->input_drop_rate);
    for (int i = 0; i < a->n_layers; i++) {
        assert_int_equal(a->layer[i].n_in, b->layer[i].n_in);
        assert_true(a->layer[i].drop_rate == b->layer[i].drop_rate);
    }
}

static void assert_round_trip(const struct se_arch *arch)
{
    char text[TEXT_BYTES];
    struct se_arch again;

    assert_in_range(se_arch_format(text, TEXT_BYTES, arch), 1, TEXT_BYTES - 1);
    parse_good(&again, text);
    assert_same_net(arch, &again);
}

static void test_format_reads_back(void **state)
{
    struct se_arch arch;

    (void)state;
    read_good(&arch, small_net);
    assert_round_trip(&arch);
    parse_good(&arch, odd_net);
    assert_round_trip(&arch);
    arch.layer[1].drop_rate = 1.0f / 3;
    arch.scalar_output = 0.1f;
    assert_round_trip(&arch);
}

/* The longest text of any net fits the 4096 bytes that the header promises. */
static void test_format_of_largest(void **state)
{
    struct se_arch arch = {.n_in = 1000,
                           .input_drop_rate = 0.123456789f,
                           .n_layers = SE_MAX_LAYERS,
                           .scalar_output = 123.456789f,
                           .len_filter = 16,
                           .len_lookahead = 15};
    char text[TEXT_BYTES];

    (void)state;
    for (int i = 0; i < SE_MAX_LAYERS; i++)
        arch.layer[i] = (struct se_layer_arch){
            SE_LAYER_CONV1D, SE_ACTIVATION_SIGMOID, 1000, 1000, 10, 16,
            0.0123456789f};
    assert_in_range(se_arch_format(text, TEXT_BYTES, &arch), 1, TEXT_BYTES - 1);
}

static void test_format_cut_short(void **state)
{
    char whole[TEXT_BYTES];
    struct se_arch arch;

    (void)state;
    read_good(&arch, small_net);

    const int length = se_arch_format(whole, TEXT_BYTES, &arch);

    for (int size = 1; size <= length + 1; size++) {
        char *text = malloc((size_t)size);

        assert_int_equal(se_arch_format(text, size, &arch), length);
        assert_int_equal(strlen(text), size - 1);
        assert_memory_equal(text, whole, (size_t)size - 1);
        free(text);
    }
}

static void test_same_and_expect(void **state)
{
    static const struct {
        const char *from, *to, *message;
    } changes[] = {
        {"strides 2", "strides 1",
         "m: layer 2 is conv1d 7 kernel 5 stride 1 linear, expected conv1d 7 "
         "kernel 5 stride 2 linear"},
        {"layer_neurons 4", "layer_neurons 5",
         "m: layer 3 is lstm 5 tanh, expected lstm 4 tanh"},
        {"relu6", "tanh ", "m: layer 1 is fc 3 tanh, expected fc 3 relu6"},
        {"input_neurons 17", "input_neurons 18",
         "m: input_neurons is 18, expected 17"},
        {"scalar_output 2.5", "scalar_output 2",
         "m: scalar_output is 2, expected 2.5"},
        {"len_lookahead 2", "len_lookahead 1",
         "m: len_lookahead is 1, expected 2"},
        {"len_filter\t3", "len_filter 6", "m: len_filter is 6, expected 3"},
        {"layer_type fc",
         "layer_type fc\nlayer_neurons 3\nactivation "
         "tanh\nlayer_type fc",
         "m: the number of layers is 5, expected 4"},
        {"dropprob 1e-3", "dropprob 0.5", NULL},
    };
    struct se_arch arch, other;

    (void)state;
    parse_good(&arch, odd_net);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct se_report report = {""};
        char text[TEXT_BYTES];
        const char *at = strstr(odd_net, changes[i].from);

        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - odd_net), odd_net,
                 changes[i].to, at + strlen(changes[i].from));
        parse_good(&other, text);
        assert_int_equal(se_arch_expect(&other, &arch, "m", &report),
                         changes[i].message ? SE_ERR_FORMAT : SE_OK);
        assert_string_equal(report.text,
                            changes[i].message ? changes[i].message : "");
        assert_int_equal(se_arch_same(&arch, &other), !changes[i].message);
    }
}

static void test_check_mask(void **state)
{
    struct se_report report;
    struct se_arch arch;

    (void)state;
    parse_good(&arch, odd_net);
    assert_int_equal(se_arch_check_mask(&arch, "a.txt", 17, 2, NULL), SE_OK);
    assert_int_equal(se_arch_check_mask(&arch, "a.txt", 16, 2, &report),
                     SE_ERR_FORMAT);
    assert_string_equal(report.text, "a.txt:3: input_neurons is 17, but there "
                                     "are 16 features");
    assert_int_equal(se_arch_check_mask(&arch, "a.txt", 17, 257, &report),
                     SE_ERR_FORMAT);
    assert_string_equal(report.text,
                        "a.txt:20: the last layer gives 6 values, expected 771 "
                        "(257 bins times len_filter 3)");
    arch.layer_line[3] = 0;
    se_arch_check_mask(&arch, "a.txt", 17, 257, &report);
    assert_memory_equal(report.text, "a.txt: the last", 15);
}

/* Each file in tests/golden/bad has "# error: LINE: MESSAGE" on top. */
static void test_bad_files(void **state)
{
    static const char mark[] = "# error: ";
    glob_t files;

    (void)state;
    assert_int_equal(glob("tests/golden/bad/*.txt", 0, NULL, &files), 0);
    assert_in_range(files.gl_pathc, 50, 1000);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *path = files.gl_pathv[i];
        struct se_report report = {""};
        struct se_arch arch;
        char *text, expected[1024];
        size_t n;

        assert_int_equal(se_read_file(&text, &n, path, 1 << 16, NULL), SE_OK);
        assert_memory_equal(text, mark, sizeof mark - 1);
        snprintf(expected, sizeof expected, "%s:%.*s", path,
                 (int)strcspn(text + sizeof mark - 1, "\n"),
                 text + sizeof mark - 1);
        assert_int_equal(se_arch_read(&arch, path, &report), SE_ERR_FORMAT);
        assert_string_equal(report.text, expected);
        free(text);
    }
    globfree(&files);
}

static void test_bad_reads(void **state)
{
    struct se_report report;
    struct se_arch arch;
    const char *path = in_scratch("arch.txt");
    char *large = malloc(70000);
    char expected[600];

    (void)state;
    assert_int_equal(se_arch_read(&arch, path, &report), SE_ERR_IO);
    assert_int_equal(se_arch_read(&arch, scratch, &report), SE_ERR_IO);
    write_bytes(path, "input_neurons 3\0\n", 17);
    assert_int_equal(se_arch_read(&arch, path, &report), SE_ERR_FORMAT);
    snprintf(expected, sizeof expected,
             "%s: not a text file (a zero byte at 15), expected an nn_arch "
             "description",
             path);
    assert_string_equal(report.text, expected);
    memset(large, '\n', 70000);
    write_bytes(path, large, 70000);
    assert_int_equal(se_arch_read(&arch, path, &report), SE_ERR_FORMAT);
    free(large);
}

/* Whatever the damage: a clean error of one line, or a net that reads back. */
static void test_damaged_texts(void **state)
{
    enum { N_TRIALS = 20000, ROOM = 2 * sizeof odd_net };
    struct se_rng rng;
    int n_good = 0;

    (void)state;
    se_rng_seed(&rng, 1, 0);
    for (int i = 0; i < N_TRIALS; i++) {
        char bytes[ROOM], *text;
        struct se_arch arch;
        struct se_report report = {""};

        memcpy(bytes, odd_net, sizeof odd_net - 1);

        const size_t n = mutate(bytes, sizeof odd_net - 1, &rng);

        text = strndup(bytes, n); /* on the heap, for the sanitizer */
        if (se_arch_parse(&arch, text, "text", &report) == SE_OK) {
            n_good++;
            assert_round_trip(&arch);
        } else {
            assert_memory_equal(report.text, "text:", 5);
            assert_null(strpbrk(report.text, "\n\r\033"));
        }
        free(text);
    }
    assert_in_range(n_good, 1, N_TRIALS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_nets),
        cmocka_unit_test(test_odd_net),
        cmocka_unit_test(test_tensors),
        cmocka_unit_test(test_format_reads_back),
        cmocka_unit_test(test_format_of_largest),
        cmocka_unit_test(test_format_cut_short),
        cmocka_unit_test(test_same_and_expect),
        cmocka_unit_test(test_check_mask),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_bad_reads),
        cmocka_unit_test(test_damaged_texts),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
