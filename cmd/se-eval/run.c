/* run.c - enhances, where a net is to be judged, and scores. */
#include "common/cli.h"
#include "eval.h"
#include "scores.h"

#include "base/clock.h"
#include "base/pool.h"
#include "enhance/stream.h"
#include "metrics/pair.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { BLOCK = 8192 };

struct job {
    struct eval *eval;
    atomic_int n_done; /* scores */
    struct cli_progress progress;
};

/* One file, and all that is made of it. */
struct task {
    struct job *job;
    struct eval_file *file;
    int worker;
    struct se_score_signal clean, input;
};

/* `done` of the next score; worker 0 draws for all. */
static void show_progress(struct task *task, double done)
{
    struct job *job = task->job;

    if (task->worker == 0)
        cli_progress_update(&job->progress, atomic_load(&job->n_done) + done,
                            task->file->name);
}

/* out[task->input.n]: the input through the stream, as se-enhance does it. */
static int run_stream(struct se_stream *stream, float *out, struct task *task)
{
    const struct se_score_signal *in = &task->input;
    float taken[BLOCK];
    int64_t n = 1, n_out = 0, n_taken;
    int status = SE_OK;

    for (int64_t at = 0; n > 0 && status == SE_OK; at += n) {
        n = in->n - at < BLOCK ? in->n - at : BLOCK;
        status = se_stream_feed(stream, n ? in->samples + at : NULL, n,
                                &task->file->report);
        while ((n_taken = se_stream_take(stream, out + n_out, taken, BLOCK)))
            n_out += n_taken;
        show_progress(task, (double)n_out / (double)in->n);
    }
    return status;
}

static int enhance(struct se_score_signal *out, double *time_s,
                   struct task *task, const struct eval_system *system)
{
    const struct se_score_signal *in = &task->input;
    struct se_report *report = &task->file->report;
    const struct se_stream_config config = {
        .enhancer = {.channels = 1,
                     .attenuation_limit_db = INFINITY,
                     .fixed = system->fixed ? &system->fixed->net : NULL},
        .rate_hz = SE_SCORE_RATE_HZ,
    };
    struct se_stream *stream;
    int status = se_stream_create(&stream, system->model, &config, report);

    if (status != SE_OK)
        return status;
    out->path = in->path;
    out->n = in->n;
    out->samples = malloc((size_t)in->n * sizeof *out->samples);
    if (out->samples) {
        /* Of this thread alone: others have work of their own. */
        double started_s = se_clock_s(SE_CLOCK_THREAD);

        status = run_stream(stream, out->samples, task);
        *time_s = se_clock_s(SE_CLOCK_THREAD) - started_s;
    } else {
        status = se_fail_memory(report, in->path);
    }
    se_stream_destroy(stream);
    return status;
}

static int judge(struct task *task, int s)
{
    struct eval_file *file = task->file;
    const struct eval_system *system = &task->job->eval->systems[s];
    struct eval_result *result = &file->result[s];
    struct se_score_signal made = {0};
    int is_input = system->place == EVAL_INPUT, status = SE_OK;

    if (system->place < 0)
        status = enhance(&made, &result->processor_s, task, system);
    else if (!is_input)
        status =
            se_score_load(&made, file->paths[system->place], &file->report);
    if (status == SE_OK)
        status = se_score_pair(&result->scores, &task->clean,
                               is_input ? &task->input : &made,
                               task->job->eval->pesq, &file->report);
    se_score_unload(&made);
    atomic_fetch_add(&task->job->n_done, 1);
    show_progress(task, 0);
    return status;
}

static void judge_task(void *context, int index, int worker)
{
    struct job *job = context;
    struct eval_file *file = &job->eval->files[index];
    struct task task = {.job = job, .file = file, .worker = worker};

    file->status =
        se_score_load(&task.clean, file->paths[EVAL_CLEAN], &file->report);
    if (file->status == SE_OK)
        file->status =
            se_score_load(&task.input, file->paths[EVAL_INPUT], &file->report);
    file->seconds = se_score_seconds(&task.input);
    for (int s = 0; s < job->eval->n_systems && file->status == SE_OK; s++)
        file->status = judge(&task, s);
    se_score_unload(&task.clean);
    se_score_unload(&task.input);
}

