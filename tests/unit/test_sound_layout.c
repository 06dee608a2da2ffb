/* test_sound_layout.c - channels go to their loudspeakers in every container,
 * and what a WAV says beside its sound goes to another. */
#include "check.h"
#include "container/wav.h"
#include "sounds.h"

enum { RATE = 48000, N = RATE / 2 };

/* Loudspeakers: in front L, R, C, behind l, r, b in their middle, beside s, t;
 * E for low frequencies. */
static const struct {
    const char *wav, *ogg;
    uint32_t mask;
} layouts[] = {
    {"LRC", "LCR", 0x7},           {"LRlr", "LRlr", 0x33},
    {"LRClr", "LCRlr", 0x37},      {"LRCElr", "LCRlrE", 0x3f},
    {"LRCEbst", "LCRstbE", 0x70f}, {"LRCElrst", "LCRstlrE", 0x63f},
};
enum { N_LAYOUTS = sizeof layouts / sizeof *layouts };

/* What channel i of the WAV has: the next one 4 dB less. */
static double level_of(int i)
{
    return 0.5 * pow(0.63, i);
}

/* Frames with the channels in this order. */
static float *tones(const char *wav, const char *order)
{
    size_t channels = strlen(order);
    float *x = malloc(N * channels * sizeof *x);

    expect(x);
    for (size_t i = 0; i < N * channels; i++)
        x[i] = (float)(level_of((int)(strchr(wav, order[i % channels]) - wav)) *
                       sin(2 * M_PI * 60 / RATE * (double)(i / channels)));
    return x;
}

static void expect_tones(const float *x, const char *wav, const char *order)
{
    int channels = (int)strlen(order);

    for (int c = 0; c < channels; c++) {
        double power = 0, want = level_of((int)(strchr(wav, order[c]) - wav));

        for (int i = N / 4; i < 3 * N / 4; i++)
            power += (double)x[i * channels + c] * (double)x[i * channels + c];

        double level = sqrt(power / (N / 2) * 2);

        /* Vorbis makes E louder by a fifth. */
        if (fabs(log(level / want)) > 0.23)
            fail_test("%s in %s: channel %d has %.3f, expected %.3f", wav,
                      order, c, level, want);
    }
}

/* Reads `from` and writes it to `to`, with what it says of itself. */
static void copy_sound(const char *from, const char *to)
{
    struct se_sound_reader *reader;
    struct se_sound_writer *writer;
    struct se_sound_format format;
    float x[8 * 500];
    int64_t n = 1;

    expect_ok(se_sound_open(&reader, &format, from, NULL, &report));
    se_sound_format_for(&format, to);
    expect_ok(se_sound_create(&writer, to, &format, reader, &report));
    while (n > 0) {
        expect_ok(se_sound_read(reader, x, 500, &n, &report));
        expect_ok(se_sound_write(writer, x, n, &report));
    }
    expect_ok(se_sound_commit(writer, &report));
    se_sound_close(reader);
}

/* Writes and reads files as they are, by libsndfile. */
static void write_plain(const char *path, const float *x, int channels,
                        int format)
{
    SF_INFO info = {.samplerate = RATE, .channels = channels, .format = format};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);

    expect(file);
    expect_equal(sf_writef_float(file, x, N), N);
    sf_close(file);
}

static void expect_plain(const char *path, const char *wav, const char *order)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    static float x[8 * N];

    expect(file);
    expect_equal(info.channels, (int)strlen(order));
    expect_equal(sf_readf_float(file, x, N), N);
    sf_close(file);
    expect_tones(x, wav, order);
}

