/* test_model.c - model files, and the folder they are kept in. */
#include "check.h"
#include "damage.h"
#include "files/file.h"
#include "model/model.h"
#include "model/safetensors.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

static const char net_text[] = "input_neurons 3\n"
                               "dropprob 0.1\n"
                               "layer_type conv1d\n"
                               "num_filters 4\n"
                               "kernel_size 2\n"
                               "activation relu6\n"
                               "layer_type lstm\n"
                               "layer_neurons 2\n"
                               "dropprob 0.25\n"
                               "layer_type fc\n"
                               "layer_neurons 257\n"
                               "activation sigmoid\n";

/* A model with a different number in each place. */
static void make_model(struct se_model *model)
{
    struct se_arch arch;

    if (se_arch_parse(&arch, net_text, "net", &report) != SE_OK ||
        se_model_create(model, &arch, SE_FEAT_MEL, &report) != SE_OK)
        fail_test("%s", report.text);
    for (int64_t i = 0; i < model->n_parameters; i++)
        model->parameters[i] = 0.001f * (float)i - 0.3f;
    for (int i = 0; i < 3; i++) {
        model->mean[i] = -1.5f - (float)i;
        model->inv_std[i] = 2.5f + (float)i;
    }
    model->epoch = 12;
}

static void write_good(const char *path, const struct se_model *model)
{
    expect_ok(se_model_write(path, model, "se-train --seed 1", &report));
}

TEST(create)
{
    struct se_model model;

    make_model(&model);
    expect_equal(model.n_parameters,
                 (2 * 3 + 1) * 4 + (4 + 2 + 1) * 8 + (2 + 1) * 257);
    se_model_free(&model);
    se_model_free(&model);
}

TEST(create_refuses)
{
    struct se_model model;
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, net_text, "net", &report));
    expect_status(se_model_create(&model, &arch, SE_FEAT_PSPEC, &report),
                  SE_ERR_FORMAT);
    expect_text(report.text, "nn_arch:1: input_neurons is 3, expected 257 for "
                             "pspec features");
    expect(!model.parameters);
    arch.n_in = arch.layer[0].n_in = 74;
    expect_status(se_model_create(&model, &arch, SE_FEAT_MEL, &report),
                  SE_ERR_FORMAT);
    expect_text(report.text, "nn_arch:1: input_neurons is 74, expected 1..73 "
                             "for mel features");
    arch.n_in = arch.layer[0].n_in = 73;
    arch.len_filter = 3;
    expect_status(se_model_create(&model, &arch, SE_FEAT_MEL, &report),
                  SE_ERR_FORMAT);
    expect_contains(report.text, "the last layer gives 257 values, expected "
                                 "771 (257 bins times len_filter 3)");
}

TEST(round_trip)
{
    const char *path = in_scratch("model.safetensors");
    struct se_model model, again;

    make_model(&model);
    write_good(path, &model);
    expect_ok(se_model_read(&again, path, &report));
    expect_ok(se_arch_expect(&again.arch, &model.arch, path, &report));
    expect(again.arch.input_dropout_rate == 0.1f);
    expect_equal(again.feat_type, SE_FEAT_MEL);
    expect_equal(again.epoch, 12);
    expect_equal(again.n_parameters, model.n_parameters);
    expect_bytes(again.parameters, model.parameters,
                 (size_t)model.n_parameters * sizeof(float));
    expect_bytes(again.mean, model.mean, 3 * sizeof(float));
    expect_bytes(again.inv_std, model.inv_std, 3 * sizeof(float));
    se_model_free(&again);
    se_model_free(&model);
}

