/* se-eval.c - scores enhanced speech, or nets, against clean speech. */
#include "common/cli.h"
#include "compare.h"
#include "eval.h"
#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_THREADS = 256 };

struct options {
    const char *clean, *noisy; /* folders or files */
    const char *enhanced[EVAL_MAX_PLACES - 2];
    int n_enhanced;
    struct eval_nets nets;
    struct eval_by by;
    int nets_told; /* --engine, --epoch_loaded or --calibrate */
    enum eval_format format;
    int threads;
};

/* ---- options ------------------------------------------------------------ */

static const char help[] =
    "Usage: se-eval --clean PATH --enhanced PATH [OPTION]...\n"
    "       se-eval --clean PATH --noisy PATH [--nn_arch FILE]... "
    "[OPTION]...\n"
    "Score enhanced speech against clean speech: STOI, ESTOI, SI-SDR and "
    "segmental\n"
    "SNR, file by file and in the mean; or enhance the noisy speech and score "
    "that,\n"
    "nets and engines side by side. Each PATH is a folder, or each a file.\n"
    "\n"
    "  -c, --clean=PATH      the clean speech\n"
    "  -e, --enhanced=PATH   the speech to score; in a folder, files of the "
    "same\n"
    "                        name, whatever the extension; several with "
    "--noisy\n"
    "  -n, --noisy=PATH      the noisy speech, to score and to enhance\n"
    "      --nn_arch=FILE    a net to enhance with; may be given again "
    "(default:\n"
    "                        def_se_nn_arch72_mel.txt)\n"
    "      --epoch_loaded=WHICH  of all these: best, latest or a number "
    "(default:\n"
    "                        best)\n"
    "      --model=FILE      another net: this checkpoint; may be given again\n"
    "      --engine=WORD     float, fixed (integers, as a board does) or "
    "float,fixed\n"
    "                        (default: float)\n"
    "      --calibrate=FILE  with fixed: as of se-convert\n"
    "      --by=COLUMN       groups by a column of pairs.csv: snr, noise, ...; "
    "none:\n"
    "                        no groups (default: snr and noise_type, where "
    "they are)\n"
    "      --pairs=FILE      instead of pairs.csv in or beside the noisy "
    "folder\n"
    "      --json            print a JSON object instead of a table\n"
    "      --csv             print comma-separated values instead of a table\n"
    "  -j, --threads=N       files at the same time (default: one a "
    "processor)\n"
    "  -q, --quiet           the mean only, and no progress line\n"
    "      --help            print this and exit\n"
    "      --version         print the version and exit\n"
    "\n"
    "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n"
    "\n"
    "Example: se-eval -c clean -n noisy --engine float,fixed\n";

_Noreturn static void print_help(void)
{
    fputs(help, stdout);
    cli_close_stdout();
    exit(EXIT_DONE);
}

static int default_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (int)n;
}

enum {
    OPT_NN_ARCH = 256,
    OPT_EPOCH,
    OPT_MODEL,
    OPT_ENGINE,
    OPT_CALIBRATE,
    OPT_BY,
    OPT_PAIRS,
    OPT_JSON,
    OPT_CSV,
    OPT_HELP,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"clean", required_argument, NULL, 'c'},
    {"enhanced", required_argument, NULL, 'e'},
    {"noisy", required_argument, NULL, 'n'},
    {"nn_arch", required_argument, NULL, OPT_NN_ARCH},
    {"epoch_loaded", required_argument, NULL, OPT_EPOCH},
    {"model", required_argument, NULL, OPT_MODEL},
    {"engine", required_argument, NULL, OPT_ENGINE},
    {"calibrate", required_argument, NULL, OPT_CALIBRATE},
    {"by", required_argument, NULL, OPT_BY},
    {"pairs", required_argument, NULL, OPT_PAIRS},
    {"json", no_argument, NULL, OPT_JSON},
    {"csv", no_argument, NULL, OPT_CSV},
    {"threads", required_argument, NULL, 'j'},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

static void take_net_option(struct options *o, int option)
{
    switch (option) {
    case OPT_NN_ARCH:
    case OPT_MODEL:
        eval_nets_add(&o->nets, optarg, option == OPT_MODEL);
        break;
    case OPT_EPOCH:
        o->nets.epoch_loaded = optarg;
        o->nets_told = 1;
        break;
    case OPT_ENGINE:
        eval_nets_engine(&o->nets, optarg);
        o->nets_told = 1;
        break;
    case OPT_CALIBRATE:
        o->nets.calibrate = optarg;
        o->nets_told = 1;
        break;
    case OPT_BY:
        eval_by_take(&o->by, optarg);
        break;
    case OPT_PAIRS:
        o->by.columns.path = optarg;
        break;
    default:
        break;
    }
}

