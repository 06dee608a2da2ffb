/* se-record.c - records sound from a microphone, or from a board. */
#include "board.h"
#include "common/cli.h"
#include "common/record.h"

#include "audio/device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    struct record_options record;
    struct board_options board; /* port NULL: no board */
    int is_list, verbose;
};

static void print_help(void)
{
    fputs("Usage: se-record [OPTION]... [OUTPUT]\n"
          "       se-record --board=PORT [OPTION]...\n"
          "Record from a microphone into OUTPUT (default: "
          "test_wavs/speech.wav), whose\n"
          "extension says the format; '-' is a pipe. Ctrl-C ends a recording "
          "early.\n"
          "\n"
          "  -d, --duration=SECONDS  so long; 0: until Ctrl-C (default: 10)\n"
          "  -D, --device=WHICH      a number or a part of a name from the "
          "list\n"
          "                          (default: the system's)\n"
          "  -l, --list              list the devices\n"
          "  -r, --rate=HZ           of OUTPUT (default: 16000)\n"
          "  -c, --channels=N        of OUTPUT (default: 1)\n"
          "      --until-silence[=SECONDS/DB]\n"
          "                          end when nobody has spoken for so long, "
          "below so\n"
          "                          much (default: 2/-50)\n"
          "      --board=PORT        record with a board: audio_raw.wav and "
          "audio_se.wav\n"
          "      --baud=N            of its line (default: 921600)\n"
          "  -o, --out_dir=FOLDER    where these two go (default: here)\n"
          "  -q, --quiet             no meter, only what went wrong\n"
          "  -v, --verbose           let the system's sound libraries speak, "
          "too\n"
          "  -h, --help              this text\n"
          "      --version           the version\n"
          "\n"
          "Exit status: 0 done (also by Ctrl-C), 1 it failed; what was "
          "captured is kept,\n"
          "2 wrong usage.\n"
          "\n"
          "Example: se-record -d 5 speech.flac\n",
          stdout);
    cli_close_stdout();
    exit(EXIT_DONE);
}

enum { OPT_SILENCE = 256, OPT_BOARD, OPT_BAUD, OPT_VERSION };

static const struct option long_options[] = {
    {"duration", required_argument, NULL, 'd'},
    {"device", required_argument, NULL, 'D'},
    {"list", no_argument, NULL, 'l'},
    {"rate", required_argument, NULL, 'r'},
    {"channels", required_argument, NULL, 'c'},
    {"until_silence", optional_argument, NULL, OPT_SILENCE},
    {"board", required_argument, NULL, OPT_BOARD},
    {"baud", required_argument, NULL, OPT_BAUD},
    {"out_dir", required_argument, NULL, 'o'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

static void take_board_option(struct board_options *o, int option)
{
    switch (option) {
    case OPT_BOARD:
        o->port = optarg;
        break;
    case OPT_BAUD:
        o->baud = (int)cli_integer("--baud", optarg, 1, 4000000);
        break;
    case 'o':
        o->folder = optarg;
        break;
    default:
        break;
    }
}

static void take_option(struct options *o, int option)
{
    struct record_options *record = &o->record;

    switch (option) {
    case 'd':
        record->seconds = cli_number("--duration", optarg, 0, 1e6);
        if (record->seconds == 0)
            record->seconds = HUGE_VAL;
        break;
    case 'D':
        record->device = optarg;
        break;
    case 'l':
        o->is_list = 1;
        break;
    case 'r':
        record->rate_hz = (int)cli_integer("--rate", optarg, 1000, 768000);
        break;
    case 'c':
        record->channels = (int)cli_integer("--channels", optarg, 1, 64);
        break;
    case OPT_SILENCE:
        record_take_silence(record, optarg);
        break;
    case 'q':
        cli_quiet = 1;
        break;
    case 'v':
        o->verbose = 1;
        break;
    case 'h':
        print_help();
        break;
    case OPT_VERSION:
        cli_version();
    default:
        take_board_option(&o->board, option);
        break;
    }
}

static void check_usage(const struct options *o, int n_names)
{
    int board_told = o->board.baud != 0 || o->board.folder != NULL;

    if (n_names > 1)
        cli_die(EXIT_USAGE, "expected one OUTPUT, found %d (see --help)",
                n_names);
    if (!o->board.port && board_told)
        cli_die(EXIT_USAGE, "--baud and --out_dir need --board");
    if (o->board.port && n_names > 0)
        cli_die(EXIT_USAGE, "--board has its own files: expected -o FOLDER, "
                            "no OUTPUT");
    if (o->board.port && (o->record.device || o->record.silence_s > 0 ||
                          o->record.rate_hz != record_default.rate_hz ||
                          o->record.channels != record_default.channels))
        cli_die(EXIT_USAGE, "--board gives 16 kHz and one channel: expected no "
                            "-D, -r, -c or --until-silence with it");
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {.record = record_default};
    int option;

    while ((option = cli_getopt(argc, argv, "d:D:lr:c:o:qvh", long_options)) !=
           -1)
        take_option(&o, option);
    check_usage(&o, argc - optind);
    if (optind < argc)
        o.record.output = argv[optind];
    o.board.seconds = o.record.seconds;
    if (!o.board.folder)
        o.board.folder = ".";
    if (o.board.baud == 0)
        o.board.baud = 921600;
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

    cli_name = "se-record";

    struct options o = parse_options(argc, argv);

    if (o.is_list) {
        record_start_devices(o.verbose);
        list_devices();
        se_devices_stop();
        return EXIT_DONE;
    }
    cli_catch_signals();
    cli_check(record(&o, &report), &report);
    return EXIT_DONE;
}
