/* shards.c - missing shards are made, those that are there are checked, on all
 * workers. */
#include "records/shards.h"

#include "files/atomic.h"
#include "files/file.h"
#include "files/lock.h"
#include "records/maker_private.h"
#include "records/manifest_private.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FOLDER_BYTES = 4000 };

struct work {
    const struct se_shards *shards;
    int n_tasks;
    struct se_maker **makers; /* [workers] */
    uint32_t *crcs;           /* [n_tasks] */
    const struct se_ticker *progress;

    pthread_mutex_t mutex; /* guards what follows, and progress */
    struct se_shards_result result;
    int status; /* the first failure: everybody stops */
    struct se_report report;

    /* Merged in the order of the shards, so that the sums come out the same
     * whoever is first; what waits for its turn is kept. */
    struct se_statistics statistics;
    struct se_statistics **waiting; /* [n_tasks] */
    int n_merged;
};

/* ---- one shard ----------------------------------------------------------- */

static int is_over(struct work *work)
{
    pthread_mutex_lock(&work->mutex);

    int over = work->status != SE_OK;

    pthread_mutex_unlock(&work->mutex);
    return over;
}

/* What became of a shard. */
struct outcome {
    int kept, damaged;
    struct se_statistics *statistics;
};

static int make_or_keep(struct work *work, struct outcome *outcome, int index,
                        int worker, struct se_report *report)
{
    struct se_statistics *statistics = outcome->statistics;
    struct se_maker *maker = work->makers[worker];
    int number = se_shards_number(work->shards, index), status;
    uint32_t *crc = &work->crcs[index];
    char path[SE_SHARDS_PATH];

    se_shards_path(path, work->shards->folder, number);
    if (access(path, F_OK) == 0) {
        status = se_maker_check(maker, crc, statistics, number, report);
        outcome->kept = status == SE_OK;
        outcome->damaged = status == SE_ERR_FORMAT || status == SE_ERR_NUMERIC;
        if (!outcome->damaged)
            return status;
        *statistics = (struct se_statistics){0};
    }
    return se_maker_make(maker, crc, statistics, number, report);
}

static void merge_statistics(struct work *work, int index,
                             struct se_statistics *statistics)
{
    work->waiting[index] = statistics;
    while (work->n_merged < work->n_tasks && work->waiting[work->n_merged]) {
        struct se_statistics **next = &work->waiting[work->n_merged++];

        se_statistics_merge(&work->statistics, *next);
        free(*next);
        *next = NULL;
    }
}

static void note(struct work *work, const struct outcome *outcome)
{
    struct se_shards_result *result = &work->result;

    result->n_kept += outcome->kept;
    result->n_written += !outcome->kept;
    result->n_damaged += outcome->damaged;
}

static void do_shard(void *context, int index, int worker)
{
    struct work *work = context;
    struct outcome outcome = {0};
    struct se_report report;
    int status;

    if (is_over(work))
        return;
    /* What other mixtures took of the corpora. */
    se_corpus_relax(work->shards->mixer->speech);
    se_corpus_relax(work->shards->mixer->noise);

    outcome.statistics = calloc(1, sizeof *outcome.statistics);
    status = outcome.statistics
                 ? make_or_keep(work, &outcome, index, worker, &report)
                 : se_fail_memory(&report, "statistics");

    pthread_mutex_lock(&work->mutex);
    if (status == SE_OK) {
        merge_statistics(work, index, outcome.statistics);
        note(work, &outcome);
        if (se_ticker_tick(work->progress,
                           work->result.n_kept + work->result.n_written,
                           work->n_tasks))
            status = se_fail(&report, SE_ERR_STOPPED,
                             "interrupted: the same command goes on");
    } else {
        free(outcome.statistics);
    }
    if (status != SE_OK && work->status == SE_OK) {
        work->status = status;
        work->report = report;
    }
    pthread_mutex_unlock(&work->mutex);
}

/* ---- all of them --------------------------------------------------------- */

static void free_work(struct work *work, int n_workers)
{
    for (int i = 0; work->makers && i < n_workers; i++)
        se_maker_destroy(work->makers[i]);
    for (int i = 0; work->waiting && i < work->n_tasks; i++)
        free(work->waiting[i]);
    free(work->makers);
    free(work->waiting);
    free(work->crcs);
}