/* What a mean cannot take: no score, or the minus infinity of silence. */
static int is_bottomless(const struct eval *eval, const struct eval_file *file)
{
    for (int s = 0; s < eval->n_systems; s++) {
        for (int kind = 0; kind < EVAL_SCORES; kind++) {
            double score = eval_score_get(&file->result[s].scores, kind);

            if (isnan(score) || (isinf(score) && score < 0))
                return 1;
        }
    }
    return 0;
}

/* Where other files have all their scores, one without is a failure. */
static void check_scores(struct eval *eval)
{
    int n_whole = 0;

    for (int i = 0; i < eval->n_files; i++)
        n_whole += eval->files[i].status == SE_OK &&
                   !is_bottomless(eval, &eval->files[i]);
    for (int i = 0; i < eval->n_files && n_whole > 0; i++) {
        struct eval_file *file = &eval->files[i];

        if (file->status == SE_OK && is_bottomless(eval, file))
            file->status =
                se_fail(&file->report, SE_ERR_NUMERIC,
                        "%s: a score is minus infinity, or there is none, as "
                        "for silence",
                        file->name);
    }
}

/* Exits if all failed, or one for a reason that is not a file's fault. */
static void check_all(const struct eval *eval)
{
    const struct eval_file *first = NULL;
    int n_failed = 0;

    for (int i = eval->n_files - 1; i >= 0; i--) {
        const struct eval_file *file = &eval->files[i];

        if (se_is_machines(file->status))
            cli_die(EXIT_FAILED, "%s", file->report.text);
        if (file->status != SE_OK) {
            first = file;
            n_failed++;
        }
    }
    if (n_failed < eval->n_files)
        return;
    if (n_failed > 1)
        cli_die(EXIT_FAILED, "%s (and %d more)", first->report.text,
                n_failed - 1);
    if (n_failed == 1)
        cli_die(EXIT_FAILED, "%s", first->report.text);
}

/* Moves the files without scores behind the others. */
static void leave_out(struct eval *eval, struct se_groups *groups)
{
    int n = eval->n_files, n_scored = 0, n_odd = 0;
    size_t size = (size_t)n + 1;
    struct eval_file *sorted = eval_memory(calloc(size, sizeof *sorted));
    int *new_index = eval_memory(calloc(size, sizeof *new_index));

    for (int i = 0; i < n; i++) {
        const struct eval_file *file = &eval->files[i];

        new_index[i] = file->status == SE_OK ? n_scored++ : -1;
        if (file->status == SE_OK) {
            sorted[new_index[i]] = *file;
        } else {
            cli_warn("left out: %s", file->report.text);
            sorted[n - ++n_odd] = *file;
        }
    }
    if (n_odd > 0)
        cli_warn("%d of %d files are left out of all scores", n_odd, n);
    if (groups)
        se_groups_renumber(groups, new_index);
    free(eval->files);
    free(new_index);
    eval->files = sorted;
    eval->n_files = n_scored;
    eval->n_odd = n_odd;
}

void eval_run(struct eval *eval, struct se_groups *groups, int threads)
{
    struct job job = {.eval = eval};
    struct se_report report;
    struct se_pool *pool;
    int n = eval->n_files;

    cli_check(se_pool_create(&pool, threads < n ? threads : n, &report),
              &report);
    cli_progress_start(&job.progress, "scoring", "files",
                       (double)n * eval->n_systems);
    se_pool_run(pool, n, judge_task, &job);
    cli_progress_end(&job.progress);
    se_pool_destroy(pool);
    check_scores(eval);
    check_all(eval);
    leave_out(eval, groups);
}
