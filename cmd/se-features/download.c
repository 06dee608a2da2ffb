/* download.c - the conversation of loading data sets. */
#include "download.h"

#include "common/cli.h"
#include "fetch/datasets.h"
#include "fetch/obtain.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- options ------------------------------------------------------------- */

const char download_help[] =
    "\nData sets\n"
    "      --list_datasets       print what there is, sizes and licences\n"
    "      --download 1          load data sets and unpack them\n"
    "      --datasets A,B        these, or all (what the list marks with *)\n"
    "      --data_dir DIR        into folders of DIR (wavs)\n"
    "      --accept_licences     agree to their licences\n"
    "      --mirror URL          load URL/ARCHIVE in place of the table's\n"
    "      --dataset_table FILE  more sets, or other rows for those there\n"
    "      --keep_archives       do not remove what was unpacked\n"
    "      --tries N             give up after N in a row bring nothing (6)\n"
    "      --wait S              before the second, then double that (2)\n"
    "      --stall S             a silent line is cut after this (60)\n";

void download_options_default(struct download_options *options)
{
    *options = (struct download_options){
        .data_dir = "wavs",
        .patience = {.n_tries = 6, .wait_seconds = 2, .stall_seconds = 60},
    };
}

static const char *check_mirror(const char *url)
{
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        cli_die(EXIT_USAGE,
                "--mirror: expected a URL with http:// or https://, found '%s'",
                url);
    return url;
}

void download_option_take(struct download_options *options, int option,
                          const char *text)
{
    options->any |= option != DOWNLOAD_DOWNLOAD && option != DOWNLOAD_LIST;
    switch (option) {
    case DOWNLOAD_DOWNLOAD:
        options->download = (int)cli_integer("--download", text, 0, 1);
        break;
    case DOWNLOAD_LIST:
        options->list = 1;
        break;
    case DOWNLOAD_DATASETS:
        options->names = text;
        break;
    case DOWNLOAD_DATA_DIR:
        options->data_dir = text;
        break;
    case DOWNLOAD_MIRROR:
        options->mirror = check_mirror(text);
        break;
    case DOWNLOAD_TABLE:
        options->table = text;
        break;
    case DOWNLOAD_ACCEPT:
        options->accept = 1;
        break;
    case DOWNLOAD_KEEP:
        options->keep = 1;
        break;
    case DOWNLOAD_TRIES:
        options->patience.n_tries = (int)cli_integer("--tries", text, 1, 1000);
        break;
    case DOWNLOAD_WAIT:
        options->patience.wait_seconds = cli_number("--wait", text, 0, 3600);
        break;
    case DOWNLOAD_STALL:
        options->patience.stall_seconds =
            (int)cli_integer("--stall", text, 1, 3600);
    }
}

/* ---- the table ----------------------------------------------------------- */

/* "337 MB", "23.0 GB", "?" for 0 */
static const char *short_bytes(char text[32], int64_t bytes)
{
    double value = (double)bytes;

    if (bytes == 0)
        snprintf(text, 32, "?");
    else if (value >= 1e9)
        snprintf(text, 32, "%.1f GB", value / 1e9);
    else if (value >= 1e6)
        snprintf(text, 32, "%.0f MB", value / 1e6);
    else
        snprintf(text, 32, "%.3g kB", value / 1e3);
    return text;
}

void download_list(const struct download_options *options)
{
    struct se_datasets sets;
    struct se_report report;
    char packed[32], unpacked[32];

    cli_check(se_datasets_read(&sets, options->table, &report), &report);
    printf("name               kind     to load  unpacked  what it is\n");
    for (int i = 0; i < sets.n; i++) {
        const struct se_dataset *set = &sets.set[i];

        printf("%-16s %c %-6s %9s %9s  %s\n", set->name,
               set->is_default ? '*' : ' ', se_dataset_kind_name(set->kind),
               short_bytes(packed, se_dataset_packed(set)),
               short_bytes(unpacked, set->unpacked), set->about);
    }
    printf("* is loaded unless --datasets says otherwise.\n\n"
           "name               licence; to be cited\n");
    for (int i = 0; i < sets.n; i++)
        printf("%-16s   %s; %s\n", sets.set[i].name, sets.set[i].licence,
               sets.set[i].citation[0] ? sets.set[i].citation : "-");
    se_datasets_free(&sets);
    cli_close_stdout();
}

/* ---- agreement ----------------------------------------------------------- */

