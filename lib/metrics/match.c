/* match.c - which files belong together. */
#include "metrics/match.h"

#include "audio/extensions.h"
#include "corpus/list.h"
#include "files/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_NAMED = 5 }; /* of the files that are missing */

struct named {
    char *name;
    const char *path;
};

struct folder {
    const char *path;
    struct se_list list; /* its paths are those of the files */
    struct named *files; /* [list.n], sorted by name */
};

/* "-" is standard input. */
static int is_folder(int *is, const char *path, struct se_report *report)
{
    struct stat info;

    *is = 0;
    if (strcmp(path, "-") == 0)
        return SE_OK;
    if (stat(path, &info) != 0)
        return se_fail_errno(report, path, "cannot open");
    *is = S_ISDIR(info.st_mode);
    return SE_OK;
}

/* Whether all are folders; SE_ERR_ARG: some are. */
static int are_folders(int *are, const char *const *places, int n_places,
                       struct se_report *report)
{
    int status = is_folder(are, places[0], report);

    for (int p = 1; p < n_places && status == SE_OK; p++) {
        int is;

        status = is_folder(&is, places[p], report);
        if (status == SE_OK && is != *are)
            status = se_fail(report, SE_ERR_ARG,
                             "%s is a folder and %s is none: expected folders "
                             "or files",
                             places[is ? p : 0], places[is ? 0 : p]);
    }
    return status;
}

/* ---- folders ------------------------------------------------------------- */

/* "a/b" of "folder/a/b.wav" */
static char *name_in(const char *folder, const char *path)
{
    size_t length = strlen(folder);

    while (length > 1 && folder[length - 1] == '/')
        length--;
    path += length;
    path += strspn(path, "/");
    return strndup(path, (size_t)(strrchr(path, '.') - path));
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name,
                  ((const struct named *)b)->name);
}

static int open_folder(struct folder *folder, const char *path,
                       struct se_report *report)
{
    int status = se_list_read(&folder->list, path, se_sound_extensions, report);
    int n = folder->list.n;

    folder->path = path;
    if (status != SE_OK)
        return status;
    folder->files = calloc((size_t)n, sizeof *folder->files);
    if (!folder->files)
        return se_fail_memory(report, path);
    for (int i = 0; i < n; i++) {
        folder->files[i].path = folder->list.paths[i];
        folder->files[i].name = name_in(path, folder->list.paths[i]);
        if (!folder->files[i].name)
            return se_fail_memory(report, path);
    }
    qsort(folder->files, (size_t)n, sizeof *folder->files, compare_names);
    for (int i = 1; i < n; i++) {
        if (compare_names(&folder->files[i - 1], &folder->files[i]) == 0)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s and %s have the same name",
                           folder->files[i - 1].path, folder->files[i].path);
    }
    return SE_OK;
}

static void close_folder(struct folder *folder)
{
    for (int i = 0; i < folder->list.n && folder->files; i++)
        free(folder->files[i].name);
    free(folder->files);
    se_list_free(&folder->list);
}

/* Fails, naming the first of them, if `folder` lacks files that `other` has. */
static int check_complete(const struct folder *folder,
                          const struct folder *other, struct se_report *report)
{
    char named[400] = "";
    size_t used = 0;
    int n_missing = 0;

    for (int i = 0; i < other->list.n; i++) {
        if (bsearch(&other->files[i], folder->files, (size_t)folder->list.n,
                    sizeof *folder->files, compare_names))
            continue;
        if (n_missing++ < MAX_NAMED && used < sizeof named)
            used += (size_t)snprintf(named + used, sizeof named - used, "%s%s",
                                     used ? ", " : "", other->files[i].name);
    }
    if (n_missing == 0)
        return SE_OK;
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: lacks %d of the %d files in %s: %s%s", folder->path,
                   n_missing, other->list.n, other->path, named,
                   n_missing > MAX_NAMED ? ", ..." : "");
}

/* ---- matches ------------------------------------------------------------- */

static int allocate(struct se_matches *matches, int n, int n_places,
                    struct se_report *report)
{
    matches->match = calloc((size_t)n, sizeof *matches->match);
    if (!matches->match)
        return se_fail_memory(report, "the list of files");
    matches->n = n;
    matches->n_places = n_places;
    for (int i = 0; i < n; i++) {
        matches->match[i].paths =
            calloc((size_t)n_places, sizeof *matches->match[i].paths);
        if (!matches->match[i].paths)
            return se_fail_memory(report, "the list of files");
    }
    return SE_OK;
}

static int copy(char **to, const char *from, struct se_report *report)
{
    *to = strdup(from);
    return *to ? SE_OK : se_fail_memory(report, "the list of files");
}

static int open_folders(struct folder *folders, const char *const *places,
                        int n_places, struct se_report *report)
{
    int status = SE_OK;

    for (int p = 0; p < n_places && status == SE_OK; p++)
        status = open_folder(&folders[p], places[p], report);
    for (int p = 1; p < n_places && status == SE_OK; p++) {
        status = check_complete(&folders[p], &folders[0], report);
        if (status == SE_OK)
            status = check_complete(&folders[0], &folders[p], report);
    }
    return status;
}

static int match_folders(struct se_matches *matches, const char *const *places,
                         int n_places, struct se_report *report)
{
    struct folder folders[SE_MATCH_MAX_PLACES] = {{0}};
    int status = open_folders(folders, places, n_places, report);

    if (status == SE_OK)
        status = allocate(matches, folders[0].list.n, n_places, report);
    for (int i = 0; i < matches->n && status == SE_OK; i++) {
        struct se_match *match = &matches->match[i];

        status = copy(&match->name, folders[0].files[i].name, report);
        for (int p = 0; p < n_places && status == SE_OK; p++)
            status = copy(&match->paths[p], folders[p].files[i].path, report);
    }
    for (int p = 0; p < n_places; p++)
        close_folder(&folders[p]);
    return status;
}

static int match_single(struct se_matches *matches, const char *const *places,
                        int n_places, struct se_report *report)
{
    int status = allocate(matches, 1, n_places, report);

    if (status == SE_OK)
        status = copy(&matches->match->name, se_path_base(places[1]), report);
    for (int p = 0; p < n_places && status == SE_OK; p++)
        status = copy(&matches->match->paths[p], places[p], report);
    return status;
}

int se_match_files(struct se_matches *matches, const char *const *places,
                   int n_places, struct se_report *report)
{
    int in_folders;
    int status = are_folders(&in_folders, places, n_places, report);

    *matches = (struct se_matches){0};
    if (status == SE_OK)
        status = in_folders ? match_folders(matches, places, n_places, report)
                            : match_single(matches, places, n_places, report);
    if (status != SE_OK)
        se_matches_free(matches);
    return status;
}

void se_matches_free(struct se_matches *matches)
{
    for (int i = 0; i < matches->n; i++) {
        struct se_match *match = &matches->match[i];

        for (int p = 0; match->paths && p < matches->n_places; p++)
            free(match->paths[p]);
        free(match->paths);
        free(match->name);
    }
    free(matches->match);
    *matches = (struct se_matches){0};
}
