/* list.c - lists of files from a text file, a manifest or a folder. */
#include "corpus/list.h"

#include "base/path.h"
#include "base/rng.h"
#include "base/text.h"
#include "corpus/catalog.h"
#include "corpus/relocate_private.h"
#include "corpus/speaker.h"

#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LIST_BYTES = 1 << 30 };

/* A list while it is read. */
struct reading {
    struct se_list *list;
    const char *name;      /* of the file or folder */
    char *folder;          /* that is searched, no slash at its end; or NULL */
    const char *selection; /* of the manifest's entries; "": all */
    const char *endings;   /* of files in the folder */
    const struct se_list_filter *filter;
    struct se_report *report;
};

static int append(struct se_list *list, char *path, struct se_report *report)
{
    /* Grows at powers of two: the capacity is the next one from n. */
    if ((list->n & (list->n - 1)) == 0) {
        size_t capacity = list->n ? 2 * (size_t)list->n : 1;
        char **paths = realloc(list->paths, capacity * sizeof *paths);

        if (!paths) {
            free(path);
            return se_fail_memory(report, "a list of files");
        }
        list->paths = paths;
    }
    list->paths[list->n++] = path;
    return SE_OK;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Below the folder itself: .git, .cache, and the ._NAME that macOS puts beside
 * NAME for what other file systems have no place for. */
static int is_hidden(const FTSENT *entry)
{
    return entry->fts_level > 0 && entry->fts_name[0] == '.';
}

/* What cannot be looked into, or at, might be wanted. */
static int check_entry(const struct reading *r, const FTSENT *entry)
{
    int may_be_wanted = se_path_has_ending(entry->fts_name, r->endings) ||
                        !strchr(entry->fts_name, '.');

    switch (entry->fts_info) {
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        errno = entry->fts_errno;
        return se_fail_errno(r->report, entry->fts_path, "cannot search");
    case FTS_SLNONE:
        if (!may_be_wanted)
            return SE_OK;
        return se_fail(r->report, SE_ERR_IO,
                       "%s: cannot open: a link to what is not there",
                       entry->fts_path);
    case FTS_DEFAULT:
        if (!se_path_has_ending(entry->fts_name, r->endings))
            return SE_OK;
        return se_fail(r->report, SE_ERR_IO,
                       "%s: a pipe or a device, expected a file",
                       entry->fts_path);
    default:
        return SE_OK;
    }
}

static int walk(struct reading *r, FTS *tree)
{
    int status = SE_OK;
    FTSENT *entry;

    while (status == SE_OK && (errno = 0, entry = fts_read(tree))) {
        if (is_hidden(entry)) {
            fts_set(tree, entry, FTS_SKIP);
            continue;
        }
        status = check_entry(r, entry);
        if (status != SE_OK)
            return status;
        if (entry->fts_info != FTS_F ||
            !se_path_has_ending(entry->fts_name, r->endings))
            continue;

        char *path = strdup(entry->fts_path);

        status = path ? append(r->list, path, r->report)
                      : se_fail_memory(r->report, "a list of files");
    }
    if (status == SE_OK && errno)
        status = se_fail_errno(r->report, tree->fts_path, "cannot search");
    return status;
}

static int read_folder(struct reading *r)
{
    char *starts[] = {r->folder, NULL};
    FTS *tree = fts_open(starts, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    int status = tree ? walk(r, tree)
                      : se_fail_errno(r->report, r->name, "cannot search");

    if (tree)
        fts_close(tree);
    if (status == SE_OK && r->list->n == 0)
        status =
            se_fail(r->report, SE_ERR_FORMAT,
                    "%s: no files ending in one of: %s", r->name, r->endings);
    if (status == SE_OK)
        qsort(r->list->paths, (size_t)r->list->n, sizeof *r->list->paths,
              compare_paths);
    return status;
}

char *se_list_resolve(const char *path, const char *list_name)
{
    static const char *const ways[] = {"", "../"}; /* from the list's folder */
    const int n = (int)se_path_folder_length(list_name);
    char *there;

    if (path[0] == '/' || access(path, F_OK) == 0)
        return strdup(path);
    for (int i = 0; i < 2; i++) {
        if (asprintf(&there, "%.*s%s%s", n, list_name, ways[i], path) < 0)
            return NULL;
        if (access(there, F_OK) == 0)
            return there;
        free(there);
    }
    return strdup(path);
}

/* A path as the list has it. */
static int append_named(struct reading *r, const char *named)
{
    char *path = se_list_resolve(named, r->name);
    struct stat info;

    if (!path)
        return se_fail_memory(r->report, r->name);

    /* A pipe could keep its reader waiting, a device never end. */
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) &&
        !S_ISDIR(info.st_mode)) {
        free(path);
        return se_fail(r->report, SE_ERR_FORMAT,
                       "%s: %s is a pipe or a device, expected a file", r->name,
                       named);
    }
    return append(r->list, path, r->report);
}

