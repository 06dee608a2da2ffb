/* read_input.c - the bytes of a file or a pipe, as libsndfile sees them. */
#include "audio/read_private.h"

#include "container/promise.h"
#include "files/file.h"
#include "files/io.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Keeps the first thing that was odd. */
void se_reader_remark(struct se_sound_reader *reader, const char *format, ...)
{
    va_list arguments;
    int n;

    if (reader->remark[0])
        return;
    n = snprintf(reader->remark, sizeof reader->remark,
                 "%.300s: ", reader->name);
    va_start(arguments, format);
    vsnprintf(reader->remark + n, sizeof reader->remark - (size_t)n, format,
              arguments);
    va_end(arguments);
}

void se_reader_remark_rest(struct se_sound_reader *reader, int64_t n_bytes,
                           int frame_bytes)
{
    int n = frame_bytes > 0 ? (int)(n_bytes % frame_bytes) : 0;

    if (n > 0)
        se_reader_remark(reader,
                         "%d byte%s at the end, but a frame has %d: not read",
                         n, n == 1 ? "" : "s", frame_bytes);
}

void se_reader_drop_remarks(struct se_sound_reader *reader)
{
    reader->remark[0] = '\0';
    reader->n_damaged = 0;
}

/* What went wrong while libsndfile or we read, if anything did. */
int se_reader_check(const struct se_sound_reader *reader,
                    struct se_report *report)
{
    int error = reader->window.error ? reader->window.error : reader->wav.error;

    if (error == EFBIG)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: much more follows after the samples that the "
                       "header promises: see se-enhance --ignore_length",
                       reader->name);
    errno = error;
    return error ? se_fail_errno(report, reader->name, "cannot read") : SE_OK;
}

void se_reader_reason(char *reason, size_t size, SNDFILE *file)
{
    static const char *const beginnings[] = {"Internal error : ", "Error : "};
    const char *text = sf_strerror(file);

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t n = strlen(beginnings[i]);

        if (strncmp(text, beginnings[i], n) == 0)
            text += n;
    }
    /* So it calls MPEG audio without a whole frame. */
    if (strncmp(text, "File does not exist", 19) == 0)
        text = "no sound can be decoded";
    snprintf(reason, size, "%s", text);
    reason[strcspn(reason, ".\n")] = '\0';
}

/* What people have that libsndfile does not read, by how it begins; NULL: it is
 * nothing known. */
static const char *foreign_kind(const struct se_sound_reader *reader)
{
    static const struct {
        int at;
        const char *bytes, *kind;
    } kinds[] = {
        {4, "ftyp", "MPEG-4 (AAC or ALAC)"},
        {0, "\xff\xf1", "AAC"},
        {0, "\xff\xf9", "AAC"},
        {0, "\x1a\x45\xdf\xa3", "Matroska or WebM"},
        {0, "\x30\x26\xb2\x75", "Windows Media"},
        {0, "wvpk", "WavPack"},
        {0, "MAC ", "Monkey's Audio"},
        {0, "#!AMR", "AMR"},
        {0, ".RMF", "RealMedia"},
        {8, "AVI ", "AVI"},
        {28, "Speex   ", "Speex"},
    };
    char head[64] = "";

    if (pread(reader->fd, head, sizeof head - 1, 0) < 0)
        return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (memcmp(head + kinds[i].at, kinds[i].bytes,
                   strlen(kinds[i].bytes)) == 0)
            return kinds[i].kind;
    return NULL;
}

/* Whether it begins as sound does, and libsndfile knows that kind. */
static int is_of_known_kind(const struct se_sound_reader *reader,
                            const char *reason)
{
    uint8_t magic[4];

    return pread(reader->fd, magic, sizeof magic, 0) == sizeof magic &&
           se_promise_is_magic(magic) && !strstr(reason, "unimplemented") &&
           !strstr(reason, "unsupported");
}

/* What libsndfile says of a file that it cannot open. */
int se_reader_refuse(const struct se_sound_reader *reader,
                     struct se_report *report)
{
    int is_memory = errno == ENOMEM;
    int status = se_reader_check(reader, report);
    const char *kind;
    char reason[200];

    if (status != SE_OK)
        return status;
    if (is_memory)
        return se_fail_memory(report, reader->name);
    kind = foreign_kind(reader);
    if (kind)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: is %s, which is not read: ffmpeg makes a WAV of it",
                       reader->name, kind);
    if (reader->links.kind == SE_LINKS_MPEG)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: no sound can be decoded of its MPEG frames",
                       reader->name);
    se_reader_reason(reason, sizeof reason, NULL);
    return se_fail(report, SE_ERR_FORMAT, "%s: %s: libsndfile says: %s",
                   reader->name,
                   is_of_known_kind(reader, reason) ? "damaged or truncated"
                                                    : "expected a sound file",
                   reason);
}

int se_reader_refuse_other(const struct se_sound_reader *reader, int64_t at,
                           struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: byte %lld: another sound file follows this one: "
                   "expected one sound",
                   reader->name, (long long)at);
}

/* ---- files and parts of files -------------------------------------------- */

static sf_count_t window_size(void *user)
{
    const struct se_window *window = user;

    return window->is_endless ? SF_COUNT_MAX : window->size;
}

static sf_count_t window_seek(sf_count_t offset, int whence, void *user)
{
    struct se_window *window = user;

    if (whence == SEEK_END && window->is_endless)
        return -1;
    if (whence != SEEK_SET)
        offset += whence == SEEK_CUR ? window->at : window->size;
    if (offset < 0)
        return -1;
    window->at = offset;
    return offset;
}

/* Where in the file the window's place is; *n becomes the bytes to be had there
 * in a row, if that is less. */
