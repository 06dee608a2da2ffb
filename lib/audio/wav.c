/* wav.c - RIFF/WAVE headers. Facts: Microsoft and IBM, "Multimedia Programming
 * Interface and Data Specifications 1.0" (1991); EBU Tech 3306 (RF64). */
#include "audio/wav.h"

#include "audio/promise.h"
#include "base/io.h"

#include <errno.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>

enum { TAG_PCM = 1, TAG_FLOAT = 3, TAG_ALAW = 6, TAG_ULAW = 7 };
enum { TAG_EXTENSIBLE = 0xfffe, FMT_MAX = 4096 };
enum { NO_LENGTH = -1, NO_CHUNK = -2, OTHER_SOUND = -3 };

static const struct {
    int tag, bits, coding;
} codings[] = {
    {TAG_PCM, 8, SF_FORMAT_PCM_U8},   {TAG_PCM, 16, SF_FORMAT_PCM_16},
    {TAG_PCM, 24, SF_FORMAT_PCM_24},  {TAG_PCM, 32, SF_FORMAT_PCM_32},
    {TAG_FLOAT, 32, SF_FORMAT_FLOAT}, {TAG_FLOAT, 64, SF_FORMAT_DOUBLE},
    {TAG_ALAW, 8, SF_FORMAT_ALAW},    {TAG_ULAW, 8, SF_FORMAT_ULAW},
};
enum { N_CODINGS = sizeof codings / sizeof *codings };

int se_wav_recognise(const uint8_t magic[SE_WAV_MAGIC])
{
    return (memcmp(magic, "RIFF", 4) == 0 || memcmp(magic, "RIFX", 4) == 0 ||
            memcmp(magic, "RF64", 4) == 0) &&
           memcmp(magic + 8, "WAVE", 4) == 0;
}

/* n bytes as a number, the most significant one last, or first. */
static uint64_t number(const uint8_t *bytes, int n, int big_endian)
{
    uint64_t value = 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[big_endian ? i : n - 1 - i];
    return value;
}

static void keep(struct se_wav_head *head, const uint8_t *bytes, size_t n)
{
    if (!head)
        return;
    head->is_over |= n > sizeof head->bytes - head->n;
    if (head->is_over)
        return;
    memcpy(head->bytes + head->n, bytes, n);
    head->n += n;
}

static int can_seek(int fd)
{
    int reason = errno;
    int can = lseek(fd, 0, SEEK_CUR) >= 0;

    errno = reason;
    return can;
}

/* -1 beyond the end, or with errno, which was 0. */
static int skip(int fd, uint64_t n)
{
    uint8_t waste[4096];

    if (n > sizeof waste && can_seek(fd))
        return lseek(fd, (off_t)n, SEEK_CUR) < 0 ? -1 : 0;
    while (n > 0) {
        size_t part = n < sizeof waste ? (size_t)n : sizeof waste;

        if (se_read_fully(fd, waste, part) != (int64_t)part)
            return -1;
        n -= part;
    }
    return 0;
}

/* A chunk "fmt ", as much of it as matters. */
struct fmt {
    const uint8_t *bytes;
    uint64_t size;
    int big_endian;
};

static int parse_fmt(struct se_wav *wav, const struct fmt *chunk,
                     const char *name, struct se_report *report)
{
    const uint8_t *fmt = chunk->bytes;
    int big_endian = chunk->big_endian;
    int tag = (int)number(fmt, 2, big_endian);
    int bits = (int)number(fmt + 14, 2, big_endian);
    int block = (int)number(fmt + 12, 2, big_endian);

    /* The first two bytes of the extension's GUID are the real tag. */
    if (tag == TAG_EXTENSIBLE && chunk->size >= 26)
        tag = (int)number(fmt + 24, 2, big_endian);
    wav->channels = (int)number(fmt + 2, 2, big_endian);
    wav->block_samples =
        chunk->size >= 20 ? (int)number(fmt + 18, 2, big_endian) : 0;
    wav->rate_hz = (int)(number(fmt + 4, 4, big_endian) & INT32_MAX);
    if (tag == TAG_PCM && wav->channels > 0 && block % wav->channels == 0 &&
        block != 0 && block < (bits + 7) / 8 * wav->channels)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: the fmt chunk says %d bytes a frame, but %d "
                       "channels of %d bits need %d",
                       name, block, wav->channels, bits,
                       (bits + 7) / 8 * wav->channels);
    for (int i = 0; i < N_CODINGS; i++) {
        if (codings[i].tag != tag || codings[i].bits != bits)
            continue;
        wav->coding =
            codings[i].coding | (big_endian ? SF_ENDIAN_BIG : SF_ENDIAN_LITTLE);
        wav->block_bytes = bits / 8 * wav->channels;
        wav->is_padded = bits == 24 && block == 4 * wav->channels;
        wav->no_block = block == 0;
        if (block != wav->block_bytes && !wav->is_padded && !wav->no_block)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: the fmt chunk says %d bytes a frame, but %d "
                           "channels of %d bits need %d",
                           name, block, wav->channels, bits, wav->block_bytes);
    }
    return SE_OK;
}

