/* scan.c - folders to a manifest. */
#include "scan.h"

#include "common/cli.h"
#include "common/skipped.h"
#include "corpus/scan.h"
#include "files/atomic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int show_scanning(void *context, int done, int total)
{
    (void)total;
    cli_progress_update(context, done, NULL);
    return 0;
}

int features_scan_folder(struct se_catalog *catalog,
                         struct se_scan_result *result, struct se_scan *scan,
                         const char *folder, struct se_report *report)
{
    struct cli_progress progress;

    cli_progress_start(&progress, folder, "files", 0);

    scan->progress = (struct se_ticker){show_scanning, &progress};

    int status = se_scan_folder(catalog, result, scan, folder, report);

    cli_progress_end(&progress);
    return status;
}

void features_tell_skipped(const char *name,
                           const struct se_scan_result *result, int strict)
{
    skipped_report(&(struct skipped){name, (const char *const *)result->reasons,
                                     result->n_skipped, result->n_skipped,
                                     result->n_found});
    if (result->n_skipped > 0 && strict)
        cli_die(EXIT_FAILED, "--strict: nothing written");
}

/* "out.csv: train: 80 files, 24.6 min" */
static void tell_split(const char *output, const struct se_catalog *catalog,
                       const char *split)
{
    double seconds = 0;
    int n = 0;

    for (int i = 0; i < catalog->n; i++) {
        const struct se_entry *entry = &catalog->entries[i];

        if (strcmp(entry->split, split) != 0)
            continue;
        n++;
        seconds += entry->seconds;
    }
    cli_remark("%s: %s%s%d files, %.1f %s", output, split, split[0] ? ": " : "",
               n, seconds / (seconds < 7200 ? 60 : 3600),
               seconds < 7200 ? "min" : "h");
}

static void write_catalog(const struct features_options *o,
                          struct se_catalog *catalog)
{
    const char *split[FEATURES_MAX_SPLITS];
    struct se_report report;

    for (int i = 0; i < o->n_splits; i++)
        split[i] = features_split(o, i);

    if (o->n_splits)
        cli_check(
            se_catalog_split(catalog,
                             &(struct se_splits){o->n_splits, split, o->shares},
                             o->seed, &report),
            &report);
    cli_check(se_catalog_write(catalog, o->output, &report), &report);
    if (!o->n_splits)
        tell_split(o->output, catalog, "");
    for (int i = 0; i < o->n_splits; i++)
        tell_split(o->output, catalog, split[i]);
}

static int is_in(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return strncmp(path, folder, n) == 0 && (!path[n] || path[n] == '/');
}

/* What is in two of the folders would be listed twice, and noise by two names
 * be split into both parts. */
static void check_apart(const struct features_options *o)
{
    char *whole[FEATURES_MAX_SCANS];

    for (int i = 0; i < o->n_scans; i++)
        whole[i] = realpath(o->scans[i], NULL); /* NULL: told when scanned */
    for (int i = 0; i < o->n_scans; i++)
        for (int j = 0; j < o->n_scans; j++)
            if (i != j && whole[i] && whole[j] && is_in(whole[i], whole[j]))
                cli_die(EXIT_USAGE,
                        "--scan %s is in --scan %s: expected folders with no "
                        "files in common",
                        o->scans[i], o->scans[j]);
    for (int i = 0; i < o->n_scans; i++)
        free(whole[i]);
}

int features_scan(const struct features_options *o)
{
    struct se_scan scan = {
        .kind = o->kind ? o->kind : "speech",
        .set = o->set,
        .speaker = o->speaker,
    };
    struct se_scan_result result = {0};
    struct se_catalog catalog = {0};
    struct se_report report;
    struct se_pool *pool;

    cli_check_usage("--", se_scan_check(&scan, &report), &report);
    check_apart(o);
    cli_check(se_atomic_check(o->output, &report), &report);
    cli_check(se_pool_create(&pool, o->threads, &report), &report);
    scan.pool = pool;
    for (int i = 0; i < o->n_scans; i++)
        cli_check(features_scan_folder(&catalog, &result, &scan, o->scans[i],
                                       &report),
                  &report);
    features_tell_skipped(o->scans[0], &result, o->strict);
    if (catalog.n == 0)
        cli_die(EXIT_FAILED, "none of %d files can be used", result.n_found);
    write_catalog(o, &catalog);

    int status = skipped_status();

    se_scan_result_free(&result);
    se_catalog_free(&catalog);
    se_pool_destroy(pool);
    return status;
}
