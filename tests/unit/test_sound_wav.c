/* test_sound_wav.c - WAV whose header says something else than what is there,
 * from files and pipes. */
#include "audio/sound.h"
#include "check.h"
#include "container/wav.h"
#include "encoding/bytes.h"
#include "sounds.h"

#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <unistd.h>

/* Lengths as programs write them that do not know: all mean "to the end". */
TEST(wav_pipe)
{
    static const uint32_t lengths[] = {0,          0xffffffff, 0xffffffdb,
                                       0x7ffff000, 0x80000000, 2000};
    struct se_sound_format format = {22050, 2,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(1000, 16);
    uint8_t bytes[SE_WAV_HEADER + 2000];

    write_sound(in_scratch("pipe.wav"), x, 500, format);

    FILE *stream = fopen(in_scratch("pipe.wav"), "rb");

    expect_equal(fread(bytes, 1, sizeof bytes, stream), sizeof bytes);
    fclose(stream);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        se_put_u32(bytes + 4, lengths[i]);
        se_put_u32(bytes + 40, lengths[i]);
        expect_sound(pipe_with(bytes, sizeof bytes), NULL, x, 500, format);
    }
    expect_refusal(pipe_with(bytes, 30), SE_ERR_FORMAT, "truncated");
    expect_refusal(pipe_with(bytes, 0), SE_ERR_FORMAT, "is empty");
    se_put_u32(bytes + 40, 0);
    expect_refusal(pipe_with(bytes, SE_WAV_HEADER), SE_ERR_FORMAT,
                   "has no samples");
    free(x);
}

/* What stands behind the samples is not sound, odd chunks before them do no
 * harm, and the extensible form is understood. */
TEST(wav_chunks)
{
    const uint8_t bytes[] = {
        'R', 'I', 'F', 'F', 0,    0,   0,   0,   'W', 'A', 'V', 'E',  'L', 'I',
        'S', 'T', 3,   0,   0,    0,   'a', 'b', 'c', 0,   'f', 'm',  't', ' ',
        40,  0,   0,   0,   0xfe, 255, 1,   0,   64,  31,  0,   0,    128, 62,
        0,   0,   2,   0,   16,   0,   22,  0,   16,  0,   4,   0,    0,   0,
        1,   0,   0,   0,   0,    0,   16,  0,   128, 0,   0,   0xaa, 0,   56,
        155, 113, 'd', 'a', 't',  'a', 4,   0,   0,   0,   0,   64,   0,   192,
        'L', 'I', 'S', 'T', 4,    0,   0,   0,   1,   2,   3,   4,
    };
    const float want[] = {0.5f, -0.5f};
    struct se_sound_format format = {8000, 1,
                                     SF_FORMAT_WAVEX | SF_FORMAT_PCM_16};

    expect_sound(pipe_with(bytes, sizeof bytes), NULL, want, 2, format);
}

