/* desk.c - the desk's end of a board's serial line, for the tests: starts an
 * emulator, has it enhance sound, keeps what comes back. */

#include "firmware/frame.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HOP = 160, SILENCE_MS = 30000 };

struct options {
    const char *in, *captured, *enhanced, *text;
    int frames;   /* from the microphone */
    int damage;   /* damage on the line before every frame */
    int is_quiet; /* no command starts the microphone */
    const char *start;
};

struct desk {
    struct options options;
    int to_board, from_board;
    pid_t board;
    FILE *in, *captured, *enhanced, *text;
    struct frame_reader reader;
    uint8_t payload[FRAME_PAYLOAD_MAX];
    uint32_t n_frames, n_gaps, crc32;
    char line[32];  /* of text, as far as it is here */
    long fast_baud; /* of the serial line; 0: it is slow yet */
    int is_over;
};

static void give_up(struct desk *desk, const char *reason)
{
    fprintf(stderr, "desk: %s\n", reason);
    if (desk->board > 0)
        kill(desk->board, SIGTERM);
    exit(1);
}

static FILE *open_file(struct desk *desk, const char *path, const char *mode)
{
    FILE *file = path ? fopen(path, mode) : 0;

    if (path && !file)
        give_up(desk, path);
    return file;
}

static void start_board(struct desk *desk, char **command)
{
    int to[2], from[2];

    /* Before all, so that it is there at once. */
    if (pipe(to) || write(to[1], "b", 1) != 1 || pipe(from) ||
        (desk->board = fork()) < 0)
        give_up(desk, strerror(errno));
    if (desk->board == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        for (int i = 0; i < 2; i++)
            close(to[i]), close(from[i]);
        execvp(command[0], command);
        fprintf(stderr, "desk: %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    desk->to_board = to[1];
    desk->from_board = from[0];
}

static void send(struct desk *desk, const void *bytes, size_t n)
{
    if (write(desk->to_board, bytes, n) != (ssize_t)n)
        give_up(desk, "the board does not take bytes");
}

static void send_frame(struct desk *desk, enum frame_type type,
                       const void *payload, uint16_t n_bytes, uint32_t flip)
{
    uint8_t frame[FRAME_HEADER + FRAME_PAYLOAD_MAX + FRAME_CRC];
    uint32_t n = FRAME_HEADER + n_bytes;
    uint32_t crc;

    frame_header(frame, type, (uint16_t)desk->n_frames, n_bytes);
    if (n_bytes)
        memcpy(frame + FRAME_HEADER, payload, n_bytes);
    crc = frame_crc32(0, frame + 2, n - 2) ^ flip;
    for (int i = 0; i < FRAME_CRC; i++)
        frame[n++] = (uint8_t)(crc >> 8 * i);
    send(desk, frame, n);
}

/* What a bad line makes: a frame with a wrong checksum, half a sync, bytes that
 * are no command. Short: the board holds little more than one good frame. */
static void send_damage(struct desk *desk)
{
    send_frame(desk, FRAME_AUDIO_IN, "damaged", 7, 1u << desk->n_frames % 32);
    send(desk, "\xA5 \xFF\x80", 4);
}

/* The next frame of sound, or the end. */
static void feed(struct desk *desk)
{
    int16_t hop[HOP];

    if (desk->options.damage)
        send_damage(desk);
    if (fread(hop, sizeof hop, 1, desk->in) == 1)
        send_frame(desk, FRAME_AUDIO_IN, hop, sizeof hop, 0);
    else
        send_frame(desk, FRAME_END, 0, 0, 0);
}

static void take_audio(struct desk *desk)
{
    const uint8_t *enhanced = desk->payload + 2 * HOP;
    uint16_t expected = (uint16_t)(desk->n_frames + desk->n_gaps);

    desk->n_gaps += (uint16_t)(frame_read_sequence(&desk->reader) - expected);
    desk->n_frames++;
    desk->crc32 = frame_crc32(desk->crc32, enhanced, 2 * HOP);
    if (desk->captured)
        fwrite(desk->payload, 2 * HOP, 1, desk->captured);
    if (desk->enhanced)
        fwrite(enhanced, 2 * HOP, 1, desk->enhanced);
    if (desk->in)
        feed(desk);
    else if (desk->n_frames == (uint32_t)desk->options.frames)
        send(desk, "x", 1);
}

static void take_figures(struct desk *desk)
{
    static const char *const names[FRAME_N_FIGURES] = {
        [FIGURE_FRAMES] = "frames",
        [FIGURE_SAMPLES_LOST] = "samples_lost",
        [FIGURE_UNSENT] = "frames_unsent",
        [FIGURE_BAD] = "frames_bad",
        [FIGURE_CYCLES_MEAN] = "cycles_mean",
        [FIGURE_CYCLES_MAX] = "cycles_max",
        [FIGURE_CYCLES_HZ] = "cycles_hz",
        [FIGURE_CRC32] = "crc32",
    };

    for (int i = 0; i < FRAME_N_FIGURES; i++) {
        const uint8_t *byte = desk->payload + 4 * i;
        uint32_t value = (uint32_t)byte[0] | (uint32_t)byte[1] << 8 |
                         (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;

        printf(i == FIGURE_CRC32 ? "%s=%08x\n" : "%s=%u\n", names[i], value);
    }
    printf("received=%u\ngaps=%u\ndamaged=%u\nreceived_crc32=%08x\n",
           desk->n_frames, desk->n_gaps, desk->reader.n_bad, desk->crc32);
    desk->is_over = 1;
    send(desk, "R", 1);
}

/* The board was asked for its fast line; what starts it follows the answer. */
static void begin(struct desk *desk, long baud)
{
    desk->fast_baud = baud;
    if (desk->in) {
        send(desk, "u", 1);
        feed(desk);
    } else if (!desk->options.is_quiet) {
        send(desk, desk->options.start, strlen(desk->options.start));
    }
}

static void take_text(struct desk *desk, uint8_t byte)
{
    size_t length = strlen(desk->line);

    if (desk->text && byte != '\r')
        fputc(byte, desk->text);
    if (byte != '\n') {
        if (length + 1 < sizeof desk->line)
            desk->line[length] = (char)byte;
        return;
    }
    if (strstr(desk->line, " baud from here")) {
        long baud = strtol(desk->line, 0, 10);

        if (!desk->fast_baud)
            begin(desk, baud);
        else if (baud != desk->fast_baud)
            send(desk, "b", 1); /* back, whatever made it slow */
    }
    memset(desk->line, 0, sizeof desk->line);
}

static void take(struct desk *desk, uint8_t byte)
{
    uint16_t length;

    switch (frame_read(&desk->reader, byte)) {
    case FRAME_NOTHING:
        return;
    case FRAME_BYTE:
        take_text(desk, byte);
        return;
    case FRAME_WHOLE:
        break;
    }
    length = frame_read_length(&desk->reader);
    if (frame_read_type(&desk->reader) == FRAME_AUDIO && length == 4 * HOP)
        take_audio(desk);
    else if (frame_read_type(&desk->reader) == FRAME_FIGURES &&
             length == 4 * FRAME_N_FIGURES)
        take_figures(desk);
    else
        give_up(desk, "the board sends a frame of a strange kind");
}

static void listen_to_board(struct desk *desk)
{
    struct pollfd input = {.fd = desk->from_board, .events = POLLIN};
    uint8_t bytes[4096];

    for (;;) {
        ssize_t n;

        if (poll(&input, 1, SILENCE_MS) <= 0)
            give_up(desk, "the board says nothing any more");
        n = read(desk->from_board, bytes, sizeof bytes);
        if (n <= 0)
            return;
        for (ssize_t i = 0; i < n; i++)
            take(desk, bytes[i]);
    }
}

static const struct option options[] = {
    {"in", required_argument, 0, 'i'},
    {"frames", required_argument, 0, 'n'},
    {"captured", required_argument, 0, 'c'},
    {"enhanced", required_argument, 0, 'e'},
    {"text", required_argument, 0, 't'},
    {"damage", no_argument, 0, 'd'},
    {"quiet", no_argument, 0, 'q'},
    {"start", required_argument, 0, 's'},
    {0},
};

static struct options parse(int argc, char **argv)
{
    struct options o = {.frames = 100, .start = "m"};
    int letter;

    while ((letter = getopt_long(argc, argv, "+", options, 0)) != -1) {
        switch (letter) {
        case 'i':
            o.in = optarg;
            break;
        case 'n':
            o.frames = (int)strtol(optarg, 0, 10);
            break;
        case 'c':
            o.captured = optarg;
            break;
        case 'e':
            o.enhanced = optarg;
            break;
        case 't':
            o.text = optarg;
            break;
        case 'd':
            o.damage = 1;
            break;
        case 'q':
            o.is_quiet = 1;
            break;
        case 's':
            o.start = optarg;
            break;
        default:
            exit(2);
        }
    }
    if (optind >= argc) {
        fprintf(stderr, "usage: desk [--in SAMPLES | --frames N]"
                        " [--captured FILE] [--enhanced FILE] [--text FILE]"
                        " [--damage] [--quiet | --start COMMANDS]"
                        " EMULATOR...\n");
        exit(2);
    }
    return o;
}

int main(int argc, char **argv)
{
    static struct desk desk;
    int status;

    signal(SIGPIPE, SIG_IGN);
    desk.options = parse(argc, argv);
    desk.reader.payload = desk.payload;
    desk.reader.payload_max = sizeof desk.payload;
    desk.in = open_file(&desk, desk.options.in, "rb");
    desk.captured = open_file(&desk, desk.options.captured, "wb");
    desk.enhanced = open_file(&desk, desk.options.enhanced, "wb");
    desk.text = open_file(&desk, desk.options.text, "wb");
    start_board(&desk, argv + optind);

    listen_to_board(&desk);
    if (fflush(0) || waitpid(desk.board, &status, 0) < 0 || status != 0 ||
        !desk.is_over)
        return 1;
    return 0;
}
