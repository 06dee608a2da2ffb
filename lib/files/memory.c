/* memory.c - a stream that writes to memory. */
#include "files/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 4096 };

/* Room for n more bytes and a zero. */
static int reserve(struct se_memory *memory, size_t n)
{
    size_t capacity = memory->capacity ? memory->capacity : FIRST_BYTES;
    char *larger;

    while (capacity - memory->n <= n) {
        if (__builtin_mul_overflow(capacity, 2, &capacity))
            return -1;
    }
    if (capacity == memory->capacity)
        return 0;
    larger = realloc(memory->bytes, capacity);
    if (!larger)
        return -1;
    memory->bytes = larger;
    memory->capacity = capacity;
    return 0;
}

static ssize_t on_write(void *cookie, const char *bytes, size_t n)
{
    struct se_memory *memory = cookie;

    if (memory->failed || reserve(memory, n) != 0) {
        memory->failed = 1;
        return 0; /* fopencookie(3): an error */
    }
    memcpy(memory->bytes + memory->n, bytes, n);
    memory->n += n;
    memory->bytes[memory->n] = '\0';
    return (ssize_t)n;
}

int se_memory_open(struct se_memory *memory, const char *name,
                   struct se_report *report)
{
    static const cookie_io_functions_t functions = {.write = on_write};

    *memory = (struct se_memory){0};
    memory->stream = fopencookie(memory, "w", functions);
    return memory->stream ? SE_OK : se_fail_memory(report, name);
}

int se_memory_close(struct se_memory *memory, const char *name,
                    struct se_report *report)
{
    int failed = fclose(memory->stream) != 0;

    memory->stream = NULL;
    /* Nothing was written: that takes a byte as well. */
    if (!failed && !memory->failed && on_write(memory, "", 0) == 0 &&
        !memory->failed)
        return SE_OK;
    free(memory->bytes);
    *memory = (struct se_memory){.failed = 1};
    return se_fail_memory(report, name);
}
