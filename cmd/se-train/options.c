/* options.c - the options of se-train. */
#include "options.h"

#include "common/mix_options.h"
#include "encoding/decimal.h"
#include "files/find.h"
#include "gemm/pair_tile.h"
#include "loss/loss.h"
#include "model/model.h"
#include "remember.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const feature_words[] = {"any", "mel", "pspec", NULL};
static const char *const which_words[] = {"random", "best", "latest", NULL};
static const char *const basis_words[] = {"none", "cosine", NULL};
/* The first two as in enum se_precision. */
enum { PRECISION_AUTO = SE_BFLOAT16 + 1 };
static const char *const precision_words[] = {"float32", "bfloat16", "auto",
                                              NULL};
static const char *const schedule_words[] = {"constant", "cosine", "plateau",
                                             NULL};

/* "1,3-5" as a set of bits, layer 1 the lowest. */
static int take_layers(void *at, const char *text, struct se_report *report)
{
    unsigned *layers = at;
    const char *from = text;

    for (*layers = 0;; from++) {
        char *end;
        long first = strtol(from, &end, 10), last = first;

        if (end != from && *end == '-')
            last = strtol(end + 1, &end, 10);
        if (first < 1 || last < first || last > SE_MAX_LAYERS ||
            (*end && *end != ','))
            return se_fail(report, SE_ERR_ARG,
                           "expected layers from 1 to %d, as in 1,3-4, found "
                           "'%s'",
                           SE_MAX_LAYERS, text);
        for (long i = first; i <= last; i++)
            *layers |= 1u << (i - 1);
        if (!*end)
            return SE_OK;
        from = end;
    }
}

/* "20,10": microseconds and gigabits a second. */
static int take_network(void *at, const char *text, struct se_report *report)
{
    struct se_network *network = at;
    size_t n = strcspn(text, ",");
    double us, gbit;
    char first[32];

    snprintf(first, sizeof first, "%.*s", (int)n, text);
    if (!text[n] || n >= sizeof first || !se_decimal_read(&us, first) ||
        !se_decimal_read(&gbit, text + n + 1) || !(us >= 0) || !(us <= 1e6) ||
        !(gbit > 0) || !(gbit <= 1e6))
        return se_fail(report, SE_ERR_ARG,
                       "expected microseconds and gigabits a second, as in "
                       "20,10, found '%s'",
                       text);
    *network = (struct se_network){us * 1e-6, gbit * 1e9 / 8};
    return SE_OK;
}

