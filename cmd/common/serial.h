/* serial.h - a serial line, or a pseudo-terminal that stands for one. */
#ifndef CMD_COMMON_SERIAL_H
#define CMD_COMMON_SERIAL_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* The board's line begins with this. */
enum { SERIAL_SLOW_BAUD = 115200 };

/* Opens `path` for bytes as they are: 8 bits, no parity, 1 stop bit. *fd is -1
 * on failure. */
int serial_open(int *fd, const char *path, int baud, struct se_report *report);

/* Drops what has come and was not read. */
int serial_set_speed(int fd, const char *path, int baud,
                     struct se_report *report);

/* Waits up to wait_ms for bytes and takes up to `max` of them; *n may be 0.
 * SE_ERR_IO: the line is gone. */
int serial_read(int fd, uint8_t *bytes, size_t max, size_t *n, int wait_ms,
                const char *path, struct se_report *report);

/* All of them. */
int serial_write(int fd, const void *bytes, size_t n, const char *path,
                 struct se_report *report);

#endif
