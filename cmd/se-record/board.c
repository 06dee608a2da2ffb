/* board.c - a board with our firmware as microphone: cmd/firmware/README.md
 * has its commands and frames. */
#include "board.h"
#include "board_stream.h"

#include "audio/sound.h"
#include "base/clock.h"
#include "common/cli.h"
#include "common/meter.h"
#include "common/serial.h"
#include "files/file.h"

#include <limits.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const double PATIENCE_S = 2.0; /* without a frame */
static const double FIGURES_S = 0.5;  /* from the stop to the figures */
static const double SPEED_S = 0.3;    /* to its answer to a wish for speed */

static const char *const file_names[BOARD_N_SIGNALS] = {"audio_raw.wav",
                                                        "audio_se.wav"};

struct board {
    const struct board_options *options;
    struct serial line;
    struct board_stream stream;
    struct se_sound_writer *writer[BOARD_N_SIGNALS];
    struct cli_progress progress;
    struct meter meter;
};

/* Into both files. */
static int write_hop(void *context, float hop[BOARD_N_SIGNALS][SE_HOP],
                     struct se_report *report)
{
    struct board *board = context;
    int status = SE_OK;

    for (int i = 0; i < BOARD_N_SIGNALS && status == SE_OK; i++)
        status = se_sound_write(board->writer[i], hop[i], SE_HOP, report);
    return status;
}

static int take_some(struct board *board, struct se_report *report)
{
    uint8_t bytes[4096];
    int n = serial_read(&board->line, bytes, sizeof bytes, 50, report);

    return n < 0 ? n
                 : board_stream_bytes(&board->stream, bytes, (size_t)n,
                                      se_clock_s(SE_CLOCK_WALL), report);
}

/* ---- a recording -------------------------------------------------------- */

static void draw(struct board *board)
{
    const struct board_options *o = board->options;
    char bar[64], line[160];
    double seconds = (double)board->stream.n_frames / 100;

    if (!cli_progress_line(&board->progress, NULL))
        return;
    meter_draw(&board->meter, bar, sizeof bar, board->stream.peak);
    board->stream.peak = 0;
    snprintf(line, sizeof line, "%s  %.0f s%s  %lld frames lost", bar,
             isinf(o->seconds) ? seconds : o->seconds - seconds,
             isinf(o->seconds) ? "" : " left", (long long)board->stream.n_lost);
    cli_progress_line(&board->progress, line);
}

static int check_patience(const struct board *board, struct se_report *report)
{
    const char *port = board->options->port;

    if (se_clock_s(SE_CLOCK_WALL) - board->stream.frame_s < PATIENCE_S)
        return SE_OK;
    if (board->stream.n_bytes > 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: no frame of sound in the last %lld bytes: expected "
                       "the firmware of nnse-c at %d baud, audio frames on",
                       port, (long long)board->stream.n_bytes,
                       board->options->baud);
    return se_fail(report, SE_ERR_IO, "%s: the board sends nothing%s", port,
                   board->stream.n_frames > 0 ? " any more" : "");
}

/* The board's line begins slow and goes up when asked. A zero byte is a break
 * to one that is fast, which brings it back. */
static int speed_up(struct board *board, struct se_report *report)
{
    int status, is_slow = board->options->baud == SERIAL_SLOW_BAUD;

    if (is_slow)
        return SE_OK;
    status = serial_write(&board->line, "", 1, report);
    for (int i = 0; i < 2 && status == SE_OK; i++)
        status = take_some(board, report);
    board->stream.is_fast = 0;
    if (status == SE_OK)
        status = serial_write(&board->line, "b", 1, report);

    double until_s = se_clock_s(SE_CLOCK_WALL) + SPEED_S;

    while (status == SE_OK && !board->stream.is_fast &&
           se_clock_s(SE_CLOCK_WALL) < until_s)
        status = take_some(board, report);
    if (status == SE_OK)
        status = serial_set_speed(&board->line, board->options->baud, report);
    board_stream_forget(&board->stream);
    return status;
}

static int listen(struct board *board, struct se_report *report)
{
    int status = speed_up(board, report);

    if (status == SE_OK)
        status = serial_write(&board->line, "m", 1, report);

    board_stream_asked(&board->stream, se_clock_s(SE_CLOCK_WALL));
    while (status == SE_OK && !cli_stop &&
           board->stream.n_frames < board->stream.n_max) {
        status = take_some(board, report);
        if (status == SE_OK)
            status = check_patience(board, report);
        draw(board);
    }
    return status;
}

