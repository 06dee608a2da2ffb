/* serial.h - a serial line, or a pseudo-terminal that stands for one. */
#ifndef CMD_COMMON_SERIAL_H
#define CMD_COMMON_SERIAL_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* The board's line begins with this. */
enum { SERIAL_SLOW_BAUD = 115200 };

struct serial {
    int fd; /* -1: not open */
    const char *path;
};

/* Opens `path`, which must outlive the line, for bytes as they are: 8 bits, no
 * parity, 1 stop bit. */
int serial_open(struct serial *line, const char *path, int baud,
                struct se_report *report);

/* Safe on a line that is not open. */
void serial_close(struct serial *line);

/* Drops what has come and was not read. */
int serial_set_speed(const struct serial *line, int baud,
                     struct se_report *report);

/* Waits up to wait_ms for bytes and takes up to `max` of them. Returns how
 * many, perhaps 0; SE_ERR_IO: the line is gone. */
int serial_read(const struct serial *line, uint8_t *bytes, int max, int wait_ms,
                struct se_report *report);

/* All of them. */
int serial_write(const struct serial *line, const void *bytes, size_t n,
                 struct se_report *report);

#endif
