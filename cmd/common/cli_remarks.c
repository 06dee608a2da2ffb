/* cli_remarks.c - what the library has to remark, each thing once. */
#include "common/cli.h"

#include "base/remark.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TOLD = 20, MAX_KEPT = 4096 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* of all below */
static char *told[MAX_KEPT]; /* those that are known, of which the first
                                MAX_TOLD were printed */
static int n_told;

static int is_known(const char *text)
{
    for (int i = 0; i < n_told; i++)
        if (strcmp(told[i], text) == 0)
            return 1;
    return 0;
}

/* Files are read more than once, and folders have thousands. */
static void on_remark(const char *text)
{
    pthread_mutex_lock(&mutex);
    if (n_told < MAX_KEPT && !is_known(text)) {
        told[n_told] = strdup(text);
        if (n_told < MAX_TOLD || !told[n_told])
            cli_warn("%s", text);
        n_told += told[n_told] != NULL;
    }
    pthread_mutex_unlock(&mutex);
}

static void tell_rest(void)
{
    if (n_told > MAX_TOLD)
        cli_warn("%s%d more remarks of the kind",
                 n_told == MAX_KEPT ? "at least " : "", n_told - MAX_TOLD);
    for (int i = 0; i < n_told; i++)
        free(told[i]);
    n_told = 0;
}

void cli_start_remarks(void)
{
    se_remark_listen(on_remark);
    atexit(tell_rest);
}
