/* test_tables.c - pairs of C files: names, layout, both or none. */
#include "check.h"
#include "files/file.h"
#include "quant/tables.h"
#include "texts.h"

#include <unistd.h>

TEST(names)
{
    static const char *const good[] = {"se", "_", "S2i", "While", "int8_t"};
    static const char *const bad[] = {"",    "2se", "a-b", "a b",
                                      "int", "new", "a\n", "\xc3\xa4"};
    char upper[SE_TABLES_MAX_NAME + 1];

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        expect_ok(se_tables_check_name(good[i], &report));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_status(se_tables_check_name(bad[i], &report), SE_ERR_ARG);
    se_tables_upper(upper, "s2i_x");
    expect_text(upper, "S2I_X");
}

/* Comments stay comments; arrays have their lines; the extremes of a type. */
TEST(text)
{
    static const int32_t wide[9] = {INT32_MIN, INT32_MAX, 0, -1, 1, 2, 3, 4, 5};
    const int8_t narrow[2] = {-128, 127};
    const char *path = in_scratch("text");
    FILE *file = fopen(path, "w");
    char *text;

    expect(file);
    se_tables_comment(file, "one\n\ntwo */ /* three\n");
    se_tables_int8(file, "x", narrow, 2);
    se_tables_int32(file, "y", wide, 9);
    fclose(file);
    text = read_text(path);
    expect(text);
    expect_text(text,
                " * one\n *\n * two * / / * three\n"
                "x = {\n    -128, 127,\n};\n"
                "y = {\n      INT32_MIN, 2147483647,          0,         -1,"
                "          1,          2,          3,          4,\n"
                "              5,\n};\n");
    free(text);
}

/* Neither file before the commit, both after it; none when the second cannot
 * take its place. */
TEST(both_or_none)
{
    struct se_tables tables;
    char source[600], header[600];

    snprintf(source, sizeof source, "%s/pair/def_nn1_x.c", scratch);
    snprintf(header, sizeof header, "%s/pair/def_nn1_x.h", scratch);
    expect_ok(se_tables_open(
        &tables, &(struct se_tables_place){in_scratch("pair"), 1, "x"},
        &report));
    expect(!read_text(source));
    se_tables_discard(&tables);
    expect_ok(se_tables_open(
        &tables, &(struct se_tables_place){in_scratch("pair"), 1, "x"},
        &report));
    fputs("c", tables.source);
    fputs("h", tables.header);
    expect_ok(se_tables_commit(&tables, &report));
    expect_equal(access(source, F_OK), 0);
    expect_equal(access(header, F_OK), 0);

    /* The header cannot be replaced: of the source nothing is, either. */
    for (int is_there = 1; is_there >= 0; is_there--) {
        char inside[1300];

        if (!is_there)
            unlink(source);
        unlink(header);
        expect_ok(se_tables_open(
            &tables, &(struct se_tables_place){in_scratch("pair"), 1, "x"},
            &report));
        fputs("new", tables.source);
        snprintf(inside, sizeof inside, "mkdir -p '%s/x'", header);
        expect_equal(system(inside), 0);
        expect_status(se_tables_commit(&tables, &report), SE_ERR_IO);

        char *text = read_text(source);

        expect_text(text ? text : "none", is_there ? "c" : "none");
        free(text);
        snprintf(inside, sizeof inside, "rmdir '%s/x' '%s'", header, header);
        expect_equal(system(inside), 0);
    }
}
