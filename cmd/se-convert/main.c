/* se-convert.c - turns a trained net into C tables for a microcontroller. */
#include "common/cli.h"
#include "print.h"

#include "audio/sound.h"
#include "base/file.h"
#include "import/tf_import.h"
#include "picture/weights.h"
#include "quant/emit.h"
#include "quant/ns_nnsp.h"
#include "quant/round.h"
#include "quant/tables.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NNSE_C, NS_NNSP }; /* in layout_words */

static const char *const layout_words[] = {"nnse-c", "ns-nnsp", NULL};
static const char *const feat_words[] = {"mel", "pspec", NULL};

struct options {
    const char *nn_arch, *epoch_loaded, *model, *models_dir;
    const char *from_tf, *stats;
    const char *wav, *calibrate, *golden, *plot;
    int golden_frames;
    struct se_emit_options emit;
    int layout;
    int feat_type; /* enum se_feat_type, or -1: as the model has it */
    int is_json;
    int is_named; /* --net_id or --net_name was given */
};

static void print_help(void)
{
    fputs(
        "Usage: se-convert [OPTION]...\n"
        "Turn a trained net into C tables, def_nn<id>_<name>.h and .c, and "
        "tell "
        "what it\n"
        "costs on a microcontroller.\n"
        "\n"
        "      --nn_arch=FILE      the net (default: "
        "def_se_nn_arch72_mel.txt)\n"
        "      --epoch_loaded=WHICH  best, latest or a number (default: best)\n"
        "      --model=FILE        this checkpoint, instead of the last two\n"
        "      --feat_type=WORD    mel or pspec: refuse a model of other "
        "features\n"
        "      --net_id=N          0 to 99 (default: 3)\n"
        "      --net_name=NAME     ends the names of symbols (default: se)\n"
        "      --folder_c=FOLDER   for the tables; made if missing (default: "
        ".)\n"
        "      --layout=WORD       nnse-c, or ns-nnsp: for the original "
        "project's\n"
        "                          library (default: nnse-c)\n"
        "      --calibrate=FILE    choose scales by this sound\n"
        "  -w, --wav=FILE          compare integer net and float net on this "
        "sound\n"
        "      --golden=FILE       also write golden_nn<id>_<name>.h: what "
        "this "
        "sound\n"
        "                          gives, frame by frame\n"
        "      --golden_frames=N   of 10 ms (default: 20)\n"
        "      --from_tf=PREFIX    first import this TensorFlow checkpoint of "
        "the\n"
        "                          original, trained from --nn_arch; with "
        "neither\n"
        "                          --net_id nor --net_name, do no more\n"
        "      --stats=FILE          its feature statistics, a pickle "
        "(needed)\n"
        "      --models_dir=FOLDER   its model folder goes there (default: "
        "models)\n"
        "      --plot=FILE         draw the weights before and after rounding: "
        "a .pdf,\n"
        "                          .png or .svg\n"
        "      --json              the report as JSON\n"
        "  -q, --quiet             no report\n"
        "  -h, --help              this text\n"
        "      --version           the version\n"
        "\n"
        "Exit status: 0 done, 1 failed, 2 wrong usage.\n"
        "\n"
        "Example: se-convert --net_id 3 --net_name se --wav noisy.wav\n",
        stdout);
    cli_close_stdout();
    exit(EXIT_DONE);
}

enum {
    OPT_NN_ARCH = 256,
    OPT_EPOCH,
    OPT_MODEL,
    OPT_FEAT_TYPE,
    OPT_NET_ID,
    OPT_NET_NAME,
    OPT_FOLDER,
    OPT_LAYOUT,
    OPT_CALIBRATE,
    OPT_GOLDEN,
    OPT_GOLDEN_FRAMES,
    OPT_FROM_TF,
    OPT_STATS,
    OPT_MODELS_DIR,
    OPT_JSON,
    OPT_PLOT,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"nn_arch", required_argument, NULL, OPT_NN_ARCH},
    {"epoch_loaded", required_argument, NULL, OPT_EPOCH},
    {"model", required_argument, NULL, OPT_MODEL},
    {"feat_type", required_argument, NULL, OPT_FEAT_TYPE},
    {"net_id", required_argument, NULL, OPT_NET_ID},
    {"net_name", required_argument, NULL, OPT_NET_NAME},
    {"folder_c", required_argument, NULL, OPT_FOLDER},
    {"layout", required_argument, NULL, OPT_LAYOUT},
    {"calibrate", required_argument, NULL, OPT_CALIBRATE},
    {"wav", required_argument, NULL, 'w'},
    {"golden", required_argument, NULL, OPT_GOLDEN},
    {"golden_frames", required_argument, NULL, OPT_GOLDEN_FRAMES},
    {"from_tf", required_argument, NULL, OPT_FROM_TF},
    {"stats", required_argument, NULL, OPT_STATS},
    {"models_dir", required_argument, NULL, OPT_MODELS_DIR},
    {"json", no_argument, NULL, OPT_JSON},
    {"plot", required_argument, NULL, OPT_PLOT},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

