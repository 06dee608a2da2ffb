/* se-train.c - train the net that an nn_arch file describes. */
#include "base/file.h"
#include "cli.h"
#include "model/model.h"
#include "nn/gemm.h"
#include "nn/net.h"
#include "train/trainer.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char sounds[] = "wav flac ogg opus mp3 aiff aif au w64";

struct options {
    const char *nn_arch, *feat_type, *epoch_loaded, *models_dir, *loss;
    const char *speech, *noise, *test_speech, *test_noise, *valid_pairs;
    const char *train_list, *test_list;
    struct se_mix_config mix;
    double epoch_hours;
    int batchsize, timesteps, num_epoch, patience, threads;
    int dry_run, overwrite;
    enum se_schedule_kind schedule;
    double learning_rate, clip_norm;
    double dropprob; /* < 0: as the nn_arch says */
    uint64_t seed;
    char command[2048];
};

/* Everything that training runs on, made in this order. */
struct session {
    struct se_model model;
    struct se_pool *pool;
    struct se_list speech_list, noise_list, records, test_records, noisy, clean;
    struct se_list test_speech_list, test_noise_list;
    struct se_corpus speech, noise, test_speech, test_noise;
    struct se_mixer mixer, test_mixer;
    struct se_sequences train, valid;
    char folder[1024];
    struct cli_progress progress;
};

/* ---- options ------------------------------------------------------------- */

static void print_help(void)
{
    printf(
        "%s%s%s%s%s%s%s",
        "Usage: se-train --speech LIST|DIR --noise LIST|DIR [OPTIONS]\n"
        "       se-train --train_list LIST --test_list LIST [OPTIONS]\n"
        "Train a speech enhancement net; a checkpoint an epoch goes to\n"
        "models/<name of the nn_arch>/.\n"
        "\n"
        "Net and features\n"
        "  --nn_arch FILE        network description "
        "(def_se_nn_arch72_mel.txt)\n"
        "  --feat_type TYPE      mel or pspec (pspec for 257 inputs, else "
        "mel)\n"
        "  --epoch_loaded WHICH  random: start anew; latest: go on exactly "
        "where\n"
        "                        the last run stopped; best or a number: "
        "start from\n"
        "                        these weights (random)\n"
        "  --models_dir DIR      where model folders are (models)\n"
        "  --overwrite           let random replace a model folder\n",
        "\n"
        "Data: fresh mixtures of sound files, or TFRecords of se-features\n"
        "  --speech, --noise LIST|DIR            clean speech, noise\n"
        "  --test_speech, --test_noise LIST|DIR  the same for validation\n"
        "  --valid_pairs DIR     validate on DIR/noisy and DIR/clean "
        "instead\n"
        "  --seconds S           length of a mixture (10)\n"
        "  --snr DB,DB,...       mixing levels "
        "(-6,-3,0,3,6,9,12,15,30)\n"
        "  --epoch_hours H       audio in an epoch (once the speech)\n"
        "  --train_list, --test_list LIST|DIR    TFRecords\n",
        "\n"
        "Training\n"
        "  --num_epoch N         epochs in all (50)\n"
        "  --batchsize N         sequences in parallel (64)\n"
        "  --timesteps N         frames between two steps of Adam (100)\n"
        "  --learning_rate R     at its highest (0.001)\n"
        "  --schedule KIND       constant, cosine or plateau (cosine)\n"
        "  --clip_norm X         limit of the gradient's norm (1)\n"
        "  --patience N          stop after N epochs without a better one; "
        "0: never (0)\n"
        "  --dropprob P          for all drop-outs instead of the "
        "nn_arch's\n"
        "  --loss LOSS           sum of terms, e.g. blend+0.02*cmse (mse):\n",
        se_loss_list(),
        "\n"
        "  --seed N              of weights, mixtures, drop-out (1)\n"
        "  --threads N           workers (all cores)\n"
        "  --dry_run             print parameters, multiply-adds, memory, "
        "disk, time\n"
        "  -q, --quiet           no progress\n"
        "  -h, --help            this help\n"
        "  --version             the version\n",
        "\n"
        "Ctrl-C finishes the step and saves; --epoch_loaded latest goes "
        "on.\n"
        "Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.\n",
        "\n"
        "Example:\n"
        "  se-train --speech clean/ --noise noise/ --num_epoch 100\n");
    cli_close_stdout();
}

