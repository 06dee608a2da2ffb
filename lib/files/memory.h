/* memory.h - a stream that writes to memory and fails when memory runs out,
 * where that of open_memstream drops the rest silently. */
#ifndef SE_FILES_MEMORY_H
#define SE_FILES_MEMORY_H

#include "base/status.h"

#include <stddef.h>
#include <stdio.h>

/* Stays where it is while it is open. */
struct se_memory {
    FILE *stream;
    char *bytes; /* [n], and a zero; whole only when it is closed */
    size_t n, capacity;
    int failed;
};

/* `name` is for messages. */
int se_memory_open(struct se_memory *memory, const char *name,
                   struct se_report *report);

/* All that was written is in memory->bytes, to be freed; NULL on failure. Write
 * errors are found here, callers need not look for them before. */
int se_memory_close(struct se_memory *memory, const char *name,
                    struct se_report *report);

#endif
