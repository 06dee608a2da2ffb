/* manifest.c - manifests, written and compared. */
#include "records/manifest.h"

#include "base/file.h"
#include "mix/mix_json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_MANIFEST_BYTES = 1 << 30 };

static const char FORMAT[] = "nnse features 2";

static cJSON *describe_corpus(const char *name, const struct se_corpus *corpus)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "name", name);
    cJSON_AddNumberToObject(object, "clips", corpus->n_clips);
    cJSON_AddNumberToObject(object, "seconds",
                            se_mix_json_decimal((float)corpus->seconds));
    cJSON_AddNumberToObject(object, "skipped", corpus->n_skipped);
    return object;
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
    cJSON_AddStringToObject(made, "format",
                            shards->format == SE_RECORD_PCM ? "pcm" : "pspec");
    cJSON_AddBoolToObject(made, "gzip", shards->gzip);
    se_mix_json_add(made, mixer);
    return made;
}

void se_manifest_path(char path[SE_MANIFEST_PATH], const char *folder, int part,
                      int n_parts)
{
    if (part)
        snprintf(path, SE_MANIFEST_PATH, "%s/part-%d-of-%d.json", folder, part,
                 n_parts);
    else
        snprintf(path, SE_MANIFEST_PATH, "%s/manifest.json", folder);
}

/* ---- reading and comparing ----------------------------------------------- */

/* That `name` was made as `was` and not as `is`; NULL: not at all. */
static int differ(const char *name, const cJSON *was, const cJSON *is,
                  const char *path, struct se_report *report)
{
    char *before = was ? cJSON_PrintUnformatted(was) : NULL;
    char *now = is ? cJSON_PrintUnformatted(is) : NULL;
    int status =
        se_fail(report, SE_ERR_ARG,
                "%s: made with %s %.100s, now %.100s: take another "
                "folder or the same options",
                path, name, before ? before : "unknown", now ? now : "without");

    free(before);
    free(now);
    return status;
}

int se_manifest_compare(const cJSON *before, const cJSON *now, const char *path,
                        struct se_report *report)
{
    const char *name = se_mix_json_difference(before, now);

    if (!name)
        return SE_OK;
    return differ(name, cJSON_GetObjectItemCaseSensitive(before, name),
                  cJSON_GetObjectItemCaseSensitive(now, name), path, report);
}

int se_manifest_read(cJSON **out, const cJSON **made, const char *path,
                     struct se_report *report)
{
    size_t n_bytes;
    char *text;
    int status =
        se_read_file(&text, &n_bytes, path, MAX_MANIFEST_BYTES, report);

    *out = NULL;
    if (status != SE_OK)
        return status;

    cJSON *manifest = cJSON_ParseWithLength(text, n_bytes);
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(manifest, "format");

    free(text);
    *made = cJSON_GetObjectItemCaseSensitive(manifest, "made");
    if (cJSON_IsString(format) && strcmp(format->valuestring, FORMAT) == 0 &&
        cJSON_IsObject(*made)) {
        *out = manifest;
        return SE_OK;
    }
    if (cJSON_IsString(format))
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: of format \"%.60s\", expected \"%s\": made by "
                         "another version, take another folder",
                         path, format->valuestring, FORMAT);
    else
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: not a manifest of format \"%s\"", path, FORMAT);
    cJSON_Delete(manifest);
    return status;
}

static int check_one(const struct se_shards *shards, const char *path,
                     struct se_report *report)
{
    const cJSON *made;
    cJSON *manifest;
    int status = se_manifest_read(&manifest, &made, path, report);

    if (status != SE_OK)
        return status;

    cJSON *now = describe(shards);

    status = now ? se_manifest_compare(made, now, path, report)
                 : se_fail_memory(report, path);
    cJSON_Delete(now);
    cJSON_Delete(manifest);
    return status;
}

static int add_name(struct se_manifest_names *found, int part, int n_parts)
{
    size_t size = ((size_t)found->n + 1) * sizeof *found->names;
    void *names = realloc(found->names, size);

    if (!names)
        return -1;
    found->names = names;
    found->names[found->n].part = part;
    found->names[found->n].n_parts = n_parts;
    found->n++;
    return 0;
}

int se_manifest_find_parts(struct se_manifest_names *found, const char *folder,
                           struct se_report *report)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    int status = SE_OK;

    *found = (struct se_manifest_names){0};
    if (!directory)
        return se_fail_errno(report, folder, "cannot open");
    while (status == SE_OK && (entry = readdir(directory))) {
        int part, n_parts, end = 0;

        sscanf(entry->d_name, "part-%d-of-%d.json%n", &part, &n_parts, &end);
        if (end > 0 && entry->d_name[end] == '\0' && part >= 1 &&
            part <= n_parts && add_name(found, part, n_parts) != 0)
            status = se_fail_memory(report, folder);
    }
    closedir(directory);
    if (status != SE_OK)
        se_manifest_names_free(found);
    return status;
}

