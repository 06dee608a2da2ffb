/* test_page.c - web pages: what is text stays text, what is heard is what was
 * there. */
#include "audio/excerpt.h"
#include "check.h"
#include "picture/html.h"
#include "picture/page.h"

#include <math.h>
#include <sndfile.h>

static void expect_html(const char *text, const char *expected)
{
    char *html = NULL;
    size_t n;
    FILE *stream = open_memstream(&html, &n);

    se_html_text(stream, text);
    fclose(stream);
    expect_text(html, expected);
    free(html);
}

TEST(escapes)
{
    expect_html("", "");
    expect_html("Ünï 日本語.wav", "Ünï 日本語.wav");
    expect_html("<b a=\"x\" c='y'>&amp;",
                "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;");
    expect_html("a\x01z\xff\xc3", "a&#xFFFD;z&#xFFFD;&#xFFFD;");
    expect_html("\xc0\xbcscript", "&#xFFFD;&#xFFFD;script"); /* a long '<' */
}

/* RFC 4648, section 10. */
TEST(base64)
{
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xfe\xfd", "//79"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        size_t n;
        FILE *stream = open_memstream(&text, &n);

        se_html_base64(stream, cases[i][0], strlen(cases[i][0]));
        fclose(stream);
        expect_text(text, cases[i][1]);
        free(text);
    }
}

/* `seconds` of a sine of amplitude `a`, silent in its second half. */
static void write_tone(const char *path, int rate_hz, int channels, double a,
                       double seconds)
{
    const struct se_sound_format format = {rate_hz, channels,
                                           SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    int64_t n = (int64_t)(seconds * rate_hz);
    float *samples = calloc((size_t)(n * channels) + 1, sizeof *samples);
    struct se_sound_writer *writer;

    for (int64_t i = 0; i < n / 2; i++) {
        for (int c = 0; c < channels; c++)
            samples[i * channels + c] =
                (float)(a * sin(2.0 * M_PI * 100.0 * (double)i / rate_hz));
    }
    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, samples, n, &report));
    expect_ok(se_sound_commit(writer, &report));
    free(samples);
}

static void check_excerpt(int rate_hz, int channels, double seconds,
                          double kept)
{
    const char *path = in_scratch("tone.wav"), *flac = in_scratch("tone.flac");
    struct se_excerpt excerpt;
    struct se_sound_format format;
    struct se_sound_reader *reader;

    write_tone(path, rate_hz, channels, 0.5, seconds);
    expect_ok(se_excerpt_read(&excerpt, path, NULL, kept, &report));
    expect_near(excerpt.levels.seconds, seconds, 1e-9);
    expect_near(excerpt.seconds, fmin(seconds, kept), 1e-9);
    expect_near(excerpt.levels.peak_db, -6.02, 0.01);
    expect_near(excerpt.levels.rms_db, -6.02 - 3.01 - 3.01, 0.05);
    expect_near(excerpt.levels.loud_db, -6.02 - 3.01, 0.6);
    expect(isinf(excerpt.levels.quiet_db) && excerpt.levels.quiet_db < 0);
    expect_equal(excerpt.levels.n_full_scale, 0);

    write_bytes(flac, excerpt.flac, excerpt.n_bytes);
    expect_ok(se_sound_open(&reader, &format, flac, NULL, &report));
    expect_equal(format.format & SF_FORMAT_TYPEMASK, SF_FORMAT_FLAC);
    expect_equal(format.rate_hz, rate_hz);
    expect_equal(format.channels, channels > 2 ? 1 : channels);
    expect_equal(se_sound_length(reader),
                 (int64_t)(fmin(seconds, kept) * rate_hz));
    se_sound_close(reader);
    se_excerpt_free(&excerpt);
}

/* Of more than two channels the excerpt has the mean. */
static void check_downmix(void)
{
    const struct se_sound_format three = {16000, 3,
                                          SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    const float in[] = {0.5f, 0, 0.25f, -0.5f, 0.25f, 0};
    const char *path = in_scratch("three.wav"), *flac = in_scratch("mono.flac");
    struct se_sound_format format;
    struct se_sound_writer *writer;
    struct se_sound_reader *reader;
    struct se_excerpt excerpt;
    float out[2];
    int64_t n = 2;

    expect_ok(se_sound_create(&writer, path, &three, NULL, &report));
    expect_ok(se_sound_write(writer, in, 2, &report));
    expect_ok(se_sound_commit(writer, &report));
    expect_ok(se_excerpt_read(&excerpt, path, NULL, 1.0, &report));
    write_bytes(flac, excerpt.flac, excerpt.n_bytes);
    se_excerpt_free(&excerpt);
    expect_ok(se_sound_open(&reader, &format, flac, NULL, &report));
    expect_ok(se_sound_read(reader, out, 2, &n, &report));
    expect_equal(n, 2);
    expect_near(out[0], 0.25, 1e-4);
    expect_near(out[1], -0.25 / 3, 1e-4);
    se_sound_close(reader);
}

TEST(excerpts)
{
    struct se_excerpt excerpt;

    check_excerpt(16000, 1, 1.0, 60.0);
    check_excerpt(44100, 2, 2.0, 1.0);
    check_excerpt(8000, 6, 3.0, 0.5);
    check_downmix();

    /* Less than a segment: one sample of silence, and a tone of 8 ms. */
    write_tone(in_scratch("one.wav"), 16000, 1, 0.0, 1.0 / 16000);
    expect_ok(
        se_excerpt_read(&excerpt, in_scratch("one.wav"), NULL, 1.0, &report));
    expect(isinf(excerpt.levels.rms_db));
    se_excerpt_free(&excerpt);
    write_tone(in_scratch("short.wav"), 16000, 1, 0.5, 0.008);
    expect_ok(
        se_excerpt_read(&excerpt, in_scratch("short.wav"), NULL, 1.0, &report));
    expect_near(excerpt.levels.quiet_db, excerpt.levels.rms_db, 0.6);
    expect_near(excerpt.levels.loud_db, excerpt.levels.rms_db, 0.6);
    se_excerpt_free(&excerpt);

    /* At full scale. */
    write_tone(in_scratch("hot.wav"), 16000, 1, 3.0, 1.0);
    expect_ok(
        se_excerpt_read(&excerpt, in_scratch("hot.wav"), NULL, 1.0, &report));
    expect(excerpt.levels.n_full_scale > 5000);
    se_excerpt_free(&excerpt);

    expect(se_excerpt_read(&excerpt, in_scratch("none.wav"), NULL, 1.0,
                           &report) != SE_OK);
    expect_contains(report.text, "none.wav");
    se_excerpt_free(&excerpt);
}
