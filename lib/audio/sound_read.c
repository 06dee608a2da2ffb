/* sound_read.c - sound files and pipes in, by libsndfile. */
#include "audio/sound_private.h"

#include "audio/resample.h"
#include "audio/wav.h"
#include "base/io.h"
#include "base/remark.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RATE_MIN = 1000, RATE_MAX = 768000, CHANNELS_MAX = 64 };

/* What a header may promise too much and count as a slip of who wrote it, who
 * counted headers and other chunks in; more is a file that was cut short. */
enum { SLIP_BYTES = 4096 };

static int open_input(struct se_sound_reader *reader, const char *path,
                      struct se_report *report)
{
    struct stat info;

    if (strcmp(path, "-") == 0) {
        reader->fd = dup(STDIN_FILENO);
        if (reader->fd >= 0 && isatty(reader->fd))
            return se_fail(report, SE_ERR_ARG,
                           "%s is a terminal: expected a file or a pipe",
                           reader->name);
    } else {
        reader->fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (reader->fd < 0 || fstat(reader->fd, &info) != 0)
        return se_fail_errno(report, reader->name, "cannot open");
    if (S_ISDIR(info.st_mode))
        return se_fail(report, SE_ERR_IO,
                       "%s: is a folder, expected a sound file", reader->name);
    if (S_ISREG(info.st_mode) && info.st_size == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: is empty, expected a sound file", reader->name);
    return SE_OK;
}

/* What went wrong while libsndfile or we read, if anything did. */
static int check_line(const struct se_sound_reader *reader,
                      struct se_report *report)
{
    int error = reader->window.error ? reader->window.error : reader->wav.error;

    if (error == EFBIG)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: much more follows after the samples that the "
                       "header promises: see --ignore_length",
                       reader->name);
    errno = error;
    return error ? se_fail_errno(report, reader->name, "cannot read") : SE_OK;
}

/* What libsndfile says of a file that it cannot open. */
static int refuse(const struct se_sound_reader *reader,
                  struct se_report *report)
{
    int is_memory = errno == ENOMEM;
    int status = check_line(reader, report);
    char reason[200];

    if (status != SE_OK)
        return status;
    if (is_memory)
        return se_fail_memory(report, reader->name);
    snprintf(reason, sizeof reason, "%s", sf_strerror(NULL));
    reason[strcspn(reason, ".\n")] = '\0';
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: expected a sound file: libsndfile says: %s",
                   reader->name, reason);
}

/* Keeps the first thing that was odd. */
static void __attribute__((format(printf, 2, 3)))
remark(struct se_sound_reader *reader, const char *format, ...)
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

/* ---- parts of a file ----------------------------------------------------- */

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

