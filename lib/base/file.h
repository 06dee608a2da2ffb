/* file.h - files that appear whole or not at all, and where to look for them.
 */
#ifndef SE_BASE_FILE_H
#define SE_BASE_FILE_H

#include "base/status.h"

#include <stddef.h>
#include <stdio.h>

/* A file being written under a temporary name beside its final one. */
struct se_atomic_file {
    FILE *stream;
    char *path;
    char *temporary;
};

/* Opens a temporary file in the folder of `path` for binary writing. */
int se_atomic_open(struct se_atomic_file *file, const char *path,
                   struct se_report *report);

/* Flushes to the disk, checks for write errors and renames to the final name;
 * on failure the temporary file is removed and the old file, if there was
 * one, is untouched. */
int se_atomic_commit(struct se_atomic_file *file, struct se_report *report);

/* The same without waiting for the disk: should the machine crash, the file may
 * be there with less in it. For many files, of which se_sync_folder then
 * flushes all. */
int se_atomic_commit_unflushed(struct se_atomic_file *file,
                               struct se_report *report);

/* Waits until all that was written to the file system of a folder is on the
 * disk. */
int se_sync_folder(const char *path, struct se_report *report);

/* Closes and removes the temporary file. Safe on a zeroed struct. */
void se_atomic_discard(struct se_atomic_file *file);

/* SE_ERR_IO where no file can be renamed to `path`: a folder has that name, or
 * it is empty. Checked before the work rather than after it. */
int se_check_replaceable(const char *path, struct se_report *report);

/* A new temporary name beside `path` (malloc), for libraries that open files
 * by name; NULL without memory. */
char *se_temporary_name(const char *path);

/* Renames `temporary` to `path`; on failure removes `temporary`. */
int se_publish(const char *temporary, const char *path,
               struct se_report *report);

/* Finds a file or folder: as given, then in `folder`/ ("nn_arch", "models"),
 * which may stand before its name, of the working directory and of the share
 * folder; with "shipped:" before its name, in the share folder alone. Writes
 * the name that exists to `found`; SE_ERR_IO names all places looked at. */
int se_find(char *found, size_t size, const char *name, const char *folder,
            struct se_report *report);

/* What is behind the "shipped:" of a name; NULL: it has none. */
const char *se_shipped_name(const char *name);

/* The folders, from number 0 on, under which se_find looks; NULL after the
 * last. The share folder is $SE_SHARE or, where that is not set, ../share/nnse
 * from the folder of the program: make install puts it there, and the build has
 * a link to the source tree in its place. */
const char *se_root(int index);

/* Makes a folder and those above it; one that exists already is fine. */
int se_make_folder(const char *path, struct se_report *report);

/* Reads a whole file, up to `limit` bytes, into *bytes (malloc, one zero byte
 * after the end). SE_ERR_FORMAT if it is longer. */
int se_read_file(char **bytes, size_t *n_bytes, const char *path, size_t limit,
                 struct se_report *report);

#endif
