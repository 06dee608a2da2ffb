/* write.c - sound files and pipes out, by libsndfile. */
#include "audio/format.h"
#include "audio/output.h"
#include "audio/read_private.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than two channels have loudspeakers, where `from` (may be NULL) knows
 * them, and a place in the file: a WAV that says which is of another kind. */
static void choose_layout(struct se_sound_writer *writer,
                          const struct se_sound_reader *from)
{
    struct se_sound_format trial = writer->format;
    int type = trial.format & SF_FORMAT_TYPEMASK;

    if (from && trial.channels > 2 && trial.channels == from->channels)
        writer->mask = se_layout_mask(&from->layout);
    if (writer->is_stream)
        return;
    trial.format += SF_FORMAT_WAVEX - type;
    if (writer->mask && type == SF_FORMAT_WAV && se_format_fits(&trial))
        writer->format = trial;
    writer->is_moved = se_layout_for_file(writer->from, writer->format.format,
                                          writer->format.channels);
}

/* Some codings know a few rates only. */
static int set_rate(struct se_sound_writer *writer, struct se_report *report)
{
    struct se_conversion conversion = {.from_hz = writer->format.rate_hz,
                                       .channels = writer->format.channels,
                                       .by = &se_resample_best};

    conversion.to_hz =
        se_format_rate(writer->format.format, conversion.from_hz);
    if (conversion.to_hz == conversion.from_hz)
        return SE_OK;
    writer->format.rate_hz = conversion.to_hz;
    writer->queue.width = conversion.channels;
    return se_resampler_create(&writer->resampler, &conversion, report);
}

/* What the file is to be: its container and coding, where its channels go, its
 * rate. */
static int choose_format(struct se_sound_writer *writer, const char *path,
                         const struct se_sound_reader *tags_from,
                         struct se_report *report)
{
    const struct se_sound_format *format = &writer->format;

    if (writer->is_stream) {
        choose_layout(writer, tags_from);
        return SE_OK;
    }

    int status = se_format_check_name(
        &writer->format, path, tags_from ? tags_from->name : NULL, report);

    if (status != SE_OK)
        return status;
    choose_layout(writer, tags_from);
    if (!se_format_fits(format))
        return se_fail(report, SE_ERR_ARG,
                       "%s: libsndfile cannot write this format (0x%x, %d Hz, "
                       "%d channels)",
                       writer->name, (unsigned)format->format, format->rate_hz,
                       format->channels);
    return set_rate(writer, report);
}

/* Lets libsndfile begin, in the container and coding `format`. */
static int open_sound(struct se_sound_writer *writer, int format,
                      struct se_report *report)
{
    SF_INFO info = {.samplerate = writer->format.rate_hz,
                    .channels = writer->format.channels,
                    .format = format};

    writer->sound = sf_open_virtual(&se_writer_io, SFM_WRITE, &info, writer);
    if (writer->error)
        return se_writer_failed(writer, report);
    if (!writer->sound)
        return se_fail(report, SE_ERR_IO, "%s: cannot write: %s", writer->name,
                       sf_strerror(NULL));

    /* The PEAK chunk has a time stamp: the same input would give other bytes
     * tomorrow. */
    sf_command(writer->sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    writer->bits = se_format_bits(format);
    writer->keeps_peaks = se_format_is_floating(format);
    return SE_OK;
}

static int open_any(struct se_sound_writer *writer, const char *path,
                    const struct se_sound_reader *tags_from,
                    struct se_report *report)
{
    int format, status;

    writer->is_stream = se_writer_is_stream(path);
    status = choose_format(writer, path, tags_from, report);
    format = writer->format.format;
    if (status == SE_OK)
        status = se_writer_open(writer, path, &format, report);
    if (status == SE_OK)
        status = open_sound(writer, format, report);
    if (status == SE_OK && tags_from && !writer->is_stream)
        status = se_writer_copy_tags(writer, tags_from, report);
    return status;
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
    float clamped[BLOCK], moved[BLOCK];

