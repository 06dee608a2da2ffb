/* kept.c - what a file holds whose end could not be written. */
#include "audio/format.h"
#include "audio/output.h"
#include "audio/read_private.h"

#include <unistd.h>

enum { BLOCK = 4096 };

int se_writer_is_plain(const struct se_sound_writer *writer)
{
    switch (writer->format.format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_FLAC:
    case SF_FORMAT_OGG:
    case SF_FORMAT_MPEG:
        return 0;
    default:
        return se_wav_block_bytes(writer->format.format, 1) > 0;
    }
}

static int64_t read_to_end(SNDFILE *sound, int channels)
{
    float block[BLOCK];
    int64_t n_samples = 0, n;

    while ((n = sf_readf_float(sound, block, BLOCK / channels)) > 0)
        n_samples += n;
    return n_samples;
}

static int64_t count_readable(const struct se_sound_writer *writer)
{
    SF_INFO info = {0};
    SNDFILE *sound;
    int64_t n;

    if (lseek(writer->fd, 0, SEEK_SET) != 0)
        return 0;
    sound = sf_open_fd(writer->fd, SFM_READ, &info, SF_FALSE);
    if (!sound)
        return 0;
    n = info.channels == writer->format.channels
            ? read_to_end(sound, info.channels)
            : 0;
    sf_close(sound);
    return n;
}

double se_writer_kept_seconds(const struct se_sound_writer *writer)
{
    int64_t n = writer->n_written / writer->format.channels, n_readable;

    if (!writer->is_stream && !se_writer_is_plain(writer)) {
        se_flac_set_length(writer->fd, 0);
        n_readable = count_readable(writer);
        se_flac_set_length(writer->fd, n_readable);
        n = n_readable < n ? n_readable : n;
    }
    return (double)n / writer->format.rate_hz;
}
