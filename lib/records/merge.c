/* merge.c - parts of a set, checked and put together. */
#include "records/merge.h"

#include "encoding/crc32c.h"
#include "files/lock.h"
#include "records/manifest_private.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct merge {
    const char *folder;
    int n_parts, n_shards;
    int is_merged;  /* the one part is the manifest of the whole */
    cJSON **parts;  /* [n_parts] manifests */
    uint32_t *crcs; /* [n_shards] by number, as the parts have them */
    struct se_statistics statistics;
    const struct se_ticker *progress;

    pthread_mutex_t mutex; /* guards what follows, and progress */
    int n_checked;
    int n_bad, first_bad; /* shards that are missing or damaged; lowest */
    int stopped;
    struct se_report report; /* of the lowest */
};

/* ---- the parts' manifests ------------------------------------------------ */

/* A number of a manifest: its name, and the most that it can be. */
struct count {
    const char *key;
    int most;
};

static const struct count shards = {"shards", SE_SHARDS_MAX};
static const struct count frames_per_record = {"frames_per_record", INT_MAX};

static int get_count(int *value, const cJSON *manifest,
                     const struct count *count, const char *path,
                     struct se_report *report)
{
    if (se_json_get_count(value, manifest, count->key, count->most) == SE_OK)
        return SE_OK;
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: \"%s\": expected a whole number from 1 to %d", path,
                   count->key, count->most);
}

static int read_part(struct merge *merge, int part, struct se_report *report)
{
    char path[SE_MANIFEST_PATH];
    const cJSON *made, *first;
    cJSON **manifest = &merge->parts[part - 1];
    int n_shards;

    se_manifest_path(path, merge->folder, part, merge->n_parts);
    if (access(path, F_OK) != 0)
        return se_fail(report, SE_ERR_IO,
                       "%s: part %d of %d is missing: make it with --shard "
                       "%d/%d",
                       merge->folder, part, merge->n_parts, part,
                       merge->n_parts);

    int status = se_manifest_read(manifest, &made, path, report);

    if (status != SE_OK)
        return status;
    if (!cJSON_IsTrue(se_json_at(*manifest, "complete")))
        return se_fail(report, SE_ERR_IO,
                       "%s: part %d of %d is not complete: go on with --shard "
                       "%d/%d",
                       merge->folder, part, merge->n_parts, part,
                       merge->n_parts);
    if (part == 1)
        return get_count(&merge->n_shards, *manifest, &shards, path, report);
    first = se_json_at(merge->parts[0], "made");
    status = se_manifest_compare(first, made, path, report);
    if (status == SE_OK)
        status = get_count(&n_shards, *manifest, &shards, path, report);
    if (status == SE_OK && n_shards != merge->n_shards)
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: a part of %d mixtures, expected %d as in part 1",
                         path, n_shards, merge->n_shards);
    return status;
}

/* Spreads the checksums of a part over those of all shards. */
static int take_crcs(struct merge *merge, int part, const char *path,
                     struct se_report *report)
{
    const cJSON *list = se_json_at(merge->parts[part - 1], "crc32c");
    const cJSON *item = cJSON_IsArray(list) ? list->child : NULL;

    for (int i = part - 1; i < merge->n_shards; i += merge->n_parts) {
        if (!cJSON_IsString(item) ||
            sscanf(item->valuestring, "%8x", &merge->crcs[i]) != 1)
            return se_fail(report, SE_ERR_FORMAT, "%s: no checksum of shard %d",
                           path, i);
        item = item->next;
    }
    return SE_OK;
}

/* Its checksums and its statistics. */
static int take_part(struct merge *merge, int part, struct se_report *report)
{
    const cJSON *stated = se_json_at(merge->parts[part - 1], "statistics");
    struct se_statistics statistics = {0};
    char path[SE_MANIFEST_PATH];

    se_manifest_path(path, merge->folder, part, merge->n_parts);

    int status = take_crcs(merge, part, path, report);

    if (status == SE_OK)
        status = se_statistics_from_json(&statistics, stated, path, report);
    if (status == SE_OK)
        se_statistics_merge(&merge->statistics, &statistics);
    return status;
}

static int start_parts(struct merge *merge, int n, struct se_report *report)
{
    merge->parts = calloc((size_t)n, sizeof *merge->parts);
    if (!merge->parts)
        return se_fail_memory(report, "the parts");
    merge->n_parts = n;
    return SE_OK;
}

