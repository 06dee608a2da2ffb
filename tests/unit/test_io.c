/* test_io.c - transfers that the system breaks off still come out whole. */
#include "check.h"
#include "files/io.h"

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

/* Signals that end whatever call is waiting, so often or (0) never; too often,
 * and a slow machine would get to nothing else. */
static void ring(int microseconds)
{
    const struct sigaction action = {.sa_handler = ignore};
    const struct itimerval every = {{0, microseconds}, {0, microseconds}};

    expect_equal(sigaction(SIGALRM, &action, NULL), 0);
    expect_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
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

    expect(bytes);
    expect_equal(pipe2(ends, flags), 0);
    transfer.fd = ends[1];
    ring(10000);
    expect_equal(pthread_create(&writer, NULL, write_all, &transfer), 0);

    int64_t n = se_read_fully(ends[0], bytes, N_BYTES + 1);

    pthread_join(writer, NULL);
    ring(0);
    close(ends[0]);
    expect_equal(transfer.result, 0);
    expect_equal(n, N_BYTES);
    for (size_t i = 0; i < N_BYTES; i++)
        if (bytes[i] != byte_at(i))
            fail_test("byte %zu is %d", i, bytes[i]);
    free(bytes);
}

TEST(pipes)
{
    check_pipe(0);
    check_pipe(O_NONBLOCK);
}

TEST(at_a_place)
{
    char found[12] = "";
    int fd = open(in_scratch("file"), O_RDWR | O_CREAT | O_TRUNC, 0666);

    expect(fd >= 0);
    expect_equal(se_write_fully(fd, "0123456789", 10), 0);
    expect_equal(se_write_fully_at(fd, "abc", 3, 4), 0);
    expect_equal(se_write_fully(fd, "!", 1), 0);
    expect_equal(lseek(fd, 0, SEEK_SET), 0);
    expect_equal(se_read_fully(fd, found, sizeof found), 11);
    expect_bytes(found, "0123abc789!", 11);
    close(fd);
}

TEST(failures)
{
    int full = open("/dev/full", O_WRONLY);
    char byte = 0;

    expect(full >= 0);
    expect_equal(se_write_fully(full, &byte, 1), -1);
    expect_equal(errno, ENOSPC);
    expect_equal(se_read_fully(full, &byte, 1), -1);
    expect_equal(errno, EBADF);
    close(full);
    expect_equal(se_write_fully_at(full, &byte, 1, 0), -1);
    expect_equal(errno, EBADF);
}
