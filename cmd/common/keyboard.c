/* keyboard.c - single keys, while something else goes on. */
#include "common/keyboard.h"

#include "common/cli.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios ordinary, by_key;
static int is_open;

/* tcsetattr may be called in signal handlers. */
static void restore(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &ordinary);
}

/* Ctrl-Z, and what follows `fg`. */
static void on_stop(int number)
{
    (void)number;
    restore();
    raise(SIGSTOP);
    if (tcgetpgrp(STDIN_FILENO) == getpgrp())
        tcsetattr(STDIN_FILENO, TCSANOW, &by_key);
}

static void catch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};

    cli_before_exit = restore;
    sigaction(SIGTSTP, &stop, NULL);
}

int keyboard_open(void)
{
    if (!isatty(STDIN_FILENO) || tcgetpgrp(STDIN_FILENO) != getpgrp() ||
        tcgetattr(STDIN_FILENO, &ordinary) != 0)
        return 0;
    by_key = ordinary;
    by_key.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    by_key.c_cc[VMIN] = 0;
    by_key.c_cc[VTIME] = 0;
    catch_signals();
    tcsetattr(STDIN_FILENO, TCSANOW, &by_key);
    if (!is_open)
        atexit(keyboard_close);
    is_open = 1;
    return 1;
}

void keyboard_close(void)
{
    if (is_open)
        restore();
    is_open = 0;
}

int keyboard_key(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char key;

    if (!is_open || poll(&input, 1, 0) <= 0 || read(STDIN_FILENO, &key, 1) != 1)
        return -1;
    return key;
}