#define AT(member) OPTION_AT(struct train_options, member)
static const struct option_row net_rows[] = {
    {"nn_arch", 0, OPTION_NET, "FILE", "the net's description", AT(nn_arch),
     .preset = SE_MODEL_DEFAULT_ARCH},
    {"feat_type", 0, OPTION_WORD, "WORD",
     "the features: mel bands or power spectra", AT(feat_type),
     .words = feature_words, .otherwise = "pspec for 257 inputs, else mel"},
    {"epoch_loaded", 0, OPTION_TEXT, "WHICH",
     "random: start anew; latest: go on exactly where the last run stopped, "
     "with its options; best or a number: start from these weights",
     AT(epoch_loaded), .words = which_words, .preset = "random"},
    {"init", 0, OPTION_PATH, "CHECKPOINT",
     "start epoch 1 from these weights: a file, a model folder, or a shipped "
     "net, shipped:se_nn_arch72_mel",
     AT(init_name)},
    {"teacher", 0, OPTION_PATH, "CHECKPOINT",
     "also learn from this net, which gives a mask, whatever its size and "
     "features; named as with --init",
     AT(teacher_name)},
    {"teacher_share", 0, OPTION_REAL, "X",
     "share of the teacher's output in the target; the rest is the clean "
     "speech",
     AT(teacher_share), .max = 1, .preset = "0.5", .needs = "teacher"},
    {"freeze", 0, OPTION_TEXT, "N,N-N,...",
     "layers that keep their weights, as --dry_run numbers them", AT(frozen),
     .take = take_layers},
    {"models_dir", 0, OPTION_FOLDER, "DIR", "where model folders are",
     AT(models_dir), .preset = "models"},
    {"overwrite", 0, OPTION_FLAG, NULL,
     "let random, best or a number replace later epochs", AT(overwrite)},
    {0},
};
static const struct option_row data_rows[] = {
    {"speech", 0, OPTION_PATH, "LIST|DIR",
     "clean speech, to be mixed afresh each epoch", AT(speech)},
    {"noise", 0, OPTION_PATH, "LIST|DIR", "noise", AT(noise)},
    {"test_speech", 0, OPTION_PATH, "LIST|DIR", "clean speech for validation",
     AT(test_speech)},
    {"test_noise", 0, OPTION_PATH, "LIST|DIR", "noise for validation",
     AT(test_noise)},
    {"valid_pairs", 0, OPTION_FOLDER, "DIR",
     "validate on DIR/noisy and DIR/clean instead", AT(valid_pairs)},
    {"epoch_hours", 0, OPTION_REAL, "H", "audio in an epoch", AT(epoch_hours),
     .min = 1e-6, .max = 1e6, .unit = "h", .otherwise = "all speech once"},
    {"train_list", 0, OPTION_PATH, "LIST|DIR",
     "TFRecords of se-features for training", AT(train_list),
     .otherwise = TRAIN_DEFAULT_LIST ", where it is"},
    {"test_list", 0, OPTION_PATH, "LIST|DIR", "TFRecords for validation",
     AT(test_list), .otherwise = TRAIN_DEFAULT_TEST ", with that"},
    {"statistics", 0, OPTION_FILE, "FILE",
     "mean and deviation of the features; none: taken over the first sequences",
     AT(statistics),
     .otherwise = "those beside the TFRecords, if they are there, else none"},
    {0},
};
static const struct option_row training_rows[] = {
    {"num_epoch", 0, OPTION_INTEGER, "N", "epochs in all", AT(num_epoch),
     .max = 1000000, .preset = "50"},
    {"batchsize", 0, OPTION_INTEGER, "N",
     "sequences in parallel, at most as many as there are", AT(batchsize),
     .min = 1, .max = 65536, .preset = "64"},
    {"timesteps", 0, OPTION_INTEGER, "N", "frames between two steps of Adam",
     AT(timesteps), .min = 1, .max = 100000, .preset = "100"},
    {"learning_rate", 0, OPTION_REAL, "R", "highest learning rate",
     AT(learning_rate), .max = 10, .preset = "0.001"},
    {"schedule", 0, OPTION_WORD, "WORD", "how the learning rate changes",
     AT(schedule), .words = schedule_words, .preset = "cosine"},
    {"clip_norm", 0, OPTION_REAL, "X", "the gradient's norm is clipped to this",
     AT(clip_norm), .min = 1e-9, .max = 1e9, .preset = "1"},
    {"weight_decay", 0, OPTION_REAL, "X",
     "decoupled weight decay of the kernels (AdamW)", AT(weight_decay),
     .max = 10, .preset = "0"},
    {"average", 0, OPTION_REAL, "X",
     "checkpoints hold an exponential moving average of the weights with this "
     "decay; 0: the weights as they are",
     AT(average), .max = 0.999999, .preset = "0"},
    {"input_basis", 0, OPTION_WORD, "WORD",
     "basis in which Adam sees the first kernel", AT(cosine_basis),
     .words = basis_words, .preset = "cosine"},
    {"precision", 0, OPTION_WORD, "WORD",
     "of matrix products; bfloat16: rounded factors, float sums and weights, "
     "fast where the processor has AMX; auto: bfloat16 on such a one, else "
     "float32",
     AT(precision_word), .words = precision_words, .preset = "float32"},
    {"patience", 0, OPTION_INTEGER, "N",
     "stop after N epochs without a better one; 0: never", AT(patience),
     .max = 1000000, .preset = "0"},
    {"dropprob", 0, OPTION_REAL, "P", "dropout rate of all layers",
     AT(dropprob), .max = 0.95, .otherwise = "as in the nn_arch file"},
    {"quantized", 0, OPTION_FLAG, NULL,
     "train for the 8-bit weights of se-convert: best with --epoch_loaded, few "
     "epochs, a low rate",
     AT(quantized)},
    {"loss", 0, OPTION_TEXT, "LOSS",
     "a sum of the terms below, as in blend+0.02*cmse", AT(loss),
     .preset = "mse"},
    {"seed", 0, OPTION_INTEGER, "N", "seed of weights, mixtures and dropout",
     AT(seed), .max = INT32_MAX, .preset = "1"},
    {"threads", 0, OPTION_INTEGER, "N", "workers of a process", AT(threads),
     .min = 1, .max = 1024, .otherwise = "one a processor"},
    {"dry_run", 0, OPTION_FLAG, NULL,
     "print parameters, multiply-adds, memory, disk and time, and train "
     "nothing",
     AT(dry_run)},
    {"ranks", 0, OPTION_INTEGER, "N",
     "with --dry_run: also predict the speed of so many processes", AT(n_ranks),
     .min = 1, .max = 4096, .otherwise = "none"},
    {"network", 0, OPTION_TEXT, "US,GBIT",
     "latency in microseconds and gigabits a second between these", AT(network),
     .take = take_network, .preset = "20,10"},
    {0},
};
static const struct option_row general_rows[] = {
    OPTION_QUIET("no progress, no remarks"),
    OPTION_HELP_AND_VERSION,
    {0},
};
static const struct option_group groups[] = {
    {"Net", net_rows, 0},
    {"Data", data_rows, 0},
    {"Mixing", mix_option_rows, offsetof(struct train_options, mix)},
    {"Rooms", room_option_rows, offsetof(struct train_options, mix)},
    {"Training", training_rows, 0},
    {"General", general_rows, 0},
    {0},
};

