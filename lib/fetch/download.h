/* download.h - one file from a web server, resumed when connections break. */
#ifndef SE_FETCH_DOWNLOAD_H
#define SE_FETCH_DOWNLOAD_H

#include "base/status.h"
#include "fetch/watch.h"

/* When to try again, and when to give up. */
struct se_retry {
    int n_tries;         /* in a row that bring nothing new, >= 1 */
    double wait_seconds; /* before the second; each next one doubles it */
    int stall_seconds; /* a connection that gives nothing for so long is cut */
};

struct se_remote {
    const char *url; /* http or https */
    int64_t bytes;   /* that it must have; 0: not known */
};

/* Downloads the file, following redirects, to `path`.
 *
 * Until all is there the file is called PATH.part. A later call goes on where
 * that ends, if the server can and still has the same file (PATH.part.from
 * remembers the file's mark and length), and starts over otherwise.
 *
 * Failures of the server or the connection are tried again, but not those that
 * would come again: 404, a wrong length, a full disk. SE_ERR_STOPPED leaves the
 * part that is there. */
int se_download(const char *path, const struct se_remote *remote,
                const struct se_retry *retry, const struct se_watch *watch,
                struct se_report *report);

/* Removes PATH.part and the note beside it, of which a run that was killed may
 * leave the latter when the file is whole. */
void se_download_remove_part(const char *path);

/* Bytes of PATH.part or of `path` that are there, 0 if none. */
int64_t se_download_present(const char *path);

#endif
