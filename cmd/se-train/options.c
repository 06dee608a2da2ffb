/* options.c - the options of se-train. */
#include "options.h"

#include "base/file.h"
#include "common/cli.h"
#include "common/mix_options.h"
#include "model/model.h"
#include "nn/loss.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void print_help(void)
{
    const char *const help[] = {
        "Usage: se-train --speech LIST|DIR --noise LIST|DIR [OPTIONS]\n"
        "       se-train --train_list LIST|DIR --test_list LIST|DIR [OPTIONS]\n"
        "Train a speech enhancement net; a checkpoint an epoch goes to\n"
        "models/<name of the nn_arch>/.\n",
        "\nNet\n"
        "  --nn_arch FILE        description (def_se_nn_arch72_mel.txt)\n"
        "  --feat_type TYPE      mel or pspec (pspec for 257 inputs, else "
        "mel)\n"
        "  --epoch_loaded WHICH  random: start anew; latest: go on exactly "
        "where\n"
        "                        the last run stopped; best or a number: "
        "start\n"
        "                        from these weights (random)\n"
        "  --init CHECKPOINT     begin with epoch 1 from these weights: a "
        "file, or\n"
        "                        a model folder, such as se_nn_arch72_mel\n"
        "  --freeze N,N-N,...    layers that keep their weights, as --dry_run\n"
        "                        numbers them\n"
        "  --models_dir DIR      where model folders are (models)\n"
        "  --overwrite           let random, best or a number replace later\n"
        "                        epochs\n",
        "\nData: fresh mixtures of sound files, or TFRecords of se-features\n"
        "  --speech, --noise LIST|DIR            clean speech, noise\n"
        "  --test_speech, --test_noise LIST|DIR  the same for validation\n"
        "  --valid_pairs DIR     validate on DIR/noisy and DIR/clean instead\n"
        "  --epoch_hours H       audio in an epoch (once the speech)\n"
        "  --train_list, --test_list LIST|DIR    TFRecords\n"
        "  --statistics FILE     mean and deviation of the features (those of\n"
        "                        se-features beside the TFRecords, if they "
        "are\n"
        "                        there, else taken over the first sequences);\n"
        "                        none: always taken\n",
        mix_help,
        "\nTraining\n"
        "  --num_epoch N         epochs in all (50)\n"
        "  --batchsize N         sequences in parallel (64)\n"
        "  --timesteps N         frames between two steps of Adam (100)\n"
        "  --learning_rate R     at its highest (0.001)\n"
        "  --schedule KIND       constant, cosine or plateau (cosine)\n"
        "  --clip_norm X         limit of the gradient's norm (1)\n"
        "  --average X           checkpoints are a running mean of the "
        "weights,\n"
        "                        in which a step leaves this share of the old\n"
        "                        one: 0.999; 0: the weights as they are (0)\n"
        "  --input_basis KIND    in which Adam sees the first kernel: cosine\n"
        "                        or none (cosine)\n"
        "  --patience N          stop after N epochs without a better one;\n"
        "                        0: never (0)\n"
        "  --dropprob P          all drop-outs, instead of the nn_arch's\n"
        "  --quantized           train for the 8-bit weights of se-convert: "
        "best with\n"
        "                        --epoch_loaded, few epochs, a low rate\n"
        "  --loss LOSS           sum of terms, as in blend+0.02*cmse (mse); "
        "terms\n"
        "                        and what they default to:\n",
        se_loss_list(),
        "\n"
        "  --seed N              of weights, mixtures, drop-out (1)\n"
        "  --threads N           workers of a process (all cores)\n"
        "  --dry_run             print parameters, multiply-adds, memory, disk "
        "and\n"
        "                        time, and train nothing\n"
        "  -q, --quiet           no progress, no remarks\n"
        "  -h, --help            print this and exit\n"
        "  --version             print the version and exit\n",
        "\n"
        "Many processes and machines: mpirun -n N --hostfile FILE se-train "
        "...\n"
        "Ctrl-C finishes the step and saves; --epoch_loaded latest goes on.\n"
        "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n"
        "\n"
        "Example:\n"
        "  se-train --speech clean/ --noise noise/ --num_epoch 100\n",
    };

    for (size_t i = 0; i < sizeof help / sizeof *help; i++)
        fputs(help[i], stdout);
    cli_close_stdout();
}