static int start_shards(struct merge *merge, struct se_report *report)
{
    merge->crcs = calloc((size_t)merge->n_shards, sizeof *merge->crcs);
    return merge->crcs ? SE_OK : se_fail_memory(report, "the checksums");
}

static int read_parts(struct merge *merge, struct se_report *report)
{
    int status = SE_OK;

    for (int part = 1; part <= merge->n_parts && status == SE_OK; part++)
        status = read_part(merge, part, report);
    if (status == SE_OK)
        status = start_shards(merge, report);
    for (int part = 1; part <= merge->n_parts && status == SE_OK; part++)
        status = take_part(merge, part, report);
    return status;
}

/* ---- the shards ---------------------------------------------------------- */

static int check_shard(const struct merge *merge, int number,
                       struct se_report *report)
{
    char path[SE_SHARDS_PATH];
    uint32_t crc;

    se_shards_path(path, merge->folder, number);

    int status = se_crc32c_file(&crc, path, report);

    if (status == SE_OK && crc != merge->crcs[number])
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: checksum %08x, expected %08x: damaged", path, crc,
                         merge->crcs[number]);
    return status;
}

static void do_check(void *context, int number, int worker)
{
    struct merge *merge = context;
    struct se_report report;

    (void)worker;
    pthread_mutex_lock(&merge->mutex);

    int stopped = merge->stopped;

    pthread_mutex_unlock(&merge->mutex);
    if (stopped)
        return;

    int status = check_shard(merge, number, &report);

    pthread_mutex_lock(&merge->mutex);
    merge->n_bad += status != SE_OK;
    if (status != SE_OK && number < merge->first_bad) {
        merge->first_bad = number;
        merge->report = report;
    }
    merge->n_checked++;
    if (se_ticker_tick(merge->progress, merge->n_checked, merge->n_shards))
        merge->stopped = 1;
    pthread_mutex_unlock(&merge->mutex);
}

static int check_shards(struct merge *merge, struct se_pool *pool,
                        struct se_report *report)
{
    char how[64] = "the command that made the set";

    merge->first_bad = merge->n_shards;
    se_pool_run(pool, merge->n_shards, do_check, merge);
    if (merge->stopped)
        return se_fail(report, SE_ERR_STOPPED, "interrupted: merge again");
    if (!merge->is_merged)
        snprintf(how, sizeof how, "--shard %d/%d",
                 merge->first_bad % merge->n_parts + 1, merge->n_parts);
    if (merge->n_bad > 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%d of %d shards are missing or damaged; the first: "
                       "%.400s: make it again with %s",
                       merge->n_bad, merge->n_shards, merge->report.text, how);
    return SE_OK;
}

/* ---- the whole ----------------------------------------------------------- */

static int write_manifest(const struct merge *merge, const char *path,
                          struct se_report *report)
{
    const cJSON *first = merge->parts[0];
    struct se_json json = se_json_start();
    int n_frames = 0;
    int status = get_count(&n_frames, first, &frames_per_record, path, report);

    se_manifest_add_format(&json);
    se_json_add_copy(&json, json.root, "made", se_json_at(first, "made"));
    se_manifest_add_size(&json, merge->n_shards, n_frames, 1);
    se_json_add_copy(&json, json.root, "skipped", se_json_at(first, "skipped"));
    se_manifest_add_crcs(&json, merge->crcs, merge->n_shards);
    if (status == SE_OK)
        return se_json_save(&json, path, report);
    se_json_drop(&json);
    return status;
}

static int write_merged(const struct merge *merge, struct se_report *report)
{
    char path[SE_MANIFEST_PATH];

    snprintf(path, sizeof path, "%s/statistics.json", merge->folder);

    int status = se_statistics_write(&merge->statistics, path, report);

    if (status != SE_OK)
        return status;
    se_manifest_path(path, merge->folder, 0, 0);
    status = write_manifest(merge, path, report);
    if (status == SE_OK)
        status = se_manifest_remove_parts(merge->folder, report);
    return status;
}

