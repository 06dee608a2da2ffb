/* history.c - history.jsonl. */
#include "train/history.h"

#include "encoding/json.h"
#include "files/atomic.h"
#include "files/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_HISTORY_BYTES = 1 << 26 };

static int write_line(FILE *stream, const struct se_train_epoch *epoch)
{
    struct se_json json = se_json_start();
    const struct {
        const char *key;
        double value;
    } numbers[] = {
        {"epoch", epoch->epoch},
        {"train_loss", epoch->train_loss},
        {"valid_loss", epoch->valid_loss},
        {"valid_si_sdr_db", epoch->valid_si_sdr_db},
        {"noisy_si_sdr_db", epoch->noisy_si_sdr_db},
        {"learning_rate", epoch->learning_rate},
        {"frames", epoch->frames},
        {"seconds", epoch->seconds},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        se_json_add_number(&json, json.root, numbers[i].key, numbers[i].value);
    if (!isnan(epoch->valid_pesq_wb_aligned))
        se_json_add_number(&json, json.root, "valid_pesq_wb_aligned",
                           epoch->valid_pesq_wb_aligned);
    se_json_add_bool(&json, json.root, "best", epoch->is_best);
    if (epoch->init)
        se_json_add_text(&json, json.root, "init", epoch->init);
    if (epoch->teacher) {
        se_json_add_text(&json, json.root, "teacher", epoch->teacher);
        se_json_add_number(&json, json.root, "teacher_share",
                           epoch->teacher_share);
    }

    char *text = se_json_line(&json);

    if (!text)
        return 0;
    fprintf(stream, "%s\n", text);
    free(text);
    return 1;
}

/* The epoch of a line; 0: it is of none, -1: no memory to tell. */
static int epoch_of(const char *line, const char *path)
{
    cJSON *object;
    int epoch = 0;

    if (se_json_parse_line(&object, line, path, NULL) == SE_ERR_MEMORY)
        return -1;

    const cJSON *number = se_json_at(object, "epoch");

    if (cJSON_IsNumber(number) && number->valueint > 0)
        epoch = number->valueint;
    cJSON_Delete(object);
    return epoch;
}

static int check_lines(char *lines, const char *path, struct se_report *report)
{
    int number = 1;

    for (char *line = lines, *end; (end = strchr(line, '\n'));
         line = end + 1, number++) {
        *end = '\0';

        int epoch = epoch_of(line, path);

        if (epoch < 0)
            return se_fail_memory(report, path);
        if (epoch == 0)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s:%d: expected a JSON object with an epoch", path,
                           number);
    }
    return SE_OK;
}

int se_history_check(const char *folder, struct se_report *report)
{
    char path[1024], *lines;
    size_t n_bytes;

    snprintf(path, sizeof path, "%s/history.jsonl", folder);
    if (access(path, F_OK) != 0)
        return SE_OK;

    int status =
        se_read_file(&lines, &n_bytes, path, MAX_HISTORY_BYTES, report);

    if (status == SE_OK && strlen(lines) != n_bytes)
        status = se_fail(report, SE_ERR_FORMAT, "%s: not a text file", path);
    if (status == SE_OK)
        status = check_lines(lines, path, report);
    free(lines);
    return status;
}

/* Copies the lines of earlier epochs; what is not such a line is dropped. */
static int copy_earlier(FILE *stream, char *lines, int epoch, const char *path,
                        struct se_report *report)
{
    char *rest = NULL;

    for (char *line = strtok_r(lines, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        int number = epoch_of(line, path);

        if (number < 0)
            return se_fail_memory(report, path);
        if (number > 0 && number < epoch)
            fprintf(stream, "%s\n", line);
    }
    return SE_OK;
}

int se_history_add(const char *folder, const struct se_train_epoch *epoch,
                   struct se_report *report)
{
    char path[1024], *lines = NULL;
    size_t n_bytes;
    struct se_atomic_file file;
    int status = SE_OK;

    snprintf(path, sizeof path, "%s/history.jsonl", folder);
    if (access(path, F_OK) == 0)
        status =
            se_read_file(&lines, &n_bytes, path, MAX_HISTORY_BYTES, report);
    if (status == SE_OK)
        status = se_atomic_open(&file, path, report);
    if (status != SE_OK) {
        free(lines);
        return status;
    }
    if (lines)
        status = copy_earlier(file.stream, lines, epoch->epoch, path, report);
    if (status == SE_OK && !write_line(file.stream, epoch))
        status = se_fail_memory(report, path);
    if (status == SE_OK)
        status = se_atomic_commit(&file, report);
    se_atomic_discard(&file);
    free(lines);
    return status;
}
