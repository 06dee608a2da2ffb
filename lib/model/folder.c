/* folder.c - the model folder: names, checkpoints, the best by history. */
#include "model/model.h"

#include "encoding/json.h"
#include "files/file.h"
#include "files/find.h"
#include "files/path.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The epochs that are in a folder. */
struct epochs {
    int *number; /* [count], rising */
    int count;
};

int se_model_name(char *name, size_t size, const char *arch_path,
                  struct se_report *report)
{
    const char *base = se_path_base(arch_path);
    size_t n;

    if (strncmp(base, "def_", 4) == 0)
        base += 4;
    n = strlen(base);
    if (n > 4 && strcmp(base + n - 4, ".txt") == 0)
        n -= 4;
    if (n == 0 || base[0] == '.')
        return se_fail(report, SE_ERR_ARG,
                       "%s: no name of a net, expected def_<name>.txt",
                       arch_path);
    if (n >= size)
        return se_fail(report, SE_ERR_ARG,
                       "%s: name longer than the %zu characters expected",
                       arch_path, size - 1);
    snprintf(name, size, "%.*s", (int)n, base);
    return SE_OK;
}

/* The folder of the net `name`, as se_find has it; one without a checkpoint
 * (training stopped in its first epoch) is passed over if another one has
 * some. */
static int find_folder(char *folder, size_t size, const char *name,
                       struct se_report *report)
{
    char other[4096];
    int status = se_find(folder, size, name, "models", report);

    if (status != SE_OK || se_model_last_epoch(folder) > 0)
        return status;
    for (int i = 0; se_root(i); i++) {
        snprintf(other, sizeof other, "%s/models/%s", se_root(i), name);
        if (se_model_last_epoch(other) > 0) {
            snprintf(folder, size, "%s", other);
            break;
        }
    }
    return SE_OK;
}

int se_model_epoch_path(char *path, size_t size, const char *folder, int epoch,
                        struct se_report *report)
{
    const int n =
        snprintf(path, size, "%s/epoch_%04d.safetensors", folder, epoch);

    if (n < 0 || (size_t)n >= size)
        return se_fail(report, SE_ERR_ARG,
                       "%s: path longer than the %zu characters expected",
                       folder, size - 1);
    return SE_OK;
}

/* The number in a file name that se_model_epoch_path could have made, so
 * optimiser states and temporary files are none; or -1. */
static int checkpoint_number(const char *file_name)
{
    char digits[12] = "", made[64];
    int epoch;

    if (sscanf(file_name, "epoch_%11[0-9]", digits) != 1 ||
        !se_model_epoch_number(&epoch, digits))
        return -1;
    snprintf(made, sizeof made, "epoch_%04d.safetensors", epoch);
    return strcmp(made, file_name) == 0 ? epoch : -1;
}

