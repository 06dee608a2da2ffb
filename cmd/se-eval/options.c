/* options.c - the options of se-eval. */
#include "options.h"

#include "common/options.h"

#include <string.h>

enum { MAX_THREADS = 256 };

static const char *const which_words[] = {"best", "latest", NULL};

/* "snr", "snr,noise" or "none". The text, of the command line, is taken
 * apart. */
static int take_by(void *at, const char *text, struct se_report *report)
{
    struct eval_by *by = at;
    struct se_groups_by *columns = &by->columns;
    char *rest = (char *)text, *word;

    by->none = strcmp(text, "none") == 0;
    while (!by->none && (word = strsep(&rest, ","))) {
        if (columns->n == SE_GROUPS_MAX_COLUMNS || !*word)
            return se_fail(report, SE_ERR_ARG,
                           "expected 1 to %d names of columns",
                           SE_GROUPS_MAX_COLUMNS);
        columns->columns[columns->n++] = word;
    }
    return SE_OK;
}

static int add_net(struct eval_nets *nets, const char *name, int is_model,
                   struct se_report *report)
{
    if (nets->n == EVAL_MAX_NETS)
        return se_fail(report, SE_ERR_ARG, "expected %d nets at most",
                       EVAL_MAX_NETS);
    nets->nets[nets->n++] =
        (struct eval_net){.name = name, .is_model = is_model};
    return SE_OK;
}

static int take_arch(void *at, const char *text, struct se_report *report)
{
    return add_net(at, text, 0, report);
}

static int take_model(void *at, const char *text, struct se_report *report)
{
    return add_net(at, text, 1, report);
}

/* Given again, it adds engines. */
static int take_engines(void *at, const char *text, struct se_report *report)
{
    return option_words(at, text, eval_engine_words, report);
}

#define AT(member) OPTION_AT(struct eval_options, member)
static const struct option_row speech_rows[] = {
    {"clean", 'c', OPTION_PATH, "PATH", "the clean speech", AT(clean),
     .is_needed = 1},
    {"enhanced", 'e', OPTION_PATH, "PATH",
     "the speech to score; several with --noisy", AT(enhanced),
     .n_at = offsetof(struct eval_options, n_enhanced),
     .most = EVAL_MAX_ENHANCED},
    {"noisy", 'n', OPTION_PATH, "PATH",
     "the noisy speech, to score and to enhance", AT(noisy)},
    {0},
};
static const struct option_row net_rows[] = {
    {"nn_arch", 0, OPTION_NET, "FILE",
     "a net to enhance with; may be given again", AT(nets),
     .otherwise = SE_MODEL_DEFAULT_ARCH, .needs = "noisy", .take = take_arch},
    {"epoch_loaded", 0, OPTION_TEXT, "WHICH",
     "of all these: best, latest, or the number of an epoch",
     AT(nets.epoch_loaded), .words = which_words, .preset = "best",
     .needs = "noisy"},
    {"model", 0, OPTION_PATH, "CHECKPOINT",
     "another net: a file, a model folder, or a shipped net, "
     "shipped:se_nn_arch72_mel; may be given again",
     AT(nets), .needs = "noisy", .take = take_model},
    {"engine", 0, OPTION_WORDS, "WORD,...",
     "run the nets in float, fixed (integers, as a board does) or float,fixed",
     AT(nets.engines), .words = eval_engine_words, .otherwise = "float",
     .needs = "noisy", .take = take_engines},
    {"calibrate", 0, OPTION_FILE, "FILE",
     "the sound that se-convert --calibrate was given", AT(nets.calibrate),
     .needs = "noisy engine=fixed"},
    {0},
};
static const struct option_row group_rows[] = {
    {"by", 0, OPTION_TEXT, "COLUMN,...",
     "group by these columns of pairs.csv, snr or noise; none: no groups",
     AT(by), .otherwise = "snr and noise_type, where they are",
     .needs = "noisy", .take = take_by},
    {"pairs", 0, OPTION_FILE, "FILE",
     "instead of pairs.csv in or beside the noisy folder", AT(by.columns.path),
     .needs = "noisy"},
    {0},
};
static const struct option_row general_rows[] = {
    {"json", 0, OPTION_FLAG, NULL, "print a JSON object instead of a table",
     AT(is_json), .excludes = "csv"},
    {"csv", 0, OPTION_FLAG, NULL,
     "print comma-separated values instead of a table", AT(is_csv)},
    {"quick", 0, OPTION_FLAG, NULL,
     "a short cut of PESQ, which takes the files as aligned and is labelled so",
     AT(is_quick)},
    {"threads", 'j', OPTION_INTEGER, "N", "files at the same time", AT(threads),
     .min = 1, .max = MAX_THREADS, .otherwise = "one a processor"},
    OPTION_QUIET("the mean over all files only, and no progress line"),
    OPTION_HELP_AND_VERSION,
    {0},
};
static const struct option_group groups[] = {
    {NULL, speech_rows, 0},
    {"Nets", net_rows, 0},
    {"Groups", group_rows, 0},
    {"General", general_rows, 0},
    {0},
};

static void set_defaults(void *options)
{
    ((struct eval_options *)options)->threads = cli_processors(MAX_THREADS);
}

static const struct option_program program = {
    .name = "se-eval",
    .usage = "--clean PATH --enhanced PATH [OPTION]...\n"
             "--clean PATH --noisy PATH [--nn_arch FILE]... [OPTION]...",
    .about = "Score enhanced speech against clean speech: STOI, ESTOI, SI-SDR, "
             "segmental SNR, LSD and PESQ, file by file and in the mean; or "
             "enhance the "
             "noisy speech and score that, nets and engines side by side. Each "
             "PATH is a folder, or each a file; of folders, files of the same "
             "name belong together, whatever the extension.",
    .example = "se-eval -c clean -n noisy --engine float,fixed",
    .groups = groups,
    .defaults = set_defaults,
};

void eval_options_parse(struct eval_options *o, int argc, char **argv)
{
    struct option_found found = options_parse(&program, o, argc, argv);
    int nets_asked = options_given(&found, "engine") ||
                     options_given(&found, "epoch_loaded");

    if (!o->noisy && o->n_enhanced == 0)
        cli_die(EXIT_USAGE, "--enhanced is missing, or --noisy (see --help)");
    if (!o->noisy && o->n_enhanced > 1)
        cli_die(EXIT_USAGE, "several of --enhanced need --noisy");
    if (o->by.none && o->by.columns.path)
        cli_die(EXIT_USAGE, "--by none and --pairs exclude each other");
    o->format = o->is_json ? EVAL_JSON : o->is_csv ? EVAL_CSV : EVAL_TABLE;
    if (o->nets.engines == 0)
        o->nets.engines = 1;
    if (o->nets.n == 0 && (o->n_enhanced == 0 || nets_asked))
        add_net(&o->nets, SE_MODEL_DEFAULT_ARCH, 0, NULL);
}
