/* cli_signals.c - what signals do to a program: it ends in good order. */
#include "common/cli.h"

#include "files/io.h"
#include "files/temporary.h"

#include <string.h>
#include <unistd.h>

volatile sig_atomic_t cli_stop;
volatile sig_atomic_t cli_waits;
int cli_ends_silently;
void (*cli_before_exit)(void);

/* Ctrl-C and Ctrl-\, kill, a terminal that is closed; what clusters send before
 * they kill (SLURM's --signal, a limit on the processor's time). */
static const int last_signals[] = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,
                                   SIGUSR1, SIGUSR2, SIGXCPU};
enum { N_LAST = sizeof last_signals / sizeof *last_signals };

static char last_words[64]; /* made before: a handler may not print */

static _Noreturn void end_at_once(void)
{
    se_temporary_abandon();
    cli_remove_folders();
    if (cli_before_exit)
        cli_before_exit();
    _exit(EXIT_STOPPED);
}

static void on_end(int number)
{
    (void)number;
    if (!cli_ends_silently)
        se_write_fully(STDERR_FILENO, last_words, strlen(last_words));
    end_at_once();
}

/* Clusters repeat theirs: only people mean the second one. */
static void on_stop(int number)
{
    int is_impatient = number == SIGINT || number == SIGQUIT ||
                       number == SIGTERM || number == SIGHUP;

    if (cli_stop && is_impatient && !cli_waits)
        end_at_once();
    cli_stop = 1;
}

static int is_ignored(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 &&
           action.sa_handler == SIG_IGN;
}

void cli_start_signals(void)
{
    struct sigaction action = {.sa_handler = on_end};

    snprintf(last_words, sizeof last_words, "%.40s: interrupted\n", cli_name);
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < N_LAST; i++) {
        if (!is_ignored(last_signals[i]))
            sigaction(last_signals[i], &action, NULL);
    }
    /* Limits on file sizes and pipes that nobody reads are errors of the write,
     * not a silent end. */
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    for (int i = 0; i < N_LAST; i++) {
        const int number = last_signals[i];

        /* A shell's background job has SIGINT ignored, and is stopped by it
         * nonetheless; under nohup SIGHUP is ignored for good. */
        if (number == SIGINT || number == SIGTERM || !is_ignored(number))
            sigaction(number, &action, NULL);
    }
}

void cli_catch_signals(void)
{
    handle(on_stop);
}

void cli_end_on_signals(void)
{
    handle(on_end);
}
