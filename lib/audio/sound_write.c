/* sound_write.c - sound files and pipes out, by libsndfile. */
#include "audio/sound_private.h"

#include "audio/endings.h"
#include "audio/queue.h"
#include "audio/wav.h"
#include "base/atomic.h"
#include "base/io.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct se_sound_writer {
    SNDFILE *sound;
    int fd;                     /* file.fd, or that of a stream */
    char *name;                 /* for messages */
    int is_stream;              /* written as it comes, to no file */
    struct se_atomic_file file; /* unless it is a stream */
    int error;                  /* errno of the first write that failed */
    struct se_sound_format format;
    struct se_wav wav;  /* of the header that a stream starts with, */
    int has_header;     /* if it has one, */
    off_t start;        /* and where it begins in the stream; -1: a pipe */
    int bits;           /* of the whole numbers written, 0: floating point */
    int keeps_peaks;    /* beyond full scale is fine */
    int64_t n_streamed; /* bytes after that header */
    int64_t n_clipped;
    int64_t n_written;              /* numbers, all channels */
    struct se_resampler *resampler; /* to the rate of `format`; NULL: it is what
                                       is given */
    struct se_queue queue;          /* what comes out of it */
};

/* Bits of the numbers that libsndfile is given for a coding; what is not PCM
 * is derived from 16 bit inside, or from floating point (0). */
static int bits_of(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
    case SF_FORMAT_DPCM_8:
        return 8;
    case SF_FORMAT_ALAC_20:
        return 20;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_ALAC_24:
        return 24;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_32:
        return 32;
    case SF_FORMAT_FLOAT:
    case SF_FORMAT_DOUBLE:
    case SF_FORMAT_VORBIS:
    case SF_FORMAT_OPUS:
    case SF_FORMAT_MPEG_LAYER_I:
    case SF_FORMAT_MPEG_LAYER_II:
    case SF_FORMAT_MPEG_LAYER_III:
        return 0;
    default:
        return 16;
    }
}

static int is_floating(int format)
{
    int coding = format & SF_FORMAT_SUBMASK;

    return coding == SF_FORMAT_FLOAT || coding == SF_FORMAT_DOUBLE;
}

/* The coding, of those that plain WAV headers know, nearest to `format`. */
static int wav_coding(int format)
{
    int coding = format & SF_FORMAT_SUBMASK;
    int bits = bits_of(format);

    if (is_floating(format) || coding == SF_FORMAT_ULAW ||
        coding == SF_FORMAT_ALAW)
        return coding;
    if (bits == 8)
        return SF_FORMAT_PCM_U8;
    if (bits == 20 || bits == 24)
        return SF_FORMAT_PCM_24;
    return bits == 32 ? SF_FORMAT_PCM_32 : SF_FORMAT_PCM_16;
}

static int extension_is(const SF_FORMAT_INFO *info, const char *extension)
{
    int type = info->format & SF_FORMAT_TYPEMASK;

    return (info->extension && strcasecmp(info->extension, extension) == 0) ||
           (type == SF_FORMAT_AIFF && (strcasecmp(extension, "aif") == 0 ||
                                       strcasecmp(extension, "aifc") == 0)) ||
           (type == SF_FORMAT_AU && strcasecmp(extension, "snd") == 0) ||
           (type == SF_FORMAT_OGG && (strcasecmp(extension, "ogg") == 0 ||
                                      strcasecmp(extension, "opus") == 0)) ||
           (type == SF_FORMAT_MPEG && strcasecmp(extension, "mp3") == 0);
}

static int fits(const struct se_sound_format *format)
{
    SF_INFO info = {.samplerate = format->rate_hz,
                    .channels = format->channels,
                    .format = format->format};

    return sf_format_check(&info);
}

/* The lowest rate that a format can have and that keeps all there is of sound
 * at rate_hz, or else the highest. */
