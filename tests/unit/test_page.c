/* test_page.c - web pages: what is text stays text, what is heard is what was
 * there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/excerpt.h"
#include "picture/html.h"
#include "picture/page.h"
#include "scratch.h"

#include <math.h>
#include <sndfile.h>

static void assert_near(double found, double expected, double tolerance)
{
    if (!(fabs(found - expected) <= tolerance))
        fail_msg("found %g, expected %g", found, expected);
}

static void check_text(const char *text, const char *expected)
{
    char *html = NULL;
    size_t n;
    FILE *stream = open_memstream(&html, &n);

    se_html_text(stream, text);
    fclose(stream);
    assert_string_equal(html, expected);
    free(html);
}

static void test_escapes(void **state)
{
    (void)state;
    check_text("", "");
    check_text("Ünï 日本語.wav", "Ünï 日本語.wav");
    check_text("<b a=\"x\" c='y'>&amp;",
               "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;");
    check_text("a\x01z\xff\xc3", "a&#xFFFD;z&#xFFFD;&#xFFFD;");
    check_text("\xc0\xbcscript", "&#xFFFD;&#xFFFD;script"); /* a long '<' */
}

/* RFC 4648, section 10. */
static void test_base64(void **state)
{
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xfe\xfd", "//79"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        size_t n;
        FILE *stream = open_memstream(&text, &n);

        se_html_base64(stream, cases[i][0], strlen(cases[i][0]));
        fclose(stream);
        assert_string_equal(text, cases[i][1]);
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
    assert_int_equal(se_sound_create(&writer, path, &format, NULL, NULL),
                     SE_OK);
    assert_int_equal(se_sound_write(writer, samples, n, NULL), SE_OK);
    assert_int_equal(se_sound_commit(writer, NULL), SE_OK);
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
    assert_int_equal(se_excerpt_read(&excerpt, path, NULL, kept, NULL), SE_OK);
    assert_near(excerpt.levels.seconds, seconds, 1e-9);
    assert_near(excerpt.levels.peak_db, -6.02, 0.01);
    assert_near(excerpt.levels.rms_db, -6.02 - 3.01 - 3.01, 0.05);
    assert_near(excerpt.levels.loud_db, -6.02 - 3.01, 0.6);
    assert_true(isinf(excerpt.levels.quiet_db) && excerpt.levels.quiet_db < 0);
    assert_int_equal(excerpt.levels.n_full_scale, 0);

    write_bytes(flac, excerpt.flac, excerpt.n_bytes);
    assert_int_equal(se_sound_open(&reader, &format, flac, NULL, NULL), SE_OK);
    assert_int_equal(format.format & SF_FORMAT_TYPEMASK, SF_FORMAT_FLAC);
    assert_int_equal(format.rate_hz, rate_hz);
    assert_int_equal(format.channels, channels > 2 ? 1 : channels);
    assert_int_equal(se_sound_frames(reader),
                     (int64_t)(fmin(seconds, kept) * rate_hz));
    se_sound_close(reader);
    se_excerpt_free(&excerpt);
}

static void test_excerpts(void **state)
{
    struct se_excerpt excerpt;
    struct se_report report;

    (void)state;
    check_excerpt(16000, 1, 1.0, 60.0);
    check_excerpt(44100, 2, 2.0, 1.0);
    check_excerpt(8000, 6, 3.0, 0.5);

    /* One sample, at full scale. */
    write_tone(in_scratch("one.wav"), 16000, 1, 0.0, 1.0 / 16000);
    assert_int_equal(
        se_excerpt_read(&excerpt, in_scratch("one.wav"), NULL, 1.0, NULL),
        SE_OK);
    assert_true(isinf(excerpt.levels.rms_db));
    se_excerpt_free(&excerpt);
    write_tone(in_scratch("hot.wav"), 16000, 1, 3.0, 1.0);
    assert_int_equal(
        se_excerpt_read(&excerpt, in_scratch("hot.wav"), NULL, 1.0, NULL),
        SE_OK);
    assert_true(excerpt.levels.n_full_scale > 5000);
    se_excerpt_free(&excerpt);

    assert_int_not_equal(
        se_excerpt_read(&excerpt, in_scratch("none.wav"), NULL, 1.0, &report),
        SE_OK);
    assert_non_null(strstr(report.text, "none.wav"));
    se_excerpt_free(&excerpt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_excerpts),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
