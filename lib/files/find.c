/* find.c - the search for files of the project. */
#include "files/find.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether it is there, or may be: in a folder that may not be searched, behind
 * links without an end. */
static int exists(const char *path)
{
    return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static char own_share[PATH_MAX]; /* "" where there is none */

static void find_own_share(void)
{
    char name[PATH_MAX + 32], *slash;
    ssize_t n = readlink("/proc/self/exe", name, PATH_MAX);

    name[n > 0 ? n : 0] = '\0';
    slash = strrchr(name, '/');
    if (!slash)
        return;
    strcpy(slash, "/../share/nnse");
    if (!realpath(name, own_share))
        own_share[0] = '\0';
}

const char *se_root(int index)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const char *share = getenv("SE_SHARE");

    pthread_once(&once, find_own_share);
    if (!share && own_share[0])
        share = own_share;
    return index == 0 ? "." : index == 1 ? share : NULL;
}

/* What is behind "folder/" at the start of a name, or the name. */
static const char *below(const char *name, const char *folder)
{
    const size_t n = strlen(folder);

    return strncmp(name, folder, n) == 0 && name[n] == '/' ? name + n + 1
                                                           : name;
}

const char *se_shipped_name(const char *name)
{
    const char prefix[] = "shipped:";
    const size_t n = sizeof prefix - 1;

    return strncmp(name, prefix, n) == 0 ? name + n : NULL;
}

static int find_shipped(char *found, size_t size, const char *name,
                        const char *folder, struct se_report *report)
{
    const char *share = se_root(1);

    name = below(name, folder);
    snprintf(found, size, "%s/%s/%s", share ? share : "", folder, name);
    if (share && exists(found))
        return SE_OK;
    return se_fail(report, SE_ERR_IO, "shipped:%s: no such file in %s/%s", name,
                   share ? share : "", folder);
}

int se_find(char *found, size_t size, const char *name, const char *folder,
            struct se_report *report)
{
    const char *share = "", *shipped = se_shipped_name(name);

    if (!*(shipped ? shipped : name))
        return se_fail(report, SE_ERR_ARG,
                       "'%s': expected the name of a file, found an empty one",
                       name);
    if (shipped)
        return find_shipped(found, size, shipped, folder, report);
    snprintf(found, size, "%s", name);
    if (exists(found))
        return SE_OK;
    for (int i = 0; se_root(i); i++) {
        share = se_root(i);
        snprintf(found, size, "%s/%s/%s", share, folder, below(name, folder));
        if (name[0] != '/' && exists(found))
            return SE_OK;
    }
    return se_fail(report, SE_ERR_IO,
                   "%s: no such file, nor in %s/ here, nor in %s/%s", name,
                   folder, share, folder);
}