/* Headers that say something else than what is there. */
TEST(odd_wav)
{
    enum { N = 500, SIZE = SE_WAV_HEADER + 4 * N };
    struct se_sound_format format = {16000, 2,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(2 * N, 16);
    const struct wanted want = {x, N, format};
    uint8_t bytes[SIZE + 408];

    write_sound(in_scratch("good.wav"), x, N, format);
    expect_equal(bytes_of(bytes, SIZE, in_scratch("good.wav")), SIZE);
    expect_bytes_sound(bytes, SIZE, &want, NULL, NULL);
    se_put_u32(bytes + 40, 4 * N + 44);
    expect_bytes_sound(bytes, SIZE, &want, "promises 2044", "44 bytes");
    se_put_u32(bytes + 40, 0);
    expect_bytes_sound(bytes, SIZE, &want, "no samples", NULL);
    se_put_u32(bytes + 40, 4 * N - 1);
    expect_bytes_sound(bytes, SIZE, &(struct wanted){x, N - 1, format},
                       "3 bytes at the end", "3 bytes at the end");
    se_put_u32(bytes + 40, 4 * N);
    bytes[32] = 0;
    expect_bytes_sound(bytes, SIZE, &want, "0 bytes a frame",
                       "0 bytes a frame");
    bytes[32] = 4;

    /* In two parts, another chunk between them, a tag behind. */
    const int64_t first = SE_WAV_HEADER + 4 * 300;

    memmove(bytes + first + 18, bytes + first, 4 * 200);
    memcpy(bytes + first, "odd \1\0\0\0x", 10);
    memcpy(bytes + first + 10, "data", 4);
    se_put_u32(bytes + first + 14, 4 * 200);
    memcpy(bytes + SIZE + 18, "LIST\4\0\0\0abcd", 12);
    se_put_u32(bytes + 40, 4 * 300);
    expect_bytes_sound(bytes, SIZE + 30, &want, "several data chunks",
                       "several data chunks");

    /* Cut short by more than a slip. */
    se_put_u32(bytes + 40, 4 * N + 9000);
    write_bytes(in_scratch("odd.wav"), bytes, SIZE);
    expect_refusal(in_scratch("odd.wav"), SE_ERR_FORMAT, "promises 11000");
    expect_refusal(pipe_with(bytes, SIZE), SE_ERR_FORMAT, "2750 frames");
    free(x);
}

/* What follows fewer samples than there are is left out, with a word, unless
 * it is a chunk; a length of 0 with nothing but a chunk behind is not sound. */
TEST(wav_behind)
{
    enum { N = 500, SIZE = SE_WAV_HEADER + 2 * N };
    static const uint8_t list[] = "LIST\5\0\0\0INFOx";
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(N, 16);
    const struct wanted want = {x, N, format};
    uint8_t bytes[SIZE + sizeof list];

    write_sound(in_scratch("good.wav"), x, N, format);
    expect_equal(bytes_of(bytes, SIZE, in_scratch("good.wav")), SIZE);
    memcpy(bytes + SIZE, list, sizeof list - 1);
    expect_bytes_sound(bytes, SIZE + sizeof list - 1, &want, NULL, NULL);
    expect_bytes_sound(bytes, SIZE + 10, &want, "is not a chunk",
                       "is not a chunk");
    expect_bytes_sound(bytes, SIZE + 3, &want, "is not a chunk",
                       "is not a chunk");
    se_put_u32(bytes + 40, 2 * N - 200);
    expect_bytes_sound(bytes, SIZE, &(struct wanted){x, N - 100, format},
                       "is not a chunk", "is not a chunk");
    se_put_u32(bytes + 40, 0);
    memcpy(bytes + SE_WAV_HEADER, list, sizeof list - 1);
    bytes[SE_WAV_HEADER + sizeof list - 1] = 0;
    refuse_bytes(bytes, SE_WAV_HEADER + sizeof list, "no samples");
    free(x);
}

/* Appends a chunk to *end. */
static void put_chunk(uint8_t **end, const char *id, const void *body, size_t n,
                      uint32_t size)
{
    memcpy(*end, id, 4);
    se_put_u32(*end + 4, size);
    memcpy(*end + 8, body, n);
    *end += 8 + n;
}

/* Where the header does not say where the samples end, chunks at the very end
 * are none; what only begins like one is. */
TEST(wav_tail)
{
    enum { N = 1500, SIZE = SE_WAV_HEADER + 2 * N };
    static const uint32_t lengths[] = {0, 0xffffffff, 0x7ffff000};
    static const struct {
        size_t n;
        uint32_t said;
        int is_tail;
    } lists[] = {{10, 10, 1}, {5, 5, 1},  {600, 600, 1},
                 {10, 12, 0}, {10, 8, 0}, {8, 6, 0}};
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(N, 16);
    const struct wanted without = {x, N, format};
    uint8_t bytes[SIZE + 700], waste[700] = {0};

    write_sound(in_scratch("good.wav"), x, N, format);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const char *in_file = lengths[i] ? NULL : "no samples";

        for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
            uint8_t *end = bytes + SIZE;

            expect_equal(bytes_of(bytes, SIZE, in_scratch("good.wav")), SIZE);
            se_put_u32(bytes + 40, lengths[i]);
            put_chunk(&end, "id3 ", waste, 4, 4);
            put_chunk(&end, "LIST", waste, lists[k].n, lists[k].said);

            size_t n = (size_t)(end - bytes);

            const struct wanted all = {NULL, (int64_t)(n - SE_WAV_HEADER) / 2,
                                       format};

            expect_bytes_sound(bytes, n, lists[k].is_tail ? &without : &all,
                               in_file, NULL);
        }
        /* In the middle, too. */
        expect_equal(bytes_of(bytes, SIZE, in_scratch("good.wav")), SIZE);
        se_put_u32(bytes + 40, lengths[i]);
        memcpy(bytes + 1000, "LIST\0\1\0\0", 8);
        expect_bytes_sound(bytes, SIZE, &(struct wanted){NULL, N, format},
                           in_file, NULL);
    }
    free(x);
}

