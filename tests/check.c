/* check.c - what check.h offers, on cmocka. */
#include "check.h"

#include <fnmatch.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_TESTS = 200 };

struct se_report report;
char scratch[256];

static struct CMUnitTest tests[MAX_TESTS];
static void (*test_functions[MAX_TESTS])(void);
static int n_tests;
static void (*fixtures[CHECK_KINDS])(void);
static char shared_scratch[128];

/* ---- failures ----------------------------------------------------------- */

void check_fail(const char *file, int line, const char *format, ...)
{
    char text[2000];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    print_error("%s\n", text);
    _fail(file, line);
    abort(); /* _fail does not return */
}

void check_skip(const char *file, int line, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    printf("skipped: ");
    vprintf(format, values);
    printf("\n");
    va_end(values);
    _skip(file, line);
    abort();
}

#define FAIL(place, ...) check_fail((place).file, (place).line, __VA_ARGS__)

/* A long double holds every integer of 64 bits and every double. */
void check_equal(struct check_place place, long double found,
                 long double expected)
{
    char text[2][64];
    const long double x[2] = {found, expected};

    if (found == expected)
        return;
    for (int i = 0; i < 2; i++)
        snprintf(text[i], sizeof text[i],
                 x[i] == rintl(x[i]) && fabsl(x[i]) < 1e20L ? "%.0Lf"
                                                            : "%.17Lg",
                 x[i]);
    FAIL(place, "%s is %s, expected %s", place.code, text[0], text[1]);
}

void check_range(struct check_place place, double found, double lowest,
                 double highest)
{
    if (!(lowest <= found && found <= highest))
        FAIL(place, "%s is %.10g, expected %.10g to %.10g", place.code, found,
             lowest, highest);
}

void check_near(struct check_place place, double found, double expected,
                double tolerance)
{
    if (!(fabs(found - expected) <= tolerance))
        FAIL(place, "%s is %.10g, expected %.10g within %g", place.code, found,
             expected, tolerance);
}

void check_text(struct check_place place, const char *found,
                const char *expected)
{
    if (!found || !expected || strcmp(found, expected) != 0)
        FAIL(place, "%s is\n    %s\nexpected\n    %s", place.code,
             found ? found : "(null)", expected ? expected : "(null)");
}

void check_bytes(struct check_place place, const void *found,
                 const void *expected, size_t n)
{
    const unsigned char *a = found, *b = expected;

    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            FAIL(place, "%s: byte %zu of %zu is 0x%02x, expected 0x%02x",
                 place.code, i, n, a[i], b[i]);
}

void check_contains(struct check_place place, const char *text,
                    const char *part)
{
    if (!text || !strstr(text, part))
        FAIL(place, "%s is\n    %s\nexpected in it\n    %s", place.code,
             text ? text : "(null)", part);
}

static const char *status_name(int status)
{
    static const char *const names[] = {
        "SE_OK",         "SE_ERR_ARG",     "SE_ERR_IO",     "SE_ERR_FORMAT",
        "SE_ERR_MEMORY", "SE_ERR_NUMERIC", "SE_ERR_STOPPED"};
    static char number[2][16];
    static int next;

    if (status <= 0 && -status < (int)(sizeof names / sizeof *names))
        return names[-status];
    next = !next;
    snprintf(number[next], sizeof number[next], "%d", status);
    return number[next];
}

void check_status(struct check_place place, int found, int expected)
{
    if (found != expected)
        FAIL(place, "%s\ngives %s, expected %s%s%s", place.code,
             status_name(found), status_name(expected),
             report.text[0] ? ": " : "", report.text);
    if (found == SE_OK && report.text[0])
        FAIL(place, "%s\ngives SE_OK and a reason for a failure\n    %s",
             place.code, report.text);
}

void check_message(struct check_place place, const char *words)
{
    if (!strstr(report.text, words))
        FAIL(place, "%s\nsays\n    %s\nexpected in it\n    %s", place.code,
             report.text, words);
}

/* ---- files -------------------------------------------------------------- */