enum {
    OPT_NN_ARCH = 256,
    OPT_FEAT_TYPE,
    OPT_EPOCH_LOADED,
    OPT_MODELS_DIR,
    OPT_OVERWRITE,
    OPT_SPEECH,
    OPT_NOISE,
    OPT_TEST_SPEECH,
    OPT_TEST_NOISE,
    OPT_VALID_PAIRS,
    OPT_SECONDS,
    OPT_SNR,
    OPT_EPOCH_HOURS,
    OPT_TRAIN_LIST,
    OPT_TEST_LIST,
    OPT_NUM_EPOCH,
    OPT_BATCHSIZE,
    OPT_TIMESTEPS,
    OPT_LEARNING_RATE,
    OPT_SCHEDULE,
    OPT_CLIP_NORM,
    OPT_PATIENCE,
    OPT_LOSS,
    OPT_DROPPROB,
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
    {"overwrite", no_argument, NULL, OPT_OVERWRITE},
    {"speech", required_argument, NULL, OPT_SPEECH},
    {"noise", required_argument, NULL, OPT_NOISE},
    {"test_speech", required_argument, NULL, OPT_TEST_SPEECH},
    {"test_noise", required_argument, NULL, OPT_TEST_NOISE},
    {"valid_pairs", required_argument, NULL, OPT_VALID_PAIRS},
    {"seconds", required_argument, NULL, OPT_SECONDS},
    {"snr", required_argument, NULL, OPT_SNR},
    {"epoch_hours", required_argument, NULL, OPT_EPOCH_HOURS},
    {"train_list", required_argument, NULL, OPT_TRAIN_LIST},
    {"test_list", required_argument, NULL, OPT_TEST_LIST},
    {"num_epoch", required_argument, NULL, OPT_NUM_EPOCH},
    {"batchsize", required_argument, NULL, OPT_BATCHSIZE},
    {"timesteps", required_argument, NULL, OPT_TIMESTEPS},
    {"learning_rate", required_argument, NULL, OPT_LEARNING_RATE},
    {"schedule", required_argument, NULL, OPT_SCHEDULE},
    {"clip_norm", required_argument, NULL, OPT_CLIP_NORM},
    {"patience", required_argument, NULL, OPT_PATIENCE},
    {"loss", required_argument, NULL, OPT_LOSS},
    {"dropprob", required_argument, NULL, OPT_DROPPROB},
    {"seed", required_argument, NULL, OPT_SEED},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"dry_run", no_argument, NULL, OPT_DRY_RUN},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

static void parse_snrs(struct se_mix_config *mix, const char *text)
{
    char *copy = strdup(text), *rest = NULL;

    mix->n_snrs = 0;
    for (char *item = copy ? strtok_r(copy, ",", &rest) : NULL; item;
         item = strtok_r(NULL, ",", &rest)) {
        if (mix->n_snrs == SE_MAX_SNRS)
            cli_die(EXIT_USAGE, "--snr: more than %d levels", SE_MAX_SNRS);
        mix->snr_db[mix->n_snrs++] = (float)cli_number("--snr", item, -60, 100);
    }
    free(copy);
    if (mix->n_snrs == 0)
        cli_die(EXIT_USAGE, "--snr: expected levels in dB, found none");
}

static void take_data_option(struct options *o, int option)
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
    case OPT_SECONDS:
        o->mix.seconds = (float)cli_number("--seconds", optarg, 0.1, 3600);
        break;
    case OPT_SNR:
        parse_snrs(&o->mix, optarg);
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
    }
}

static void take_training_option(struct options *o, int option)
{
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
    case OPT_CLIP_NORM:
        o->clip_norm = cli_number("--clip_norm", optarg, 1e-9, 1e9);
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
    }
}

static void take_option(struct options *o, int option)
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
        take_data_option(o, option);
        take_training_option(o, option);
    }
}

