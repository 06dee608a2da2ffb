/* read_wav.c - WAV files whose headers say something else than what is there.
 */
#include "audio/read_private.h"

#include "encoding/bytes.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Reads the samples of a WAV, where the descriptor is, as bare ones. */
int se_reader_open_chunks(struct se_sound_reader *reader, SF_INFO *info,
                          const struct se_wav *wav, struct se_report *report)
{
    int coding = wav->coding;

    *info = (SF_INFO){.samplerate = wav->rate_hz,
                      .channels = wav->channels,
                      .format = SF_FORMAT_RAW | coding};

    int status = se_reader_open_stream(reader, info, wav, report);

    if (status != SE_OK)
        return status;

    /* Little endian is what WAV means without a word. */
    if (coding & SF_ENDIAN_LITTLE)
        coding &= SF_FORMAT_SUBMASK;
    info->format = (wav->is_rf64         ? SF_FORMAT_RF64
                    : wav->is_extensible ? SF_FORMAT_WAVEX
                                         : SF_FORMAT_WAV) |
                   coding;
    if (wav->is_padded)
        se_reader_remark(reader, "24 bits in 4 bytes each");
    if (wav->no_block)
        se_reader_remark(reader, "the header says 0 bytes a frame: read as %d",
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
           at < window->size &&
               se_window_read(c, sizeof c, window) == sizeof c) {
        uint32_t size =
            is_big_endian
                ? (uint32_t)c[4] << 24 | c[5] << 16 | c[6] << 8 | c[7]
                : (uint32_t)c[7] << 24 | c[6] << 16 | c[5] << 8 | c[4];

        at += 8 + (int64_t)size + (size & 1);
    }
    return at == window->size || at == window->size + 1; /* without its pad */
}

/* The bytes of samples where only their start is known. */
static int64_t without_tail(struct se_sound_reader *reader,
                            const struct se_wav *wav, int64_t start,
                            int64_t there)
{
    int64_t n =
        se_wav_tail_size(reader->fd, start, start + there, wav->is_big_endian);

    if (n < 0)
        reader->window.error = errno;
    return there - (n > 0 ? n : 0);
}

/* Puts data_bytes right where header and file disagree; whether they did. */
static int mend_length(struct se_sound_reader *reader, struct se_wav *wav,
                       int64_t start, int64_t there)
{
    int64_t promised = wav->data_bytes;
    int is_unknown = promised < 0 || se_wav_is_placeholder(promised);

    if (reader->ignores_length) {
        wav->data_bytes = -1;
    } else if (promised == 0) {
        reader->window.at = start;
        if (only_chunks(&reader->window, wav->is_big_endian))
            return 0;
        wav->data_bytes = without_tail(reader, wav, start, there);
        se_reader_remark(
            reader, "the header says that there are no samples: read to the "
                    "end of the file");
    } else if (promised > there && !is_unknown) {
        wav->data_bytes = there;
        if (promised - there <= SE_SLIP_BYTES)
            se_reader_remark(reader,
                             "the header promises %lld bytes of samples, the "
                             "file has %lld: read what is there",
                             (long long)promised, (long long)there);
    } else if (promised > there || promised < 0) {
        wav->data_bytes = without_tail(reader, wav, start, there);
    } else if ((there - promised) >> 32 > 0) {
        wav->data_bytes = promised + ((there - promised) >> 32 << 32);
        se_reader_remark(reader,
                         "the header has no room for its size: read %lld bytes "
                         "of samples, not %lld",
                         (long long)wav->data_bytes, (long long)promised);
    }
    return reader->ignores_length || wav->data_bytes != promised;
}

/* What follows the samples should be chunks. */
static void look_behind(struct se_sound_reader *reader,
                        const struct se_wav *wav, int64_t start)
{
    struct se_window rest = reader->window;

    rest.at = start + wav->data_bytes + (wav->data_bytes & 1);
    if (wav->data_bytes >= 0 && rest.at + 1 < rest.size &&
        !only_chunks(&rest, wav->is_big_endian))
        se_reader_remark(reader, SE_WASTE_REMARK);
}

/* Shows libsndfile the file for its tags alone, with the true size of the
 * samples in the header, so that it finds what stands behind them. */