static void set_defaults(void *options)
{
    struct train_options *o = options;

    se_mix_config_default(&o->mix);
    o->dropprob = -1;
}

static const struct option_program program = {
    .name = "se-train",
    .usage = "--speech LIST|DIR --noise LIST|DIR [OPTION]...\n"
             "--train_list LIST|DIR --test_list LIST|DIR [OPTION]...",
    .about = "Train a speech enhancement net; a checkpoint an epoch goes to "
             "models/<name of the nn_arch>/.",
    .notes = "Many processes and machines: mpirun -n N --hostfile FILE "
             "se-train ...\n"
             "Ctrl-C finishes the step and saves; --epoch_loaded latest goes "
             "on.",
    .example = "se-train --speech clean/ --noise noise/ --num_epoch 100",
    .groups = groups,
    .defaults = set_defaults,
    .appendix = se_loss_list,
};

static void check_options(const struct train_options *o, int n_ranks)
{
    struct se_report report;
    struct se_loss loss;

    if (!o->train_list == !(o->speech && o->noise))
        cli_die(EXIT_USAGE,
                "expected --speech and --noise, or --train_list (see --help), "
                "or " TRAIN_DEFAULT_LIST " of se-features --download 1");
    if (o->train_list && !o->test_list)
        cli_die(EXIT_USAGE, "--train_list also needs --test_list");
    if (o->init_name && strcmp(o->epoch_loaded, "random") != 0 &&
        !train_options_is_latest(o))
        cli_die(EXIT_USAGE,
                "--init begins with epoch 1: expected no --epoch_loaded %s",
                o->epoch_loaded);
    if (o->frozen && !o->init_name && strcmp(o->epoch_loaded, "random") == 0)
        cli_die(EXIT_USAGE, "--freeze keeps weights that are trained: expected "
                            "--init or --epoch_loaded with it");
    if (!o->test_speech != !o->test_noise)
        cli_die(EXIT_USAGE, "--test_speech and --test_noise go together");
    mix_option_check(&o->mix);
    if (n_ranks == 1 && o->batchsize < o->threads)
        cli_die(EXIT_USAGE, "--batchsize %d is less than --threads %d",
                o->batchsize, o->threads);
    if (o->n_ranks && !o->dry_run)
        cli_die(EXIT_USAGE,
                "--ranks predicts: expected --dry_run with it "
                "(mpirun -n %d trains)",
                o->n_ranks);
    if (o->n_ranks && n_ranks > 1)
        cli_die(EXIT_USAGE, "--ranks predicts: expected no mpirun with it");
    if (o->n_ranks > n_ranks)
        n_ranks = o->n_ranks;
    if (o->batchsize < o->threads * n_ranks)
        cli_die(EXIT_USAGE,
                "--batchsize %d is less than --threads %d times %d ranks",
                o->batchsize, o->threads, n_ranks);
    cli_check_usage("--loss: ", se_loss_parse(&loss, o->loss, &report),
                    &report);
}

