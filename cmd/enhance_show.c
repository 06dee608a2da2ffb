/* enhance_show.c - pictures of what se-enhance did. */
#include "enhance_show.h"

#include "cli.h"
#include "picture/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct show {
    const struct show_settings *settings;
    struct se_scene *scene;
    struct se_canvas *plot; /* or NULL */
};

void show_check(const struct show_options *options, int n_inputs)
{
    struct se_report report;

    if (options->plot && n_inputs > 1)
        cli_die(EXIT_USAGE, "--plot shows one file, found %d", n_inputs);
    if (options->plot && se_canvas_check_name(options->plot, &report) != SE_OK)
        cli_die(EXIT_USAGE, "--plot: %s", report.text);
}

struct show *show_open(const struct show_options *options,
                       const struct se_model *model,
                       const struct show_settings *settings)
{
    struct se_report report;

    if (!options->plot)
        return NULL;

    struct show *show = calloc(1, sizeof *show);

    if (!show)
        cli_die(EXIT_FAILED, "out of memory");
    show->settings = settings;
    cli_check(se_scene_create(&show->scene, model->arch.n_in, &report),
              &report);
    if (options->plot)
        cli_check(se_canvas_open(&show->plot, options->plot, SE_SCENE_WIDTH,
                                 SE_SCENE_HEIGHT, &report),
                  &report);
    return show;
}

void show_watch(struct show *show, struct se_enhance_job *job)
{
    if (!show)
        return;
    se_scene_reset(show->scene);
    job->watch = se_scene_watch;
    job->watcher = show->scene;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void describe(char *text, size_t size,
                     const struct show_settings *settings)
{
    int n = snprintf(text, size, "net %s, epoch %d; engine %s; channels %s",
                     base_name(settings->net), settings->epoch,
                     settings->engine, settings->channels);

    if (isfinite(settings->limit_db) && n < (int)size)
        snprintf(text + n, size - (size_t)n, "; at most %g dB taken away",
                 settings->limit_db);
}

int show_add(struct show *show, const struct se_enhance_job *job)
{
    char subtitle[1024];

    if (!show)
        return SE_OK;
    describe(subtitle, sizeof subtitle, show->settings);
    if (show->plot)
        se_scene_draw(show->scene, show->plot,
                      strcmp(job->input, "-") == 0 ? "standard input"
                                                   : base_name(job->input),
                      subtitle);
    return SE_OK;
}

static void free_show(struct show *show)
{
    se_scene_destroy(show->scene);
    free(show);
}

int show_close(struct show *show)
{
    struct se_report report;
    int status = SE_OK;

    if (!show)
        return EXIT_DONE;
    if (show->plot)
        status = se_canvas_commit(show->plot, &report);
    if (status != SE_OK)
        cli_warn("%s", report.text);
    free_show(show);
    return status == SE_OK ? EXIT_DONE : EXIT_FAILED;
}

void show_discard(struct show *show)
{
    if (!show)
        return;
    se_canvas_discard(show->plot);
    free_show(show);
}
