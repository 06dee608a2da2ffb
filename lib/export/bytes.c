/* bytes.c - bytes in memory on their way into a file. */
#include "export/bytes_private.h"

#include "files/atomic.h"

#include <stdlib.h>
#include <string.h>

void se_bytes_free(struct se_bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct se_bytes){0};
}

void se_bytes_put(struct se_bytes *bytes, const void *from, size_t n)
{
    if (bytes->is_broken || n == 0)
        return;
    if (n > bytes->capacity - bytes->n) {
        size_t capacity = 2 * (bytes->n + n);
        uint8_t *larger = realloc(bytes->at, capacity);

        if (!larger) {
            bytes->is_broken = 1;
            return;
        }
        bytes->at = larger;
        bytes->capacity = capacity;
    }
    memcpy(bytes->at + bytes->n, from, n);
    bytes->n += n;
}

void se_bytes_move(struct se_bytes *bytes, struct se_bytes *other)
{
    bytes->is_broken |= other->is_broken;
    se_bytes_put(bytes, other->at, other->n);
    se_bytes_free(other);
}

int se_bytes_write(struct se_bytes *bytes, const char *path,
                   struct se_report *report)
{
    struct se_atomic_file file;
    int status = bytes->is_broken ? se_fail_memory(report, path)
                                  : se_atomic_open(&file, path, report);

    if (status == SE_OK) {
        /* What cannot be written shows when it is committed. */
        fwrite(bytes->at, 1, bytes->n, file.stream);
        status = se_atomic_commit(&file, report);
    }
    se_bytes_free(bytes);
    return status;
}
