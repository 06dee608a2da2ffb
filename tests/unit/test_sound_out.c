/* test_sound_out.c - sound files that appear whole or not at all, in formats
 * that can be written. */
#include "audio/format.h"
#include "audio/output.h"
#include "audio/sound.h"
#include "check.h"
#include "sounds.h"

#include <math.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAV16 = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };

TEST(atomic)
{
    struct se_sound_format format = {16000, 1, WAV16};
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
    struct se_sound_format format = {16000, 1, WAV16};
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
    struct se_sound_format format = {16000, 1, WAV16};
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

/* Beyond what sizes of 32 bits can say, taken to be less here: a WAV becomes an
 * RF64, what cannot is not written. */
TEST(beyond_32_bits)
{
    enum { N = 20001 };
    const int64_t limit = se_writer_small_bytes;
    const char *path = in_scratch("large.wav");
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_WAV | SF_FORMAT_PCM_24};
    static const int small[] = {SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                                SF_FORMAT_AU | SF_FORMAT_PCM_16,
                                SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM};
    static const char *const names[] = {"x.aiff", "x.au", "x.wav"};
    float *x = numbers(N, 24);
    struct se_sound_writer *writer;

    se_writer_small_bytes = 5000;
    write_sound(path, x, N, format);
    expect_odd(path, x, N, format, NULL);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        int before = n_files(), status;

        format.format = small[i];
        expect_ok(se_sound_create(&writer, in_scratch(names[i]), &format, NULL,
                                  &report));
        status = se_sound_write(writer, x, N, &report);
        if (status == SE_OK)
            status = se_sound_commit(writer, &report);
        else
            se_sound_discard(writer);
        expect_equal(status, SE_ERR_IO);
        expect_contains(report.text, "such a file ends at 4 GiB");
        expect_equal(n_files(), before);
    }
    se_writer_small_bytes = limit;
    free(x);
}

/* The format of a file by its name's extension. */
TEST(format_for)
{
    static const struct {
        int format;
        const char *path;
        int want;
    } cases[] = {
        {WAV16, "x.wav", WAV16},
        {SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, "x.WAV",
         SF_FORMAT_WAVEX | SF_FORMAT_PCM_16},
        {WAV16, "a.b/x", WAV16},
        {WAV16, "x.unknown", WAV16},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_24, "x.flac",
         SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
        {SF_FORMAT_WAV | SF_FORMAT_FLOAT, "x.flac",
         SF_FORMAT_FLAC | SF_FORMAT_PCM_24},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "x.aif",
         SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
        {SF_FORMAT_OGG | SF_FORMAT_VORBIS, "x.wav", WAV16},
        {SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, "x.wav", WAV16},
        {WAV16, "x.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS},
        {WAV16, "x.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
        {SF_FORMAT_OGG | SF_FORMAT_OPUS, "x.ogg",
         SF_FORMAT_OGG | SF_FORMAT_OPUS},
        {SF_FORMAT_OGG | SF_FORMAT_VORBIS, "x.opus",
         SF_FORMAT_OGG | SF_FORMAT_OPUS},
        {SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_II, "x.mp3",
         SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
        {SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_I, "x",
         SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
        {SF_FORMAT_WAV | SF_FORMAT_MPEG_LAYER_III, "x", WAV16},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct se_sound_format format = {16000, 1, cases[i].format};

        se_sound_format_for(&format, cases[i].path);
        expect_equal(format.format, cases[i].want);
    }
}

/* A stream is a WAV of the coding nearest to that of the format. */
TEST(coding_of_streams)
{
    static const struct {
        int format, coding;
    } cases[] = {
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_PCM_16},
        {SF_FORMAT_CAF | SF_FORMAT_ALAC_20, SF_FORMAT_PCM_24},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, SF_FORMAT_PCM_24},
        {SF_FORMAT_AU | SF_FORMAT_PCM_32, SF_FORMAT_PCM_32},
        {SF_FORMAT_AU | SF_FORMAT_FLOAT, SF_FORMAT_FLOAT},
        {SF_FORMAT_AU | SF_FORMAT_ULAW, SF_FORMAT_ULAW},
        {SF_FORMAT_AU | SF_FORMAT_ALAW, SF_FORMAT_ALAW},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_equal(se_format_wav_coding(cases[i].format), cases[i].coding);
}

/* Refused before there is anything on the disk, with what can be written. */
static void expect_no_format(const char *name, int channels, const char *words)
{
    struct se_sound_format format = {16000, channels, WAV16};
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
        struct se_sound_format format = {cases[i].rate_hz, 2, WAV16};
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
