/* faults.c - lets one call of a program fail; to be preloaded.
 *
 * FAULT_CALL is write, fsync, close, rename, open, read, flush or malloc,
 * FAULT_AT the number of the call that fails, from 1 on (0: none), FAULT_COUNT
 * a file that is given the number of such calls at the end. Calls within the C
 * library are not seen; flush stands for those of its streams. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

extern void *__libc_malloc(size_t n);

static char chosen[16];
static long at;
static atomic_long n_calls;

__attribute__((constructor)) static void begin(void)
{
    const char *call = getenv("FAULT_CALL"), *number = getenv("FAULT_AT");

    at = number ? atol(number) : 0;
    snprintf(chosen, sizeof chosen, "%s", call ? call : "");
    atomic_store(&n_calls, 0);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;

    if (file) {
        fprintf(file, "%ld\n", atomic_load(&n_calls));
        fclose(file);
    }
}

/* Whether this call is the one, errno set. */
static int fails(const char *call, int error)
{
    if (strcmp(call, chosen) != 0 || atomic_fetch_add(&n_calls, 1) + 1 != at)
        return 0;
    errno = error;
    return 1;
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (fd > 2 && fails("write", ENOSPC))
        return -1;
    return NEXT(ssize_t(*)(int, const void *, size_t), "write")(fd, bytes, n);
}

ssize_t read(int fd, void *bytes, size_t n)
{
    if (fails("read", EIO))
        return -1;
    return NEXT(ssize_t(*)(int, void *, size_t), "read")(fd, bytes, n);
}

int fsync(int fd)
{
    return fails("fsync", EIO) ? -1 : NEXT(int (*)(int), "fsync")(fd);
}

/* Closes all the same, as the system does. */
int close(int fd)
{
    int result = NEXT(int (*)(int), "close")(fd);

    return fails("close", EIO) ? -1 : result;
}

int renameat(int from, const char *a, int to, const char *b)
{
    if (fails("rename", EIO))
        return -1;
    return NEXT(int (*)(int, const char *, int, const char *),
                "renameat")(from, a, to, b);
}

int open(const char *path, int flags, ...)
{
    va_list args;
    int mode;

    va_start(args, flags);
    mode = va_arg(args, int);
    va_end(args);
    if (fails("open", EMFILE))
        return -1;
    return NEXT(int (*)(const char *, int, ...), "open")(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list args;
    int mode;

    va_start(args, flags);
    mode = va_arg(args, int);
    va_end(args);
    if (fails("open", EMFILE))
        return -1;
    return NEXT(int (*)(int, const char *, int, ...), "openat")(folder, path,
                                                                flags, mode);
}

int fflush(FILE *stream)
{
    if (stream != stderr && fails("flush", ENOSPC))
        return EOF;
    return NEXT(int (*)(FILE *), "fflush")(stream);
}

void *malloc(size_t n)
{
    return fails("malloc", ENOMEM) ? NULL : __libc_malloc(n);
}