void se_manifest_names_free(struct se_manifest_names *names)
{
    free(names->names);
    *names = (struct se_manifest_names){0};
}

void se_manifest_remove_parts(const char *folder)
{
    struct se_manifest_names parts;
    char path[SE_MANIFEST_PATH];

    if (se_manifest_find_parts(&parts, folder, NULL) != SE_OK)
        return;
    for (int i = 0; i < parts.n; i++) {
        se_manifest_path(path, folder, parts.names[i].part,
                         parts.names[i].n_parts);
        unlink(path);
    }
    se_manifest_names_free(&parts);
}

static int check_parts(const struct se_shards *shards, struct se_report *report)
{
    struct se_manifest_names parts;
    char path[SE_MANIFEST_PATH];
    int status = se_manifest_find_parts(&parts, shards->folder, report);

    for (int i = 0; i < parts.n && status == SE_OK; i++) {
        int n_parts = parts.names[i].n_parts;

        se_manifest_path(path, shards->folder, parts.names[i].part, n_parts);
        if (shards->n_parts && n_parts != shards->n_parts)
            status = se_fail(report, SE_ERR_ARG,
                             "%s: the folder is made in %d parts, not in %d",
                             path, n_parts, shards->n_parts);
        else
            status = check_one(shards, path, report);
    }
    se_manifest_names_free(&parts);
    return status;
}

int se_manifest_check(const struct se_shards *shards, struct se_report *report)
{
    char path[SE_MANIFEST_PATH];
    int status = SE_OK;

    se_manifest_path(path, shards->folder, 0, 0);
    if (access(path, F_OK) == 0)
        status = check_one(shards, path, report);
    return status == SE_OK ? check_parts(shards, report) : status;
}

/* ---- writing ------------------------------------------------------------- */

cJSON *se_manifest_start(cJSON *made, int n_shards, int frames_per_record,
                         int complete)
{
    cJSON *manifest = cJSON_CreateObject();

    cJSON_AddStringToObject(manifest, "format", FORMAT);
    cJSON_AddItemToObject(manifest, "made", made);
    cJSON_AddNumberToObject(manifest, "shards", n_shards);
    cJSON_AddNumberToObject(manifest, "frames_per_record", frames_per_record);
    cJSON_AddBoolToObject(manifest, "complete", complete);
    return manifest;
}

void se_manifest_add_crc(cJSON *list, uint32_t crc)
{
    char text[16];

    snprintf(text, sizeof text, "%08x", crc);
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

int se_manifest_save(cJSON *manifest, const char *path,
                     struct se_report *report)
{
    char *text = cJSON_Print(manifest);
    struct se_atomic_file file;

    cJSON_Delete(manifest);
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

static void add_skipped(cJSON *manifest, const struct se_mixer *mixer)
{
    const struct se_corpus *corpora[] = {mixer->speech, mixer->noise};
    cJSON *list = cJSON_AddArrayToObject(manifest, "skipped");

    for (int i = 0; i < 2; i++)
        for (int j = 0; j < corpora[i]->n_skipped; j++)
            cJSON_AddItemToArray(list,
                                 cJSON_CreateString(corpora[i]->reasons[j]));
}

int se_manifest_write(const struct se_shards *shards, const uint32_t *crcs,
                      const struct se_statistics *statistics,
                      struct se_report *report)
{
    char path[SE_MANIFEST_PATH];
    cJSON *manifest =
        se_manifest_start(describe(shards), shards->n_shards,
                          se_shards_frames(shards, NULL), crcs != NULL);

    add_skipped(manifest, shards->mixer);
    if (shards->part) {
        cJSON_AddNumberToObject(manifest, "part", shards->part);
        cJSON_AddNumberToObject(manifest, "parts", shards->n_parts);
    }
    if (crcs) {
        cJSON *list = cJSON_AddArrayToObject(manifest, "crc32c");

        for (int i = 0; i < se_shards_count(shards); i++)
            se_manifest_add_crc(list, crcs[i]);
    }
    if (shards->part && statistics)
        cJSON_AddItemToObject(manifest, "statistics",
                              se_statistics_to_json(statistics, 17));
    se_manifest_path(path, shards->folder, shards->part, shards->n_parts);
    return se_manifest_save(manifest, path, report);
}