/* Stops the board and, if all went well, waits for its figures; frames that
 * still come are not kept. */
static void stop(struct board *board, int status)
{
    struct se_report report;
    double until_s = se_clock_s(SE_CLOCK_WALL) + FIGURES_S;
    int written = serial_write(&board->line, "x", 1, &report);

    if (status == SE_OK)
        status = written;
    board->stream.n_max = board->stream.n_frames;
    while (status == SE_OK && !board->stream.has_figures &&
           se_clock_s(SE_CLOCK_WALL) < until_s)
        status = take_some(board, &report);
}

static int open_files(struct board *board, struct se_report *report)
{
    const struct se_sound_format format = {.rate_hz = SE_RATE_HZ,
                                           .channels = 1,
                                           .format = SF_FORMAT_WAV |
                                                     SF_FORMAT_PCM_16};
    int status = cli_make_folder(board->options->folder, report);

    for (int i = 0; i < BOARD_N_SIGNALS && status == SE_OK; i++) {
        char path[PATH_MAX];

        snprintf(path, sizeof path, "%s/%s", board->options->folder,
                 file_names[i]);
        status =
            se_sound_create(&board->writer[i], path, &format, NULL, report);
    }
    return status;
}

/* After `status`: both files as far as they go. */
static int close_files(struct board *board, int status,
                       struct se_report *report)
{
    double kept_s;
    int n_kept = 0;

    for (int i = 0; i < BOARD_N_SIGNALS; i++) {
        struct se_sound_writer *writer = board->writer[i];

        if (writer && status == SE_OK) {
            status = se_sound_commit_or_keep(writer, &kept_s, report);
            n_kept += kept_s > 0;
        } else if (writer && board->stream.n_frames > 0) {
            n_kept += se_sound_keep(writer) > 0;
        } else {
            se_sound_discard(writer);
        }
    }
    if (status != SE_OK && n_kept == BOARD_N_SIGNALS) {
        size_t length = strlen(report->text);

        snprintf(report->text + length, sizeof report->text - length,
                 "; %.1f s were kept", (double)board->stream.n_frames / 100);
    }
    return status;
}

static void print_result(const struct board *board)
{
    const char *port = board->options->port;
    const struct board_stream *stream = &board->stream;
    const uint32_t *figures = stream->figures;

    if (stream->n_lost > 0)
        cli_warn("%s: %lld frames of 10 ms were lost and are silence; %u "
                 "damaged",
                 port, (long long)stream->n_lost, stream->reader.n_bad);
    else if (stream->reader.n_bad > 0)
        cli_warn("%s: %u damaged frames were left out", port,
                 stream->reader.n_bad);
    if (stream->has_figures && figures[FIGURE_SAMPLES_LOST] > 0)
        cli_warn("%s: the board's microphone lost %u samples", port,
                 figures[FIGURE_SAMPLES_LOST]);
    if (stream->n_clipped > 0)
        cli_remark("%s: %lld samples at full scale", port,
                   (long long)stream->n_clipped);
    if (stream->has_figures)
        cli_remark("%s: %u cycles a frame, %u at most", port,
                   figures[FIGURE_CYCLES_MEAN], figures[FIGURE_CYCLES_MAX]);
    cli_remark("%s/%s and %s: %.2f s", board->options->folder,
               file_names[BOARD_RAW], file_names[BOARD_ENHANCED],
               (double)stream->n_frames / 100);
}

int board_run(const struct board_options *o, struct se_report *report)
{
    struct board board = {
        .options = o,
        .stream = {.port = o->port,
                   .n_max =
                       isinf(o->seconds) ? INT64_MAX : llrint(o->seconds * 100),
                   .take = write_hop,
                   .context = &board},
    };
    int status = serial_open(&board.line, o->port, SERIAL_SLOW_BAUD, report);

    board_stream_begin(&board.stream);
    if (status == SE_OK)
        status = open_files(&board, report);
    if (status == SE_OK) {
        cli_progress_start(&board.progress, "", "", -1);
        status = listen(&board, report);
        stop(&board, status);
        cli_progress_end(&board.progress);
    }
    status = close_files(&board, status, report);
    if (status == SE_OK)
        print_result(&board);
    serial_close(&board.line);
    return status;
}
