/* extract.c - takes archives apart, by libarchive. */
#include "fetch/extract.h"

#include "files/file.h"
#include "files/io.h"
#include "files/path.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 1 << 18,
    MAX_ENTRIES = 10 * 1000 * 1000,
    /* Silence packs a thousand times, collections of sound do not. */
    MAX_RATIO = 200,
    FREE_OF_RATIO = 1 << 24 /* bytes */
};

struct extraction {
    struct archive *archive;
    const char *folder;
    const char *name;  /* of the archive, for messages */
    int64_t packed;    /* bytes in all its parts */
    int64_t limit;     /* of bytes written */
    int64_t n_written; /* bytes of this archive */
    int64_t n_entries;
    char *buffer;                  /* [BLOCK_BYTES] */
    char *input;                   /* [BLOCK_BYTES] of pieces */
    const char *const *next_piece; /* NULL at the end */
    int piece;                     /* open for reading, -1: none */
    struct se_extracted *extracted;
    const struct se_watch *watch;
    struct se_report *report;
};

/* ---- names --------------------------------------------------------------- */

/* Whether the name stays in the folder: relative, without "..". */
static int is_inside(const char *name)
{
    if (name[0] == '/')
        return 0;
    while (*name) {
        size_t n = strcspn(name, "/");

        if (n == 2 && name[0] == '.' && name[1] == '.')
            return 0;
        name += n;
        name += strspn(name, "/");
    }
    return 1;
}

/* In the bytes of the archive, or as UTF-8 if the C locale can not say it. */
static const char *entry_name(struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);

    return name ? name : archive_entry_pathname_utf8(entry);
}

static int broken(struct extraction *x)
{
    const char *reason = archive_error_string(x->archive);

    errno = archive_errno(x->archive);
    if (errno == ENOMEM || errno == EIO)
        return se_fail_errno(x->report, x->name, "cannot unpack");
    return se_fail(x->report, SE_ERR_FORMAT, "%s: damaged archive: %s", x->name,
                   reason ? reason : "unknown reason");
}

/* ---- entries ------------------------------------------------------------- */

static int too_large(struct extraction *x, const char *name)
{
    return se_fail(x->report, SE_ERR_FORMAT,
                   "%s: '%s': refused: more than %lld bytes unpacked from "
                   "%lld",
                   x->name, name, (long long)x->limit, (long long)x->packed);
}

static int copy_data(struct extraction *x, int file, const char *name,
                     const char *path)
{
    for (;;) {
        la_ssize_t n = archive_read_data(x->archive, x->buffer, BLOCK_BYTES);

        if (n < 0)
            return broken(x);
        if (n == 0)
            return SE_OK;
        x->n_written += n;
        if (x->n_written > x->limit)
            return too_large(x, name);
        if (se_write_fully(file, x->buffer, (size_t)n) != 0)
            return se_fail_errno(x->report, path, "cannot write");
    }
}

static int make_file(struct extraction *x, struct archive_entry *entry,
                     const char *name, const char *path)
{
    int64_t size = archive_entry_size(entry); /* 0: not declared */

    if (size < 0 || size > x->limit - x->n_written)
        return too_large(x, name);

    int file =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);

    if (file < 0)
        return se_fail_errno(x->report, path, "cannot write");

    int status = copy_data(x, file, name, path);

    if (close(file) != 0 && status == SE_OK)
        status = se_fail_errno(x->report, path, "cannot write");
    x->extracted->n_files++;
    return status;
}

/* The folder that `path` lies in; most often it is there. */
static int make_parent(struct extraction *x, char *path)
{
    char *slash = strrchr(path, '/');
    int status = SE_OK;

    *slash = '\0';
    if (access(path, F_OK) != 0)
        status = se_make_folder(path, x->report);
    *slash = '/';
    return status;
}

static int take_file(struct extraction *x, struct archive_entry *entry,
                     const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", x->folder, name) < 0)
        return se_fail_memory(x->report, name);

    int status = make_parent(x, path);

    if (status == SE_OK)
        status = make_file(x, entry, name, path);
    free(path);
    return status;
}

static int take_folder(struct extraction *x, const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", x->folder, name) < 0)
        return se_fail_memory(x->report, name);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';

    int status = se_make_folder(path, x->report);

    free(path);
    return status;
}

static int take_entry(struct extraction *x, struct archive_entry *entry)
{
    const char *name = entry_name(entry);

    if (!name || !*name)
        return se_fail(x->report, SE_ERR_FORMAT,
                       "%s: entry %lld has no name that can be read", x->name,
                       (long long)x->n_entries);
    if (!is_inside(name))
        return se_fail(x->report, SE_ERR_FORMAT,
                       "%s: '%s': refused: the name leaves the folder", x->name,
                       name);
    if (archive_entry_hardlink(entry) || archive_entry_symlink(entry) ||
        archive_entry_filetype(entry) == AE_IFLNK) {
        x->extracted->n_links++;
        return SE_OK;
    }
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return take_file(x, entry, name);
    case AE_IFDIR:
        return take_folder(x, name);
    default:
        return se_fail(x->report, SE_ERR_FORMAT,
                       "%s: '%s': refused: neither a file nor a folder",
                       x->name, name);
    }
}

