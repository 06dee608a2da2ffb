/* read.c - samples of an open sound, block after block, by libsndfile; what is
 * missing at the end, or follows there, is noticed here. */
#include "audio/read_private.h"

#include "base/remark.h"

#include <math.h>

/* Powers of spectra, and sums of them, must be finite as well; integers of 32
 * bits, stored as floating point, are. */
static const float SAMPLE_MAX = 1e12f;

static int check_samples(const struct se_sound_reader *reader,
                         const float *samples, int64_t n_samples,
                         struct se_report *report)
{
    for (int64_t i = 0; i < n_samples * reader->channels; i++) {
        long long frame = reader->n_read + i / reader->channels;

        if (!isfinite(samples[i]))
            return se_fail(report, SE_ERR_NUMERIC,
                           "%s: frame %lld: the sample is not a number, or "
                           "infinite",
                           reader->name, frame);
        if (fabsf(samples[i]) > SAMPLE_MAX)
            return se_fail(report, SE_ERR_NUMERIC,
                           "%s: frame %lld: the sample is %.3g times full "
                           "scale, expected %.0g at most",
                           reader->name, frame, fabs((double)samples[i]),
                           (double)SAMPLE_MAX);
    }
    return SE_OK;
}

/* The same, or what libsndfile says. */
static int check_read(const struct se_sound_reader *reader,
                      struct se_report *report)
{
    int status = se_reader_check(reader, report);

    if (status == SE_OK && sf_error(reader->file) != SF_ERR_NO_ERROR) {
        char reason[200];

        se_reader_reason(reason, sizeof reason, reader->file);
        return se_fail(report, SE_ERR_IO,
                       "%s: frame %lld: damaged or truncated: libsndfile says: "
                       "%s (se-enhance --ignore_length reads what can be)",
                       reader->name, (long long)reader->n_read, reason);
    }
    return status;
}

/* Whether what cannot be decoded behind n samples is the end: if that is
 * wanted, where a FLAC file has no more, or where a file of MPEG audio was cut
 * within a frame. */
static int may_end_here(const struct se_sound_reader *reader, int64_t n)
{
    const struct se_window *window = &reader->window;

    if (window->error || reader->wav.error)
        return 0;
    return reader->ignores_length ||
           (reader->n_flac > 0 && n >= reader->n_flac) ||
           (reader->links.kind == SE_LINKS_MPEG &&
            reader->link + 1 == reader->links.n && window->at >= window->size);
}

/* What cannot be decoded follows, and is left out. */
static int end_here(struct se_sound_reader *reader, int64_t end,
                    struct se_report *report)
{
    int64_t other = -1;

    if (reader->n_flac > 0 && !reader->ignores_length)
        other = se_flac_find_other(&reader->window, reader->links.start + 8);
    if (other >= 0)
        return se_reader_refuse_other(reader, other, report);
    if (reader->n_flac > 0 && end >= reader->n_flac)
        se_reader_remark(reader, "what follows its last frame is not FLAC: "
                                 "not read");
    else
        se_reader_remark(reader, "cannot be read beyond frame %lld",
                         (long long)end);
    return SE_OK;
}

/* Reads a block, of the next link where one ends. */
static int read_block(struct se_sound_reader *reader, float *samples,
                      int64_t max_samples, int64_t *n_samples,
                      struct se_report *report)
{
    int status = SE_OK;

    for (;;) {
        *n_samples = sf_readf_float(reader->file, samples, max_samples);
        if (reader->layout.is_moved)
            se_layout_move(samples, samples, *n_samples, reader->layout.from,
                           reader->channels);

        int64_t end = reader->n_read + *n_samples;

        if (sf_error(reader->file) != SF_ERR_NO_ERROR && end > 0 &&
            may_end_here(reader, end))
            return end_here(reader, end, report);
        status = check_read(reader, report);
        if (status != SE_OK || *n_samples > 0 || max_samples == 0 ||
            reader->link + 1 >= reader->links.n)
            return status;
        status = se_reader_next_link(reader, report);
        if (status != SE_OK)
            return status;
    }
}

static int truncated(const struct se_sound_reader *reader,
                     struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: truncated: %lld frames promised, %lld found "
                   "(se-enhance --ignore_length reads them)",
                   reader->name, (long long)reader->n_samples,
                   (long long)reader->n_read);
}

/* Refuses a sound of which something is missing, or behind which another one
 * begins; `is_short`: the last block had less than was asked for. */
static int check_extent(const struct se_sound_reader *reader, int is_short,
                        struct se_report *report)
{
    if (is_short && reader->exact && reader->n_read < reader->n_samples)
        return truncated(reader, report);
    if (reader->wav.has_other && !reader->ignores_length)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: another sound file follows this one: expected "
                       "one sound",
                       reader->name);
    if (reader->wav.n_missing > SE_SLIP_BYTES)
        return truncated(reader, report);
    return SE_OK;
}

/* Remarks on what the header promises and the file does not hold. */
static void remark_on_extent(struct se_sound_reader *reader, int is_end)
{
    if (reader->wav.n_missing > 0)
        se_reader_remark(reader, "%lld bytes fewer than the header promises",
                         (long long)reader->wav.n_missing);
    if (reader->n_flac > 0 && reader->n_read > reader->n_flac)
        se_reader_remark(reader,
                         "the header promises %lld frames, there are more: "
                         "read all",
                         (long long)reader->n_flac);
    if (is_end && reader->wav.n_chunks > 0)
        se_reader_remark_rest(reader, reader->wav.n_read,
                              se_wav_frame_bytes(&reader->wav.wav));
    if (reader->wav.has_waste && !reader->ignores_length)
        se_reader_remark(reader, SE_WASTE_REMARK);
    if (reader->wav.n_chunks > 1)
        se_reader_remark(reader, "several data chunks, read as one");
    if (is_end && reader->links.kind != SE_LINKS_NONE &&
        reader->n_samples >= 0 && reader->n_read != reader->n_samples)
        se_reader_remark(reader, "%lld frames by its header, %lld found",
                         (long long)reader->n_samples,
                         (long long)reader->n_read);
}

static int read_some(struct se_sound_reader *reader, float *samples,
                     int64_t max_samples, int64_t *n_samples,
                     struct se_report *report)
{
    int64_t left = reader->n_limit - reader->n_read, got;

    if (max_samples > left)
        max_samples = left;

    int status = read_block(reader, samples, max_samples, &got, report);

    *n_samples = 0;
    if (status == SE_OK)
        status = check_samples(reader, samples, got, report);
    if (status != SE_OK)
        return status;
    reader->n_read += got;
    if (got == 0 && reader->n_read == 0 && max_samples > 0)
        return se_fail(report, SE_ERR_FORMAT, "%s: has no samples",
                       reader->name);
    status = check_extent(reader, got < max_samples, report);
    if (status != SE_OK)
        return status;
    remark_on_extent(reader, got == 0 && max_samples > 0);
    *n_samples = got;
    return SE_OK;
}

int se_sound_read(struct se_sound_reader *reader, float *samples,
                  int64_t max_samples, int64_t *n_samples,
                  struct se_report *report)
{
    int status = read_some(reader, samples, max_samples, n_samples, report);

    reader->n_damaged += se_remark_take_damage();
    /* What failed has its reason; what was odd besides need not be said. */
    if (status != SE_OK)
        se_reader_drop_remarks(reader);
    return status;
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