/* Options that say which net. */
static int take_source_option(struct options *o, int option)
{
    switch (option) {
    case OPT_NN_ARCH:
        o->nn_arch = optarg;
        return 1;
    case OPT_EPOCH:
        o->epoch_loaded = optarg;
        return 1;
    case OPT_MODEL:
        o->model = optarg;
        return 1;
    case OPT_FEAT_TYPE:
        o->feat_type = se_feat_type_from_name(
            feat_words[cli_word("--feat_type", optarg, feat_words)]);
        return 1;
    case OPT_FROM_TF:
        o->from_tf = optarg;
        return 1;
    case OPT_STATS:
        o->stats = optarg;
        return 1;
    case OPT_MODELS_DIR:
        o->models_dir = optarg;
        return 1;
    }
    return 0;
}

static void take_option(struct options *o, int option)
{
    switch (option) {
    case OPT_NET_ID:
        o->emit.net_id =
            (int)cli_integer("--net_id", optarg, 0, SE_TABLES_MAX_ID);
        o->is_named = 1;
        break;
    case OPT_NET_NAME:
        o->emit.net_name = optarg;
        o->is_named = 1;
        break;
    case OPT_FOLDER:
        o->emit.folder = optarg;
        break;
    case OPT_LAYOUT:
        o->layout = cli_word("--layout", optarg, layout_words);
        break;
    case OPT_CALIBRATE:
        o->calibrate = optarg;
        break;
    case 'w':
        o->wav = optarg;
        break;
    case OPT_GOLDEN:
        o->golden = optarg;
        break;
    case OPT_GOLDEN_FRAMES:
        o->golden_frames =
            (int)cli_integer("--golden_frames", optarg, 1, 10000);
        break;
    case OPT_JSON:
        o->is_json = 1;
        break;
    case OPT_PLOT:
        o->plot = optarg;
        break;
    case 'q':
        cli_quiet = 1;
        break;
    case 'h':
        print_help();
        break;
    case OPT_VERSION:
        cli_version();
    default:
        break;
    }
}

static void check_usage(const struct options *o)
{
    if (o->from_tf && !o->stats)
        cli_die(EXIT_USAGE, "--from_tf needs --stats");
    if (o->from_tf && o->model)
        cli_die(EXIT_USAGE, "give --from_tf or --model, not both");
    if (!o->from_tf && (o->stats || o->models_dir))
        cli_die(EXIT_USAGE, "--%s needs --from_tf",
                o->stats ? "stats" : "models_dir");
    if (o->golden_frames && !o->golden)
        cli_die(EXIT_USAGE, "--golden_frames needs --golden");
    if (o->layout == NS_NNSP &&
        (o->wav || o->calibrate || o->golden || o->is_json || o->plot))
        cli_die(EXIT_USAGE,
                "--layout ns-nnsp runs elsewhere: it goes with neither --wav, "
                "--calibrate, --golden, --json nor --plot");

    struct se_report report;

    if (o->plot && se_canvas_check_name(o->plot, &report) != SE_OK)
        cli_die(EXIT_USAGE, "--plot: %s", report.text);
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {
        .nn_arch = SE_MODEL_DEFAULT_ARCH,
        .epoch_loaded = "best",
        .emit = {.folder = ".", .net_id = 3, .net_name = "se"},
        .feat_type = -1,
    };
    int option;

    while ((option = cli_getopt(argc, argv, "w:qh", long_options)) != -1) {
        if (!take_source_option(&o, option))
            take_option(&o, option);
    }
    if (optind < argc)
        cli_die(EXIT_USAGE, "unexpected '%s' (see --help)", argv[optind]);
    check_usage(&o);
    if (!o.golden_frames)
        o.golden_frames = 20;
    return o;
}

/* A folder with other epochs is another training's, such as the shipped net's:
 * the imported one would mix with it. */
static void refuse_other_net(const char *folder, int epoch)
{
    int last = se_model_last_epoch(folder);

    if (last > 0 && last != epoch)
        cli_die(EXIT_FAILED,
                "%s: holds a net trained to epoch %d: give the import a folder "
                "of its own with --models_dir",
                folder, last);
}

/* Writes the imported model where the other programs look for it. */
static void keep_import(const struct options *o, const struct se_model *model)
{
    const char *root = o->models_dir ? o->models_dir : "models";
    char name[256], folder[PATH_MAX], path[PATH_MAX], command[1024];
    struct se_report report;
    int length;

    cli_check(se_model_name(name, sizeof name, o->nn_arch, &report), &report);
    length = snprintf(folder, sizeof folder, "%s/%s", root, name);
    if (length >= (int)sizeof folder)
        cli_die(EXIT_FAILED, "%s: the name is too long", root);
    refuse_other_net(folder, model->epoch);
    cli_check(se_make_folder(folder, &report), &report);
    cli_check(
        se_model_epoch_path(path, sizeof path, folder, model->epoch, &report),
        &report);
    snprintf(command, sizeof command,
             "se-convert --nn_arch %s --from_tf %s --stats %s", o->nn_arch,
             o->from_tf, o->stats);
    cli_check(se_model_write(path, model, command, &report), &report);
    cli_remark("%s: written", path);
}