static int open_tags(struct se_sound_reader *reader, const struct se_wav *wav,
                     int64_t start, struct se_report *report)
{
    enum { DS64_SIZE_AT = SE_WAV_MAGIC + 8 + 8 }; /* behind that of the file */
    struct se_window *window = &reader->tags_window;

    *window = reader->window;
    window->at = 0;
    if (wav->data_bytes > 0 && !wav->is_big_endian) {
        window->patch_at = wav->is_rf64 ? DS64_SIZE_AT : start - 4;
        window->n_patch = wav->is_rf64 ? 8 : 4;
        se_put_u64(window->patch, (uint64_t)wav->data_bytes);
    }
    return se_reader_open_tags(reader, report);
}

/* Where the samples are. */
struct samples {
    int64_t start;
    int64_t more;  /* bytes in further data chunks */
    int is_mended; /* the header's length is not that of wav->data_bytes */
};

/* Finds them, once `start` is known, and looks at what follows them. */
static int find_samples(struct se_sound_reader *reader, struct samples *samples,
                        struct se_wav *wav, struct se_report *report)
{
    const int64_t there = reader->window.size - samples->start;
    const int64_t promised = wav->data_bytes;
    int64_t other_at = -1;

    samples->is_mended = mend_length(reader, wav, samples->start, there);
    samples->more = 0;

    int status = se_reader_check(reader, report);

    if (status != SE_OK)
        return status;
    if (promised - wav->data_bytes > SE_SLIP_BYTES && wav->data_bytes > 0 &&
        !se_wav_is_placeholder(promised))
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: the header promises %lld bytes of "
                       "samples, the file has %lld (se-enhance "
                       "--ignore_length reads them)",
                       reader->name, (long long)promised, (long long)there);
    if (!samples->is_mended)
        samples->more =
            se_wav_more_data(wav, reader->fd, samples->start, &other_at);
    if (samples->more < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (other_at >= 0)
        return se_reader_refuse_other(reader, other_at, report);
    if (samples->more > 0)
        se_reader_remark(reader, "several data chunks, read as one");
    if (!samples->is_mended && samples->more == 0) {
        look_behind(reader, wav, samples->start);
        if (wav->coding != 0 && wav->data_bytes > 0)
            se_reader_remark_rest(reader, wav->data_bytes,
                                  se_wav_frame_bytes(wav));
    }
    return se_reader_check(reader, report);
}

/* Reads the samples here, and leaves to libsndfile the tags alone. */
static int open_ours(struct se_sound_reader *reader, SF_INFO *info,
                     const struct se_wav *wav, const struct samples *samples,
                     struct se_report *report)
{
    int status = open_tags(reader, wav, samples->start, report);

    if (status != SE_OK)
        return status;
    lseek(reader->fd, samples->start, SEEK_SET);
    status = se_reader_open_chunks(reader, info, wav, report);
    if (wav->data_bytes >= 0)
        reader->n_samples =
            (wav->data_bytes + samples->more) / se_wav_frame_bytes(wav);
    return status;
}

/* A WAV that libsndfile reads as it is meant is left to it (*is_ours is 0), the
 * file at its start. */
int se_reader_open_wav(struct se_sound_reader *reader, int *is_ours,
                       SF_INFO *info, const uint8_t *magic,
                       struct se_report *report)
{
    struct se_wav wav;
    int status = se_wav_parse(
        &wav, NULL, &(struct se_wav_source){reader->fd, reader->name, magic},
        report);
    struct samples samples = {.start = lseek(reader->fd, 0, SEEK_CUR)};

    *is_ours = 0;
    if (status == SE_OK)
        status = se_reader_show_all(&reader->window, reader, report);
    if (status == SE_OK)
        status = find_samples(reader, &samples, &wav, report);
    if (status != SE_OK)
        return status;
    if (wav.coding == 0 && !reader->ignores_length)
        reader->n_fact = wav.n_fact;
    reader->block_samples = wav.block_samples;
    /* libsndfile reads RIFX of some codings only. */
    *is_ours = wav.coding != 0 &&
               (samples.is_mended || samples.more > 0 || wav.is_padded ||
                wav.no_block || wav.is_big_endian || wav.is_odd);
    return *is_ours ? open_ours(reader, info, &wav, &samples, report) : status;
}
