/* pool.c - worker threads. */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct worker {
    struct se_pool *pool;
    pthread_t thread;
    int number;
};

struct se_pool {
    int n_workers;
    struct worker *workers; /* [n_workers], 0 is the caller */
    pthread_mutex_t mutex;
    pthread_cond_t work_ready, work_done;
    unsigned round; /* counts calls of se_pool_run */
    int n_busy;     /* workers that have not finished this round */
    int quit;

    int n_tasks;
    atomic_int next_task;
    void (*task)(void *context, int index, int worker);
    void *context;
};

static void do_share(struct se_pool *pool, int worker)
{
    if (pool->n_tasks <= pool->n_workers) {
        if (worker < pool->n_tasks)
            pool->task(pool->context, worker, worker);
        return;
    }
    for (;;) {
        int index = atomic_fetch_add(&pool->next_task, 1);

        if (index >= pool->n_tasks)
            return;
        pool->task(pool->context, index, worker);
    }
}

static void *worker_main(void *argument)
{
    struct worker *worker = argument;
    struct se_pool *pool = worker->pool;
    unsigned seen = 0;

    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (pool->round == seen && !pool->quit)
            pthread_cond_wait(&pool->work_ready, &pool->mutex);
        if (pool->quit)
            break;
        seen = pool->round;
        pthread_mutex_unlock(&pool->mutex);
        do_share(pool, worker->number);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->n_busy == 0)
            pthread_cond_signal(&pool->work_done);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

int se_pool_create(struct se_pool **out, int n_workers,
                   struct se_report *report)
{
    struct se_pool *pool = calloc(1, sizeof *pool);

    *out = NULL;
    if (!pool)
        return se_fail_memory(report, "threads");
    pool->workers = calloc((size_t)n_workers, sizeof *pool->workers);
    if (!pool->workers) {
        free(pool);
        return se_fail_memory(report, "threads");
    }
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_ready, NULL);
    pthread_cond_init(&pool->work_done, NULL);
    pool->n_workers = 1;
    for (int i = 1; i < n_workers; i++) {
        struct worker *worker = &pool->workers[i];

        worker->pool = pool;
        worker->number = i;
        if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0) {
            se_pool_destroy(pool);
            return se_fail(report, SE_ERR_MEMORY,
                           "cannot start thread %d of %d", i + 1, n_workers);
        }
        pool->n_workers++;
    }
    *out = pool;
    return SE_OK;
}

void se_pool_destroy(struct se_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->quit = 1;
    pthread_cond_broadcast(&pool->work_ready);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 1; i < pool->n_workers; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->work_done);
    pthread_cond_destroy(&pool->work_ready);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->workers);
    free(pool);
}

int se_pool_workers(const struct se_pool *pool)
{
    return pool->n_workers;
}

void se_pool_run(struct se_pool *pool, int n_tasks,
                 void (*task)(void *context, int index, int worker),
                 void *context)
{
    pthread_mutex_lock(&pool->mutex);
    pool->task = task;
    pool->context = context;
    pool->n_tasks = n_tasks;
    atomic_store(&pool->next_task, 0);
    pool->n_busy = pool->n_workers - 1;
    pool->round++;
    pthread_cond_broadcast(&pool->work_ready);
    pthread_mutex_unlock(&pool->mutex);

    do_share(pool, 0);

    pthread_mutex_lock(&pool->mutex);
    while (pool->n_busy > 0)
        pthread_cond_wait(&pool->work_done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}
