/* open.c - finds out what a file or a pipe is, and with that how it is read. */
#include "audio/read_private.h"

#include "audio/format.h"
#include "base/remark.h"
#include "container/wav.h"
#include "files/io.h"
#include "files/path.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RATE_MIN = 1000, RATE_MAX = 768000, CHANNELS_MAX = 64 };

/* What is to be read. */
struct source {
    const char *path;                  /* "-": standard input */
    const struct se_sound_format *raw; /* NULL: the file has a header */
    int ignores_length;
};

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

/* Sizes of 32 bits that have lost their upper ones, in other containers than
 * WAV. */
static int check_size(const struct se_sound_reader *reader, const SF_INFO *info,
                      struct se_report *report)
{
    int64_t block = se_wav_block_bytes(info->format, info->channels);
    int64_t n_bytes = block * info->frames;

    if (block == 0 || reader->ignores_length ||
        (reader->window.size - n_bytes) >> 32 <= 0)
        return SE_OK;
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: its header has no room for its size: %lld bytes of "
                   "samples, but the file has %lld",
                   reader->name, (long long)n_bytes,
                   (long long)reader->window.size);
}

static int open_whole(struct se_sound_reader *reader, SF_INFO *info,
                      struct se_report *report)
{
    int status = se_reader_open_promised(reader, info, report);

