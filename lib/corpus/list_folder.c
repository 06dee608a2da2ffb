/* list_folder.c - the files of a folder, and of those below it. */
#include "corpus/list_private.h"

#include "files/path.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* A link that leads to no file: to nothing, in a circle, through a folder that
 * nobody may look into. */
static int refuse_link(const FTSENT *entry, struct se_report *report)
{
    const char *path = entry->fts_path;
    struct stat info;
    int reason = stat(path, &info) == 0 ? ENOENT : errno;

    if (reason == ENOENT)
        return se_fail(report, SE_ERR_IO,
                       "%s: cannot open: a link to what is not there", path);
    if (reason == ELOOP)
        return se_fail(report, SE_ERR_IO,
                       "%s: cannot open: a link that leads back to itself",
                       path);
    errno = reason;
    return se_fail_errno(report, path, "cannot open what this links to");
}

/* What cannot be looked into, or at, might be wanted. */
static int check_entry(const struct se_list_reading *r, const FTSENT *entry)
{
    int may_be_wanted = se_path_has_extension(entry->fts_name, r->extensions) ||
                        !strchr(entry->fts_name, '.');

    switch (entry->fts_info) {
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        errno = entry->fts_errno;
        return se_fail_errno(r->report, entry->fts_path, "cannot search");
    case FTS_SLNONE:
        return may_be_wanted ? refuse_link(entry, r->report) : SE_OK;
    case FTS_DEFAULT:
        if (!se_path_has_extension(entry->fts_name, r->extensions))
            return SE_OK;
        return se_fail(r->report, SE_ERR_IO,
                       "%s: a pipe or a device, expected a file",
                       entry->fts_path);
    default:
        return SE_OK;
    }
}

static int walk(struct se_list_reading *r, FTS *tree)
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
            !se_path_has_extension(entry->fts_name, r->extensions))
            continue;

        char *path = strdup(entry->fts_path);

        status = path ? se_list_append(r->list, path, r->report)
                      : se_fail_memory(r->report, "a list of files");
    }
    if (status == SE_OK && errno)
        status = se_fail_errno(r->report, tree->fts_path, "cannot search");
    return status;
}

int se_list_search(struct se_list_reading *r)
{
    char *starts[] = {r->folder, NULL};
    FTS *tree = fts_open(starts, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    int status = tree ? walk(r, tree)
                      : se_fail_errno(r->report, r->name, "cannot search");

    if (tree)
        fts_close(tree);
    if (status == SE_OK && r->list->n == 0)
        status = se_fail(r->report, SE_ERR_FORMAT,
                         "%s: no files ending in one of: %s", r->name,
                         r->extensions);
    if (status == SE_OK)
        qsort(r->list->paths, (size_t)r->list->n, sizeof *r->list->paths,
              compare_paths);
    return status;
}
