/* extract.h - takes archives apart without trusting them. */
#ifndef SE_FETCH_EXTRACT_H
#define SE_FETCH_EXTRACT_H

#include "base/status.h"
#include "fetch/watch.h"

struct se_packed {
    const char *const *parts; /* end with NULL; several are the pieces X.z01,
                                 X.z02, ..., X.zip of one split zip */
    int64_t max_bytes;        /* that may come out of it in all */
};

struct se_extracted {
    int64_t n_bytes; /* written */
    int n_files;
    int n_links; /* symbolic and hard, left out */
};

/* Extracts a tar (also with gzip, bzip2 or xz) or zip file below `folder`,
 * which should be empty and must be the caller's alone.
 *
 * An entry with an absolute name or with ".." in it, a device or a pipe is
 * SE_ERR_FORMAT, and so is more than `max_bytes` unpacked, or more than
 * 200 times as much as was read. Links are left out: none is ever made,
 * so none can be followed. Owners, rights and times are not taken over.
 *
 * *extracted is added to. After an error some files are there. */
int se_extract(struct se_extracted *extracted, const char *folder,
               const struct se_packed *packed, const struct se_watch *watch,
               struct se_report *report);

/* Removes a folder with all in it; one that is not there is fine. Follows no
 * link. */
int se_remove_folder(const char *path, struct se_report *report);

#endif
