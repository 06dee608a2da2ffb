/* ranks.c - training over MPI, and alone. */
#include "train/ranks.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many processes a starter says there are: Open MPI's mpirun, MPICH's and
 * Slurm's. 0: nobody says. */
static int announced_ranks(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return atoi(getenv(names[i]));
    return 0;
}

/* Those that this process may run on, which mpirun may have bound. */
static int allowed_processors(int *is_bound)
{
    const int online = (int)sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t set;
    int n = online;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
    *is_bound = n < online;
    return n < 1 ? 1 : n;
}

#ifdef SE_MPI

#include <mpi.h>

enum { NAME_BYTES = 128, TEXT_BYTES = 256 };

struct se_ranks {
    int index, count;
    int n_here;            /* ranks on this machine */
    char name[NAME_BYTES]; /* "rank 2 on node7" */
    MPI_Request sums[SE_RANKS_SUMS];
    int n_sums;
};

static void name_rank(struct se_ranks *ranks)
{
    char host[MPI_MAX_PROCESSOR_NAME];
    int length;

    MPI_Get_processor_name(host, &length);
    snprintf(ranks->name, sizeof ranks->name, "rank %d on %.*s", ranks->index,
             NAME_BYTES / 2, host);
}

int se_ranks_open(struct se_ranks **out, struct se_report *report)
{
    struct se_ranks *ranks;
    MPI_Comm here;
    int level;

    *out = NULL;
    if (announced_ranks() < 2)
        return SE_OK;
    ranks = calloc(1, sizeof *ranks);
    if (!ranks)
        return se_fail_memory(report, "MPI");
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level);
    if (level < MPI_THREAD_SERIALIZED) {
        free(ranks);
        return se_fail(report, SE_ERR_ARG,
                       "this MPI takes calls of one thread alone, expected "
                       "MPI_THREAD_SERIALIZED");
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks->index);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks->count);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, ranks->index,
                        MPI_INFO_NULL, &here);
    MPI_Comm_size(here, &ranks->n_here);
    MPI_Comm_free(&here);
    name_rank(ranks);
    *out = ranks;
    return SE_OK;
}

void se_ranks_close(struct se_ranks *ranks)
{
    if (!ranks)
        return;
    MPI_Finalize();
    free(ranks);
}

int se_ranks_index(const struct se_ranks *ranks)
{
    return ranks ? ranks->index : 0;
}

int se_ranks_count(const struct se_ranks *ranks)
{
    return ranks ? ranks->count : 1;
}

const char *se_ranks_name(const struct se_ranks *ranks)
{
    return ranks ? ranks->name : "rank 0";
}

int se_ranks_processors(const struct se_ranks *ranks)
{
    int is_bound, n = allowed_processors(&is_bound);

    if (ranks && !is_bound)
        n /= ranks->n_here;
    return n < 1 ? 1 : n;
}

int se_ranks_compare(const struct se_ranks *ranks, const char *what,
                     const char *text, struct se_report *report)
{
    struct {
        char name[NAME_BYTES], text[TEXT_BYTES];
    } mine = {0}, *all;
    int status = SE_OK;

    if (!ranks)
        return SE_OK;
    all = calloc((size_t)ranks->count, sizeof *all);
    if (!all)
        return se_fail_memory(report, "MPI");
    snprintf(mine.name, sizeof mine.name, "%s", ranks->name);
    snprintf(mine.text, sizeof mine.text, "%s", text);
    se_ranks_gather(ranks, all, &mine, sizeof mine);
    for (int i = 1; i < ranks->count && status == SE_OK; i++)
        if (strcmp(all[i].text, all[0].text) != 0)
            status = se_fail(report, SE_ERR_ARG, "%s: %s is %s, %s has %s",
                             all[i].name, what, all[i].text, all[0].name,
                             all[0].text);
    free(all);
    return status;
}

int se_ranks_agree(const struct se_ranks *ranks, int status,
                   struct se_report *report)
{
    struct {
        int status, index;
    } mine = {status, 0}, worst;

