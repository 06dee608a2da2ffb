/* test_sound.c - sound files and pipes: every bit back, tags, clipping, and
 * what is no sound file. */
#include "audio/sound.h"
#include "audio/wav.h"
#include "base/remark.h"
#include "check.h"
#include "damage.h"

#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole numbers of `bits` bits over full scale, the extremes among them. */
static float *numbers(int64_t n, int bits)
{
    double scale = ldexp(1.0, bits - 1);
    float *x = malloc((size_t)n * sizeof *x);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, 1, (uint64_t)bits);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(floor(se_rng_uniform(&rng, -scale, scale)) / scale);
    if (n > 2) {
        x[0] = -1.0f;
        x[1] = (float)((scale - 1.0) / scale);
    }
    return x;
}

static void write_sound(const char *path, const float *samples, int64_t n,
                        struct se_sound_format format)
{
    struct se_sound_writer *writer;

    if (se_sound_create(&writer, path, &format, NULL, &report) != SE_OK ||
        se_sound_write(writer, samples, n, &report) != SE_OK ||
        se_sound_commit(writer, &report) != SE_OK)
        fail_test("%s", report.text);
}

/* Reads all of `path` in odd blocks and compares. */
static void expect_sound(const char *path, const struct se_sound_format *raw,
                         const float *want, int64_t n,
                         struct se_sound_format want_format)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    int channels = want_format.channels;
    float block[77 * 6];
    int64_t done = 0, got;

    expect_ok(se_sound_open(&reader, &format, path, raw, &report));
    expect_equal(format.rate_hz, want_format.rate_hz);
    expect_equal(format.channels, channels);
    expect_equal(format.format & (SF_FORMAT_TYPEMASK | SF_FORMAT_SUBMASK),
                 want_format.format & (SF_FORMAT_TYPEMASK | SF_FORMAT_SUBMASK));
    do {
        expect_ok(se_sound_read(reader, block, 77, &got, &report));
        expect(done + got <= n);
        expect_bytes(block, want + done * channels,
                     (size_t)(got * channels) * sizeof *block);
        done += got;
    } while (got > 0);
    expect_equal(done, n);
    se_sound_close(reader);
}

static const struct {
    int format, bits;
} exact_formats[] = {
    {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 24},
    {SF_FORMAT_WAV | SF_FORMAT_PCM_32, 24},
    {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 24},
    {SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 24},
    {SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 16},
    {SF_FORMAT_RF64 | SF_FORMAT_PCM_24, 24},
    {SF_FORMAT_W64 | SF_FORMAT_PCM_16, 16},
    {SF_FORMAT_AU | SF_FORMAT_PCM_S8, 8},
    {SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 24},
    {SF_FORMAT_AU | SF_FORMAT_PCM_16, 16},
    {SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 16},
    {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16},
    {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 24},
};

TEST(round_trips)
{
    static const int64_t lengths[] = {1, 159, 160, 161, 479, 5000};

    for (size_t f = 0; f < sizeof exact_formats / sizeof *exact_formats; f++) {
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            for (int channels = 1; channels <= 6; channels += 5) {
                struct se_sound_format format = {44100, channels,
                                                 exact_formats[f].format};
                const char *path = in_scratch("round_trip");
                float *x =
                    numbers(lengths[l] * channels, exact_formats[f].bits);

                write_sound(path, x, lengths[l], format);
                expect_sound(path, NULL, x, lengths[l], format);
                free(x);
            }
        }
    }
}

