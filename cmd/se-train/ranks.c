/* ranks.c - se-train as one of many processes under mpirun. */
#include "ranks.h"

#include "common/cli.h"
#include "encoding/crc32c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_S = 5 };

/* What ails all ranks is reported by rank 0 alone: its end ends the others
 * here. */
static void let_first_speak(void)
{
    sleep(PATIENCE_S);
    if (cli_stop)
        _exit(EXIT_FAILED);
}

void train_ranks_open(struct se_ranks **ranks)
{
    static char name[160];
    struct se_report report;

    cli_check(se_ranks_open(ranks, &report), &report);
    if (se_ranks_index(*ranks) == 0)
        return;
    snprintf(name, sizeof name, "%s: %s", cli_name, se_ranks_name(*ranks));
    cli_name = name;
    cli_quiet = 1;
    cli_ends_silently = 1;
    cli_before_death = let_first_speak;
}

void train_ranks_compare(const struct se_ranks *ranks, const char *what,
                         const char *text)
{
    struct se_report report;

    cli_check(se_ranks_compare(ranks, what, text, &report), &report);
}

void train_ranks_compare_corpus(const struct se_ranks *ranks, const char *what,
                                const struct se_corpus *corpus)
{
    char text[128];

    if (!ranks)
        return;
    snprintf(text, sizeof text, "%d clips of %.2f s, checksum %08x",
             corpus->n_clips, corpus->seconds,
             (unsigned)se_corpus_checksum(corpus));
    train_ranks_compare(ranks, what, text);
}

void train_ranks_compare_list(const struct se_ranks *ranks, const char *what,
                              const struct se_list *list)
{
    char text[128];
    uint32_t crc = 0;

    if (!ranks)
        return;
    for (int i = 0; i < list->n; i++) {
        const char *slash = strrchr(list->paths[i], '/');
        const char *name = slash ? slash + 1 : list->paths[i];
        struct stat info = {0};

        stat(list->paths[i], &info); /* what is not there has no bytes */
        crc = se_crc32c(crc, name, strlen(name) + 1);
        crc = se_crc32c(crc, &info.st_size, sizeof info.st_size);
    }
    snprintf(text, sizeof text, "%d files, digest %08x", list->n, crc);
    train_ranks_compare(ranks, what, text);
}