    if (writer->is_moved) {
        se_layout_move(moved, samples, n / writer->format.channels,
                       writer->from, writer->format.channels);
        samples = moved;
    }
    if (writer->bits) {
        round_block(writer, numbers, samples, n);
        return sf_write_int(writer->sound, numbers, n);
    }
    if (writer->keeps_peaks)
        return sf_write_float(writer->sound, samples, n);
    clamp_block(writer, clamped, samples, n);
    return sf_write_float(writer->sound, clamped, n);
}

/* What its encoders lack memory for, tags or the end, libsndfile leaves out
 * without a word but errno, which was 0. */
static void note_memory(struct se_sound_writer *writer)
{
    if (errno == ENOMEM && !writer->error)
        writer->error = ENOMEM;
}

static int write_all(struct se_sound_writer *writer, const float *samples,
                     int64_t n_samples, struct se_report *report)
{
    int channels = writer->format.channels;
    int64_t n = n_samples * channels;
    int64_t block = BLOCK - BLOCK % channels;

    for (int64_t done = 0; done < n; done += block) {
        int64_t part = n - done < block ? n - done : block;

        errno = 0;

        int64_t n_written = write_block(writer, samples + done, part);

        note_memory(writer);
        writer->n_written += n_written;
        if (writer->error)
            return se_writer_failed(writer, report);
        if (n_written == part)
            continue;
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
    int failed, unfinished;

    errno = 0;
    failed = sf_close(writer->sound) != 0;
    note_memory(writer);
    failed = failed || writer->error;
    writer->sound = NULL;
    unfinished = se_writer_finish(writer) != 0;
    if (failed)
        errno = writer->error ? writer->error : EIO;
    return !failed && !unfinished;
}

/* All that is left to be done before a file gets its final name. */
static int finish_all(struct se_sound_writer *writer, struct se_report *report)
{
    int status =
        writer->resampler ? write_resampled(writer, NULL, 0, report) : SE_OK;

    if (status != SE_OK)
        return status;
    if (!finish_sound(writer) ||
        (writer->is_stream && se_writer_close_stream(writer) != 0))
        return se_fail_errno(report, writer->name, "cannot write");
    return SE_OK;
}

int se_sound_commit(struct se_sound_writer *writer, struct se_report *report)
{
    int status = finish_all(writer, report);

    if (status == SE_OK && !writer->is_stream)
        status = se_atomic_commit(&writer->file, report);
    free_writer(writer);
    return status;
}

/* Whether all was written, and is on the disk. */
static int finish_on_disk(struct se_sound_writer *writer,
                          struct se_report *report)
{
    int status = finish_all(writer, report);

    if (status == SE_OK && !writer->is_stream && fsync(writer->fd) != 0 &&
        errno != EINVAL)
        status = se_fail_errno(report, writer->name, "cannot write");
    return status;
}

int se_sound_commit_or_keep(struct se_sound_writer *writer, double *kept_s,
                            struct se_report *report)
{
    int status = finish_on_disk(writer, report);

    if (status != SE_OK) {
        *kept_s = se_sound_keep(writer);
        return status;
    }
    *kept_s = (double)writer->n_written / writer->format.channels /
              writer->format.rate_hz;
    if (!writer->is_stream)
        status = se_atomic_keep(&writer->file, report);
    if (status != SE_OK)
        *kept_s = 0;
    free_writer(writer);
    return status;
}

double se_sound_keep(struct se_sound_writer *writer)
{
    double kept_s;

    if (writer->sound && writer->resampler)
        write_resampled(writer, NULL, 0, NULL);

    /* The header has its room already; should it fail, too, readers take the
     * file for one that was cut off. */
    if (writer->sound)
        finish_sound(writer);
    kept_s = se_writer_kept_seconds(writer);
    if (!writer->is_stream && kept_s > 0 &&
        se_atomic_keep(&writer->file, NULL) != SE_OK)
        kept_s = 0;
    free_writer(writer);
    return kept_s;
}

void se_sound_discard(struct se_sound_writer *writer)
{
    if (writer)
        free_writer(writer);
}