static uint32_t number(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
           (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The channel mask of a WAV that has one. */
static void expect_mask(const uint8_t *header, uint32_t mask)
{
    expect_equal(number(header + 16), 40);
    expect_equal(number(header + 20) & 0xffff, 0xfffe);
    expect_equal(number(header + 40), mask);
}

TEST(ogg_and_wav)
{
    for (int i = 0; i < N_LAYOUTS; i++) {
        const char *wav = layouts[i].wav, *ogg = layouts[i].ogg;
        const char *first = in_scratch("first.ogg"), *to = in_scratch("to.wav");
        const char *back = in_scratch("back.ogg");
        float *x = tones(wav, ogg);
        uint8_t header[SE_WAV_HEADER_MAX];

        write_plain(first, x, (int)strlen(wav),
                    SF_FORMAT_OGG | SF_FORMAT_VORBIS);
        copy_sound(first, to);
        expect_plain(to, wav, wav);
        bytes_of(header, sizeof header, to);
        expect_mask(header, layouts[i].mask);
        free(x);

        x = tones(wav, wav);
        write_plain(to, x, (int)strlen(wav), SF_FORMAT_WAV | SF_FORMAT_PCM_16);
        copy_sound(to, back);
        expect_plain(back, wav, ogg);
        free(x);
    }
}

/* FLAC has the order of WAV, and its number of channels says what they are for;
 * six channels of a WAV without a mask are six channels. */
TEST(flac_to_wav)
{
    float *x = tones("LRCElr", "LRCElr");
    uint8_t header[SE_WAV_HEADER_MAX];

    write_plain(in_scratch("six.flac"), x, 6,
                SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
    copy_sound(in_scratch("six.flac"), in_scratch("six.wav"));
    bytes_of(header, sizeof header, in_scratch("six.wav"));
    expect_mask(header, 0x3f);
    expect_plain(in_scratch("six.wav"), "LRCElr", "LRCElr");

    write_plain(in_scratch("bare.wav"), x, 6, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    copy_sound(in_scratch("bare.wav"), in_scratch("six.wav"));
    bytes_of(header, sizeof header, in_scratch("six.wav"));
    expect_equal(number(header + 20), 6 << 16 | 1);
    free(x);
}

/* A CAF may have its channels in any order. */
TEST(caf_to_wav)
{
    static const int map[] = {
        SF_CHANNEL_MAP_LEFT,       SF_CHANNEL_MAP_CENTER,
        SF_CHANNEL_MAP_RIGHT,      SF_CHANNEL_MAP_REAR_LEFT,
        SF_CHANNEL_MAP_REAR_RIGHT, SF_CHANNEL_MAP_LFE};
    SF_INFO info = {.samplerate = RATE,
                    .channels = 6,
                    .format = SF_FORMAT_CAF | SF_FORMAT_PCM_16};
    float *x = tones("LRCElr", "LCRlrE");
    SNDFILE *file = sf_open(in_scratch("six.caf"), SFM_WRITE, &info);

    expect(sf_command(file, SFC_SET_CHANNEL_MAP_INFO, (void *)map, sizeof map));
    sf_writef_float(file, x, N);
    sf_close(file);
    copy_sound(in_scratch("six.caf"), in_scratch("six.wav"));
    expect_plain(in_scratch("six.wav"), "LRCElr", "LRCElr");
    free(x);
}

/* A pipe says it, too. */
TEST(stream)
{
    enum { SHORT = 100 };
    float x[6 * SHORT] = {0.5f};
    uint8_t bytes[SE_WAV_HEADER_MAX + sizeof x / 2 + 1];
    struct se_sound_format format = {RATE, 6,
                                     SF_FORMAT_WAVEX | SF_FORMAT_PCM_16};
    char name[32];
    int ends[2];

    int map[] = {SF_CHANNEL_MAP_LEFT,      SF_CHANNEL_MAP_RIGHT,
                 SF_CHANNEL_MAP_CENTER,    SF_CHANNEL_MAP_LFE,
                 SF_CHANNEL_MAP_SIDE_LEFT, SF_CHANNEL_MAP_SIDE_RIGHT};
    SF_INFO info = {.samplerate = RATE, .channels = 6, .format = format.format};
    SNDFILE *file = sf_open(in_scratch("six.wav"), SFM_WRITE, &info);

    expect(sf_command(file, SFC_SET_CHANNEL_MAP_INFO, map, sizeof map));
    sf_writef_float(file, x, SHORT);
    sf_close(file);

    expect_equal(pipe(ends), 0);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[1]);
    copy_sound(in_scratch("six.wav"), name);
    close(ends[1]);
    expect_equal(read(ends[0], bytes, sizeof bytes),
                 SE_WAV_HEADER_MAX + 6 * 2 * SHORT);
    close(ends[0]);
    expect_mask(bytes, 0x60f);
    expect_equal(number(bytes + 64), 0xffffffff);
    write_bytes(in_scratch("piped.wav"), bytes,
                SE_WAV_HEADER_MAX + 6 * 2 * SHORT);
    expect_odd(in_scratch("piped.wav"), x, SHORT, format, NULL);
}

/* ---- what else a WAV says ------------------------------------------------ */

static size_t put_chunk(uint8_t *bytes, const char *kind, const void *data,
                        size_t n)
{
    memcpy(bytes, kind, 4);
    for (int i = 0; i < 4; i++)
        bytes[4 + i] = (uint8_t)(n >> 8 * i);
    memcpy(bytes + 8, data, n);
    return 8 + n;
}

/* Time code and origin, cue points with their names, what the recorder wrote as
 * XML: all of it comes along, from a file and from a pipe. */
TEST(broadcast_and_cues)
{
    enum { CUES = 120, LABEL = 18 };
    static uint8_t bytes[20000], bext[602], cues[4 + 24 * CUES];
    static uint8_t labels[4 + LABEL * CUES] = "adtl", a[20000];
    static const char xml[] = "<BWFXML><SCENE>12</SCENE></BWFXML>.";
    const uint8_t format[] = {1, 0,    1, 0, 0x80, 0xbb, 0,  0,
                              0, 0x77, 1, 0, 2,    0,    16, 0};
    const uint8_t samples[200] = {1, 2, 3};
    SF_BROADCAST_INFO info;
    SF_INFO unused = {0};
    uint32_t n_cues = 0;
    size_t n = 12;

    memcpy(bext + 256, "The origin", 10);
    memcpy(bext + 338, "\x15\xcd\x5b\x07", 4); /* 123456789 */
    bext[346] = 1;
    cues[0] = CUES;
    for (int i = 0; i < CUES; i++) {
        uint8_t *cue = cues + 4 + 24 * i, *label = labels + 4 + LABEL * i;

        cue[0] = (uint8_t)(i + 1);
        memcpy(cue + 8, "data", 4);
        cue[20] = (uint8_t)(i / 2);
        put_chunk(label, "labl", "\0\0\0\0Mark.", 10);
        label[8] = (uint8_t)(i + 1);
    }
    n += put_chunk(bytes + n, "bext", bext, sizeof bext);
    n += put_chunk(bytes + n, "fmt ", format, sizeof format);
    n += put_chunk(bytes + n, "iXML", xml, sizeof xml);
    n += put_chunk(bytes + n, "cue ", cues, sizeof cues);
    n += put_chunk(bytes + n, "LIST", labels, sizeof labels);
    n += put_chunk(bytes + n, "data", samples, sizeof samples);
    put_chunk(bytes, "RIFF", "WAVE", 4);
    for (int i = 0; i < 4; i++)
        bytes[4 + i] = (uint8_t)((n - 8) >> 8 * i);
    write_bytes(in_scratch("from.wav"), bytes, n);

    for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
        const char *to = in_scratch("to.wav");

        copy_sound(is_pipe ? pipe_with(bytes, n) : in_scratch("from.wav"), to);

        SNDFILE *file = sf_open(to, SFM_READ, &unused);
        size_t n_to = bytes_of(a, sizeof a, to);

        expect(sf_command(file, SFC_GET_BROADCAST_INFO, &info, sizeof info));
        expect_equal(info.time_reference_low, 123456789);
        expect(memcmp(info.originator, "The origin", 10) == 0);
        expect(sf_command(file, SFC_GET_CUE_COUNT, &n_cues, sizeof n_cues));
        expect_equal(n_cues, CUES);
        sf_close(file);
        expect(memmem(a, n_to, xml, sizeof xml));
        expect(memmem(a, n_to, labels, sizeof labels));
        expect(memmem(a, n_to, samples, sizeof samples));
    }
}
