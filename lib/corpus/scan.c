/* scan.c - what the headers and the names of sound files tell. */
#include "corpus/scan.h"

#include "audio/endings.h"
#include "audio/sound.h"
#include "base/path.h"
#include "corpus/list.h"
#include "corpus/speaker.h"

#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 256 };

struct header {
    double seconds; /* -1: not to be opened */
    int rate_hz, channels;
    char *reason;
};

struct scanning {
    const struct se_list *list;
    struct header *headers; /* [list->n] */
    void (*progress)(void *context, int done, int total);
    void *context;

    pthread_mutex_t mutex; /* guards what follows, and progress() */
    int n_done;
};

/* ---- speakers ------------------------------------------------------------ */

static void match_speaker(char *speaker, size_t size, const char *path,
                          const regex_t *pattern)
{
    regmatch_t groups[2];

    speaker[0] = '\0';
    if (regexec(pattern, path, 2, groups, 0) == 0 && groups[1].rm_so >= 0)
        snprintf(speaker, size, "%.*s",
                 (int)(groups[1].rm_eo - groups[1].rm_so),
                 path + groups[1].rm_so);
}

/* ---- headers ------------------------------------------------------------- */

static void read_header(void *context, int index, int worker)
{
    struct scanning *scanning = context;
    struct header *header = &scanning->headers[index];
    struct se_sound_format format;
    struct se_sound_reader *reader;
    struct se_report report;

    (void)worker;
    header->seconds = -1;
    if (se_sound_open(&reader, &format, scanning->list->paths[index], NULL,
                      &report) == SE_OK) {
        header->rate_hz = format.rate_hz;
        header->channels = format.channels;
        header->seconds = (double)se_sound_length(reader) / format.rate_hz;
        se_sound_close(reader);
    } else {
        header->reason = strdup(report.text);
    }
    pthread_mutex_lock(&scanning->mutex);
    scanning->n_done++;
    if (scanning->progress)
        scanning->progress(scanning->context, scanning->n_done,
                           scanning->list->n);
    pthread_mutex_unlock(&scanning->mutex);
}

static int add_skipped(struct se_scan_result *result, char *reason,
                       struct se_report *report)
{
    size_t size = ((size_t)result->n_skipped + 1) * sizeof *result->reasons;
    char **reasons = realloc(result->reasons, size);

    if (!reasons)
        return se_fail_memory(report, "a manifest");
    result->reasons = reasons;
    reasons[result->n_skipped++] = reason;
    return SE_OK;
}

/* ---- folders ------------------------------------------------------------- */

/* Name of a folder, "." and the like resolved. */
static void folder_name(char *name, size_t size, const char *folder)
{
    char *whole = realpath(folder, NULL);
    const char *base = whole ? se_path_base(whole) : "";

    snprintf(name, size, "%s", base[0] ? base : folder);
    free(whole);
}

static int add_file(struct se_catalog *catalog, const struct se_scan *scan,
                    const regex_t *pattern, const char *set, const char *path,
                    const char *below, const struct header *header,
                    struct se_report *report)
{
    char speaker[NAME_BYTES] = "", kind[2 * NAME_BYTES];
    int is_noise = strcmp(scan->kind, "noise") == 0;
    int status = se_catalog_add(catalog, path, report);

    if (status != SE_OK)
        return status;

    struct se_entry *entry = &catalog->entries[catalog->n - 1];

    snprintf(kind, sizeof kind, "%s%s%s", scan->kind, is_noise ? ":" : "",
             is_noise ? set : "");
    entry->seconds = header->seconds;
    entry->rate_hz = header->rate_hz;
    entry->channels = header->channels;
    if (pattern)
        match_speaker(speaker, sizeof speaker, below, pattern);
    else if (strcmp(scan->kind, "speech") == 0)
        se_speaker_of_path(speaker, sizeof speaker, below);
    status = se_entry_set(&entry->speaker, speaker, report);
    if (status == SE_OK)
        status = se_entry_set(&entry->kind, kind, report);
    if (status == SE_OK)
        status = se_entry_set(&entry->set, set, report);
    return status;
}

