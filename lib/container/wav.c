/* wav.c - RIFF/WAVE headers. Facts: Microsoft and IBM, "Multimedia Programming
 * Interface and Data Specifications 1.0" (1991); EBU Tech 3306 (RF64). */
#include "container/wav_private.h"

#include "files/io.h"

#include <errno.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>

enum { FMT_BASE = 16, FMT_MAX = 4096, NO_LENGTH = -1 };

/* What follows a format tag that has become a GUID. */
const uint8_t se_wav_guid_rest[SE_WAV_GUID_REST] = {
    0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};

const struct se_wav_coding se_wav_codings[SE_WAV_CODINGS] = {
    {SE_WAV_PCM, 8, SF_FORMAT_PCM_U8},   {SE_WAV_PCM, 16, SF_FORMAT_PCM_16},
    {SE_WAV_PCM, 24, SF_FORMAT_PCM_24},  {SE_WAV_PCM, 32, SF_FORMAT_PCM_32},
    {SE_WAV_FLOAT, 32, SF_FORMAT_FLOAT}, {SE_WAV_FLOAT, 64, SF_FORMAT_DOUBLE},
    {SE_WAV_ALAW, 8, SF_FORMAT_ALAW},    {SE_WAV_ULAW, 8, SF_FORMAT_ULAW},
};

uint64_t se_wav_number(const uint8_t *bytes, int n, int big_endian)
{
    uint64_t value = 0;

    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[big_endian ? i : n - 1 - i];
    return value;
}

static int can_seek(int fd)
{
    int reason = errno;
    int can = lseek(fd, 0, SEEK_CUR) >= 0;

    errno = reason;
    return can;
}

int se_wav_skip(int fd, uint64_t n)
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

/* Has sizes of 64 bits: EBU Tech 3306, ITU-R BS.2088. */
static int is_wide(const uint8_t magic[4])
{
    return memcmp(magic, "RF64", 4) == 0 || memcmp(magic, "BW64", 4) == 0;
}

int se_wav_recognise(const uint8_t magic[SE_WAV_MAGIC])
{
    return (memcmp(magic, "RIFF", 4) == 0 || memcmp(magic, "RIFX", 4) == 0 ||
            is_wide(magic)) &&
           memcmp(magic + 8, "WAVE", 4) == 0;
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

/* A chunk before the samples, as much of it as matters. */
struct chunk {
    const uint8_t *id, *bytes;
    uint64_t size;
    int big_endian;
};

static uint64_t number(const struct chunk *chunk, int at, int n)
{
    return se_wav_number(chunk->bytes + at, n, chunk->big_endian);
}

/* The format tag; of an extensible header the first two bytes of its GUID. */
static int format_tag(const struct chunk *fmt)
{
    int tag = (int)number(fmt, 0, 2);

    if (tag == SE_WAV_EXTENSIBLE && fmt->size >= SE_WAV_FMT_EXTENSIBLE &&
        memcmp(fmt->bytes + SE_WAV_GUID_AT + 2, se_wav_guid_rest,
               SE_WAV_GUID_REST) == 0)
        return (int)number(fmt, SE_WAV_GUID_AT, 2);
    return tag;
}

/* What "fmt " says of a sample: its bits, and the bytes of all channels. */
struct sample_size {
    int bits, block;
};

static int wrong_block(const struct sample_size *is, int channels, int needed,
                       const char *name, struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: the fmt chunk says %d bytes a frame, but %d channels "
                   "of %d bits need %d",
                   name, is->block, channels, is->bits, needed);
}

static int parse_fmt(struct se_wav *wav, const struct chunk *fmt,
                     const char *name, struct se_report *report)
{
    const struct sample_size is = {.bits = (int)number(fmt, 14, 2),
                                   .block = (int)number(fmt, 12, 2)};
    uint64_t rate = number(fmt, 4, 4);
    int tag = format_tag(fmt);

    wav->is_extensible = number(fmt, 0, 2) == SE_WAV_EXTENSIBLE;
    wav->channels = (int)number(fmt, 2, 2);
    wav->block_samples = fmt->size >= 20 ? (int)number(fmt, 18, 2) : 0;
    if (rate == 0 || rate > INT32_MAX)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: the fmt chunk says %u Hz, which is not a sample "
                       "rate",
                       name, (unsigned)rate);
    wav->rate_hz = (int)rate;

    int needed = (is.bits + 7) / 8 * wav->channels;

    if (tag == SE_WAV_PCM && wav->channels > 0 &&
        is.block % wav->channels == 0 && is.block != 0 && is.block < needed)
        return wrong_block(&is, wav->channels, needed, name, report);
    for (int i = 0; i < SE_WAV_CODINGS; i++) {
        if (se_wav_codings[i].tag != tag || se_wav_codings[i].bits != is.bits)
            continue;
        wav->coding = se_wav_codings[i].coding |
                      (fmt->big_endian ? SF_ENDIAN_BIG : SF_ENDIAN_LITTLE);
        wav->block_bytes = needed;
        wav->is_padded = is.bits == 24 && is.block == 4 * wav->channels;
        wav->no_block = is.block == 0;
        if (is.block != needed && !wav->is_padded && !wav->no_block)
            return wrong_block(&is, wav->channels, needed, name, report);
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
        return se_wav_skip(fd, size - kept + (size & 1));
    }
    if (!(size & 1))
        return 0;
    if (se_read_fully(fd, pad, 1) != 1)
        return -1;
    keep(head, pad, 1);
    return 0;
}