/* A-law and u-law samples stay as they were, too. */
TEST(companded)
{
    static const int codings[] = {SF_FORMAT_ULAW, SF_FORMAT_ALAW};

    for (int i = 0; i < 2; i++) {
        struct se_sound_format raw = {8000, 1, SF_FORMAT_RAW | codings[i]};
        struct se_sound_reader *reader;
        struct se_sound_format format;
        uint8_t codes[256];
        float x[256];
        int64_t n;

        for (int k = 0; k < 256; k++)
            codes[k] = (uint8_t)k;
        write_bytes(in_scratch("codes"), codes, sizeof codes);
        expect_ok(se_sound_open(&reader, &format, in_scratch("codes"), &raw,
                                &report));
        expect_ok(se_sound_read(reader, x, 256, &n, &report));
        expect_equal(n, 256);
        se_sound_close(reader);
        write_sound(in_scratch("again"), x, 256, raw);
        expect_sound(in_scratch("again"), &raw, x, 256, raw);
    }
}

TEST(clipping)
{
    const float x[] = {0.0f, 1.5f, -1.5f, 1.0f, -1.0f, 0.5f};
    const float pcm[] = {
        0.0f, 32767.0f / 32768.0f, -1.0f, 32767.0f / 32768.0f, -1.0f, 0.5f};
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    struct se_sound_writer *writer;
    const char *path = in_scratch("clipped.wav");

    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, x, 6, &report));
    expect_equal(se_sound_clipped(writer), 3);
    expect_ok(se_sound_commit(writer, &report));
    expect_sound(path, NULL, pcm, 6, format);

    format.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, x, 6, &report));
    expect_equal(se_sound_clipped(writer), 0);
    expect_ok(se_sound_commit(writer, &report));
    expect_sound(path, NULL, x, 6, format);
}

TEST(rounding)
{
    const float unit = 1.0f / 32768.0f;
    const float x[] = {0.4f * unit, 0.6f * unit, -0.4f * unit, -0.6f * unit,
                       1.6f * unit};
    const float want[] = {0.0f, unit, 0.0f, -unit, 2.0f * unit};
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};

    write_sound(in_scratch("rounded.wav"), x, 5, format);
    expect_sound(in_scratch("rounded.wav"), NULL, want, 5, format);
}

/* ---- bad input ---------------------------------------------------------- */

static void expect_refusal(const char *path, int status, const char *reason)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    float x[1000];
    int64_t n = 1;
    int result = se_sound_open(&reader, &format, path, NULL, &report);

    while (result == SE_OK && n > 0)
        result = se_sound_read(reader, x, 1000 / format.channels, &n, &report);
    se_sound_close(reader);
    expect_equal(result, status);
    if (!strstr(report.text, reason) || !strstr(report.text, path))
        fail_test("'%s' does not name '%s' and '%s'", report.text, path,
                  reason);
}

TEST(not_sound)
{
    const char text[] = "This is not a sound file, whatever its name.\n";
    const char *path = in_scratch("text.wav");

    expect_refusal(in_scratch("none.wav"), SE_ERR_IO, "No such file");
    expect_refusal(scratch, SE_ERR_IO, "is a folder");
    write_bytes(path, text, sizeof text - 1);
    expect_refusal(path, SE_ERR_FORMAT, "expected a sound file");
    write_bytes(path, text, 5);
    expect_refusal(path, SE_ERR_FORMAT, "expected a sound file");
    write_bytes(path, text, 0);
    expect_refusal(path, SE_ERR_FORMAT, "is empty");
}

static char remarked[600];

static void on_remark(const char *text)
{
    snprintf(remarked, sizeof remarked, "%s", text);
}

/* Closes the reader; what it then remarks has `words`, NULL: nothing. */
static void expect_remark(struct se_sound_reader *reader, const char *words)
{
    remarked[0] = '\0';
    se_remark_listen(on_remark);
    se_sound_close(reader);
    se_remark_listen(NULL);
    if (words)
        expect_contains(remarked, words);
    else
        expect(!remarked[0]);
}

