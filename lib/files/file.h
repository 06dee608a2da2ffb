/* file.h - folders, temporary files and whole files. */
#ifndef SE_FILES_FILE_H
#define SE_FILES_FILE_H

#include "base/status.h"

#include <stddef.h>

/* Makes a folder and those above it; one that exists already is fine. */
int se_make_folder(const char *path, struct se_report *report);

/* Opens a file without a name in a folder, for reading and writing: it is gone
 * when it is closed. -1 with errno. */
int se_open_nameless(const char *folder);

/* Where such files go that no other folder is named for: $TMPDIR, or /tmp. */
const char *se_temporary_folder(void);

/* The bytes that a user may still write on the disk of a folder, or of the one
 * above that is there where it is not yet. */
int se_free_bytes(double *bytes, const char *folder, struct se_report *report);

/* Bytes as people write them: "23.0 GB", "337 MB", "1.5 kB". Returns text. */
const char *se_size_text(char text[32], double bytes);

/* Whether two names, of which neither need be there yet, are of one ordinary
 * file. Devices and pipes may be written by many. "-" is "-". */
int se_same_file(const char *a, const char *b);

/* Reads a whole file, up to `limit` bytes, into *bytes (malloc, one zero byte
 * after the end). SE_ERR_FORMAT if it is longer, or a device that does not end.
 */
int se_read_file(char **bytes, size_t *n_bytes, const char *path, size_t limit,
                 struct se_report *report);

#endif
