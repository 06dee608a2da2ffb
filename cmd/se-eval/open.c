/* open.c - the files to score, and their groups. */
#include "common/cli.h"
#include "eval.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void *eval_memory(void *memory)
{
    if (!memory)
        cli_die(EXIT_FAILED, "out of memory for the list of files");
    return memory;
}

void eval_open_files(struct eval *eval, const char *const *places, int n_places)
{
    struct se_report report;

    cli_check_usage(
        "", se_match_files(&eval->matches, places, n_places, &report), &report);
    eval->n_files = eval->matches.n;
    eval->files =
        eval_memory(calloc((size_t)eval->n_files, sizeof *eval->files));
    for (int i = 0; i < eval->n_files; i++) {
        struct eval_file *file = &eval->files[i];

        file->name = eval->matches.match[i].name;
        file->paths = eval->matches.match[i].paths;
        file->result =
            eval_memory(calloc((size_t)eval->n_systems, sizeof *file->result));
    }
}

void eval_close_files(struct eval *eval)
{
    for (int i = 0; i < eval->n_files + eval->n_odd; i++)
        free(eval->files[i].result);
    free(eval->files);
    se_matches_free(&eval->matches);
}

void eval_groups_open(struct se_groups *groups, const struct eval_by *by,
                      const char *noisy, const struct eval *eval)
{
    struct se_groups_by columns = by->columns;
    struct se_report report;
    char found[PATH_MAX];

    *groups = (struct se_groups){0};
    if (by->none)
        return;
    if (!columns.path && se_groups_find(found, sizeof found, noisy))
        columns.path = found;
    if (!columns.path && columns.n > 0)
        cli_die(EXIT_FAILED,
                "%s: no pairs.csv in it or beside it, which --by needs (or "
                "--pairs)",
                noisy);
    if (!columns.path)
        return;

    int status = se_groups_read(groups, &columns, &eval->matches, &report);

    if (status == SE_ERR_ARG)
        cli_die(EXIT_FAILED, "%s (--by none goes without)", report.text);
    cli_check(status, &report);
}
