/* test_arch.c - the nn_arch grammar, and what a net amounts to. */
#include "check.h"
#include "damage.h"
#include "files/file.h"
#include "nn/arch.h"

#include <glob.h>

enum { TEXT_BYTES = 4096 };

static const char small_net[] = "nn_arch/def_se_nn_arch72_mel.txt";

/* All that the grammar has, at odd places. */
static const char odd_net[] = "# a comment\r\n"
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
    expect_ok(se_arch_parse(arch, text, "text", &report));
}

static void read_good(struct se_arch *arch, const char *path)
{
    expect_ok(se_arch_read(arch, path, &report));
}

TEST(shipped_nets)
{
    static const struct {
        const char *path;
        int n_features;
        long n_parameters, n_macs;
    } nets[] = {
        {small_net, 72, 102209, 101448},
        {"nn_arch/def_se_nn_arch128_mel.txt", 72, 253185, 252032},
        {"nn_arch/def_se_nn_arch256_mel.txt", 72, 833793, 831744},
        {"nn_arch/def_se_nn_arch256_mel_ahead.txt", 72, 833793, 831744},
        {"nn_arch/def_se_nn_arch256_mel_reverb.txt", 72, 833793, 831744},
        {"nn_arch/def_se_nn_arch256_pspec_mse.txt", 257, 1117953, 1115904},
        {"nn_arch/def_se_nn_arch256_pspec_mse_reverb.txt", 257, 1117953,
         1115904},
    };

    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        struct se_arch arch;

        read_good(&arch, nets[i].path);
        expect_equal(arch.n_layers, 5);
        expect_equal(se_arch_parameters(&arch), nets[i].n_parameters);
        expect(se_arch_macs(&arch) == (double)nets[i].n_macs);
        expect_equal(se_arch_stride(&arch), 1);
        expect(arch.input_dropout_rate == 0.1f);
        for (int j = 0; j < 4; j++)
            expect(arch.layer[j].dropout_rate == 0.25f);
        expect(arch.layer[4].dropout_rate == 0);
        expect_equal(arch.n_in, nets[i].n_features);
        expect_ok(se_arch_check_mask(&arch, nets[i].path, 257, &report));
    }
}

TEST(odd_net)
{
    static const struct se_layer_arch expected[] = {
        {SE_LAYER_FC, SE_ACTIVATION_RELU6, 17, 3, 1, 1, 0},
        {SE_LAYER_CONV1D, SE_ACTIVATION_LINEAR, 3, 7, 5, 2, 0},
        {SE_LAYER_LSTM, SE_ACTIVATION_TANH, 7, 4, 1, 1, 1e-3f},
        {SE_LAYER_CONV1D, SE_ACTIVATION_SIGMOID, 4, 6, 1, 3, 0},
    };
    struct se_arch arch;

    parse_good(&arch, odd_net);
    expect_equal(arch.n_in, 17);
    expect_equal(arch.n_layers, 4);
    expect(arch.input_dropout_rate == 0.3f);
    expect(arch.scalar_output == 2.5f);
    expect_equal(arch.len_filter, 3);
    expect_equal(arch.len_lookahead, 2);
    expect_equal(arch.input_line, 3);
    expect_equal(arch.layer_line[3], 20);
    for (int i = 0; i < 4; i++) {
        const struct se_layer_arch *layer = &arch.layer[i];

        expect_equal(layer->type, expected[i].type);
        expect_equal(layer->activation, expected[i].activation);
        expect_equal(layer->n_in, expected[i].n_in);
        expect_equal(layer->n_out, expected[i].n_out);
        expect_equal(layer->kernel_size, expected[i].kernel_size);
        expect_equal(layer->stride, expected[i].stride);
        expect(layer->dropout_rate == expected[i].dropout_rate);
    }
    expect_equal(se_arch_outputs(&arch), 6);
    expect_equal(se_arch_stride(&arch), 6);
    /* 17*3 + 5*3*7/2 + (7+4)*16/2 + 4*6/6 */
    expect(se_arch_macs(&arch) == 51 + 52.5 + 88 + 4);
}