static void load_model(struct se_model *model, const struct options *o)
{
    struct se_report report;
    int status;

    if (o->from_tf)
        status = se_tf_import(model, o->from_tf, o->stats, o->nn_arch, &report);
    else
        status = se_model_open(model, o->model, o->nn_arch, o->epoch_loaded,
                               &report);
    cli_check(status, &report);
    if (o->feat_type >= 0 && o->feat_type != (int)model->feat_type)
        cli_die(EXIT_FAILED, "%s: the features are %s, expected %s",
                o->model ? o->model : o->nn_arch,
                se_feat_type_name(model->feat_type),
                se_feat_type_name((enum se_feat_type)o->feat_type));
    if (o->from_tf)
        keep_import(o, model);
}

/* Exits when there are less than n_frames; NULL without a file. */
static float *load_sound(int64_t *n_samples, const char *path, int n_frames)
{
    struct se_report report;
    float *samples = NULL;

    *n_samples = 0;
    if (!path)
        return NULL;
    cli_check(
        se_sound_load_mono(&samples, n_samples, path, SE_RATE_HZ, &report),
        &report);
    if (*n_samples / SE_HOP < n_frames)
        cli_die(EXIT_FAILED, "%s: lasts %.3f s, expected %.2f s or more", path,
                (double)*n_samples / SE_RATE_HZ, n_frames / 100.0);
    return samples;
}

static void print_report(const struct options *o,
                         const struct se_quant_report *result)
{
    if (o->is_json)
        convert_print_json(result);
    else if (!cli_quiet)
        convert_print_text(result);
}

static void draw_weights(const struct options *o, const struct se_model *model,
                         const struct se_quant_net *net)
{
    struct se_canvas *canvas;
    struct se_report report;
    float *rounded;
    char title[256];

    snprintf(title, sizeof title, "%s, epoch %d",
             o->model ? o->model : o->nn_arch, model->epoch);
    cli_check(se_quant_weights(&rounded, model, net, &report), &report);
    cli_check(se_canvas_open(&canvas, o->plot, SE_WEIGHTS_WIDTH,
                             se_weights_height(&model->arch), &report),
              &report);
    se_weights_draw(canvas, &model->arch, model->parameters, rounded, title);
    cli_check(se_canvas_commit(canvas, &report), &report);
    free(rounded);
}

static void on_comparing(void *context, double seconds)
{
    cli_progress_update(context, seconds, NULL);
}

/* What the integer net costs, and how near it is to the float net. */
static void make_report(struct se_quant_report *result,
                        const struct se_model *model,
                        const struct se_quant_net *net, const float *wav,
                        int64_t n_wav)
{
    struct cli_progress progress;
    struct se_quant_sound sound = {wav, n_wav, on_comparing, &progress};
    struct se_report report;

    cli_progress_start(&progress, "comparing", "s", (double)n_wav / SE_RATE_HZ);

    int status =
        se_quant_report_make(result, model, net, wav ? &sound : NULL, &report);

    cli_progress_end(&progress);
    cli_check(status, &report);
}

/* All that can fail for want of good input comes before the first file. */
static void convert(const struct options *o, const struct se_model *model)
{
    int64_t n_wav, n_golden;
    float *wav = load_sound(&n_wav, o->wav, 1);
    float *golden = load_sound(&n_golden, o->golden, o->golden_frames);
    struct se_quant_net *net;
    struct se_quant_report result;
    struct se_report report;

    cli_check(se_quantise_for(&net, model, o->calibrate, &report), &report);
    make_report(&result, model, net, wav, n_wav);
    cli_check(se_emit_tables(&o->emit, model, net, &report), &report);
    if (golden)
        cli_check(se_emit_golden(&o->emit, net, golden, n_golden,
                                 o->golden_frames, &report),
                  &report);
    if (o->plot)
        draw_weights(o, model, net);
    print_report(o, &result);
    se_quant_net_free(net);
    free(wav);
    free(golden);
}

/* With the scales that the imported checkpoint states, if it does. */
static void convert_ns_nnsp(const struct options *o,
                            const struct se_model *model)
{
    struct se_ns_nnsp_bits bits;
    struct se_ns_nnsp_options options = {.pre_gain_q1 = 2};
    struct se_report report;

    cli_check(se_ns_nnsp_check(model, &report), &report);
    if (o->from_tf &&
        se_tf_import_fraction_bits(bits.kernel, bits.bias, o->from_tf,
                                   model->arch.n_layers, &report) == SE_OK)
        options.bits = &bits;
    cli_check(se_ns_nnsp_emit(o->emit.folder, o->emit.net_id, o->emit.net_name,
                              model, &options, &report),
              &report);
}

int main(int argc, char **argv)
{
    struct se_model model;

    cli_name = "se-convert";

    struct options o = parse_options(argc, argv);

    int wants_tables = !o.from_tf || o.is_named;

    load_model(&model, &o);
    if (wants_tables && o.layout == NS_NNSP)
        convert_ns_nnsp(&o, &model);
    else if (wants_tables)
        convert(&o, &model);
    se_model_free(&model);
    cli_close_stdout();
    return EXIT_DONE;
}
