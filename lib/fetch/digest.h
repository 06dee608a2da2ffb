/* digest.h - MD5 and SHA-256 of files, to compare with published values. */
#ifndef SE_FETCH_DIGEST_H
#define SE_FETCH_DIGEST_H

#include "base/status.h"
#include "fetch/watch.h"

enum se_digest_kind { SE_DIGEST_NONE, SE_DIGEST_MD5, SE_DIGEST_SHA256 };

struct se_digest {
    enum se_digest_kind kind;
    char hex[65]; /* lower case */
};

/* Reads "md5:0123..." or "sha256:0123..."; SE_ERR_FORMAT if it is not one. */
int se_digest_parse(struct se_digest *digest, const char *text);

/* "md5" or "sha256". */
const char *se_digest_name(enum se_digest_kind kind);

/* The digest of a file; SE_ERR_STOPPED if the watcher asks for it. */
int se_digest_file(struct se_digest *digest, enum se_digest_kind kind,
                   const char *path, const struct se_watch *watch,
                   struct se_report *report);

#endif