/* What models/README.md promises to readers in other languages. */
TEST(file_contents)
{
    static const struct se_metadata metadata[] = {
        {"format", "nnse-c"},   {"version", "1"},
        {"feat_type", "mel"},   {"n_features", "3"},
        {"rate_hz", "16000"},   {"window_samples", "480"},
        {"hop_samples", "160"}, {"fft_samples", "512"},
        {"epoch", "12"},        {"command", "se-train --seed 1"},
    };
    static const struct {
        struct se_safetensor tensor;
        int offset;
    } arrays[] = {
        {{"layers.0.conv1d.kernel", 2, {6, 4}, NULL}, 0},
        {{"layers.0.conv1d.bias", 1, {4}, NULL}, 24},
        {{"layers.1.lstm.kernel", 2, {4, 8}, NULL}, 28},
        {{"layers.1.lstm.recurrent", 2, {2, 8}, NULL}, 60},
        {{"layers.1.lstm.bias", 1, {8}, NULL}, 76},
        {{"layers.2.fc.kernel", 2, {2, 257}, NULL}, 84},
        {{"layers.2.fc.bias", 1, {257}, NULL}, 598},
    };
    struct se_safetensor mean = {"feature.mean", 1, {3}, NULL};
    struct se_safetensor inv_std = {"feature.inv_std", 1, {3}, NULL};
    const char *path = in_scratch("contents.safetensors");
    struct se_safetensors *file;
    struct se_model model;

    make_model(&model);
    write_good(path, &model);
    expect_ok(se_safetensors_read(&file, path, &report));
    for (size_t i = 0; i < sizeof metadata / sizeof *metadata; i++)
        expect_text(se_safetensors_metadata(file, metadata[i].key),
                    metadata[i].value);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        struct se_safetensor tensor = arrays[i].tensor;

        expect_ok(se_safetensors_get(file, &tensor, &report));
        expect(tensor.data[1] == model.parameters[arrays[i].offset + 1]);
    }
    expect_ok(se_safetensors_get(file, &mean, &report));
    expect(mean.data[2] == -3.5f);
    expect_ok(se_safetensors_get(file, &inv_std, &report));
    expect(inv_std.data[2] == 4.5f);
    se_safetensors_free(file);
    se_model_free(&model);
}

TEST(same_bytes)
{
    struct se_model model, again;
    char *a, *b;
    size_t n_a, n_b;

    make_model(&model);
    write_good(in_scratch("a.safetensors"), &model);
    expect_ok(se_model_read(&again, in_scratch("a.safetensors"), &report));
    write_good(in_scratch("b.safetensors"), &again);
    expect_ok(
        se_read_file(&a, &n_a, in_scratch("a.safetensors"), 1 << 20, &report));
    expect_ok(
        se_read_file(&b, &n_b, in_scratch("b.safetensors"), 1 << 20, &report));
    expect_equal(n_a, n_b);
    expect_bytes(a, b, n_a);
    free(a);
    free(b);
    se_model_free(&again);
    se_model_free(&model);
}

TEST(not_finite)
{
    const char *path = in_scratch("nan.safetensors");
    struct se_model model;

    make_model(&model);
    model.parameters[60 + 5] = NAN;
    expect_error(se_model_write(path, &model, NULL, &report), SE_ERR_NUMERIC,
                 "tensor 'layers.1.lstm.recurrent' "
                 "holds nan at 5, expected finite");
    expect(access(path, F_OK) != 0);
    model.parameters[60 + 5] = 0;
    model.inv_std[2] = INFINITY;
    expect_error(se_model_write(path, &model, NULL, &report), SE_ERR_NUMERIC,
                 "tensor 'feature.inv_std' holds inf");
    model.inv_std[2] = -0.5f;
    expect_error(se_model_write(path, &model, NULL, &report), SE_ERR_NUMERIC,
                 "tensor 'feature.inv_std' holds -0.500000 at 2, expected "
                 "finite numbers, none below 0");
    se_model_free(&model);
}

/* Puts `to` in the place of `from`, of the same length, in a good file. */
static const char *write_changed(const char *from, const char *to, size_t n)
{
    const char *path = in_scratch("changed.safetensors");
    struct se_model model;
    char *bytes, *at;
    size_t n_bytes;

    make_model(&model);
    write_good(path, &model);
    se_model_free(&model);
    expect_ok(se_read_file(&bytes, &n_bytes, path, 1 << 20, &report));
    at = memmem(bytes, n_bytes, from, n);
    expect(at);
    memcpy(at, to, n);
    write_bytes(path, bytes, n_bytes);
    free(bytes);
    return path;
}

