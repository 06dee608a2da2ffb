/* test_sound_compressed.c - Ogg, MPEG audio and FLAC whose headers say
 * something else than what is there: from files and pipes, whole, cut and
 * joined. */
#include "audio/sound.h"
#include "check.h"
#include "sounds.h"

#include <math.h>
#include <sndfile.h>

/* A tone, x[n]. */
static void sine(float *x, int n)
{
    for (int i = 0; i < n; i++)
        x[i] = 0.3f * sinf((float)i * 0.05f);
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

/* Reads all of a file, in which nothing that fails is noticed. */
static int64_t count_good(const char *path)
{
    int64_t n;
    int status;

    expect_ok((n = count(path, &status), status));
    return n;
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

    sine(x, 2 * 50000);
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

    sine(x, 50000);
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
    count_good(in_scratch("b"));
    for (size_t cut = 1; cut < 999; cut += 100) {
        write_bytes(in_scratch("b"), bytes, n - cut);
        expect(count_good(in_scratch("b")) > 30000);
    }
}

/* An Ogg file without its last page. */
TEST(cut_ogg)
{
    enum { N = 400000 };
    static uint8_t bytes[1 << 18];
    struct se_sound_format format = {16000, 1,
                                     SF_FORMAT_OGG | SF_FORMAT_VORBIS};
    float *x = numbers(N, 16);

    write_sound(in_scratch("a.ogg"), x, N, format);

    size_t n = bytes_of(bytes, sizeof bytes, in_scratch("a.ogg"));

    write_bytes(in_scratch("b.ogg"), bytes, n / 2);

    int64_t n_read = count_good(in_scratch("b.ogg"));

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
    expect_bytes_sound(bytes, n, &(struct wanted){x, 5000, format}, NULL, NULL);
    free(x);
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