static sf_count_t window_read(void *bytes, sf_count_t n, void *user)
{
    struct se_window *window = user;
    sf_count_t done = 0;

    if (n > window->size - window->at)
        n = window->size - window->at;
    while (done < n) {
        ssize_t got = pread(window->fd, (char *)bytes + done,
                            (size_t)(n - done), window->start + window->at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            window->error = errno;
        if (got <= 0)
            break;
        done += got;
        window->at += got;
    }
    return done;
}

static sf_count_t window_tell(void *user)
{
    return ((const struct se_window *)user)->at;
}

static SF_VIRTUAL_IO window_io = {.get_filelen = window_size,
                                  .seek = window_seek,
                                  .read = window_read,
                                  .tell = window_tell};

/* Opens what the window shows. */
static int open_window(struct se_sound_reader *reader, SF_INFO *info,
                       struct se_report *report)
{
    errno = 0;
    reader->file = sf_open_virtual(&window_io, SFM_READ, info, &reader->window);
    if (!reader->file)
        return refuse(reader, report);
    return check_line(reader, report);
}

/* A window on the file as a whole. */
static int show_all(struct se_window *window, struct se_sound_reader *reader,
                    struct se_report *report)
{
    struct stat file;

    if (fstat(reader->fd, &file) != 0)
        return se_fail_errno(report, reader->name, "cannot read");
    *window = (struct se_window){.fd = reader->fd, .size = file.st_size};
    return SE_OK;
}

static int open_libsndfile(struct se_sound_reader *reader, SF_INFO *info,
                           struct se_report *report)
{
    int status = show_all(&reader->window, reader, report);

    return status == SE_OK ? open_window(reader, info, report) : status;
}

/* Opens a link; MPEG with a size that no estimate can come from. */
static int open_link(struct se_sound_reader *reader, int link, SF_INFO *info,
                     struct se_report *report)
{
    const struct se_links *links = &reader->links;

    if (reader->file)
        sf_close(reader->file);
    reader->link = link;
    reader->window = (struct se_window){
        .fd = reader->fd,
        .start = links->starts[link],
        .size = links->starts[link + 1] - links->starts[link],
        .is_endless = links->kind == SE_LINKS_MPEG,
    };
    *info = (SF_INFO){0};
    return open_window(reader, info, report);
}

static int open_links(struct se_sound_reader *reader, SF_INFO *info,
                      struct se_report *report)
{
    const struct se_links *links = &reader->links;
    int status = open_link(reader, 0, info, report);

    if (status != SE_OK)
        return status;
    if (links->n > 1)
        remark(reader, "%d sounds one behind another, read as one", links->n);
    if (links->is_cut)
        remark(reader, "its end is missing: read what is there");
    if (links->n_missing > 1)
        remark(reader,
               "%lld MPEG frames fewer than its header promises: read "
               "what is there",
               (long long)links->n_missing);
    if (links->n == 1 && info->frames < SF_COUNT_MAX && info->frames > 0 &&
        links->n_missing <= 1 && !links->is_cut)
        reader->n_samples = info->frames;
    return SE_OK;
}

/* Goes on to the next link. */
static int next_link(struct se_sound_reader *reader, struct se_report *report)
{
    SF_INFO info;
    int status = open_link(reader, reader->link + 1, &info, report);

    if (status != SE_OK)
        return status;
    if (info.samplerate != reader->rate_hz || info.channels != reader->channels)
        return se_fail(
            report, SE_ERR_FORMAT,
            "%s: byte %lld: %d Hz and %d channels follow on %d Hz "
            "and %d: expected one sound",
            reader->name, (long long)reader->links.starts[reader->link],
            info.samplerate, info.channels, reader->rate_hz, reader->channels);
    return SE_OK;
}

/* ---- WAV ----------------------------------------------------------------- */

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

/* Reads the samples of a WAV, where the descriptor is, as bare ones. */
static int open_chunks(struct se_sound_reader *reader, SF_INFO *info,
                       const struct se_wav *wav, struct se_report *report)
{
    int coding = wav->coding;

    se_wav_stream_start(&reader->wav, wav, reader->fd);
    *info = (SF_INFO){.samplerate = wav->rate_hz,
                      .channels = wav->channels,
                      .format = SF_FORMAT_RAW | coding};
    errno = 0;
    reader->file = sf_open_virtual(&chunks_io, SFM_READ, info, &reader->wav);
    if (!reader->file)
        return refuse(reader, report);

    /* Little endian is what WAV means without a word. */
    if (coding & SF_ENDIAN_LITTLE)
        coding &= SF_FORMAT_SUBMASK;
    info->format = (wav->is_rf64 ? SF_FORMAT_RF64 : SF_FORMAT_WAV) | coding;
    if (wav->is_padded)
        remark(reader, "24 bits in 4 bytes each");
    if (wav->no_block)
        remark(reader, "the header says 0 bytes a frame: read as %d",
               wav->block_bytes);
    return SE_OK;
}

/* Whether nothing but whole chunks follows from the window's place to its end.
 */
static int only_chunks(struct se_window *window, int is_big_endian)
{
    uint8_t c[8];
    int64_t at = window->at;

    while (window->at = at,
           at < window->size && window_read(c, sizeof c, window) == sizeof c) {
        uint32_t size =
            is_big_endian
                ? (uint32_t)c[4] << 24 | c[5] << 16 | c[6] << 8 | c[7]
                : (uint32_t)c[7] << 24 | c[6] << 16 | c[5] << 8 | c[4];

        at += 8 + (int64_t)size + (size & 1);
    }
    return at == window->size;
}

/* Puts data_bytes right where header and file disagree; whether they did. */
static int mend_length(struct se_sound_reader *reader, struct se_wav *wav,
                       int64_t start, int64_t there)
{
    int64_t promised = wav->data_bytes;

    if (reader->ignores_length) {
        wav->data_bytes = -1;
    } else if (promised == 0) {
        reader->window.at = start;
        if (only_chunks(&reader->window, wav->is_big_endian))
            return 0;
        wav->data_bytes = there;
        remark(reader, "the header says that there are no samples: read to the "
                       "end of the file");
    } else if (promised > there && !se_wav_is_placeholder(promised)) {
        wav->data_bytes = there;
        if (promised - there <= SLIP_BYTES)
            remark(reader,
                   "the header promises %lld bytes of samples, the "
                   "file has %lld: read what is there",
                   (long long)promised, (long long)there);
    } else if (promised > there || promised < 0) {
        wav->data_bytes = there;
    } else if ((there - promised) >> 32 > 0) {
        wav->data_bytes = promised + ((there - promised) >> 32 << 32);
        remark(reader,
               "the header has no room for its size: read %lld bytes "
               "of samples, not %lld",
               (long long)wav->data_bytes, (long long)promised);
    }
    return wav->data_bytes != promised;
}

/* A WAV that libsndfile reads as it is meant is left to it (*is_ours is 0), the
 * file at its start. */
static int open_wav_file(struct se_sound_reader *reader, int *is_ours,
                         SF_INFO *info, const uint8_t *magic,
                         struct se_report *report)
{
    struct se_wav wav;
    int status =
        se_wav_parse(&wav, reader->fd, magic, NULL, reader->name, report);
    int64_t start = lseek(reader->fd, 0, SEEK_CUR), more = 0;

    *is_ours = 0;
    if (status == SE_OK)
        status = show_all(&reader->window, reader, report);
    if (status != SE_OK)
        return status;

    int64_t there = reader->window.size - start, promised = wav.data_bytes;
    int is_odd = mend_length(reader, &wav, start, there);

    status = check_line(reader, report);
    if (status != SE_OK)
        return status;

    if (promised - wav.data_bytes > SLIP_BYTES && wav.data_bytes > 0 &&
        !se_wav_is_placeholder(promised))
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: the header promises %lld bytes of "
                       "samples, the file has %lld (--ignore_length reads "
                       "them)",
                       reader->name, (long long)promised, (long long)there);
    if (!is_odd)
        more = se_wav_more_data(&wav, reader->fd, start);
    if (more < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (more > 0)
        remark(reader, "several data chunks, read as one");
    if (wav.coding == 0 && !reader->ignores_length)
        reader->n_fact = wav.n_fact;
    reader->block_samples = wav.block_samples;
    *is_ours = wav.coding != 0 &&
               (is_odd || more > 0 || wav.is_padded || wav.no_block);
    if (*is_ours) {
        SF_INFO unused = {0};

        reader->tags_window = reader->window;
        reader->tags_window.at = 0;
        reader->tags = sf_open_virtual(&window_io, SFM_READ, &unused,
                                       &reader->tags_window);
        lseek(reader->fd, start, SEEK_SET);
        status = open_chunks(reader, info, &wav, report);
        if (wav.data_bytes >= 0)
            reader->n_samples =
                (wav.data_bytes + more) /
                (wav.is_padded ? 4 * wav.channels : wav.block_bytes);
    }
    return status;
}

/* ---- files --------------------------------------------------------------- */

static int open_whole(struct se_sound_reader *reader, SF_INFO *info,
                      struct se_report *report)
{
    int status = open_libsndfile(reader, info, report);

    if (status != SE_OK)
        return status;
    if (info->frames == SF_COUNT_MAX)
        return SE_OK;
    /* A coding by blocks fills up the last one. */
    if (reader->n_fact > 0 && reader->n_fact < info->frames &&
        info->frames - reader->n_fact < reader->block_samples) {
        reader->n_limit = reader->n_fact;
        info->frames = reader->n_fact;
    }
    reader->exact = !reader->ignores_length && !reader->remark[0];
    if (reader->exact)
        reader->n_samples = info->frames;
    return SE_OK;
}

static int open_seekable(struct se_sound_reader *reader, SF_INFO *info,
                         struct se_report *report)
{
    uint8_t magic[SE_WAV_MAGIC] = {0};
    int status, is_ours = 0;

    lseek(reader->fd, 0, SEEK_SET);
    if (se_read_fully(reader->fd, magic, sizeof magic) < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (se_wav_recognise(magic)) {
        status = open_wav_file(reader, &is_ours, info, magic, report);
    } else {
        status =
            se_links_find(&reader->links, reader->fd, reader->name, report);
        is_ours = reader->links.kind != SE_LINKS_NONE;
        if (status == SE_OK && is_ours)
            status = open_links(reader, info, report);
    }
    if (status == SE_OK && !is_ours)
        status = open_whole(reader, info, report);
    if (status == SE_OK && reader->n_samples == 0)
        status =
            se_fail(report, SE_ERR_FORMAT, "%s: has no samples", reader->name);
    return status;
}

/* Copies the rest of a pipe to a file that has no name, for formats that
 * libsndfile reads only where it can seek. */
static int spool(struct se_sound_reader *reader, const uint8_t *magic,
                 size_t n_magic, struct se_report *report)
{
    uint8_t block[1 << 14];
    FILE *stream = tmpfile();
    int copy = stream ? dup(fileno(stream)) : -1;
    int64_t n = (int64_t)n_magic;
    int failed = copy < 0 || se_write_fully(copy, magic, n_magic) != 0;

    while (!failed && n > 0) {
        n = se_read_fully(reader->fd, block, sizeof block);
        failed = n < 0 || se_write_fully(copy, block, (size_t)n) != 0;
    }
    if (stream)
        fclose(stream);
    if (failed) {
        int status = se_fail_errno(report, reader->name,
                                   "cannot copy it to a temporary file");

        if (copy >= 0)
            close(copy);
        return status;
    }
    close(reader->fd);
    reader->fd = copy;
    lseek(copy, 0, SEEK_SET);
    return SE_OK;
}

/* What is not plain samples goes through a file, its header first. */
static int spool_wav(struct se_sound_reader *reader, SF_INFO *info,
                     const struct se_wav_head *head, struct se_report *report)
{
    int status;

    if (head->is_over)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: a WAV from a pipe with a header of more than %zu "
                       "bytes must hold PCM, float, u-law or A-law samples",
                       reader->name, sizeof head->bytes);
    status = spool(reader, head->bytes, head->n, report);
    return status == SE_OK ? open_seekable(reader, info, report) : status;
}

static int open_wav_pipe(struct se_sound_reader *reader, SF_INFO *info,
                         const uint8_t *magic, struct se_report *report)
{
    struct se_wav_head head = {.n = 0};
    struct se_wav wav;
    int status =
        se_wav_parse(&wav, reader->fd, magic, &head, reader->name, report);

    if (status != SE_OK)
        return status;
    if (!wav.coding)
        return spool_wav(reader, info, &head, report);
    if (wav.data_bytes == 0 || reader->ignores_length ||
        se_wav_is_placeholder(wav.data_bytes))
        wav.data_bytes = -1;
    if (wav.data_bytes >= 0)
        reader->n_samples = wav.data_bytes / (wav.is_padded ? 4 * wav.channels
                                                            : wav.block_bytes);
    return open_chunks(reader, info, &wav, report);
}

static int open_pipe(struct se_sound_reader *reader, SF_INFO *info,
                     struct se_report *report)
{
    struct stat file;
    uint8_t magic[SE_WAV_MAGIC];
    int64_t n = se_read_fully(reader->fd, magic, sizeof magic);

    if (n < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (n == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: is empty, expected a sound file", reader->name);
    if (n == sizeof magic && se_wav_recognise(magic))
        return open_wav_pipe(reader, info, magic, report);

    if (fstat(reader->fd, &file) == 0 && S_ISCHR(file.st_mode))
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: is a device, expected a sound file or a pipe",
                       reader->name);

    int status = spool(reader, magic, (size_t)n, report);

    if (status == SE_OK)
        status = open_seekable(reader, info, report);
    return status;
}

static int open_raw(struct se_sound_reader *reader, SF_INFO *info,
                    const struct se_sound_format *raw, int seekable,
                    struct se_report *report)
{
    int status;

    *info = (SF_INFO){.samplerate = raw->rate_hz,
                      .channels = raw->channels,
                      .format = raw->format};
    if (seekable) {
        status = open_libsndfile(reader, info, report);
        if (status == SE_OK)
            reader->n_samples = info->frames;
        return status;
    }
    se_wav_stream_start(&reader->wav, &(struct se_wav){.data_bytes = -1},
                        reader->fd);
    errno = 0;
    reader->file = sf_open_virtual(&chunks_io, SFM_READ, info, &reader->wav);
    return reader->file ? SE_OK : refuse(reader, report);
}

static int open_any(struct se_sound_reader *reader, SF_INFO *info,
                    const char *path, const struct se_sound_format *raw,
                    struct se_report *report)
{
    int status = open_input(reader, path, report);

    if (status != SE_OK)
        return status;

    int seekable = lseek(reader->fd, 0, SEEK_CUR) >= 0;

    if (raw)
        status = open_raw(reader, info, raw, seekable, report);
    else if (seekable)
        status = open_seekable(reader, info, report);
    else
        status = open_pipe(reader, info, report);
    if (status != SE_OK)
        return status;
    if (info->samplerate < RATE_MIN || info->samplerate > RATE_MAX)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: sample rate %d Hz, expected %d to %d", reader->name,
                       info->samplerate, RATE_MIN, RATE_MAX);
    if (info->channels < 1 || info->channels > CHANNELS_MAX)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: %d channels, expected 1 to %d", reader->name,
                       info->channels, CHANNELS_MAX);
    return SE_OK;
}

