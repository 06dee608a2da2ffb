/* options.c - the options of se-features. */
#include "options.h"

#include "common/cli.h"
#include "common/mix_options.h"
#include "picture/mixture.h"
#include "records/shards.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_THREADS = 256 };

static const char *const help[] = {
    "Usage: se-features --speech PATH --noise PATH -o DIR [options]\n"
    "       se-features --scan DIR -o FILE.csv [--split 80:20]\n"
    "       se-features --merge -o DIR\n"
    "       se-features --inspect FILE\n"
    "       se-features --download 1 [--datasets A,B] [--data_dir DIR]\n"
    "Mixes clean speech with noise and writes both, as power spectra or as\n"
    "samples, to TFRecords, which se-train and TensorFlow read.\n"
    "\n"
    "  -s, --speech PATH         clean speech: a folder, a manifest (of which\n"
    "                            FILE.csv:split=train takes a part), or a "
    "text\n"
    "                            file with one path a line\n"
    "  -n, --noise PATH          noise, the same way\n"
    "      --split_use NAME      of manifests, the files of this split\n"
    "      --datasize_noise N    of each type of noise, N files (-1: all)\n"
    "  -o, --output DIR          where the TFRecords go, one a mixture\n"
    "      --list FILE           write their names to FILE, for se-train\n"
    "      --num N               mixtures to make (as much as there is "
    "speech)\n"
    "      --format pspec|pcm    power spectra as the original has them, or\n"
    "                            samples: smaller, and phases are known "
    "(pspec)\n"
    "      --records_per_file N  equal parts a mixture is cut into (5)\n"
    "      --gzip 0|1            compress (1)\n"
    "      --seed N              of all that is drawn (1)\n"
    "  -j, --jobs N              threads (one a processor)\n"
    "      --strict              stop when a file cannot be used\n"
    "      --shard I/N           make every N-th mixture from the I-th on; I\n"
    "                            counts from 1 to N, one for each machine\n"
    "      --merge               check all parts in DIR, make them one set\n"
    "      --scratch DIR         for decoded sound, 32 kB a second (DIR of "
    "-o)\n"
    "      --plot FILE           draw the first mixtures, a .pdf, .png or "
    ".svg;\n"
    "                            without --output do no more\n"
    "      --plot_count N        so many, at most 20 (3)\n"
    "      --inspect FILE        print what is in a TFRecord file\n"
    "  -q, --quiet               no progress, no remarks\n"
    "  -h, --help                print this and exit\n"
    "      --version             print the version and exit\n",
    mix_help,
    "\nManifests of sound files\n"
    "      --scan DIR            write what is in DIR to FILE.csv, speakers "
    "by\n"
    "                            the layout of LibriSpeech, VCTK, THCHS-30, "
    "or\n"
    "                            by folders; may be given again\n"
    "      --kind KIND           speech, noise, noise:TYPE (speech)\n"
    "      --set NAME            (the folder's name)\n"
    "      --speaker REGEX       the speaker is its first group, in the path\n"
    "      --split A:B, A:C:B    train and test, or train, valid and test, in\n"
    "                            these shares; no speaker is in two of them\n",
    download_help,
    "\n"
    "The same seed gives the same bytes, whatever the number of threads.\n"
    "Interrupted, the same command goes on where it was.\n"
    "Exit status: 0 done, 1 failed or files were skipped, 2 wrong usage, 130\n"
    "interrupted.\n"
    "\n"
    "Example:\n"
    "  se-features -s clean/ -n noise/ -o tfrecords/ --list train.csv\n",
};

_Noreturn static void print_help(void)
{
    for (size_t i = 0; i < sizeof help / sizeof *help; i++)
        fputs(help[i], stdout);
    cli_close_stdout();
    exit(EXIT_DONE);
}

