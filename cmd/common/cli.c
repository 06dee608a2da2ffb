/* cli.c - messages, exit status and progress of all programs. */
#include "common/cli.h"

#include "base/clock.h"
#include "base/line.h"
#include "base/utf8.h"
#include "files/io.h"
#include "files/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *cli_name;
int cli_quiet;
void (*cli_before_death)(void);

FILE *cli_error;
static int is_hushed;
static int progress_drawn; /* a progress line stands on the terminal */

/* ---- messages ----------------------------------------------------------- */

static FILE *error_stream(void)
{
    return cli_error ? cli_error : stderr;
}

void cli_hush_libraries(void)
{
    int terminal = dup(STDERR_FILENO);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    FILE *stream = terminal >= 0 ? fdopen(terminal, "w") : NULL;

    if (stream && nowhere >= 0 && !is_hushed) {
        setvbuf(stream, NULL, _IONBF, 0);
        fcntl(terminal, F_SETFD, FD_CLOEXEC);
        dup2(nowhere, STDERR_FILENO);
        cli_error = stream;
        is_hushed = 1;
    } else if (stream) {
        fclose(stream);
    }
    if (nowhere >= 0)
        close(nowhere);
}

/* A terminal that lines can be redrawn on, and that has colours. */
static int on_terminal(void)
{
    const char *kind = getenv("TERM");

    return isatty(fileno(error_stream())) &&
           !(kind && strcmp(kind, "dumb") == 0);
}

/* See no-color.org. */
static int has_colours(void)
{
    const char *no_color = getenv("NO_COLOR");

    return on_terminal() && !(no_color && *no_color);
}

static void clear_progress(void)
{
    if (progress_drawn)
        fputs("\r\033[K", error_stream());
    progress_drawn = 0;
}

static void print_message(int is_wrong, const char *format, va_list args)
{
    const char *start = "", *end = "";
    char text[2048], line[sizeof text + 256];

    if (has_colours()) {
        start = is_wrong ? "\033[1;31m" : "\033[1m"; /* bold; red, too */
        end = "\033[0m";
    }
    se_line_format(text, sizeof text, format, args);
    clear_progress();
    snprintf(line, sizeof line, "%s%s:%s %s\n", start, cli_name, end, text);
    /* In one piece, and in full where the line does not wait (O_NONBLOCK). */
    fflush(error_stream());
    se_write_fully(fileno(error_stream()), line, strlen(line));
}

void cli_remark(const char *format, ...)
{
    va_list args;

    if (cli_quiet)
        return;
    va_start(args, format);
    print_message(0, format, args);
    va_end(args);
}

void cli_warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_message(1, format, args);
    va_end(args);
}

void cli_die(int exit_status, const char *format, ...)
{
    va_list args;

    if (cli_before_death)
        cli_before_death();
    se_temporary_abandon();
    va_start(args, format);
    print_message(1, format, args);
    va_end(args);
    exit(exit_status);
}

void cli_check(int status, const struct se_report *report)
{
    if (status != SE_OK)
        cli_die(status == SE_ERR_STOPPED ? EXIT_STOPPED : EXIT_FAILED, "%s",
                report->text);
}

void cli_check_usage(const char *option, int status,
                     const struct se_report *report)
{
    if (status == SE_ERR_ARG)
        cli_die(EXIT_USAGE, "%s%s", option, report->text);
    cli_check(status, report);
}

int cli_processors(int most)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > most ? most : (int)n;
}

void cli_version(void)
{
    printf("%s (nnse-c) %s\n", cli_name, SE_VERSION);
    cli_close_stdout();
    exit(EXIT_DONE);
}

void cli_close_stdout(void)
{
    int failed = fflush(stdout) != 0 || ferror(stdout);
    int reason = errno;

    /* A program started without a standard output has nothing to lose. */
    if (fclose(stdout) != 0 && errno != EBADF) {
        failed = 1;
        reason = errno;
    }
    if (failed)
        cli_die(EXIT_FAILED, "standard output: cannot write: %s",
                strerror(reason));
}

