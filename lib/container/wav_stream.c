/* wav_stream.c - the samples of a WAV, from one data chunk to the next. */
#include "container/wav_private.h"

#include "container/promise.h"
#include "files/io.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { NO_LENGTH = -1, NO_CHUNK = -2, OTHER_SOUND = -3 };

void se_wav_stream_start(struct se_wav_stream *stream, const struct se_wav *wav,
                         int fd)
{
    *stream = (struct se_wav_stream){.wav = *wav,
                                     .fd = fd,
                                     .chunk_bytes = wav->data_bytes,
                                     .left = wav->data_bytes,
                                     .n_chunks = 1};
    stream->tail.is_big_endian = wav->is_big_endian;
}

void se_wav_stream_stop(struct se_wav_stream *stream)
{
    se_wav_tail_free(&stream->tail);
}

/* More than this after the samples is samples: the size has lost its upper
 * bits. */
static const int64_t waste_limit = 0x7fffffff;

/* As skip, and counts. */
static int skip_counted(int fd, uint64_t n, int64_t *n_skipped)
{
    uint8_t waste[4096];

    if (n > sizeof waste && lseek(fd, 0, SEEK_CUR) >= 0) {
        *n_skipped += (int64_t)n;
        return se_wav_skip(fd, n);
    }
    errno = 0;
    while (n > 0) {
        size_t part = n < sizeof waste ? (size_t)n : sizeof waste;
        int64_t got = se_read_fully(fd, waste, part);

        *n_skipped += got > 0 ? got : 0;
        if (got != (int64_t)part)
            return -1;
        n -= part;
    }
    return 0;
}

/* Goes to the next data chunk behind one of `size` bytes that has been read;
 * its size, NO_LENGTH if there is none, or with *error, NO_CHUNK if what
 * follows is not a whole chunk, or OTHER_SOUND. */
static int64_t next_data(int fd, int64_t size, int big_endian, int *error)
{
    int64_t n_skipped = 0, got;
    uint8_t chunk[8];

    errno = 0;
    if (se_wav_skip(fd, (uint64_t)size & 1) != 0) {
        *error = errno;
        return NO_LENGTH;
    }
    while ((got = se_read_fully(fd, chunk, 8)) == 8) {
        uint64_t n = se_wav_number(chunk + 4, 4, big_endian);

        if (memcmp(chunk, "data", 4) == 0)
            return (int64_t)n;
        if (se_promise_is_magic(chunk) || memcmp(chunk, "fmt ", 4) == 0)
            return OTHER_SOUND;

        int64_t before = n_skipped;
        int failed = skip_counted(fd, n + (n & 1), &n_skipped) != 0;

        if (n_skipped > waste_limit) {
            *error = EFBIG;
            return NO_LENGTH;
        }
        if (failed) {
            *error = errno;
            return n_skipped - before == (int64_t)n ? NO_LENGTH : NO_CHUNK;
        }
    }
    *error = errno;
    return got > 1 ? NO_CHUNK : NO_LENGTH;
}

int64_t se_wav_more_data(const struct se_wav *wav, int fd, int64_t start,
                         int64_t *other_at)
{
    int64_t size = wav->data_bytes, sum = 0, end = lseek(fd, 0, SEEK_END);
    int error = 0;

    *other_at = -1;
    if (size < 0 || lseek(fd, start + size, SEEK_SET) < 0)
        return 0;
    while ((size = next_data(fd, size, wav->is_big_endian, &error)) >= 0) {
        int64_t there = end - lseek(fd, 0, SEEK_CUR);

        size = size < there ? size : there;
        sum += size > 0 ? size : 0;
        if (size <= 0 || lseek(fd, size, SEEK_CUR) < 0)
            break;
    }
    if (size == OTHER_SOUND)
        *other_at = lseek(fd, 0, SEEK_CUR) - 8;
    errno = error;
    return error && error != EFBIG ? -1 : sum;
}

/* Within a chunk. */
static int64_t read_on(struct se_wav_stream *stream, uint8_t *bytes, int64_t n)
{
    if (stream->left > 0 || stream->wav.is_bare)
        return se_read_fully(stream->fd, bytes, (size_t)n);
    return se_wav_tail_read(&stream->tail, stream->fd, bytes, n);
}

/* Reads up to n bytes as they are in the file. */
static int64_t read_plain(struct se_wav_stream *stream, uint8_t *bytes,
                          int64_t n)
{
    int64_t done = 0;

    while (done < n) {
        if (stream->left == 0) {
            int64_t size = next_data(stream->fd, stream->chunk_bytes,
                                     stream->wav.is_big_endian, &stream->error);

            stream->has_waste |= size == NO_CHUNK;
            stream->has_other |= size == OTHER_SOUND;
            if (size < 0)
                break;
            stream->n_chunks++;
            stream->chunk_bytes = stream->left = size;
            continue;
        }

        int64_t want = n - done;

        if (stream->left > 0 && stream->left < want)
            want = stream->left;

        int64_t got = read_on(stream, bytes + done, want);

        if (got < 0) {
            stream->error = errno;
            break;
        }
        done += got;
        stream->n_read += got;
        if (stream->left > 0)
            stream->left -= got;
        if (got < want) {
            if (stream->left > 0)
                stream->n_missing = stream->left;
            break;
        }
    }
    return done;
}

/* Which three of the four bytes hold the number: the low ones, where the last
 * only repeats the sign, or the high ones, where the first is empty. */
static int find_side(const uint8_t *bytes, int64_t n, int big_endian)
{
    int zero = 1;

    for (int64_t i = 0; i + 4 <= n; i += 4) {
        uint32_t x = (uint32_t)se_wav_number(bytes + i, 4, big_endian);
        uint32_t sign = x & 0x800000 ? 0xff : 0;

        zero = zero && x == 0;
        if (x >> 24 != sign)
            return 2;
        if (x & 0xff)
            return 1;
    }
    return zero ? 0 : 2;
}

int64_t se_wav_stream_read(struct se_wav_stream *stream, void *out, int64_t n)
{
    int big_endian = stream->wav.is_big_endian;
    uint8_t block[4096], *bytes = out;
    int64_t done = 0;

    if (!stream->wav.is_padded)
        return read_plain(stream, bytes, n);
    while (done + 3 <= n) {
        int64_t want = (n - done) / 3 * 4;

        want = want < (int64_t)sizeof block ? want : (int64_t)sizeof block;

        int64_t got = read_plain(stream, block, want);

        if (stream->side == 0)
            stream->side = find_side(block, got, big_endian);

        int first = (stream->side == 1) == big_endian;

        for (int64_t i = 0; i + 4 <= got; i += 4, done += 3)
            memcpy(bytes + done, block + i + first, 3);
        if (got < want)
            break;
    }
    return done;
}
