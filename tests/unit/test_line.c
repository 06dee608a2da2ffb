/* test_line.c - lines for people, of names as they may be. */
#include "base/line.h"
#include "base/utf8.h"
#include "check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void format(char *line, size_t size, const char *form, ...)
{
    va_list args;

    va_start(args, form);
    se_line_format(line, size, form, args);
    va_end(args);
}

TEST(one_line)
{
    char line[64];

    format(line, sizeof line, "%s: %d", "a\nb\tc\033[31m\xc2\x9b\x7f\xc3\xa4",
           7);
    expect_text(line, "a?b?c?[31m\xc2??\xc3\xa4: 7");
}

/* What does not fit is left out of the middle, by whole characters. */
TEST(middle)
{
    char line[24], name[400];

    format(line, sizeof line, "%s", "twenty-three characters");
    expect_text(line, "twenty-three characters");
    format(line, sizeof line, "%s", "twenty-three characters.");
    expect_text(line, "twenty-t... characters.");
    for (size_t shift = 0; shift < 3; shift++) {
        memset(name, 'x', shift);
        for (size_t i = shift; i + 3 < sizeof name; i += 3)
            memcpy(name + i, "\xe2\x82\xac", 4);
        format(line, sizeof line, "%s", name);
        expect_contains(line, "...");
        for (size_t i = 0; line[i];) {
            int n = se_utf8_length(line + i, strlen(line + i));

            expect(n > 0);
            i += (size_t)n;
        }
    }
}

/* A name as long as names may be does not hide what is wrong with the file. */
TEST(long_names)
{
    static char name[4096];

    memset(name, 'd', sizeof name - 1);
    memcpy(name, "/folder/", 8);
    errno = ENOENT;
    expect_error(se_fail_errno(&report, name, "cannot open"), SE_ERR_IO,
                 "ddd: cannot open: No such file or directory");
    expect_contains(report.text, "/folder/ddd");
}

TEST(folders_and_empty_names)
{
    errno = EISDIR;
    se_fail_errno(&report, "here", "cannot read");
    expect_text(report.text, "here: cannot read: is a folder, expected a file");
    errno = ENOENT;
    se_fail_errno(&report, "", "cannot open");
    expect_contains(report.text, "an empty file name: cannot open: ");
}