/* ---- progress ----------------------------------------------------------- */

void cli_progress_start(struct cli_progress *progress, const char *label,
                        const char *unit, double total)
{
    *progress = (struct cli_progress){
        .label = label,
        .unit = unit,
        .total = total,
        .started = se_clock_s(SE_CLOCK_WALL),
        .on = !cli_quiet && on_terminal(),
    };
}

/* "950", "12.3 k", "1.85 M" */
static const char *short_number(char text[32], double value)
{
    const char *suffix = "";

    if (value >= 1e6) {
        value /= 1e6;
        suffix = " M";
    } else if (value >= 1e4) {
        value /= 1e3;
        suffix = " k";
    }
    snprintf(text, 32, "%.*f%s",
             value < 10    ? 2
             : value < 100 ? 1
                           : 0,
             value, suffix);
    return text;
}

/* "0:07", "12:34", "3:25:45" */
static const char *short_time(char text[32], double seconds)
{
    long s = lround(fmin(fmax(seconds, 0), 1e8));

    if (s >= 3600)
        snprintf(text, 32, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(text, 32, "%ld:%02ld", s / 60, s % 60);
    return text;
}

static int terminal_width(void)
{
    struct winsize size;

    if (ioctl(fileno(error_stream()), TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0)
        return 80;
    return size.ws_col;
}

/* Where the character number `n` of a UTF-8 text begins. */
static const char *character(const char *text, int n)
{
    for (; *text && n > 0; n--)
        while ((*++text & 0xC0) == 0x80)
            ;
    return text;
}

int cli_progress_line(struct cli_progress *progress, const char *line)
{
    double now = se_clock_s(SE_CLOCK_WALL);

    if (!progress->on || now - progress->drawn < 0.1)
        return 0;
    if (line) {
        char shown[512];

        /* A line that wraps could not be redrawn. */
        snprintf(shown, sizeof shown, "%.*s",
                 (int)(character(line, terminal_width() - 1) - line), line);
        se_utf8_tame_line(shown);
        fprintf(error_stream(), "\r%s\033[K", shown);
        progress->drawn = now;
        progress_drawn = 1;
    }
    return 1;
}

/* The text in so many characters, those in the middle left out: the end of a
 * file's name tells more than its folders. */
static void shorten(char *to, size_t size, const char *text, int width)
{
    const int n = cli_name_width(text);

    if (n <= width) {
        snprintf(to, size, "%s", text);
        return;
    }

    const int head = (width - 3) / 3, tail = width - 3 - head;

    snprintf(to, size, "%.*s...%s", (int)(character(text, head) - text), text,
             character(text, n - tail));
}

void cli_progress_update(struct cli_progress *progress, double done,
                         const char *note)
{
    double now = se_clock_s(SE_CLOCK_WALL);

    if (!cli_progress_line(progress, NULL))
        return;

    double rate =
        (done - progress->before) / fmax(now - progress->started, 1e-3);
    char figures[256], label[256], line[512], a[32], b[32];
    const char *gap = note && *note ? "  " : "";

    if (!note)
        note = "";
    if (progress->total > 0)
        snprintf(
            figures, sizeof figures, " %5.1f%%  %s %s/s  %s left%s%s",
            100 * done / progress->total, short_number(a, rate), progress->unit,
            rate > 0 ? short_time(b, (progress->total - done) / rate) : "-:--",
            gap, note);
    else
        snprintf(figures, sizeof figures, "  %s %s  %s/s%s%s",
                 short_number(a, done), progress->unit, short_number(b, rate),
                 gap, note);
    shorten(label, sizeof label, progress->label,
            (int)fmax(terminal_width() - 1 - (double)strlen(figures), 9));
    snprintf(line, sizeof line, "%s%s", label, figures);
    cli_progress_line(progress, line);
}

void cli_progress_end(struct cli_progress *progress)
{
    clear_progress();
    progress->on = 0;
}
