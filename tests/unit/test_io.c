/* test_io.c - transfers that the system breaks off still come out whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/io.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

enum { N_BYTES = 5000000 };

static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 7 + i / 251);
}

static void ignore(int signal)
{
    (void)signal;
}

/* Signals that end whatever call is waiting, each millisecond or never. */
static void ring(int microseconds)
{
    const struct sigaction action = {.sa_handler = ignore};
    const struct itimerval every = {{0, microseconds}, {0, microseconds}};

    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

struct transfer {
    int fd;
    int result;
};

static void *write_all(void *context)
{
    struct transfer *transfer = context;
    uint8_t *bytes = malloc(N_BYTES);

    transfer->result = -2;
    if (bytes) {
        for (size_t i = 0; i < N_BYTES; i++)
            bytes[i] = byte_at(i);
        transfer->result = se_write_fully(transfer->fd, bytes, N_BYTES);
        free(bytes);
    }
    close(transfer->fd);
    return NULL;
}

/* Through a pipe of flags O_NONBLOCK or 0, more than it holds at once. */
static void check_pipe(int flags)
{
    uint8_t *bytes = malloc(N_BYTES + 1);
    struct transfer transfer = {0};
    pthread_t writer;
    int ends[2];

    assert_non_null(bytes);
    assert_int_equal(pipe2(ends, flags), 0);
    transfer.fd = ends[1];
    ring(1000);
    assert_int_equal(pthread_create(&writer, NULL, write_all, &transfer), 0);

    int64_t n = se_read_fully(ends[0], bytes, N_BYTES + 1);

    pthread_join(writer, NULL);
    ring(0);
    close(ends[0]);
    assert_int_equal(transfer.result, 0);
    assert_int_equal(n, N_BYTES);
    for (size_t i = 0; i < N_BYTES; i++)
        if (bytes[i] != byte_at(i))
            fail_msg("byte %zu is %d", i, bytes[i]);
    free(bytes);
}

static void test_pipes(void **state)
{
    (void)state;
    check_pipe(0);
    check_pipe(O_NONBLOCK);
}

static void test_at_a_place(void **state)
{
    char found[12] = "";
    int fd = open(in_scratch("file"), O_RDWR | O_CREAT | O_TRUNC, 0666);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(se_write_fully(fd, "0123456789", 10), 0);
    assert_int_equal(se_write_fully_at(fd, "abc", 3, 4), 0);
    assert_int_equal(se_write_fully(fd, "!", 1), 0);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_int_equal(se_read_fully(fd, found, sizeof found), 11);
    assert_memory_equal(found, "0123abc789!", 11);
    close(fd);
}

static void test_failures(void **state)
{
    int full = open("/dev/full", O_WRONLY);
    char byte = 0;

    (void)state;
    assert_true(full >= 0);
    assert_int_equal(se_write_fully(full, &byte, 1), -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(se_read_fully(full, &byte, 1), -1);
    assert_int_equal(errno, EBADF);
    close(full);
    assert_int_equal(se_write_fully_at(full, &byte, 1, 0), -1);
    assert_int_equal(errno, EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipes),
        cmocka_unit_test(test_at_a_place),
        cmocka_unit_test(test_failures),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
