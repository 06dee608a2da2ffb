/* skipped.c - files that could not be used. */
#include "common/skipped.h"

#include "common/cli.h"

enum { MAX_TOLD = 20 };

static int n_told;

void skipped_report(const struct skipped *skipped)
{
    if (skipped->n_skipped == 0)
        return;
    for (int i = 0; i < skipped->n_named && i < MAX_TOLD; i++)
        cli_warn("skipped: %s",
                 skipped->reasons[i] ? skipped->reasons[i] : "a file");
    cli_warn("%s: %d of %d files skipped", skipped->name, skipped->n_skipped,
             skipped->n_files);
    n_told += skipped->n_skipped;
}

int skipped_status(void)
{
    if (n_told == 0)
        return EXIT_DONE;
    cli_warn("done, but %d %s skipped", n_told,
             n_told == 1 ? "file was" : "files were");
    return EXIT_FAILED;
}