static int take_entries(struct extraction *x)
{
    struct archive_entry *entry;
    char doing[300];

    snprintf(doing, sizeof doing, "unpacking %s", se_path_base(x->name));
    for (;;) {
        int result = archive_read_next_header(x->archive, &entry);

        if (result == ARCHIVE_EOF)
            return SE_OK;
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
            return broken(x);
        if (++x->n_entries > MAX_ENTRIES)
            return se_fail(x->report, SE_ERR_FORMAT,
                           "%s: refused: more than %d entries", x->name,
                           MAX_ENTRIES);

        int status = take_entry(x, entry);

        if (status != SE_OK)
            return status;

        int64_t at = archive_filter_bytes(x->archive, -1);

        if (x->watch->progress(x->watch->context, doing,
                               at < x->packed ? at : x->packed, x->packed))
            return se_fail(x->report, SE_ERR_STOPPED,
                           "%s: stopped while unpacking", x->name);
    }
}

/* ---- archives ------------------------------------------------------------ */

static int measure(struct extraction *x, const struct se_packed *packed)
{
    struct stat info;

    for (const char *const *part = packed->parts; *part; part++) {
        if (stat(*part, &info) != 0)
            return se_fail_errno(x->report, *part, "cannot open");
        x->packed += info.st_size;
        x->name = *part; /* the last one is X.zip */
    }

    int64_t by_ratio = x->packed > INT64_MAX / (2 * MAX_RATIO)
                           ? INT64_MAX
                           : MAX_RATIO * x->packed + FREE_OF_RATIO;

    x->limit = by_ratio < packed->max_bytes ? by_ratio : packed->max_bytes;
    return SE_OK;
}

/* For libarchive: the pieces one after the other. (Its own way, with
 * archive_read_open_filenames, frees what it should not: 3.6.2 crashes on
 * pieces of a gzip file.) */
static la_ssize_t read_pieces(struct archive *archive, void *context,
                              const void **bytes)
{
    struct extraction *x = context;

    *bytes = x->input;
    while (x->piece >= 0 || *x->next_piece) {
        if (x->piece < 0)
            x->piece = open(*x->next_piece++, O_RDONLY | O_CLOEXEC);

        ssize_t n = x->piece < 0 ? -1 : read(x->piece, x->input, BLOCK_BYTES);

        if (n > 0)
            return n;
        if (n < 0 && errno != EINTR) {
            archive_set_error(archive, errno, "cannot read: %s",
                              strerror(errno));
            return ARCHIVE_FATAL;
        }
        if (n == 0) {
            close(x->piece);
            x->piece = -1;
        }
    }
    return 0;
}

/* In a split zip the pieces' own offsets are of no use, but its entries stand
 * in it one after the other, and can be read in passing. */
static int set_up(struct extraction *x, int is_split)
{
    x->archive = archive_read_new();
    x->buffer = malloc(BLOCK_BYTES);
    x->input = malloc(BLOCK_BYTES);
    if (!x->archive || !x->buffer || !x->input)
        return se_fail_memory(x->report, x->name);

    int (*const supports[])(struct archive *) = {
        is_split ? archive_read_support_format_zip_streamable
                 : archive_read_support_format_zip,
        archive_read_support_format_tar,
        archive_read_support_filter_gzip,
        archive_read_support_filter_bzip2,
        archive_read_support_filter_xz,
    };

    for (size_t i = 0; i < sizeof supports / sizeof *supports; i++)
        if (supports[i](x->archive) < ARCHIVE_WARN)
            return se_fail_memory(x->report, x->name);
    return SE_OK;
}

int se_extract(struct se_extracted *extracted, const char *folder,
               const struct se_packed *packed, const struct se_watch *watch,
               struct se_report *report)
{
    const char *const *parts = packed->parts;
    struct extraction x = {
        .folder = folder,
        .next_piece = parts,
        .piece = -1,
        .extracted = extracted,
        .watch = watch,
        .report = report,
    };
    int status = measure(&x, packed);

    if (status == SE_OK)
        status = set_up(&x, parts[1] != NULL);
    if (status == SE_OK) {
        int result =
            parts[1]
                ? archive_read_open(x.archive, &x, NULL, read_pieces, NULL)
                : archive_read_open_filename(x.archive, parts[0], BLOCK_BYTES);

        status = result == ARCHIVE_OK ? take_entries(&x) : broken(&x);
    }
    extracted->n_bytes += x.n_written;
    archive_read_free(x.archive);
    if (x.piece >= 0)
        close(x.piece);
    free(x.buffer);
    free(x.input);
    return status;
}

/* ---- removal ------------------------------------------------------------- */

int se_remove_folder(const char *path, struct se_report *report)
{
    char *copy = strdup(path), *starts[] = {copy, NULL};
    FTS *tree =
        copy ? fts_open(starts, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
    int status = SE_OK;
    FTSENT *entry;

    if (!tree)
        status = se_fail_memory(report, path);
    while (status == SE_OK && (errno = 0, entry = fts_read(tree))) {
        int failed = entry->fts_info == FTS_DP  ? rmdir(entry->fts_path) != 0
                     : entry->fts_info == FTS_D ? 0
                                                : unlink(entry->fts_path) != 0;

        if (failed && errno != ENOENT)
            status = se_fail_errno(report, entry->fts_path, "cannot remove");
    }
    if (tree)
        fts_close(tree);
    free(copy);
    return status;
}
