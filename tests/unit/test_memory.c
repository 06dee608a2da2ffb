/* test_memory.c - streams to memory hold all that was written, or fail. */
#include "check.h"
#include "files/memory.h"

#include <sys/resource.h>

static void write_numbers(FILE *stream, int n)
{
    for (int i = 0; i < n; i++)
        fprintf(stream, "%d\n", i);
}

/* Nothing, within the first block, and over many. */
TEST(holds_all)
{
    static const int counts[] = {0, 1, 500, 4096, 300000};

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct se_memory memory;
        char *at;
        int n = 0;

        expect_ok(se_memory_open(&memory, "a test", &report));
        write_numbers(memory.stream, counts[i]);
        expect_ok(se_memory_close(&memory, "a test", &report));
        expect_equal(strlen(memory.bytes), memory.n);
        at = memory.bytes;
        for (; *at && strtol(at, &at, 10) == n; n++)
            at++;
        expect_equal(n, counts[i]);
        free(memory.bytes);
    }
}

#ifndef __SANITIZE_ADDRESS__
/* With room for some of it, which the writer does not notice. */
TEST(fails)
{
    struct rlimit before, none;
    struct se_memory memory;
    int status;

    expect_equal(getrlimit(RLIMIT_AS, &before), 0);
    none = before;
    none.rlim_cur = 1;
    expect_ok(se_memory_open(&memory, "a test", &report));
    write_numbers(memory.stream, 300);
    fflush(memory.stream);
    expect_equal(setrlimit(RLIMIT_AS, &none), 0);
    write_numbers(memory.stream, 3000000);
    status = se_memory_close(&memory, "a test", &report);
    expect_equal(setrlimit(RLIMIT_AS, &before), 0);
    expect_equal(status, SE_ERR_MEMORY);
    expect_contains(report.text, "out of memory for a test");
    expect(!memory.bytes);
}
#endif