static void check_options(const struct options *o)
{
    struct se_report report;
    struct se_loss loss;

    if (!o->train_list == !(o->speech && o->noise))
        cli_die(EXIT_USAGE, "expected --speech and --noise, or --train_list "
                            "(see --help)");
    if (o->train_list && !o->test_list)
        cli_die(EXIT_USAGE, "--train_list also needs --test_list");
    if (!o->test_speech != !o->test_noise)
        cli_die(EXIT_USAGE, "--test_speech and --test_noise go together");
    if (o->batchsize < o->threads)
        cli_die(EXIT_USAGE, "--batchsize %d is less than --threads %d",
                o->batchsize, o->threads);
    if (se_loss_parse(&loss, o->loss, &report) != SE_OK)
        cli_die(EXIT_USAGE, "--loss: %s", report.text);
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {
        .nn_arch = "def_se_nn_arch72_mel.txt",
        .epoch_loaded = "random",
        .models_dir = "models",
        .loss = "mse",
        .batchsize = 64,
        .timesteps = 100,
        .num_epoch = 50,
        .schedule = SE_SCHEDULE_COSINE,
        .learning_rate = 1e-3,
        .clip_norm = 1,
        .dropprob = -1,
        .seed = 1,
        .threads = (int)sysconf(_SC_NPROCESSORS_ONLN),
    };
    int option;

    se_mix_config_default(&o.mix);
    for (int i = 0; i < argc; i++)
        snprintf(o.command + strlen(o.command),
                 sizeof o.command - strlen(o.command), "%s%s", i ? " " : "",
                 argv[i]);
    while ((option = cli_getopt(argc, argv, "qh", long_options)) != -1)
        take_option(&o, option);
    if (optind < argc)
        cli_die(EXIT_USAGE, "'%s': expected options alone", argv[optind]);
    check_options(&o);
    return o;
}

/* ---- data ---------------------------------------------------------------- */

static void corpus_progress(void *context, int done, int total)
{
    (void)total;
    cli_progress_update(context, done, "");
}

static void load_corpus(struct session *s, struct se_corpus *corpus,
                        struct se_list *list, const char *name,
                        const char *label)
{
    struct se_report report;

    cli_check(se_list_read(list, name, sounds, &report), &report);
    cli_progress_start(&s->progress, label, "files", list->n);
    cli_check(se_corpus_load(corpus, list, s->pool, corpus_progress,
                             &s->progress, &report),
              &report);
    cli_progress_end(&s->progress);
    if (corpus->n_skipped)
        cli_warn("%d of %d files skipped, the first: %s", corpus->n_skipped,
                 list->n, corpus->skipped.text);
    cli_remark("%s: %d clips, %.2f hours", name, corpus->n_clips,
               corpus->seconds / 3600);
}

static void load_pairs(struct session *s, const char *folder, int block_frames)
{
    struct se_report report;
    char path[1024];

    snprintf(path, sizeof path, "%s/noisy", folder);
    cli_check(se_list_read(&s->noisy, path, sounds, &report), &report);
    snprintf(path, sizeof path, "%s/clean", folder);
    cli_check(se_list_read(&s->clean, path, sounds, &report), &report);
    cli_check(se_sequences_from_pairs(&s->valid, &s->noisy, &s->clean,
                                      block_frames, &report),
              &report);
}

/* Validation mixtures come from other numbers than training will reach. */
enum { VALID_SEED_OFFSET = 1000003, VALID_MIXTURES = 128 };

static void load_mixtures(struct session *s, const struct options *o)
{
    struct se_report report;
    double hours;

    load_corpus(s, &s->speech, &s->speech_list, o->speech, "speech");
    load_corpus(s, &s->noise, &s->noise_list, o->noise, "noise");
    s->mixer = (struct se_mixer){&s->speech, &s->noise, o->mix};
    hours = o->epoch_hours > 0 ? o->epoch_hours : s->speech.seconds / 3600;
    cli_check(se_sequences_from_mixer(
                  &s->train, &s->mixer, o->seed,
                  (int64_t)ceil(hours * 3600 / (double)o->mix.seconds),
                  o->timesteps, &report),
              &report);
    if (o->valid_pairs)
        return;
    s->test_mixer = s->mixer;
    if (o->test_speech) {
        load_corpus(s, &s->test_speech, &s->test_speech_list, o->test_speech,
                    "test speech");
        load_corpus(s, &s->test_noise, &s->test_noise_list, o->test_noise,
                    "test noise");
        s->test_mixer.speech = &s->test_speech;
        s->test_mixer.noise = &s->test_noise;
    } else {
        cli_remark("validating on mixtures of the training files: "
                   "--valid_pairs, or --test_speech and --test_noise, would "
                   "tell more");
    }
    cli_check(se_sequences_from_mixer(&s->valid, &s->test_mixer,
                                      o->seed + VALID_SEED_OFFSET,
                                      VALID_MIXTURES, o->timesteps, &report),
              &report);
}

