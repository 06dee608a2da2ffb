/* scan.c - what headers and names of sound files say. */
#include "corpus/scan.h"

#include "audio/extensions.h"
#include "audio/sound.h"
#include "corpus/list.h"
#include "corpus/speaker.h"
#include "files/path.h"

#include <errno.h>
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

/* A folder while it is scanned. */
struct scanning {
    const struct se_scan *scan;
    const regex_t *pattern; /* of speakers; NULL: by the layout */
    const char *folder;
    char set[NAME_BYTES];
    struct se_list list;
    struct header *headers; /* [list.n] */
    struct se_catalog *catalog;
    struct se_scan_result *result;

    pthread_mutex_t mutex; /* guards what follows, and progress */
    int n_done, fatal;     /* the latter: the machine's failure, if any, */
    struct se_report fatal_report;
};

/* ---- speakers ------------------------------------------------------------ */

/* "" where the pattern does not match, which the C library says without memory
 * as well. */
static int match_speaker(char *speaker, size_t size, const char *path,
                         const regex_t *pattern, struct se_report *report)
{
    regmatch_t groups[2];
    int result;

    errno = 0;
    result = regexec(pattern, path, 2, groups, 0);
    if (result != 0 && errno == ENOMEM)
        return se_fail_memory(report, "the speakers");
    speaker[0] = '\0';
    if (result == 0 && groups[1].rm_so >= 0)
        snprintf(speaker, size, "%.*s",
                 (int)(groups[1].rm_eo - groups[1].rm_so),
                 path + groups[1].rm_so);
    return SE_OK;
}

/* ---- headers ------------------------------------------------------------- */

static void read_header(void *context, int index, int worker)
{
    struct scanning *scanning = context;
    struct header *header = &scanning->headers[index];
    struct se_sound_format format;
    struct se_sound_reader *reader;
    struct se_report report;
    int64_t n_samples = 0;

    (void)worker;

    int status = se_sound_open(&reader, &format, scanning->list.paths[index],
                               NULL, &report);

    if (status == SE_OK)
        status = se_sound_measure(&n_samples, reader, &report);
    se_sound_close(reader);
    header->seconds = -1;
    if (status == SE_OK) {
        header->rate_hz = format.rate_hz;
        header->channels = format.channels;
        header->seconds = (double)n_samples / format.rate_hz;
    } else {
        header->reason = strdup(report.text);
        if (!header->reason)
            status = se_fail_memory(&report, scanning->list.paths[index]);
    }
    pthread_mutex_lock(&scanning->mutex);
    if (se_is_machines(status) && scanning->fatal == SE_OK) {
        scanning->fatal = status;
        scanning->fatal_report = report;
    }
    scanning->n_done++;
    se_ticker_tick(&scanning->scan->progress, scanning->n_done,
                   scanning->list.n);
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
static int folder_name(char *name, size_t size, const char *folder,
                       struct se_report *report)
{
    char *whole = realpath(folder, NULL);
    const char *base = whole ? se_path_base(whole) : "";

    if (!whole && errno == ENOMEM)
        return se_fail_memory(report, folder);
    snprintf(name, size, "%s", base[0] ? base : folder);
    free(whole);
    return SE_OK;
}

static int find_speaker(char *speaker, size_t size, const char *path,
                        const struct scanning *scanning,
                        struct se_report *report)
{
    size_t n = strlen(scanning->folder);

    speaker[0] = '\0';
    if (strncmp(path, scanning->folder, n) == 0)
        path += n + strspn(path + n, "/");
    if (scanning->pattern)
        return match_speaker(speaker, size, path, scanning->pattern, report);
    if (strcmp(scanning->scan->kind, "speech") == 0)
        se_speaker_of_path(speaker, size, path);
    return SE_OK;
}

static int add_file(struct scanning *scanning, const char *path,
                    const struct header *header, struct se_report *report)
{
    const struct se_scan *scan = scanning->scan;
    char speaker[NAME_BYTES], kind[2 * NAME_BYTES];
    int is_noise = strcmp(scan->kind, "noise") == 0;
    int status = se_catalog_add(scanning->catalog, path, report);

    if (status != SE_OK)
        return status;

    struct se_entry *entry =
        &scanning->catalog->entries[scanning->catalog->n - 1];

    snprintf(kind, sizeof kind, "%s%s%s", scan->kind, is_noise ? ":" : "",
             is_noise ? scanning->set : "");
    entry->seconds = header->seconds;
    entry->rate_hz = header->rate_hz;
    entry->channels = header->channels;
    status = find_speaker(speaker, sizeof speaker, path, scanning, report);
    if (status == SE_OK)
        status = se_entry_set(&entry->speaker, speaker, report);
    if (status == SE_OK)
        status = se_entry_set(&entry->kind, kind, report);
    if (status == SE_OK)
        status = se_entry_set(&entry->set, scanning->set, report);
    return status;
}

static int add_files(struct scanning *scanning, struct se_report *report)
{
    int status = SE_OK;

    for (int i = 0; i < scanning->list.n && status == SE_OK; i++) {
        struct header *header = &scanning->headers[i];

        scanning->result->n_found++;
        if (header->seconds >= 0) {
            status =
                add_file(scanning, scanning->list.paths[i], header, report);
        } else {
            status = add_skipped(scanning->result, header->reason, report);
            header->reason = NULL;
        }
    }
    return status;
}

static int read_files(struct scanning *scanning, struct se_report *report)
{
    int n = scanning->list.n, status;

    scanning->headers = calloc((size_t)n + 1, sizeof *scanning->headers);
    if (!scanning->headers)
        return se_fail_memory(report, scanning->folder);
    se_pool_run(scanning->scan->pool, n, read_header, scanning);
    status = scanning->fatal;
    if (status == SE_OK)
        status = add_files(scanning, report);
    else
        se_fail(report, status, "%s", scanning->fatal_report.text);
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

    int result = regcomp(&pattern, scan->speaker, REG_EXTENDED);

    if (result == REG_ESPACE)
        return se_fail_memory(report, "the speakers");
    if (result != 0)
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
                   struct se_report *report)
{
    struct scanning scanning = {.scan = scan,
                                .folder = folder,
                                .catalog = catalog,
                                .result = result,
                                .mutex = PTHREAD_MUTEX_INITIALIZER};
    regex_t pattern;
    int status = SE_OK;

    if (scan->speaker && regcomp(&pattern, scan->speaker, REG_EXTENDED) != 0)
        return se_fail_memory(report, "the speakers");
    scanning.pattern = scan->speaker ? &pattern : NULL;
    if (scan->set)
        snprintf(scanning.set, sizeof scanning.set, "%s", scan->set);
    else
        status = folder_name(scanning.set, sizeof scanning.set, folder, report);
    if (status == SE_OK)
        status =
            se_list_read(&scanning.list, folder, se_sound_extensions, report);
    if (status == SE_OK) {
        status = read_files(&scanning, report);
        se_list_free(&scanning.list);
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