/* Reads all of a file or pipe and compares; the remark is to have `words`. */
static void expect_odd(const char *path, const float *want, int64_t n_want,
                       struct se_sound_format want_format, const char *words)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    int channels = want_format.channels;
    float *x = calloc((size_t)(n_want + 999) * (size_t)channels, sizeof *x);
    int64_t n = 1, done = 0;

    expect_ok(se_sound_open(&reader, &format, path, NULL, &report));
    expect_equal(format.rate_hz, want_format.rate_hz);
    expect_equal(format.channels, channels);
    while (n > 0 && done <= n_want) {
        expect_ok(se_sound_read(reader, x + done * channels, 77, &n, &report));
        done += n;
    }
    expect_equal(done, n_want);
    if (want)
        expect_bytes(x, want, (size_t)(n_want * channels) * sizeof *x);
    expect_remark(reader, words);
    free(x);
}

TEST(damaged_wav)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    const char *path = in_scratch("damaged.wav");
    float *x = numbers(1000, 16);
    static char bytes[SE_WAV_HEADER + 2000];
    FILE *stream;

    write_sound(path, x, 1000, format);
    stream = fopen(path, "rb");
    expect_equal(fread(bytes, 1, sizeof bytes, stream), sizeof bytes);
    fclose(stream);

    write_bytes(path, bytes, 20);
    expect_refusal(path, SE_ERR_FORMAT, "truncated: the WAV header");
    write_bytes(path, bytes, SE_WAV_HEADER);
    expect_refusal(path, SE_ERR_FORMAT, "has no samples");
    write_bytes(path, bytes, SE_WAV_HEADER + 1999);
    expect_odd(path, x, 999, format, "promises 2000 bytes");
    bytes[32] = 3;
    write_bytes(path, bytes, sizeof bytes);
    expect_refusal(path, SE_ERR_FORMAT, "3 bytes a frame");
    bytes[32] = 2;
    memset(bytes + 40, 0, 4);
    write_bytes(path, bytes, SE_WAV_HEADER);
    expect_refusal(path, SE_ERR_FORMAT, "has no samples");
    free(x);
}

TEST(not_a_number)
{
    static float x[600 * 2];
    struct se_sound_format format = {16000, 2, SF_FORMAT_WAV | SF_FORMAT_FLOAT};

    x[2 * 550 + 1] = NAN;
    write_sound(in_scratch("nan.wav"), x, 600, format);
    expect_refusal(in_scratch("nan.wav"), SE_ERR_NUMERIC, "frame 550");
    x[2 * 550 + 1] = -INFINITY;
    write_sound(in_scratch("nan.wav"), x, 600, format);
    expect_refusal(in_scratch("nan.wav"), SE_ERR_NUMERIC, "frame 550");
}

/* A truncated FLAC file ends in an error, not in silence. */
TEST(damaged_flac)
{
    enum { N = 20000 };
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    const char *path = in_scratch("damaged.flac");
    float *x = numbers(N, 16);

    write_sound(path, x, N, format);
    expect_equal(truncate(path, N), 0);

    struct se_sound_reader *reader;
    int64_t n = 1;
    int status = se_sound_open(&reader, &format, path, NULL, &report);

    while (status == SE_OK && n > 0)
        status = se_sound_read(reader, x, N, &n, &report);
    expect(status == SE_ERR_FORMAT || status == SE_ERR_IO);
    expect_contains(report.text, path);
    se_sound_close(reader);
    free(x);
}

