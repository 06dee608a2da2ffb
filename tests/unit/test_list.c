/* test_list.c - lists of files from text files and folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "corpus/list.h"
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_file(const char *name, const char *text, size_t n)
{
    FILE *file = fopen(in_scratch(name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void test_text(void **state)
{
    static const char text[] = "# a comment\n\n  /abs/a.wav  \r\nb c.wav\n"
                               "\tno#comment.wav\n/last";
    struct se_list list;
    struct se_report report;

    (void)state;
    write_file("list.txt", text, strlen(text));
    assert_int_equal(
        se_list_read(&list, in_scratch("list.txt"), "wav", &report), SE_OK);
    assert_int_equal(list.n, 4);
    assert_string_equal(list.paths[0], "/abs/a.wav");
    assert_string_equal(list.paths[1], "b c.wav");
    assert_string_equal(list.paths[2], "no#comment.wav");
    assert_string_equal(list.paths[3], "/last");
    se_list_free(&list);
}

/* A name that is not in the working directory is looked for beside the list. */
static void test_relative(void **state)
{
    static const char text[] = "beside.wav\nMakefile\nnowhere.wav\n";
    struct se_list list;
    struct se_report report;

    (void)state;
    write_file("beside.wav", "x", 1);
    write_file("Makefile", "x", 1);
    write_file("list.txt", text, strlen(text));
    assert_int_equal(
        se_list_read(&list, in_scratch("list.txt"), "wav", &report), SE_OK);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.paths[0], in_scratch("beside.wav"));
    assert_string_equal(list.paths[1], "Makefile");
    assert_string_equal(list.paths[2], "nowhere.wav");
    se_list_free(&list);
}

static void test_folder(void **state)
{
    struct se_list list;
    struct se_report report;

    (void)state;
    assert_int_equal(mkdir(in_scratch("set"), 0777), 0);
    assert_int_equal(mkdir(in_scratch("set/b"), 0777), 0);
    write_file("set/b/1.WAV", "", 0);
    write_file("set/c.flac", "", 0);
    write_file("set/a.ogg", "", 0);
    write_file("set/notes.txt", "", 0);
    write_file("set/wav", "", 0);
    write_file("set/x.wa", "", 0);
    write_file("set/x.", "", 0);
    assert_int_equal(symlink(in_scratch("set"), in_scratch("set/b/loop")), 0);
    assert_int_equal(
        se_list_read(&list, in_scratch("set//"), "wav flac ogg", &report),
        SE_OK);
    assert_int_equal(list.n, 3);
    assert_string_equal(list.paths[0], in_scratch("set/a.ogg"));
    assert_string_equal(list.paths[1], in_scratch("set/b/1.WAV"));
    assert_string_equal(list.paths[2], in_scratch("set/c.flac"));
    se_list_free(&list);
}

static void test_many(void **state)
{
    enum { N = 1000 };
    char *text = malloc(N * 16);
    size_t n = 0;
    struct se_list list;

    (void)state;
    assert_non_null(text);
    for (int i = 0; i < N; i++)
        n += (size_t)sprintf(text + n, "file%d\n", i);
    write_file("many.txt", text, n);
    free(text);
    assert_int_equal(se_list_read(&list, in_scratch("many.txt"), "wav", NULL),
                     SE_OK);
    assert_int_equal(list.n, N);
    assert_string_equal(list.paths[N - 1], "file999");
    se_list_free(&list);
}

static void expect_failure(const char *name, int status, const char *words)
{
    struct se_list list;
    struct se_report report;

    assert_int_equal(se_list_read(&list, in_scratch(name), "wav", &report),
                     status);
    assert_non_null(strstr(report.text, in_scratch(name)));
    assert_non_null(strstr(report.text, words));
    assert_null(list.paths);
    assert_int_equal(list.n, 0);
    se_list_free(&list);
}

static void test_bad(void **state)
{
    (void)state;
    expect_failure("missing.txt", SE_ERR_IO, "No such file");
    write_file("empty.txt", "", 0);
    expect_failure("empty.txt", SE_ERR_FORMAT, "empty list");
    write_file("blank.txt", "\n  \n# no\n", 9);
    expect_failure("blank.txt", SE_ERR_FORMAT, "empty list");
    write_file("sound.wav", "RIFF\0\0\0\0", 8);
    expect_failure("sound.wav", SE_ERR_FORMAT, "not a list");
    assert_int_equal(mkdir(in_scratch("hollow"), 0777), 0);
    write_file("hollow/a.mp4", "", 0);
    expect_failure("hollow", SE_ERR_FORMAT, "no files ending in");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),   cmocka_unit_test(test_relative),
        cmocka_unit_test(test_folder), cmocka_unit_test(test_many),
        cmocka_unit_test(test_bad),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
