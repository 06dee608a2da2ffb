/* io.c - whole reads and writes. */
#include "files/io.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* Whether to try again after a failed call; waits where it would have had to
 * wait. */
static int is_passing(int fd, short events)
{
    struct pollfd line = {.fd = fd, .events = events};

    if (errno == EINTR)
        return 1;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return 0;
    return poll(&line, 1, -1) >= 0 || errno == EINTR;
}

int64_t se_read_fully(int fd, void *bytes, size_t n)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(fd, (char *)bytes + done, n - done);

        if (got == 0)
            break;
        if (got > 0)
            done += (size_t)got;
        else if (!is_passing(fd, POLLIN))
            return -1;
    }
    return (int64_t)done;
}

int se_write_fully(int fd, const void *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t put = write(fd, (const char *)bytes + done, n - done);

        if (put >= 0)
            done += (size_t)put;
        else if (!is_passing(fd, POLLOUT))
            return -1;
    }
    return 0;
}

int se_write_fully_at(int fd, const void *bytes, size_t n, int64_t offset)
{
    for (size_t done = 0; done < n;) {
        ssize_t put = pwrite(fd, (const char *)bytes + done, n - done,
                             (off_t)(offset + (int64_t)done));

        if (put > 0) {
            done += (size_t)put;
        } else if (put == 0) {
            errno = ENOSPC;
            return -1;
        } else if (!is_passing(fd, POLLOUT)) {
            return -1;
        }
    }
    return 0;
}
