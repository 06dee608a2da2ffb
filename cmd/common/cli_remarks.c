/* cli_remarks.c - remarks of the library, each printed once. */
#include "common/cli.h"

#include "base/remark.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PRINTED = 20, MAX_KEPT = 4096 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* of all below */
static char *known[MAX_KEPT]; /* the first MAX_PRINTED were printed */
static int n_known;

static int is_known(const char *text)
{
    for (int i = 0; i < n_known; i++)
        if (strcmp(known[i], text) == 0)
            return 1;
    return 0;
}

/* Once each: files are read more than once, and folders have thousands. */
static void on_remark(enum se_remark_kind kind, const char *text)
{
    if (kind == SE_REMARK_ADVICE && cli_quiet)
        return;
    pthread_mutex_lock(&mutex);
    if (n_known < MAX_KEPT && !is_known(text)) {
        known[n_known] = strdup(text);
        if (n_known < MAX_PRINTED || !known[n_known])
            cli_warn("%s", text);
        n_known += known[n_known] != NULL;
    }
    pthread_mutex_unlock(&mutex);
}

static void end_remarks(void)
{
    if (n_known > MAX_PRINTED)
        cli_warn("%s%d more remarks of the kind",
                 n_known == MAX_KEPT ? "at least " : "", n_known - MAX_PRINTED);
    for (int i = 0; i < n_known; i++)
        free(known[i]);
    n_known = 0;
}

void cli_start_remarks(void)
{
    se_remark_listen(on_remark);
    atexit(end_remarks);
}
