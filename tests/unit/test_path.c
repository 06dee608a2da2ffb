/* test_path.c - path names taken apart, and the endings of sound files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/endings.h"
#include "audio/sound.h"
#include "base/path.h"
#include "corpus/list.h"
#include "scratch.h"

#include <sndfile.h>

static void test_parts(void **state)
{
    static const struct {
        const char *path, *base;
        size_t folder;
    } cases[] = {
        {"", "", 0},       {"a", "a", 0},      {"/", "", 1},
        {"/a", "a", 1},    {"a/", "", 2},      {"a/b.wav", "b.wav", 2},
        {"../b", "b", 3},  {"/a/b/c", "c", 5}, {"a//b", "b", 3},
        {"a.b/c", "c", 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(se_path_base(cases[i].path), cases[i].base);
        assert_int_equal(se_path_folder_length(cases[i].path), cases[i].folder);
    }
}

static void test_endings(void **state)
{
    static const char *const sounds[] = {"a.wav", "b/c.d.WAV", ".flac",
                                         "a.Flac"};
    static const char *const others[] = {"",       "wav",    "a.",   "a.wav ",
                                         "a.wave", "a.wa",   "a.v",  "a.wav/b",
                                         "a wav",  "a.wav.", "a.fl", "a. "};

    (void)state;
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++)
        assert_true(se_path_has_ending(sounds[i], "wav flac"));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (se_path_has_ending(others[i], "wav flac"))
            fail_msg("'%s' is taken for a sound", others[i]);
    assert_false(se_path_has_ending("a.wav", ""));
}

/* What libsndfile writes for an ending that names no container of its own. */
static int container_of(const char *ending)
{
    static const struct {
        const char *ending;
        int format;
    } others[] = {{"aifc", SF_FORMAT_AIFF | SF_FORMAT_FLOAT},
                  {"snd", SF_FORMAT_AU | SF_FORMAT_PCM_16}};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].ending, ending) == 0)
            return others[i].format;
    return 0;
}

static void write_sound(const char *path, const char *ending)
{
    static float samples[4800];
    struct se_sound_format format = {48000, 1,
                                     SF_FORMAT_W64 | SF_FORMAT_PCM_16};
    struct se_sound_writer *writer;
    struct se_report report;

    for (int i = 0; i < 4800; i++)
        samples[i] = i % 100 < 50 ? 0.25f : -0.25f;
    if (container_of(ending))
        format.format = container_of(ending);
    else
        se_sound_format_for(&format, path);
    assert_int_equal(se_sound_create(&writer, path, &format, NULL, &report),
                     SE_OK);
    assert_int_equal(se_sound_write(writer, samples, 4800, &report), SE_OK);
    assert_int_equal(se_sound_commit(writer, &report), SE_OK);
}

/* Every ending is found in a folder, and libsndfile reads what has it. */
static void test_sound_endings(void **state)
{
    char endings[200], *rest = endings, *ending, name[40];
    struct se_report report;
    struct se_list list;
    int n = 0;

    (void)state;
    snprintf(endings, sizeof endings, "%s", se_sound_endings);
    while ((ending = strsep(&rest, " "))) {
        snprintf(name, sizeof name, "sound%d.%s", n++, ending);
        write_sound(in_scratch(name), ending);
    }
    write_bytes(in_scratch("notes.txt"), "x", 1);
    assert_int_equal(se_list_read(&list, scratch, se_sound_endings, &report),
                     SE_OK);
    assert_int_equal(list.n, n);
    for (int i = 0; i < n; i++) {
        struct se_sound_reader *reader;
        struct se_sound_format format;

        if (se_sound_open(&reader, &format, list.paths[i], NULL, &report) !=
            SE_OK)
            fail_msg("%s", report.text);
        assert_int_equal(format.rate_hz, 48000);
        se_sound_close(reader);
    }
    se_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_sound_endings),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
