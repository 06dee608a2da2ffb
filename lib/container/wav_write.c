/* wav_write.c - headers of WAV, as they are written and put right afterwards.
 */
#include "container/wav_private.h"

#include "files/io.h"

#include <errno.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>

static void put(uint8_t *bytes, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

/* The chunk "fmt " without its head. Returns its size. */
static int put_format(uint8_t *bytes, const struct se_wav *wav)
{
    int tag = SE_WAV_PCM, bits = 16;

    for (int i = 0; i < SE_WAV_CODINGS; i++) {
        if (se_wav_codings[i].coding == (wav->coding & SF_FORMAT_SUBMASK))
            tag = se_wav_codings[i].tag, bits = se_wav_codings[i].bits;
    }

    int block_bytes = bits / 8 * wav->channels;

    put(bytes, (uint64_t)(wav->mask ? SE_WAV_EXTENSIBLE : tag), 2);
    put(bytes + 2, (uint64_t)wav->channels, 2);
    put(bytes + 4, (uint64_t)wav->rate_hz, 4);
    put(bytes + 8, (uint64_t)wav->rate_hz * (uint64_t)block_bytes, 4);
    put(bytes + 12, (uint64_t)block_bytes, 2);
    put(bytes + 14, (uint64_t)bits, 2);
    if (!wav->mask)
        return 16;
    put(bytes + 16, SE_WAV_FMT_EXTENSIBLE - 18, 2);
    put(bytes + 18, (uint64_t)bits, 2);
    put(bytes + 20, wav->mask, 4);
    put(bytes + SE_WAV_GUID_AT, (uint64_t)tag, 2);
    memcpy(bytes + SE_WAV_GUID_AT + 2, se_wav_guid_rest, SE_WAV_GUID_REST);
    return SE_WAV_FMT_EXTENSIBLE;
}

int se_wav_format(uint8_t header[SE_WAV_HEADER_MAX], const struct se_wav *wav)
{
    int known = wav->data_bytes >= 0 &&
                wav->data_bytes < UINT32_MAX - SE_WAV_HEADER_MAX;
    int fmt_bytes = put_format(header + 20, wav), size = fmt_bytes + 28;
    uint32_t data = known ? (uint32_t)wav->data_bytes : UINT32_MAX;
    uint32_t riff = known ? data + (data & 1) + (uint32_t)size - 8 : UINT32_MAX;

    memcpy(header, "RIFF", 4);
    put(header + 4, riff, 4);
    memcpy(header + 8, "WAVEfmt ", 8);
    put(header + 16, (uint64_t)fmt_bytes, 4);
    memcpy(header + size - 8, "data", 4);
    put(header + size - 4, data, 4);
    return size;
}

int se_wav_block_bytes(int coding, int channels)
{
    for (int i = 0; i < SE_WAV_CODINGS; i++)
        if (se_wav_codings[i].coding == (coding & SF_FORMAT_SUBMASK))
            return se_wav_codings[i].bits / 8 * channels;
    return 0;
}

/* Moves the bytes from `start` to the end up by `distance`, from the end on. */
static int move_up(int fd, int64_t start, int64_t end, int64_t distance)
{
    static const int64_t max = 1 << 16;
    uint8_t block[1 << 16];

    while (end > start) {
        int64_t n = end - start < max ? end - start : max;

        end -= n;
        for (int64_t done = 0; done < n;) {
            ssize_t got =
                pread(fd, block + done, (size_t)(n - done), end + done);

            if (got <= 0)
                return -1;
            done += got;
        }
        if (se_write_fully_at(fd, block, (size_t)n, end + distance) != 0)
            return -1;
    }
    return 0;
}

/* Where the first chunk of a kind stands, up to the samples; -1: nowhere. */
static int64_t find_chunk(int fd, const char *kind)
{
    int64_t at = SE_WAV_MAGIC;
    uint8_t chunk[8];

    while (pread(fd, chunk, 8, at) == 8) {
        uint64_t size = se_wav_number(chunk + 4, 4, 0);

        if (memcmp(chunk, kind, 4) == 0)
            return at;
        if (memcmp(chunk, "data", 4) == 0)
            break;
        at += 8 + (int64_t)(size + (size & 1));
    }
    errno = EINVAL;
    return -1;
}

int se_wav_set_fact(int fd, int64_t n_samples)
{
    int64_t place = find_chunk(fd, "fact");
    uint8_t bytes[4];

    if (place < 0 || n_samples > UINT32_MAX)
        return 0;
    put(bytes, (uint64_t)n_samples, 4);
    return se_write_fully_at(fd, bytes, sizeof bytes, place + 8);
}

int se_wav_widen(int fd, int64_t data_bytes)
{
    uint8_t head[SE_WAV_MAGIC + SE_WAV_DS64] = {0}, size[4];
    int64_t end = lseek(fd, 0, SEEK_END), place = find_chunk(fd, "data");

    if (place < 0)
        return -1;
    memcpy(head, "RF64", 4);
    put(head + 4, UINT32_MAX, 4);
    memcpy(head + 8, "WAVEds64", 8);
    put(head + 16, SE_WAV_DS64 - 8, 4);
    put(head + 20, (uint64_t)(end + SE_WAV_DS64 - 8), 8);
    put(head + 28, (uint64_t)data_bytes, 8);
    put(size, UINT32_MAX, 4);
    if (move_up(fd, SE_WAV_MAGIC, end, SE_WAV_DS64) != 0 ||
        se_write_fully_at(fd, size, sizeof size, place + 4 + SE_WAV_DS64) != 0)
        return -1;
    return se_write_fully_at(fd, head, sizeof head, 0);
}
