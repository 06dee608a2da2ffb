/* board.c - a board with our firmware as microphone: cmd/firmware/README.md
 * has its commands and frames. */
#include "board.h"

#include "audio/sound.h"
#include "base/clock.h"
#include "base/file.h"
#include "common/cli.h"
#include "common/meter.h"
#include "common/serial.h"
#include "dsp/convert.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "firmware/frame.h"

#include <limits.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const double PATIENCE_S = 2.0; /* without a frame */
static const double START_S = 0.5;    /* for its answer to the start */
static const double FIGURES_S = 0.5;  /* from the stop to the figures */
static const double SPEED_S = 0.3;    /* to its answer to a wish for speed */

/* A greater gap in the numbers is no gap: the board has begun anew. */
enum { MAX_GAP = 500 };

enum { RAW, ENHANCED, N_FILES };

static const char *const file_names[N_FILES] = {"audio_raw.wav",
                                                "audio_se.wav"};

struct board {
    const struct board_options *options;
    int fd;
    struct frame_reader reader;
    uint8_t payload[FRAME_PAYLOAD_MAX];
    char text[256]; /* the line of text that is coming */
    struct se_sound_writer *writer[N_FILES];

    int64_t n_frames, n_max; /* in the files */
    int64_t n_lost, n_clipped;
    int64_t n_bytes; /* since the last frame */
    double frame_s;  /* when it came */
    double begun_s;  /* when the board was asked to start */
    int is_fast;     /* it said that its line is, from here on */
    int is_started;  /* it said so: its next frame has the number 0 */
    uint16_t next;   /* its number, and one */
    int has_figures; /* after the stop */
    uint32_t figures[FRAME_N_FIGURES];

    struct cli_progress progress;
    struct meter meter;
    float peak;
};

/* ---- what the board sends ----------------------------------------------- */

