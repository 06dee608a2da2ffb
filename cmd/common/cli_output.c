/* cli_output.c - standard output, whatever is behind it; standard error,
 * whoever writes to it. */
#include "common/cli.h"

#include "base/remark.h"
#include "base/utf8.h"
#include "files/io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_terminal;
static char last = '\n'; /* byte that went to the terminal */

/* A terminal is given text, and what file names or tags hold besides is not for
 * it to obey. Files and pipes are given the bytes. */
static int write_terminal(const char *bytes, size_t n)
{
    char shown[512];

    for (size_t i = 0; i < n;) {
        size_t part = n - i < sizeof shown ? n - i : sizeof shown;

        memcpy(shown, bytes + i, part);
        last = se_utf8_tame(shown, part, last);
        if (se_write_fully(STDOUT_FILENO, shown, part) != 0)
            return -1;
        i += part;
    }
    return 0;
}

/* All or an error: a pipe that does not wait (O_NONBLOCK) is waited for. */
static ssize_t on_write(void *unused, const char *bytes, size_t n)
{
    (void)unused;
    if ((is_terminal ? write_terminal(bytes, n)
                     : se_write_fully(STDOUT_FILENO, bytes, n)) != 0)
        return 0; /* fopencookie(3): an error, errno says which */
    return (ssize_t)n;
}

static int on_close(void *unused)
{
    (void)unused;
    return close(STDOUT_FILENO);
}

void cli_start_output(void)
{
    const cookie_io_functions_t functions = {.write = on_write,
                                             .close = on_close};
    FILE *stream = fopencookie(NULL, "w", functions);

    if (!stream)
        return; /* the ordinary one will do */
    is_terminal = isatty(STDOUT_FILENO);
    setvbuf(stream, NULL, is_terminal ? _IOLBF : _IOFBF, BUFSIZ);
    stdout = stream;
}

/* ---- standard error ------------------------------------------------------ */

/* libmpg123 prints what it finds wrong, and libsndfile has no way to ask it for
 * silence. */
static int is_by_mpg123(const char *bytes, size_t n)
{
    static const char note[] = "Note: ", library[] = "libmpg123/";

    if (n > sizeof note && memcmp(bytes, note, sizeof note - 1) == 0)
        return 1;
    if (n == 0 || bytes[0] != '[' ||
        !memmem(bytes, n, library, sizeof library - 1))
        return 0;
    se_remark_damage();
    return 1;
}

/* Unbuffered: what is printed at once comes at once. */
static ssize_t on_error(void *unused, const char *bytes, size_t n)
{
    (void)unused;
    if (!is_by_mpg123(bytes, n) && se_write_fully(STDERR_FILENO, bytes, n) != 0)
        return 0;
    return (ssize_t)n;
}

void cli_start_errors(void)
{
    const cookie_io_functions_t functions = {.write = on_error};
    FILE *stream = fopencookie(NULL, "w", functions);

    if (!stream)
        return;
    setvbuf(stream, NULL, _IONBF, 0);
    cli_error = stderr;
    stderr = stream;
}
