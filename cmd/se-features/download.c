/* download.c - the dialogue about downloading data sets. */
#include "download.h"

#include "common/cli.h"
#include "fetch/datasets.h"
#include "fetch/obtain.h"
#include "files/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- options ------------------------------------------------------------- */

static int take_mirror(void *at, const char *text, struct se_report *report)
{
    if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0)
        return se_fail(report, SE_ERR_ARG,
                       "expected a URL with http:// or https://, found '%s'",
                       text);
    *(const char **)at = text;
    return SE_OK;
}

#define AT(member)  OPTION_AT(struct download_options, member)
#define OF_DOWNLOAD .needs = "download|list_datasets"
const struct option_row download_option_rows[] = {
    {"list_datasets", 0, OPTION_FLAG, NULL,
     "print what there is, with sizes and licences", AT(list),
     .excludes = "speech noise output"},
    {"download", 0, OPTION_SWITCH, "0|1",
     "download data sets, unpack, list and split them, and mix the speech and "
     "noise that they hold; 0: the same with sets that are there",
     AT(download), .otherwise = "neither", .excludes = "speech noise"},
    {"load_only", 0, OPTION_FLAG, NULL, "download sets, mix nothing", AT(only),
     .needs = "download", .excludes = "output"},
    {"datasets", 0, OPTION_TEXT, "A,B,...", "these, or all", AT(names),
     .otherwise = "what the list marks with *", OF_DOWNLOAD},
    {"data_dir", 0, OPTION_FOLDER, "DIR", "into folders of this one",
     AT(data_dir), .preset = "wavs", OF_DOWNLOAD},
    {"accept_licences", 0, OPTION_FLAG, NULL, "agree to their licences",
     AT(accept), OF_DOWNLOAD},
    {"mirror", 0, OPTION_TEXT, "URL",
     "download URL/ARCHIVE in place of the table's", AT(mirror), OF_DOWNLOAD,
     .take = take_mirror},
    {"dataset_table", 0, OPTION_FILE, "FILE",
     "more sets, or other rows for those there", AT(table), OF_DOWNLOAD,
     .otherwise = "that of $SE_DATASET_TABLE, if it is set"},
    {"keep_archives", 0, OPTION_FLAG, NULL, "keep archives that were unpacked",
     AT(keep), OF_DOWNLOAD},
    {"tries", 0, OPTION_INTEGER, "N",
     "attempts in a row without progress before it gives up", AT(retry.n_tries),
     .min = 1, .max = 1000, .preset = "6", OF_DOWNLOAD},
    {"wait", 0, OPTION_REAL, "S",
     "pause before the second attempt, then double that",
     AT(retry.wait_seconds), .max = 3600, .preset = "2", .unit = "s",
     OF_DOWNLOAD},
    {"stall", 0, OPTION_INTEGER, "S", "silence after which a connection is cut",
     AT(retry.stall_seconds), .min = 1, .max = 3600, .preset = "60",
     .unit = "s", OF_DOWNLOAD},
    {0},
};

/* ---- the table ----------------------------------------------------------- */

/* 0: not known */
static const char *short_bytes(char text[32], int64_t bytes)
{
    return bytes == 0 ? "?" : se_size_text(text, (double)bytes);
}

void download_list(const struct download_options *options)
{
    struct se_datasets sets;
    struct se_report report;
    char packed[32], unpacked[32];

    cli_check(se_datasets_read(&sets, options->table, &report), &report);
    printf("name               kind    download  unpacked  what it is\n");
    for (int i = 0; i < sets.n; i++) {
        const struct se_dataset *set = &sets.set[i];

        printf("%-16s %c %-6s %9s %9s  %s\n", set->name,
               set->is_default ? '*' : ' ', se_dataset_kind_name(set->kind),
               short_bytes(packed, se_dataset_packed(set)),
               short_bytes(unpacked, set->unpacked), set->about);
    }
    printf("* is downloaded unless --datasets says otherwise.\n\n"
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

        cli_warn("%s: %s to download, %s unpacked; licence: %s; cite: %s",
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
        cli_die(EXIT_FAILED, "not agreed to: nothing was downloaded");
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

/* ---- room ---------------------------------------------------------------- */

void download_check_room(const char *folder, double bytes)
{
    char needed[32], unused[32];
    struct se_report report;
    double there;

    cli_check(se_free_bytes(&there, folder, &report), &report);
    if (bytes > there)
        cli_die(EXIT_FAILED,
                "%s: about %s are to be written, %s of disk are free: "
                "--format pcm takes a third, --num N makes fewer mixtures, "
                "--force starts anyway",
                folder, se_size_text(needed, bytes),
                se_size_text(unused, there));
}

/* Features of all that is to be downloaded; the sets themselves se_obtain_all
 * measures. */
static void check_use(const struct download_use *use,
                      const struct se_dataset_choice *choice)
{
    double seconds = 0;

    for (int i = 0; i < choice->n; i++)
        if (choice->set[i]->kind == SE_SPEECH)
            seconds += 3600 * choice->set[i]->hours;
    if (use->folder)
        download_check_room(use->folder,
                            use->bytes + seconds * use->bytes_a_second);
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
struct downloading {
    const char *data_dir;
    int n_failed;
};

static void tell_obtained(void *context, const struct se_obtained *what)
{
    struct downloading *downloading = context;
    const char *name = what->set->name;
    char bytes[32];

    if (what->status != SE_OK) {
        cli_warn("%s", what->why.text);
        downloading->n_failed++;
        return;
    }
    cli_remark("%s/%s: %d files, %s", downloading->data_dir, name,
               what->extracted.n_files,
               short_bytes(bytes, what->extracted.n_bytes));
    if (what->extracted.n_links > 0)
        cli_remark("%s/%s: %d links in the archive were left out",
                   downloading->data_dir, name, what->extracted.n_links);
}

static int load_sets(const struct se_dataset_choice *choice,
                     const struct se_obtain *how)
{
    struct downloading downloading = {.data_dir = how->data_dir};
    struct se_report report;

    cli_catch_signals();
    cli_check(cli_make_folder(how->data_dir, &report), &report);

    int status =
        se_obtain_all(how, choice, tell_obtained, &downloading, &report);

    if (status == SE_ERR_STOPPED) {
        cli_warn("%s", report.text);
        return EXIT_STOPPED;
    }
    cli_check(status, &report);
    return downloading.n_failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

int download_run(const struct download_options *options,
                 const struct download_use *use)
{
    struct show show = {.doing = ""};
    struct se_watch watch = {show_progress, show_remark, &show};
    struct se_obtain how = {
        .data_dir = options->data_dir,
        .mirror = options->mirror,
        .retry = options->retry,
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
        check_use(use, &choice);
        check_agreement(&choice, options->accept);
        exit_status = load_sets(&choice, &how);
    }
    se_dataset_choice_free(&choice);
    se_datasets_free(&sets);
    return exit_status;
}
