/* atomic.h - files that appear whole, under their name, or not at all.
 *
 * A file is written under a temporary name beside its own and renamed at the
 * end. A link stays a link: what it points to is replaced. Mode and, where that
 * is allowed, owner stay as they were. A pipe or a device is written as it
 * comes. What a killed process left in a folder is removed when the next file
 * of that folder is opened. */
#ifndef SE_FILES_ATOMIC_H
#define SE_FILES_ATOMIC_H

#include "base/status.h"
#include "files/temporary.h"

#include <stdio.h>

/* Zeroed: none. */
struct se_atomic_file {
    FILE *stream; /* for writing; NULL with se_atomic_open_fd */
    int fd;       /* the same file */
    int is_open;

    /* atomic.c's own. */
    char *path;                        /* for messages */
    char *target;                      /* behind all links */
    char temporary[SE_TEMPORARY_NAME]; /* in `folder`; "": written in place;
                                          the old file, if exchanged */
    int is_exchanged;
    int folder, lock, slot;
    struct se_sink *sink; /* behind `stream` */
};

/* Opens a temporary file in the folder of `path` for binary writing. */
int se_atomic_open(struct se_atomic_file *file, const char *path,
                   struct se_report *report);

/* The same without a stream: `fd`, open for reading and writing, is the
 * caller's to write to, but not to close. */
int se_atomic_open_fd(struct se_atomic_file *file, const char *path,
                      struct se_report *report);

/* Flushes to the disk, checks for write errors and renames to the final name;
 * on failure the temporary file is removed and the old file, if there was
 * one, is untouched. */
int se_atomic_commit(struct se_atomic_file *file, struct se_report *report);

/* The same of several files that belong together: all or none of them, unless
 * the process is killed in between. Closes all in either case. */
int se_atomic_commit_all(struct se_atomic_file *const *files, int n,
                         struct se_report *report);

/* The same without waiting for the disk: should the machine crash, the file may
 * be there with less in it. For many files, of which se_sync_folder then
 * flushes all. */
int se_atomic_commit_unflushed(struct se_atomic_file *file,
                               struct se_report *report);

/* Renames to the final name although not all could be written. */
int se_atomic_keep(struct se_atomic_file *file, struct se_report *report);

/* Waits until all that was written to the file system of a folder is on the
 * disk. */
int se_sync_folder(const char *path, struct se_report *report);

/* Closes and removes the temporary file. Safe on a zeroed struct. */
void se_atomic_discard(struct se_atomic_file *file);

/* Fails as se_atomic_open would, where that would be after long work. */
int se_atomic_check(const char *path, struct se_report *report);

#endif