enum {
    OPT_NN_ARCH = 256,
    OPT_FEAT_TYPE,
    OPT_EPOCH_LOADED,
    OPT_MODELS_DIR,
    OPT_INIT,
    OPT_FREEZE,
    OPT_OVERWRITE,
    OPT_SPEECH,
    OPT_NOISE,
    OPT_TEST_SPEECH,
    OPT_TEST_NOISE,
    OPT_VALID_PAIRS,
    OPT_EPOCH_HOURS,
    OPT_TRAIN_LIST,
    OPT_TEST_LIST,
    OPT_STATISTICS,
    OPT_NUM_EPOCH,
    OPT_BATCHSIZE,
    OPT_TIMESTEPS,
    OPT_LEARNING_RATE,
    OPT_SCHEDULE,
    OPT_CLIP_NORM,
    OPT_INPUT_BASIS,
    OPT_AVERAGE,
    OPT_PATIENCE,
    OPT_LOSS,
    OPT_DROPPROB,
    OPT_QUANTIZED,
    OPT_SEED,
    OPT_THREADS,
    OPT_DRY_RUN,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"nn_arch", required_argument, NULL, OPT_NN_ARCH},
    {"feat_type", required_argument, NULL, OPT_FEAT_TYPE},
    {"epoch_loaded", required_argument, NULL, OPT_EPOCH_LOADED},
    {"models_dir", required_argument, NULL, OPT_MODELS_DIR},
    {"init", required_argument, NULL, OPT_INIT},
    {"freeze", required_argument, NULL, OPT_FREEZE},
    {"overwrite", no_argument, NULL, OPT_OVERWRITE},
    {"speech", required_argument, NULL, OPT_SPEECH},
    {"noise", required_argument, NULL, OPT_NOISE},
    {"test_speech", required_argument, NULL, OPT_TEST_SPEECH},
    {"test_noise", required_argument, NULL, OPT_TEST_NOISE},
    {"valid_pairs", required_argument, NULL, OPT_VALID_PAIRS},
    MIX_LONG_OPTIONS,
    {"epoch_hours", required_argument, NULL, OPT_EPOCH_HOURS},
    {"train_list", required_argument, NULL, OPT_TRAIN_LIST},
    {"test_list", required_argument, NULL, OPT_TEST_LIST},
    {"statistics", required_argument, NULL, OPT_STATISTICS},
    {"num_epoch", required_argument, NULL, OPT_NUM_EPOCH},
    {"batchsize", required_argument, NULL, OPT_BATCHSIZE},
    {"timesteps", required_argument, NULL, OPT_TIMESTEPS},
    {"learning_rate", required_argument, NULL, OPT_LEARNING_RATE},
    {"schedule", required_argument, NULL, OPT_SCHEDULE},
    {"clip_norm", required_argument, NULL, OPT_CLIP_NORM},
    {"average", required_argument, NULL, OPT_AVERAGE},
    {"input_basis", required_argument, NULL, OPT_INPUT_BASIS},
    {"patience", required_argument, NULL, OPT_PATIENCE},
    {"loss", required_argument, NULL, OPT_LOSS},
    {"dropprob", required_argument, NULL, OPT_DROPPROB},
    {"quantized", no_argument, NULL, OPT_QUANTIZED},
    {"seed", required_argument, NULL, OPT_SEED},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"dry_run", no_argument, NULL, OPT_DRY_RUN},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

static void take_data_option(struct train_options *o, int option)
{
    switch (option) {
    case OPT_SPEECH:
        o->speech = optarg;
        break;
    case OPT_NOISE:
        o->noise = optarg;
        break;
    case OPT_TEST_SPEECH:
        o->test_speech = optarg;
        break;
    case OPT_TEST_NOISE:
        o->test_noise = optarg;
        break;
    case OPT_VALID_PAIRS:
        o->valid_pairs = optarg;
        break;
    case OPT_EPOCH_HOURS:
        o->epoch_hours = cli_number("--epoch_hours", optarg, 1e-6, 1e6);
        break;
    case OPT_TRAIN_LIST:
        o->train_list = optarg;
        break;
    case OPT_TEST_LIST:
        o->test_list = optarg;
        break;
    case OPT_STATISTICS:
        o->statistics = optarg;
        break;
    }
}