static int rising(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int read_names(struct epochs *epochs, DIR *stream, const char *folder,
                      struct se_report *report)
{
    int capacity = 0;

    for (;;) {
        errno = 0;

        const struct dirent *item = readdir(stream);

        if (!item)
            return errno ? se_fail_errno(report, folder, "cannot read") : SE_OK;

        const int epoch = checkpoint_number(item->d_name);

        if (epoch < 0)
            continue;
        if (epochs->count == capacity) {
            capacity = 2 * capacity + 64;

            int *larger =
                realloc(epochs->number, (size_t)capacity * sizeof *larger);

            if (!larger)
                return se_fail_memory(report, folder);
            epochs->number = larger;
        }
        epochs->number[epochs->count++] = epoch;
    }
}

static int list_epochs(struct epochs *epochs, const char *folder,
                       struct se_report *report)
{
    DIR *stream = opendir(folder);

    *epochs = (struct epochs){0};
    if (!stream)
        return se_fail_errno(report, folder, "cannot open the model folder");

    int status = read_names(epochs, stream, folder, report);

    closedir(stream);
    if (status == SE_OK && epochs->count > 0)
        qsort(epochs->number, (size_t)epochs->count, sizeof(int), rising);
    return status;
}

/* Keeps the valid_loss of one line of the history, if that is of an epoch that
 * is there; of two lines on one epoch the later counts. */
static int read_history_line(double *losses, const struct epochs *epochs,
                             const char *line, const char *path,
                             struct se_report *report)
{
    cJSON *root;
    int status = se_json_parse_line(&root, line, path, report);
    const cJSON *epoch = cJSON_GetObjectItemCaseSensitive(root, "epoch");
    const cJSON *loss = cJSON_GetObjectItemCaseSensitive(root, "valid_loss");
    const int good = cJSON_IsNumber(epoch);

    for (int i = 0; good && i < epochs->count; i++) {
        if (epochs->number[i] == epoch->valuedouble)
            losses[i] = cJSON_IsNumber(loss) && isfinite(loss->valuedouble)
                            ? loss->valuedouble
                            : HUGE_VAL;
    }
    cJSON_Delete(root);
    return status == SE_ERR_MEMORY ? status : good ? SE_OK : SE_ERR_FORMAT;
}

/* Fills losses[epochs->count] from the history; HUGE_VAL where it is silent.
 * A last line without its end is what a crash leaves: it does not count. */
static int read_history(double *losses, const struct epochs *epochs,
                        const char *path, struct se_report *report)
{
    enum { LIMIT_BYTES = 64 << 20 };
    char *text;
    size_t n;
    int status = se_read_file(&text, &n, path, LIMIT_BYTES, report);
    int number = 0;

    if (status == SE_OK && strlen(text) != n)
        status = se_fail(report, SE_ERR_FORMAT, "%s: not a text file", path);
    for (char *line = text, *end; status == SE_OK; line = end + 1) {
        end = strchr(line, '\n');
        if (!end)
            break;
        *end = '\0';
        number++;
        status = read_history_line(losses, epochs, line, path, report);
        if (status == SE_ERR_FORMAT)
            status = se_fail(report, SE_ERR_FORMAT,
                             "%s:%d: expected a JSON object with an epoch",
                             path, number);
    }
    free(text);
    return status;
}

static int find_best(int *best, const struct epochs *epochs, const char *folder,
                     struct se_report *report)
{
    char path[4096];
    double *losses = malloc((size_t)epochs->count * sizeof *losses);
    double lowest = HUGE_VAL;
    int status = SE_OK;

    if (!losses)
        return se_fail_memory(report, folder);
    for (int i = 0; i < epochs->count; i++)
        losses[i] = HUGE_VAL;
    snprintf(path, sizeof path, "%s/history.jsonl", folder);
    if (access(path, F_OK) == 0)
        status = read_history(losses, epochs, path, report);
    *best = epochs->number[epochs->count - 1];
    for (int i = 0; i < epochs->count; i++) {
        if (losses[i] < lowest) {
            lowest = losses[i];
            *best = epochs->number[i];
        }
    }
    free(losses);
    return status;
}

/* "1-3, 7": what a message can say of the epochs that are there; "": none. */
static void describe(char text[160], const struct epochs *epochs)
{
    const int *number = epochs->number;
    int n = 0;

    text[0] = '\0';
    for (int i = 0, last; i < epochs->count && n < 130; i = last + 1) {
        for (last = i;
             last + 1 < epochs->count && number[last + 1] == number[last] + 1;)
            last++;
        n += snprintf(text + n, 160 - (size_t)n, "%s%d", i ? ", " : "",
                      number[i]);
        if (last > i)
            n += snprintf(text + n, 160 - (size_t)n, "-%d", number[last]);
        if (last + 1 < epochs->count && n >= 130)
            snprintf(text + n, 160 - (size_t)n, "...");
    }
}

static int is_choice(const char *which)
{
    int epoch;

    return strcmp(which, "latest") == 0 || strcmp(which, "best") == 0 ||
           se_model_epoch_number(&epoch, which);
}

static int fail_choice(const char *which, const struct epochs *epochs,
                       struct se_report *report)
{
    char there[160];

    describe(there, epochs);
    return se_fail(report, SE_ERR_ARG,
                   "epoch is '%.40s', expected best, latest or %s%s", which,
                   there[0] ? "one of " : "a number", there);
}

static int choose(int *epoch, const struct epochs *epochs, const char *folder,
                  const char *which, struct se_report *report)
{
    char there[160];

    if (epochs->count == 0)
        return se_fail(report, SE_ERR_IO,
                       "%s: no checkpoint, expected epoch_<NNNN>.safetensors",
                       folder);
    if (strcmp(which, "latest") == 0) {
        *epoch = epochs->number[epochs->count - 1];
        return SE_OK;
    }
    if (strcmp(which, "best") == 0)
        return find_best(epoch, epochs, folder, report);
    describe(there, epochs);
    if (!se_model_epoch_number(epoch, which) ||
        !bsearch(epoch, epochs->number, (size_t)epochs->count, sizeof(int),
                 rising))
        return se_fail(report, SE_ERR_IO,
                       "%s: no epoch %d, expected best, latest or one of %s",
                       folder, *epoch, there);
    return SE_OK;
}

int se_model_checkpoint(char *path, size_t size, const char *folder,
                        const char *which, struct se_report *report)
{
    struct epochs epochs;
    int epoch;
    int status = list_epochs(&epochs, folder, report);

    if (!is_choice(which))
        status = fail_choice(which, &epochs, report);
    if (status == SE_OK)
        status = choose(&epoch, &epochs, folder, which, report);
    if (status == SE_OK)
        status = se_model_epoch_path(path, size, folder, epoch, report);
    free(epochs.number);
    return status;
}

int se_model_last_epoch(const char *folder)
{
    struct epochs epochs;
    int status = list_epochs(&epochs, folder, NULL);
    int last = status == SE_OK && epochs.count > 0
                   ? epochs.number[epochs.count - 1]
                   : 0;

    free(epochs.number);
    return last;
}

int se_model_remove_later(const char *folder, int epoch,
                          struct se_report *report)
{
    struct epochs epochs;
    char path[4096];
    int status = list_epochs(&epochs, folder, report);

    for (int i = epochs.count - 1;
         status == SE_OK && i >= 0 && epochs.number[i] > epoch; i--) {
        status = se_model_epoch_path(path, sizeof path, folder,
                                     epochs.number[i], report);
        if (status == SE_OK && unlink(path) != 0)
            status = se_fail_errno(report, path, "cannot remove");
    }
    free(epochs.number);
    return status;
}

/* Makes a model that was read that of `net`, or frees it. */
static int become(struct se_model *model, const char *path,
                  const struct se_model_net *net, struct se_report *report)
{
    char claim[512];
    int status;

    snprintf(claim, sizeof claim, "%.200s is not the net of %.200s", path,
             net->name);
    status = se_arch_expect(&model->arch, net->arch, claim, report);
    if (status == SE_OK)
        model->arch = *net->arch;
    else
        se_model_free(model);
    return status;
}

int se_model_read_as(struct se_model *model, const char *path,
                     const struct se_model_net *net, struct se_report *report)
{
    int status = se_model_read(model, path, report);

    return status == SE_OK ? become(model, path, net, report) : status;
}

int se_model_read_start(struct se_model *model, int *lookahead,
                        const char *path, const struct se_model_net *net,
                        struct se_report *report)
{
    int status = se_model_read(model, path, report);

    if (status != SE_OK)
        return status;
    *lookahead = model->arch.len_lookahead;
    model->arch.len_lookahead = net->arch->len_lookahead;
    return become(model, path, net, report);
}

/* Of a shipped net, which has one. */
static int check_shipped_epoch(const char *path, const char *which,
                               struct se_report *report)
{
    const int shipped = checkpoint_number(se_path_base(path));
    int epoch, is_number = se_model_epoch_number(&epoch, which);

    if (strcmp(which, "best") == 0 || strcmp(which, "latest") == 0 ||
        (is_number && epoch == shipped))
        return SE_OK;
    return se_fail(report, is_number ? SE_ERR_IO : SE_ERR_ARG,
                   "epoch is '%.40s', expected best, latest or the shipped %d",
                   which, shipped);
}

/* The name of the net that an nn_arch file describes. The file may be a link to
 * that of another net, whose folder is then that of both unless there is one of
 * its own. */
static int name_of_arch(char *name, size_t size, const char *arch_path,
                        struct se_report *report)
{
    char folder[4096], *linked;
    int status = se_model_name(name, size, arch_path, report);

    if (status != SE_OK ||
        se_find(folder, sizeof folder, name, "models", NULL) == SE_OK)
        return status;
    linked = realpath(arch_path, NULL);
    if (linked)
        status = se_model_name(name, size, linked, report);
    free(linked);
    return status;
}

/* In place of an epoch that the folder of a shipped net does not have: the
 * checkpoint that it has. */
static int take_shipped(char *path, size_t size, const char *folder,
                        const char *name, const char *which)
{
    char shipped[4096];
    struct stat here, there;
    int epoch;

    if (!se_model_epoch_number(&epoch, which) ||
        se_model_shipped(shipped, sizeof shipped, name, NULL) != SE_OK)
        return 0;
    snprintf(path, size, "%s", shipped);
    shipped[se_path_folder_length(shipped)] = '\0';
    return stat(folder, &here) == 0 && stat(shipped, &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static int find_shipped(char *path, size_t size, const char *arch_path,
                        const char *which, struct se_report *report)
{
    char name[256];
    int status = name_of_arch(name, sizeof name, arch_path, report);

    if (status == SE_OK)
        status = se_model_shipped(path, size, name, report);
    return status == SE_OK ? check_shipped_epoch(path, which, report) : status;
}

/* The checkpoint of the net that an nn_arch file describes. */
static int find_checkpoint(char *path, size_t size, const char *arch_path,
                           const char *which, struct se_report *report)
{
    char name[256], folder[4096];
    int status = name_of_arch(name, sizeof name, arch_path, report);

    if (status == SE_OK)
        status = find_folder(folder, sizeof folder, name, report);
    if (status == SE_OK)
        status = se_model_checkpoint(path, size, folder, which, report);
    if (status == SE_ERR_IO && take_shipped(path, size, folder, name, which))
        status = SE_OK;
    return status;
}

int se_model_load(struct se_model *model, const char *arch_name,
                  const char *which, struct se_report *report)
{
    const int is_shipped = se_shipped_name(arch_name) != NULL;
    struct se_arch arch;
    char arch_path[4096], path[4096];
    int status = se_arch_find(arch_path, sizeof arch_path, arch_name, report);

    memset(model, 0, sizeof *model);
    if (status == SE_OK)
        status = se_arch_read(&arch, arch_path, report);
    if (status == SE_OK)
        status = se_arch_check_mask(&arch, arch_path, SE_BINS, report);
    if (status == SE_OK)
        status = (is_shipped ? find_shipped : find_checkpoint)(
            path, sizeof path, arch_path, which, report);
    if (status == SE_OK)
        status = se_model_read_as(
            model, path, &(struct se_model_net){&arch, arch_path}, report);
    return status;
}

int se_model_find(char *path, size_t size, const char *name,
                  struct se_report *report)
{
    const char *shipped = se_shipped_name(name);
    char found[4096];
    struct stat info;
    int status;

    if (shipped)
        return se_model_shipped(path, size, shipped, report);
    status = find_folder(found, sizeof found, name, report);
    if (status != SE_OK)
        return status;
    if (stat(found, &info) == 0 && S_ISDIR(info.st_mode))
        return se_model_checkpoint(path, size, found, "best", report);
    snprintf(path, size, "%s", found);
    return SE_OK;
}

int se_model_open(struct se_model *model, const char *name,
                  const char *arch_name, const char *which,
                  struct se_report *report)
{
    char path[4096];
    int status;

    if (!name)
        return se_model_load(model, arch_name, which, report);
    memset(model, 0, sizeof *model);
    status = se_model_find(path, sizeof path, name, report);
    return status == SE_OK ? se_model_read(model, path, report) : status;
}
