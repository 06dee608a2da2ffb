/* io.h - descriptors read and written to the last byte, whatever the system
 * breaks off: signals, short transfers, lines that do not wait (O_NONBLOCK).
 */
#ifndef SE_BASE_IO_H
#define SE_BASE_IO_H

#include <stddef.h>
#include <stdint.h>

/* Reads n bytes unless the end comes first; how many, or -1 with errno. */
int64_t se_read_fully(int fd, void *bytes, size_t n);

/* Writes all n bytes; 0, or -1 with errno. */
int se_write_fully(int fd, const void *bytes, size_t n);

/* The same at a place in a file; where the descriptor stands is left alone. */
int se_write_fully_at(int fd, const void *bytes, size_t n, int64_t offset);

#endif