static int open_reader(struct se_sound_reader **out,
                       struct se_sound_format *format, const char *path,
                       const struct se_sound_format *raw, int ignores_length,
                       struct se_report *report)
{
    struct se_sound_reader *reader = calloc(1, sizeof *reader);
    SF_INFO info = {0};

    *out = NULL;
    if (!reader)
        return se_fail_memory(report, path);
    reader->fd = -1;
    reader->n_samples = -1;
    reader->n_limit = INT64_MAX;
    reader->ignores_length = ignores_length;
    reader->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);

    int status = reader->name ? open_any(reader, &info, path, raw, report)
                              : se_fail_memory(report, path);

    if (status != SE_OK) {
        se_sound_close(reader);
        return status;
    }
    reader->rate_hz = info.samplerate;
    reader->channels = info.channels;
    *format =
        (struct se_sound_format){info.samplerate, info.channels, info.format};
    *out = reader;
    return SE_OK;
}

int se_sound_open(struct se_sound_reader **reader,
                  struct se_sound_format *format, const char *path,
                  const struct se_sound_format *raw, struct se_report *report)
{
    return open_reader(reader, format, path, raw, 0, report);
}

int se_sound_open_unbounded(struct se_sound_reader **reader,
                            struct se_sound_format *format, const char *path,
                            const struct se_sound_format *raw,
                            struct se_report *report)
{
    return open_reader(reader, format, path, raw, 1, report);
}

