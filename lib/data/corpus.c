/* corpus.c - decodes the files of a list into memory, on all workers. */
#include "data/corpus.h"

#include "audio/sound.h"
#include "data/level.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { RATE_HZ = 16000 };

struct loading {
    const struct se_list *list;
    struct se_clip *clips; /* [list->n]; no samples: skipped */
    void (*progress)(void *context, int done, int total);
    void *context;

    pthread_mutex_t mutex; /* guards what follows, and progress() */
    int n_done, n_failed;
    int first_failed; /* the lowest index so far */
    struct se_report first;
    int out_of_memory;
};

/* Takes out the mean and scales to a peak of 32000, which keeps quiet clips
 * precise in 16 bits and loud ones from clipping. */
static int store_clip(struct se_clip *clip, float *samples, int64_t n,
                      const char *path, struct se_report *report)
{
    double sum = 0;

    if (n < SE_LEVEL_FRAME)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: %lld samples at 16 kHz, expected 20 ms or more",
                       path, (long long)n);
    for (int64_t i = 0; i < n; i++)
        sum += (double)samples[i];

    float mean = (float)(sum / (double)n);

    for (int64_t i = 0; i < n; i++)
        samples[i] -= mean;

    /* -100 dB: what dither leaves of digital silence. */
    float peak = se_level_peak(samples, n);

    if (!(peak > 1e-5f))
        return se_fail(report, SE_ERR_FORMAT, "%s: silent", path);
    clip->samples = malloc((size_t)n * sizeof *clip->samples);
    if (!clip->samples)
        return se_fail_memory(report, path);
    for (int64_t i = 0; i < n; i++) {
        samples[i] *= 32000 / peak;
        clip->samples[i] = (int16_t)lrintf(samples[i]);
    }
    clip->n_samples = n;
    clip->active_rms = (float)(sqrt(se_level_active_power(samples, n)) / 32768);
    return SE_OK;
}

static void note_failure(struct loading *loading, int index, int status,
                         const struct se_report *report)
{
    loading->n_failed++;
    loading->out_of_memory |= status == SE_ERR_MEMORY;
    if (index < loading->first_failed) {
        loading->first_failed = index;
        loading->first = *report;
    }
}

static void load_one(void *context, int index, int worker)
{
    struct loading *loading = context;
    const char *path = loading->list->paths[index];
    struct se_report report;
    float *samples = NULL;
    int64_t n = 0;

    (void)worker;

    int status = se_sound_load_mono(&samples, &n, path, RATE_HZ, &report);

    if (status == SE_OK)
        status = store_clip(&loading->clips[index], samples, n, path, &report);
    free(samples);

    pthread_mutex_lock(&loading->mutex);
    if (status != SE_OK)
        note_failure(loading, index, status, &report);
    loading->n_done++;
    if (loading->progress)
        loading->progress(loading->context, loading->n_done, loading->list->n);
    pthread_mutex_unlock(&loading->mutex);
}

/* Moves the clips that could be read to the front, in the list's order. */
static void collect(struct se_corpus *corpus, const struct loading *loading)
{
    corpus->clips = loading->clips;
    for (int i = 0; i < loading->list->n; i++) {
        if (!loading->clips[i].samples)
            continue;
        corpus->seconds += (double)loading->clips[i].n_samples / RATE_HZ;
        corpus->clips[corpus->n_clips++] = loading->clips[i];
    }
    corpus->n_skipped = loading->n_failed;
    corpus->skipped = loading->first;
}

int se_corpus_load(struct se_corpus *corpus, const struct se_list *list,
                   struct se_pool *pool,
                   void (*progress)(void *context, int done, int total),
                   void *context, struct se_report *report)
{
    struct loading loading = {
        .list = list,
        .clips = calloc((size_t)list->n + 1, sizeof *loading.clips),
        .progress = progress,
        .context = context,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .first_failed = list->n,
    };
    int status = SE_OK;

    *corpus = (struct se_corpus){0};
    if (!loading.clips)
        return se_fail_memory(report, "the clips");
    se_pool_run(pool, list->n, load_one, &loading);
    collect(corpus, &loading);
    if (loading.out_of_memory)
        status = se_fail_memory(report, "the clips");
    else if (list->n == 0)
        status = se_fail(report, SE_ERR_FORMAT, "empty list of sound files");
    else if (corpus->n_clips == 0)
        status = se_fail(report, SE_ERR_FORMAT,
                         "none of %d files can be used; the first: %.400s",
                         list->n, loading.first.text);
    if (status != SE_OK)
        se_corpus_free(corpus);
    return status;
}

void se_corpus_free(struct se_corpus *corpus)
{
    for (int i = 0; i < corpus->n_clips; i++)
        free(corpus->clips[i].samples);
    free(corpus->clips);
    *corpus = (struct se_corpus){0};
}