static void take_training_option(struct train_options *o, int option)
{
    static const char *const bases[] = {"none", "cosine", NULL};
    static const char *const schedules[] = {"constant", "cosine", "plateau",
                                            NULL};

    switch (option) {
    case OPT_NUM_EPOCH:
        o->num_epoch = (int)cli_integer("--num_epoch", optarg, 0, 1000000);
        break;
    case OPT_BATCHSIZE:
        o->batchsize = (int)cli_integer("--batchsize", optarg, 1, 65536);
        break;
    case OPT_TIMESTEPS:
        o->timesteps = (int)cli_integer("--timesteps", optarg, 1, 100000);
        break;
    case OPT_LEARNING_RATE:
        o->learning_rate = cli_number("--learning_rate", optarg, 0, 10);
        break;
    case OPT_SCHEDULE:
        o->schedule =
            (enum se_schedule_kind)cli_word("--schedule", optarg, schedules);
        break;
    case OPT_INPUT_BASIS:
        o->cosine_basis = cli_word("--input_basis", optarg, bases);
        break;
    case OPT_CLIP_NORM:
        o->clip_norm = cli_number("--clip_norm", optarg, 1e-9, 1e9);
        break;
    case OPT_AVERAGE:
        o->average = cli_number("--average", optarg, 0, 0.999999);
        break;
    case OPT_PATIENCE:
        o->patience = (int)cli_integer("--patience", optarg, 0, 1000000);
        break;
    case OPT_LOSS:
        o->loss = optarg;
        break;
    case OPT_DROPPROB:
        o->dropprob = cli_number("--dropprob", optarg, 0, 0.95);
        break;
    case OPT_QUANTIZED:
        o->quantized = 1;
        break;
    }
}

/* "1,3-5" as a set of bits, layer 1 the lowest. */
static uint32_t parse_layers(const char *text)
{
    uint32_t layers = 0;
    const char *at = text;

    for (;;) {
        char *end;
        long first = strtol(at, &end, 10), last = first;

        if (end != at && *end == '-')
            last = strtol(end + 1, &end, 10);
        if (first < 1 || last < first || last > SE_MAX_LAYERS ||
            (*end && *end != ','))
            cli_die(EXIT_USAGE,
                    "--freeze '%s': expected layers from 1 to %d, as in 1,3-4",
                    text, SE_MAX_LAYERS);
        for (long i = first; i <= last; i++)
            layers |= 1u << (i - 1);
        if (!*end)
            return layers;
        at = end + 1;
    }
}

/* A file, or the best checkpoint of a model folder. */
static void find_checkpoint(struct train_options *o, const char *name)
{
    struct se_report report;
    struct stat info;
    char path[sizeof o->init];

    cli_check(se_find(path, sizeof path, name, "models", &report), &report);
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        cli_check(
            se_model_checkpoint(o->init, sizeof o->init, path, "best", &report),
            &report);
    else
        snprintf(o->init, sizeof o->init, "%s", path);
}

static void take_option(struct train_options *o, int option)
{
    switch (option) {
    case OPT_NN_ARCH:
        o->nn_arch = optarg;
        break;
    case OPT_FEAT_TYPE:
        o->feat_type = optarg;
        break;
    case OPT_EPOCH_LOADED:
        o->epoch_loaded = optarg;
        break;
    case OPT_MODELS_DIR:
        o->models_dir = optarg;
        break;
    case OPT_INIT:
        find_checkpoint(o, optarg);
        break;
    case OPT_FREEZE:
        o->frozen = parse_layers(optarg);
        break;
    case OPT_OVERWRITE:
        o->overwrite = 1;
        break;
    case OPT_SEED:
        o->seed = (uint64_t)cli_integer("--seed", optarg, 0, INT32_MAX);
        break;
    case OPT_THREADS:
        o->threads = (int)cli_integer("--threads", optarg, 1, 1024);
        break;
    case OPT_DRY_RUN:
        o->dry_run = 1;
        break;
    case 'q':
        cli_quiet = 1;
        break;
    case 'h':
        print_help();
        exit(EXIT_DONE);
    case OPT_VERSION:
        cli_version();
    default:
        mix_option_take(&o->mix, option, optarg);
        take_data_option(o, option);
        take_training_option(o, option);
    }
}