/* A path in double quotes, as file managers copy it, without them. */
static char *unquote(char *line)
{
    size_t n = strlen(line);

    if (n < 3 || line[0] != '"' || line[n - 1] != '"')
        return line;
    line[n - 1] = '\0';
    return line + 1;
}

static int read_lines(struct reading *r, char *text)
{
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n"))) {
        size_t n = strlen(line);

        while (n > 0 && isspace((unsigned char)line[n - 1]))
            line[--n] = '\0';
        line += strspn(line, " \t");
        line = unquote(line);
        if (line[0] == '\0' || line[0] == '#')
            continue;

        int status = append_named(r, line);

        if (status != SE_OK)
            return status;
    }
    if (r->list->n == 0)
        return se_fail(r->report, SE_ERR_FORMAT,
                       "%s: empty list, expected one path a line", r->name);
    return se_relocate(r->list, r->name, r->endings, r->report);
}

static int is_speech(const struct se_list_filter *filter)
{
    return filter->kind && strcmp(filter->kind, "speech") == 0;
}

/* ---- manifests ----------------------------------------------------------- */

/* What is asked for: the name's own selection, and the filter's kind and split
 * where it has none and the manifest knows any. NULL without memory. */
static char *join_selection(const struct se_catalog *catalog, const char *own,
                            const struct se_list_filter *filter)
{
    const char *kind = strstr(own, "kind=") ? NULL : filter->kind;
    const char *split = strstr(own, "split=") ? NULL : filter->split;
    int has_kinds = 0;
    char *joined;

    for (int i = 0; i < catalog->n; i++)
        has_kinds |= catalog->entries[i].kind[0] != '\0';
    if (!has_kinds)
        kind = NULL;
    if (asprintf(&joined, "%s%s%s%s%s%s", own, own[0] && kind ? "," : "",
                 kind ? "kind=" : "", kind ? kind : "",
                 (own[0] || kind) && split ? ",split="
                 : split                   ? "split="
                                           : "",
                 split ? split : "") < 0)
        return NULL;
    return joined;
}

/* The group of an entry by the manifest's columns; NULL: not known. */
static const char *group_of(const struct se_entry *entry,
                            const struct se_list_filter *filter)
{
    const char *colon = strchr(entry->kind, ':');
    const char *group = filter->by_type     ? entry->kind
                        : is_speech(filter) ? entry->speaker
                        : colon             ? colon + 1
                                            : "";

    return group[0] ? group : NULL;
}

static int append_entry(struct reading *r, const struct se_entry *entry)
{
    struct se_list *list = r->list;
    const char *group = group_of(entry, r->filter);
    int status = append_named(r, entry->path);

    if (status != SE_OK)
        return status;
    if (group)
        list->groups[list->n - 1] = strdup(group);
    if (group && !list->groups[list->n - 1])
        return se_fail_memory(r->report, r->name);
    return SE_OK;
}

static int select_entries(struct reading *r, const struct se_catalog *catalog,
                          const char *selection)
{
    int status = SE_OK;

    r->list->groups = calloc((size_t)catalog->n + 1, sizeof *r->list->groups);
    if (!r->list->groups)
        return se_fail_memory(r->report, r->name);
    for (int i = 0; i < catalog->n && status == SE_OK; i++) {
        int matches = se_entry_matches(&catalog->entries[i], selection);

        if (matches < 0)
            return se_fail(r->report, SE_ERR_ARG,
                           "%s:%s: expected COLUMN=VALUE,... with kind, "
                           "speaker, set, split, leave_out or left_out",
                           r->name, selection);
        if (matches)
            status = append_entry(r, &catalog->entries[i]);
    }
    if (status == SE_OK && r->list->n == 0)
        status = se_fail(r->report, SE_ERR_FORMAT, "%s: nothing in it with %s",
                         r->name, selection[0] ? selection : "a path");
    return status;
}

static int read_manifest(struct reading *r, char *text)
{
    struct se_catalog catalog;
    int status = se_catalog_parse(&catalog, text, r->name, r->report);

    if (status != SE_OK)
        return status;

    char *joined = join_selection(&catalog, r->selection, r->filter);

    r->list->is_manifest = 1;
    status = joined ? select_entries(r, &catalog, joined)
                    : se_fail_memory(r->report, r->name);
    free(joined);
    se_catalog_free(&catalog);
    return status;
}

static int read_text(struct reading *r)
{
    char *text;
    size_t n_bytes;
    int status =
        se_read_text(&text, &n_bytes, r->name, MAX_LIST_BYTES, r->report);

    if (status != SE_OK)
        return status;
    if (memchr(text, '\0', n_bytes))
        status = se_fail(r->report, SE_ERR_FORMAT,
                         "%s: not a list: zero bytes found, expected a folder "
                         "or a text file with one path a line",
                         r->name);
    else if (se_catalog_is(text))
        status = read_manifest(r, text);
    else if (r->selection[0])
        status = se_fail(r->report, SE_ERR_FORMAT,
                         "%s: not a manifest, of which %s could be taken",
                         r->name, r->selection);
    else
        status = read_lines(r, text);
    free(text);
    return status;
}

