/* io.h - complete reads and writes, in spite of signals, short transfers and
 * descriptors that do not block (O_NONBLOCK). */
#ifndef SE_FILES_IO_H
#define SE_FILES_IO_H

#include <stddef.h>
#include <stdint.h>

/* Reads n bytes, fewer only at the end; returns how many, or -1 with errno. */
int64_t se_read_fully(int fd, void *bytes, size_t n);

/* Writes all n bytes; returns 0, or -1 with errno. */
int se_write_fully(int fd, const void *bytes, size_t n);

/* The same at a place in a file; the descriptor's own offset stays. */
int se_write_fully_at(int fd, const void *bytes, size_t n, int64_t offset);

#endif