enum {
    OPT_LIST = 256,
    OPT_NUM,
    OPT_RECORDS,
    OPT_GZIP,
    OPT_SEED,
    OPT_FORMAT,
    OPT_STRICT,
    OPT_PLOT,
    OPT_PLOT_COUNT,
    OPT_SHARD,
    OPT_MERGE,
    OPT_SCRATCH,
    OPT_SPLIT_USE,
    OPT_DATASIZE_NOISE,
    OPT_SCAN,
    OPT_KIND,
    OPT_SET,
    OPT_SPEAKER,
    OPT_SPLIT,
    OPT_INSPECT,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"speech", required_argument, NULL, 's'},
    {"noise", required_argument, NULL, 'n'},
    {"output", required_argument, NULL, 'o'},
    {"list", required_argument, NULL, OPT_LIST},
    {"num", required_argument, NULL, OPT_NUM},
    {"records_per_file", required_argument, NULL, OPT_RECORDS},
    {"gzip", required_argument, NULL, OPT_GZIP},
    {"seed", required_argument, NULL, OPT_SEED},
    {"jobs", required_argument, NULL, 'j'},
    {"threads", required_argument, NULL, 'j'},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"shard", required_argument, NULL, OPT_SHARD},
    {"merge", no_argument, NULL, OPT_MERGE},
    {"scratch", required_argument, NULL, OPT_SCRATCH},
    {"split_use", required_argument, NULL, OPT_SPLIT_USE},
    {"datasize_noise", required_argument, NULL, OPT_DATASIZE_NOISE},
    {"scan", required_argument, NULL, OPT_SCAN},
    {"kind", required_argument, NULL, OPT_KIND},
    {"set", required_argument, NULL, OPT_SET},
    {"speaker", required_argument, NULL, OPT_SPEAKER},
    {"split", required_argument, NULL, OPT_SPLIT},
    {"inspect", required_argument, NULL, OPT_INSPECT},
    {"plot", required_argument, NULL, OPT_PLOT},
    {"plot_count", required_argument, NULL, OPT_PLOT_COUNT},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    MIX_LONG_OPTIONS,
    DOWNLOAD_LONG_OPTIONS,
    {0},
};

/* "2/10": the second of ten. */
static void take_shard(struct features_options *o, const char *text)
{
    char end;

    if (sscanf(text, "%d/%d%c", &o->part, &o->n_parts, &end) != 2 ||
        o->part < 1 || o->part > o->n_parts || o->n_parts > FEATURES_MAX_SHARDS)
        cli_die(EXIT_USAGE,
                "--shard: expected I/N with I from 1 to N, such as 1/10, "
                "found '%s'",
                text);
}

/* "80:20" or "80:10:10". */
static void take_split(struct features_options *o, const char *text)
{
    const char *p = text;
    char *end;

    o->n_splits = 0;
    do {
        double share = strtod(p, &end);

        if (end == p || !(share > 0) || share > 1e9 ||
            o->n_splits == FEATURES_MAX_SPLITS ||
            (*end ? *end != ':' : o->n_splits == 0))
            cli_die(EXIT_USAGE,
                    "--split: expected shares such as 80:20 or 80:10:10, "
                    "found '%s'",
                    text);
        o->shares[o->n_splits++] = share;
        p = end + 1;
    } while (*end);
}

static void take_scan_option(struct features_options *o, int option)
{
    switch (option) {
    case OPT_SCAN:
        if (o->n_scans == FEATURES_MAX_SCANS)
            cli_die(EXIT_USAGE, "--scan: more than %d folders",
                    FEATURES_MAX_SCANS);
        o->scans[o->n_scans++] = optarg;
        break;
    case OPT_KIND:
        o->kind = optarg;
        break;
    case OPT_SET:
        o->set = optarg;
        break;
    case OPT_SPEAKER:
        o->speaker = optarg;
        break;
    case OPT_SPLIT:
        take_split(o, optarg);
        break;
    }
}

