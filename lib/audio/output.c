/* output.c - where the bytes of a sound go: a file that appears when it is
 * whole, or a stream; and what libsndfile leaves to be done at the end. */
#include "audio/output.h"

#include "audio/format.h"
#include "files/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int64_t se_writer_small_bytes = UINT32_MAX - (1 << 16);

/* A pipe, a terminal, /dev/null: what a rename would replace by a file. */
int se_writer_is_stream(const char *path)
{
    struct stat info;

    return strcmp(path, "-") == 0 ||
           (stat(path, &info) == 0 && !S_ISREG(info.st_mode) &&
            !S_ISDIR(info.st_mode));
}

/* libsndfile forgets about many of the writes that failed, least of all about
 * those of its last blocks and headers: all that it writes goes through here.
 * It would have nothing to do with a stream that has something in front of the
 * sound, either: streams hide behind these, too. */
static sf_count_t output_tell(void *user)
{
    const struct se_sound_writer *writer = user;

    return writer->is_stream ? writer->n_streamed
                             : lseek(writer->fd, 0, SEEK_CUR);
}

static sf_count_t output_length(void *user)
{
    const struct se_sound_writer *writer = user;
    struct stat info;

    if (writer->is_stream)
        return writer->n_streamed;
    return fstat(writer->fd, &info) == 0 ? info.st_size : -1;
}

static sf_count_t output_seek(sf_count_t offset, int whence, void *user)
{
    struct se_sound_writer *writer = user;
    off_t at;

    if (writer->is_stream)
        return writer->n_streamed;
    at = lseek(writer->fd, offset, whence);
    if (at < 0 && !writer->error)
        writer->error = errno;
    return at;
}

static sf_count_t output_read(void *bytes, sf_count_t n, void *user)
{
    struct se_sound_writer *writer = user;

    return se_read_fully(writer->fd, bytes, (size_t)n);
}

/* How many bytes stay of a write that began at `at` and failed: what was
 * written of plain samples, nothing of coded ones. */
static sf_count_t keep_part(struct se_sound_writer *writer, off_t at)
{
    off_t end = lseek(writer->fd, 0, SEEK_CUR);

    if (writer->is_stream)
        return 0;
    if (se_writer_is_plain(writer))
        return end - at;
    if (end > at && ftruncate(writer->fd, at) == 0)
        lseek(writer->fd, at, SEEK_SET);
    return 0;
}

/* After a failure a file grows no more: what followed would not fit on what is
 * there. */
static int is_closed(struct se_sound_writer *writer, off_t at, sf_count_t n)
{
    return writer->error && !writer->is_stream &&
           at + n > output_length(writer);
}

static sf_count_t output_write(const void *bytes, sf_count_t n, void *user)
{
    struct se_sound_writer *writer = user;
    off_t at = writer->is_stream ? 0 : lseek(writer->fd, 0, SEEK_CUR);

    if (is_closed(writer, at, n))
        return 0;
    if (writer->is_small && at + n > se_writer_small_bytes) {
        writer->is_full = 1;
        writer->error = EFBIG;
        return 0;
    }
    if (se_write_fully(writer->fd, bytes, (size_t)n) != 0) {
        if (!writer->error)
            writer->error = errno;
        return keep_part(writer, at);
    }
    writer->n_streamed += n;
    return n;
}

SF_VIRTUAL_IO se_writer_io = {.get_filelen = output_length,
                              .seek = output_seek,
                              .read = output_read,
                              .write = output_write,
                              .tell = output_tell};

/* Starts a stream: WAV unless bare samples are asked for. */
static int start_stream(struct se_sound_writer *writer, int *format,
                        struct se_report *report)
{
    uint8_t header[SE_WAV_HEADER_MAX];

