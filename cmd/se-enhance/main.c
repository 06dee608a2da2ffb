/* main.c - se-enhance takes the noise out of speech in sound files. */
#include "common/cli.h"
#include "options.h"
#include "vad.h"

#include "base/clock.h"
#include "enhance/file.h"
#include "files/file.h"
#include "files/path.h"
#include "quant/quantise.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

struct engine {
    struct se_model model;
    struct se_quant_net *fixed; /* NULL: the float net runs */
    struct se_enhancer_config config;
    struct show *show; /* NULL: nothing is drawn */
    struct vad *vad;   /* NULL: no table */
};

/* Milliseconds at 16 kHz: the window, and the frames that the net looks ahead.
 */
static int delay_ms(const struct se_arch *arch)
{
    return 1000 * (SE_WINDOW + arch->len_lookahead * SE_HOP) / SE_RATE_HZ;
}

static void load_model(struct se_model *model, const struct enhance_options *o)
{
    net_load(model, &o->net);
    if (o->verbose)
        cli_remark("%s: epoch %d, %lld parameters, delay of %d ms",
                   net_name(&o->net), model->epoch,
                   (long long)model->n_parameters, delay_ms(&model->arch));
}

/* The model in integers, or NULL if the float net is to run. */
static struct se_quant_net *load_fixed(const struct se_model *model,
                                       const struct enhance_options *o)
{
    struct se_quant_net *net = NULL;
    struct se_report report;

    if (o->is_fixed)
        cli_check(se_quantise_for(&net, model, o->calibrate, &report), &report);
    return net;
}

static int on_progress(void *context, double seconds, double total)
{
    struct cli_progress *progress = context;

    progress->total = total;
    cli_progress_update(progress, seconds, NULL);
    return cli_stop;
}

static int enhance(const struct enhance_options *o, const struct engine *engine,
                   const char *input, const char *output)
{
    struct cli_progress progress;
    struct se_enhance_job job = {
        .input = input,
        .output = output,
        .residual = o->residual,
        .raw = o->is_raw ? &o->raw : NULL,
        .ignores_length = o->ignores_length,
        .mix = o->channel_word == ENHANCE_MIX,
        .enhancer = engine->config,
        .progress = on_progress,
        .context = &progress,
    };
    struct se_enhance_result result;
    struct se_report report;

    show_watch(engine->show, &job);
    vad_watch(engine->vad, &job);
    cli_progress_start(&progress, input, "s", -1.0);

    double started = se_clock_s(SE_CLOCK_WALL);
    int status = se_enhance_file(&result, &engine->model, &job, &report);

    cli_progress_end(&progress);
    if (status != SE_OK) {
        cli_warn("%s", report.text);
        show_add_failure(engine->show, input, report.text);
        return status;
    }
    if (result.n_clipped > 0)
        cli_remark("%s: %lld samples beyond full scale were clipped", output,
                   (long long)result.n_clipped);
    if (o->results)
        cli_remark("%s: written%s%s", output, o->show.plot ? ", with " : "",
                   o->show.plot ? o->show.plot : "");
    if (o->verbose)
        cli_remark("%s: %.2f s of sound, %.0f times real time", output,
                   result.seconds,
                   result.seconds / (se_clock_s(SE_CLOCK_WALL) - started));
    return show_add(engine->show, &job);
}

/* An earlier input of the same name, which this one would write over. */
static const char *namesake(const struct enhance_options *o, int file)
{
    for (int i = 0; i < file; i++) {
        if (strcmp(se_path_base(o->files[i]), se_path_base(o->files[file])) ==
            0)
            return o->files[i];
    }
    return NULL;
}

/* Exit status: that of the worst file. */
static int enhance_all(const struct enhance_options *o,
                       const struct engine *engine)
{
    struct se_report report;
    int n_failed = 0;

    cli_check(cli_make_folder(o->out_dir, &report), &report);
    for (int i = 0; i < o->n_files; i++) {
        char output[PATH_MAX];
        const char *other = namesake(o, i);
        int length = snprintf(output, sizeof output, "%s/%s", o->out_dir,
                              se_path_base(o->files[i]));

        if (other || length >= (int)sizeof output) {
            cli_warn("%s: %s", o->files[i],
                     other ? "another input has the same name"
                           : "the name is too long");
            n_failed++;
            continue;
        }

        int status = enhance(o, engine, o->files[i], output);

        if (status == SE_ERR_STOPPED)
            return EXIT_STOPPED;
        n_failed += status != SE_OK;
    }
    if (n_failed > 0 && o->n_files > 1)
        cli_warn("%d of %d files failed", n_failed, o->n_files);
    return n_failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

/* One sound, or all that passes; the exit status. */
static int enhance_one(const struct enhance_options *o,
                       const struct engine *engine)
{
    const struct sound_options *sound = &o->sound;
    int status = SE_OK;

    if (sound->is_live)
        status = sound_live(sound, &engine->model, &engine->config, o->verbose);
    if (sound->is_recording)
        status = sound_record(sound, o->files[0], o->verbose);
    if (status == SE_OK && !sound->is_live)
        status = enhance(o, engine, o->files[0], o->files[1]);
    if (status == SE_ERR_STOPPED)
        return EXIT_STOPPED;
    return status == SE_OK ? EXIT_DONE : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct engine engine;
    struct se_report report;
    int exit_status;

    struct enhance_options o = enhance_parse(argc, argv);

    load_model(&engine.model, &o);
    engine.fixed = load_fixed(&engine.model, &o);
    engine.config = (struct se_enhancer_config){
        .mode = o.channel_word == ENHANCE_EACH ? SE_CHANNELS_EACH
                                               : SE_CHANNELS_LINKED,
        .attenuation_limit_db = (float)o.attenuation_limit_db,
        .fixed = engine.fixed ? &engine.fixed->net : NULL,
    };

    struct show_settings settings = {
        .net = net_name(&o.net),
        .epoch = engine.model.epoch,
        .engine = enhance_engine_words[o.is_fixed],
        .channels = enhance_channel_words[o.channel_word],
        .attenuation_limit_db = o.attenuation_limit_db,
    };

    if (o.results)
        cli_check(cli_make_folder(o.results, &report), &report);
    engine.show = show_open(&o.show, &engine.model, &settings);
    engine.vad = vad_open(o.vad);
    /* Of a recording there is something to keep. */
    if (o.sound.is_live || o.sound.is_recording)
        cli_catch_signals();
    else
        cli_end_on_signals();
    if (o.out_dir)
        exit_status = enhance_all(&o, &engine);
    else
        exit_status = enhance_one(&o, &engine);
    exit_status = vad_close(engine.vad, exit_status);
    exit_status = show_close(engine.show, exit_status);
    se_quant_net_free(engine.fixed);
    se_model_free(&engine.model);
    return exit_status;
}