void se_sound_close(struct se_sound_reader *reader)
{
    if (!reader)
        return;
    if (reader->remark[0])
        se_remark("%s", reader->remark);
    if (reader->file)
        sf_close(reader->file);
    if (reader->tags)
        sf_close(reader->tags);
    if (reader->fd >= 0)
        close(reader->fd);
    se_links_free(&reader->links);
    free(reader->name);
    free(reader);
}

int64_t se_sound_length(const struct se_sound_reader *reader)
{
    return reader->n_samples;
}

static int check_finite(const struct se_sound_reader *reader,
                        const float *samples, int64_t n_samples,
                        struct se_report *report)
{
    for (int64_t i = 0; i < n_samples * reader->channels; i++) {
        if (!isfinite(samples[i]))
            return se_fail(report, SE_ERR_NUMERIC,
                           "%s: frame %lld: the sample is not a number, or "
                           "infinite",
                           reader->name,
                           (long long)(reader->n_read + i / reader->channels));
    }
    return SE_OK;
}

/* The same, or what libsndfile says. */
static int check_read(const struct se_sound_reader *reader,
                      struct se_report *report)
{
    int status = check_line(reader, report);

    if (status == SE_OK && sf_error(reader->file) != SF_ERR_NO_ERROR)
        return se_fail(report, SE_ERR_IO, "%s: frame %lld: cannot read: %s",
                       reader->name, (long long)reader->n_read,
                       sf_strerror(reader->file));
    return status;
}

