/* shards.c - mixtures to power spectra to TFRecord files, on all workers. */
#include "data/shards.h"

#include "base/crc32c.h"
#include "base/file.h"
#include "data/manifest.h"
#include "data/tfrecord.h"
#include "dsp/stft.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4200, MAX_FOLDER_BYTES = 4000 };

/* What a worker needs for one shard at a time. */
struct maker {
    struct se_stft *noisy_stft, *clean_stft;
    float *noisy, *clean, *scratch;
    struct se_example record;
};

struct work {
    const struct se_shards *shards;
    int n_frames; /* of a record */
    struct maker *makers;
    uint32_t *crcs;
    int (*progress)(void *context, int n_done);
    void *context;

    pthread_mutex_t mutex; /* guards what follows, and progress() */
    struct se_shards_result result;
    int status; /* the first failure: everybody stops */
    struct se_report report;
};

int se_shards_frames(const struct se_shards *shards, struct se_report *report)
{
    int64_t n_frames = se_mix_samples(shards->mixer) / SE_HOP;

    if (n_frames < shards->n_records || n_frames % shards->n_records != 0)
        return se_fail(report, SE_ERR_ARG,
                       "a mixture of %lld frames of 10 ms cannot be cut into "
                       "%d equal records",
                       (long long)n_frames, shards->n_records);
    return (int)(n_frames / shards->n_records);
}

void se_shards_path(char *path, size_t size, const struct se_shards *shards,
                    int number)
{
    snprintf(path, size, "%s/mix%06d.tfrecord", shards->folder, number);
}

/* ---- one shard ----------------------------------------------------------- */

static void fill_record(const struct work *work, struct maker *maker, int index)
{
    int64_t first = (int64_t)index * work->n_frames;
    se_bin spectrum[SE_BINS];

    for (int t = 0; t < work->n_frames; t++) {
        int64_t at = (first + t) * SE_HOP, bin = (int64_t)t * SE_BINS;

        se_stft_analyse(maker->noisy_stft, spectrum, maker->noisy + at);
        se_power(maker->record.pspec_noisy + bin, spectrum);
        se_stft_analyse(maker->clean_stft, spectrum, maker->clean + at);
        se_power(maker->record.pspec_clean + bin, spectrum);
    }
}

static int make_shard(const struct work *work, struct maker *maker,
                      const char *path, int number, struct se_report *report)
{
    const struct se_shards *shards = work->shards;
    struct se_tfrecord_writer *writer;
    int status = se_tfrecord_create(&writer, path, shards->gzip, report);

    if (status != SE_OK)
        return status;
    se_mix(shards->mixer, maker->noisy, maker->clean, maker->scratch,
           shards->seed, (uint64_t)number);
    se_stft_reset(maker->noisy_stft);
    se_stft_reset(maker->clean_stft);
    for (int i = 0; i < shards->n_records && status == SE_OK; i++) {
        fill_record(work, maker, i);
        status = se_tfrecord_write(writer, &maker->record, report);
    }
    if (status == SE_OK)
        return se_tfrecord_commit(writer, report);
    se_tfrecord_discard(writer);
    return status;
}

static int crc_of_file(uint32_t *crc, const char *path,
                       struct se_report *report)
{
    char bytes[1 << 14];
    FILE *file = fopen(path, "rb");
    int status = SE_OK;
    size_t n;

    if (!file)
        return se_fail_errno(report, path, "cannot open");
    *crc = 0;
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        *crc = se_crc32c(*crc, bytes, n);
    if (ferror(file))
        status = se_fail_errno(report, path, "cannot read");
    fclose(file);
    return status;
}

static int is_over(struct work *work)
{
    pthread_mutex_lock(&work->mutex);

    int over = work->status != SE_OK;

    pthread_mutex_unlock(&work->mutex);
    return over;
}