/* A chunk "fmt " of the extensible form, 16 kHz mono in 16 bits. */
static void put_extensible(uint8_t fmt[40])
{
    static const uint8_t guid[] = {1,    0, 0, 0,    0, 0,    0x10, 0,
                                   0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};

    se_put_u32(fmt, 0xfffe | 1 << 16);
    se_put_u32(fmt + 4, 16000);
    se_put_u32(fmt + 8, 32000);
    se_put_u32(fmt + 12, 2 | 16 << 16);
    se_put_u32(fmt + 16, 22 | 16 << 16);
    se_put_u32(fmt + 20, 4);
    memcpy(fmt + 24, guid, sizeof guid);
}

/* Headers that libsndfile refuses, or takes for what they are not. */
TEST(wav_headers)
{
    enum { N = 300, FMT = 40, LEFT = N - 100 };
    static const uint8_t zeros[28] = {0};
    static const struct {
        const char *magic;
        int at, value;   /* a byte of the chunk "fmt " that is another, */
        int again;       /* of the first, of one that follows, or of one behind
                            the samples; 0: there is but one */
        const char *why; /* it is refused, or NULL */
    } cases[] = {
        {"RIFF", 0, 0xfe, 0, NULL},
        {"BW64", 0, 0xfe, 0, NULL},
        {"RF64", 0, 0xfe, 0, NULL},
        {"RIFF", 0, 0xfe, 1, NULL},
        {"RIFF", 4, 1, 1, "two fmt"},
        {"RIFF", 0, 0xfe, 2, "another sound"},
        {"RIFF", 33, 9, 0, "unimplemented"},
    };
    float *x = numbers(N, 16);
    uint8_t samples[2 * N];

    for (int k = 0; k < N; k++) {
        int sample = (int)(x[k] * 32768.0f);

        samples[2 * k] = (uint8_t)sample;
        samples[2 * k + 1] = (uint8_t)(sample >> 8);
    }
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[2 * N + 300], fmt[FMT];
        uint8_t *end = bytes + SE_WAV_MAGIC;
        int is_wide = cases[i].magic[2] == '6';
        struct se_sound_format format = {
            16000, 1,
            (is_wide ? SF_FORMAT_RF64 : SF_FORMAT_WAVEX) | SF_FORMAT_PCM_16};
        const struct wanted want = {x, N, format};

        put_extensible(fmt);
        memcpy(bytes, cases[i].magic, 4);
        se_put_u32(bytes + 4, 0xffffffff);
        memcpy(bytes + 8, "WAVE", 4);
        if (is_wide)
            put_chunk(&end, "ds64", zeros, sizeof zeros, sizeof zeros);
        if (cases[i].again == 1)
            put_chunk(&end, "fmt ", fmt, FMT, FMT);
        fmt[cases[i].at] = (uint8_t)cases[i].value;
        put_chunk(&end, "fmt ", fmt, FMT, FMT);
        put_chunk(&end, "data", samples, 2 * LEFT, 2 * LEFT);
        if (cases[i].again == 2)
            put_chunk(&end, "fmt ", fmt, FMT, FMT);
        put_chunk(&end, "data", samples + 2 * LEFT, 2 * (N - LEFT),
                  2 * (N - LEFT));

        size_t n = (size_t)(end - bytes);

        if (cases[i].why)
            refuse_bytes(bytes, n, cases[i].why);
        else
            expect_bytes_sound(bytes, n, &want, "several", "several");
    }
    free(x);
}