/* Whether what cannot be decoded is the end: if that is wanted, or where a file
 * of MPEG audio was cut within a frame. */
static int may_end_here(const struct se_sound_reader *reader)
{
    const struct se_window *window = &reader->window;

    if (window->error || reader->wav.error)
        return 0;
    return reader->ignores_length ||
           (reader->links.kind == SE_LINKS_MPEG &&
            reader->link + 1 == reader->links.n && window->at >= window->size);
}

/* Reads a block, of the next link where one ends. */
static int read_block(struct se_sound_reader *reader, float *samples,
                      int64_t max_samples, int64_t *n_samples,
                      struct se_report *report)
{
    int status = SE_OK;

    for (;;) {
        *n_samples = sf_readf_float(reader->file, samples, max_samples);
        status = check_read(reader, report);
        if (status == SE_ERR_IO && may_end_here(reader) &&
            reader->n_read + *n_samples > 0) {
            remark(reader, "cannot be read beyond frame %lld",
                   (long long)(reader->n_read + *n_samples));
            return SE_OK;
        }
        if (status != SE_OK || *n_samples > 0 || max_samples == 0 ||
            reader->link + 1 >= reader->links.n)
            return status;
        status = next_link(reader, report);
        if (status != SE_OK)
            return status;
    }
}

