/* serial.c - a serial line. */
#include "common/serial.h"

#include "files/io.h"

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

int serial_set_speed(const struct serial *line, int baud,
                     struct se_report *report)
{
    struct termios settings;
    size_t i = 0, n = sizeof speeds / sizeof *speeds;

    while (i < n && speeds[i].baud != baud)
        i++;
    if (i == n)
        return se_fail(report, SE_ERR_ARG,
                       "%s: %d baud is not a speed of serial lines (the "
                       "board's are 115200 and 921600)",
                       line->path, baud);
    if (tcgetattr(line->fd, &settings) != 0)
        return se_fail(report, SE_ERR_ARG, "%s: is not a serial line",
                       line->path);
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    settings.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
    cfsetspeed(&settings, speeds[i].code);
    if (tcsetattr(line->fd, TCSANOW, &settings) != 0)
        return se_fail(report, SE_ERR_ARG, "%s: cannot do %d baud", line->path,
                       baud);
    tcflush(line->fd, TCIFLUSH);
    return SE_OK;
}

int serial_open(struct serial *line, const char *path, int baud,
                struct se_report *report)
{
    line->path = path;
    line->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (line->fd < 0)
        return se_fail_errno(report, path, "cannot open the board's line");

    int status = serial_set_speed(line, baud, report);

    if (status != SE_OK)
        serial_close(line);
    return status;
}

void serial_close(struct serial *line)
{
    if (line->fd >= 0)
        close(line->fd);
    line->fd = -1;
}

int serial_read(const struct serial *line, uint8_t *bytes, int max, int wait_ms,
                struct se_report *report)
{
    struct pollfd input = {.fd = line->fd, .events = POLLIN};

    if (poll(&input, 1, wait_ms) <= 0)
        return 0;

    ssize_t n = read(line->fd, bytes, (size_t)max);

    if (n > 0)
        return (int)n;
    if (n == 0 || (errno != EAGAIN && errno != EINTR))
        return se_fail(report, SE_ERR_IO, "%s: the board is gone", line->path);
    return 0;
}

int serial_write(const struct serial *line, const void *bytes, size_t n,
                 struct se_report *report)
{
    if (se_write_fully(line->fd, bytes, n) != 0)
        return se_fail_errno(report, line->path, "cannot write to the board");
    return SE_OK;
}