/* Reads `from` into `to` with its tags; the bytes that come of it. */
static size_t copy_of(uint8_t *bytes, size_t size, const char *from,
                      const char *to)
{
    struct se_sound_reader *reader;
    struct se_sound_writer *writer;
    struct se_sound_format format;
    float x[1000];
    int64_t n = 1;

    expect_ok(se_sound_open(&reader, &format, from, NULL, &report));
    expect_ok(se_sound_create(&writer, to, &format, reader, &report));
    while (n > 0) {
        expect_ok(se_sound_read(reader, x, 1000, &n, &report));
        expect_ok(se_sound_write(writer, x, n, &report));
    }
    expect_ok(se_sound_commit(writer, &report));
    se_sound_close(reader);
    return bytes_of(bytes, size, to);
}

/* A pipe has the tags that a file has, as far as they stand before its samples.
 */
TEST(tags_of_pipes)
{
    enum { N = 300, HEAD = SE_WAV_HEADER - 8 };
    static const uint8_t list[] = "INFOINAM\6\0\0\0hello";
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(N, 16);
    uint8_t good[SE_WAV_HEADER + 2 * N], bytes[2000], a[2000], b[2000], *end;

    write_sound(in_scratch("good.wav"), x, N, format);
    bytes_of(good, sizeof good, in_scratch("good.wav"));
    memcpy(bytes, good, HEAD);
    end = bytes + HEAD;
    put_chunk(&end, "LIST", list, sizeof list, sizeof list);
    put_chunk(&end, "data", good + SE_WAV_HEADER, 2 * N, 2 * N);
    write_bytes(in_scratch("tagged.wav"), bytes, (size_t)(end - bytes));

    size_t n =
        copy_of(a, sizeof a, in_scratch("tagged.wav"), in_scratch("a.wav"));

    expect(memmem(a, n, "hello", 5));
    expect_equal(copy_of(b, sizeof b, pipe_with(bytes, (size_t)(end - bytes)),
                         in_scratch("b.wav")),
                 n);
    expect_bytes(a, b, n);
    free(x);
}

/* A file has those that stand behind its samples, too, where its header does
 * not say how many there are. */
TEST(tags_behind_unknown_lengths)
{
    enum { N = 300, HEAD = SE_WAV_HEADER - 8 };
    static const uint8_t list[] = "INFOINAM\6\0\0\0hello", zeros[28];
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(N, 16);
    uint8_t good[SE_WAV_HEADER + 2 * N], bytes[2000], a[2000], *end;

    write_sound(in_scratch("good.wav"), x, N, format);
    bytes_of(good, sizeof good, in_scratch("good.wav"));
    for (int is_wide = 0; is_wide < 2; is_wide++) {
        memcpy(bytes, is_wide ? "RF64" : "RIFF", 4);
        memcpy(bytes + 4, good + 4, SE_WAV_MAGIC - 4);
        end = bytes + SE_WAV_MAGIC;
        if (is_wide)
            put_chunk(&end, "ds64", zeros, sizeof zeros, sizeof zeros);
        memcpy(end, good + SE_WAV_MAGIC, HEAD - SE_WAV_MAGIC);
        end += HEAD - SE_WAV_MAGIC;
        put_chunk(&end, "data", good + SE_WAV_HEADER, 2 * N, UINT32_MAX);
        put_chunk(&end, "LIST", list, sizeof list, sizeof list);
        write_bytes(in_scratch("odd.wav"), bytes, (size_t)(end - bytes));

        size_t n =
            copy_of(a, sizeof a, in_scratch("odd.wav"), in_scratch("a.wav"));

        expect(memmem(a, n, "hello", 5));
        expect(memmem(a, n, good + SE_WAV_HEADER, 2 * N));
    }
    free(x);
}