int se_sound_read(struct se_sound_reader *reader, float *samples,
                  int64_t max_samples, int64_t *n_samples,
                  struct se_report *report)
{
    int64_t left = reader->n_limit - reader->n_read, got;

    if (max_samples > left)
        max_samples = left;

    int status = read_block(reader, samples, max_samples, &got, report);

    *n_samples = 0;
    if (status == SE_OK)
        status = check_finite(reader, samples, got, report);
    if (status != SE_OK)
        return status;
    reader->n_read += got;
    if (got == 0 && reader->n_read == 0 && max_samples > 0)
        return se_fail(report, SE_ERR_FORMAT, "%s: has no samples",
                       reader->name);
    if (got < max_samples && reader->exact &&
        reader->n_read < reader->n_samples)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: %lld frames promised, %lld found",
                       reader->name, (long long)reader->n_samples,
                       (long long)reader->n_read);
    if (reader->wav.n_missing > SLIP_BYTES)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: %lld frames promised, %lld found "
                       "(--ignore_length reads them)",
                       reader->name, (long long)reader->n_samples,
                       (long long)reader->n_read);
    if (reader->wav.n_missing > 0)
        remark(reader, "%lld bytes fewer than the header promises",
               (long long)reader->wav.n_missing);
    if (reader->wav.n_chunks > 1)
        remark(reader, "several data chunks, read as one");
    *n_samples = got;
    return SE_OK;
}

int se_sound_measure(int64_t *n_samples, struct se_sound_reader *reader,
                     struct se_report *report)
{
    float block[8192];
    int64_t n = 1;

    *n_samples = reader->n_samples;
    if (*n_samples >= 0)
        return SE_OK;
    while (n > 0) {
        int status =
            se_sound_read(reader, block, 8192 / reader->channels, &n, report);

        if (status != SE_OK)
            return status;
    }
    *n_samples = reader->n_read;
    return SE_OK;
}