TEST(tensors)
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

    parse_good(&arch, odd_net);
    expect_equal(se_arch_tensors(&arch, tensors), 9);
    for (int i = 0; i < 9; i++) {
        expect_text(tensors[i].name, expected[i].name);
        expect_equal(tensors[i].rows, expected[i].rows);
        expect_equal(tensors[i].columns, expected[i].columns);
        expect_equal(tensors[i].is_bias, expected[i].is_bias);
        expect_equal(tensors[i].layer, expected[i].name[7] - '0');
        expect_equal(tensors[i].offset, offset);
        offset += tensors[i].rows * tensors[i].columns;
    }
    expect_equal(se_arch_parameters(&arch), offset);
}

/* Equal in all but the lines. */
static void expect_same_net(const struct se_arch *a, const struct se_arch *b)
{
    expect_ok(se_arch_expect(a, b, "text", &report));
    expect(a->input_dropout_rate == b->input_dropout_rate);
    for (int i = 0; i < a->n_layers; i++) {
        expect_equal(a->layer[i].n_in, b->layer[i].n_in);
        expect(a->layer[i].dropout_rate == b->layer[i].dropout_rate);
    }
}

static void expect_round_trip(const struct se_arch *arch)
{
    char text[TEXT_BYTES];
    struct se_arch again;

    expect_range(se_arch_format(text, TEXT_BYTES, arch), 1, TEXT_BYTES - 1);
    parse_good(&again, text);
    expect_same_net(arch, &again);
}

TEST(format_reads_back)
{
    struct se_arch arch;

    read_good(&arch, small_net);
    expect_round_trip(&arch);
    parse_good(&arch, odd_net);
    expect_round_trip(&arch);
    arch.layer[1].dropout_rate = 1.0f / 3;
    arch.scalar_output = 0.1f;
    expect_round_trip(&arch);
}

/* The longest text of any net fits the 4096 bytes that the header promises. */
TEST(format_of_largest)
{
    struct se_arch arch = {.n_in = 1000,
                           .input_dropout_rate = 0.123456789f,
                           .n_layers = SE_MAX_LAYERS,
                           .scalar_output = 123.456789f,
                           .len_filter = 16,
                           .len_lookahead = 15};
    char text[TEXT_BYTES];

    for (int i = 0; i < SE_MAX_LAYERS; i++)
        arch.layer[i] = (struct se_layer_arch){
            SE_LAYER_CONV1D, SE_ACTIVATION_SIGMOID, 1000, 1000, 10, 16,
            0.0123456789f};
    expect_range(se_arch_format(text, TEXT_BYTES, &arch), 1, TEXT_BYTES - 1);
}

TEST(format_cut_short)
{
    char whole[TEXT_BYTES];
    struct se_arch arch;

    read_good(&arch, small_net);

    const int length = se_arch_format(whole, TEXT_BYTES, &arch);

    for (int size = 1; size <= length + 1; size++) {
        char *text = malloc((size_t)size);

        expect_equal(se_arch_format(text, size, &arch), length);
        expect_equal(strlen(text), size - 1);
        expect_bytes(text, whole, (size_t)size - 1);
        free(text);
    }
}

TEST(same_and_expect)
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

    parse_good(&arch, odd_net);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char text[TEXT_BYTES];
        const char *at = strstr(odd_net, changes[i].from);

        expect(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - odd_net), odd_net,
                 changes[i].to, at + strlen(changes[i].from));
        parse_good(&other, text);
        expect_equal(se_arch_expect(&other, &arch, "m", &report),
                     changes[i].message ? SE_ERR_FORMAT : SE_OK);
        expect_text(report.text, changes[i].message ? changes[i].message : "");
    }
}

static void refuse_inputs(const struct se_arch *arch, int least, int most,
                          const char *reason)
{
    const struct se_arch_inputs inputs = {least, most, "mel"};

    expect_status(se_arch_check_inputs(arch, "a.txt", &inputs, &report),
                  SE_ERR_FORMAT);
    expect_text(report.text, reason);
}

