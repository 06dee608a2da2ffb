/* cli_folder.c - folders that output goes to. */
#include "common/cli.h"

#include "files/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FOLDERS = 32 };

/* In the order of their making. */
static struct made {
    char *path;
    size_t there; /* the first so many characters of it were there before */
} made[MAX_FOLDERS];
static volatile sig_atomic_t n_made;

/* The length of the path, less what is not there. */
static size_t length_there(const char *path)
{
    size_t n = strlen(path);
    struct stat info;
    char *copy = strdup(path);

    while (copy && n > 0 && lstat(copy, &info) != 0) {
        while (n > 0 && copy[n - 1] == '/')
            n--;
        while (n > 0 && copy[n - 1] != '/')
            n--;
        copy[n] = '\0';
    }
    free(copy);
    return n;
}

int cli_make_folder(const char *path, struct se_report *report)
{
    struct made folder = {strdup(path), length_there(path)};

    if (!folder.path)
        return se_fail_memory(report, path);
    if (folder.there < strlen(path) && n_made < MAX_FOLDERS) {
        if (n_made == 0)
            atexit(cli_remove_folders);
        made[n_made] = folder;
        n_made++;
    } else {
        free(folder.path);
    }
    return se_make_folder(path, report);
}

/* A folder that is not empty stays, and so do those it is in. */
void cli_remove_folders(void)
{
    for (int i = n_made - 1; i >= 0; i--) {
        char *path = made[i].path;

        for (size_t n = strlen(path); n > made[i].there; n--) {
            if (path[n] == '\0' || path[n] == '/') {
                path[n] = '\0';
                rmdir(path);
            }
        }
    }
}