static void do_shard(void *context, int number, int worker)
{
    struct work *work = context;
    struct se_report report;
    char path[PATH_BYTES];
    int status = SE_OK;

    if (is_over(work))
        return;
    se_shards_path(path, sizeof path, work->shards, number);

    int kept = access(path, F_OK) == 0;

    if (!kept)
        status = make_shard(work, &work->makers[worker], path, number, &report);
    if (status == SE_OK)
        status = crc_of_file(&work->crcs[number], path, &report);

    pthread_mutex_lock(&work->mutex);
    if (status == SE_OK) {
        work->result.n_kept += kept;
        work->result.n_written += !kept;
        if (work->progress &&
            work->progress(work->context,
                           work->result.n_kept + work->result.n_written))
            status = se_fail(&report, SE_ERR_STOPPED,
                             "interrupted: the same command goes on");
    }
    if (status != SE_OK && work->status == SE_OK) {
        work->status = status;
        work->report = report;
    }
    pthread_mutex_unlock(&work->mutex);
}

/* ---- all of them --------------------------------------------------------- */

static void free_makers(struct maker *makers, int n)
{
    for (int i = 0; makers && i < n; i++) {
        se_stft_destroy(makers[i].noisy_stft);
        se_stft_destroy(makers[i].clean_stft);
        free(makers[i].noisy);
        free(makers[i].clean);
        free(makers[i].scratch);
        se_example_free(&makers[i].record);
    }
    free(makers);
}

static float *new_floats(int64_t n)
{
    return malloc((size_t)n * sizeof(float));
}

static int make_maker(struct maker *maker, const struct work *work,
                      struct se_report *report)
{
    const struct se_mixer *mixer = work->shards->mixer;
    int64_t n = se_mix_samples(mixer);
    int64_t n_values = (int64_t)work->n_frames * SE_BINS;
    int status = se_stft_create(&maker->noisy_stft, report);

    if (status == SE_OK)
        status = se_stft_create(&maker->clean_stft, report);
    if (status != SE_OK)
        return status;
    maker->noisy = new_floats(n);
    maker->clean = new_floats(n);
    maker->scratch = new_floats(se_mix_scratch(mixer));
    maker->record.n_frames = work->n_frames;
    maker->record.pspec_noisy = new_floats(n_values);
    maker->record.pspec_clean = new_floats(n_values);
    if (!maker->noisy || !maker->clean || !maker->scratch ||
        !maker->record.pspec_noisy || !maker->record.pspec_clean)
        return se_fail_memory(report, "a mixture");
    return SE_OK;
}

static int prepare_folder(const struct se_shards *shards,
                          struct se_report *report)
{
    if (snprintf(NULL, 0, "%s", shards->folder) > MAX_FOLDER_BYTES)
        return se_fail(report, SE_ERR_ARG, "%.100s...: name too long",
                       shards->folder);

    int status = se_make_folder(shards->folder, report);

    if (status == SE_OK)
        status = se_manifest_check(shards, report);
    if (status == SE_OK)
        status = se_manifest_write(shards, NULL, report);
    return status;
}

static int run_workers(struct work *work, struct se_pool *pool,
                       struct se_report *report)
{
    int n_workers = se_pool_workers(pool), status = SE_OK;

    work->crcs = calloc((size_t)work->shards->n_shards + 1, sizeof *work->crcs);
    work->makers = calloc((size_t)n_workers, sizeof *work->makers);
    if (!work->crcs || !work->makers)
        return se_fail_memory(report, "the workers");
    for (int i = 0; i < n_workers && status == SE_OK; i++)
        status = make_maker(&work->makers[i], work, report);
    if (status != SE_OK)
        return status;
    se_pool_run(pool, work->shards->n_shards, do_shard, work);
    if (work->status != SE_OK && report)
        *report = work->report;
    return work->status;
}

int se_shards_write(const struct se_shards *shards,
                    struct se_shards_result *result, struct se_pool *pool,
                    int (*progress)(void *context, int n_done), void *context,
                    struct se_report *report)
{
    struct work work = {
        .shards = shards,
        .progress = progress,
        .context = context,
        .mutex = PTHREAD_MUTEX_INITIALIZER,
    };
    int status = work.n_frames = se_shards_frames(shards, report);

    *result = (struct se_shards_result){0};
    if (status < 0)
        return status;
    status = prepare_folder(shards, report);
    if (status == SE_OK)
        status = run_workers(&work, pool, report);
    if (status == SE_OK)
        status = se_manifest_write(shards, work.crcs, report);
    *result = work.result;
    free_makers(work.makers, se_pool_workers(pool));
    free(work.crcs);
    return status;
}