static int add_files(struct se_catalog *catalog, struct se_scan_result *result,
                     const struct se_scan *scan, const regex_t *pattern,
                     const struct scanning *scanning, const char *folder,
                     struct se_report *report)
{
    size_t n_folder = strlen(folder);
    char set[NAME_BYTES];
    int status = SE_OK;

    folder_name(set, sizeof set, folder);
    for (int i = 0; i < scanning->list->n && status == SE_OK; i++) {
        const char *path = scanning->list->paths[i], *below = path;
        struct header *header = &scanning->headers[i];

        if (strncmp(path, folder, n_folder) == 0)
            below += n_folder + strspn(path + n_folder, "/");
        result->n_found++;
        if (header->seconds >= 0) {
            status =
                add_file(catalog, scan, pattern, scan->set ? scan->set : set,
                         path, below, header, report);
        } else {
            status = add_skipped(result, header->reason, report);
            header->reason = NULL;
        }
    }
    return status;
}

static int look_through(struct se_catalog *catalog,
                        struct se_scan_result *result,
                        const struct se_scan *scan, const regex_t *pattern,
                        struct scanning *scanning, const char *folder,
                        struct se_pool *pool, struct se_report *report)
{
    int n = scanning->list->n, status;

    scanning->headers = calloc((size_t)n + 1, sizeof *scanning->headers);
    if (!scanning->headers)
        return se_fail_memory(report, folder);
    se_pool_run(pool, n, read_header, scanning);
    status =
        add_files(catalog, result, scan, pattern, scanning, folder, report);
    for (int i = 0; i < n; i++)
        free(scanning->headers[i].reason);
    free(scanning->headers);
    return status;
}

int se_scan_check(const struct se_scan *scan, struct se_report *report)
{
    const char *kind = scan->kind;
    regex_t pattern;
    size_t n_groups;

    if (strcmp(kind, "speech") != 0 && strcmp(kind, "noise") != 0 &&
        (strncmp(kind, "noise:", 6) != 0 || !kind[6]))
        return se_fail(report, SE_ERR_ARG,
                       "kind '%s': expected speech, noise or noise:TYPE", kind);
    if (!scan->speaker)
        return SE_OK;
    if (regcomp(&pattern, scan->speaker, REG_EXTENDED) != 0)
        return se_fail(report, SE_ERR_ARG,
                       "speaker '%s': not an extended regular expression",
                       scan->speaker);
    n_groups = pattern.re_nsub;
    regfree(&pattern);
    return n_groups ? SE_OK
                    : se_fail(report, SE_ERR_ARG,
                              "speaker '%s': expected a group (in brackets) "
                              "that is the speaker",
                              scan->speaker);
}

int se_scan_folder(struct se_catalog *catalog, struct se_scan_result *result,
                   const struct se_scan *scan, const char *folder,
                   struct se_pool *pool,
                   void (*progress)(void *context, int done, int total),
                   void *context, struct se_report *report)
{
    regex_t pattern;
    struct se_list list;
    int status;

    if (scan->speaker && regcomp(&pattern, scan->speaker, REG_EXTENDED) != 0)
        return se_fail_memory(report, "the speakers");
    status = se_list_read(&list, folder, se_sound_endings, report);
    if (status == SE_OK) {
        struct scanning scanning = {.list = &list,
                                    .progress = progress,
                                    .context = context,
                                    .mutex = PTHREAD_MUTEX_INITIALIZER};

        status =
            look_through(catalog, result, scan, scan->speaker ? &pattern : NULL,
                         &scanning, folder, pool, report);
        se_list_free(&list);
    }
    if (scan->speaker)
        regfree(&pattern);
    return status;
}

void se_scan_result_free(struct se_scan_result *result)
{
    for (int i = 0; i < result->n_skipped; i++)
        free(result->reasons[i]);
    free(result->reasons);
    *result = (struct se_scan_result){0};
}