TEST(read_refuses)
{
    static const struct {
        const char *from, *to, *reason;
    } cases[] = {
        {"\"format\"", "\"farmot\"",
         "no 'format' in the metadata, expected a model of nnse-c"},
        {"nnse-c", "nnse-d", "format is 'nnse-d', expected nnse-c"},
        {"\"version\":\"1\"", "\"version\":\"2\"",
         "version is '2', expected 1"},
        {"\"16000\"", "\"\\n000\"", "rate_hz is '?000', expected 16000"},
        {"\"480\"", "\"400\"", "window_samples is '400', expected 480"},
        {"\"160\"", "\"128\"", "hop_samples is '128', expected 160"},
        {"\"512\"", "\"256\"", "fft_samples is '256', expected 512"},
        {"\"nn_arch\"", "\"nn_orch\"", "no 'nn_arch'"},
        {"conv1d\\n", "conv2d\\n",
         "changed.safetensors: nn_arch:4: layer_type is 'conv2d', expected"},
        {"input_neurons 3", "input_neurons 4", "n_features is '3', expected 4"},
        {"\"mel\"", "\"lem\"", "feat_type is 'lem', expected mel or pspec"},
        {"\"epoch\":\"12\"", "\"epoch\":\"-2\"",
         "epoch is '-2', expected a whole number"},
        {"layers.2.fc.bias", "layers.2.fc.boas",
         "has no tensor 'layers.2.fc.bias'"},
        {"[6,4]", "[4,6]",
         "tensor 'layers.0.conv1d.kernel' has the shape [4,6], expected [6,4]"},
        {"layer_neurons 257", "layer_neurons 258",
         "changed.safetensors: nn_arch:15: the last layer gives 258 values, "
         "expected 257"},
        /* Asks for more memory than there is, if it were believed. */
        {"num_filters 4\\nkernel_size 2\\nstrides 1",
         "num_filters 4096\\nkernel_size 64       ",
         "tensor 'layers.0.conv1d.kernel' has the shape [6,4], expected "
         "[192,4096]"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t n = strlen(cases[i].from);
        struct se_model model;

        expect_equal(n, strlen(cases[i].to));

        const char *path = write_changed(cases[i].from, cases[i].to, n);

        expect_error(se_model_read(&model, path, &report), SE_ERR_FORMAT,
                     cases[i].reason);
        expect(!model.parameters);
    }
}

TEST(read_refuses_numbers)
{
    const float mean = -2.5f, not_a_number = NAN;
    struct se_model model;
    const char *path = write_changed((const char *)&mean,
                                     (const char *)&not_a_number, sizeof mean);

    expect_error(se_model_read(&model, path, &report), SE_ERR_NUMERIC,
                 "tensor 'feature.mean' holds nan at 1, "
                 "expected finite numbers");
    expect(!model.parameters);

    const float inverse = 3.5f, negative = -3.5f;

    path = write_changed((const char *)&inverse, (const char *)&negative,
                         sizeof inverse);
    expect_error(se_model_read(&model, path, &report), SE_ERR_NUMERIC,
                 "tensor 'feature.inv_std' holds -3.500000 at 1");
    expect(!model.parameters);
}

/* Every prefix is refused; damage is, or leaves a model of finite numbers. */
TEST(damaged_models)
{
    enum { N_TRIALS = 2000 };
    const char *path = in_scratch("whole.safetensors");
    const char *damaged = in_scratch("damaged.safetensors");
    struct se_model model;
    struct se_rng rng;
    char *bytes, *copy;
    size_t n;

    make_model(&model);
    write_good(path, &model);
    se_model_free(&model);
    expect_ok(se_read_file(&bytes, &n, path, 1 << 20, &report));
    for (size_t i = 0; i < n; i += 7) {
        write_bytes(damaged, bytes, i);
        expect_status(se_model_read(&model, damaged, &report), SE_ERR_FORMAT);
    }
    copy = malloc(2 * n);
    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < N_TRIALS; i++) {
        memcpy(copy, bytes, n);
        write_bytes(damaged, copy, mutate(copy, n, &rng));
        if (se_model_read(&model, damaged, NULL) != SE_OK) {
            expect(!model.parameters);
            continue;
        }
        for (int64_t j = 0; j < model.n_parameters; j++)
            expect(isfinite(model.parameters[j]));
        se_model_free(&model);
    }
    free(copy);
    free(bytes);
}

/* ---- names and folders --------------------------------------------------- */

TEST(names)
{
    static const struct {
        const char *path, *name;
    } cases[] = {
        {"nn_arch/def_se_nn_arch72_mel.txt", "se_nn_arch72_mel"},
        {"def_x.txt", "x"},
        {"/a.txt/b", "b"},
        {"def_x.txt.txt", "x.txt"},
        {"tiny", "tiny"},
        {"def_", NULL},
        {"folder/", NULL},
        {"..", NULL},
        {"def_..", NULL},
        {"def_.txt", NULL},
        {"a_name_far_too_long.txt", NULL},
    };
    char name[17];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_equal(se_model_name(name, sizeof name, cases[i].path, NULL),
                     cases[i].name ? SE_OK : SE_ERR_ARG);
        if (cases[i].name)
            expect_text(name, cases[i].name);
    }
}

TEST(epoch_paths)
{
    char path[40];

    expect_ok(se_model_epoch_path(path, sizeof path, "m", 7, &report));
    expect_text(path, "m/epoch_0007.safetensors");
    expect_ok(se_model_epoch_path(path, sizeof path, "m", 12345, &report));
    expect_text(path, "m/epoch_12345.safetensors");
    expect_ok(se_model_epoch_path(path, 25, "m", 7, &report));
    expect_status(se_model_epoch_path(path, 24, "m", 7, &report), SE_ERR_ARG);
}

