/* sounds.c - mixtures as sound files, to listen to and to score nets on. */
#include "sounds.h"

#include "audio/sound.h"
#include "common/cli.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "files/atomic.h"
#include "files/file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = PATH_MAX + 40 }; /* of what is in a folder of any name */

struct writing {
    const char *folder;
    const struct se_mixer *mixer;
    uint64_t seed;
    double *snr_db; /* [n] */
    struct cli_progress progress;

    pthread_mutex_t mutex; /* guards what follows, and progress */
    int n_done, status;    /* the first failure's */
    struct se_report report;
};

/* What one mixture needs. */
struct sounds {
    int64_t n;
    struct se_mixture mixture;
};

static int create(struct sounds *sounds, const struct se_mixer *mixer,
                  struct se_report *report)
{
    size_t n = (size_t)se_mix_samples(mixer);

    sounds->n = (int64_t)n;
    sounds->mixture.noisy = malloc(n * sizeof(float) + 1);
    sounds->mixture.clean = malloc(n * sizeof(float) + 1);
    sounds->mixture.scratch =
        malloc((size_t)se_mix_scratch(mixer) * sizeof(float) + 1);
    return sounds->mixture.noisy && sounds->mixture.clean &&
                   sounds->mixture.scratch
               ? SE_OK
               : se_fail_memory(report, "a mixture");
}

static void destroy(struct sounds *sounds)
{
    free(sounds->mixture.noisy);
    free(sounds->mixture.clean);
    free(sounds->mixture.scratch);
}

/* The clean peak may lie above the noisy one: both come down together. */
static void fit(struct sounds *sounds)
{
    float peak = fmaxf(se_level_peak(sounds->mixture.noisy, sounds->n),
                       se_level_peak(sounds->mixture.clean, sounds->n));

    for (int64_t i = 0; peak > 0.999f && i < sounds->n; i++) {
        sounds->mixture.noisy[i] *= 0.999f / peak;
        sounds->mixture.clean[i] *= 0.999f / peak;
    }
}

/* `which`: noisy or clean. */
static int write_sound(const struct writing *writing, const char *which,
                       int number, const float *samples,
                       struct se_report *report)
{
    const struct se_sound_format format = {SE_RATE_HZ, 1,
                                           SF_FORMAT_FLAC | SF_FORMAT_PCM_16};
    struct se_sound_writer *writer;
    char path[PATH_BYTES];
    int status;

    snprintf(path, sizeof path, "%s/%s/%06d.flac", writing->folder, which,
             number);
    status = se_sound_create(&writer, path, &format, NULL, report);
    if (status != SE_OK)
        return status;
    status =
        se_sound_write(writer, samples, se_mix_samples(writing->mixer), report);
    if (status == SE_OK)
        return se_sound_commit(writer, report);
    se_sound_discard(writer);
    return status;
}

/* In place of clean is then what noisy has besides. */
static double measure_snr(struct sounds *sounds)
{
    double speech = se_level_active_power(sounds->mixture.clean, sounds->n);

    for (int64_t i = 0; i < sounds->n; i++)
        sounds->mixture.clean[i] =
            sounds->mixture.noisy[i] - sounds->mixture.clean[i];
    return 10 *
           log10((speech + 1e-12) /
                 (se_level_power(sounds->mixture.clean, sounds->n) + 1e-12));
}

static int make_one(struct writing *writing, int number,
                    struct se_report *report)
{
    struct sounds sounds = {0};
    int status = create(&sounds, writing->mixer, report);

    if (status == SE_OK) {
        se_mix(writing->mixer, &sounds.mixture, writing->seed,
               (uint64_t)number);
        fit(&sounds);
        status =
            write_sound(writing, "noisy", number, sounds.mixture.noisy, report);
    }
    if (status == SE_OK)
        status =
            write_sound(writing, "clean", number, sounds.mixture.clean, report);
    if (status == SE_OK)
        writing->snr_db[number] = measure_snr(&sounds);
    destroy(&sounds);
    return status;
}

static int is_over(struct writing *writing)
{
    pthread_mutex_lock(&writing->mutex);

    int over = writing->status != SE_OK;

    pthread_mutex_unlock(&writing->mutex);
    return over || cli_stop;
}

static void make_task(void *context, int number, int worker)
{
    struct writing *writing = context;
    struct se_report report;
    int status;

    (void)worker;
    if (is_over(writing))
        return;
    status = make_one(writing, number, &report);
    pthread_mutex_lock(&writing->mutex);
    if (status != SE_OK && writing->status == SE_OK) {
        writing->status = status;
        writing->report = report;
    }
    cli_progress_update(&writing->progress, ++writing->n_done, "");
    pthread_mutex_unlock(&writing->mutex);
}

static void table_path(char path[PATH_BYTES], const char *folder)
{
    snprintf(path, PATH_BYTES, "%s/pairs.csv", folder);
}

/* One of another run would be taken for that of the first mixtures of this one,
 * should it not come to its end. */
static void remove_table(const char *folder)
{
    char path[PATH_BYTES];

    table_path(path, folder);
    if (unlink(path) != 0 && errno != ENOENT)
        cli_die(EXIT_FAILED, "%s: cannot remove: %s", path, strerror(errno));
}

static void write_table(const struct writing *writing, int n)
{
    struct se_atomic_file file;
    struct se_report report;
    char path[PATH_BYTES];

    table_path(path, writing->folder);
    cli_check(se_atomic_open(&file, path, &report), &report);
    fputs("id,snr_db\n", file.stream);
    for (int i = 0; i < n; i++)
        fprintf(file.stream, "%06d,%.2f\n", i, writing->snr_db[i]);
    cli_check(se_atomic_commit(&file, &report), &report);
}

/* A sound of another run would be taken for one of these n. */
static void refuse_others(const char *folder, int n)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    char name[40];

    while (directory && (entry = readdir(directory))) {
        long number = strtol(entry->d_name, NULL, 10);

        snprintf(name, sizeof name, "%06ld.flac", number);
        if (entry->d_name[0] != '.' &&
            (number >= n || strcmp(entry->d_name, name) != 0))
            cli_die(EXIT_FAILED,
                    "%s/%s: is none of the %d mixtures to be written: take "
                    "another folder",
                    folder, entry->d_name, n);
    }
    if (directory)
        closedir(directory);
}

void features_sounds(const char *folder, const struct se_mixer *mixer,
                     uint64_t seed, int n, struct se_pool *pool)
{
    static const char *const parts[] = {"", "/noisy", "/clean"};
    struct writing writing = {
        .folder = folder,
        .mixer = mixer,
        .seed = seed,
        .snr_db = calloc((size_t)n + 1, sizeof(double)),
        .mutex = PTHREAD_MUTEX_INITIALIZER,
    };
    struct se_report report;

    if (!writing.snr_db)
        cli_die(EXIT_FAILED, "%s: out of memory", folder);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char path[PATH_BYTES];

        snprintf(path, sizeof path, "%s%s", folder, parts[i]);
        cli_check(cli_make_folder(path, &report), &report);
        if (parts[i][0])
            refuse_others(path, n);
    }
    remove_table(folder);
    cli_progress_start(&writing.progress, "writing", "mixtures", n);
    se_pool_run(pool, n, make_task, &writing);
    cli_progress_end(&writing.progress);
    if (cli_stop)
        cli_die(EXIT_STOPPED, "%s: interrupted after %d of %d mixtures", folder,
                writing.n_done, n);
    cli_check(writing.status, &writing.report);
    write_table(&writing, n);
    free(writing.snr_db);
    cli_remark("%s: %d mixtures as sound", folder, n);
}