/* Without parts there must be a complete manifest already. */
static int read_merged(struct merge *merge, struct se_report *report)
{
    char path[SE_MANIFEST_PATH];
    const cJSON *made;

    se_manifest_path(path, merge->folder, 0, 0);
    if (access(path, F_OK) != 0)
        return se_fail(report, SE_ERR_IO,
                       "%s: nothing to merge: no part-*-of-*.json in it",
                       merge->folder);
    merge->is_merged = 1;

    int status = start_parts(merge, 1, report);

    if (status == SE_OK)
        status = se_manifest_read(&merge->parts[0], &made, path, report);
    if (status == SE_OK &&
        !cJSON_IsTrue(se_json_at(merge->parts[0], "complete")))
        status = se_fail(report, SE_ERR_IO,
                         "%s: not complete, and without parts to merge", path);
    if (status == SE_OK)
        status =
            get_count(&merge->n_shards, merge->parts[0], &shards, path, report);
    if (status == SE_OK)
        status = start_shards(merge, report);
    if (status == SE_OK)
        status = take_crcs(merge, 1, path, report);
    return status;
}

/* How many shards the set of a manifest has; 0: it is not complete, or not
 * there. */
static int complete_shards(const char *folder, int part, int n_parts)
{
    char path[SE_MANIFEST_PATH];
    const cJSON *made;
    cJSON *manifest;
    int n;

    se_manifest_path(path, folder, part, n_parts);
    if (access(path, F_OK) != 0 ||
        se_manifest_read(&manifest, &made, path, NULL) != SE_OK)
        return 0;
    if (!cJSON_IsTrue(se_json_at(manifest, "complete")) ||
        get_count(&n, manifest, &shards, path, NULL) != SE_OK)
        n = 0;
    cJSON_Delete(manifest);
    return n;
}

/* Whether the set was merged, and the merge killed while it removed parts: not
 * where these are of a larger set. */
static int was_merged(const char *folder, const struct se_manifest_names *names)
{
    int n_whole = complete_shards(folder, 0, 0);

    return n_whole > 0 && names->n > 0 && names->n < names->names[0].n_parts &&
           n_whole == complete_shards(folder, names->names[0].part,
                                      names->names[0].n_parts);
}

static int find_parts(struct merge *merge, struct se_report *report)
{
    struct se_manifest_names names;
    int status = se_manifest_find_parts(&names, merge->folder, report);

    if (status != SE_OK)
        return status;
    for (int i = 1; i < names.n && status == SE_OK; i++)
        if (names.names[i].n_parts != names.names[0].n_parts)
            status = se_fail(
                report, SE_ERR_FORMAT, "%s: holds parts of %d and parts of %d",
                merge->folder, names.names[0].n_parts, names.names[i].n_parts);
    if (status == SE_OK && names.n > 0 && !was_merged(merge->folder, &names))
        status = start_parts(merge, names.names[0].n_parts, report);
    se_manifest_names_free(&names);
    return status;
}

static int merge_locked(struct merge *merge, struct se_merge_result *result,
                        struct se_pool *pool, struct se_report *report)
{
    int status = find_parts(merge, report);

    if (status == SE_OK)
        status = merge->n_parts ? read_parts(merge, report)
                                : read_merged(merge, report);
    if (status == SE_OK)
        status = check_shards(merge, pool, report);
    if (status == SE_OK && !merge->is_merged)
        status = write_merged(merge, report);
    else if (status == SE_OK)
        status = se_manifest_remove_parts(merge->folder, report);
    result->n_parts = merge->is_merged ? 0 : merge->n_parts;
    result->n_shards = merge->n_shards;
    return status;
}

int se_shards_merge(struct se_merge_result *result, const char *folder,
                    struct se_pool *pool, const struct se_ticker *progress,
                    struct se_report *report)
{
    struct merge merge = {
        .folder = folder,
        .progress = progress,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
    };
    struct se_lock lock;
    char path[SE_MANIFEST_PATH];

    *result = (struct se_merge_result){0};
    if (access(folder, F_OK) != 0)
        return se_fail_errno(report, folder, "cannot open");
    snprintf(path, sizeof path, "%.4200s/.lock", folder);

    int status = se_lock_take(&lock, path, 0, folder, report);

    if (status != SE_OK)
        return status;
    status = merge_locked(&merge, result, pool, report);
    for (int i = 0; merge.parts && i < merge.n_parts; i++)
        cJSON_Delete(merge.parts[i]);
    free(merge.parts);
    free(merge.crcs);
    se_lock_release(&lock);
    return status;
}