/* Damage of any kind is refused or read, and never more than that. */
TEST(hostile_bytes)
{
    enum { SIZE = 400 };
    struct se_sound_format format = {16000, 2,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    const char *path = in_scratch("hostile.wav");
    float *x = numbers(200, 16);
    char good[SIZE], bytes[2 * SIZE];
    struct se_rng rng;

    se_rng_seed(&rng, 3, 0);
    write_sound(path, x, 100, format);

    FILE *stream = fopen(path, "rb");
    size_t size = fread(good, 1, sizeof good, stream);

    fclose(stream);
    for (int i = 0; i < 2000; i++) {
        struct se_sound_reader *reader;
        float block[64 * 64];
        int64_t n = 1;

        memcpy(bytes, good, size);
        write_bytes(path, bytes, mutate(bytes, size, &rng));

        int status = se_sound_open(&reader, &format, path, NULL, NULL);

        for (int k = 0; k < 100 && status == SE_OK && n > 0; k++)
            status = se_sound_read(reader, block, 64, &n, NULL);
        se_sound_close(reader);
    }
    free(x);
}

/* ---- pipes -------------------------------------------------------------- */

/* The name of a pipe that holds these bytes; at most 64 kB fit. */
static const char *pipe_with(const void *bytes, size_t n)
{
    static char name[32];
    static int previous = -1;
    int ends[2];

    if (previous >= 0)
        close(previous);
    expect_equal(pipe(ends), 0);
    expect_equal(write(ends[1], bytes, n), (ssize_t)n);
    close(ends[1]);
    previous = ends[0];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    return name;
}

static void put_le(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

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
        put_le(bytes + 4, lengths[i]);
        put_le(bytes + 40, lengths[i]);
        expect_sound(pipe_with(bytes, sizeof bytes), NULL, x, 500, format);
    }
    expect_refusal(pipe_with(bytes, 30), SE_ERR_FORMAT, "truncated");
    expect_refusal(pipe_with(bytes, 0), SE_ERR_FORMAT, "is empty");
    put_le(bytes + 40, 0);
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
    struct se_sound_format format = {8000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16};

    expect_sound(pipe_with(bytes, sizeof bytes), NULL, want, 2, format);
}

/* Reads a file's bytes. */
static size_t bytes_of(void *bytes, size_t size, const char *path)
{
    FILE *stream = fopen(path, "rb");
    size_t n;

    expect(stream);
    n = fread(bytes, 1, size, stream);
    fclose(stream);
    return n;
}

/* The same odd bytes from a file and from a pipe. */
static void expect_odd_bytes(const uint8_t *bytes, size_t n, const float *want,
                             int64_t n_want, struct se_sound_format format,
                             const char *in_file, const char *in_pipe)
{
    write_bytes(in_scratch("odd.wav"), bytes, n);
    expect_odd(in_scratch("odd.wav"), want, n_want, format, in_file);
    expect_odd(pipe_with(bytes, n), want, n_want, format, in_pipe);
}

