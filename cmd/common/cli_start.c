/* cli_start.c - what a program sets up before all else. */
#include "common/cli.h"

#include <fcntl.h>
#include <unistd.h>

/* Whoever starts a program without the first three descriptors must not get its
 * messages into the first files that it opens: these are errors to write to, or
 * to read from, as they were. */
static void fill_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return;
    }
}

void cli_start(void)
{
    fill_descriptors();
    cli_start_signals();
    cli_start_output();
    cli_start_errors();
    cli_start_remarks();
}
