/* test_path.c - path names taken apart, and the endings of sound files. */
#include "audio/extensions.h"
#include "audio/sound.h"
#include "check.h"
#include "corpus/list.h"
#include "files/path.h"

#include <sndfile.h>

TEST(parts)
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

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_text(se_path_base(cases[i].path), cases[i].base);
        expect_equal(se_path_folder_length(cases[i].path), cases[i].folder);
    }
}

TEST(endings)
{
    static const char *const sounds[] = {"a.wav", "b/c.d.WAV", ".flac",
                                         "a.Flac"};
    static const char *const others[] = {"",       "wav",    "a.",   "a.wav ",
                                         "a.wave", "a.wa",   "a.v",  "a.wav/b",
                                         "a wav",  "a.wav.", "a.fl", "a. "};

    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++)
        expect(se_path_has_extension(sounds[i], "wav flac"));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (se_path_has_extension(others[i], "wav flac"))
            fail_test("'%s' is taken for a sound", others[i]);
    expect(!se_path_has_extension("a.wav", ""));
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

    for (int i = 0; i < 4800; i++)
        samples[i] = i % 100 < 50 ? 0.25f : -0.25f;
    if (container_of(ending))
        format.format = container_of(ending);
    else
        se_sound_format_for(&format, path);
    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, samples, 4800, &report));
    expect_ok(se_sound_commit(writer, &report));
}

/* Every ending is found in a folder, and libsndfile reads what has it. */
TEST(sound_endings)
{
    char endings[200], *rest = endings, *ending, name[40];
    struct se_list list;
    int n = 0;

    snprintf(endings, sizeof endings, "%s", se_sound_extensions);
    while ((ending = strsep(&rest, " "))) {
        snprintf(name, sizeof name, "sound%d.%s", n++, ending);
        write_sound(in_scratch(name), ending);
    }
    write_bytes(in_scratch("notes.txt"), "x", 1);
    expect_ok(se_list_read(&list, scratch, se_sound_extensions, &report));
    expect_equal(list.n, n);
    for (int i = 0; i < n; i++) {
        struct se_sound_reader *reader;
        struct se_sound_format format;

        if (se_sound_open(&reader, &format, list.paths[i], NULL, &report) !=
            SE_OK)
            fail_test("%s", report.text);
        expect_equal(format.rate_hz, 48000);
        se_sound_close(reader);
    }
    se_list_free(&list);
}