/* Headers that say something else than what is there. */
TEST(odd_wav)
{
    enum { N = 500, SIZE = SE_WAV_HEADER + 4 * N };
    struct se_sound_format format = {16000, 2,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(2 * N, 16);
    uint8_t bytes[SIZE + 408];

    write_sound(in_scratch("good.wav"), x, N, format);
    expect_equal(bytes_of(bytes, SIZE, in_scratch("good.wav")), SIZE);
    expect_odd_bytes(bytes, SIZE, x, N, format, NULL, NULL);
    put_le(bytes + 40, 4 * N + 44);
    expect_odd_bytes(bytes, SIZE, x, N, format, "promises 2044", "44 bytes");
    put_le(bytes + 40, 0);
    expect_odd_bytes(bytes, SIZE, x, N, format, "no samples", NULL);
    put_le(bytes + 40, 4 * N);
    bytes[32] = 0;
    expect_odd_bytes(bytes, SIZE, x, N, format, "0 bytes a frame",
                     "0 bytes a frame");
    bytes[32] = 4;

    /* In two parts, another chunk between them, a tag behind. */
    const int64_t first = SE_WAV_HEADER + 4 * 300;

    memmove(bytes + first + 18, bytes + first, 4 * 200);
    memcpy(bytes + first, "odd \1\0\0\0x", 10);
    memcpy(bytes + first + 10, "data", 4);
    put_le(bytes + first + 14, 4 * 200);
    memcpy(bytes + SIZE + 18, "LIST\4\0\0\0abcd", 12);
    put_le(bytes + 40, 4 * 300);
    expect_odd_bytes(bytes, SIZE + 30, x, N, format, "several data chunks",
                     "several data chunks");

    /* Cut short by more than a slip. */
    put_le(bytes + 40, 4 * N + 9000);
    write_bytes(in_scratch("odd.wav"), bytes, SIZE);
    expect_refusal(in_scratch("odd.wav"), SE_ERR_FORMAT, "promises 11000");
    expect_refusal(pipe_with(bytes, SIZE), SE_ERR_FORMAT, "2750 frames");
    free(x);
}

/* 24 bits in the upper or the lower bytes of 32, after silence. */
TEST(padded_wav)
{
    enum { N = 3000, SIZE = SE_WAV_HEADER + 4 * N };
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_24};
    float *x = numbers(N, 24);
    static uint8_t packed[SE_WAV_HEADER + 3 * N], bytes[SIZE];

    memset(x, 0, 1500 * sizeof *x);
    write_sound(in_scratch("good.wav"), x, N, format);
    bytes_of(packed, sizeof packed, in_scratch("good.wav"));
    memcpy(bytes, packed, SE_WAV_HEADER);
    bytes[32] = 4;
    put_le(bytes + 40, 4 * N);
    for (int high = 0; high < 2; high++) {
        for (int i = 0; i < N; i++) {
            const uint8_t *from = packed + SE_WAV_HEADER + 3 * i;
            uint8_t *to = bytes + SE_WAV_HEADER + 4 * i;

            memcpy(to + high, from, 3);
            to[high ? 0 : 3] = !high && from[2] & 0x80 ? 0xff : 0;
        }
        expect_odd_bytes(bytes, SIZE, x, N, format, "24 bits in 4",
                         "24 bits in 4");
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

/* Joins files. */
static void join(const char *to, const char *a, const char *b)
{
    static uint8_t bytes[1 << 18];
    size_t n = bytes_of(bytes, sizeof bytes / 2, a);

    n += bytes_of(bytes + n, sizeof bytes / 2, b);
    write_bytes(to, bytes, n);
}

static int64_t count(const char *path, int *status)
{
    struct se_sound_reader *reader;
    struct se_sound_format format;
    static float block[4096];
    int64_t n = 1, sum = 0;

    *status = se_sound_open(&reader, &format, path, NULL, &report);
    while (*status == SE_OK && n > 0) {
        *status =
            se_sound_read(reader, block, 4096 / format.channels, &n, &report);
        sum += n;
    }
    se_sound_close(reader);
    return sum;
}

/* Whole files one behind another, of one kind and of two. */
TEST(joined)
{
    static const struct {
        const char *ending;
        int format, rate_hz, other_hz;
    } kinds[] = {
        {"ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 16000, 22050},
        {"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 48000},
        {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 32000},
    };
    static float x[2 * 50000];

    for (int i = 0; i < 2 * 50000; i++)
        x[i] = 0.3f * sinf((float)i * 0.05f);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct se_sound_format format = {kinds[i].rate_hz, 1, kinds[i].format};
        struct se_sound_format other = {kinds[i].other_hz, 2, kinds[i].format};
        int status;

        write_sound(in_scratch("a"), x, 30000, format);
        write_sound(in_scratch("b"), x, 50000, format);
        write_sound(in_scratch("c"), x, 50000, other);
        join(in_scratch("ab"), in_scratch("a"), in_scratch("b"));
        join(in_scratch("ac"), in_scratch("a"), in_scratch("c"));
        expect_equal(count(in_scratch("a"), &status), 30000);
        expect_odd(in_scratch("ab"), NULL, 80000, format, "2 sounds");
        count(in_scratch("ac"), &status);
        expect_equal(status, SE_ERR_FORMAT);
        expect_contains(report.text, "2 channels follow on");
    }
}

/* MPEG audio without a frame that says how many follow, more frames than it
 * says, and fewer. */
TEST(mpeg_frames)
{
    static float x[50000];
    static uint8_t bytes[1 << 16];
    struct se_sound_format format = {44100, 1,
                                     SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III};
    int status;

    for (int i = 0; i < 50000; i++)
        x[i] = 0.3f * sinf((float)i * 0.05f);
    write_sound(in_scratch("a"), x, 50000, format);

    size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a"));
    uint8_t *tag = memmem(bytes, 200, "Xing", 4);

    expect(tag);

    int64_t n_frames = tag[10] << 8 | tag[11];

    memcpy(tag, "none", 4);
    write_bytes(in_scratch("b"), bytes, n);
    expect(count(in_scratch("b"), &status) >= n_frames * 1152);
    memcpy(tag, "Xing", 4);
    tag[11] = (uint8_t)(tag[11] - 20);
    write_bytes(in_scratch("b"), bytes, n);
    expect(count(in_scratch("b"), &status) > 50000 - 3 * 1152);
    tag[11] = (uint8_t)(tag[11] + 40);
    write_bytes(in_scratch("b"), bytes, n);
    count(in_scratch("b"), &status);
    expect_equal(status, SE_OK);
    write_bytes(in_scratch("b"), bytes, n - 999);
    expect(count(in_scratch("b"), &status) > 30000);
    expect_equal(status, SE_OK);
}

/* An Ogg file without its last page. */
TEST(cut_ogg)
{
    enum { N = 400000 };
    static uint8_t bytes[1 << 18];
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_OGG | SF_FORMAT_VORBIS};
    float *x = numbers(N, 16);
    int status;

    write_sound(in_scratch("a.ogg"), x, N, format);

    size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a.ogg"));

    write_bytes(in_scratch("b.ogg"), bytes, n / 2);

    int64_t n_read = count(in_scratch("b.ogg"), &status);

    expect_ok(status);
    expect(n_read > N / 10 && n_read < N);
    free(x);
}

/* A stream that does not say how long it is, as to a pipe. */
TEST(unknown_length_flac)
{
    static uint8_t bytes[1 << 16];
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    float *x = numbers(5000, 16);

    write_sound(in_scratch("a.flac"), x, 5000, format);

    size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a.flac"));

    bytes[21] &= 0xf0;
    memset(bytes + 22, 0, 4);
    expect_odd_bytes(bytes, n, x, 5000, format, NULL, NULL);
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

        write_sound(in_scratch("a.wav"), x, 10001, format);
        expect_odd_bytes(bytes,
                         bytes_of(bytes, sizeof bytes, in_scratch("a.wav")),
                         NULL, 10001, format, NULL, NULL);
    }
}

TEST(flac_pipe)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    static char bytes[60000];
    float *x = numbers(5000, 16);

    write_sound(in_scratch("pipe.flac"), x, 5000, format);

    FILE *stream = fopen(in_scratch("pipe.flac"), "rb");
    size_t n = fread(bytes, 1, sizeof bytes, stream);

    fclose(stream);
    expect_sound(pipe_with(bytes, n), NULL, x, 5000, format);
    free(x);
}

