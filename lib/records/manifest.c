/* manifest.c - manifests, written and compared. */
#include "records/manifest_private.h"

#include "mix/mix_json.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char FORMAT[] = "nnse features 2";

/* A checksum for each shard, a reason for each file that was skipped. */
static const struct se_json_limits limits = {
    .n_bytes = 1 << 30, .depth = 5, .n_commas = 2 * SE_SHARDS_MAX};

static void add_corpus(struct se_json *json, cJSON *made, const char *key,
                       const char *name, const struct se_corpus *corpus)
{
    cJSON *object = se_json_add_object(json, made, key);

    se_json_add_text(json, object, "name", name);
    se_json_add_number(json, object, "clips", corpus->n_clips);
    se_json_add_number(json, object, "seconds",
                       se_json_decimal((float)corpus->seconds));
    se_json_add_number(json, object, "skipped", corpus->n_skipped);
}

/* All that the bytes of a shard depend on. */
static void describe(struct se_json *json, cJSON *made,
                     const struct se_shards *shards)
{
    const struct se_mixer *mixer = shards->mixer;

    se_json_add_number(json, made, "seed", (double)shards->seed);
    add_corpus(json, made, "speech", shards->speech_name, mixer->speech);
    add_corpus(json, made, "noise", shards->noise_name, mixer->noise);
    se_json_add_number(json, made, "records_per_file", shards->n_records);
    se_json_add_text(json, made, "format",
                     shards->format == SE_RECORD_PCM ? "pcm" : "pspec");
    se_json_add_bool(json, made, "gzip", shards->gzip);
    se_mix_json_add(json, made, &mixer->config);
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

int se_manifest_compare(const cJSON *before, const cJSON *now, const char *path,
                        struct se_report *report)
{
    struct se_json_difference difference;

    if (!se_json_differ(&difference, before, now, "without"))
        return SE_OK;
    return se_fail(report, SE_ERR_ARG,
                   "%s: made with %s %s, now %s: take another folder or the "
                   "same options",
                   path, difference.name, difference.was, difference.is);
}

int se_manifest_read(cJSON **out, const cJSON **made, const char *path,
                     struct se_report *report)
{
    const char *format = NULL;
    cJSON *manifest;
    int status = se_json_read(&manifest, path, &limits, report);

    *out = NULL;
    *made = se_json_at(manifest, "made");
    se_json_get_text(&format, manifest, "format");
    if (status == SE_OK && format && strcmp(format, FORMAT) == 0 &&
        cJSON_IsObject(*made)) {
        *out = manifest;
        return SE_OK;
    }
    if (format)
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: of format \"%.60s\", expected \"%s\": made by "
                         "another version, take another folder",
                         path, format, FORMAT);
    else if (status == SE_OK || status == SE_ERR_FORMAT)
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

    struct se_json now = se_json_start();

    describe(&now, now.root, shards);
    status = now.failed ? se_fail_memory(report, path)
                        : se_manifest_compare(made, now.root, path, report);
    se_json_drop(&now);
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
    for (errno = 0; status == SE_OK && (entry = readdir(directory));
         errno = 0) {
        int part, n_parts, end = 0;

        sscanf(entry->d_name, "part-%d-of-%d.json%n", &part, &n_parts, &end);
        if (end > 0 && entry->d_name[end] == '\0' && part >= 1 &&
            part <= n_parts && add_name(found, part, n_parts) != 0)
            status = se_fail_memory(report, folder);
    }
    if (status == SE_OK && errno)
        status = se_fail_errno(report, folder, "cannot list");
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

int se_manifest_remove_parts(const char *folder, struct se_report *report)
{
    struct se_manifest_names parts;
    char path[SE_MANIFEST_PATH];
    int status = se_manifest_find_parts(&parts, folder, report);

    for (int i = 0; i < parts.n; i++) {
        se_manifest_path(path, folder, parts.names[i].part,
                         parts.names[i].n_parts);
        if (unlink(path) != 0 && errno != ENOENT && status == SE_OK)
            status = se_fail_errno(report, path, "cannot remove");
    }
    se_manifest_names_free(&parts);
    return status;
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

void se_manifest_add_format(struct se_json *json)
{
    se_json_add_text(json, json->root, "format", FORMAT);
}

void se_manifest_add_size(struct se_json *json, int n_shards,
                          int frames_per_record, int is_complete)
{
    se_json_add_number(json, json->root, "shards", n_shards);
    se_json_add_number(json, json->root, "frames_per_record",
                       frames_per_record);
    se_json_add_bool(json, json->root, "complete", is_complete);
}

void se_manifest_add_crcs(struct se_json *json, const uint32_t *crcs, int n)
{
    cJSON *list = se_json_add_array(json, json->root, "crc32c");
    char text[16];

    for (int i = 0; i < n; i++) {
        snprintf(text, sizeof text, "%08x", crcs[i]);
        se_json_add_text(json, list, NULL, text);
    }
}

static void add_skipped(struct se_json *json, const struct se_mixer *mixer)
{
    const struct se_corpus *corpora[] = {mixer->speech, mixer->noise};
    cJSON *list = se_json_add_array(json, json->root, "skipped");

    for (int i = 0; i < 2; i++)
        for (int j = 0; j < corpora[i]->n_skipped; j++)
            se_json_add_text(json, list, NULL, corpora[i]->reasons[j]);
}

int se_manifest_write(const struct se_shards *shards, const uint32_t *crcs,
                      const struct se_statistics *statistics,
                      struct se_report *report)
{
    struct se_json json = se_json_start();
    char path[SE_MANIFEST_PATH];

    se_manifest_add_format(&json);
    describe(&json, se_json_add_object(&json, json.root, "made"), shards);
    se_manifest_add_size(&json, shards->n_shards,
                         se_shards_frames(shards, NULL), crcs != NULL);
    add_skipped(&json, shards->mixer);
    if (shards->part) {
        se_json_add_number(&json, json.root, "part", shards->part);
        se_json_add_number(&json, json.root, "parts", shards->n_parts);
    }
    if (crcs)
        se_manifest_add_crcs(&json, crcs, se_shards_count(shards));
    if (shards->part && statistics)
        se_statistics_to_json(
            &json, se_json_add_object(&json, json.root, "statistics"),
            statistics, 17);
    se_manifest_path(path, shards->folder, shards->part, shards->n_parts);
    return se_json_save(&json, path, report);
}