static int run_workers(struct work *work, struct se_pool *pool,
                       struct se_report *report)
{
    int n_workers = se_pool_workers(pool), status = SE_OK;
    size_t n = (size_t)work->n_tasks + 1;

    work->crcs = calloc(n, sizeof *work->crcs);
    work->waiting = calloc(n, sizeof(struct se_statistics *));
    work->makers = calloc((size_t)n_workers, sizeof(struct se_maker *));
    if (!work->crcs || !work->waiting || !work->makers)
        return se_fail_memory(report, "the workers");
    for (int i = 0; i < n_workers && status == SE_OK; i++)
        status = se_maker_create(&work->makers[i], work->shards, report);
    if (status != SE_OK)
        return status;
    se_pool_run(pool, work->n_tasks, do_shard, work);
    if (work->status != SE_OK && report)
        *report = work->report;
    return work->status;
}

static int make_all(struct work *work, struct se_pool *pool,
                    struct se_report *report)
{
    const struct se_shards *shards = work->shards;
    char path[SE_SHARDS_PATH];
    int status = run_workers(work, pool, report);

    /* Before the manifest says that they are there. */
    if (status == SE_OK)
        status = se_sync_folder(shards->folder, report);
    if (status == SE_OK && !shards->part) {
        snprintf(path, sizeof path, "%s/statistics.json", shards->folder);
        status = se_statistics_write(&work->statistics, path, report);
    }
    if (status == SE_OK)
        status =
            se_manifest_write(shards, work->crcs, &work->statistics, report);
    if (status == SE_OK && !shards->part)
        status = se_manifest_remove_parts(shards->folder, report);
    return status;
}

/* ---- the folder ---------------------------------------------------------- */

/* The folder's lock; a part shares it with others and has one of its own. */
struct folder_lock {
    struct se_lock folder, part;
};

static int lock_folder(struct folder_lock *lock, const struct se_shards *shards,
                       struct se_report *report)
{
    char path[SE_SHARDS_PATH], what[SE_SHARDS_PATH];

    snprintf(path, sizeof path, "%s/.lock", shards->folder);

    int status = se_lock_take(&lock->folder, path, shards->part != 0,
                              shards->folder, report);

    if (status != SE_OK || !shards->part)
        return status;
    snprintf(path, sizeof path, "%s/.lock-%d-of-%d", shards->folder,
             shards->part, shards->n_parts);
    snprintf(what, sizeof what, "%s: part %d of %d", shards->folder,
             shards->part, shards->n_parts);
    status = se_lock_take(&lock->part, path, 0, what, report);
    if (status != SE_OK)
        se_lock_release(&lock->folder);
    return status;
}

static void unlock_folder(struct folder_lock *lock)
{
    se_lock_release(&lock->part);
    se_lock_release(&lock->folder);
}

static int prepare_folder(const struct se_shards *shards,
                          struct se_report *report)
{
    int status = se_manifest_check(shards, report);

    if (status == SE_OK)
        status = se_manifest_write(shards, NULL, NULL, report);
    return status;
}

int se_shards_write(struct se_shards_result *result,
                    const struct se_shards *shards, struct se_pool *pool,
                    const struct se_ticker *progress, struct se_report *report)
{
    struct work work = {
        .shards = shards,
        .n_tasks = se_shards_count(shards),
        .progress = progress,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
    };
    struct folder_lock lock = {0};
    int status = se_shards_frames(shards, report);

    *result = (struct se_shards_result){0};
    if (status < 0)
        return status;
    if (strlen(shards->folder) > MAX_FOLDER_BYTES)
        return se_fail(report, SE_ERR_ARG, "%.100s...: name too long",
                       shards->folder);
    status = se_make_folder(shards->folder, report);
    if (status == SE_OK)
        status = lock_folder(&lock, shards, report);
    if (status != SE_OK)
        return status;
    status = prepare_folder(shards, report);
    if (status == SE_OK)
        status = make_all(&work, pool, report);
    unlock_folder(&lock);
    *result = work.result;
    free_work(&work, se_pool_workers(pool));
    return status;
}