static void load_data(struct session *s, const struct options *o)
{
    struct se_report report;

    if (o->train_list) {
        cli_check(se_list_read(&s->records, o->train_list, "tfrecord", &report),
                  &report);
        cli_check(
            se_list_read(&s->test_records, o->test_list, "tfrecord", &report),
            &report);
        cli_check(se_sequences_from_records(&s->train, &s->records,
                                            o->timesteps, &report),
                  &report);
        cli_check(se_sequences_from_records(&s->valid, &s->test_records,
                                            o->timesteps, &report),
                  &report);
    } else {
        load_mixtures(s, o);
    }
    if (o->valid_pairs)
        load_pairs(s, o->valid_pairs, o->timesteps);
}

/* ---- net ----------------------------------------------------------------- */

static int folder_has_checkpoints(const char *folder)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    int found = 0;

    while (directory && (entry = readdir(directory)))
        found |= strncmp(entry->d_name, "epoch_", 6) == 0;
    if (directory)
        closedir(directory);
    return found;
}

/* The last layer's output is the mask: nothing is dropped from it. */
static void set_drop_rates(struct se_arch *arch, float rate)
{
    arch->input_drop_rate = rate;
    for (int i = 0; i < arch->n_layers - 1; i++)
        arch->layer[i].drop_rate = rate;
}

static void prepare_model(struct session *s, const struct options *o)
{
    struct se_report report;
    struct se_arch arch;
    char path[1024], name[256], *text;
    size_t n_bytes;
    int feat_type;

    cli_check(se_find(path, sizeof path, o->nn_arch, "nn_arch", &report),
              &report);
    cli_check(se_read_file(&text, &n_bytes, path, 1 << 20, &report), &report);
    cli_check(se_arch_parse(&arch, text, path, &report), &report);
    free(text);
    if (o->dropprob >= 0)
        set_drop_rates(&arch, (float)o->dropprob);
    cli_check(se_model_name(name, sizeof name, path, &report), &report);
    snprintf(s->folder, sizeof s->folder, "%s/%s", o->models_dir, name);
    feat_type = arch.n_in == SE_BINS ? SE_FEAT_PSPEC : SE_FEAT_MEL;
    if (o->feat_type)
        feat_type = se_feat_type_from_name(o->feat_type);
    if (feat_type < 0)
        cli_die(EXIT_USAGE, "--feat_type '%s': expected mel or pspec",
                o->feat_type);
    cli_check(se_model_create(&s->model, &arch, (enum se_feat_type)feat_type,
                              &report),
              &report);
}

/* Fresh weights, or those of a checkpoint; `latest` is left to the trainer. */
static void load_weights(struct session *s, const struct options *o)
{
    struct se_report report;
    char path[1024];

    if (strcmp(o->epoch_loaded, "random") == 0) {
        if (!o->overwrite && !o->dry_run && folder_has_checkpoints(s->folder))
            cli_die(EXIT_FAILED,
                    "%s: holds a trained net: go on with --epoch_loaded "
                    "latest, or start anew with --overwrite",
                    s->folder);
        cli_check(se_net_initialise(s->model.parameters, &s->model.arch,
                                    o->seed, &report),
                  &report);
    } else if (strcmp(o->epoch_loaded, "latest") != 0) {
        struct se_model loaded;

        cli_check(se_model_checkpoint(path, sizeof path, s->folder,
                                      o->epoch_loaded, &report),
                  &report);
        cli_check(se_model_read(&loaded, path, &report), &report);
        if (!se_arch_same(&loaded.arch, &s->model.arch) ||
            loaded.feat_type != s->model.feat_type)
            cli_die(EXIT_FAILED, "%s: is not of the net that %s describes",
                    path, o->nn_arch);
        loaded.arch = s->model.arch; /* drop rates are those asked for */
        se_model_free(&s->model);
        s->model = loaded;
    }
}

/* ---- training ------------------------------------------------------------ */

static void on_step(void *context, const struct se_train_step *step)
{
    struct session *s = context;
    char note[128];

    if (step->validating)
        snprintf(note, sizeof note, "epoch %d: validating", step->epoch);
    else
        snprintf(note, sizeof note, "epoch %d: loss %.5f, rate %.2g",
                 step->epoch, step->loss, step->learning_rate);
    if (s->progress.total != (double)step->total || step->done == 0)
        cli_progress_start(&s->progress, "training", "sequences",
                           (double)step->total);
    cli_progress_update(&s->progress, (double)step->done, note);
}