TEST(check_inputs)
{
    const struct se_arch_inputs good = {1, 17, "mel"};
    struct se_arch arch;

    parse_good(&arch, odd_net);
    expect_ok(se_arch_check_inputs(&arch, "a.txt", &good, &report));
    refuse_inputs(&arch, 1, 16,
                  "a.txt:3: input_neurons is 17, expected 1..16 for mel "
                  "features");
    refuse_inputs(&arch, 18, 18,
                  "a.txt:3: input_neurons is 17, expected 18 for mel features");
}

TEST(check_mask)
{
    struct se_arch arch;

    parse_good(&arch, odd_net);
    expect_ok(se_arch_check_mask(&arch, "a.txt", 2, &report));
    expect_status(se_arch_check_mask(&arch, "a.txt", 257, &report),
                  SE_ERR_FORMAT);
    expect_contains(report.text,
                    "a.txt:20: the last layer gives 6 values, expected 771");
    arch.layer_line[3] = 0;
    se_arch_check_mask(&arch, "a.txt", 257, &report);
    expect_bytes(report.text, "a.txt: the last", 15);
}

/* A plain mask may be of a frame before the newest; a filter's frame is one of
 * those that it goes over (tests/golden/bad/len_lookahead.txt). */
TEST(lookahead)
{
    struct se_arch arch;

    parse_good(&arch, "len_lookahead 15\ninput_neurons 3\nlayer_type fc\n"
                      "layer_neurons 5\nactivation sigmoid\n");
    expect_equal(arch.len_filter, 1);
    expect_equal(arch.len_lookahead, 15);
    expect_round_trip(&arch);
}

/* Each file in tests/golden/bad has "# error: LINE: MESSAGE" on top. */
TEST(bad_files)
{
    static const char mark[] = "# error: ";
    glob_t files;

    expect_equal(glob("tests/golden/bad/*.txt", 0, NULL, &files), 0);
    expect_range(files.gl_pathc, 50, 1000);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *path = files.gl_pathv[i];
        struct se_arch arch;
        char *text, expected[1024];
        size_t n;

        expect_ok(se_read_file(&text, &n, path, 1 << 16, &report));
        expect_bytes(text, mark, sizeof mark - 1);
        snprintf(expected, sizeof expected, "%s:%.*s", path,
                 (int)strcspn(text + sizeof mark - 1, "\n"),
                 text + sizeof mark - 1);
        expect_status(se_arch_read(&arch, path, &report), SE_ERR_FORMAT);
        expect_text(report.text, expected);
        free(text);
    }
    globfree(&files);
}

TEST(bad_reads)
{
    struct se_arch arch;
    const char *path = in_scratch("arch.txt");
    char *large = malloc(70000);
    char expected[600];

    expect_status(se_arch_read(&arch, path, &report), SE_ERR_IO);
    expect_status(se_arch_read(&arch, scratch, &report), SE_ERR_IO);
    write_bytes(path, "input_neurons 3\0\n", 17);
    expect_status(se_arch_read(&arch, path, &report), SE_ERR_FORMAT);
    snprintf(expected, sizeof expected,
             "%s: not a text file (a zero byte at 15), expected an nn_arch "
             "description",
             path);
    expect_text(report.text, expected);
    memset(large, '\n', 70000);
    write_bytes(path, large, 70000);
    expect_status(se_arch_read(&arch, path, &report), SE_ERR_FORMAT);
    free(large);
}

/* Whatever the damage: a clean error of one line, or a net that reads back. */
TEST(damaged_texts)
{
    enum { N_TRIALS = 20000, ROOM = 2 * sizeof odd_net };
    struct se_rng rng;
    int n_good = 0;

    se_rng_seed(&rng, 1, 0);
    for (int i = 0; i < N_TRIALS; i++) {
        char bytes[ROOM], *text;
        struct se_arch arch;

        memcpy(bytes, odd_net, sizeof odd_net - 1);

        const size_t n = mutate(bytes, sizeof odd_net - 1, &rng);

        text = strndup(bytes, n); /* on the heap, for the sanitizer */
        if (se_arch_parse(&arch, text, "text", &report) == SE_OK) {
            n_good++;
            expect_round_trip(&arch);
        } else {
            expect_bytes(report.text, "text:", 5);
            expect(!strpbrk(report.text, "\n\r\033"));
        }
        free(text);
    }
    expect_range(n_good, 1, N_TRIALS - 1);
}
