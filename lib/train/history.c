/* history.c - history.jsonl. */
#include "train/history.h"

#include "base/file.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_HISTORY_BYTES = 1 << 26 };

static int write_line(FILE *stream, const struct se_train_epoch *epoch)
{
    cJSON *line = cJSON_CreateObject();
    char *text = NULL;

    cJSON_AddNumberToObject(line, "epoch", epoch->epoch);
    cJSON_AddNumberToObject(line, "train_loss", epoch->train_loss);
    cJSON_AddNumberToObject(line, "valid_loss", epoch->valid_loss);
    cJSON_AddNumberToObject(line, "valid_si_sdr_db", epoch->valid_si_sdr_db);
    cJSON_AddNumberToObject(line, "noisy_si_sdr_db", epoch->noisy_si_sdr_db);
    cJSON_AddNumberToObject(line, "learning_rate", epoch->learning_rate);
    cJSON_AddNumberToObject(line, "frames", epoch->frames);
    cJSON_AddNumberToObject(line, "seconds", epoch->seconds);
    cJSON_AddBoolToObject(line, "best", epoch->is_best);
    if (epoch->init)
        cJSON_AddStringToObject(line, "init", epoch->init);
    text = cJSON_PrintUnformatted(line);
    cJSON_Delete(line);
    if (!text)
        return 0;
    fprintf(stream, "%s\n", text);
    cJSON_free(text);
    return 1;
}

/* Copies the lines of earlier epochs; what is not such a line is dropped. */
static void copy_earlier(FILE *stream, char *lines, int epoch)
{
    char *rest = NULL;

    for (char *line = strtok_r(lines, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        cJSON *object = cJSON_Parse(line);
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, "epoch");

        if (cJSON_IsNumber(number) && number->valueint < epoch)
            fprintf(stream, "%s\n", line);
        cJSON_Delete(object);
    }
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
        copy_earlier(file.stream, lines, epoch->epoch);
    if (!write_line(file.stream, epoch)) {
        se_atomic_discard(&file);
        status = se_fail_memory(report, path);
    } else {
        status = se_atomic_commit(&file, report);
    }
    free(lines);
    return status;
}
