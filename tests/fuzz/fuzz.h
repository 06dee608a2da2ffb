/* fuzz.h - what the fuzzers of readers share: bytes as files, and what every
 * report must be. */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/status.h"
#include "fetch/extract.h"
#include "files/file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A reason and a failure belong together, and a reason is one line. */
static inline void fuzz_check(int status, const struct se_report *report)
{
    if ((status == SE_OK) != (report->text[0] == '\0') ||
        strchr(report->text, '\n'))
        abort();
}

static char fuzz_folder_name[64];

static inline void fuzz_remove(void)
{
    se_remove_folder(fuzz_folder_name, NULL);
}

/* A folder that is removed at the end; in memory, where there is such a place:
 * a disk takes longer than what is tested. */
static inline const char *fuzz_folder(void)
{
    static const char *const places[] = {"/dev/shm", "/tmp"};
    char *made = fuzz_folder_name[0] ? fuzz_folder_name : NULL;

    for (int i = 0; i < 2 && !made; i++) {
        snprintf(fuzz_folder_name, sizeof fuzz_folder_name,
                 "%s/nnse-fuzz.XXXXXX", places[i]);
        made = mkdtemp(fuzz_folder_name);
        if (made)
            atexit(fuzz_remove);
    }
    if (!made)
        abort();
    return made;
}

/* Makes the folder, empty whatever was there. */
static inline void fuzz_empty(const char *folder)
{
    if (se_remove_folder(folder, NULL) != SE_OK ||
        se_make_folder(folder, NULL) != SE_OK)
        abort();
}

/* The path of a file with these bytes, which are in memory, by the name `name`
 * in fuzz_folder(). One at a time; the descriptor is to be closed. */
static inline int fuzz_file(char path[64], const char *name,
                            const uint8_t *bytes, size_t n)
{
    enum { PLACE = 200 };
    int file = memfd_create("fuzz", 0);
    char target[40];

    if (file < 0 || write(file, bytes, n) != (ssize_t)n ||
        dup2(file, PLACE) != PLACE || lseek(PLACE, 0, SEEK_SET) != 0)
        abort();
    close(file);
    snprintf(path, 64, "%s/%s", fuzz_folder(), name);
    snprintf(target, sizeof target, "/proc/self/fd/%d", PLACE);
    if (access(path, F_OK) != 0 && symlink(target, path) != 0)
        abort();
    return PLACE;
}

/* The next of the input's bytes, 0 after the last: what else is to be chosen.
 */
static inline uint8_t fuzz_take(const uint8_t **bytes, size_t *n)
{
    if (*n == 0)
        return 0;
    --*n;
    return *(*bytes)++;
}

#endif
