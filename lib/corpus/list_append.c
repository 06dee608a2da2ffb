/* list_append.c - one more file in a list. */
#include "corpus/list_private.h"

#include "files/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int se_list_append(struct se_list *list, char *path, struct se_report *report)
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

/* NULL without memory. */
static char *resolve(const char *path, const char *list_name)
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

int se_list_append_named(struct se_list_reading *r, const char *named)
{
    char *path = resolve(named, r->name);
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
    return se_list_append(r->list, path, r->report);
}
