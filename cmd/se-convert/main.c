/* main.c - se-convert turns a trained net into C tables for boards. */
#include "common/cli.h"
#include "common/net_options.h"
#include "common/outputs.h"
#include "common/picture.h"
#include "print.h"

#include "audio/sound.h"
#include "export/onnx.h"
#include "export/tflite.h"
#include "files/file.h"
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

struct options {
    struct net_options net;
    const char *from_tf, *stats, *models_dir;
    const char *onnx, *tflite;
    const char *wav, *calibrate, *golden, *plot;
    int golden_frames;
    struct se_tables_place emit;
    int layout;
    int clock_mhz;
    double line_ns;
    int is_forced;
    int is_json;
    int wants_tables;
};

#define AT(member) OPTION_AT(struct options, member)
static const struct option_row table_rows[] = {
    {"net_id", 0, OPTION_INTEGER, "N", "a number in the files' names",
     AT(emit.net_id), .max = SE_TABLES_MAX_ID, .preset = "3"},
    {"net_name", 0, OPTION_TEXT, "NAME",
     "the end of the names of files and symbols", AT(emit.net_name),
     .preset = "se"},
    {"folder_c", 0, OPTION_FOLDER, "DIR",
     "where the files go; it is made if it is missing", AT(emit.folder),
     .preset = ".", .otherwise = "here"},
    {"layout", 0, OPTION_WORD, "WORD",
     "our own, or for the original project's library", AT(layout),
     .words = layout_words, .preset = "nnse-c"},
    {"calibrate", 0, OPTION_FILE, "FILE", "choose scales by this sound",
     AT(calibrate), .excludes = "layout=ns-nnsp"},
    {"wav", 'w', OPTION_FILE, "FILE",
     "compare the integer and the float net on this sound", AT(wav),
     .excludes = "layout=ns-nnsp"},
    {"golden", 0, OPTION_FILE, "FILE",
     "also write golden_nn<id>_<name>.h: what this sound gives, frame by frame",
     AT(golden), .excludes = "layout=ns-nnsp"},
    {"golden_frames", 0, OPTION_INTEGER, "N", "frames of 10 ms in it",
     AT(golden_frames), .min = 1, .max = 10000, .preset = "20",
     .needs = "golden"},
    {"clock_mhz", 0, OPTION_INTEGER, "N",
     "refuse a net that a Cortex-M4 at this clock cannot keep up with",
     AT(clock_mhz), .min = 1, .max = 10000, .preset = "96",
     .excludes = "layout=ns-nnsp"},
    {"line_ns", 0, OPTION_REAL, "NS",
     "what a line of 16 bytes takes from the board's memory to its cache",
     AT(line_ns), .min = 0, .max = 1000, .preset = "20",
     .excludes = "layout=ns-nnsp"},
    {"force", 0, OPTION_FLAG, NULL, "convert it anyway", AT(is_forced),
     .excludes = "layout=ns-nnsp"},
    {"plot", 0, OPTION_FILE, "FILE",
     "draw the weights before and after rounding: a .pdf, .png or .svg",
     AT(plot), .excludes = "layout=ns-nnsp"},
    {0},
};
static const struct option_row import_rows[] = {
    {"from_tf", 0, OPTION_FILE, "PREFIX",
     "import this TensorFlow checkpoint of the original, trained from "
     "--nn_arch; without --net_id and --net_name do no more",
     AT(from_tf), .needs = "stats", .excludes = "model"},
    {"stats", 0, OPTION_FILE, "FILE", "its feature statistics, a pickle",
     AT(stats), .needs = "from_tf"},
    {"models_dir", 0, OPTION_FOLDER, "DIR", "its model folder goes there",
     AT(models_dir), .preset = "models", .needs = "from_tf"},
    {0},
};
static const struct option_row export_rows[] = {
    {"onnx", 0, OPTION_FILE, "FILE",
     "write the net as an ONNX graph with its state as inputs and outputs, and "
     "to FILE_sound.onnx one from sound to sound; without --net_id and "
     "--net_name do no more",
     AT(onnx)},
    {"tflite", 0, OPTION_FILE, "FILE",
     "write the net as a TensorFlow Lite model of one frame, with its state as "
     "inputs and outputs; without --net_id and --net_name do no more",
     AT(tflite)},
    {0},
};
static const struct option_row general_rows[] = {
    {"json", 0, OPTION_FLAG, NULL, "print the report as a JSON object",
     AT(is_json), .excludes = "layout=ns-nnsp"},
    OPTION_QUIET("no report (but with --json) and no remarks"),
    OPTION_HELP_AND_VERSION,
    {0},
};
static const struct option_group groups[] = {
    {"Net", net_option_rows, offsetof(struct options, net)},
    {"Tables", table_rows, 0},
    {"Nets of the original", import_rows, 0},
    {"Other formats", export_rows, 0},
    {"General", general_rows, 0},
    {0},
};
static const struct option_program program = {
    .name = "se-convert",
    .usage = "[OPTION]...\n--from_tf=PREFIX --stats=FILE [OPTION]...",
    .about = "Turn a trained net into C tables, def_nn<id>_<name>.h and .c, "
             "and tell what it costs on a microcontroller.",
    .example = "se-convert --net_id 3 --net_name se --wav noisy.wav",
    .groups = groups,
};

