/* show.c - pictures and the web page of what se-enhance did. */
#include "show.h"

#include "common/cli.h"
#include "common/picture.h"
#include "files/path.h"
#include "picture/page.h"

#include <limits.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct show {
    const struct show_options *options;
    const struct show_settings *settings;
    struct se_scene *scene;
    struct se_canvas *plot; /* or NULL */
    struct se_page *page;   /* or NULL */
    int n_added;            /* to the page */
};

static int is_html(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot &&
           (strcasecmp(dot, ".html") == 0 || strcasecmp(dot, ".htm") == 0);
}

void show_check(const struct show_options *options, char **files, int n_files,
                int n_inputs)
{
    struct se_report report;

    if (options->plot && n_inputs > 1)
        cli_die(EXIT_USAGE, "--plot shows one file, found %d", n_inputs);
    if (options->plot)
        cli_check_usage(
            "--plot: ", se_canvas_check_name(options->plot, &report), &report);
    if (options->report && !is_html(options->report))
        cli_die(EXIT_USAGE, "--report: %s: a page's name must end in .html",
                options->report);
    for (int i = 0; options->report && i < n_files; i++) {
        if (strcmp(files[i], "-") == 0)
            cli_die(EXIT_USAGE, "--report reads the sound once more: it needs "
                                "files, not pipes");
    }
}

/* ---- settings ------------------------------------------------------------ */

static void describe(char *text, size_t size,
                     const struct show_settings *settings)
{
    int n = snprintf(text, size, "net %s, epoch %d; engine %s; channels %s",
                     se_path_base(settings->net), settings->epoch,
                     settings->engine, settings->channels);

    if (isfinite(settings->attenuation_limit_db) && n < (int)size)
        snprintf(text + n, size - (size_t)n, "; at most %g dB removed",
                 settings->attenuation_limit_db);
}

static int open_page(struct show *show, struct se_report *report)
{
    const struct show_settings *settings = show->settings;
    char epoch[16], limit[40] = "none";
    const struct se_page_setting rows[] = {
        {"Net", se_path_base(settings->net)},
        {"Epoch", epoch},
        {"Engine", settings->engine},
        {"Channels", settings->channels},
        {"Attenuation limit", limit},
        {"Program", "se-enhance (nnse-c) " SE_VERSION},
    };

    snprintf(epoch, sizeof epoch, "%d", settings->epoch);
    if (isfinite(settings->attenuation_limit_db))
        snprintf(limit, sizeof limit, "%g dB", settings->attenuation_limit_db);
    return se_page_open(&show->page, show->options->report, rows,
                        sizeof rows / sizeof *rows, report);
}

/* ---- the work ------------------------------------------------------------ */

static void discard(struct show *show)
{
    se_canvas_discard(show->plot);
    se_page_discard(show->page);
    se_scene_destroy(show->scene);
    free(show);
}

struct show *show_open(const struct show_options *options,
                       const struct se_model *model,
                       const struct show_settings *settings)
{
    struct se_report report;

    if (!options->plot && !options->report)
        return NULL;

    struct show *show = calloc(1, sizeof *show);

    if (!show)
        cli_die(EXIT_FAILED, "out of memory");
    show->options = options;
    show->settings = settings;

    int status = se_scene_create(&show->scene, model->arch.n_in, &report);

    if (status == SE_OK && options->plot)
        status = se_canvas_open(&show->plot, options->plot, SE_SCENE_WIDTH,
                                SE_SCENE_HEIGHT, &report);
    if (status == SE_OK && options->report)
        status = open_page(show, &report);
    if (status != SE_OK) {
        discard(show);
        cli_check(status, &report);
    }
    return show;
}

void show_watch(struct show *show, struct se_enhance_job *job)
{
    if (!show)
        return;
    se_scene_reset(show->scene);
    job->enhancer.watch = se_scene_watch;
    job->enhancer.watcher = show->scene;
}

/* The clean speech of an input; `path` holds the name. */
static const char *clean_of(const struct show *show, char path[PATH_MAX],
                            const char *input)
{
    const char *clean = show->options->clean;
    struct stat info;

    if (stat(clean, &info) != 0 || !S_ISDIR(info.st_mode))
        return clean;
    if (snprintf(path, PATH_MAX, "%s/%s", clean, se_path_base(input)) >=
        PATH_MAX)
        return clean;
    return path;
}

/* Before and after against the clean speech, if there is to be any. */
static int score(struct se_score_change *scores, const struct show *show,
                 const struct se_enhance_job *job, struct se_report *report)
{
    char path[PATH_MAX];

    if (job->raw)
        return se_fail(report, SE_ERR_ARG,
                       "%s: scores are of files with a header", job->input);
    return se_score_change(scores, clean_of(show, path, job->input), job->input,
                           job->output, report);
}

/* Without its scores a file is on the page all the same. */
static int add_to_page(struct show *show, const struct se_enhance_job *job)
{
    struct se_sound_format raw_output = {0};
    struct se_score_change scores;
    struct se_page_entry entry = {
        .input = job->input,
        .output = job->output,
        .raw_input = job->raw,
        .scene = show->scene,
    };
    struct se_report report, no_scores;
    int score_status = SE_OK;

    /* The output has a header if its name asked for one. */
    if (job->raw) {
        raw_output = *job->raw;
        raw_output.channels = job->mix ? 1 : raw_output.channels;
        se_sound_format_for(&raw_output, job->output);
        if ((raw_output.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RAW)
            entry.raw_output = &raw_output;
    }
    if (show->options->clean) {
        score_status = score(&scores, show, job, &no_scores);
        if (score_status == SE_OK)
            entry.scores = &scores;
        else
            entry.no_scores = no_scores.text;
    }

    int status = se_page_add(show->page, &entry, &report);

    if (status != SE_OK) {
        cli_warn("%s: %s", show->options->report, report.text);
        return status;
    }
    show->n_added++;
    if (score_status != SE_OK)
        cli_warn("no scores: %s", no_scores.text);
    return score_status;
}

int show_add(struct show *show, const struct se_enhance_job *job)
{
    char subtitle[1024];

    if (!show)
        return SE_OK;
    describe(subtitle, sizeof subtitle, show->settings);
    if (show->plot)
        se_scene_draw(show->scene, show->plot,
                      se_path_base(se_path_of_input(job->input)), subtitle);
    return show->page ? add_to_page(show, job) : SE_OK;
}

void show_add_failure(struct show *show, const char *input, const char *reason)
{
    if (show && show->page)
        se_page_add_failure(show->page, input, reason);
}

static void warn_of(int status, const struct se_report *report,
                    int *exit_status)
{
    if (status == SE_OK)
        return;
    cli_warn("%s", report->text);
    *exit_status = EXIT_FAILED;
}

int show_close(struct show *show, int exit_status)
{
    struct se_report report;

    if (!show)
        return exit_status;
    if (show->plot && exit_status == EXIT_DONE) {
        warn_of(picture_commit(show->plot, &report), &report, &exit_status);
        show->plot = NULL;
    }
    if (show->page && show->n_added > 0 && exit_status != EXIT_STOPPED) {
        warn_of(se_page_commit(show->page, &report), &report, &exit_status);
        show->page = NULL;
    }
    discard(show);
    return exit_status;
}
