/* state.c - state.safetensors. */
#include "train/state.h"

#include "encoding/json.h"
#include "mix/mix_json.h"
#include "model/safetensors.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SETTINGS = 24, MAX_ARCH_TEXT = 8192 };

/* The numbers of a state in their order in the file, where they are exact in
 * hexadecimal. */
enum {
    EPOCH,
    ROUND,
    BLOCKS,
    LOSS_SUM,
    FRAMES,
    SECONDS,
    BEST_LOSS,
    BEST_EPOCH,
    EPOCHS_SINCE_CUT,
    CUTS,
    STEP,
    N_NUMBERS
};

static void list_numbers(const struct se_train_state *state,
                         double numbers[N_NUMBERS])
{
    numbers[EPOCH] = state->epoch;
    numbers[ROUND] = (double)state->round;
    numbers[BLOCKS] = (double)state->n_blocks;
    numbers[LOSS_SUM] = state->loss_sum;
    numbers[FRAMES] = state->frames;
    numbers[SECONDS] = state->seconds;
    numbers[BEST_LOSS] = state->progress.best_loss;
    numbers[BEST_EPOCH] = state->progress.best_epoch;
    numbers[EPOCHS_SINCE_CUT] = state->progress.epochs_since_cut;
    numbers[CUTS] = state->progress.n_cuts;
    numbers[STEP] = (double)state->adam.step;
}

/* What can be true: anything else would be counted with for good, or lead out
 * of arrays. */
static int is_sound(const double numbers[N_NUMBERS])
{
    static const double most[N_NUMBERS] = {
        [EPOCH] = 1e6 + 1,      [ROUND] = 1e15,     [BLOCKS] = 1e15,
        [LOSS_SUM] = HUGE_VAL,  [FRAMES] = 1e18,    [SECONDS] = 1e9,
        [BEST_LOSS] = HUGE_VAL, [BEST_EPOCH] = 1e6, [EPOCHS_SINCE_CUT] = 1e6,
        [CUTS] = 1e6,           [STEP] = 1e15};

    for (int i = 0; i < N_NUMBERS; i++) {
        const int is_loss = i == LOSS_SUM || i == BEST_LOSS;
        const int is_real = is_loss || i == FRAMES || i == SECONDS;

        if (isnan(numbers[i]) || numbers[i] > most[i])
            return 0;
        if (!is_loss && numbers[i] < 0)
            return 0;
        if (!is_real && numbers[i] != floor(numbers[i]))
            return 0;
    }
    /* Sums over the frames of the rounds, and none without these. */
    if (!isfinite(numbers[LOSS_SUM]) ||
        fabs(numbers[LOSS_SUM]) > 1e9 * numbers[FRAMES] ||
        (numbers[FRAMES] > 0) != (numbers[ROUND] > 0))
        return 0;
    /* A gradient step a block, one or more a round; no time without rounds. */
    return numbers[EPOCH] >= 1 && numbers[STEP] == numbers[BLOCKS] &&
           numbers[BLOCKS] >= numbers[ROUND] &&
           (numbers[ROUND] > 0 || numbers[SECONDS] == 0);
}

static void take_numbers(struct se_train_state *state,
                         const double numbers[N_NUMBERS])
{
    state->epoch = (int)numbers[EPOCH];
    state->round = (int64_t)numbers[ROUND];
    state->n_blocks = (uint64_t)numbers[BLOCKS];
    state->loss_sum = numbers[LOSS_SUM];
    state->frames = numbers[FRAMES];
    state->seconds = numbers[SECONDS];
    state->progress.best_loss = numbers[BEST_LOSS];
    state->progress.best_epoch = (int)numbers[BEST_EPOCH];
    state->progress.epochs_since_cut = (int)numbers[EPOCHS_SINCE_CUT];
    state->progress.n_cuts = (int)numbers[CUTS];
    state->adam.step = (int64_t)numbers[STEP];
}

static void state_path(char *path, size_t size, const char *folder)
{
    snprintf(path, size, "%s/state.safetensors", folder);
}

static struct se_json describe_mixing(const struct se_mix_config *mix)
{
    struct se_json json = se_json_start();

    se_mix_json_add(&json, json.root, mix);
    return json;
}

/* NULL: no memory. */
static char *mixing_text(const struct se_mix_config *mix)
{
    struct se_json json = describe_mixing(mix);

    return se_json_line(&json);
}

