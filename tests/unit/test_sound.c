/* test_sound.c - sound files: every bit back, clipping, and what is no sound
 * file. */
#include "audio/sound.h"
#include "check.h"
#include "container/wav.h"
#include "damage.h"
#include "sounds.h"

#include <math.h>
#include <sndfile.h>
#include <unistd.h>

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

    /* Numbers in floating point go to the encoder, which knows no more than 1.
     */
    format.format = SF_FORMAT_OGG | SF_FORMAT_VORBIS;
    expect_ok(se_sound_create(&writer, in_scratch("clipped.ogg"), &format, NULL,
                              &report));
    expect_ok(se_sound_write(writer, x, 6, &report));
    expect_equal(se_sound_clipped(writer), 2);
    expect_ok(se_sound_commit(writer, &report));
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

/* Bytes at the end that make no frame are remarked upon. */
TEST(rest)
{
    static const struct se_sound_format formats[] = {
        {16000, 2, SF_FORMAT_RAW | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE},
        {16000, 1, SF_FORMAT_RAW | SF_FORMAT_PCM_24 | SF_ENDIAN_LITTLE},
    };
    static const uint8_t bytes[1202] = {0};

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct se_sound_reader *reader;
        struct se_sound_format format;

        for (size_t n = 1200; n <= 1202; n += 2) {
            int64_t got;
            float x[800];

            write_bytes(in_scratch("rest.raw"), bytes, n);
            expect_ok(se_sound_open(&reader, &format, in_scratch("rest.raw"),
                                    &formats[i], &report));
            expect_ok(se_sound_read(reader, x, 400, &got, &report));
            expect_equal(got, i == 0 ? 300 : 400);
            expect_remark(reader, n > 1200 ? "2 bytes at the end" : NULL);
        }
    }
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