static void on_epoch(void *context, const struct se_train_epoch *epoch)
{
    struct session *s = context;

    cli_progress_end(&s->progress);
    s->progress.total = 0;
    cli_remark("epoch %d: train %.5f, valid %.5f%s, SI-SDR %.2f dB (noisy "
               "%.2f), rate %.2g, %.0f frames/s",
               epoch->epoch, epoch->train_loss, epoch->valid_loss,
               epoch->is_best ? " (best)" : "", epoch->valid_si_sdr_db,
               epoch->noisy_si_sdr_db, epoch->learning_rate,
               epoch->frames / epoch->seconds);
}

static void print_estimate(struct session *s, const struct options *o,
                           struct se_trainer *trainer)
{
    struct se_train_estimate estimate;
    struct se_report report;
    double frames = (double)s->train.count * s->train.n_frames;
    double corpus = (s->speech.seconds + s->noise.seconds) * SE_RATE_HZ * 2;

    cli_check(se_trainer_estimate(trainer, &estimate, &report), &report);
    printf("parameters        %lld\n", (long long)s->model.n_parameters);
    printf("multiply-adds     %.0f a frame, %.2f M/s\n",
           se_arch_macs(&s->model.arch), se_arch_macs(&s->model.arch) / 1e4);
    printf("sequences         %lld of %.2f s an epoch, %.2f hours\n",
           (long long)s->train.count, s->train.n_frames / 100.0,
           frames / 360000);
    printf("memory            %.0f MB, and %.0f MB of sound\n",
           (double)estimate.bytes / 1e6, corpus / 1e6);
    printf("disk              %.1f MB\n", ((double)o->num_epoch + 3) *
                                              (double)s->model.n_parameters *
                                              4 / 1e6);
    printf("speed             %.0f frames/s on %d threads\n",
           estimate.frames_per_second, o->threads);
    printf("time              %.2f hours for %d epochs\n",
           frames * o->num_epoch / estimate.frames_per_second / 3600,
           o->num_epoch);
    cli_close_stdout();
}

static int train(struct session *s, const struct options *o,
                 struct se_report *report)
{
    struct se_train_config config = {
        .folder = s->folder,
        .command = o->command,
        .loss_text = o->loss,
        .train = &s->train,
        .valid = &s->valid,
        .batch_size = o->batchsize,
        .timesteps = o->timesteps,
        .schedule = {o->schedule, o->learning_rate, 0.1, o->num_epoch},
        .clip_norm = (float)o->clip_norm,
        .patience = o->patience,
        .seed = o->seed,
        .stop = &cli_stop,
        .on_step = on_step,
        .on_epoch = on_epoch,
        .context = s,
    };
    struct se_trainer *trainer;
    int status =
        se_trainer_create(&trainer, &s->model, &config, s->pool, report);

    if (status == SE_OK && strcmp(o->epoch_loaded, "latest") == 0)
        status = se_trainer_resume(trainer, report);
    if (status == SE_OK && o->dry_run) {
        print_estimate(s, o, trainer);
    } else if (status == SE_OK) {
        cli_catch_signals();
        status = se_make_folder(s->folder, report);
        if (status == SE_OK)
            status = se_trainer_run(trainer, report);
        cli_progress_end(&s->progress);
    }
    se_trainer_destroy(trainer);
    return status;
}

static void close_session(struct session *s)
{
    se_model_free(&s->model);
    se_corpus_free(&s->speech);
    se_corpus_free(&s->noise);
    se_corpus_free(&s->test_speech);
    se_corpus_free(&s->test_noise);
    se_list_free(&s->speech_list);
    se_list_free(&s->noise_list);
    se_list_free(&s->test_speech_list);
    se_list_free(&s->test_noise_list);
    se_list_free(&s->records);
    se_list_free(&s->test_records);
    se_list_free(&s->noisy);
    se_list_free(&s->clean);
    se_pool_destroy(s->pool);
}

int main(int argc, char **argv)
{
    struct session s = {0};
    struct se_report report;

    cli_name = "se-train";

    struct options o = parse_options(argc, argv);

    se_gemm_single_thread();
    cli_check(se_pool_create(&s.pool, o.threads, &report), &report);
    prepare_model(&s, &o);
    load_weights(&s, &o);
    load_data(&s, &o);

    int status = train(&s, &o, &report);

    close_session(&s);
    cli_check(status, &report);
    return EXIT_DONE;
}