TEST(raw)
{
    const uint8_t bytes[] = {0, 64, 0, 192, 0, 32};
    const float want[] = {0.5f, -0.5f, 0.25f};
    struct se_sound_format raw = {
        12345, 1, SF_FORMAT_RAW | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE};

    write_bytes(in_scratch("raw"), bytes, sizeof bytes);
    expect_sound(in_scratch("raw"), &raw, want, 3, raw);
    expect_sound(pipe_with(bytes, sizeof bytes), &raw, want, 3, raw);
}

/* ---- files that appear whole or not at all ------------------------------ */

static int n_files(void)
{
    char command[sizeof scratch + 40];
    int n = -1;

    snprintf(command, sizeof command, "ls '%s' | wc -l", scratch);

    FILE *stream = popen(command, "r");

    expect_equal(fscanf(stream, "%d", &n), 1);
    pclose(stream);
    return n;
}

TEST(atomic)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    const char *path = in_scratch("atomic.wav");
    const float old[] = {0.25f}, new[] = {0.5f, 0.75f};
    struct se_sound_writer *writer;

    write_sound(path, old, 1, format);

    int before = n_files();

    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, new, 2, &report));
    expect_sound(path, NULL, old, 1, format);
    se_sound_discard(writer);
    expect_equal(n_files(), before);
    expect_sound(path, NULL, old, 1, format);
    write_sound(path, new, 2, format);
    expect_sound(path, NULL, new, 2, format);
    expect_equal(n_files(), before);
}

