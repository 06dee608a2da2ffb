/* main.c - apollo4: runs a firmware image on an emulated kit with an Apollo4.
 */

#include "machine.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Pads as the vendor's board support has them, beside the firmware's own. */
static const struct board boards[] = {
    {"apollo4", 0, 60, 47, 90, 30, 18, 0},
    {"apollo4_blue_kbr", 0, 60, 47, 90, 30, 18, 0},
    {"apollo4_blue_kxr", 0, 12, 47, 16, 30, 17, 1},
    {"apollo4_lite", 2, 54, 11, 12, 13, 18, -1},
};
enum { N_BOARDS = sizeof boards / sizeof *boards };

static const struct board *find_board(const char *name)
{
    for (int i = 0; i < N_BOARDS; i++)
        if (!strcmp(boards[i].name, name))
            return &boards[i];
    fprintf(stderr, "apollo4: --board %s: there is no such board\n", name);
    exit(2);
}

static unsigned find_choice(const char *name)
{
    static const char *const names[] = {"fast", "hfrc", "xtalhs", "fifo"};

    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name))
            return 1u << i;
    fprintf(stderr, "apollo4: --choice %s: there is no such choice\n", name);
    exit(2);
}

static void print_usage(void)
{
    printf(
        "Usage: apollo4 [OPTION]... IMAGE.bin\n"
        "Runs IMAGE.bin, linked at 0x00018000, until it asks for a reset. The\n"
        "serial line is standard input and output. Exit status 1, and one "
        "line,\nif the program does what an Apollo4 does not take.\n\n"
        "  --board NAME     apollo4 (the default), apollo4_blue_kbr,\n"
        "                   apollo4_blue_kxr or apollo4_lite\n"
        "  --wav FILE       what the digital microphone hears: 16 kHz, one "
        "channel\n"
        "  --jack FILE      what the analogue one does\n"
        "  --right          the digital one talks on the right edge\n"
        "  --seconds N      of emulated time, at most (default 60)\n"
        "  --baud N         the speed of the desk (default 115200), unless "
        "the\n"
        "                   serial line is a terminal and has its own\n"
        "  --fast N         and when it was asked to change (default 921600)\n"
        "  --button S       the button is pressed at S seconds\n"
        "  --cycles N       cycles an instruction takes, 0.05 to 10 (default "
        "1)\n"
        "  --refuse BLOCK   uart0, pdm0, audadc or buck gets no power, xtal "
        "does\n"
        "                   not start, turbo leaves the core at 96 MHz\n"
        "  --choice NAME    the image is not as by default: fast is 192 MHz, "
        "hfrc or\n"
        "                   xtalhs PDM0's clock, fifo its samples without "
        "DMA\n"
        "  --stall S        the core stands still at S seconds, for 6 ms\n"
        "  --break S        a break on the serial line at S seconds\n"
        "  --rate PERCENT   the sample rate may be off by that much (0.1)\n"
        "  --hfrc PERCENT   HFRC is off by that much, for the microphone (0)\n"
        "  --bare           a program, not the firmware: no boot loader comes\n"
        "                   before it, and no set-up is demanded of it\n"
        "  --flip BIT       turns a bit of the image over\n"
        "  --help\n");
}

/* A number in a range, or the end. */
static double number(const char *option, const char *text, double low,
                     double high)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end || !(value >= low && value <= high)) {
        fprintf(stderr, "apollo4: --%s %s: expected %g to %g\n", option, text,
                low, high);
        exit(2);
    }
    return value;
}

static struct machine_config parse(int argc, char **argv)
{
    static const struct option options[] = {
        {"wav", required_argument, 0, 'w'},
        {"jack", required_argument, 0, 'j'},
        {"right", no_argument, 0, 'i'},
        {"seconds", required_argument, 0, 's'},
        {"board", required_argument, 0, 'B'},
        {"baud", required_argument, 0, 'b'},
        {"fast", required_argument, 0, 'F'},
        {"button", required_argument, 0, 'p'},
        {"cycles", required_argument, 0, 'c'},
        {"refuse", required_argument, 0, 'r'},
        {"bare", no_argument, 0, 'a'},
        {"choice", required_argument, 0, 'C'},
        {"stall", required_argument, 0, 'l'},
        {"break", required_argument, 0, 'k'},
        {"rate", required_argument, 0, 'o'},
        {"hfrc", required_argument, 0, 'e'},
        {"flip", required_argument, 0, 'f'},
        {"help", no_argument, 0, 'h'},
        {0},
    };
    struct machine_config config = {
        .seconds = 60,
        .button_s = -1,
        .stall_s = -1,
        .break_s = -1,
        .cycles_x20 = 20,
        .flip = -1,
        .board = &boards[0],
        .baud = 115200,
        .fast_baud = 921600,
        .rate_error = 0.1,
        .in = STDIN_FILENO,
        .out = STDOUT_FILENO,
    };
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, 0)) != -1) {
        switch (letter) {
        case 'w':
            config.wav = optarg;
            break;
        case 'j':
            config.jack = optarg;
            break;
        case 'i':
            config.is_right = 1;
            break;
        case 's':
            config.seconds = number("seconds", optarg, 0, 1e6);
            break;
        case 'b':
            config.baud = (int)number("baud", optarg, 1, 1e7);
            break;
        case 'B':
            config.board = find_board(optarg);
            break;
        case 'F':
            config.fast_baud = (int)number("fast", optarg, 1, 1e7);
            break;
        case 'p':
            config.button_s = number("button", optarg, 0, 1e6);
            break;
        case 'c':
            config.cycles_x20 = (int)(20 * number("cycles", optarg, 0.05, 10));
            break;
        case 'r':
            config.refuse = optarg;
            break;
        case 'a':
            config.is_bare = 1;
            break;
        case 'C':
            config.choices |= find_choice(optarg);
            break;
        case 'l':
            config.stall_s = number("stall", optarg, 0, 1e6);
            break;
        case 'k':
            config.break_s = number("break", optarg, 0, 1e6);
            break;
        case 'o':
            config.rate_error = number("rate", optarg, 0, 100);
            break;
        case 'e':
            config.hfrc_error = number("hfrc", optarg, -10, 10);
            break;
        case 'f':
            config.flip = (int64_t)number("flip", optarg, 0, 1e9);
            break;
        case 'h':
            print_usage();
            exit(0);
        default:
            exit(2);
        }
    }
    if (optind != argc - 1) {
        fprintf(stderr, "apollo4: expected one image\n");
        exit(2);
    }
    config.image = argv[optind];
    return config;
}

int main(int argc, char **argv)
{
    static struct machine machine;
    int status;

    signal(SIGPIPE, SIG_IGN);
    machine.config = parse(argc, argv);
    status = machine_run(&machine);
    if (status)
        fprintf(stderr, "apollo4: %s\n", machine.failure);
    machine_free(&machine);
    return status ? 1 : 0;
}
