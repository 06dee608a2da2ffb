/* main.c - se-plot draws the history of trainings, and tables of results. */
#include "common/cli.h"
#include "common/options.h"
#include "common/outputs.h"
#include "common/picture.h"

#include "picture/curves.h"
#include "picture/dots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    const char *output, *title;
    const char *names; /* apart at commas; NULL: of the files */
    char **files;
    int n_files;
};

#define AT(member) OPTION_AT(struct options, member)
static const struct option_row rows[] = {
    {"output", 'o', OPTION_FILE, "FILE", "the picture, a .pdf, .png or .svg",
     AT(output), .is_needed = 1},
    {"names", 0, OPTION_TEXT, "A,B,...", "what to call the trainings",
     AT(names), .otherwise = "as their folders"},
    {"title", 0, OPTION_TEXT, "TEXT", "what stands over the picture",
     AT(title)},
    OPTION_QUIET("no remarks"),
    OPTION_HELP_AND_VERSION,
    {0},
};
static const struct option_group groups[] = {{.rows = rows}, {0}};
static const struct option_program program = {
    .name = "se-plot",
    .usage = "[OPTION]... -o PICTURE HISTORY...\n"
             "[OPTION]... -o PICTURE RESULTS.csv",
    .about = "Draw the curves of trainings, history.jsonl of se-train: loss, "
             "SI-SDR, PESQ, rate, the best epoch; up to 6 in one picture. Or "
             "draw a table "
             "of results as dots, a row for each of its rows, a panel for each "
             "column.",
    .example = "se-plot -o loss.pdf models/se_nn_arch72_mel/history.jsonl",
    .groups = groups,
    .has_operands = 1,
};

static void check_usage(const struct options *o)
{
    struct se_report report;

    cli_check_usage("--output: ", se_canvas_check_name(o->output, &report),
                    &report);
    if (o->n_files < 1 || o->n_files > SE_MAX_CURVES)
        cli_die(EXIT_USAGE, "expected 1 to %d files, found %d", SE_MAX_CURVES,
                o->n_files);
    for (int i = 0; i < o->n_files; i++) {
        if (se_table_is_csv(o->files[i]) && (o->n_files > 1 || o->names))
            cli_die(EXIT_USAGE,
                    "%s: a table of results goes alone, without --names",
                    o->files[i]);
    }
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {0};
    struct option_found found = options_parse(&program, &o, argc, argv);

    o.files = found.operands;
    o.n_files = found.n_operands;
    check_usage(&o);
    for (int i = 0; i < o.n_files; i++)
        outputs_check((struct output[]){{"--output", o.output, 0},
                                        {"the table", o.files[i], 1}},
                      2);
    return o;
}

/* "models/x/history.jsonl" is called x, "runs/a.jsonl" a. Changes `path`. */
static const char *name_of(char *path)
{
    char *slash = strrchr(path, '/');
    char *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');

    if (slash && strcmp(base, "history.jsonl") == 0) {
        *slash = '\0';
        slash = strrchr(path, '/');
        return slash ? slash + 1 : path;
    }
    if (dot && dot != base)
        *dot = '\0';
    return base;
}

static void finish(struct se_canvas *canvas)
{
    struct se_report report;

    cli_check(picture_commit(canvas, &report), &report);
}

static void draw_curves(const struct options *o)
{
    struct se_table tables[SE_MAX_CURVES];
    struct se_curve curves[SE_MAX_CURVES];
    struct se_canvas *canvas;
    struct se_report report;
    char *copy = o->names ? strdup(o->names) : NULL, *names = copy;

    if (o->names && !copy)
        cli_die(EXIT_FAILED, "out of memory for the names");
    for (int i = 0; i < o->n_files; i++) {
        const char *name = strsep(&names, ",");

        cli_check(se_table_read(&tables[i], o->files[i], &report), &report);
        cli_check(se_curves_check(&tables[i], o->files[i], &report), &report);
        if (o->names && !name)
            cli_die(EXIT_USAGE, "--names: expected %d names, found %d",
                    o->n_files, i);
        curves[i] =
            (struct se_curve){name ? name : name_of(o->files[i]), &tables[i]};
    }
    if (names)
        cli_die(EXIT_USAGE, "--names: more names than the %d files",
                o->n_files);
    cli_check(se_canvas_open(&canvas, o->output, SE_CURVES_WIDTH,
                             se_curves_height(curves, o->n_files), &report),
              &report);
    se_curves_draw(canvas, curves, o->n_files,
                   o->title ? o->title : "Training");
    finish(canvas);
    for (int i = 0; i < o->n_files; i++)
        se_table_free(&tables[i]);
    free(copy);
}

static void draw_dots(const struct options *o)
{
    char *path = o->files[0];
    struct se_canvas *canvas;
    struct se_table table;
    struct se_report report;

    cli_check(se_table_read(&table, path, &report), &report);
    cli_check(se_dots_check(&table, path, &report), &report);
    cli_check(se_canvas_open(&canvas, o->output, SE_DOTS_WIDTH,
                             se_dots_height(&table), &report),
              &report);
    se_dots_draw(canvas, &table, o->title ? o->title : name_of(path));
    finish(canvas);
    se_table_free(&table);
}

int main(int argc, char **argv)
{
    struct options o = parse_options(argc, argv);

    if (se_table_is_csv(o.files[0]))
        draw_dots(&o);
    else
        draw_curves(&o);
    return EXIT_DONE;
}
