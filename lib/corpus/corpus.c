/* corpus.c - decodes the files of a list into memory or into a scratch file,
 * on all workers. */
#include "corpus/corpus.h"

#include "audio/sound.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "encoding/crc32c.h"
#include "files/file.h"
#include "files/io.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    CHECKED_SAMPLES = 4096 /* of a clip: to read all would take a while */
};

struct loading {
    const struct se_list *list;
    struct se_clip *clips; /* [list->n]; n_samples 0: skipped */
    char **reasons;        /* [list->n] why */
    const char **names;    /* [list->n] of the groups of those that are not */
    int64_t *offsets;      /* [list->n] in the scratch file, if there is one */
    int store;             /* the scratch file, or -1 */
    const struct se_loading *how;

    pthread_mutex_t mutex; /* guards what follows, and progress */
    int n_done;
    int64_t store_bytes;
    int fatal; /* status of what is not a file's fault */
    struct se_report fatal_report;
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

/* Moves the clip's samples to the end of the scratch file. */
static int put_away(struct loading *loading, int index,
                    struct se_report *report)
{
    struct se_clip *clip = &loading->clips[index];
    size_t n_bytes = (size_t)clip->n_samples * sizeof *clip->samples;
    int status = SE_OK;

    pthread_mutex_lock(&loading->mutex);
    loading->offsets[index] = loading->store_bytes;
    loading->store_bytes += (int64_t)n_bytes;
    pthread_mutex_unlock(&loading->mutex);
    if (se_write_fully_at(loading->store, clip->samples, n_bytes,
                          loading->offsets[index]) != 0)
        status = se_fail_errno(report, loading->how->scratch,
                               "cannot write the scratch file");
    free(clip->samples);
    clip->samples = NULL;
    return status;
}

/* A file that cannot be used is skipped; anything else ends the loading. */
static void note_failure(struct loading *loading, int index, int status,
                         struct se_report *report)
{
    loading->clips[index].n_samples = 0;
    loading->reasons[index] = strdup(report->text);
    if (!loading->reasons[index])
        status = se_fail_memory(report, loading->list->paths[index]);
    if (loading->fatal == SE_OK && se_is_machines(status)) {
        loading->fatal = status;
        loading->fatal_report = *report;
    }
}

static void load_one(void *context, int index, int worker)
{
    struct loading *loading = context;
    const char *path = loading->list->paths[index];
    struct se_report report, store_report;
    int store_status = SE_OK;
    float *samples = NULL;
    int64_t n = 0;

    (void)worker;

    int status = se_sound_load_mono(&samples, &n, path, SE_RATE_HZ, &report);

    if (status == SE_OK)
        status = store_clip(&loading->clips[index], samples, n, path, &report);
    free(samples);
    if (status == SE_OK && loading->store >= 0)
        store_status = put_away(loading, index, &store_report);

    pthread_mutex_lock(&loading->mutex);
    if (status != SE_OK)
        note_failure(loading, index, status, &report);
    if (store_status != SE_OK && loading->fatal == SE_OK) {
        loading->fatal = store_status;
        loading->fatal_report = store_report;
    }
    loading->n_done++;
    se_ticker_tick(&loading->how->progress, loading->n_done, loading->list->n);
    pthread_mutex_unlock(&loading->mutex);
}

static int map_store(struct se_corpus *corpus, const struct loading *loading,
                     struct se_report *report)
{
    size_t n_bytes = (size_t)loading->store_bytes;

    if (loading->store < 0 || n_bytes == 0)
        return SE_OK;

    void *map = mmap(NULL, n_bytes, PROT_READ, MAP_SHARED, loading->store, 0);

    if (map == MAP_FAILED)
        return se_fail_errno(report, loading->how->scratch,
                             "cannot map the scratch file");
    corpus->store = map;
    corpus->store_bytes = n_bytes;
    return SE_OK;
}

/* Moves the clips that could be read, and the reasons of the others, to the
 * front, in the list's order. */
static void collect(struct se_corpus *corpus, const struct loading *loading)
{
    corpus->clips = loading->clips;
    corpus->reasons = loading->reasons;
    for (int i = 0; i < loading->list->n; i++) {
        struct se_clip clip = loading->clips[i];

        if (clip.n_samples == 0) {
            corpus->reasons[corpus->n_skipped++] = loading->reasons[i];
            continue;
        }
        if (corpus->store)
            clip.samples =
                (int16_t *)(void *)(corpus->store + loading->offsets[i]);
        if (loading->list->groups)
            loading->names[corpus->n_clips] = loading->list->groups[i];
        corpus->seconds += (double)clip.n_samples / SE_RATE_HZ;
        corpus->clips[corpus->n_clips++] = clip;
    }
    if (corpus->n_skipped > 0)
        snprintf(corpus->skipped.text, sizeof corpus->skipped.text, "%s",
                 corpus->reasons[0] ? corpus->reasons[0] : "");
}

/* Groups the clips that could be read, whose groups have these names. */
static int make_groups(struct se_corpus *corpus, const char *const *names,
                       struct se_report *report)
{
    int n = corpus->n_clips, status;
    double *seconds = calloc((size_t)n + 1, sizeof *seconds);