/* ---- groups -------------------------------------------------------------- */

/* Type of a file by its place: the first folder below `folder`, else (NULL) the
 * folder that it is in. */
static void type_by_place(char *type, size_t size, const char *path,
                          const char *folder)
{
    size_t length = se_path_folder_length(path);

    if (folder) {
        path += strlen(folder);
        path += strspn(path, "/");
        length = strcspn(path, "/");
        length = path[length] ? length : 0;
    } else if (length > 0) {
        length--;
    }
    snprintf(type, size, "%.*s", (int)length, path);
}

/* What the manifest does not know, the names may tell. */
static int complete_groups(struct reading *r)
{
    struct se_list *list = r->list;
    size_t n_folder = r->folder ? strlen(r->folder) : 0;
    char name[PATH_MAX];

    if (!list->groups)
        list->groups = calloc((size_t)list->n + 1, sizeof *list->groups);
    if (!list->groups)
        return se_fail_memory(r->report, "a list of files");
    for (int i = 0; i < list->n; i++) {
        const char *path = list->paths[i], *below = path + n_folder;

        if (list->groups[i])
            continue;
        if (r->filter->by_type)
            type_by_place(name, sizeof name, path, r->folder);
        else if (is_speech(r->filter))
            se_speaker_of_path(name, sizeof name, below + strspn(below, "/"));
        else
            se_noise_of_path(name, sizeof name, path);
        list->groups[i] = strdup(name);
        if (!list->groups[i])
            return se_fail_memory(r->report, "a list of files");
    }
    return SE_OK;
}

/* ---- some of them -------------------------------------------------------- */

/* Keeps `most` of the files, each as likely as the others. */
static void draw(struct se_list *list, int most, uint64_t seed)
{
    const int n_all = list->n;
    struct se_rng rng;

    se_rng_seed(&rng, seed, 0);
    list->n = 0;
    for (int i = 0; i < n_all; i++) {
        if ((int)se_rng_below(&rng, (uint32_t)(n_all - i)) < most) {
            list->groups[list->n] = list->groups[i];
            list->paths[list->n++] = list->paths[i];
            most--;
        } else {
            free(list->groups[i]);
            free(list->paths[i]);
        }
    }
}

/* ---- names --------------------------------------------------------------- */

/* Splits "corpus.csv:split=train" if the whole is no file; *selection becomes
 * "" otherwise. NULL without memory. */
static char *split_name(const char *name, const char **selection)
{
    const char *colon = strstr(name, ".csv:");

    *selection = "";
    if (!colon || access(name, F_OK) == 0)
        return strdup(name);
    *selection = colon + 5;
    return strndup(name, (size_t)(colon - name) + 4);
}

/* "folder/" and "folder" give the same paths. */
static int set_folder(struct reading *r)
{
    r->folder = strdup(r->name);
    if (!r->folder)
        return se_fail_memory(r->report, r->name);
    for (size_t n = strlen(r->folder); n > 1 && r->folder[n - 1] == '/'; n--)
        r->folder[n - 1] = '\0';
    return SE_OK;
}

static int read_any(struct reading *r)
{
    struct stat info;
    int status = SE_OK;

    if (stat(r->name, &info) != 0)
        return se_fail_errno(r->report, r->name, "cannot open");
    if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode))
        return se_fail(r->report, SE_ERR_FORMAT,
                       "%s: is a device, expected a list or a folder", r->name);
    if (S_ISDIR(info.st_mode))
        status = set_folder(r);
    if (status == SE_OK)
        status = r->folder ? read_folder(r) : read_text(r);
    if (status == SE_OK)
        status = complete_groups(r);
    if (status == SE_OK && r->filter->most >= 0 && r->filter->most < r->list->n)
        draw(r->list, r->filter->most, r->filter->seed);
    free(r->folder);
    return status;
}

int se_list_read_filtered(struct se_list *list, const char *name,
                          const char *extensions,
                          const struct se_list_filter *filter,
                          struct se_report *report)
{
    struct reading reading = {.list = list,
                              .endings = extensions,
                              .filter = filter,
                              .report = report};
    char *file = split_name(name, &reading.selection);

    *list = (struct se_list){0};
    if (!file)
        return se_fail_memory(report, name);
    reading.name = file;

    int status = read_any(&reading);

    if (status != SE_OK)
        se_list_free(list);
    free(file);
    return status;
}

int se_list_read(struct se_list *list, const char *name, const char *extensions,
                 struct se_report *report)
{
    const struct se_list_filter all = {.most = -1};

    return se_list_read_filtered(list, name, extensions, &all, report);
}

void se_list_free(struct se_list *list)
{
    for (int i = 0; i < list->n; i++) {
        free(list->paths[i]);
        if (list->groups)
            free(list->groups[i]);
    }
    free(list->paths);
    free(list->groups);
    *list = (struct se_list){0};
}