/* Of what could not be read: errno is 0 if there was no more. */
static int truncated(const char *name, struct se_report *report)
{
    if (errno)
        return se_fail_errno(report, name, "cannot read");
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: truncated: the WAV header ends before its samples",
                   name);
}

/* The rest of a chunk of which `kept` bytes have been read, to the pad byte. */
static int skip_rest(int fd, uint64_t size, uint64_t kept,
                     struct se_wav_head *head)
{
    uint8_t pad[1];

    if (size > kept) {
        if (head)
            head->is_over = 1;
        return skip(fd, size - kept + (size & 1));
    }
    if (!(size & 1))
        return 0;
    if (se_read_fully(fd, pad, 1) != 1)
        return -1;
    keep(head, pad, 1);
    return 0;
}

int se_wav_parse(struct se_wav *wav, int fd, const uint8_t magic[SE_WAV_MAGIC],
                 struct se_wav_head *head, const char *name,
                 struct se_report *report)
{
    int big_endian = memcmp(magic, "RIFX", 4) == 0;
    int64_t rf64_bytes = NO_LENGTH;
    uint8_t chunk[8], body[FMT_MAX];

    *wav = (struct se_wav){.data_bytes = NO_LENGTH,
                           .is_rf64 = memcmp(magic, "RF64", 4) == 0,
                           .is_big_endian = big_endian};
    keep(head, magic, SE_WAV_MAGIC);
    errno = 0;
    for (;;) {
        if (se_read_fully(fd, chunk, 8) != 8)
            return truncated(name, report);
        keep(head, chunk, 8);

        uint64_t size = number(chunk + 4, 4, big_endian);
        uint64_t kept = size < sizeof body ? size : sizeof body;

        if (memcmp(chunk, "data", 4) == 0) {
            if (size != UINT32_MAX)
                wav->data_bytes = (int64_t)size;
            else if (rf64_bytes > 0)
                wav->data_bytes = rf64_bytes;
            break;
        }
        if (se_read_fully(fd, body, kept) != (int64_t)kept)
            return truncated(name, report);
        keep(head, body, kept);
        if (skip_rest(fd, size, kept, head) != 0)
            return truncated(name, report);
        if (memcmp(chunk, "fact", 4) == 0 && size >= 4)
            wav->n_fact = (int64_t)number(body, 4, big_endian);
        if (memcmp(chunk, "ds64", 4) == 0 && size >= 16)
            rf64_bytes = (int64_t)(number(body + 8, 8, 0) & INT64_MAX);
        if (memcmp(chunk, "fmt ", 4) != 0)
            continue;
        if (size < 16)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: a fmt chunk of %u bytes, expected 16 or more",
                           name, (unsigned)size);

        const struct fmt fmt = {body, size, big_endian};
        int status = parse_fmt(wav, &fmt, name, report);

        if (status != SE_OK)
            return status;
    }
    if (wav->channels == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: no fmt chunk with channels before the samples",
                       name);
    return SE_OK;
}

int se_wav_is_placeholder(int64_t data_bytes)
{
    /* 0xffffffff, and 0x80000000 or 0x7ffff000 with more or less taken off for
     * the header. */
    return (data_bytes >= 0xffffff00 && data_bytes <= UINT32_MAX) ||
           (data_bytes >= 0x7fffe000 && data_bytes <= 0x80000100);
}

