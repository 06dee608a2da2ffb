/* manifest.c - manifest.json, written and compared. */
#include "data/manifest.h"

#include "base/file.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_MANIFEST_BYTES = 1 << 30 };

static const char FORMAT[] = "nnse features 1";

/* A float as the shortest decimal number that is the same float: 0.1, not
 * 0.10000000149. */
static double decimal(float value)
{
    char text[32];

    snprintf(text, sizeof text, "%.7g", (double)value);
    return strtod(text, NULL);
}

static cJSON *describe_corpus(const char *name, const struct se_corpus *corpus)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddNumberToObject(object, "clips", corpus->n_clips);
    cJSON_AddNumberToObject(object, "seconds", decimal((float)corpus->seconds));
    return object;
}

static void add_mix_config(cJSON *object, const struct se_mix_config *config)
{
    const struct {
        const char *name;
        float value;
    } numbers[] = {
        {"snr_jitter_db", config->snr_jitter_db},
        {"seconds", config->seconds},
        {"gap_max_seconds", config->gap_max_seconds},
        {"peak_min", config->peak_min},
        {"peak_max", config->peak_max},
        {"babble_chance", config->babble_chance},
        {"synthetic_chance", config->synthetic_chance},
        {"second_noise_chance", config->second_noise_chance},
        {"colour_chance", config->colour_chance},
        {"lowpass_chance", config->lowpass_chance},
    };
    cJSON *snrs = cJSON_AddArrayToObject(object, "snr_db");

    for (int i = 0; i < config->n_snrs; i++)
        cJSON_AddItemToArray(snrs,
                             cJSON_CreateNumber(decimal(config->snr_db[i])));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cJSON_AddNumberToObject(object, numbers[i].name,
                                decimal(numbers[i].value));
}

/* All that the bytes of a shard depend on. */
static cJSON *describe(const struct se_shards *shards)
{
    const struct se_mixer *mixer = shards->mixer;
    cJSON *made = cJSON_CreateObject();

    cJSON_AddNumberToObject(made, "seed", (double)shards->seed);
    cJSON_AddItemToObject(made, "speech",
                          describe_corpus(shards->speech_name, mixer->speech));
    cJSON_AddItemToObject(made, "noise",
                          describe_corpus(shards->noise_name, mixer->noise));
    cJSON_AddNumberToObject(made, "records_per_file", shards->n_records);
    cJSON_AddBoolToObject(made, "gzip", shards->gzip);
    add_mix_config(made, &mixer->config);
    return made;
}

static void manifest_path(char path[4200], const struct se_shards *shards)
{
    snprintf(path, 4200, "%s/manifest.json", shards->folder);
}

/* Tells how `now` differs from `before`; SE_OK if it does not. */
static int compare(const cJSON *before, const cJSON *now, const char *path,
                   struct se_report *report)
{
    for (const cJSON *item = now->child; item; item = item->next) {
        const cJSON *old =
            cJSON_GetObjectItemCaseSensitive(before, item->string);

        if (cJSON_Compare(old, item, 1))
            continue;

        char *was = old ? cJSON_PrintUnformatted(old) : NULL;
        char *is = cJSON_PrintUnformatted(item);
        int status = se_fail(
            report, SE_ERR_ARG,
            "%s: made with %s %.100s, now %.100s: take another "
            "folder or the same options",
            path, item->string, was ? was : "unknown", is ? is : "another");

        free(was);
        free(is);
        return status;
    }
    return SE_OK;
}

int se_manifest_check(const struct se_shards *shards, struct se_report *report)
{
    char path[4200], *text;
    size_t n_bytes;

    manifest_path(path, shards);
    if (access(path, F_OK) != 0)
        return SE_OK;

    int status =
        se_read_file(&text, &n_bytes, path, MAX_MANIFEST_BYTES, report);

    if (status != SE_OK)
        return status;

    cJSON *manifest = cJSON_ParseWithLength(text, n_bytes);
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(manifest, "format");
    const cJSON *made = cJSON_GetObjectItemCaseSensitive(manifest, "made");

    if (!cJSON_IsString(format) || strcmp(format->valuestring, FORMAT) != 0 ||
        !cJSON_IsObject(made)) {
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: not a manifest of format \"%s\"", path, FORMAT);
    } else {
        cJSON *now = describe(shards);

        status = now ? compare(made, now, path, report)
                     : se_fail_memory(report, path);
        cJSON_Delete(now);
    }
    cJSON_Delete(manifest);
    free(text);
    return status;
}

static char *print_manifest(const struct se_shards *shards,
                            const uint32_t *crcs)
{
    cJSON *manifest = cJSON_CreateObject();

    cJSON_AddStringToObject(manifest, "format", FORMAT);
    cJSON_AddItemToObject(manifest, "made", describe(shards));
    cJSON_AddNumberToObject(manifest, "shards", shards->n_shards);
    cJSON_AddNumberToObject(manifest, "frames_per_record",
                            se_shards_frames(shards, NULL));
    cJSON_AddBoolToObject(manifest, "complete", crcs != NULL);
    if (crcs) {
        cJSON *list = cJSON_AddArrayToObject(manifest, "crc32c");

        for (int i = 0; i < shards->n_shards; i++) {
            char text[16];

            snprintf(text, sizeof text, "%08x", crcs[i]);
            cJSON_AddItemToArray(list, cJSON_CreateString(text));
        }
    }

    char *text = cJSON_Print(manifest);

    cJSON_Delete(manifest);
    return text;
}

int se_manifest_write(const struct se_shards *shards, const uint32_t *crcs,
                      struct se_report *report)
{
    char path[4200], *text = print_manifest(shards, crcs);
    struct se_atomic_file file;

    manifest_path(path, shards);
    if (!text)
        return se_fail_memory(report, path);

    int status = se_atomic_open(&file, path, report);

    if (status == SE_OK) {
        /* A failed write is kept in the stream for the commit to find. */
        fprintf(file.stream, "%s\n", text);
        status = se_atomic_commit(&file, report);
    }
    free(text);
    return status;
}