static void check_options(const struct train_options *o, int n_ranks)
{
    struct se_report report;
    struct se_loss loss;

    if (!o->train_list == !(o->speech && o->noise))
        cli_die(EXIT_USAGE, "expected --speech and --noise, or --train_list "
                            "(see --help)");
    if (o->train_list && !o->test_list)
        cli_die(EXIT_USAGE, "--train_list also needs --test_list");
    if (o->init[0] && strcmp(o->epoch_loaded, "random") != 0 &&
        !train_options_is_latest(o))
        cli_die(EXIT_USAGE,
                "--init begins with epoch 1: expected no --epoch_loaded %s",
                o->epoch_loaded);
    if (o->frozen && !o->init[0] && strcmp(o->epoch_loaded, "random") == 0)
        cli_die(EXIT_USAGE, "--freeze keeps weights that are trained: expected "
                            "--init or --epoch_loaded with it");
    if (!o->test_speech != !o->test_noise)
        cli_die(EXIT_USAGE, "--test_speech and --test_noise go together");
    mix_option_check(&o->mix);
    if (n_ranks == 1 && o->batchsize < o->threads)
        cli_die(EXIT_USAGE, "--batchsize %d is less than --threads %d",
                o->batchsize, o->threads);
    if (o->batchsize < o->threads * n_ranks)
        cli_die(EXIT_USAGE,
                "--batchsize %d is less than --threads %d times %d ranks",
                o->batchsize, o->threads, n_ranks);
    if (se_loss_parse(&loss, o->loss, &report) != SE_OK)
        cli_die(EXIT_USAGE, "--loss: %s", report.text);
}

int train_options_is_latest(const struct train_options *o)
{
    return strcmp(o->epoch_loaded, "latest") == 0;
}

/* Adds words to the command that the checkpoints keep. */
static void note_command(struct train_options *o, char **words, int first,
                         int end)
{
    for (int i = first; i < end; i++) {
        size_t used = strlen(o->command);

        snprintf(o->command + used, sizeof o->command - used, "%s%s",
                 used ? " " : "", words[i]);
    }
}

struct train_options train_options_parse(int argc, char **argv,
                                         const struct se_ranks *ranks)
{
    struct train_options o = {
        .nn_arch = SE_MODEL_DEFAULT_ARCH,
        .epoch_loaded = "random",
        .models_dir = "models",
        .loss = "mse",
        .batchsize = 64,
        .timesteps = 100,
        .num_epoch = 50,
        .schedule = SE_SCHEDULE_COSINE,
        .learning_rate = 1e-3,
        .clip_norm = 1,
        .cosine_basis = 1,
        .dropprob = -1,
        .seed = 1,
    };
    const int cores = se_ranks_processors(ranks);
    const int n_ranks = se_ranks_count(ranks);
    int option;

    se_mix_config_default(&o.mix);
    note_command(&o, argv, 0, 1);
    for (;;) {
        int first = optind;

        option = cli_getopt(argc, argv, "qh", long_options);
        if (option == -1)
            break;
        take_option(&o, option);
        if (option == OPT_INIT)
            note_command(&o, (char *[]){"--init", o.init}, 0, 2);
        else if (option != OPT_EPOCH_LOADED || !train_options_is_latest(&o))
            note_command(&o, argv, first, optind);
    }
    if (optind < argc)
        cli_die(EXIT_USAGE, "'%s': expected options alone", argv[optind]);
    if (o.threads == 0)
        o.threads = cores * n_ranks < o.batchsize ? cores
                    : o.batchsize < n_ranks       ? 1
                                                  : o.batchsize / n_ranks;
    check_options(&o, n_ranks);
    return o;
}
