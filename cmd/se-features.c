/* se-features.c - mixes speech and noise into TFRecords for training. */
#include "base/file.h"
#include "base/pool.h"
#include "cli.h"
#include "data/corpus.h"
#include "data/list.h"
#include "data/shards.h"
#include "data/summary.h"
#include "data/tfrecord.h"
#include "features_options.h"
#include "mix_options.h"

#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const char extensions[] =
    "wav flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64";

/* ---- what is in a file --------------------------------------------------- */

static void inspect(const char *path)
{
    struct se_tfrecord_reader *reader;
    struct se_example example = {0};
    struct se_report report;
    int found, n_records = 0;
    long long n_frames = 0;

    cli_check(se_tfrecord_open(&reader, path, &report), &report);
    printf("record  frames  noisy dB  clean dB    SNR dB     lowest    "
           "highest\n");
    for (;;) {
        cli_check(se_tfrecord_read(reader, &example, &found, &report), &report);
        if (!found)
            break;

        struct se_summary s = se_summarise(&example);

        printf("%6d  %6d  %8.2f  %8.2f  %8.2f  %9.3g  %9.3g\n", n_records,
               example.n_frames, s.noisy_db, s.clean_db, s.snr_db,
               (double)s.lowest, (double)s.highest);
        n_records++;
        n_frames += example.n_frames;
    }
    printf("%s: %d records, %lld frames, %.2f s\n", path, n_records, n_frames,
           (double)n_frames / 100);
    se_example_free(&example);
    se_tfrecord_close(reader);
    cli_close_stdout();
}

/* ---- mixing -------------------------------------------------------------- */

static void show_loading(void *context, int done, int total)
{
    (void)total;
    cli_progress_update(context, done, NULL);
}

static void load(struct se_corpus *corpus, const char *name, const char *label,
                 struct se_pool *pool)
{
    struct cli_progress progress;
    struct se_report report;
    struct se_list list;

    cli_check(se_list_read(&list, name, extensions, &report), &report);
    cli_progress_start(&progress, label, "files", list.n);
    cli_check(
        se_corpus_load(corpus, &list, pool, show_loading, &progress, &report),
        &report);
    cli_progress_end(&progress);
    if (corpus->n_skipped > 0)
        cli_warn("%s: %d of %d files skipped; the first: %s", name,
                 corpus->n_skipped, list.n, corpus->skipped.text);
    se_list_free(&list);
}

struct writing {
    struct cli_progress progress;
    double seconds; /* of a mixture */
};

static int show_writing(void *context, int n_done)
{
    struct writing *writing = context;

    cli_progress_update(&writing->progress, n_done * writing->seconds, NULL);
    return cli_stop;
}

static void write_list(const char *path, const struct se_shards *shards)
{
    struct se_atomic_file file;
    struct se_report report;
    char name[PATH_MAX + 64];

    cli_check(se_atomic_open(&file, path, &report), &report);
    for (int i = 0; i < shards->n_shards; i++) {
        se_shards_path(name, sizeof name, shards, i);
        fprintf(file.stream, "%s\n", name);
    }
    cli_check(se_atomic_commit(&file, &report), &report);
}

static void write_shards(const struct se_shards *shards, struct se_pool *pool)
{
    double seconds = (double)shards->mixer->config.seconds;
    double total = seconds * shards->n_shards, started = cli_seconds();
    struct writing writing = {.seconds = seconds};
    struct se_shards_result result;
    struct se_report report;

    cli_progress_start(&writing.progress, "mixing", "s of audio", total);

    int status =
        se_shards_write(shards, &result, pool, show_writing, &writing, &report);

    cli_progress_end(&writing.progress);
    cli_check(status, &report);

    double took = fmax(cli_seconds() - started, 1e-3);

    cli_remark("%s: %d mixtures of %g s: %d made, %d were there; %.0f s of "
               "audio a second",
               shards->folder, shards->n_shards, seconds, result.n_written,
               result.n_kept, seconds * result.n_written / took);
}

static void make_features(const struct features_options *o)
{
    struct se_corpus speech, noise;
    struct se_mixer mixer = {&speech, &noise, o->mix, NULL};
    struct se_report report;
    struct se_pool *pool;

    /* Known now rather than after all sound has been read. */
    cli_check(se_make_folder(o->output, &report), &report);
    cli_check(se_pool_create(&pool, o->threads, &report), &report);
    load(&speech, o->speech, "speech", pool);
    load(&noise, o->noise, "noise", pool);
    mix_rooms_open(&mixer, o->seed, pool);

    double once = ceil(speech.seconds / (double)o->mix.seconds);
    struct se_shards shards = {
        .mixer = &mixer,
        .speech_name = o->speech,
        .noise_name = o->noise,
        .folder = o->output,
        .seed = o->seed,
        .n_shards = o->num ? o->num : (int)fmin(once, FEATURES_MAX_SHARDS),
        .n_records = o->n_records,
        .gzip = o->gzip,
    };

    cli_catch_signals();
    write_shards(&shards, pool);
    if (o->list)
        write_list(o->list, &shards);
    mix_rooms_close(&mixer);
    se_pool_destroy(pool);
    se_corpus_free(&speech);
    se_corpus_free(&noise);
}

int main(int argc, char **argv)
{
    cli_name = "se-features";
    /* A file that may not grow further is an error, not a signal. */
    signal(SIGXFSZ, SIG_IGN);

    struct features_options o = features_options_parse(argc, argv);

    if (o.inspect)
        inspect(o.inspect);
    else
        make_features(&o);
    return EXIT_DONE;
}