static void take_option(struct features_options *o, int option)
{
    if (option >= DOWNLOAD_OPTION_FIRST) {
        download_option_take(&o->download, option, optarg);
        return;
    }
    if (option >= MIX_OPTION_FIRST) {
        mix_option_take(&o->mix, option, optarg);
        return;
    }
    switch (option) {
    case 's':
        o->speech = optarg;
        break;
    case 'n':
        o->noise = optarg;
        break;
    case 'o':
        o->output = optarg;
        break;
    case OPT_LIST:
        o->list = optarg;
        break;
    case OPT_NUM:
        o->num = (int)cli_integer("--num", optarg, 1, FEATURES_MAX_SHARDS);
        break;
    case OPT_RECORDS:
        o->n_records =
            (int)cli_integer("--records_per_file", optarg, 1, 100000);
        break;
    case OPT_GZIP:
        o->gzip = (int)cli_integer("--gzip", optarg, 0, 1);
        break;
    case OPT_SEED:
        o->seed = (uint64_t)cli_integer("--seed", optarg, 0, INT_MAX);
        break;
    case 'j':
        o->threads = (int)cli_integer("--jobs", optarg, 1, MAX_THREADS);
        break;
    case OPT_FORMAT:
        o->format = (enum se_record_format)cli_word(
            "--format", optarg, (const char *const[]){"pspec", "pcm", NULL});
        break;
    case OPT_STRICT:
        o->strict = 1;
        break;
    case OPT_SHARD:
        take_shard(o, optarg);
        break;
    case OPT_MERGE:
        o->merge = 1;
        break;
    case OPT_SCRATCH:
        o->scratch = optarg;
        break;
    case OPT_SPLIT_USE:
        o->split_use = optarg;
        break;
    case OPT_DATASIZE_NOISE:
        o->datasize_noise =
            (int)cli_integer("--datasize_noise", optarg, -1, INT_MAX);
        if (o->datasize_noise == 0)
            cli_die(EXIT_USAGE, "--datasize_noise: expected -1 or 1 and more, "
                                "found 0");
        break;
    case OPT_SCAN:
    case OPT_KIND:
    case OPT_SET:
    case OPT_SPEAKER:
    case OPT_SPLIT:
        take_scan_option(o, option);
        break;
    case OPT_INSPECT:
        o->inspect = optarg;
        break;
    case OPT_PLOT:
        o->plot = optarg;
        break;
    case OPT_PLOT_COUNT:
        o->plot_count =
            (int)cli_integer("--plot_count", optarg, 1, SE_MAX_MIXTURES);
        break;
    case 'q':
        cli_quiet = 1;
        break;
    case 'h':
        print_help();
    case OPT_VERSION:
        cli_version();
    }
}

static void check_plot(const struct features_options *o)
{
    struct se_report report;

    if (se_canvas_check_name(o->plot, &report) != SE_OK)
        cli_die(EXIT_USAGE, "--plot: %s", report.text);
}

static void check_options(const struct features_options *o)
{
    if (o->inspect) {
        if (o->speech || o->noise || o->output || o->merge)
            cli_die(EXIT_USAGE, "--inspect goes alone");
        return;
    }
    if (o->n_scans) {
        if (!o->output)
            cli_die(EXIT_USAGE, "--scan needs --output, the manifest");
        if (o->speech || o->noise || o->merge)
            cli_die(EXIT_USAGE, "--scan goes without --speech, --noise and "
                                "--merge");
        return;
    }
    if (o->n_splits || o->kind || o->set || o->speaker)
        cli_die(EXIT_USAGE, "--%s goes with --scan",
                o->n_splits ? "split"
                : o->kind   ? "kind"
                : o->set    ? "set"
                            : "speaker");
    if (o->merge) {
        if (!o->output)
            cli_die(EXIT_USAGE, "--merge needs --output, the folder");
        if (o->speech || o->noise || o->part)
            cli_die(EXIT_USAGE, "--merge goes with --output alone");
        return;
    }
    if (o->download.list || o->download.download) {
        if (o->speech || o->noise || o->output)
            cli_die(EXIT_USAGE, "--%s goes alone",
                    o->download.list ? "list_datasets" : "download");
        return;
    }
    if (o->download.any)
        cli_die(EXIT_USAGE, "--datasets and its like need --download 1");
    if (o->plot)
        check_plot(o);
    if (!o->speech || !o->noise || (!o->output && !o->plot))
        cli_die(EXIT_USAGE, "--%s is missing (see --help)",
                !o->speech  ? "speech"
                : !o->noise ? "noise"
                            : "output");
    mix_option_check(&o->mix);

    if (o->list && o->part)
        cli_die(EXIT_USAGE, "--list goes with --merge, not with --shard");

    struct se_mixer mixer = {.config = o->mix};
    struct se_shards shards = {.mixer = &mixer, .n_records = o->n_records};
    struct se_report report;

    if (se_shards_frames(&shards, &report) < 0)
        cli_die(EXIT_USAGE, "--seconds, --records_per_file: %s", report.text);
}

struct features_options features_options_parse(int argc, char **argv)
{
    long n_processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct features_options o = {
        .n_records = 5,
        .plot_count = 3,
        .gzip = 1,
        .seed = 1,
        .datasize_noise = -1,
        .threads = n_processors < 1             ? 1
                   : n_processors > MAX_THREADS ? MAX_THREADS
                                                : (int)n_processors,
    };
    int option;

    se_mix_config_default(&o.mix);
    o.mix.seconds = 25;
    download_options_default(&o.download);
    while ((option = cli_getopt(argc, argv, "s:n:o:j:qh", long_options)) != -1)
        take_option(&o, option);
    if (optind < argc)
        cli_die(EXIT_USAGE, "unexpected '%s': give --speech and --noise",
                argv[optind]);
    check_options(&o);
    return o;
}
