/* digest.c - MD5 and SHA-256 of files, by nettle. */
#include "fetch/digest.h"

#include "files/path.h"

#include <ctype.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct nettle_hash *hash_of(enum se_digest_kind kind)
{
    return kind == SE_DIGEST_MD5 ? &nettle_md5 : &nettle_sha256;
}

const char *se_digest_name(enum se_digest_kind kind)
{
    return hash_of(kind)->name;
}

int se_digest_parse(struct se_digest *digest, const char *text)
{
    const char *colon = strchr(text, ':');

    *digest = (struct se_digest){0};
    for (int kind = SE_DIGEST_MD5; colon && kind <= SE_DIGEST_SHA256; kind++) {
        const struct nettle_hash *hash = hash_of((enum se_digest_kind)kind);
        size_t n = strlen(hash->name);

        if ((size_t)(colon - text) == n && strncmp(text, hash->name, n) == 0)
            digest->kind = (enum se_digest_kind)kind;
    }
    if (digest->kind == SE_DIGEST_NONE)
        return SE_ERR_FORMAT;

    size_t n = strlen(colon + 1);

    if (n != 2 * hash_of(digest->kind)->digest_size ||
        strspn(colon + 1, "0123456789abcdefABCDEF") != n)
        return SE_ERR_FORMAT;
    for (size_t i = 0; i < n; i++)
        digest->hex[i] = (char)tolower((unsigned char)colon[1 + i]);
    return SE_OK;
}

static void finish(struct se_digest *digest, const struct nettle_hash *hash,
                   void *state)
{
    uint8_t bytes[SHA256_DIGEST_SIZE]; /* the longer one */

    hash->digest(state, hash->digest_size, bytes);
    for (unsigned i = 0; i < hash->digest_size; i++)
        snprintf(digest->hex + 2 * i, 3, "%02x", bytes[i]);
}

static int digest_stream(struct se_digest *digest, FILE *stream,
                         const char *path, const struct se_watch *watch,
                         struct se_report *report)
{
    enum { BUFFER_BYTES = 1 << 18 };
    const struct nettle_hash *hash = hash_of(digest->kind);
    uint8_t *buffer = malloc(BUFFER_BYTES);
    void *state = malloc(hash->context_size);
    struct stat info = {0};
    int status = SE_OK;
    int64_t done = 0;
    char doing[300];
    size_t n;

    if (!buffer || !state) {
        status = se_fail_memory(report, path);
        goto out;
    }
    fstat(fileno(stream), &info);
    snprintf(doing, sizeof doing, "checking %s", se_path_base(path));
    hash->init(state);
    while (status == SE_OK && (n = fread(buffer, 1, BUFFER_BYTES, stream))) {
        hash->update(state, n, buffer);
        done += (int64_t)n;
        if (watch->progress(watch->context, doing, done, info.st_size))
            status = se_fail(report, SE_ERR_STOPPED, "%s: stopped", path);
    }
    if (ferror(stream))
        status = se_fail_errno(report, path, "cannot read");
    if (status == SE_OK)
        finish(digest, hash, state);
out:
    free(state);
    free(buffer);
    return status;
}

int se_digest_file(struct se_digest *digest, enum se_digest_kind kind,
                   const char *path, const struct se_watch *watch,
                   struct se_report *report)
{
    FILE *stream = fopen(path, "rb");

    *digest = (struct se_digest){.kind = kind};
    if (!stream)
        return se_fail_errno(report, path, "cannot open");

    int status = digest_stream(digest, stream, path, watch, report);

    fclose(stream);
    return status;
}
