/* pool.h - a fixed set of worker threads that share out numbered tasks. */
#ifndef SE_BASE_POOL_H
#define SE_BASE_POOL_H

#include "base/status.h"

struct se_pool;

/* Starts `n_workers` >= 1 workers; the calling thread is worker 0, so one
 * worker starts no thread. */
int se_pool_create(struct se_pool **pool, int n_workers,
                   struct se_report *report);
void se_pool_destroy(struct se_pool *pool);

int se_pool_workers(const struct se_pool *pool);

/* Runs task(context, index, worker) for index 0..n_tasks-1 and returns when
 * all are done. With n_tasks <= workers, task i runs on worker i: then it
 * always sees the same thread. Otherwise workers take the next free index. */
void se_pool_run(struct se_pool *pool, int n_tasks,
                 void (*task)(void *context, int index, int worker),
                 void *context);

#endif