    if (status != SE_OK)
        return status;
    if (reader->links.start > 0 &&
        (info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_FLAC)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: a tag of %lld bytes stands before the sound: "
                       "expected it without",
                       reader->name, (long long)reader->links.start);
    if (reader->n_flac > 0)
        info->frames = reader->n_flac;
    /* Of MPEG audio in other containers, libsndfile estimates it. */
    if (info->frames == SF_COUNT_MAX ||
        (se_format_is_mpeg(info->format) &&
         (info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG))
        return SE_OK;
    status = check_size(reader, info, report);
    if (status != SE_OK)
        return status;
    /* A coding by blocks fills up the last one. */
    if (reader->n_fact > 0 && reader->n_fact < info->frames &&
        info->frames - reader->n_fact <= reader->block_samples) {
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
        status = se_reader_open_wav(reader, &is_ours, info, magic, report);
    } else {
        status =
            se_links_find(&reader->links, reader->fd, reader->name, report);
        is_ours = reader->links.kind != SE_LINKS_NONE;
        if (status == SE_OK && is_ours)
            status = se_reader_open_links(reader, info, report);
    }
    if (status == SE_OK && !is_ours)
        status = open_whole(reader, info, report);
    if (status == SE_OK && reader->n_samples == 0)
        status =
            se_fail(report, SE_ERR_FORMAT, "%s: has no samples", reader->name);
    return status;
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
    status = se_reader_spool(reader, head->bytes, head->n, report);
    return status == SE_OK ? open_seekable(reader, info, report) : status;
}

enum { PEEK = 8 };

/* Reads on into `head`, if it has room. */
static int peek(const struct se_sound_reader *reader, struct se_wav_head *head,
                int *n_peeked, struct se_report *report)
{
    int64_t n = 0;

    if (!head->is_over && head->n + PEEK <= sizeof head->bytes)
        n = se_read_fully(reader->fd, head->bytes + head->n, PEEK);
    if (n < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    head->n += (size_t)n;
    *n_peeked = (int)n;
    return SE_OK;
}

/* What stands before the samples of a pipe is a file without any to libsndfile,
 * but with tags. */
static int keep_tags(struct se_sound_reader *reader,
                     const struct se_wav_head *head, struct se_report *report)
{
    if (head->is_over || head->n <= SE_WAV_HEADER)
        return SE_OK;
    reader->head = malloc(head->n);
    if (!reader->head)
        return se_fail_memory(report, reader->name);
    memcpy(reader->head, head->bytes, head->n);
    memset(reader->head + head->n - 4, 0, 4);
    reader->tags_window =
        (struct se_window){.memory = reader->head, .size = (int64_t)head->n};
    return se_reader_open_tags(reader, report);
}

static int open_wav_pipe(struct se_sound_reader *reader, SF_INFO *info,
                         const uint8_t *magic, struct se_report *report)
{
    struct se_wav_head head = {.n = 0};
    struct se_wav wav;
    int n_peeked = 0;
    int status = se_wav_parse(
        &wav, &head, &(struct se_wav_source){reader->fd, reader->name, magic},
        report);

    if (status != SE_OK)
        return status;
    if (!wav.coding)
        return spool_wav(reader, info, &head, report);
    if (wav.data_bytes == 0 && !reader->ignores_length) {
        status = peek(reader, &head, &n_peeked, report);
        if (status != SE_OK)
            return status;
        if (n_peeked == PEEK && se_wav_is_chunk(head.bytes + head.n - PEEK))
            return spool_wav(reader, info, &head, report);
    }
    if (wav.data_bytes == 0 || reader->ignores_length ||
        se_wav_is_placeholder(wav.data_bytes))
        wav.data_bytes = -1;
    if (wav.data_bytes >= 0)
        reader->n_samples = wav.data_bytes / se_wav_frame_bytes(&wav);
    status = se_reader_open_chunks(reader, info, &wav, report);
    if (status == SE_OK &&
        se_wav_tail_begin(&reader->wav.tail, head.bytes + head.n - n_peeked,
                          n_peeked) != 0)
        return se_fail_memory(report, reader->name);
    head.n -= (size_t)n_peeked;
    return status == SE_OK ? keep_tags(reader, &head, report) : status;
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

    int status = se_reader_spool(reader, magic, (size_t)n, report);

    if (status == SE_OK)
        status = open_seekable(reader, info, report);
    return status;
}

static int open_raw(struct se_sound_reader *reader, SF_INFO *info,
                    const struct se_sound_format *raw, int seekable,
                    struct se_report *report)
{
    int frame_bytes = se_wav_block_bytes(raw->format, raw->channels);
    int status;

    *info = (SF_INFO){.samplerate = raw->rate_hz,
                      .channels = raw->channels,
                      .format = raw->format};
    if (seekable) {
        status = se_reader_open_file(reader, info, report);
        if (status != SE_OK)
            return status;
        reader->n_samples = info->frames;
        se_reader_remark_rest(reader, reader->window.size, frame_bytes);
        return SE_OK;
    }
    return se_reader_open_stream(reader, info,
                                 &(struct se_wav){.data_bytes = -1,
                                                  .block_bytes = frame_bytes,
                                                  .is_bare = 1},
                                 report);
}

static int open_any(struct se_sound_reader *reader, SF_INFO *info,
                    const struct source *source, struct se_report *report)
{
    int status = open_input(reader, source->path, report);

    if (status != SE_OK)
        return status;

    int seekable = lseek(reader->fd, 0, SEEK_CUR) >= 0;

    if (source->raw)
        status = open_raw(reader, info, source->raw, seekable, report);
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
                       struct se_sound_format *format,
                       const struct source *source, struct se_report *report)
{
    const char *path = source->path;
    struct se_sound_reader *reader = calloc(1, sizeof *reader);
    SF_INFO info = {0};

    *out = NULL;
    if (!reader)
        return se_fail_memory(report, path);
    reader->fd = -1;
    reader->n_samples = -1;
    reader->n_limit = INT64_MAX;
    reader->ignores_length = source->ignores_length;
    reader->name = strdup(se_path_of_input(path));

    int status = reader->name ? open_any(reader, &info, source, report)
                              : se_fail_memory(report, path);

    reader->n_damaged = se_remark_take_damage();
    if (status != SE_OK) {
        se_reader_drop_remarks(reader);
        se_sound_close(reader);
        return status;
    }
    reader->rate_hz = info.samplerate;
    reader->channels = info.channels;
    se_layout_find(&reader->layout, reader->tags ? reader->tags : reader->file,
                   info.format, info.channels, reader->is_discrete);
    *format =
        (struct se_sound_format){info.samplerate, info.channels, info.format};
    *out = reader;
    return SE_OK;
}

int se_sound_open(struct se_sound_reader **reader,
                  struct se_sound_format *format, const char *path,
                  const struct se_sound_format *raw, struct se_report *report)
{
    return open_reader(reader, format, &(struct source){path, raw, 0}, report);
}

int se_sound_open_unbounded(struct se_sound_reader **reader,
                            struct se_sound_format *format, const char *path,
                            const struct se_sound_format *raw,
                            struct se_report *report)
{
    return open_reader(reader, format, &(struct source){path, raw, 1}, report);
}

void se_sound_close(struct se_sound_reader *reader)
{
    if (!reader)
        return;
    if (reader->n_damaged > 0)
        se_reader_remark(reader,
                         "damaged in %d place%s: what its decoder makes of it "
                         "was taken",
                         reader->n_damaged, reader->n_damaged == 1 ? "" : "s");
    if (reader->remark[0])
        se_remark("%s", reader->remark);
    if (reader->file)
        sf_close(reader->file);
    if (reader->tags)
        sf_close(reader->tags);
    if (reader->fd >= 0)
        close(reader->fd);
    se_links_free(&reader->links);
    se_wav_stream_stop(&reader->wav);
    free(reader->name);
    free(reader->head);
    free(reader);
}

int64_t se_sound_length(const struct se_sound_reader *reader)
{
    return reader->n_samples;
}
