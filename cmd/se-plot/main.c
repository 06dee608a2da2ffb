/* se-plot.c - draws the history of trainings, and tables of results. */
#include "common/cli.h"

#include "picture/curves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    const char *output, *title;
    char *names; /* apart at commas; NULL: of the files */
    char **files;
    int n_files;
};

_Noreturn static void print_help(void)
{
    fputs(
        "Usage: se-plot [OPTION]... -o PICTURE HISTORY...\n"
        "       se-plot [OPTION]... -o PICTURE RESULTS.csv\n"
        "Draw the curves of trainings, history.jsonl of se-train: loss, "
        "SI-SDR, rate, the\n"
        "best epoch; up to 6 in one picture. Or draw a table of results as "
        "dots, a row\n"
        "for each of its rows, a panel for each column.\n"
        "\n"
        "  -o, --output=FILE       a .pdf, .png or .svg (needed)\n"
        "      --names=A,B,...     of the trainings (default: their "
        "folders')\n"
        "      --title=TEXT        over the picture\n"
        "  -h, --help              this text\n"
        "      --version           the version\n"
        "\n"
        "Exit status: 0 done, 1 failed, 2 wrong usage.\n"
        "\n"
        "Example: se-plot -o loss.pdf models/se_nn_arch72_mel/history.jsonl\n",
        stdout);
    cli_close_stdout();
    exit(EXIT_DONE);
}

enum { OPT_NAMES = 256, OPT_TITLE, OPT_VERSION };

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"names", required_argument, NULL, OPT_NAMES},
    {"title", required_argument, NULL, OPT_TITLE},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {0},
};

static void check_usage(const struct options *o)
{
    struct se_report report;

    if (!o->output)
        cli_die(EXIT_USAGE, "-o PICTURE is missing (see --help)");
    if (se_canvas_check_name(o->output, &report) != SE_OK)
        cli_die(EXIT_USAGE, "--output: %s", report.text);
    if (o->n_files < 1 || o->n_files > SE_MAX_CURVES)
        cli_die(EXIT_USAGE, "expected 1 to %d files, found %d", SE_MAX_CURVES,
                o->n_files);
    for (int i = 0; i < o->n_files; i++) {
        if (se_table_is_csv(o->files[i]) && (o->n_files > 1 || o->names))
            cli_die(EXIT_USAGE,
                    "%s: a table of results goes alone, without "
                    "--names",
                    o->files[i]);
    }
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {0};
    int option;

    while ((option = cli_getopt(argc, argv, "o:h", long_options)) != -1) {
        switch (option) {
        case 'o':
            o.output = optarg;
            break;
        case OPT_NAMES:
            o.names = optarg;
            break;
        case OPT_TITLE:
            o.title = optarg;
            break;
        case 'h':
            print_help();
        case OPT_VERSION:
            cli_version();
        }
    }
    o.files = argv + optind;
    o.n_files = argc - optind;
    check_usage(&o);
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

    cli_check(se_canvas_commit(canvas, &report), &report);
}

static void draw_curves(const struct options *o)
{
    struct se_table tables[SE_MAX_CURVES];
    struct se_curve curves[SE_MAX_CURVES];
    struct se_canvas *canvas;
    struct se_report report;
    char *names = o->names;

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
}

static void draw_dots(const struct options *o)
{
    char *path = o->files[0];
    struct se_canvas *canvas;
    struct se_table table;
    struct se_report report;

    cli_check(se_table_read(&table, path, &report), &report);
    cli_check(se_dots_check(&table, path, &report), &report);
    cli_check(se_canvas_open(&canvas, o->output, SE_CURVES_WIDTH,
                             se_dots_height(&table), &report),
              &report);
    se_dots_draw(canvas, &table, o->title ? o->title : name_of(path));
    finish(canvas);
    se_table_free(&table);
}

int main(int argc, char **argv)
{
    cli_name = "se-plot";

    struct options o = parse_options(argc, argv);

    if (se_table_is_csv(o.files[0]))
        draw_dots(&o);
    else
        draw_curves(&o);
    return EXIT_DONE;
}
