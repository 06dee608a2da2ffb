/* vad.c - a line for each 10 ms of sound: the time of their middle, and the
 * probability of speech. */
#include "vad.h"

#include "common/cli.h"
#include "dsp/stft.h"
#include "files/atomic.h"

#include <stdlib.h>

struct vad {
    struct se_atomic_file file;
    void (*watch)(void *watcher, const struct se_enhancer_view *view);
    void *watcher;   /* those that were there before */
    int64_t n_steps; /* frames seen */
    float speech;    /* of the last of them */
};

struct vad *vad_open(const char *path)
{
    struct se_report report;

    if (!path)
        return NULL;

    struct vad *vad = calloc(1, sizeof *vad);

    if (!vad)
        cli_die(EXIT_FAILED, "out of memory");
    cli_check(se_atomic_open(&vad->file, path, &report), &report);
    fputs("time_s,speech_probability\n", vad->file.stream);
    return vad;
}

/* The frame whose middle is hop i comes with hop i + 1 + lookahead. The last
 * one of all lies behind the sound's end and is not written. */
static void on_step(void *context, const struct se_enhancer_view *view)
{
    struct vad *vad = context;
    int64_t hop = vad->n_steps - 2 - view->lookahead;

    if (hop >= 0)
        fprintf(vad->file.stream, "%.3f,%.4f\n",
                ((double)hop + 0.5) * SE_HOP / SE_RATE_HZ, (double)vad->speech);
    vad->speech = view->speech;
    vad->n_steps++;
    if (vad->watch)
        vad->watch(vad->watcher, view);
}

void vad_watch(struct vad *vad, struct se_enhance_job *job)
{
    if (!vad)
        return;
    vad->watch = job->enhancer.watch;
    vad->watcher = job->enhancer.watcher;
    job->enhancer.watch = on_step;
    job->enhancer.watcher = vad;
}

int vad_close(struct vad *vad, int exit_status)
{
    struct se_report report;

    if (!vad)
        return exit_status;
    if (exit_status != EXIT_DONE) {
        se_atomic_discard(&vad->file);
    } else if (se_atomic_commit(&vad->file, &report) != SE_OK) {
        cli_warn("%s", report.text);
        exit_status = EXIT_FAILED;
    }
    free(vad);
    return exit_status;
}