/* The net alone goes to the file named, "x.onnx"; from sound to sound to
 * "x_sound.onnx". */
static void onnx_sound_path(char *path, size_t size, const char *onnx)
{
    static const char ending[] = ".onnx";
    const size_t n_ending = sizeof ending - 1;
    size_t n = strlen(onnx);

    if (n >= n_ending && strcmp(onnx + n - n_ending, ending) == 0)
        n -= n_ending;
    if (n + sizeof "_sound.onnx" > size)
        cli_die(EXIT_FAILED, "%s: the name is too long", onnx);
    snprintf(path, size, "%.*s_sound.onnx", (int)n, onnx);
}

/* No file for two things, those included whose names make themselves. */
static void check_outputs(const struct options *o)
{
    char made[4][PATH_MAX] = {"", "", "", ""};
    struct se_report report;

    for (enum se_tables_file file = SE_TABLES_HEADER;
         o->wants_tables && file <= SE_TABLES_GOLDEN; file++)
        cli_check(se_tables_path(made[file], PATH_MAX, &o->emit, file, &report),
                  &report);
    if (o->onnx)
        onnx_sound_path(made[3], PATH_MAX, o->onnx);

    const struct output files[] = {
        {"--plot", o->plot, 0},
        {"--onnx", o->onnx, 0},
        {"--tflite", o->tflite, 0},
        {"the tables'", o->wants_tables ? made[SE_TABLES_HEADER] : NULL, 0},
        {"the tables'", o->wants_tables ? made[SE_TABLES_SOURCE] : NULL, 0},
        {"the golden values'", o->golden ? made[SE_TABLES_GOLDEN] : NULL, 0},
        {"the second graph", o->onnx ? made[3] : NULL, 0},
        {"--wav", o->wav, 1},
        {"--golden", o->golden, 1},
        {"--calibrate", o->calibrate, 1},
        {"--model", o->net.model, 1},
        {"--nn_arch", o->net.nn_arch, 1},
        {"--stats", o->stats, 1},
    };

    outputs_check(files, sizeof files / sizeof *files);
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {0};
    struct option_found found = options_parse(&program, &o, argc, argv);
    struct se_report report;

    cli_check_usage("", se_tables_check_name(o.emit.net_name, &report),
                    &report);
    if (o.plot)
        cli_check_usage("--plot: ", se_canvas_check_name(o.plot, &report),
                        &report);
    o.wants_tables = (!o.from_tf && !o.onnx && !o.tflite) ||
                     options_given(&found, "net_id") ||
                     options_given(&found, "net_name");
    check_outputs(&o);
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
    char name[256], folder[PATH_MAX], path[PATH_MAX], command[1024];
    struct se_report report;
    int length;

    cli_check(se_model_name(name, sizeof name, o->net.nn_arch, &report),
              &report);
    length = snprintf(folder, sizeof folder, "%s/%s", o->models_dir, name);
    if (length >= (int)sizeof folder)
        cli_die(EXIT_FAILED, "%s: the name is too long", o->models_dir);
    refuse_other_net(folder, model->epoch);
    cli_check(cli_make_folder(folder, &report), &report);
    cli_check(
        se_model_epoch_path(path, sizeof path, folder, model->epoch, &report),
        &report);
    snprintf(command, sizeof command,
             "se-convert --nn_arch %s --from_tf %s --stats %s", o->net.nn_arch,
             o->from_tf, o->stats);
    cli_check(se_model_write(path, model, command, &report), &report);
    cli_remark("%s: written", path);
}