TEST(no_place)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    struct se_sound_writer *writer;
    int before = n_files();

    expect_error(se_sound_create(&writer, in_scratch("none/x.wav"), &format,
                                 NULL, &report),
                 SE_ERR_IO, "none/x.wav: cannot write: No such");
    format.format = SF_FORMAT_OGG | SF_FORMAT_PCM_16;
    expect_status(
        se_sound_create(&writer, in_scratch("x.ogg"), &format, NULL, &report),
        SE_ERR_ARG);
    expect_equal(n_files(), before);
}

/* /dev/null stays what it is, and /dev/full is an error. */
TEST(devices)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    float *x = numbers(100000, 16);
    struct se_sound_writer *writer;
    struct stat info;

    write_sound("/dev/null", x, 100000, format);
    expect_equal(stat("/dev/null", &info), 0);
    expect(S_ISCHR(info.st_mode));
    expect_error(se_sound_create(&writer, "/dev/full", &format, NULL, &report),
                 SE_ERR_MACHINE, "No space left");
    free(x);
}

/* ---- the rest ----------------------------------------------------------- */

TEST(tags)
{
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    const char *from = in_scratch("from.flac"), *to = in_scratch("to.flac");
    SF_INFO info = {
        .samplerate = 16000, .channels = 1, .format = format.format};
    SNDFILE *file = sf_open(from, SFM_WRITE, &info);
    const short zero = 0;
    struct se_sound_reader *reader;
    struct se_sound_writer *writer;

    sf_set_string(file, SF_STR_TITLE, "A title");
    sf_set_string(file, SF_STR_ARTIST, "Somebody");
    sf_write_short(file, &zero, 1);
    sf_close(file);

    expect_ok(se_sound_open(&reader, &format, from, NULL, &report));
    expect_ok(se_sound_create(&writer, to, &format, reader, &report));
    expect_ok(se_sound_write(writer, &(float){0.5f}, 1, &report));
    expect_ok(se_sound_commit(writer, &report));
    se_sound_close(reader);

    file = sf_open(to, SFM_READ, &info);
    expect_text(sf_get_string(file, SF_STR_TITLE), "A title");
    expect_text(sf_get_string(file, SF_STR_ARTIST), "Somebody");
    sf_close(file);
}

static void expect_format_for(int format, const char *path, int want)
{
    struct se_sound_format changed = {16000, 1, format};

    se_sound_format_for(&changed, path);
    expect_equal(changed.format, want);
}