static void take_option(struct options *o, int option)
{
    switch (option) {
    case 'c':
        o->clean = optarg;
        break;
    case 'e':
        if (o->n_enhanced == EVAL_MAX_PLACES - 2)
            cli_die(EXIT_USAGE, "too many of --enhanced: expected %d at most",
                    EVAL_MAX_PLACES - 2);
        o->enhanced[o->n_enhanced++] = optarg;
        break;
    case 'n':
        o->noisy = optarg;
        break;
    case OPT_JSON:
    case OPT_CSV:
        if (o->format != EVAL_TABLE)
            cli_die(EXIT_USAGE, "give --json or --csv, once");
        o->format = option == OPT_JSON ? EVAL_JSON : EVAL_CSV;
        break;
    case 'j':
        o->threads = (int)cli_integer("--threads", optarg, 1, MAX_THREADS);
        break;
    case 'q':
        cli_quiet = 1;
        break;
    case OPT_HELP:
        print_help();
    case OPT_VERSION:
        cli_version();
    default:
        take_net_option(o, option);
        break;
    }
}

static void check_usage(const struct options *o)
{
    if (!o->clean)
        cli_die(EXIT_USAGE, "--clean is missing (see --help)");
    if (!o->noisy && o->n_enhanced == 0)
        cli_die(EXIT_USAGE, "--enhanced is missing, or --noisy (see --help)");
    if (!o->noisy && o->n_enhanced > 1)
        cli_die(EXIT_USAGE, "several of --enhanced need --noisy");
    if (!o->noisy && (o->nets.n > 0 || o->nets_told))
        cli_die(EXIT_USAGE, "nets and their options need --noisy");
    if (!o->noisy && (o->by.columns.n > 0 || o->by.none || o->by.columns.path))
        cli_die(EXIT_USAGE, "--by and --pairs need --noisy");
    if (o->by.none && o->by.columns.path)
        cli_die(EXIT_USAGE, "--by none and --pairs exclude each other");
    if (o->nets.calibrate && !(o->nets.engines & 2))
        cli_die(EXIT_USAGE, "--calibrate needs --engine fixed");
}

static void parse_options(struct options *o, int argc, char **argv)
{
    int option;

    *o = (struct options){
        .threads = default_threads(),
        .nets.epoch_loaded = "best",
    };
    while ((option = cli_getopt(argc, argv, "c:e:n:j:q", long_options)) != -1)
        take_option(o, option);
    if (optind < argc)
        cli_die(EXIT_USAGE, "unexpected '%s': give --clean and --enhanced",
                argv[optind]);
    check_usage(o);
    if (o->nets.engines == 0)
        o->nets.engines = 1;
    if (o->nets.n == 0 && (o->n_enhanced == 0 || o->nets_told))
        eval_nets_add(&o->nets, SE_MODEL_DEFAULT_ARCH, 0);
}

/* ---- main --------------------------------------------------------------- */

static void add_place(struct eval *eval, const char *label, int place)
{
    eval->systems[eval->n_systems++] = (struct eval_system){
        .label = eval_memory(strdup(label)),
        .place = place,
    };
}

/* One folder against another. */
static void score_one(const struct options *o, struct eval *eval)
{
    const char *places[] = {o->clean, o->enhanced[0]};

    add_place(eval, o->enhanced[0], EVAL_INPUT);
    eval_open_files(eval, places, 2);
    eval_run(eval, o->threads);
    eval_print(o->format, eval);
}

/* What comes of the noisy sound, side by side. */
static void compare(struct options *o, struct eval *eval)
{
    const char *places[EVAL_MAX_PLACES] = {o->clean, o->noisy};
    struct se_groups groups;

    add_place(eval, "noisy", EVAL_INPUT);
    eval->has_noisy = 1;
    for (int i = 0; i < o->n_enhanced; i++) {
        places[2 + i] = o->enhanced[i];
        add_place(eval, o->enhanced[i], 2 + i);
    }
    eval_nets_open(&o->nets, eval);
    eval_open_files(eval, places, 2 + o->n_enhanced);
    eval_groups_open(&groups, &o->by, o->noisy, eval);
    eval_run(eval, o->threads);
    eval_compare(o->format, eval, &groups);
    se_groups_free(&groups);
}

int main(int argc, char **argv)
{
    static struct options o;
    static struct eval eval;

    cli_name = "se-eval";
    parse_options(&o, argc, argv);
    if (o.noisy)
        compare(&o, &eval);
    else
        score_one(&o, &eval);
    eval_nets_close(&o.nets, &eval);
    eval_close_files(&eval);
    cli_close_stdout();
    return EXIT_DONE;
}