int train_options_is_latest(const struct train_options *o)
{
    return strcmp(o->epoch_loaded, "latest") == 0;
}

/* Lists where se-features puts them, if no data were named. */
static void take_default_lists(struct train_options *o)
{
    if (o->speech || o->noise || o->train_list || o->test_list ||
        access(TRAIN_DEFAULT_LIST, F_OK) != 0)
        return;
    o->train_list = TRAIN_DEFAULT_LIST;
    o->test_list = TRAIN_DEFAULT_TEST;
}

struct train_options train_options_parse(int argc, char **argv,
                                         struct se_ranks *ranks)
{
    struct train_options o = {0};
    const int cores = se_ranks_processors(ranks);
    const int n_ranks = se_ranks_count(ranks);
    struct option_found found = options_parse(&program, &o, argc, argv);

    o.words = found.words;
    if (train_options_is_latest(&o))
        train_remember(&o, &program, ranks);
    o.remembered = train_words_join(&program, o.words);
    take_default_lists(&o);
    o.precision = o.precision_word != PRECISION_AUTO
                      ? (enum se_precision)o.precision_word
                  : se_bfloat16_is_fast() ? SE_BFLOAT16
                                          : SE_FLOAT32;
    if (o.threads == 0)
        o.threads = cores * n_ranks < o.batchsize ? cores
                    : o.batchsize < n_ranks       ? 1
                                                  : o.batchsize / n_ranks;
    check_options(&o, n_ranks);
    return o;
}

void train_options_free(struct train_options *o)
{
    free(o->remembered);
    free(o->recalled);
    free(o->merged);
}

/* ---- what needs files ---------------------------------------------------- */

static void find_checkpoint(char *found, size_t size, const char *name)
{
    struct se_report report;

    cli_check_usage("", se_model_find(found, size, name, &report), &report);
}

/* Adds words to the command that the checkpoints keep. */
static void note_command(struct train_options *o, char **words, int n)
{
    for (int i = 0; i < n; i++) {
        size_t used = strlen(o->command);

        snprintf(o->command + used, sizeof o->command - used, "%s%s",
                 used ? " " : "", words[i]);
    }
}

void train_options_find(struct train_options *o)
{
    struct option_use use = {0};

    if (o->init_name)
        find_checkpoint(o->init, sizeof o->init, o->init_name);
    if (o->teacher_name)
        find_checkpoint(o->teacher, sizeof o->teacher, o->teacher_name);
    note_command(o, o->words, 1);
    while (options_next(&program, o->words, &use, NULL) == SE_OK && use.row) {
        if (strcmp(use.row->name, "init") == 0)
            note_command(o, (char *[]){"--init", o->init}, 2);
        else if (strcmp(use.row->name, "teacher") == 0)
            note_command(o, (char *[]){"--teacher", o->teacher}, 2);
        else if (strcmp(use.row->name, "epoch_loaded") != 0 ||
                 strcmp(use.text, "latest") != 0)
            note_command(o, use.words, use.n_words);
    }
}