static int64_t place(struct se_window *window, sf_count_t *n)
{
    const struct se_piece *piece;

    if (!window->pieces)
        return window->at;
    if (window->at < window->piece_at)
        window->piece = 0, window->piece_at = 0;
    for (;; window->piece++) {
        piece = window->pieces + window->piece;
        if (window->at < window->piece_at + (piece->end - piece->start))
            break;
        window->piece_at += piece->end - piece->start;
    }

    int64_t at = piece->start + (window->at - window->piece_at);

    *n = piece->end - at < *n ? piece->end - at : *n;
    return at;
}

/* Over the n bytes that have been read at window->at. */
static void put_patch(const struct se_window *window, uint8_t *bytes, int64_t n)
{
    for (int i = 0; i < window->n_patch; i++) {
        int64_t at = window->patch_at + i - window->at;

        if (at >= 0 && at < n)
            bytes[at] = window->patch[i];
    }
}

sf_count_t se_window_read(void *bytes, sf_count_t n, void *user)
{
    struct se_window *window = user;
    sf_count_t done = 0;

    if (n > window->size - window->at)
        n = window->size - window->at;
    while (done < n) {
        sf_count_t part = n - done;
        int64_t at = place(window, &part);
        ssize_t got = part;

        if (window->memory)
            memcpy((char *)bytes + done, window->memory + at, (size_t)part);
        else
            got = pread(window->fd, (char *)bytes + done, (size_t)part, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            window->error = errno;
        if (got <= 0)
            break;
        put_patch(window, (uint8_t *)bytes + done, got);
        done += got;
        window->at += got;
    }
    return done;
}

static sf_count_t window_tell(void *user)
{
    return ((const struct se_window *)user)->at;
}

SF_VIRTUAL_IO se_window_io = {.get_filelen = window_size,
                              .seek = window_seek,
                              .read = se_window_read,
                              .tell = window_tell};

/* Without memory for a tag libsndfile goes on without it. */
static int is_opened(const struct se_sound_reader *reader)
{
    return reader->file && errno != ENOMEM;
}

/* Opens what the window shows. */
int se_reader_open_window(struct se_sound_reader *reader, SF_INFO *info,
                          struct se_report *report)
{
    errno = 0;
    reader->file =
        sf_open_virtual(&se_window_io, SFM_READ, info, &reader->window);
    return is_opened(reader) ? se_reader_check(reader, report)
                             : se_reader_refuse(reader, report);
}

int se_reader_open_tags(struct se_sound_reader *reader,
                        struct se_report *report)
{
    SF_INFO unused = {0};

    errno = 0;
    reader->tags =
        sf_open_virtual(&se_window_io, SFM_READ, &unused, &reader->tags_window);
    return errno == ENOMEM ? se_fail_memory(report, reader->name) : SE_OK;
}

/* A window on the file as a whole. */
int se_reader_show_all(struct se_window *window, struct se_sound_reader *reader,
                       struct se_report *report)
{
    struct stat file;

    if (fstat(reader->fd, &file) != 0)
        return se_fail_errno(report, reader->name, "cannot read");
    *window = (struct se_window){.fd = reader->fd, .size = file.st_size};
    return SE_OK;
}

int se_reader_open_file(struct se_sound_reader *reader, SF_INFO *info,
                        struct se_report *report)
{
    int status = se_reader_show_all(&reader->window, reader, report);

    return status == SE_OK ? se_reader_open_window(reader, info, report)
                           : status;
}

/* ---- streams ------------------------------------------------------------- */

/* Bytes come as they come: there is one place, here. */
static sf_count_t chunks_size(void *user)
{
    (void)user;
    return SF_COUNT_MAX;
}

static sf_count_t chunks_seek(sf_count_t offset, int whence, void *user)
{
    (void)user;
    (void)whence;
    return offset;
}

static sf_count_t chunks_read(void *bytes, sf_count_t n, void *user)
{
    return se_wav_stream_read(user, bytes, n);
}

static sf_count_t chunks_tell(void *user)
{
    (void)user;
    return 0;
}

static SF_VIRTUAL_IO chunks_io = {.get_filelen = chunks_size,
                                  .seek = chunks_seek,
                                  .read = chunks_read,
                                  .tell = chunks_tell};

int se_reader_open_stream(struct se_sound_reader *reader, SF_INFO *info,
                          const struct se_wav *wav, struct se_report *report)
{
    se_wav_stream_start(&reader->wav, wav, reader->fd);
    errno = 0;
    reader->file = sf_open_virtual(&chunks_io, SFM_READ, info, &reader->wav);
    return is_opened(reader) ? SE_OK : se_reader_refuse(reader, report);
}

/* Copies the rest of a pipe to a file that has no name, for formats that
 * libsndfile reads only where it can seek. */
int se_reader_spool(struct se_sound_reader *reader, const uint8_t *magic,
                    size_t n_magic, struct se_report *report)
{
    const char *folder = se_temporary_folder();
    uint8_t block[1 << 14];
    int copy = se_open_nameless(folder);
    int64_t n = (int64_t)n_magic;
    int failed = copy < 0 || se_write_fully(copy, magic, n_magic) != 0;

    while (!failed && n > 0) {
        n = se_read_fully(reader->fd, block, sizeof block);
        failed = n < 0 || se_write_fully(copy, block, (size_t)n) != 0;
    }
    if (failed) {
        char what[300];
        int status, reason = errno;

        snprintf(what, sizeof what,
                 "cannot copy it to a temporary file in %.200s", folder);
        errno = reason;
        status = se_fail_errno(report, reader->name, what);
        if (copy >= 0)
            close(copy);
        return status;
    }
    close(reader->fd);
    reader->fd = copy;
    lseek(copy, 0, SEEK_SET);
    return SE_OK;
}