/* Makes an empty folder with empty files of these names. */
static const char *make_folder(const char *name, const char *const *files)
{
    const char *folder = in_scratch(name);

    expect_equal(mkdir(folder, 0777), 0);
    for (; *files; files++) {
        char path[600];

        snprintf(path, sizeof path, "%s/%s", folder, *files);
        write_bytes(path, "", 0);
    }
    return folder;
}

static void write_history(const char *folder, const char *text)
{
    char path[600];

    snprintf(path, sizeof path, "%s/history.jsonl", folder);
    write_bytes(path, text, strlen(text));
}

/* `end`: how the path or the message ends. */
static void expect_checkpoint(const char *folder, const char *which, int status,
                              const char *end)
{
    char path[1024] = "";
    int found = se_model_checkpoint(path, sizeof path, folder, which, &report);
    const char *text = found == SE_OK ? path : report.text;
    const size_t n = strlen(text), n_end = strlen(end);

    if (found != status || n < n_end || strcmp(text + n - n_end, end) != 0)
        fail_test("status %d, '%s', expected %d, '%s'", found, text, status,
                  end);
}

static const char *const some_files[] = {"epoch_0001.safetensors",
                                         "epoch_0002.safetensors",
                                         "epoch_0003.safetensors",
                                         "epoch_0010.safetensors",
                                         "epoch_0012.state.safetensors",
                                         "epoch_0013.safetensors.9.tmp",
                                         "epoch_14.safetensors",
                                         "epoch_00015.safetensors",
                                         "epoch_.safetensors",
                                         "epoch_0016.safetensors ",
                                         "epoch_99999999999.safetensors",
                                         "epoch_-017.safetensors",
                                         "state.safetensors",
                                         "README.md",
                                         NULL};

TEST(checkpoints)
{
    const char *folder = make_folder("some", some_files);

    expect_checkpoint(folder, "latest", SE_OK, "some/epoch_0010.safetensors");
    expect_checkpoint(folder, "best", SE_OK, "some/epoch_0010.safetensors");
    expect_checkpoint(folder, "2", SE_OK, "some/epoch_0002.safetensors");
    expect_checkpoint(folder, "0002", SE_OK, "some/epoch_0002.safetensors");
    expect_checkpoint(folder, "4", SE_ERR_IO,
                      "some: no epoch 4, expected best, latest or one of "
                      "1-3, 10");
    expect_checkpoint(folder, "beste", SE_ERR_ARG,
                      "epoch is 'beste', expected best, latest or one of "
                      "1-3, 10");
    expect_checkpoint(folder, "-1", SE_ERR_ARG, "or one of 1-3, 10");
    expect_checkpoint(folder, "", SE_ERR_ARG, "or one of 1-3, 10");
    expect_checkpoint(folder, "9999999999", SE_ERR_ARG, "or one of 1-3, 10");
    expect_checkpoint(in_scratch("absent"), "best", SE_ERR_IO,
                      "cannot open the model folder: No such file or "
                      "directory");
}

TEST(no_checkpoints)
{
    static const char *const files[] = {"state.safetensors", NULL};
    const char *folder = make_folder("none", files);

    expect_checkpoint(folder, "best", SE_ERR_IO,
                      "none: no checkpoint, expected "
                      "epoch_<NNNN>.safetensors");
    expect_checkpoint(folder, "1", SE_ERR_IO, "epoch_<NNNN>.safetensors");
}

/* The list in a message stays short. */
TEST(many_checkpoints)
{
    static const char *const no_files[] = {NULL};
    const char *folder = make_folder("many", no_files);
    char path[1024];

    for (int i = 1; i < 400; i += 2) {
        expect_ok(se_model_epoch_path(path, sizeof path, folder, i, &report));
        write_bytes(path, "", 0);
    }
    expect_checkpoint(folder, "latest", SE_OK, "many/epoch_0399.safetensors");
    expect_error(se_model_checkpoint(path, sizeof path, folder, "2", &report),
                 SE_ERR_IO, "one of 1, 3, 5,");
    expect_text(report.text + strlen(report.text) - 3, "...");
}