static void show_terms(const struct se_dataset_choice *choice)
{
    char packed[32], unpacked[32];

    for (int i = 0; i < choice->n; i++) {
        const struct se_dataset *set = choice->set[i];

        cli_warn("%s: %s to load, %s unpacked; licence: %s; cite: %s",
                 set->name, short_bytes(packed, se_dataset_packed(set)),
                 short_bytes(unpacked, set->unpacked), set->licence,
                 set->citation[0] ? set->citation : "-");
    }
}

static void agree(const struct se_dataset_choice *choice)
{
    char answer[16];

    show_terms(choice);
    fprintf(stderr, "Load %s under %s? [y/N] ",
            choice->n == 1 ? "it" : "them all",
            choice->n == 1 ? "this licence" : "these licences");
    if (!fgets(answer, sizeof answer, stdin) ||
        (answer[0] != 'y' && answer[0] != 'Y'))
        cli_die(EXIT_FAILED, "not agreed to: nothing was loaded");
}

static void check_agreement(const struct se_dataset_choice *choice, int accept)
{
    if (!accept && !isatty(STDIN_FILENO))
        cli_die(EXIT_USAGE,
                "--accept_licences is missing: %d data set%s to agree to (see "
                "--list_datasets)",
                choice->n, choice->n == 1 ? "" : "s");
    if (!accept)
        agree(choice);
    else if (!cli_quiet)
        show_terms(choice);
}

/* ---- the work ------------------------------------------------------------ */

struct show {
    struct cli_progress progress;
    char doing[300]; /* what the progress is shown of */
    double last;
};

static int show_progress(void *context, const char *doing, int64_t done,
                         int64_t total)
{
    struct show *show = context;
    double megabytes = (double)done / 1e6;

    /* Something else, or from the start again. */
    if (strcmp(doing, show->doing) != 0 || megabytes < show->last) {
        snprintf(show->doing, sizeof show->doing, "%s", doing);
        cli_progress_start(&show->progress, show->doing, "MB",
                           (double)total / 1e6);
        show->progress.before = megabytes;
    }
    show->last = megabytes;
    show->progress.total = (double)total / 1e6; /* known after a while */
    cli_progress_update(&show->progress, megabytes, NULL);
    return cli_stop;
}

static void show_remark(void *context, const char *text)
{
    (void)context;
    cli_remark("%s", text);
}

/* What came of the sets. */
struct loading {
    const char *data_dir;
    int n_failed;
};

static void tell_obtained(void *context, const struct se_obtained *what)
{
    struct loading *loading = context;
    const char *name = what->set->name;
    char bytes[32];

    if (what->status != SE_OK) {
        cli_warn("%s", what->why.text);
        loading->n_failed++;
        return;
    }
    cli_remark("%s/%s: %d files, %s", loading->data_dir, name,
               what->extracted.n_files,
               short_bytes(bytes, what->extracted.n_bytes));
    if (what->extracted.n_links > 0)
        cli_remark("%s/%s: %d links in the archive were left out",
                   loading->data_dir, name, what->extracted.n_links);
}

static int load_sets(const struct se_dataset_choice *choice,
                     const struct se_obtain *how)
{
    struct loading loading = {.data_dir = how->data_dir};
    struct se_report report;

    cli_catch_signals();

    int status = se_obtain_all(how, choice, tell_obtained, &loading, &report);

    if (status == SE_ERR_STOPPED) {
        cli_warn("%s", report.text);
        return EXIT_STOPPED;
    }
    cli_check(status, &report);
    return loading.n_failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

int download_run(const struct download_options *options)
{
    struct show show = {.doing = ""};
    struct se_watch watch = {show_progress, show_remark, &show};
    struct se_obtain how = {
        .data_dir = options->data_dir,
        .mirror = options->mirror,
        .patience = options->patience,
        .keep_archives = options->keep,
        .watch = &watch,
    };
    struct se_datasets sets;
    struct se_dataset_choice choice;
    struct se_report report;
    int exit_status = EXIT_DONE;

    cli_check(se_datasets_read(&sets, options->table, &report), &report);

    int status = se_datasets_choose(&choice, &sets, options->names, &report);

    if (status == SE_ERR_ARG)
        cli_die(EXIT_USAGE, "--datasets: %s (see --list_datasets)",
                report.text);
    cli_check(status, &report);
    cli_check(se_obtain_leave_absent(&choice, &how, &report), &report);
    if (choice.n > 0) {
        check_agreement(&choice, options->accept);
        exit_status = load_sets(&choice, &how);
    }
    se_dataset_choice_free(&choice);
    se_datasets_free(&sets);
    return exit_status;
}