/* 24 bits in the upper or the lower bytes of 32, after silence. */
TEST(padded_wav)
{
    enum { N = 3000, SIZE = SE_WAV_HEADER + 4 * N };
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_24};
    float *x = numbers(N, 24);
    const struct wanted want = {x, N, format};
    static uint8_t packed[SE_WAV_HEADER + 3 * N], bytes[SIZE];

    memset(x, 0, 1500 * sizeof *x);
    write_sound(in_scratch("good.wav"), x, N, format);
    bytes_of(packed, sizeof packed, in_scratch("good.wav"));
    memcpy(bytes, packed, SE_WAV_HEADER);
    bytes[32] = 4;
    se_put_u32(bytes + 40, 4 * N);
    for (int high = 0; high < 2; high++) {
        for (int i = 0; i < N; i++) {
            const uint8_t *from = packed + SE_WAV_HEADER + 3 * i;
            uint8_t *to = bytes + SE_WAV_HEADER + 4 * i;

            memcpy(to + high, from, 3);
            to[high ? 0 : 3] = !high && from[2] & 0x80 ? 0xff : 0;
        }
        expect_bytes_sound(bytes, SIZE, &want, "24 bits in 4", "24 bits in 4");
    }
    free(x);
}

/* A size that has lost its upper bits, in a file with holes. */
TEST(huge_wav)
{
    enum { LOW = 1000 };
    const int64_t n_bytes = ((int64_t)1 << 32) + LOW;
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    const char *path = in_scratch("huge.wav");
    float *x = numbers(LOW / 2, 16);
    struct se_sound_reader *reader;

    write_sound(path, x, LOW / 2, format);
    if (truncate(path, SE_WAV_HEADER + n_bytes) == 0) {
        expect_ok(se_sound_open(&reader, &format, path, NULL, &report));
        expect_equal(se_sound_length(reader), n_bytes / 2);
        expect_remark(reader, "4294968296 bytes");
    }
    unlink(path);
    free(x);
}

/* A header with sizes of 64 bits in place of one of 32. */
TEST(widened_wav)
{
    enum { N = 100000 };
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    struct se_sound_format wide = {16000, 1, SF_FORMAT_RF64 | SF_FORMAT_PCM_16};
    const char *path = in_scratch("wide.wav");
    float *x = numbers(N, 16);

    write_sound(path, x, N, format);

    int fd = open(path, O_RDWR);

    expect_equal(se_wav_widen(fd, 2 * N), 0);
    close(fd);
    expect_sound(path, NULL, x, N, wide);
    free(x);
}

/* Codings in blocks fill up the last one, and the fact chunk says so. */
TEST(block_codings)
{
    static const int codings[] = {SF_FORMAT_IMA_ADPCM, SF_FORMAT_MS_ADPCM,
                                  SF_FORMAT_GSM610};
    static uint8_t bytes[1 << 15];
    static float x[10001];

    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        struct se_sound_format format = {8000, 1, SF_FORMAT_WAV | codings[i]};

        const struct wanted want = {NULL, 10001, format};

        write_sound(in_scratch("a.wav"), x, 10001, format);

        size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a.wav"));

        expect_bytes_sound(bytes, n, &want, NULL, NULL);
        memset(bytes + n, 0, 100);
        expect_bytes_sound(bytes, n + 100, &want, "is not a chunk",
                           "is not a chunk");
    }
}
