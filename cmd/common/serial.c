/* serial.c - a serial line. */
#include "common/serial.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const struct {
    int baud;
    speed_t code;
} speeds[] = {
    {9600, B9600},       {19200, B19200},     {38400, B38400},
    {57600, B57600},     {115200, B115200},   {230400, B230400},
    {460800, B460800},   {500000, B500000},   {576000, B576000},
    {921600, B921600},   {1000000, B1000000}, {1152000, B1152000},
    {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000},
    {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000},
};

int serial_set_speed(int fd, const char *path, int baud,
                     struct se_report *report)
{
    struct termios line;
    size_t i = 0, n = sizeof speeds / sizeof *speeds;

    while (i < n && speeds[i].baud != baud)
        i++;
    if (i == n)
        return se_fail(report, SE_ERR_ARG,
                       "%s: %d baud is no speed of serial lines (the board's "
                       "are 115200 and 921600)",
                       path, baud);
    if (tcgetattr(fd, &line) != 0)
        return se_fail(report, SE_ERR_ARG, "%s: is not a serial line", path);
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
    cfsetspeed(&line, speeds[i].code);
    if (tcsetattr(fd, TCSANOW, &line) != 0)
        return se_fail(report, SE_ERR_ARG, "%s: cannot do %d baud", path, baud);
    tcflush(fd, TCIFLUSH);
    return SE_OK;
}

int serial_open(int *fd, const char *path, int baud, struct se_report *report)
{
    *fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0)
        return se_fail_errno(report, path, "cannot open the board's line");

    int status = serial_set_speed(*fd, path, baud, report);

    if (status != SE_OK) {
        close(*fd);
        *fd = -1;
    }
    return status;
}

int serial_read(int fd, uint8_t *bytes, size_t max, size_t *n, int wait_ms,
                const char *path, struct se_report *report)
{
    struct pollfd input = {.fd = fd, .events = POLLIN};

    *n = 0;
    if (poll(&input, 1, wait_ms) <= 0)
        return SE_OK;

    ssize_t got = read(fd, bytes, max);

    if (got > 0)
        *n = (size_t)got;
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        return se_fail(report, SE_ERR_IO, "%s: the board is gone", path);
    return SE_OK;
}

int serial_write(int fd, const void *bytes, size_t n, const char *path,
                 struct se_report *report)
{
    if (se_write_fully(fd, bytes, n) != 0)
        return se_fail_errno(report, path, "cannot write to the board");
    return SE_OK;
}
