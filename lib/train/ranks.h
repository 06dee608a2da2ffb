/* ranks.h - processes that train one net together, on one machine or many.
 *
 * mpirun starts them; each takes its share of every batch, and gradients are
 * added up over MPI. A process that was started alone, or without MPI in the
 * library, is the only rank and is written NULL. All but the first five
 * functions must be called by all ranks in the same order; a rank that ends
 * without se_ranks_close takes the others with it. */
#ifndef SE_TRAIN_RANKS_H
#define SE_TRAIN_RANKS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct se_ranks;

/* Joins the others; *ranks is NULL for a process that was started alone.
 * SE_ERR_ARG: started by mpirun, but built without MPI. */
int se_ranks_open(struct se_ranks **ranks, struct se_report *report);

/* 0 .. count - 1; rank 0 writes the files and the messages. */
int se_ranks_index(const struct se_ranks *ranks);
int se_ranks_count(const struct se_ranks *ranks);

/* "rank 2 on node7" */
const char *se_ranks_name(const struct se_ranks *ranks);

/* Processors that a rank may use, when all of its machine share them out. */
int se_ranks_processors(const struct se_ranks *ranks);

/* Waits for the others and parts from them. */
void se_ranks_close(struct se_ranks *ranks);

/* SE_OK if all ranks have the same text, of less than 256 bytes; else
 * SE_ERR_ARG and "rank 1 on b: <what> is <text>, rank 0 on a has <text>". */
int se_ranks_compare(const struct se_ranks *ranks, const char *what,
                     const char *text, struct se_report *report);

/* In all ranks, the status and report of the first one that failed. */
int se_ranks_agree(const struct se_ranks *ranks, int status,
                   struct se_report *report);

/* Whether `flag` is set in any of them. */
int se_ranks_any(const struct se_ranks *ranks, int flag);

/* What rank 0 has becomes what all have. */
void se_ranks_share(const struct se_ranks *ranks, void *bytes, size_t n_bytes);

/* all[count] receives `n_bytes` bytes of each rank, by index. */
void se_ranks_gather(const struct se_ranks *ranks, void *all, const void *mine,
                     size_t n_bytes);

/* values[n] become their sums over all ranks, the same bits in each. */
void se_ranks_sum(const struct se_ranks *ranks, double *values, int n);

/* The same in the background, several at a time, SE_RANKS_SUMS at most:
 * se_ranks_sum_end waits for all of them, before anything else is called.
 * se_ranks_push lets the messages move on meanwhile. From any thread, one at a
 * time. */
enum { SE_RANKS_SUMS = 32 };

void se_ranks_sum_begin(struct se_ranks *ranks, float *values, int64_t n);
void se_ranks_push(struct se_ranks *ranks);
void se_ranks_sum_end(struct se_ranks *ranks);

#endif
