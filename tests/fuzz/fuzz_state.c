/* fuzz_state.c - libFuzzer: any bytes are an error or a state of training with
 * finite numbers in their ranges; and are an error or the history of a model
 * folder, to which an epoch is added. */
#include "fuzz.h"

#include "model/model.h"
#include "train/history.h"
#include "train/state.h"

#include <math.h>

static const char arch_text[] = "input_neurons 1\nlayer_type fc\n"
                                "layer_neurons 257\nactivation sigmoid\n";
static struct se_model model;
static struct se_train_state state;

static void allocate(void)
{
    struct se_report report;
    struct se_arch arch;

    if (se_arch_parse(&arch, arch_text, "arch", &report) != SE_OK ||
        se_model_create(&model, &arch, SE_FEAT_MEL, &report) != SE_OK)
        abort();
    state.adam.m = calloc((size_t)model.n_parameters, sizeof(float));
    state.adam.v = calloc((size_t)model.n_parameters, sizeof(float));
}

static void read_state(const uint8_t *bytes, size_t n)
{
    static const struct se_train_setting settings[] = {{"seed", "1"}};
    const struct se_train_identity identity = {.settings = settings,
                                               .n_settings = 1};
    struct se_report report = {""};
    char path[64], *words = NULL;
    int file = fuzz_file(path, "state.safetensors", bytes, n);
    int status =
        se_state_read(&state, &model, fuzz_folder(), &identity, &report);

    fuzz_check(status, &report);
    if (status == SE_OK &&
        (state.epoch < 0 || state.round < 0 || !isfinite(state.loss_sum) ||
         !isfinite(state.seconds) || state.adam.step < 0))
        abort();
    for (int64_t i = 0; status == SE_OK && i < model.n_parameters; i++) {
        if (!isfinite(model.parameters[i]) || !isfinite(state.adam.m[i]) ||
            !(state.adam.v[i] >= 0))
            abort();
    }
    report.text[0] = '\0';
    status = se_state_words(&words, fuzz_folder(), &report);
    fuzz_check(status, &report);
    free(words);
    close(file);
}

/* With checkpoints (by their names) of epochs 1 and 2 beside it. */
static void read_history(const uint8_t *bytes, size_t n)
{
    const struct se_train_epoch epoch = {.epoch = 3, .valid_loss = 0.5};
    struct se_report report = {""};
    char path[300], history[64], text[320];
    FILE *file;

    for (int i = 1; i < 3; i++) {
        if (se_model_epoch_path(path, sizeof path, fuzz_folder(), i, &report) !=
            SE_OK)
            abort();
        file = fopen(path, "a");
        fclose(file);
    }

    int descriptor = fuzz_file(history, "history.jsonl", bytes, n);
    int status =
        se_model_checkpoint(text, sizeof text, fuzz_folder(), "best", &report);

    fuzz_check(status, &report);
    close(descriptor);
    unlink(history);
    file = fopen(history, "wb");
    fwrite(bytes, 1, n, file);
    fclose(file);
    report.text[0] = '\0';
    fuzz_check(se_history_add(fuzz_folder(), &epoch, &report), &report);
    unlink(history);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!model.parameters)
        allocate();
    if (n > 0 && bytes[0] == '{')
        read_history(bytes, n);
    else
        read_state(bytes, n);
    return 0;
}