TEST(format_for)
{
    expect_format_for(SF_FORMAT_WAV | SF_FORMAT_PCM_16, "x.wav",
                      SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    expect_format_for(SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, "x.WAV",
                      SF_FORMAT_WAVEX | SF_FORMAT_PCM_16);
    expect_format_for(SF_FORMAT_WAV | SF_FORMAT_PCM_16, "a.b/x",
                      SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    expect_format_for(SF_FORMAT_WAV | SF_FORMAT_PCM_16, "x.unknown",
                      SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    expect_format_for(SF_FORMAT_WAV | SF_FORMAT_PCM_24, "x.flac",
                      SF_FORMAT_FLAC | SF_FORMAT_PCM_24);
    expect_format_for(SF_FORMAT_WAV | SF_FORMAT_FLOAT, "x.flac",
                      SF_FORMAT_FLAC | SF_FORMAT_PCM_24);
    expect_format_for(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "x.aif",
                      SF_FORMAT_AIFF | SF_FORMAT_PCM_16);
    expect_format_for(SF_FORMAT_OGG | SF_FORMAT_VORBIS, "x.wav",
                      SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    expect_format_for(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, "x.wav",
                      SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    expect_format_for(SF_FORMAT_WAV | SF_FORMAT_PCM_16, "x.opus",
                      SF_FORMAT_OGG | SF_FORMAT_OPUS);
    expect_format_for(SF_FORMAT_WAV | SF_FORMAT_PCM_16, "x.ogg",
                      SF_FORMAT_OGG | SF_FORMAT_VORBIS);
}

/* Refused before there is anything on the disk, with what can be written. */
static void expect_no_format(const char *name, int channels, const char *words)
{
    struct se_sound_format format = {16000, channels,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    struct se_sound_writer *writer;
    int before = n_files();

    se_sound_format_for(&format, name);
    expect_error(
        se_sound_create(&writer, in_scratch(name), &format, NULL, &report),
        SE_ERR_ARG, words);
    expect_contains(report.text, ".wav");
    expect_equal(n_files(), before);
}

TEST(formats_not_written)
{
    expect_no_format("x.m4a", 1, "cannot write .m4a");
    expect_no_format("x.aac", 1, "cannot write .aac");
    expect_no_format("x.mp4", 2, "cannot write .mp4");
    expect_no_format("x.unknown", 1, "cannot write .unknown");
    expect_no_format("x.mp3", 3, ".mp3 cannot hold 3 channels");
    expect_no_format("x.flac", 9, ".flac cannot hold 9 channels");
}

/* Opus and MPEG audio at a rate that they do not know. */
TEST(other_rates)
{
    static const struct {
        const char *name;
        int rate_hz, want_hz;
    } cases[] = {{"x.opus", 44100, 48000},
                 {"x.opus", 22050, 24000},
                 {"x.opus", 96000, 48000},
                 {"x.mp3", 96000, 48000},
                 {"x.mp3", 16000, 16000}};
    static float x[2 * 96000];

    for (int i = 0; i < 2 * 96000; i++)
        x[i] = 0.3f * sinf((float)i * 0.01f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct se_sound_format format = {cases[i].rate_hz, 2,
                                         SF_FORMAT_WAV | SF_FORMAT_PCM_16};
        struct se_sound_reader *reader;
        const char *path = in_scratch(cases[i].name);

        se_sound_format_for(&format, path);
        write_sound(path, x, cases[i].rate_hz, format);
        expect_ok(se_sound_open(&reader, &format, path, NULL, &report));
        expect_equal(format.rate_hz, cases[i].want_hz);
        expect_equal(se_sound_length(reader), cases[i].want_hz);
        se_sound_close(reader);
    }
}

TEST(load_mono)
{
    const float x[] = {0.5f, 0.25f, -0.5f, 0.0f};
    const float want[] = {0.375f, -0.25f};
    struct se_sound_format format = {16000, 2, SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    const char *path = in_scratch("stereo.wav");
    float *mono;
    int64_t n;

    write_sound(path, x, 2, format);
    expect_ok(se_sound_load_mono(&mono, &n, path, 16000, &report));
    expect_equal(n, 2);
    expect_bytes(mono, want, sizeof want);
    free(mono);
    expect_ok(se_sound_load_mono(&mono, &n, path, 48000, &report));
    expect_equal(n, 6);
    free(mono);
    expect_status(
        se_sound_load_mono(&mono, &n, in_scratch("none"), 16000, &report),
        SE_ERR_IO);
    expect(!mono);
}