    if (!ranks)
        return status;
    /* Failures are negative: the first of the lowest. */
    mine.index = ranks->index;
    MPI_Allreduce(&mine, &worst, 1, MPI_2INT, MPI_MINLOC, MPI_COMM_WORLD);
    if (worst.status != SE_OK)
        MPI_Bcast(report->text, sizeof report->text, MPI_CHAR, worst.index,
                  MPI_COMM_WORLD);
    return worst.status;
}

int se_ranks_any(const struct se_ranks *ranks, int flag)
{
    int any = flag;

    if (ranks)
        MPI_Allreduce(&flag, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return any;
}

void se_ranks_share(const struct se_ranks *ranks, void *bytes, size_t n_bytes)
{
    if (ranks)
        MPI_Bcast(bytes, (int)n_bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
}

void se_ranks_gather(const struct se_ranks *ranks, void *all, const void *mine,
                     size_t n_bytes)
{
    if (ranks)
        MPI_Allgather(mine, (int)n_bytes, MPI_BYTE, all, (int)n_bytes, MPI_BYTE,
                      MPI_COMM_WORLD);
    else
        memcpy(all, mine, n_bytes);
}

void se_ranks_sum(const struct se_ranks *ranks, double *values, int n)
{
    if (ranks)
        MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
}

void se_ranks_sum_begin(struct se_ranks *ranks, float *values, int64_t n)
{
    if (ranks)
        MPI_Iallreduce(MPI_IN_PLACE, values, (int)n, MPI_FLOAT, MPI_SUM,
                       MPI_COMM_WORLD, &ranks->sums[ranks->n_sums++]);
}

void se_ranks_push(struct se_ranks *ranks)
{
    int done;

    if (ranks)
        MPI_Testall(ranks->n_sums, ranks->sums, &done, MPI_STATUSES_IGNORE);
}

void se_ranks_sum_end(struct se_ranks *ranks)
{
    if (!ranks)
        return;
    MPI_Waitall(ranks->n_sums, ranks->sums, MPI_STATUSES_IGNORE);
    ranks->n_sums = 0;
}

#else /* without MPI every process is alone */

int se_ranks_open(struct se_ranks **ranks, struct se_report *report)
{
    *ranks = NULL;
    if (announced_ranks() < 2)
        return SE_OK;
    return se_fail(report, SE_ERR_ARG,
                   "started as one of %d processes, but built without MPI: "
                   "install libopenmpi-dev and make again",
                   announced_ranks());
}

void se_ranks_close(struct se_ranks *ranks)
{
    (void)ranks;
}

int se_ranks_index(const struct se_ranks *ranks)
{
    (void)ranks;
    return 0;
}

int se_ranks_count(const struct se_ranks *ranks)
{
    (void)ranks;
    return 1;
}

const char *se_ranks_name(const struct se_ranks *ranks)
{
    (void)ranks;
    return "rank 0";
}

int se_ranks_processors(const struct se_ranks *ranks)
{
    int is_bound;

    (void)ranks;
    return allowed_processors(&is_bound);
}

int se_ranks_compare(const struct se_ranks *ranks, const char *what,
                     const char *text, struct se_report *report)
{
    (void)ranks, (void)what, (void)text, (void)report;
    return SE_OK;
}

int se_ranks_agree(const struct se_ranks *ranks, int status,
                   struct se_report *report)
{
    (void)ranks, (void)report;
    return status;
}

int se_ranks_any(const struct se_ranks *ranks, int flag)
{
    (void)ranks;
    return flag;
}

void se_ranks_share(const struct se_ranks *ranks, void *bytes, size_t n_bytes)
{
    (void)ranks, (void)bytes, (void)n_bytes;
}

void se_ranks_gather(const struct se_ranks *ranks, void *all, const void *mine,
                     size_t n_bytes)
{
    (void)ranks;
    memcpy(all, mine, n_bytes);
}

void se_ranks_sum(const struct se_ranks *ranks, double *values, int n)
{
    (void)ranks, (void)values, (void)n;
}

void se_ranks_sum_begin(struct se_ranks *ranks, float *values, int64_t n)
{
    (void)ranks, (void)values, (void)n;
}

void se_ranks_push(struct se_ranks *ranks)
{
    (void)ranks;
}

void se_ranks_sum_end(struct se_ranks *ranks)
{
    (void)ranks;
}

#endif
