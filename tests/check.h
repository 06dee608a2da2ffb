/* check.h - how a test is written here.
 *
 * A test program is one file tests/unit/test_SUBJECT.c, built and run by
 * `make test`; `make unit` builds build/tests/test_SUBJECT, to be run alone.
 * In it stand tests, and nothing else is needed (no list, no main):
 *
 *     #include "encoding/csv.h"
 *
 *     #include "check.h"
 *
 *     TEST(quotes_go)
 *     {
 *         struct csv csv;
 *
 *         write_bytes(in_scratch("a.csv"), "\"x\",1\n", 6);
 *         expect_ok(csv_open(&csv, in_scratch("a.csv"), &report));
 *         expect_equal(csv.n_columns, 2);
 *         expect_text(csv.fields[0], "x");
 *         csv_close(&csv);
 *     }
 *
 *     TEST(no_file_is_an_error)
 *     {
 *         struct csv csv;
 *
 *         expect_error(csv_open(&csv, in_scratch("none"), &report), SE_ERR_IO,
 *                      "none: ");
 *     }
 *
 * An expectation that fails ends its test, with what was found and what was
 * expected. A test says what it proves, can fail (break the code to see it do
 * so), and needs no other test: each has an empty folder of its own, and
 *
 *     build/tests/test_csv                   runs all tests
 *     build/tests/test_csv quotes_go 'no_*'  those (a shell's patterns)
 *     build/tests/test_csv --list            prints their names
 *     CHECK_SEED=1 build/tests/test_csv      shuffles their order
 *
 * Underneath is cmocka; its lines are what tests/run counts. */
#ifndef SE_TESTS_CHECK_H
#define SE_TESTS_CHECK_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tests -------------------------------------------------------------- */

#define TEST(name) CHECK_FUNCTION(test_##name, #name, CHECK_TEST)

/* What all tests of the program share, made before the first and freed after
 * the last; tests may read it, but not change it. */
#define BEFORE_ALL() CHECK_FUNCTION(before_all, NULL, CHECK_BEFORE_ALL)
#define AFTER_ALL()  CHECK_FUNCTION(after_all, NULL, CHECK_AFTER_ALL)

/* Around each test; what stands after a test runs also if it failed. */
#define BEFORE_EACH() CHECK_FUNCTION(before_each, NULL, CHECK_BEFORE_EACH)
#define AFTER_EACH()  CHECK_FUNCTION(after_each, NULL, CHECK_AFTER_EACH)

/* ---- expectations ------------------------------------------------------- */

#define expect(condition)                                                      \
    ((condition) ? (void)0 : CHECK_FAIL("%s: does not hold", #condition))

/* Two numbers of any types. */
#define expect_equal(found, expected)                                          \
    check_equal(CHECK_HERE(found), (long double)(found),                       \
                (long double)(expected))

/* lowest <= found <= highest */
#define expect_range(found, lowest, highest)                                   \
    check_range(CHECK_HERE(found), (double)(found), (double)(lowest),          \
                (double)(highest))

/* |found - expected| <= tolerance */
#define expect_near(found, expected, tolerance)                                \
    check_near(CHECK_HERE(found), (double)(found), (double)(expected),         \
               (double)(tolerance))

/* Two strings; and n bytes. */
#define expect_text(found, expected)                                           \
    check_text(CHECK_HERE(found), found, expected)
#define expect_bytes(found, expected, n)                                       \
    check_bytes(CHECK_HERE(found), found, expected, n)

/* Somewhere in the text stands that part of it. */
#define expect_contains(text, part) check_contains(CHECK_HERE(text), text, part)

/* The call of a function of the library succeeds, and leaves no message; if
 * not, its message is printed: give it &report. */
#define expect_ok(call) expect_status(call, SE_OK)

/* The call fails with that status; and its message, in `report`, contains those
 * words: the file, the place in it, what is wrong. */
#define expect_status(call, status)                                            \
    (report.text[0] = 0, check_status(CHECK_HERE(call), call, status))
#define expect_error(call, status, words)                                      \
    (expect_status(call, status), check_message(CHECK_HERE(call), words))

extern struct se_report report;

/* Ends the test as failed, or as one that can not run here, saying why. Both
 * take a format and values, as printf does. */
#define fail_test(...) CHECK_FAIL(__VA_ARGS__)
#define skip_test(...) check_skip(__FILE__, __LINE__, __VA_ARGS__)

/* ---- files -------------------------------------------------------------- */

/* The test's own folder, empty at its start, gone after it. BEFORE_ALL has
 * one for the files that all tests read. */
extern char scratch[256];

/* Full name of a file in it; good until the eighth call. */
const char *in_scratch(const char *name);

/* Writes a file, in place of one of that name. */
void write_bytes(const char *path, const void *bytes, size_t n);

/* ---- behind the macros -------------------------------------------------- */

enum check_kind {
    CHECK_TEST,
    CHECK_BEFORE_ALL,
    CHECK_AFTER_ALL,
    CHECK_BEFORE_EACH,
    CHECK_AFTER_EACH,
    CHECK_KINDS
};

struct check_place {
    const char *file;
    int line;
    const char *code; /* what is checked, as it stands there */
};

#define CHECK_HERE(code)                                                       \
    (struct check_place)                                                       \
    {                                                                          \
        __FILE__, __LINE__, #code                                              \
    }
#define CHECK_FAIL(...) check_fail(__FILE__, __LINE__, __VA_ARGS__)

/* Defines a function and has it known before main begins. */
#define CHECK_FUNCTION(function, name, kind)                                   \
    static void function(void);                                                \
    __attribute__((constructor)) static void add_##function(void)              \
    {                                                                          \
        check_add(kind, name, function);                                       \
    }                                                                          \
    static void function(void)

void check_add(enum check_kind kind, const char *name, void (*function)(void));
void check_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));
void check_skip(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), noreturn));
void check_equal(struct check_place place, long double found,
                 long double expected);
void check_range(struct check_place place, double found, double lowest,
                 double highest);
void check_near(struct check_place place, double found, double expected,
                double tolerance);
void check_text(struct check_place place, const char *found,
                const char *expected);
void check_bytes(struct check_place place, const void *found,
                 const void *expected, size_t n);
void check_contains(struct check_place place, const char *text,
                    const char *part);
void check_status(struct check_place place, int found, int expected);
void check_message(struct check_place place, const char *words);

#endif
