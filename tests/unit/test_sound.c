/* test_sound.c - sound files and pipes: every bit back, tags, clipping, and
 * what is no sound file. */
#include "audio/sound.h"
#include "audio/wav.h"
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
    expect_refusal(path, SE_ERR_FORMAT,
                   "truncated: the header promises 2000 bytes");
    write_bytes(path, bytes, SE_WAV_HEADER + 1999);
    expect_refusal(path, SE_ERR_FORMAT, "the file has 1999");
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
    expect_refusal(pipe_with(bytes, sizeof bytes - 400), SE_ERR_FORMAT,
                   "500 frames promised, 400 found");
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
                 SE_ERR_IO, "No space left");
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
