/* wav.c - RIFF/WAVE headers. Facts: Microsoft and IBM, "Multimedia Programming
 * Interface and Data Specifications 1.0" (1991); EBU Tech 3306 (RF64). */
#include "audio/wav.h"

#include "base/io.h"

#include <sndfile.h>
#include <string.h>

enum { TAG_PCM = 1, TAG_FLOAT = 3, TAG_ALAW = 6, TAG_ULAW = 7 };
enum { TAG_EXTENSIBLE = 0xfffe, FMT_MAX = 1024, NO_LENGTH = -1 };

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

static int skip(int fd, uint64_t n)
{
    uint8_t waste[4096];

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
    wav->rate_hz = (int)(number(fmt + 4, 4, big_endian) & INT32_MAX);
    for (int i = 0; i < N_CODINGS; i++) {
        if (codings[i].tag != tag || codings[i].bits != bits)
            continue;
        wav->coding =
            codings[i].coding | (big_endian ? SF_ENDIAN_BIG : SF_ENDIAN_LITTLE);
        wav->block_bytes = bits / 8 * wav->channels;
        if (block != wav->block_bytes)
            return se_fail(report, SE_ERR_FORMAT,
                           "%s: the fmt chunk says %d bytes a frame, but %d "
                           "channels of %d bits need %d",
                           name, block, wav->channels, bits, wav->block_bytes);
    }
    return SE_OK;
}

static int truncated(const char *name, struct se_report *report)
{
    return se_fail(report, SE_ERR_FORMAT,
                   "%s: truncated: the WAV header ends before its samples",
                   name);
}

int se_wav_parse(struct se_wav *wav, int fd, const uint8_t magic[SE_WAV_MAGIC],
                 const char *name, struct se_report *report)
{
    int big_endian = memcmp(magic, "RIFX", 4) == 0;
    int64_t rf64_bytes = NO_LENGTH;
    uint8_t chunk[8], body[FMT_MAX];

    *wav = (struct se_wav){.data_bytes = NO_LENGTH};
    for (;;) {
        if (se_read_fully(fd, chunk, 8) != 8)
            return truncated(name, report);

        uint64_t size = number(chunk + 4, 4, big_endian);
        uint64_t kept = size < sizeof body ? size : sizeof body;

        if (memcmp(chunk, "data", 4) == 0) {
            if (size != 0 && size != UINT32_MAX)
                wav->data_bytes = (int64_t)size;
            else if (size == UINT32_MAX && rf64_bytes > 0)
                wav->data_bytes = rf64_bytes;
            break;
        }
        if (se_read_fully(fd, body, kept) != (int64_t)kept ||
            skip(fd, size - kept + (size & 1)) != 0)
            return truncated(name, report);
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