int se_state_write(const char *folder, const struct se_train_state *state,
                   const struct se_model *model,
                   const struct se_train_identity *identity,
                   struct se_report *report)
{
    int64_t n = model->n_parameters;
    struct se_safetensor tensors[] = {
        {"adam.m", 1, {n}, state->adam.m},
        {"adam.v", 1, {n}, state->adam.v},
        {"feature.inv_std", 1, {model->arch.n_in}, model->inv_std},
        {"feature.mean", 1, {model->arch.n_in}, model->mean},
        {"parameters", 1, {n}, model->parameters},
        {"average", 1, {n}, state->average},
    };
    int n_tensors = (int)(sizeof tensors / sizeof *tensors) - !state->average;
    struct se_metadata metadata[MAX_SETTINGS + 4];
    char path[1024], arch[MAX_ARCH_TEXT], text[N_NUMBERS * 32] = "";
    char *mixing = identity->mix ? mixing_text(identity->mix) : NULL;
    double numbers[N_NUMBERS];
    int n_metadata = 0, status;

    if (identity->mix && !mixing)
        return se_fail_memory(report, "the state");
    list_numbers(state, numbers);
    for (int i = 0; i < N_NUMBERS; i++)
        snprintf(text + strlen(text), 32, "%a ", numbers[i]);
    se_arch_format(arch, sizeof arch, &model->arch);
    metadata[n_metadata++] = (struct se_metadata){"nn_arch", arch};
    metadata[n_metadata++] = (struct se_metadata){"state", text};
    for (int i = 0; i < identity->n_settings && i < MAX_SETTINGS; i++)
        metadata[n_metadata++] = (struct se_metadata){
            identity->settings[i].name, identity->settings[i].value};
    if (mixing)
        metadata[n_metadata++] = (struct se_metadata){"mixing", mixing};
    if (identity->words)
        metadata[n_metadata++] = (struct se_metadata){"words", identity->words};
    state_path(path, sizeof path, folder);
    status = se_safetensors_write(path,
                                  &(struct se_safetensors_contents){
                                      tensors, n_tensors, metadata, n_metadata},
                                  report);
    free(mixing);
    return status;
}

static int compare_mixing(const cJSON *before, const cJSON *now,
                          const char *path, struct se_report *report)
{
    struct se_json_difference difference;

    if (!se_json_differ(&difference, before, now, "none"))
        return SE_OK;
    return se_fail(report, SE_ERR_ARG,
                   "%s: was trained on mixtures with %s %s, this run asks for "
                   "%s",
                   path, difference.name, difference.was, difference.is);
}

static int check_mixing(const struct se_safetensors *file, const char *path,
                        const struct se_mix_config *mix,
                        struct se_report *report)
{
    static const struct se_json_limits limits = {
        .n_bytes = 1 << 20, .depth = 3, .n_commas = 1000, .part = "mixing"};
    const char *text = se_safetensors_metadata(file, "mixing");
    cJSON *before;

    if (!text || !mix)
        return SE_OK;

    int status =
        se_json_parse(&before, &(struct se_json_text){text, strlen(text), path},
                      &limits, report);

    if (status != SE_OK)
        return status;

    struct se_json now = describe_mixing(mix);

    status = now.failed ? se_fail_memory(report, path)
                        : compare_mixing(before, now.root, path, report);
    cJSON_Delete(before);
    se_json_drop(&now);
    return status;
}

static int check_settings(const struct se_safetensors *file, const char *path,
                          const struct se_model *model,
                          const struct se_train_identity *identity,
                          struct se_report *report)
{
    const char *arch_text = se_safetensors_metadata(file, "nn_arch");
    struct se_arch arch;

    if (!arch_text)
        return se_fail(report, SE_ERR_FORMAT, "%s: holds no nn_arch", path);

    int status = se_arch_parse(&arch, arch_text, path, report);

    if (status != SE_OK)
        return status;
    status = se_arch_expect(&arch, &model->arch, path, report);
    if (status != SE_OK)
        return SE_ERR_ARG;
    for (int i = 0; i < identity->n_settings; i++) {
        const struct se_train_setting *setting = &identity->settings[i];
        const char *found = se_safetensors_metadata(file, setting->name);

        found = found ? found : "none";
        if (strcmp(found, setting->value) != 0)
            return se_fail(report, SE_ERR_ARG,
                           "%s: was trained with %s '%s', this run asks for "
                           "'%s'",
                           path, setting->name, found, setting->value);
    }
    return SE_OK;
}

