/* list.c - lists of files from a text file or a folder. */
#include "data/list.h"

#include "base/file.h"

#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LIST_BYTES = 1 << 30 };

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

static int has_extension(const char *path, const char *extensions)
{
    const char *dot = strrchr(path, '.');
    size_t length = dot ? strlen(dot + 1) : 0;

    if (length == 0)
        return 0;
    for (const char *word = extensions; *word;) {
        size_t word_length = strcspn(word, " ");

        if (word_length == length && strncasecmp(word, dot + 1, length) == 0)
            return 1;
        word += word_length;
        word += strspn(word, " ");
    }
    return 0;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int walk(struct se_list *list, FTS *tree, const char *extensions,
                struct se_report *report)
{
    int status = SE_OK;
    FTSENT *entry;

    while (status == SE_OK && (errno = 0, entry = fts_read(tree))) {
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
            errno = entry->fts_errno;
            return se_fail_errno(report, entry->fts_path, "cannot search");
        }
        if (entry->fts_info != FTS_F ||
            !has_extension(entry->fts_name, extensions))
            continue;

        char *path = strdup(entry->fts_path);

        status = path ? append(list, path, report)
                      : se_fail_memory(report, "a list of files");
    }
    if (status == SE_OK && errno)
        status = se_fail_errno(report, tree->fts_path, "cannot search");
    return status;
}

static int read_folder(struct se_list *list, const char *name,
                       const char *extensions, struct se_report *report)
{
    char *start = strdup(name);

    if (!start)
        return se_fail_memory(report, name);

    /* "folder/" and "folder" give the same paths. */
    for (size_t n = strlen(start); n > 1 && start[n - 1] == '/'; n--)
        start[n - 1] = '\0';

    char *starts[] = {start, NULL};
    FTS *tree = fts_open(starts, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    int status = tree ? walk(list, tree, extensions, report)
                      : se_fail_errno(report, name, "cannot search");

    if (tree)
        fts_close(tree);
    free(start);
    if (status == SE_OK && list->n == 0)
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: no files ending in one of: %s", name, extensions);
    if (status == SE_OK)
        qsort(list->paths, (size_t)list->n, sizeof *list->paths, compare_paths);
    return status;
}

/* The path as given if it is absolute or there, else below the folder of the
 * list if it is there; NULL without memory. */
static char *resolve(const char *path, const char *list_name)
{
    const char *slash = strrchr(list_name, '/');
    char *below;

    if (path[0] == '/' || !slash || access(path, F_OK) == 0)
        return strdup(path);
    if (asprintf(&below, "%.*s/%s", (int)(slash - list_name), list_name, path) <
        0)
        return NULL;
    if (access(below, F_OK) == 0)
        return below;
    free(below);
    return strdup(path);
}

static int read_lines(struct se_list *list, char *text, const char *name,
                      struct se_report *report)
{
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n"))) {
        size_t n = strlen(line);

        while (n > 0 && isspace((unsigned char)line[n - 1]))
            line[--n] = '\0';
        line += strspn(line, " \t");
        if (line[0] == '\0' || line[0] == '#')
            continue;

        char *path = resolve(line, name);
        int status =
            path ? append(list, path, report) : se_fail_memory(report, name);

        if (status != SE_OK)
            return status;
    }
    if (list->n == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: empty list, expected one path a line", name);
    return SE_OK;
}

static int read_text(struct se_list *list, const char *name,
                     struct se_report *report)
{
    char *text;
    size_t n_bytes;
    int status = se_read_file(&text, &n_bytes, name, MAX_LIST_BYTES, report);

    if (status != SE_OK)
        return status;
    if (memchr(text, '\0', n_bytes))
        status = se_fail(report, SE_ERR_FORMAT,
                         "%s: not a list: zero bytes found, expected a folder "
                         "or a text file with one path a line",
                         name);
    else
        status = read_lines(list, text, name, report);
    free(text);
    return status;
}

int se_list_read(struct se_list *list, const char *name, const char *extensions,
                 struct se_report *report)
{
    struct stat info;
    int status;

    *list = (struct se_list){0};
    if (stat(name, &info) != 0)
        return se_fail_errno(report, name, "cannot open");
    status = S_ISDIR(info.st_mode) ? read_folder(list, name, extensions, report)
                                   : read_text(list, name, report);
    if (status != SE_OK)
        se_list_free(list);
    return status;
}

void se_list_free(struct se_list *list)
{
    for (int i = 0; i < list->n; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct se_list){0};
}
