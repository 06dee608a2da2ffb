/* relocate.c - files that a list names by where they lay on another machine. */
#include "corpus/relocate_private.h"

#include "files/path.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files that there are, by name. */
struct index {
    char **paths; /* [n] */
    int n;
};

static int compare_names(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    int order = strcmp(se_path_base(x), se_path_base(y));

    return order ? order : strcmp(x, y);
}

static void free_index(struct index *index)
{
    for (int i = 0; i < index->n; i++)
        free(index->paths[i]);
    free(index->paths);
}

/* ---- what there is ------------------------------------------------------- */

/* Takes the path over; -1 without memory. */
static int add(struct index *index, char *path)
{
    if ((index->n & (index->n - 1)) == 0) {
        size_t capacity = index->n ? 2 * (size_t)index->n : 1;
        char **paths = realloc(index->paths, capacity * sizeof *paths);

        if (!paths) {
            free(path);
            return -1;
        }
        index->paths = paths;
    }
    index->paths[index->n++] = path;
    return 0;
}

/* Adds the files below a folder; what cannot be searched has none. -1 without
 * memory. */
static int search(struct index *index, const char *folder,
                  const char *extensions)
{
    char *starts[] = {(char *)folder, NULL};
    FTS *tree = fts_open(starts, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;
    int status = tree || errno != ENOMEM ? 0 : -1;

    while (tree && status == 0 && (entry = fts_read(tree))) {
        if (entry->fts_level > 0 && entry->fts_name[0] == '.')
            fts_set(tree, entry, FTS_SKIP);
        if (entry->fts_info != FTS_F ||
            !se_path_has_extension(entry->fts_name, extensions))
            continue;

        char *path = realpath(entry->fts_path, NULL);

        if (path)
            status = add(index, path);
        else if (errno == ENOMEM)
            status = -1;
    }
    if (tree && status == 0 && errno == ENOMEM)
        status = -1;
    if (tree)
        fts_close(tree);
    return status;
}

static int search_all(struct index *index, const char *list_name,
                      const char *extensions)
{
    static const char *const named[] = {"wavs", "tfrecords"};
    const int n = (int)se_path_folder_length(list_name);
    char folder[4096];
    int status;

    snprintf(folder, sizeof folder, "%.*s.", n, list_name);
    status = search(index, folder, extensions);
    for (int i = 0; status == 0 && i < 4; i++) {
        if (i < 2)
            snprintf(folder, sizeof folder, "%s", named[i]);
        else
            snprintf(folder, sizeof folder, "%.*s../%s", n, list_name,
                     named[i - 2]);
        status = search(index, folder, extensions);
    }
    if (index->n > 0)
        qsort(index->paths, (size_t)index->n, sizeof *index->paths,
              compare_names);
    return status;
}

/* ---- what is meant ------------------------------------------------------- */

/* Names of folders that two paths share, from the end on. */
static int count_shared(const char *a, const char *b)
{
    const char *x = a + strlen(a), *y = b + strlen(b);
    int n = 0;

    while (x > a && y > b && x[-1] == y[-1]) {
        n += x[-1] == '/';
        x--;
        y--;
    }
    return n;
}

static int find_first(const struct index *index, const char *name)
{
    int low = 0, high = index->n;

    while (low < high) {
        int middle = low + (high - low) / 2;

        if (strcmp(se_path_base(index->paths[middle]), name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* NULL: none, or several. The same file may have been found twice. */
static const char *find(const struct index *index, const char *path)
{
    const char *name = se_path_base(path), *best = NULL;
    int most = -1, several = 0;

    for (int i = find_first(index, name);
         i < index->n && strcmp(se_path_base(index->paths[i]), name) == 0;
         i++) {
        int n = count_shared(index->paths[i], path);

        if (n < most || (best && strcmp(index->paths[i], best) == 0))
            continue;
        several = n == most;
        most = n;
        best = index->paths[i];
    }
    return several ? NULL : best;
}

static int replace(struct se_list *list, const struct index *index)
{
    for (int i = 0; i < list->n; i++) {
        const char *found;
        char *path;

        if (access(list->paths[i], F_OK) == 0)
            continue;
        found = find(index, list->paths[i]);
        if (!found)
            continue;
        path = strdup(found);
        if (!path)
            return -1;
        free(list->paths[i]);
        list->paths[i] = path;
        list->n_moved++;
    }
    return 0;
}

int se_relocate(struct se_list *list, const char *list_name,
                const char *extensions, struct se_report *report)
{
    struct index index = {0};
    int status = 0, all = 1;

    for (int i = 0; i < list->n && all; i++)
        all = access(list->paths[i], F_OK) == 0;
    if (all)
        return SE_OK;
    status = search_all(&index, list_name, extensions);
    if (status == 0)
        status = replace(list, &index);
    free_index(&index);
    return status == 0 ? SE_OK : se_fail_memory(report, list_name);
}