const char *in_scratch(const char *name)
{
    static char names[8][512];
    static int next;
    char *result = names[next++ % 8];

    snprintf(result, sizeof names[0], "%s/%s", scratch, name);
    return result;
}

/* A new file each time: to replace one costs some file systems a flush. */
void write_bytes(const char *path, const void *bytes, size_t n)
{
    unlink(path);

    FILE *stream = fopen(path, "wb");

    if (!stream || fwrite(bytes, 1, n, stream) != n || fclose(stream) != 0)
        CHECK_FAIL("%s: cannot write", path);
}

static int make_removable(const char *path, const struct stat *info, int type,
                          struct FTW *place)
{
    (void)info, (void)place;
    return type == FTW_D || type == FTW_DNR ? chmod(path, 0700) : 0;
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *place)
{
    (void)info, (void)type, (void)place;
    return remove(path);
}

/* Removes a folder, also where somebody may not write. */
static int remove_folder(const char *path)
{
    int status = nftw(path, make_removable, 16, FTW_PHYS);

    return status ? status : nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

/* ---- the run ------------------------------------------------------------ */

static void call(enum check_kind kind)
{
    if (fixtures[kind])
        fixtures[kind]();
}

static int before_all(void **state)
{
    const char *root = getenv("TMPDIR");

    (void)state;
    snprintf(shared_scratch, sizeof shared_scratch, "%s/nnse-test.XXXXXX",
             root ? root : "/tmp");
    if (!mkdtemp(shared_scratch))
        return -1;
    snprintf(scratch, sizeof scratch, "%s/all", shared_scratch);
    if (mkdir(scratch, 0700) != 0)
        return -1;
    call(CHECK_BEFORE_ALL);
    return 0;
}

static int after_all(void **state)
{
    (void)state;
    call(CHECK_AFTER_ALL);
    return remove_folder(shared_scratch);
}

static int before_each(void **state)
{
    (void)state;
    snprintf(scratch, sizeof scratch, "%s/one", shared_scratch);
    if (mkdir(scratch, 0700) != 0)
        return -1;
    call(CHECK_BEFORE_EACH);
    return 0;
}

static int after_each(void **state)
{
    (void)state;
    call(CHECK_AFTER_EACH);
    return remove_folder(scratch);
}

static void run_one(void **state)
{
    void (*const *function)(void) = *state;

    report.text[0] = 0;
    (*function)();
}

void check_add(enum check_kind kind, const char *name, void (*function)(void))
{
    if (kind != CHECK_TEST) {
        fixtures[kind] = function;
        return;
    }
    if (n_tests == MAX_TESTS)
        abort();
    test_functions[n_tests] = function;
    tests[n_tests] = (struct CMUnitTest){name, run_one, before_each, after_each,
                                         &test_functions[n_tests]};
    n_tests++;
}

/* Keeps the tests that one of the patterns names; at least one has to be. */
static void pick(char **patterns)
{
    int n_kept = 0;

    for (int i = 0; i < n_tests; i++) {
        int wanted = 0;

        for (char **pattern = patterns; *pattern; pattern++)
            wanted |= fnmatch(*pattern, tests[i].name, 0) == 0;
        if (wanted)
            tests[n_kept++] = tests[i];
    }
    n_tests = n_kept;
}

static void shuffle(unsigned seed)
{
    srandom(seed);
    for (int i = n_tests - 1; i > 0; i--) {
        const int j = (int)(random() % (i + 1));
        const struct CMUnitTest test = tests[i];

        tests[i] = tests[j];
        tests[j] = test;
    }
}

int main(int argc, char **argv)
{
    const char *seed = getenv("CHECK_SEED");

    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (int i = 0; i < n_tests; i++)
            puts(tests[i].name);
        return 0;
    }
    if (argc > 1)
        pick(argv + 1);
    if (n_tests == 0) {
        fprintf(stderr, "%s: no test of that name; see --list\n", argv[0]);
        return 2;
    }
    if (seed && *seed)
        shuffle((unsigned)atol(seed));
    return _cmocka_run_group_tests("tests", tests, (size_t)n_tests, before_all,
                                   after_all);
}
