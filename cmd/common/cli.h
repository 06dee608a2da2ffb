/* cli.h - what all programs share: messages, exit status, progress. */
#ifndef CMD_COMMON_CLI_H
#define CMD_COMMON_CLI_H

#include "base/status.h"

#include <signal.h>
#include <stdio.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_STOPPED = 130 };

extern const char *cli_name; /* "se-train" */
extern int cli_quiet;        /* -q: no progress, no remarks */

/* Called by cli_die before it says why; NULL: nothing. */
extern void (*cli_before_death)(void);

/* "<name>: <text>" on standard error; a remark is silenced by -q. On a terminal
 * the name has a colour, unless NO_COLOR is set. */
void cli_remark(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cli_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void cli_die(int exit_status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* From now on standard error has our messages alone: what libraries write
 * there, at any time and from any thread, goes nowhere. */
void cli_hush_libraries(void);

/* Exits with the report's text if `status` is not SE_OK: 130 when stopped,
 * else 1. */
void cli_check(int status, const struct se_report *report);

/* The same for what the command line asks for, where SE_ERR_ARG is wrong usage:
 * exit status 2. The text follows `option`, such as "--plot: ", or "". */
void cli_check_usage(const char *option, int status,
                     const struct se_report *report);

/* se_make_folder for a folder that output goes to. Of those that it made, what
 * is empty when the program ends is removed by cli_remove_folders, which a
 * signal's handler may call. */
int cli_make_folder(const char *path, struct se_report *report);
void cli_remove_folders(void);

/* How many processors there are, `most` at most. */
int cli_processors(int most);

/* Prints the version to standard output and exits 0. */
_Noreturn void cli_version(void);

/* Prints a name in a line of a table on standard output, whatever is in it, and
 * fills it up to `width` characters; how many it has. */
void cli_print_name(const char *name, int width);
int cli_name_width(const char *name);

/* Closes standard output; a full disk is an error (exit status 1). */
void cli_close_stdout(void);

/* Called by options_parse, once cli_name is set: from now on a signal ends the
 * program with status 130, without temporary files left; a pipe that nobody
 * reads and a limit on file sizes are errors of the write; standard output
 * waits where it must, and a terminal behind it gets no control characters;
 * what the decoder of MPEG audio prints is counted, and becomes one line at the
 * end; remarks of the library (base/remark.h) are warnings, but advice is
 * silenced by -q. */
void cli_start(void);
void cli_start_remarks(void);
void cli_start_signals(void);
void cli_start_output(void);
void cli_start_errors(void);

/* Standard error as it was, for our messages; NULL: stderr still is that. */
extern FILE *cli_error;

/* A signal ends the program without a word: another process says why. */
extern int cli_ends_silently;

/* After cli_catch_signals this becomes 1 on the first SIGINT, SIGQUIT, SIGTERM,
 * SIGHUP, SIGUSR1, SIGUSR2 or SIGXCPU; a second one of the first four ends the
 * program at once, unless cli_waits is set. */
extern volatile sig_atomic_t cli_stop;
extern volatile sig_atomic_t cli_waits;
void cli_catch_signals(void);

/* Instead, for what keeps nothing that is not done: the first one ends the
 * program at once, SIGINT in a shell's background job as well. */
void cli_end_on_signals(void);

/* Called before a signal ends the program, by the handler; NULL: nothing. */
extern void (*cli_before_exit)(void);

/* A line on standard error, redrawn at most ten times a second, shown on a
 * terminal only and not with -q: label, done/total, rate, time left.
 * total <= 0: not known; `before` may be set after the start: what was done
 * already. */
struct cli_progress {
    const char *label, *unit;
    double total, started, drawn, before;
    int on;
};
void cli_progress_start(struct cli_progress *progress, const char *label,
                        const char *unit, double total);
void cli_progress_update(struct cli_progress *progress, double done,
                         const char *note);
void cli_progress_end(struct cli_progress *progress);

/* The same with a line of the caller's own making; returns whether it is time
 * to draw one, for NULL as well. */
int cli_progress_line(struct cli_progress *progress, const char *line);

#endif