static void load_model(struct se_model *model, const struct options *o)
{
    const struct net_options *net = &o->net;
    struct se_report report;

    if (!o->from_tf) {
        net_load(model, net);
        return;
    }
    cli_check(se_tf_import(model, o->from_tf, o->stats, net->nn_arch, &report),
              &report);
    net_check_features(net, model);
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
        se_sound_load_as_is(&samples, n_samples, path, SE_RATE_HZ, &report),
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

    snprintf(title, sizeof title, "%s, epoch %d", net_name(&o->net),
             model->epoch);
    cli_check(se_quant_weights(&rounded, model, net, &report), &report);
    cli_check(se_canvas_open(&canvas, o->plot, SE_WEIGHTS_WIDTH,
                             se_weights_height(&model->arch), &report),
              &report);
    se_weights_draw(canvas, &model->arch, model->parameters, rounded, title);
    cli_check(picture_commit(canvas, &report), &report);
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

/* What a frame of the shipped net of 72 features takes at 96 MHz. */
static const char other_net[] = "se_nn_arch72_mel (28 % at 96 MHz)";

/* Whether a board can run it in real time. */
static void check_time(const struct options *o,
                       const struct se_quant_report *result)
{
    enum { BUSY_PERCENT = 80, FAST_MHZ = 192 };
    double percent = 100.0 * se_quant_share(result, o->clock_mhz);
    double fast = 100.0 * se_quant_share(result, FAST_MHZ);
    char faster[64] = "";

    if (percent > 100.0 && fast <= 100.0)
        snprintf(faster, sizeof faster, "--clock_mhz %d (%.0f %%), ", FAST_MHZ,
                 fast);
    if (percent > 100.0 && !o->is_forced)
        cli_die(EXIT_FAILED,
                "%s: a frame takes %.1f %% of its 10 ms on a Cortex-M4 at %d "
                "MHz; what keeps up: %sanother net, such as %s; --force "
                "converts it anyway",
                net_name(&o->net), percent, o->clock_mhz, faster, other_net);
    if (percent > BUSY_PERCENT)
        cli_remark("a frame takes %.0f %% of its 10 ms on a Cortex-M4 at %d "
                   "MHz, if a line of its memory takes %g ns",
                   percent, o->clock_mhz, o->line_ns);
}

/* The layer that loses most of the ratio of the one before. */
static int worst_layer(const struct se_quant_report *result)
{
    double before = result->feature_sqnr_db, most = 0.0;
    int worst = 0;

    for (int i = 0; i < result->n_layers; i++) {
        double loss = before - result->layer[i].sqnr_db;

        if (loss > most) {
            most = loss;
            worst = i;
        }
        before = result->layer[i].sqnr_db;
    }
    return worst;
}

/* Whether the integer net is still the float net, on the sound that was given
 * for it. Where it is not, a recurrence amplifies what rounding loses: the
 * float net would answer as much to a change of its input in the last bit; or
 * statistics say of a feature that it hardly varies, and here it does. */
static void check_likeness(const struct options *o,
                           const struct se_quant_report *result)
{
    const double least_db = 10.0;
    int i = worst_layer(result);
    double before =
        i == 0 ? result->feature_sqnr_db : result->layer[i - 1].sqnr_db;

    if (result->mask_sqnr_db < least_db && !o->is_forced)
        cli_die(EXIT_FAILED,
                "%s: in integers its mask is %.1f dB from that of the float "
                "net on %s, expected at least %g dB; layer %d (%s) loses most, "
                "%.1f dB before it and %.1f dB after; --force converts it all "
                "the same",
                net_name(&o->net), result->mask_sqnr_db, o->wav, least_db,
                i + 1, se_layer_type_name(result->layer[i].type), before,
                result->layer[i].sqnr_db);
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
    result.line_ns = o->line_ns;
    check_time(o, &result);
    check_likeness(o, &result);
    cli_check(cli_make_folder(o->emit.folder, &report), &report);
    cli_check(se_emit_tables(&o->emit, model, net, &report), &report);
    if (golden)
        cli_check(
            se_emit_golden(&o->emit, net, golden, o->golden_frames, &report),
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
    cli_check(cli_make_folder(o->emit.folder, &report), &report);
    cli_check(se_ns_nnsp_emit(&o->emit, model, &options, &report), &report);
}

/* Refuses what has no graph, before tables are written; graphs are written
 * after them, as more can be wrong with tables. */
static void check_graphs(const struct options *o, const struct se_model *model)
{
    struct se_report report;

    if (o->onnx)
        cli_check(se_onnx_check(model, &report), &report);
    if (o->tflite)
        cli_check(se_tflite_check(model, &report), &report);
}

static void write_onnx(const struct options *o, const struct se_model *model)
{
    char sound[PATH_MAX];
    struct se_report report;

    onnx_sound_path(sound, sizeof sound, o->onnx);
    cli_check(se_onnx_write_net(o->onnx, model, &report), &report);
    cli_check(se_onnx_write_sound(sound, model, &report), &report);
    cli_remark("%s, %s: written", o->onnx, sound);
}

static void write_tflite(const struct options *o, const struct se_model *model)
{
    struct se_report report;

    cli_check(se_tflite_write(o->tflite, model, &report), &report);
    cli_remark("%s: written", o->tflite);
}

int main(int argc, char **argv)
{
    struct se_model model;

    struct options o = parse_options(argc, argv);

    load_model(&model, &o);
    check_graphs(&o, &model);
    if (o.wants_tables && o.layout == NS_NNSP)
        convert_ns_nnsp(&o, &model);
    else if (o.wants_tables)
        convert(&o, &model);
    if (o.onnx)
        write_onnx(&o, &model);
    if (o.tflite)
        write_tflite(&o, &model);
    se_model_free(&model);
    cli_close_stdout();
    return EXIT_DONE;
}