    if ((*format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RAW)
        return SE_OK;

    int coding = se_format_wav_coding(*format);

    writer->wav = (struct se_wav){.rate_hz = writer->format.rate_hz,
                                  .channels = writer->format.channels,
                                  .coding = coding,
                                  .data_bytes = -1,
                                  .mask = writer->mask};
    writer->has_header = 1;
    writer->start = lseek(writer->fd, 0, SEEK_CUR);
    *format = SF_FORMAT_RAW | coding;
    if (coding != SF_FORMAT_PCM_U8)
        *format |= SF_ENDIAN_LITTLE;

    int size = se_wav_format(header, &writer->wav);

    if (se_write_fully(writer->fd, header, (size_t)size) != 0)
        return se_fail_errno(report, writer->name, "cannot write");
    return SE_OK;
}

int se_writer_open(struct se_sound_writer *writer, const char *path,
                   int *format, struct se_report *report)
{
    int is_stdout = strcmp(path, "-") == 0;

    if (writer->is_stream) {
        writer->fd =
            is_stdout ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CLOEXEC);
        if (writer->fd >= 0 && isatty(writer->fd))
            return se_fail(report, SE_ERR_ARG,
                           "%s is a terminal: expected a file or a pipe",
                           writer->name);
    } else {
        int status = se_atomic_open_fd(&writer->file, path, report);

        writer->fd = status == SE_OK ? writer->file.fd : -1;
        writer->is_small = se_format_is_small(*format);
        return status;
    }
    if (writer->fd < 0)
        return se_fail_errno(report, writer->name, "cannot write");
    return start_stream(writer, format, report);
}

int se_writer_failed(const struct se_sound_writer *writer,
                     struct se_report *report)
{
    if (writer->is_full)
        return se_fail(report, SE_ERR_IO,
                       "%s: such a file ends at 4 GiB: .wav, .rf64, .w64, .caf "
                       "and .flac do not",
                       writer->name);
    errno = writer->error;
    return se_fail_errno(report, writer->name, "cannot write");
}

/* Where the stream went to a file after all, its header can be put right. */
static int finish_header(struct se_sound_writer *writer)
{
    uint8_t header[SE_WAV_HEADER_MAX], pad = 0;
    int size = se_wav_format(header, &writer->wav);
    off_t end = lseek(writer->fd, 0, SEEK_CUR);
    int flags = fcntl(writer->fd, F_GETFL);

    if (end < size || (flags & O_APPEND) || writer->start != 0)
        return 0;
    writer->wav.data_bytes = end - size;
    se_wav_format(header, &writer->wav);
    if ((end & 1) && se_write_fully(writer->fd, &pad, 1) != 0)
        return -1;
    if (lseek(writer->fd, 0, SEEK_SET) != 0 ||
        se_write_fully(writer->fd, header, (size_t)size) != 0)
        return -1;
    return lseek(writer->fd, 0, SEEK_END) < 0 ? -1 : 0;
}

/* What libsndfile leaves wrong in a closed WAV file: the length of what is
 * coded in blocks, and sizes of 4 GiB and more. */
static int finish_file(struct se_sound_writer *writer)
{
    int type = writer->format.format & SF_FORMAT_TYPEMASK;
    int64_t n = writer->n_written / writer->format.channels;
    off_t size = lseek(writer->fd, 0, SEEK_END);

    if ((type != SF_FORMAT_WAV && type != SF_FORMAT_WAVEX) ||
        (writer->format.format & SF_FORMAT_ENDMASK) == SF_ENDIAN_BIG)
        return 0;
    switch (writer->format.format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_IMA_ADPCM:
    case SF_FORMAT_MS_ADPCM:
    case SF_FORMAT_GSM610:
        return se_wav_set_fact(writer->fd, n);
    default:
        break;
    }
    if (size <= se_writer_small_bytes)
        return 0;
    return se_wav_widen(
        writer->fd,
        n * se_wav_block_bytes(writer->format.format, writer->format.channels));
}

int se_writer_finish(struct se_sound_writer *writer)
{
    if (writer->has_header)
        return finish_header(writer);
    return writer->is_stream ? 0 : finish_file(writer);
}

int se_writer_close_stream(struct se_sound_writer *writer)
{
    int failed = close(writer->fd) != 0;

    writer->fd = -1;
    return failed ? -1 : 0;
}
