/* bytes_private.h - a file that grows in memory and is written when it is
 * whole. */
#ifndef SE_EXPORT_BYTES_PRIVATE_H
#define SE_EXPORT_BYTES_PRIVATE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Zeroed: empty. */
struct se_bytes {
    uint8_t *at; /* [n] */
    size_t n, capacity;
    int is_broken; /* memory ran out */
};

void se_bytes_free(struct se_bytes *bytes);

/* Appends n bytes. */
void se_bytes_put(struct se_bytes *bytes, const void *from, size_t n);

/* Moves all of the other's to the end of these. */
void se_bytes_move(struct se_bytes *bytes, struct se_bytes *other);

/* Writes the file, unless memory ran out, and frees the bytes. */
int se_bytes_write(struct se_bytes *bytes, const char *path,
                   struct se_report *report);

#endif