/* Reads a chunk's beginning into body[FMT_MAX], and skips the rest. */
static int read_body(uint8_t *body, int fd, uint64_t size,
                     struct se_wav_head *head)
{
    uint64_t kept = size < FMT_MAX ? size : FMT_MAX;

    if (se_read_fully(fd, body, kept) != (int64_t)kept)
        return -1;
    keep(head, body, kept);
    return skip_rest(fd, size, kept, head);
}

/* A size of 64 bits; nobody knows one beyond 2^62. */
static int64_t wide_size(const uint8_t bytes[8])
{
    uint64_t size = se_wav_number(bytes, 8, 0);

    return size >> 62 ? NO_LENGTH : (int64_t)size;
}

/* What chunks before the samples say of these. */
struct preface {
    const char *name;      /* of the file, for messages */
    uint8_t fmt[FMT_BASE]; /* how the chunk "fmt " begins */
    int64_t rf64_bytes;    /* NO_LENGTH: not said */
};

/* Takes a chunk "fmt " into account, unless it only says again what is known.
 */
static int take_fmt(struct se_wav *wav, struct preface *preface,
                    const struct chunk *chunk, struct se_report *report)
{
    const char *name = preface->name;

    if (chunk->size < FMT_BASE)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: a fmt chunk of %u bytes, expected 16 or more", name,
                       (unsigned)chunk->size);
    if (wav->channels == 0) {
        memcpy(preface->fmt, chunk->bytes, FMT_BASE);
        return parse_fmt(wav, chunk, name, report);
    }
    wav->is_odd = 1;
    if (memcmp(preface->fmt, chunk->bytes, FMT_BASE) != 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: two fmt chunks that differ, expected one", name);
    return SE_OK;
}

static int take_chunk(struct se_wav *wav, struct preface *preface,
                      const struct chunk *chunk, struct se_report *report)
{
    if (memcmp(chunk->id, "fact", 4) == 0 && chunk->size >= 4)
        wav->n_fact = (int64_t)number(chunk, 0, 4);
    if (memcmp(chunk->id, "ds64", 4) == 0 && chunk->size >= 16)
        preface->rf64_bytes = wide_size(chunk->bytes + 8);
    if (memcmp(chunk->id, "fmt ", 4) == 0)
        return take_fmt(wav, preface, chunk, report);
    return SE_OK;
}

/* Of one chunk "data", what its size is worth. */
static void take_size(struct se_wav *wav, const struct preface *preface,
                      uint64_t size)
{
    if (size != UINT32_MAX) {
        wav->data_bytes = (int64_t)size;
        wav->is_odd |= wav->is_rf64;
    } else if (preface->rf64_bytes > 0) {
        wav->data_bytes = preface->rf64_bytes;
    }
}

int se_wav_parse(struct se_wav *wav, struct se_wav_head *head,
                 const struct se_wav_source *source, struct se_report *report)
{
    const uint8_t *magic = source->magic;
    const char *name = source->name;
    int big_endian = memcmp(magic, "RIFX", 4) == 0;
    struct preface preface = {.name = name, .rf64_bytes = NO_LENGTH};
    uint8_t start[8], body[FMT_MAX];

    *wav = (struct se_wav){.data_bytes = NO_LENGTH,
                           .is_rf64 = is_wide(magic),
                           .is_big_endian = big_endian,
                           .is_odd = magic[0] == 'B'};
    keep(head, magic, SE_WAV_MAGIC);
    errno = 0;
    for (;;) {
        if (se_read_fully(source->fd, start, 8) != 8)
            return truncated(name, report);
        keep(head, start, 8);

        const struct chunk chunk = {
            start, body, se_wav_number(start + 4, 4, big_endian), big_endian};

        if (memcmp(chunk.id, "data", 4) == 0) {
            take_size(wav, &preface, chunk.size);
            break;
        }
        if (read_body(body, source->fd, chunk.size, head) != 0)
            return truncated(name, report);

        int status = take_chunk(wav, &preface, &chunk, report);

        if (status != SE_OK)
            return status;
    }
    if (wav->channels == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: no fmt chunk with channels before the samples",
                       name);
    return SE_OK;
}

int se_wav_frame_bytes(const struct se_wav *wav)
{
    return wav->is_padded ? 4 * wav->channels : wav->block_bytes;
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
