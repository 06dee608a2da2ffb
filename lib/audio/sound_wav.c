/* sound_wav.c - WAV files whose headers say something else than what is there.
 */
#include "audio/promise.h"
#include "audio/sound_private.h"

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
    info->format = (wav->is_rf64 ? SF_FORMAT_RF64 : SF_FORMAT_WAV) | coding;
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
        se_reader_remark(
            reader, "the header says that there are no samples: read to the "
                    "end of the file");
    } else if (promised > there && !se_wav_is_placeholder(promised)) {
        wav->data_bytes = there;
        if (promised - there <= SE_SLIP_BYTES)
            se_reader_remark(reader,
                             "the header promises %lld bytes of samples, the "
                             "file has %lld: read what is there",
                             (long long)promised, (long long)there);
    } else if (promised > there || promised < 0) {
        wav->data_bytes = there;
    } else if ((there - promised) >> 32 > 0) {
        wav->data_bytes = promised + ((there - promised) >> 32 << 32);
        se_reader_remark(reader,
                         "the header has no room for its size: read %lld bytes "
                         "of samples, not %lld",
                         (long long)wav->data_bytes, (long long)promised);
    }
    return wav->data_bytes != promised;
}

/* What follows on the samples should be chunks, and must not be another sound.
 */
static int look_behind(struct se_sound_reader *reader, const struct se_wav *wav,
                       int64_t start, struct se_report *report)
{
    struct se_window rest = reader->window;
    int other = 0;

    rest.at = start + wav->data_bytes + (wav->data_bytes & 1);
    if (wav->data_bytes >= 0)
        other = se_promise_other(reader->fd, rest.at);
    if (other < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (other)
        return se_reader_refuse_other(reader, rest.at, report);
    if (wav->data_bytes >= 0 && rest.at + 1 < rest.size &&
        !only_chunks(&rest, wav->is_big_endian))
        se_reader_remark(reader, SE_WASTE_REMARK);
    return SE_OK;
}

/* A WAV that libsndfile reads as it is meant is left to it (*is_ours is 0), the
 * file at its start. */
int se_reader_open_wav(struct se_sound_reader *reader, int *is_ours,
                       SF_INFO *info, const uint8_t *magic,
                       struct se_report *report)
{
    struct se_wav wav;
    int status =
        se_wav_parse(&wav, reader->fd, magic, NULL, reader->name, report);
    int64_t start = lseek(reader->fd, 0, SEEK_CUR), more = 0;

    *is_ours = 0;
    if (status == SE_OK)
        status = se_reader_show_all(&reader->window, reader, report);
    if (status != SE_OK)
        return status;

    int64_t there = reader->window.size - start, promised = wav.data_bytes;
    int is_odd = mend_length(reader, &wav, start, there);

    status = se_reader_check(reader, report);
    if (status != SE_OK)
        return status;

    if (promised - wav.data_bytes > SE_SLIP_BYTES && wav.data_bytes > 0 &&
        !se_wav_is_placeholder(promised))
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: truncated: the header promises %lld bytes of "
                       "samples, the file has %lld (se-enhance "
                       "--ignore_length reads them)",
                       reader->name, (long long)promised, (long long)there);
    if (!is_odd)
        more = se_wav_more_data(&wav, reader->fd, start);
    if (more < 0)
        return se_fail_errno(report, reader->name, "cannot read");
    if (more > 0)
        se_reader_remark(reader, "several data chunks, read as one");
    if (!is_odd && more == 0 && wav.coding != 0)
        status = look_behind(reader, &wav, start, report);
    if (status != SE_OK)
        return status;
    if (wav.coding == 0 && !reader->ignores_length)
        reader->n_fact = wav.n_fact;
    reader->block_samples = wav.block_samples;
    /* libsndfile reads RIFX of some codings only. */
    *is_ours = wav.coding != 0 && (is_odd || more > 0 || wav.is_padded ||
                                   wav.no_block || wav.is_big_endian);
    if (*is_ours) {
        SF_INFO unused = {0};

        reader->tags_window = reader->window;
        reader->tags_window.at = 0;
        reader->tags = sf_open_virtual(&se_window_io, SFM_READ, &unused,
                                       &reader->tags_window);
        lseek(reader->fd, start, SEEK_SET);
        status = se_reader_open_chunks(reader, info, &wav, report);
        if (wav.data_bytes >= 0)
            reader->n_samples =
                (wav.data_bytes + more) /
                (wav.is_padded ? 4 * wav.channels : wav.block_bytes);
    }
    return status;
}