static int rate_for(int format, int rate_hz)
{
    static const int opus[] = {8000, 12000, 16000, 24000, 48000};
    static const int mpeg[] = {8000,  11025, 12000, 16000, 22050,
                               24000, 32000, 44100, 48000};
    int is_opus = (format & SF_FORMAT_SUBMASK) == SF_FORMAT_OPUS;
    const int *rates = is_opus ? opus : mpeg;
    size_t n =
        is_opus ? sizeof opus / sizeof *opus : sizeof mpeg / sizeof *mpeg;

    if (!is_opus && (format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG)
        return rate_hz;
    for (size_t i = 0; i < n; i++)
        if (rates[i] >= rate_hz)
            return rates[i];
    return rates[n - 1];
}

/* Takes the coding `first` in the container `type` where that can be, else the
 * nearest. */
static void choose_coding(struct se_sound_format *format, int type, int first)
{
    int bits = bits_of(format->format);
    int wide = bits > 16 || is_floating(format->format);
    const int tried[] = {first, wide ? SF_FORMAT_PCM_24 : SF_FORMAT_PCM_16,
                         SF_FORMAT_PCM_16, SF_FORMAT_VORBIS,
                         SF_FORMAT_MPEG_LAYER_III};
    struct se_sound_format trial = *format;

    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        trial.format = type | tried[i];
        if (fits(&trial)) {
            *format = trial;
            return;
        }
    }
}

/* The container that an extension stands for, the one of `format` where it has
 * that extension; 0: none that can be written. */
