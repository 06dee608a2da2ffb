/* sound_read.c - sound files and pipes in, by libsndfile. */
#include "audio/sound_private.h"

#include "audio/resample.h"
#include "audio/wav.h"
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RATE_MIN = 1000, RATE_MAX = 768000, CHANNELS_MAX = 64 };

/* Programs that write to a pipe put sizes like 0x7ffff000 or 0x80000000 into
 * the header: from here on a size may not be meant. */
static const int64_t doubtful_bytes = 0x7fff0000;

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

static int open_libsndfile(struct se_sound_reader *reader, SF_INFO *info,
                           struct se_report *report)
{
    reader->file =
        sf_open_fd(se_sound_own(reader->fd), SFM_READ, info, SF_TRUE);
    if (!reader->file) {
        char reason[200];

        snprintf(reason, sizeof reason, "%s", sf_strerror(NULL));
        reason[strcspn(reason, ".\n")] = '\0';
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: expected a sound file: libsndfile says: %s",
                       reader->name, reason);
    }
    return SE_OK;
}

static int open_raw(struct se_sound_reader *reader, SF_INFO *info,
                    const struct se_sound_format *raw, int seekable,
                    struct se_report *report)
{
    *info = (SF_INFO){.samplerate = raw->rate_hz,
                      .channels = raw->channels,
                      .format = raw->format};

    int status = open_libsndfile(reader, info, report);

    if (status == SE_OK && seekable)
        reader->n_samples = info->frames;
    return status;
}

/* libsndfile takes a WAV file that is shorter than its header says for whole.
 * Leaves the file at its start. */
static int check_wav_length(const struct se_sound_reader *reader,
                            struct se_report *report)
{
    uint8_t magic[SE_WAV_MAGIC] = {0};
    struct se_wav wav;
    struct stat info;

    if (se_read_fully(reader->fd, magic, sizeof magic) < 0 ||
        fstat(reader->fd, &info) != 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (se_wav_recognise(magic)) {
        int status =
            se_wav_parse(&wav, reader->fd, magic, reader->name, report);

        if (status != SE_OK)
            return status;

        int64_t there = info.st_size - lseek(reader->fd, 0, SEEK_CUR);

        if (wav.data_bytes < doubtful_bytes && there < wav.data_bytes)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: truncated: the header promises %lld bytes of "
                           "samples, the file has %lld",
                           reader->name, (long long)wav.data_bytes,
                           (long long)there);
    }
    lseek(reader->fd, 0, SEEK_SET);
    return SE_OK;
}

static int open_seekable(struct se_sound_reader *reader, SF_INFO *info,
                         struct se_report *report)
{
    int status = check_wav_length(reader, report);

    if (status == SE_OK)
        status = open_libsndfile(reader, info, report);
    if (status != SE_OK)
        return status;
    if (info->frames <= 0)
        return se_fail(report, SE_ERR_FORMAT, "%s: has no samples",
                       reader->name);

    /* Lengths of MPEG streams are estimates. */
    reader->exact = (info->format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG;
    reader->n_samples = info->frames;
    return SE_OK;
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

static int open_wav_pipe(struct se_sound_reader *reader, SF_INFO *info,
                         const uint8_t *magic, struct se_report *report)
{
    struct se_wav wav;
    int status = se_wav_parse(&wav, reader->fd, magic, reader->name, report);

    if (status != SE_OK)
        return status;
    if (!wav.coding)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: a WAV from a pipe must hold PCM, float, u-law or "
                       "A-law samples",
                       reader->name);
    if (wav.data_bytes >= 0)
        reader->n_limit = wav.data_bytes / wav.block_bytes;
    if (wav.data_bytes >= 0 && wav.data_bytes < doubtful_bytes) {
        reader->n_samples = reader->n_limit;
        reader->exact = 1;
    }

    struct se_sound_format raw = {wav.rate_hz, wav.channels,
                                  SF_FORMAT_RAW | wav.coding};

    status = open_raw(reader, info, &raw, 0, report);

    /* Little endian is what WAV means without a word. */
    if (info->format & SF_ENDIAN_LITTLE)
        wav.coding &= SF_FORMAT_SUBMASK;
    info->format = SF_FORMAT_WAV | wav.coding;
    return status;
}

static int open_pipe(struct se_sound_reader *reader, SF_INFO *info,
                     struct se_report *report)
{
    uint8_t magic[SE_WAV_MAGIC];
    int64_t n = se_read_fully(reader->fd, magic, sizeof magic);

    if (n < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (n == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: is empty, expected a sound file", reader->name);
    if (n == sizeof magic && se_wav_recognise(magic))
        return open_wav_pipe(reader, info, magic, report);

    int status = spool(reader, magic, (size_t)n, report);

    if (status == SE_OK)
        status = open_seekable(reader, info, report);
    return status;
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

int se_sound_open(struct se_sound_reader **out, struct se_sound_format *format,
                  const char *path, const struct se_sound_format *raw,
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
    reader->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);

    int status = reader->name ? open_any(reader, &info, path, raw, report)
                              : se_fail_memory(report, path);

    if (status != SE_OK) {
        se_sound_close(reader);
        return status;
    }
    reader->channels = info.channels;
    *format =
        (struct se_sound_format){info.samplerate, info.channels, info.format};
    *out = reader;
    return SE_OK;
}

void se_sound_close(struct se_sound_reader *reader)
{
    if (!reader)
        return;
    if (reader->file)
        sf_close(reader->file);
    if (reader->fd >= 0)
        close(reader->fd);
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

int se_sound_read(struct se_sound_reader *reader, float *samples,
                  int64_t max_samples, int64_t *n_samples,
                  struct se_report *report)
{
    int64_t left = reader->n_limit - reader->n_read;
    int64_t want = max_samples < left ? max_samples : left;
    int64_t got = sf_readf_float(reader->file, samples, want);

    *n_samples = 0;
    if (sf_error(reader->file) != SF_ERR_NO_ERROR)
        return se_fail(report, SE_ERR_IO, "%s: frame %lld: cannot read: %s",
                       reader->name, (long long)reader->n_read,
                       sf_strerror(reader->file));

    int status = check_finite(reader, samples, got, report);

    if (status != SE_OK)
        return status;
    reader->n_read += got;
    if (got == 0 && reader->n_read == 0 && max_samples > 0)
        return se_fail(report, SE_ERR_FORMAT, "%s: has no samples",
                       reader->name);
    if (got < want && reader->exact && reader->n_read < reader->n_samples)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: %lld frames promised, %lld found",
                       reader->name, (long long)reader->n_samples,
                       (long long)reader->n_read);
    *n_samples = got;
    return SE_OK;
}