int se_wav_is_chunk(const uint8_t id[4])
{
    static const char known[][5] = {"LIST", "list", "JUNK", "junk", "bext",
                                    "iXML", "fact", "cue ", "smpl", "inst",
                                    "PEAK", "id3 ", "ID3 ", "axml", "_PMX",
                                    "plst", "acid", "data", "PAD ", "FLLR"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (memcmp(id, known[i], 4) == 0)
            return 1;
    return 0;
}

/* ---- samples ------------------------------------------------------------- */

void se_wav_stream_start(struct se_wav_stream *stream, const struct se_wav *wav,
                         int fd)
{
    *stream = (struct se_wav_stream){.wav = *wav,
                                     .fd = fd,
                                     .chunk_bytes = wav->data_bytes,
                                     .left = wav->data_bytes,
                                     .n_chunks = 1};
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
        return skip(fd, n);
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
 * follows is no whole chunk, or OTHER_SOUND. */
static int64_t next_data(int fd, int64_t size, int big_endian, int *error)
{
    int64_t n_skipped = 0, got;
    uint8_t chunk[8];

    errno = 0;
    if (skip(fd, (uint64_t)size & 1) != 0) {
        *error = errno;
        return NO_LENGTH;
    }
    while ((got = se_read_fully(fd, chunk, 8)) == 8) {
        uint64_t n = number(chunk + 4, 4, big_endian);

        if (memcmp(chunk, "data", 4) == 0)
            return (int64_t)n;
        if (se_promise_is_magic(chunk))
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

int64_t se_wav_more_data(const struct se_wav *wav, int fd, int64_t start)
{
    int64_t size = wav->data_bytes, sum = 0, end = lseek(fd, 0, SEEK_END);
    int error = 0;

    if (size < 0 || lseek(fd, start + size, SEEK_SET) < 0)
        return 0;
    while ((size = next_data(fd, size, wav->is_big_endian, &error)) >= 0) {
        int64_t there = end - lseek(fd, 0, SEEK_CUR);

        size = size < there ? size : there;
        sum += size > 0 ? size : 0;
        if (size <= 0 || lseek(fd, size, SEEK_CUR) < 0)
            break;
    }
    errno = error;
    return error && error != EFBIG ? -1 : sum;
}

/* First what had been read before its time. */
static int64_t read_on(struct se_wav_stream *stream, uint8_t *bytes, int64_t n)
{
    if (stream->n_peeked == 0)
        return se_read_fully(stream->fd, bytes, (size_t)n);

    size_t first = n < stream->n_peeked ? (size_t)n : (size_t)stream->n_peeked;

    memcpy(bytes, stream->peeked, first);
    stream->n_peeked -= (int)first;
    memmove(stream->peeked, stream->peeked + first, (size_t)stream->n_peeked);
    if (first == (size_t)n)
        return n;

    int64_t got = se_read_fully(stream->fd, bytes + first, (size_t)n - first);

    return got < 0 ? got : got + (int64_t)first;
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
        uint32_t x = (uint32_t)number(bytes + i, 4, big_endian);
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

/* ---- writing ------------------------------------------------------------- */

static void put(uint8_t *bytes, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

void se_wav_format(uint8_t header[SE_WAV_HEADER], const struct se_wav *wav)
{
    int known = wav->data_bytes >= 0 && wav->data_bytes < UINT32_MAX - 64;
    uint32_t data = known ? (uint32_t)wav->data_bytes : UINT32_MAX;
    uint32_t riff = known ? data + (data & 1) + SE_WAV_HEADER - 8 : UINT32_MAX;
    int tag = TAG_PCM, bits = 16;

    for (int i = 0; i < N_CODINGS; i++) {
        if (codings[i].coding == (wav->coding & SF_FORMAT_SUBMASK))
            tag = codings[i].tag, bits = codings[i].bits;
    }

    int block_bytes = bits / 8 * wav->channels;

    memcpy(header, "RIFF", 4);
    put(header + 4, riff, 4);
    memcpy(header + 8, "WAVEfmt ", 8);
    put(header + 16, 16, 4);
    put(header + 20, (uint64_t)tag, 2);
    put(header + 22, (uint64_t)wav->channels, 2);
    put(header + 24, (uint64_t)wav->rate_hz, 4);
    put(header + 28, (uint64_t)wav->rate_hz * (uint64_t)block_bytes, 4);
    put(header + 32, (uint64_t)block_bytes, 2);
    put(header + 34, (uint64_t)bits, 2);
    memcpy(header + 36, "data", 4);
    put(header + 40, data, 4);
}

int se_wav_block_bytes(int coding, int channels)
{
    for (int i = 0; i < N_CODINGS; i++)
        if (codings[i].coding == (coding & SF_FORMAT_SUBMASK))
            return codings[i].bits / 8 * channels;
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
        uint64_t size = number(chunk + 4, 4, 0);

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