    if (!seconds)
        return se_fail_memory(report, "the clips");
    for (int i = 0; i < n; i++)
        seconds[i] = (double)corpus->clips[i].n_samples / SE_RATE_HZ;
    status = se_grouping_create(&corpus->groups, names, seconds, n, report);
    free(seconds);
    return status;
}

static int allocate(struct loading *loading, struct se_report *report)
{
    size_t n = (size_t)loading->list->n + 1;

    loading->clips = calloc(n, sizeof *loading->clips);
    loading->reasons = calloc(n, sizeof *loading->reasons);
    loading->offsets = calloc(n, sizeof *loading->offsets);
    loading->names = calloc(n, sizeof *loading->names);
    if (loading->clips && loading->reasons && loading->offsets &&
        loading->names)
        return SE_OK;
    free(loading->clips);
    free(loading->reasons);
    free(loading->offsets);
    free(loading->names);
    return se_fail_memory(report, "the clips");
}

/* SE_OK if what was decoded makes a corpus. */
static int check_loaded(const struct se_corpus *corpus,
                        const struct loading *loading, struct se_report *report)
{
    if (loading->fatal != SE_OK) {
        if (report)
            *report = loading->fatal_report;
        return loading->fatal;
    }
    if (loading->list->n == 0)
        return se_fail(report, SE_ERR_FORMAT, "empty list of sound files");
    if (corpus->n_clips == 0)
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: none of %d files can be used; the first: %.400s",
                       loading->list->name, loading->list->n,
                       corpus->skipped.text);
    return SE_OK;
}

static int load(struct se_corpus *corpus, struct loading *loading,
                struct se_report *report)
{
    const struct se_list *list = loading->list;
    int status = allocate(loading, report);

    if (status != SE_OK)
        return status;
    se_pool_run(loading->how->pool, list->n, load_one, loading);
    status = map_store(corpus, loading, report);
    collect(corpus, loading);
    if (status == SE_OK && list->groups && corpus->n_clips > 0)
        status = make_groups(corpus, loading->names, report);
    free(loading->offsets);
    free(loading->names);
    if (status == SE_OK)
        status = check_loaded(corpus, loading, report);
    if (status != SE_OK)
        se_corpus_free(corpus);
    return status;
}

int se_corpus_load(struct se_corpus *corpus, const struct se_list *list,
                   const struct se_loading *how, struct se_report *report)
{
    struct loading loading = {
        .list = list,
        .store = how->scratch ? se_open_nameless(how->scratch) : -1,
        .how = how,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
    };

    *corpus = (struct se_corpus){0};
    if (how->scratch && loading.store < 0)
        return se_fail_errno(report, how->scratch,
                             "cannot make a scratch file");

    int status = load(corpus, &loading, report);

    if (loading.store >= 0)
        close(loading.store);
    return status;
}

void se_corpus_relax(const struct se_corpus *corpus)
{
    /* For a file's pages this forgets where they are, not what they hold. */
    if (corpus->store)
        madvise(corpus->store, corpus->store_bytes, MADV_DONTNEED);
}

uint32_t se_corpus_checksum(const struct se_corpus *corpus)
{
    uint32_t crc = 0;

    for (int i = 0; i < corpus->n_clips; i++) {
        const struct se_clip *clip = &corpus->clips[i];
        const int64_t n = clip->n_samples;
        const int64_t first = n < CHECKED_SAMPLES ? n : CHECKED_SAMPLES;

        crc = se_crc32c(crc, &n, sizeof n);
        crc = se_crc32c(crc, clip->samples,
                        (size_t)first * sizeof *clip->samples);
    }
    return crc;
}

void se_corpus_free(struct se_corpus *corpus)
{
    for (int i = 0; !corpus->store && i < corpus->n_clips; i++)
        free(corpus->clips[i].samples);
    for (int i = 0; i < corpus->n_skipped; i++)
        free(corpus->reasons[i]);
    if (corpus->store)
        munmap(corpus->store, corpus->store_bytes);
    free(corpus->reasons);
    free(corpus->clips);
    se_grouping_free(&corpus->groups);
    *corpus = (struct se_corpus){0};
}