static int container_for(const char *extension, int format)
{
    int n_types = 0, chosen = 0;

    sf_command(NULL, SFC_GET_FORMAT_MAJOR_COUNT, &n_types, sizeof n_types);
    for (int i = 0; i < n_types; i++) {
        SF_FORMAT_INFO info = {.format = i};

        if (sf_command(NULL, SFC_GET_FORMAT_MAJOR, &info, sizeof info) != 0 ||
            !extension_is(&info, extension))
            continue;

        int type = info.format & SF_FORMAT_TYPEMASK;

        if (type == (format & SF_FORMAT_TYPEMASK))
            return type;
        if (!chosen || type == SF_FORMAT_WAV)
            chosen = type;
    }
    if (chosen == SF_FORMAT_WAV &&
        (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAVEX)
        return SF_FORMAT_WAVEX;
    return chosen;
}

void se_sound_format_for(struct se_sound_format *format, const char *path)
{
    const char *dot = strrchr(se_path_base(path), '.');
    int chosen = dot ? container_for(dot + 1, format->format) : 0;

    if (!chosen || chosen == (format->format & SF_FORMAT_TYPEMASK))
        return;

    int coding = format->format & SF_FORMAT_SUBMASK;

    if (strcasecmp(dot, ".opus") == 0)
        coding = SF_FORMAT_OPUS;
    else if (bits_of(coding) == 0 && !is_floating(coding))
        coding = SF_FORMAT_PCM_16; /* MPEG inside WAV is no use to anybody */
    choose_coding(format, chosen, coding);
}

/* Writes into `list` the extensions under which such sound can be written. */
static void list_endings(char *list, size_t size,
                         const struct se_sound_format *format)
{
    char all[80], *rest = all, *ending;
    size_t used = 0;

    snprintf(all, sizeof all, "%s", se_sound_endings);
    list[0] = '\0';
    while ((ending = strsep(&rest, " ")) && used < size) {
        struct se_sound_format trial = *format;
        char name[16];

        snprintf(name, sizeof name, "x.%s", ending);
        se_sound_format_for(&trial, name);
        if (fits(&trial) && container_for(ending, trial.format) ==
                                (trial.format & SF_FORMAT_TYPEMASK))
            used += (size_t)snprintf(list + used, size - used, "%s.%s",
                                     used ? " " : "", ending);
    }
}

/* Whether the name is one for the format: its extension stands for a container
 * that could hold it, or is that of the file that the format comes from. */
static int check_extension(const struct se_sound_writer *writer,
                           const char *path, const struct se_sound_reader *from,
                           struct se_report *report)
{
    const char *dot = strrchr(se_path_base(path), '.');
    const char *other = from ? strrchr(se_path_base(from->name), '.') : NULL;
    int type = writer->format.format & SF_FORMAT_TYPEMASK;
    struct se_sound_format trial = writer->format;
    char can[120];

    if (!dot || type == SF_FORMAT_RAW || (other && strcasecmp(dot, other) == 0))
        return SE_OK;

    int wanted = container_for(dot + 1, type);

    se_sound_format_for(&trial, path);
    if (wanted && wanted == (trial.format & SF_FORMAT_TYPEMASK))
        return SE_OK;
    list_endings(can, sizeof can, &writer->format);
    if (!wanted)
        return se_fail(report, SE_ERR_ARG,
                       "%s: cannot write %s: expected one of %s", writer->name,
                       dot, can);
    return se_fail(report, SE_ERR_ARG,
                   "%s: %s cannot hold %d channels at %d Hz: expected one of "
                   "%s",
                   writer->name, dot, writer->format.channels,
                   writer->format.rate_hz, can);
}

static void copy_tags(const struct se_sound_writer *writer,
                      const struct se_sound_reader *from)
{
    SNDFILE *tags = from->tags ? from->tags : from->file;
    SF_BROADCAST_INFO_VAR(16384) broadcast;
    SF_CUES cues;
    int map[64];
    int map_bytes = from->channels * (int)sizeof *map;

    for (int i = SF_STR_FIRST; i <= SF_STR_LAST; i++) {
        const char *text = sf_get_string(tags, i);

        if (text)
            sf_set_string(writer->sound, i, text);
    }
    if (sf_command(tags, SFC_GET_BROADCAST_INFO, &broadcast, sizeof broadcast))
        sf_command(writer->sound, SFC_SET_BROADCAST_INFO, &broadcast,
                   sizeof broadcast);
    if (sf_command(tags, SFC_GET_CUE, &cues, sizeof cues))
        sf_command(writer->sound, SFC_SET_CUE, &cues, sizeof cues);
    if (from->channels == writer->format.channels &&
        sf_command(tags, SFC_GET_CHANNEL_MAP_INFO, map, map_bytes))
        sf_command(writer->sound, SFC_SET_CHANNEL_MAP_INFO, map, map_bytes);
}

/* A pipe, a terminal, /dev/null: what a rename would replace by a file. */
static int is_stream_name(const char *path)
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

static sf_count_t output_write(const void *bytes, sf_count_t n, void *user)
{
    struct se_sound_writer *writer = user;

    if (se_write_fully(writer->fd, bytes, (size_t)n) != 0) {
        if (!writer->error)
            writer->error = errno;
        return 0;
    }
    writer->n_streamed += n;
    return n;
}

static SF_VIRTUAL_IO output_io = {.get_filelen = output_length,
                                  .seek = output_seek,
                                  .read = output_read,
                                  .write = output_write,
                                  .tell = output_tell};

/* Starts a stream: WAV unless bare samples are asked for. */
static int start_stream(struct se_sound_writer *writer, int *format,
                        struct se_report *report)
{
    uint8_t header[SE_WAV_HEADER];

    if ((*format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RAW)
        return SE_OK;

    int coding = wav_coding(*format);

    writer->wav = (struct se_wav){.rate_hz = writer->format.rate_hz,
                                  .channels = writer->format.channels,
                                  .coding = coding,
                                  .data_bytes = -1};
    writer->has_header = 1;
    writer->start = lseek(writer->fd, 0, SEEK_CUR);
    *format = SF_FORMAT_RAW | coding;
    if (coding != SF_FORMAT_PCM_U8)
        *format |= SF_ENDIAN_LITTLE;
    se_wav_format(header, &writer->wav);
    if (se_write_fully(writer->fd, header, sizeof header) != 0)
        return se_fail_errno(report, writer->name, "cannot write");
    return SE_OK;
}

static int open_output(struct se_sound_writer *writer, const char *path,
                       int *format, struct se_report *report)
{
    int is_stdout = strcmp(path, "-") == 0;

    writer->is_stream = is_stream_name(path);
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
        return status;
    }
    if (writer->fd < 0)
        return se_fail_errno(report, writer->name, "cannot write");
    return start_stream(writer, format, report);
}

static int cannot_write(const struct se_sound_writer *writer,
                        struct se_report *report)
{
    errno = writer->error;
    return se_fail_errno(report, writer->name, "cannot write");
}

/* Some codings know a few rates only. */
static int set_rate(struct se_sound_writer *writer, struct se_report *report)
{
    struct se_conversion conversion = {.from_hz = writer->format.rate_hz,
                                       .channels = writer->format.channels,
                                       .by = &se_resample_best};

    conversion.to_hz = rate_for(writer->format.format, conversion.from_hz);
    if (conversion.to_hz == conversion.from_hz)
        return SE_OK;
    writer->format.rate_hz = conversion.to_hz;
    writer->queue.width = conversion.channels;
    return se_resampler_create(&writer->resampler, &conversion, report);
}

static int open_any(struct se_sound_writer *writer, const char *path,
                    const struct se_sound_reader *tags_from,
                    struct se_report *report)
{
    int format = writer->format.format;
    int status = is_stream_name(path)
                     ? SE_OK
                     : check_extension(writer, path, tags_from, report);

    if (status != SE_OK)
        return status;
    if (!is_stream_name(path) && !fits(&writer->format))
        return se_fail(report, SE_ERR_ARG,
                       "%s: libsndfile cannot write this format (0x%x, %d Hz, "
                       "%d channels)",
                       writer->name, (unsigned)format, writer->format.rate_hz,
                       writer->format.channels);

    if (!is_stream_name(path))
        status = set_rate(writer, report);
    if (status == SE_OK)
        status = open_output(writer, path, &format, report);
    if (status != SE_OK)
        return status;

    SF_INFO info = {.samplerate = writer->format.rate_hz,
                    .channels = writer->format.channels,
                    .format = format};

    writer->sound = sf_open_virtual(&output_io, SFM_WRITE, &info, writer);
    if (writer->error)
        return cannot_write(writer, report);
    if (!writer->sound)
        return se_fail(report, SE_ERR_IO, "%s: cannot write: %s", writer->name,
                       sf_strerror(NULL));

    /* The PEAK chunk has a time stamp: the same input would give other bytes
     * tomorrow. */
    sf_command(writer->sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    if (tags_from && !writer->is_stream)
        copy_tags(writer, tags_from);
    writer->bits = bits_of(format);
    writer->keeps_peaks = is_floating(format);
    return SE_OK;
}

int se_sound_create(struct se_sound_writer **out, const char *path,
                    const struct se_sound_format *format,
                    const struct se_sound_reader *tags_from,
                    struct se_report *report)
{
    struct se_sound_writer *writer = calloc(1, sizeof *writer);

    *out = NULL;
    if (!writer)
        return se_fail_memory(report, path);
    writer->fd = -1;
    writer->format = *format;
    writer->name = strdup(strcmp(path, "-") == 0 ? "standard output" : path);

    int status = writer->name ? open_any(writer, path, tags_from, report)
                              : se_fail_memory(report, path);

    if (status != SE_OK) {
        se_sound_discard(writer);
        return status;
    }
    *out = writer;
    return SE_OK;
}

enum { BLOCK = 2048 };

/* To whole numbers of `bits` bits, rounded to nearest, in the upper bits. */
static void round_block(struct se_sound_writer *writer, int *numbers,
                        const float *samples, int64_t n)
{
    double scale = ldexp(1.0, writer->bits - 1);
    int step = 1 << (32 - writer->bits);

    for (int64_t i = 0; i < n; i++) {
        double x = nearbyint((double)samples[i] * scale);
        double clamped = fmin(fmax(x, -scale), scale - 1.0);

        writer->n_clipped += clamped != x;
        numbers[i] = (int)clamped * step;
    }
}

static void clamp_block(struct se_sound_writer *writer, float *clamped,
                        const float *samples, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        clamped[i] = fminf(fmaxf(samples[i], -1.0f), 1.0f);
        writer->n_clipped += clamped[i] != samples[i];
    }
}

/* Returns how many of the n samples were written. */
static int64_t write_block(struct se_sound_writer *writer, const float *samples,
                           int64_t n)
{
    int numbers[BLOCK];
    float clamped[BLOCK];

    if (writer->bits) {
        round_block(writer, numbers, samples, n);
        return sf_write_int(writer->sound, numbers, n);
    }
    if (writer->keeps_peaks)
        return sf_write_float(writer->sound, samples, n);
    clamp_block(writer, clamped, samples, n);
    return sf_write_float(writer->sound, clamped, n);
}

static int write_all(struct se_sound_writer *writer, const float *samples,
                     int64_t n_samples, struct se_report *report)
{
    int channels = writer->format.channels;
    int64_t n = n_samples * channels;
    int64_t block = BLOCK - BLOCK % channels;

    for (int64_t done = 0; done < n; done += block) {
        int64_t part = n - done < block ? n - done : block;

        int64_t n_written = write_block(writer, samples + done, part);

        if (writer->error)
            return cannot_write(writer, report);
        if (n_written == part) {
            writer->n_written += part;
            continue;
        }
        return se_fail(report, SE_ERR_IO, "%s: cannot write: %s", writer->name,
                       sf_strerror(writer->sound));
    }
    return SE_OK;
}

/* What the resampler makes of samples[n]; NULL: the rest that it holds. */
static int write_resampled(struct se_sound_writer *writer, const float *samples,
                           int64_t n_samples, struct se_report *report)
{
    struct se_queue *queue = &writer->queue;
    int status =
        se_queue_resample(queue, writer->resampler, samples, n_samples, report);

    if (status == SE_OK)
        status = write_all(writer, se_queue_front(queue), queue->n, report);
    se_queue_drop(queue, queue->n);
    return status;
}

int se_sound_write(struct se_sound_writer *writer, const float *samples,
                   int64_t n_samples, struct se_report *report)
{
    if (writer->resampler)
        return n_samples > 0
                   ? write_resampled(writer, samples, n_samples, report)
                   : SE_OK;
    return write_all(writer, samples, n_samples, report);
}

int64_t se_sound_clipped(const struct se_sound_writer *writer)
{
    return writer->n_clipped;
}

/* Where the stream went to a file after all, its header can be put right. */
static int finish_header(struct se_sound_writer *writer)
{
    uint8_t header[SE_WAV_HEADER], pad = 0;
    off_t end = lseek(writer->fd, 0, SEEK_CUR);
    int flags = fcntl(writer->fd, F_GETFL);

    if (end < SE_WAV_HEADER || (flags & O_APPEND) || writer->start != 0)
        return 0;
    writer->wav.data_bytes = end - SE_WAV_HEADER;
    se_wav_format(header, &writer->wav);
    if ((end & 1) && se_write_fully(writer->fd, &pad, 1) != 0)
        return -1;
    if (lseek(writer->fd, 0, SEEK_SET) != 0 ||
        se_write_fully(writer->fd, header, sizeof header) != 0)
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
    if (size <= UINT32_MAX)
        return 0;
    return se_wav_widen(
        writer->fd,
        n * se_wav_block_bytes(writer->format.format, writer->format.channels));
}

/* Drops what is left of it; the file is published by then or never. */
static void free_writer(struct se_sound_writer *writer)
{
    if (writer->sound)
        sf_close(writer->sound);
    if (writer->is_stream && writer->fd >= 0)
        close(writer->fd);
    se_atomic_discard(&writer->file);
    se_resampler_destroy(writer->resampler);
    se_queue_free(&writer->queue);
    free(writer->name);
    free(writer);
}

/* Whether all was written up to the file's own end; errno if not. The header is
 * put right in any case. */
static int finish_sound(struct se_sound_writer *writer)
{
    int failed, unfinished = 0;

    /* What its encoders lack memory for at the end, libsndfile leaves out. */
    errno = 0;
    failed = sf_close(writer->sound) != 0;
    if (errno == ENOMEM && !writer->error)
        writer->error = ENOMEM;
    failed = failed || writer->error;
    writer->sound = NULL;
    if (writer->has_header)
        unfinished = finish_header(writer) != 0;
    else if (!writer->is_stream)
        unfinished = finish_file(writer) != 0;
    if (failed)
        errno = writer->error ? writer->error : EIO;
    return !failed && !unfinished;
}

static int close_stream(struct se_sound_writer *writer)
{
    int failed = close(writer->fd) != 0;

    writer->fd = -1;
    return failed ? -1 : 0;
}

int se_sound_commit(struct se_sound_writer *writer, struct se_report *report)
{
    int status =
        writer->resampler ? write_resampled(writer, NULL, 0, report) : SE_OK;

    if (status != SE_OK) {
        se_sound_discard(writer);
        return status;
    }
    if (!finish_sound(writer) ||
        (writer->is_stream && close_stream(writer) != 0))
        status = se_fail_errno(report, writer->name, "cannot write");
    else if (!writer->is_stream)
        status = se_atomic_commit(&writer->file, report);
    free_writer(writer);
    return status;
}

int se_sound_keep(struct se_sound_writer *writer, struct se_report *report)
{
    int status = SE_OK;

    if (writer->resampler)
        write_resampled(writer, NULL, 0, NULL);

    /* The header has its room already; should it fail, too, readers take the
     * file for one that was cut off. */
    finish_sound(writer);
    if (!writer->is_stream)
        status = se_atomic_keep(&writer->file, report);
    free_writer(writer);
    return status;
}

void se_sound_discard(struct se_sound_writer *writer)
{
    if (writer)
        free_writer(writer);
}