TEST(best)
{
    static const struct {
        const char *history;
        int best; /* 0: an error */
    } cases[] = {
        {"", 10},
        {"{\"epoch\":2,\"valid_loss\":0.5}\n", 2},
        {"{\"epoch\":1,\"valid_loss\":0.5}\n"
         "{\"epoch\":2,\"valid_loss\":0.25,\"best\":true}\n"
         "{\"epoch\":10,\"valid_loss\":0.3,\"best\":false}\n",
         2},
        /* 4 and 0.1 are best, but that checkpoint is gone. */
        {"{\"epoch\":4,\"valid_loss\":0.1}\n{\"epoch\":3,\"valid_loss\":-1}\n",
         3},
        /* Equal ones: the earlier. */
        {"{\"epoch\":3,\"valid_loss\":1}\n{\"epoch\":2,\"valid_loss\":1}\n", 2},
        /* Trained again from 1 on. */
        {"{\"epoch\":2,\"valid_loss\":1}\n{\"epoch\":3,\"valid_loss\":2}\n"
         "{\"epoch\":2,\"valid_loss\":3}\n",
         3},
        {"{\"epoch\":2,\"valid_loss\":null}\n{\"epoch\":3,\"valid_loss\":9}\n",
         3},
        {"{\"epoch\":2}\n", 10},
        {"{\"epoch\":1,\"valid_loss\":1}\r\n{\"epoch\":2,\"valid_", 1},
        {"{\"epoch\":1,\"valid_loss\":1}\n{\"epoch\":2,\"valid_\n", 0},
        {"{\"epoch\":1,\"valid_loss\":1}\n\n", 0},
        {"{\"epoch\":1,\"valid_loss\":1} x\n", 0},
        {"{\"valid_loss\":1}\n", 0},
        {"[1]\n", 0},
    };
    const char *folder = make_folder("best", some_files);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char end[60];

        write_history(folder, cases[i].history);
        snprintf(end, sizeof end, "best/epoch_%04d.safetensors", cases[i].best);
        expect_checkpoint(
            folder, "best", cases[i].best ? SE_OK : SE_ERR_FORMAT,
            cases[i].best ? end : ": expected a JSON object with an epoch");
    }
}

/* ---- load ---------------------------------------------------------------- */

/* The net in models/tiny of the scratch folder, which is where the test then
 * is. */
static void go_to_models(struct se_model *model)
{
    expect_equal(mkdir(in_scratch("models"), 0777), 0);
    expect_equal(mkdir(in_scratch("models/tiny"), 0777), 0);
    expect_equal(mkdir(in_scratch("nn_arch"), 0777), 0);
    write_bytes(in_scratch("nn_arch/def_tiny.txt"), net_text,
                sizeof net_text - 1);
    make_model(model);
    write_good(in_scratch("models/tiny/epoch_0012.safetensors"), model);
    se_model_free(model);
    expect_equal(chdir(scratch), 0);
}

TEST(load)
{
    char here[4096];
    struct se_model model;

    expect(getcwd(here, sizeof here));
    go_to_models(&model);
    expect_ok(se_model_load(&model, "def_tiny.txt", "best", &report));
    expect_equal(model.epoch, 12);
    expect(model.parameters[1] == 0.001f - 0.3f);
    se_model_free(&model);

    /* Drop rates may differ, and those of the text count. */
    write_bytes("nn_arch/def_tiny.txt", "", 0);
    expect_status(se_model_load(&model, "def_tiny.txt", "12", &report),
                  SE_ERR_FORMAT);
    expect(!model.parameters);

    char other[sizeof net_text];

    memcpy(other, net_text, sizeof other);
    memcpy(strstr(other, "0.25"), "0.75", 4);
    write_bytes("nn_arch/def_tiny.txt", other, sizeof other - 1);
    expect_ok(se_model_load(&model, "def_tiny.txt", "12", &report));
    expect(model.arch.layer[1].dropout_rate == 0.75f);
    se_model_free(&model);

    memcpy(strstr(other, "layer_neurons 2"), "layer_neurons 9", 15);
    write_bytes("nn_arch/def_tiny.txt", other, sizeof other - 1);
    expect_status(se_model_load(&model, "def_tiny.txt", "12", &report),
                  SE_ERR_FORMAT);
    expect_text(report.text,
                "./models/tiny/epoch_0012.safetensors is not the net "
                "of ./nn_arch/def_tiny.txt: layer 2 is lstm 2 tanh, "
                "expected lstm 9 tanh");
    expect(!model.parameters);
    expect_status(se_model_load(&model, "def_none.txt", "12", &report),
                  SE_ERR_IO);
    expect_equal(rename("models/tiny", "models/gone"), 0);
    expect_status(se_model_load(&model, "def_tiny.txt", "12", &report),
                  SE_ERR_IO);
    expect_equal(chdir(here), 0);
}