static uint32_t number_at(const uint8_t *byte)
{
    return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
           (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

/* One hop into both files; payload == NULL: silence. */
static int write_hop(struct board *board, const uint8_t *payload,
                     struct se_report *report)
{
    int status = SE_OK;

    if (board->n_frames == board->n_max)
        return SE_OK;
    for (int file = 0; file < N_FILES && status == SE_OK; file++) {
        int16_t samples[SE_HOP] = {0};
        float hop[SE_HOP];

        for (int i = 0; payload && i < SE_HOP; i++) {
            const uint8_t *byte = payload + 2 * (file * SE_HOP + i);
            int16_t sample = (int16_t)(byte[0] | byte[1] << 8);

            samples[i] = sample;
            if (file == RAW)
                board->n_clipped += sample == INT16_MAX || sample <= -INT16_MAX;
        }
        se_from_int16(hop, samples, SE_HOP);
        if (file == RAW)
            board->peak = fmaxf(board->peak, se_level_peak(hop, SE_HOP));
        status = se_sound_write(board->writer[file], hop, SE_HOP, report);
    }
    board->n_frames += status == SE_OK;
    return status;
}

static int take_audio(struct board *board, struct se_report *report)
{
    uint16_t number = frame_read_sequence(&board->reader);
    int status = SE_OK;

    if (!board->is_started) {
        /* The rest of what it did before. */
        if (se_clock_s(SE_CLOCK_WALL) - board->begun_s < START_S)
            return SE_OK;
        board->is_started = 1;
        board->next = number;
    }

    uint16_t gap = (uint16_t)(number - board->next);

    if (gap > MAX_GAP) {
        cli_warn("%s: the board has begun anew after %.2f s",
                 board->options->port, (double)board->n_frames / 100);
        gap = 0;
    }
    board->n_lost += gap;
    board->next = (uint16_t)(number + 1);
    for (int i = 0; i < gap && status == SE_OK; i++)
        status = write_hop(board, NULL, report);
    if (status == SE_OK)
        status = write_hop(board, board->payload, report);
    return status;
}

static int take_frame(struct board *board, struct se_report *report)
{
    enum frame_type type = frame_read_type(&board->reader);
    uint16_t length = frame_read_length(&board->reader);

    if (type == FRAME_AUDIO && length == 4 * SE_HOP) {
        board->n_bytes = 0;
        board->frame_s = se_clock_s(SE_CLOCK_WALL);
        return take_audio(board, report);
    }
    if (type == FRAME_FIGURES && length == 4 * FRAME_N_FIGURES) {
        for (int i = 0; i < FRAME_N_FIGURES; i++)
            board->figures[i] = number_at(board->payload + 4 * i);
        board->has_figures = 1;
    } else {
        board->reader.n_bad++;
    }
    return SE_OK;
}

/* A line of the board's console. */
static int take_line(struct board *board, struct se_report *report)
{
    if (strncmp(board->text, "started: ", 9) == 0 && !board->is_started) {
        board->is_started = 1;
        board->next = 0;
    }
    if (strstr(board->text, " baud from here on"))
        board->is_fast = 1;
    if (strncmp(board->text, "error: ", 7) == 0)
        return se_fail(report, SE_ERR_IO, "%s: the board says: %s",
                       board->options->port, board->text);
    return SE_OK;
}

static int take_text(struct board *board, uint8_t byte,
                     struct se_report *report)
{
    size_t length = strlen(board->text);
    int status = SE_OK;

    if (byte == '\n') {
        status = take_line(board, report);
        board->text[0] = '\0';
    } else if (length + 1 < sizeof board->text && byte != '\r') {
        board->text[length] = (char)byte;
        board->text[length + 1] = '\0';
    }
    return status;
}

static int take_bytes(struct board *board, const uint8_t *bytes, size_t n,
                      struct se_report *report)
{
    int status = SE_OK;

    for (size_t i = 0; i < n && status == SE_OK; i++) {
        switch (frame_read(&board->reader, bytes[i])) {
        case FRAME_NOTHING:
            board->n_bytes++;
            break;
        case FRAME_BYTE:
            board->n_bytes++;
            status = take_text(board, bytes[i], report);
            break;
        case FRAME_WHOLE:
            status = take_frame(board, report);
            break;
        }
    }
    return status;
}

static int take_some(struct board *board, struct se_report *report)
{
    uint8_t bytes[4096];
    size_t n;
    int status = serial_read(board->fd, bytes, sizeof bytes, &n, 50,
                             board->options->port, report);

    return status == SE_OK ? take_bytes(board, bytes, n, report) : status;
}

/* ---- a recording -------------------------------------------------------- */

static void draw(struct board *board)
{
    const struct board_options *o = board->options;
    char bar[64], line[160];
    double seconds = (double)board->n_frames / 100;

    if (!cli_progress_line(&board->progress, NULL))
        return;
    meter_draw(&board->meter, bar, sizeof bar, board->peak);
    board->peak = 0;
    snprintf(line, sizeof line, "%s  %.0f s%s  %lld frames lost", bar,
             isinf(o->seconds) ? seconds : o->seconds - seconds,
             isinf(o->seconds) ? "" : " left", (long long)board->n_lost);
    cli_progress_line(&board->progress, line);
}

static int check_patience(const struct board *board, struct se_report *report)
{
    const char *port = board->options->port;

    if (se_clock_s(SE_CLOCK_WALL) - board->frame_s < PATIENCE_S)
        return SE_OK;
    if (board->n_bytes > 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: no frame of sound in the last %lld bytes: expected "
                       "the firmware of nnse-c at %d baud, audio frames on",
                       port, (long long)board->n_bytes, board->options->baud);
    return se_fail(report, SE_ERR_IO, "%s: the board sends nothing%s", port,
                   board->n_frames > 0 ? " any more" : "");
}

/* The board's line begins slow and goes up when asked. A zero byte is a break
 * to one that is fast, which brings it back. */
static int speed_up(struct board *board, struct se_report *report)
{
    const char *port = board->options->port;
    int status, is_slow = board->options->baud == SERIAL_SLOW_BAUD;

    if (is_slow)
        return SE_OK;
    status = serial_write(board->fd, "", 1, port, report);
    for (int i = 0; i < 2 && status == SE_OK; i++)
        status = take_some(board, report);
    board->is_fast = 0;
    if (status == SE_OK)
        status = serial_write(board->fd, "b", 1, port, report);

    double until_s = se_clock_s(SE_CLOCK_WALL) + SPEED_S;

    while (status == SE_OK && !board->is_fast &&
           se_clock_s(SE_CLOCK_WALL) < until_s)
        status = take_some(board, report);
    if (status == SE_OK)
        status =
            serial_set_speed(board->fd, port, board->options->baud, report);
    board->reader.n = board->reader.n_bad = 0; /* noise of before */
    board->text[0] = '\0';
    return status;
}

static int listen(struct board *board, struct se_report *report)
{
    const char *port = board->options->port;
    int status = speed_up(board, report);

    if (status == SE_OK)
        status = serial_write(board->fd, "m", 1, port, report);

    board->frame_s = board->begun_s = se_clock_s(SE_CLOCK_WALL);
    while (status == SE_OK && !cli_stop && board->n_frames < board->n_max) {
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
    int written =
        serial_write(board->fd, "x", 1, board->options->port, &report);

    if (status == SE_OK)
        status = written;
    board->n_max = board->n_frames;
    while (status == SE_OK && !board->has_figures &&
           se_clock_s(SE_CLOCK_WALL) < until_s)
        status = take_some(board, &report);
}

static int open_files(struct board *board, struct se_report *report)
{
    const struct se_sound_format format = {.rate_hz = SE_RATE_HZ,
                                           .channels = 1,
                                           .format = SF_FORMAT_WAV |
                                                     SF_FORMAT_PCM_16};
    int status = se_make_folder(board->options->folder, report);

    for (int i = 0; i < N_FILES && status == SE_OK; i++) {
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
    int n_kept = 0;

    for (int i = 0; i < N_FILES; i++) {
        struct se_sound_writer *writer = board->writer[i];
        struct se_report more;

        if (writer && status == SE_OK)
            status = se_sound_commit(writer, report);
        else if (writer && board->n_frames > 0)
            n_kept += se_sound_keep(writer, &more) == SE_OK;
        else
            se_sound_discard(writer);
    }
    if (n_kept == N_FILES) {
        size_t length = strlen(report->text);

        snprintf(report->text + length, sizeof report->text - length,
                 "; %.1f s were kept", (double)board->n_frames / 100);
    }
    return status;
}

static void print_result(const struct board *board)
{
    const char *port = board->options->port;
    const uint32_t *figures = board->figures;

    if (board->n_lost > 0)
        cli_warn("%s: %lld frames of 10 ms were lost and are silence; %u "
                 "damaged",
                 port, (long long)board->n_lost, board->reader.n_bad);
    else if (board->reader.n_bad > 0)
        cli_warn("%s: %u damaged frames were left out", port,
                 board->reader.n_bad);
    if (board->has_figures && figures[FIGURE_SAMPLES_LOST] > 0)
        cli_warn("%s: the board's microphone lost %u samples", port,
                 figures[FIGURE_SAMPLES_LOST]);
    if (board->n_clipped > 0)
        cli_remark("%s: %lld samples at full scale", port,
                   (long long)board->n_clipped);
    if (board->has_figures)
        cli_remark("%s: %u cycles a frame, %u at most", port,
                   figures[FIGURE_CYCLES_MEAN], figures[FIGURE_CYCLES_MAX]);
    cli_remark("%s/%s and %s: %.2f s", board->options->folder, file_names[RAW],
               file_names[ENHANCED], (double)board->n_frames / 100);
}

int board_run(const struct board_options *o, struct se_report *report)
{
    struct board board = {
        .options = o,
        .reader.payload_max = FRAME_PAYLOAD_MAX,
        .n_max = isinf(o->seconds) ? INT64_MAX : llrint(o->seconds * 100),
    };
    int status = serial_open(&board.fd, o->port, SERIAL_SLOW_BAUD, report);

    board.reader.payload = board.payload;
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
    if (board.fd >= 0)
        close(board.fd);
    return status;
}