/* An array of a state, to be copied: finite numbers, each `least` or more. */
struct array {
    const char *name;
    float *to; /* [n]; NULL: not wanted */
    int64_t n;
    float least;
};

static int get_array(const struct array *array,
                     const struct se_safetensors *file, const char *path,
                     struct se_report *report)
{
    struct se_safetensor tensor = {array->name, 1, {array->n}, NULL};
    int status = se_safetensors_get(file, &tensor, report);

    if (status != SE_OK)
        return status;
    for (int64_t i = 0; i < array->n; i++) {
        float value = tensor.data[i];

        if (!(value >= array->least && value <= FLT_MAX))
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: %s[%lld] is %g: expected a number of %g or "
                           "more",
                           path, array->name, (long long)i, (double)value,
                           (double)array->least);
    }
    memcpy(array->to, tensor.data, (size_t)array->n * sizeof *array->to);
    return SE_OK;
}

static int get_arrays(struct se_train_state *state, struct se_model *model,
                      const struct se_safetensors *file, const char *path,
                      struct se_report *report)
{
    const int64_t n = model->n_parameters, n_in = model->arch.n_in;
    const struct array arrays[] = {
        {"adam.m", state->adam.m, n, -FLT_MAX},
        {"adam.v", state->adam.v, n, 0},
        {"parameters", model->parameters, n, -FLT_MAX},
        {"average", state->average, n, -FLT_MAX},
        {"feature.mean", model->mean, n_in, -FLT_MAX},
        {"feature.inv_std", model->inv_std, n_in, 0},
    };
    int status = SE_OK;

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (arrays[i].to && status == SE_OK)
            status = get_array(&arrays[i], file, path, report);
    return status;
}

static int parse_numbers(struct se_train_state *state, const char *text,
                         const char *path, struct se_report *report)
{
    double numbers[N_NUMBERS];

    for (int i = 0; i < N_NUMBERS; i++) {
        char *end = NULL;

        if (text)
            numbers[i] = strtod(text, &end);
        if (!text || end == text)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: its state holds %d numbers, expected %d", path,
                           i, N_NUMBERS);
        text = end;
    }
    if (is_sound(numbers))
        take_numbers(state, numbers);
    if (!is_sound(numbers) ||
        !se_progress_is_possible(&state->progress, state->epoch - 1))
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: its state holds a number that cannot be: damaged",
                       path);
    return SE_OK;
}

static int open_state(struct se_safetensors **file, char path[1024],
                      const char *folder, struct se_report *report)
{
    state_path(path, 1024, folder);
    return se_safetensors_read(file, path, report);
}

/* Opens the state if it is of that net and identity. */
static int open_checked(struct se_safetensors **file, char path[1024],
                        const char *folder, const struct se_model *model,
                        const struct se_train_identity *identity,
                        struct se_report *report)
{
    int status = open_state(file, path, folder, report);

    if (status != SE_OK)
        return status;
    status = check_settings(*file, path, model, identity, report);
    if (status == SE_OK)
        status = check_mixing(*file, path, identity->mix, report);
    if (status != SE_OK)
        se_safetensors_free(*file);
    return status;
}

int se_state_check(const char *folder, const struct se_model *model,
                   const struct se_train_identity *identity,
                   struct se_report *report)
{
    struct se_safetensors *file;
    char path[1024];
    int status = open_checked(&file, path, folder, model, identity, report);

    if (status == SE_OK)
        se_safetensors_free(file);
    return status;
}

int se_state_read(struct se_train_state *state, struct se_model *model,
                  const char *folder, const struct se_train_identity *identity,
                  struct se_report *report)
{
    struct se_safetensors *file;
    char path[1024];
    int status = open_checked(&file, path, folder, model, identity, report);

    if (status != SE_OK)
        return status;
    status = parse_numbers(state, se_safetensors_metadata(file, "state"), path,
                           report);
    if (status == SE_OK)
        status = get_arrays(state, model, file, path, report);
    se_safetensors_free(file);
    return status;
}

int se_state_words(char **words, const char *folder, struct se_report *report)
{
    struct se_safetensors *file;
    char path[1024];
    int status = open_state(&file, path, folder, report);

    *words = NULL;
    if (status != SE_OK)
        return status;

    const char *text = se_safetensors_metadata(file, "words");

    *words = text ? strdup(text) : NULL;
    if (text && !*words)
        status = se_fail_memory(report, path);
    se_safetensors_free(file);
    return status;
}
