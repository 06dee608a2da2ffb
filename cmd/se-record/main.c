/* main.c - se-record records sound from a microphone, or from a board. */
#include "board.h"
#include "common/cli.h"
#include "common/options.h"
#include "common/record.h"

#include "live/device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    struct record_options record;
    struct board_options board; /* port NULL: no board */
    int is_list, verbose;
};

#define AT(member) OPTION_AT(struct options, member)
static const struct option_row rows[] = {
    {"duration", 'd', OPTION_REAL, "SECONDS",
     "how long to record; 0: until Ctrl-C", AT(record.seconds), .max = 1e6,
     .unit = "s"},
    {"device", 'D', OPTION_TEXT, "WHICH",
     "the microphone, by its number or a part of its name in the list",
     AT(record.device), .otherwise = "the system's", .excludes = "board"},
    {"list", 'l', OPTION_FLAG, NULL, "list the devices", AT(is_list)},
    {"rate", 'r', OPTION_INTEGER, "HZ", "sample rate of OUTPUT",
     AT(record.rate_hz), .min = 1000, .max = 768000, .unit = "Hz",
     .excludes = "board"},
    {"channels", 'c', OPTION_INTEGER, "N", "channels of OUTPUT",
     AT(record.channels), .min = 1, .max = 64, .excludes = "board"},
    {"until_silence", 0, OPTION_TEXT, "SECONDS/DB",
     "end after so many seconds without sound above so many dB",
     OPTION_AT(struct options, record), .otherwise = "2/-50", .is_optional = 1,
     .excludes = "board", .take = record_take_silence},
    {0},
};
static const struct option_row board_rows[] = {
    {"board", 0, OPTION_FILE, "PORT",
     "record with the board on this serial line: audio_raw.wav and "
     "audio_se.wav",
     AT(board.port)},
    {"baud", 0, OPTION_INTEGER, "N", "speed of its line for sound",
     AT(board.baud), .min = 1, .max = 4000000, .preset = "921600",
     .unit = "baud", .needs = "board"},
    {"out_dir", 'o', OPTION_FOLDER, "DIR", "where these two files go",
     AT(board.folder), .preset = ".", .otherwise = "here", .needs = "board"},
    {0},
};
static const struct option_row general_rows[] = {
    OPTION_QUIET("no meter, only what went wrong"),
    {"verbose", 'v', OPTION_FLAG, NULL,
     "show what the system's sound libraries say, too", AT(verbose)},
    OPTION_HELP_AND_VERSION,
    {0},
};
static const struct option_group groups[] = {
    {.rows = rows},
    {.heading = "A board", .rows = board_rows},
    {.heading = "General", .rows = general_rows},
    {0},
};

static void set_defaults(void *options)
{
    ((struct options *)options)->record = record_default;
}

static const struct option_program program = {
    .name = "se-record",
    .usage = "[OPTION]... [OUTPUT]\n--board=PORT [OPTION]...",
    .about = "Record from a microphone into OUTPUT (default: "
             "test_wavs/speech.wav), whose extension says the format; '-' is a "
             "pipe. Ctrl-C ends a recording early.",
    .status = "Exit status: 0 done (also by Ctrl-C), 1 it failed; what was "
              "captured is kept, 2 wrong usage.",
    .example = "se-record -d 5 speech.flac",
    .groups = groups,
    .has_operands = 1,
    .defaults = set_defaults,
};

static struct options parse_options(int argc, char **argv)
{
    struct options o = {0};
    struct option_found found = options_parse(&program, &o, argc, argv);

    if (found.n_operands > 1)
        cli_die(EXIT_USAGE, "expected one OUTPUT, found %d (see --help)",
                found.n_operands);
    if (o.board.port && found.n_operands > 0)
        cli_die(EXIT_USAGE, "--board has its own files: expected -o DIR, no "
                            "OUTPUT");
    if (found.n_operands == 1)
        o.record.output = found.operands[0];
    if (o.record.seconds == 0)
        o.record.seconds = HUGE_VAL;
    o.board.seconds = o.record.seconds;
    return o;
}

/* "8 16 44.1 48 kHz": those that the device can be opened with. A busy one can
 * not even do its own, and takes a second to say so. */
static void rates_text(char *text, size_t size, int number,
                       const struct se_device *device)
{
    static const int rates[] = {8000,  11025, 16000, 22050, 32000,
                                44100, 48000, 96000, 192000};
    enum se_direction direction =
        device->channels[SE_INPUT] > 0 ? SE_INPUT : SE_OUTPUT;
    size_t used = 0;

    if (!se_device_can(number, direction, 1, device->rate_hz)) {
        snprintf(text, size, "busy");
        return;
    }
    for (size_t i = 0; i < sizeof rates / sizeof *rates && used < size; i++) {
        if (se_device_can(number, direction, 1, rates[i]))
            used += (size_t)snprintf(text + used, size - used, "%g ",
                                     rates[i] / 1000.0);
    }
    if (used < size)
        snprintf(text + used, size - used, "kHz");
}

static void print_direction(const struct se_device *device,
                            enum se_direction direction, const char *word)
{
    if (device->channels[direction] == 0)
        return;
    printf("    %s: %d channels, from %.0f ms%s\n", word,
           device->channels[direction], 1e3 * device->latency_s[direction],
           device->is_default[direction] ? ", default" : "");
}

static void list_devices(void)
{
    int n = se_devices_count();

    if (n == 0)
        cli_die(EXIT_FAILED, "this machine has no sound device that is free");
    for (int i = 0; i < n; i++) {
        struct se_device device;
        char rates[128];

        se_device_get(&device, i);
        rates_text(rates, sizeof rates, i, &device);
        printf("%2d  %s (%s): %s, its own %g\n", i, device.name, device.system,
               rates, device.rate_hz / 1000.0);
        print_direction(&device, SE_INPUT, "in");
        print_direction(&device, SE_OUTPUT, "out");
    }
    cli_close_stdout();
}

static int record(const struct options *o, struct se_report *report)
{
    int status;

    if (o->board.port)
        return board_run(&o->board, report);
    record_start_devices(o->verbose);
    status = record_run(&o->record, report);
    se_devices_stop();
    return status;
}

int main(int argc, char **argv)
{
    struct se_report report;
    struct options o = parse_options(argc, argv);

    if (o.is_list) {
        record_start_devices(o.verbose);
        list_devices();
        se_devices_stop();
        return EXIT_DONE;
    }
    cli_catch_signals();
    cli_waits = 1;
    cli_check(record(&o, &report), &report);
    return EXIT_DONE;
}
