/* main.c - apollo4: runs a firmware image on an emulated kit with an Apollo4.
 */

#include "machine.h"

#include <getopt.h>
#include <signal.h>
#include <stddef.h>
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

enum kind { TEXT, SWITCH, REAL, WHOLE, BOARD, CYCLES, CHOICE, BIT, HELP };

/* What each option sets: a field, to a number in a range or a text, but for
 * those of a kind of their own. */
static const struct setting {
    const char *name;
    enum kind kind;
    size_t field; /* in struct machine_config */
    double low, high;
} settings[] = {
#define FIELD(name) offsetof(struct machine_config, name)
    {"wav", TEXT, FIELD(wav), 0, 0},
    {"jack", TEXT, FIELD(jack), 0, 0},
    {"right", SWITCH, FIELD(is_right), 0, 0},
    {"seconds", REAL, FIELD(seconds), 0, 1e6},
    {"board", BOARD, 0, 0, 0},
    {"baud", WHOLE, FIELD(baud), 1, 1e7},
    {"fast", WHOLE, FIELD(fast_baud), 1, 1e7},
    {"button", REAL, FIELD(button_s), 0, 1e6},
    {"cycles", CYCLES, 0, 0.05, 10},
    {"refuse", TEXT, FIELD(refuse), 0, 0},
    {"bare", SWITCH, FIELD(is_bare), 0, 0},
    {"choice", CHOICE, 0, 0, 0},
    {"stall", REAL, FIELD(stall_s), 0, 1e6},
    {"break", REAL, FIELD(break_s), 0, 1e6},
    {"rate", REAL, FIELD(rate_error), 0, 100},
    {"hfrc", REAL, FIELD(hfrc_error), -10, 10},
    {"flip", BIT, 0, 0, 1e9},
    {"help", HELP, 0, 0, 0},
#undef FIELD
};
enum { N_SETTINGS = sizeof settings / sizeof *settings };

static double number_of(const struct setting *setting, const char *text)
{
    return number(setting->name, text, setting->low, setting->high);
}

static void set(struct machine_config *config, const struct setting *setting,
                const char *text)
{
    void *field = (char *)config + setting->field;

    switch (setting->kind) {
    case TEXT:
        *(const char **)field = text;
        break;
    case SWITCH:
        *(int *)field = 1;
        break;
    case REAL:
        *(double *)field = number_of(setting, text);
        break;
    case WHOLE:
        *(int *)field = (int)number_of(setting, text);
        break;
    case BOARD:
        config->board = find_board(text);
        break;
    case CYCLES:
        config->cycles_x20 = (int)(20 * number_of(setting, text));
        break;
    case CHOICE:
        config->choices |= find_choice(text);
        break;
    case BIT:
        config->flip = (int64_t)number_of(setting, text);
        break;
    case HELP:
        print_usage();
        exit(0);
    }
}

/* Which one comes next; -1: none. */
static int next_option(int argc, char **argv, const struct option *options)
{
    int index, answer = getopt_long(argc, argv, "", options, &index);

    if (answer == '?')
        exit(2);
    return answer < 0 ? -1 : index;
}

static struct machine_config parse(int argc, char **argv)
{
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
    struct option options[N_SETTINGS + 1] = {0};
    int i;

    for (i = 0; i < N_SETTINGS; i++) {
        enum kind kind = settings[i].kind;

        options[i].name = settings[i].name;
        options[i].has_arg = kind != SWITCH && kind != HELP;
    }
    while ((i = next_option(argc, argv, options)) >= 0)
        set(&config, &settings[i], optarg);
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
