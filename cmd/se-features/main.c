/* main.c - se-features mixes speech and noise into TFRecords for training. */
#include "audio/extensions.h"
#include "base/clock.h"
#include "base/pool.h"
#include "common/cli.h"
#include "common/mix_options.h"
#include "common/skipped.h"
#include "corpus/corpus.h"
#include "corpus/list.h"
#include "files/atomic.h"
#include "files/file.h"
#include "inspect.h"
#include "options.h"
#include "plot.h"
#include "records/merge.h"
#include "records/shards.h"
#include "scan.h"
#include "sets.h"
#include "sounds.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- mixing -------------------------------------------------------------- */

static int show_loading(void *context, int done, int total)
{
    (void)total;
    cli_progress_update(context, done, NULL);
    return 0;
}

/* Speech or noise: as named in the options, and what comes of that. */
struct recordings {
    struct se_corpus *corpus;
    const char *name, *kind;
    struct se_list list;
};

static void find(struct recordings *recordings,
                 const struct features_options *o)
{
    struct se_list *list = &recordings->list;
    int is_noise = strcmp(recordings->kind, "noise") == 0;
    const struct se_list_filter filter = {
        .kind = recordings->kind,
        .split = o->split_use,
        .by_type = is_noise && o->datasize_noise,
        .most = is_noise || !o->datasize_noise ? -1 : o->datasize_noise,
        .seed = o->seed,
    };
    struct se_report report;

    cli_check(se_list_read_filtered(list, recordings->name, se_sound_extensions,
                                    &filter, &report),
              &report);
    if (list->n_moved > 0)
        cli_remark("%s: %d of %d files found elsewhere than it says",
                   recordings->name, list->n_moved, list->n);
}

static void load(struct recordings *recordings,
                 const struct features_options *o, struct se_pool *pool)
{
    struct se_corpus *corpus = recordings->corpus;
    const int n_files = recordings->list.n;
    struct cli_progress progress;
    const struct se_loading how = {
        .pool = pool,
        .progress = {show_loading, &progress},
        .scratch = o->scratch  ? o->scratch
                   : o->output ? o->output
                   : o->sounds ? o->sounds
                               : ".",
    };
    struct se_report report;

    cli_progress_start(&progress, recordings->kind, "files", n_files);
    cli_check(se_corpus_load(corpus, &recordings->list, &how, &report),
              &report);
    cli_progress_end(&progress);
    skipped_report(&(struct skipped){
        recordings->name, (const char *const *)corpus->reasons,
        corpus->n_skipped, corpus->n_skipped, n_files});
    if (corpus->n_skipped > 0 && o->strict)
        cli_die(EXIT_FAILED, "--strict: nothing made");
    se_list_free(&recordings->list);
}

static void load_both(struct se_corpus *speech, struct se_corpus *noise,
                      const struct features_options *o, struct se_pool *pool)
{
    struct recordings of_speech = {speech, o->speech, "speech", {0}};
    struct recordings of_noise = {noise, o->noise, "noise", {0}};

    find(&of_speech, o);
    find(&of_noise, o);
    if (o->split_use && !of_speech.list.is_manifest &&
        !of_noise.list.is_manifest)
        cli_die(EXIT_USAGE, "--split_use: neither --speech nor --noise is a "
                            "manifest, made by --scan");
    load(&of_speech, o, pool);
    load(&of_noise, o, pool);
}

struct writing {
    struct cli_progress progress;
    double seconds; /* of a mixture */
};

static int show_writing(void *context, int n_done, int n_all)
{
    struct writing *writing = context;

    (void)n_all;
    cli_progress_update(&writing->progress, n_done * writing->seconds, NULL);
    return cli_stop;
}

/* What begins as a comment, a blank or a quote would be read as one. */
static void write_list(const char *path, const struct se_shards *shards)
{
    struct se_atomic_file file;
    struct se_report report;
    char name[SE_SHARDS_PATH];

    cli_check(se_atomic_open(&file, path, &report), &report);
    for (int i = 0; i < shards->n_shards; i++) {
        se_shards_path(name, shards->folder, i);
        fprintf(file.stream, "%s%s\n", strchr("# \t\"", name[0]) ? "./" : "",
                name);
    }
    cli_check(se_atomic_commit(&file, &report), &report);
}

static void tell_written(const struct se_shards *shards,
                         const struct se_shards_result *result, double took)
{
    double seconds = (double)shards->mixer->config.seconds;
    char part[64] = "";

    if (shards->part)
        snprintf(part, sizeof part, "part %d of %d, ", shards->part,
                 shards->n_parts);
    if (result->n_damaged > 0)
        cli_warn("%s: made again as damaged: %d", shards->folder,
                 result->n_damaged);
    cli_remark("%s: %s%d mixtures of %g s: %d made, %d were there; %.0f s of "
               "audio a second",
               shards->folder, part, se_shards_count(shards), seconds,
               result->n_written, result->n_kept,
               seconds * result->n_written / fmax(took, 1e-3));
}

/* Of the whole, or of the part that is to be made. */
static int count_missing(const struct se_shards *shards)
{
    char path[SE_SHARDS_PATH];
    int n = 0;

    for (int i = 0; i < se_shards_count(shards); i++) {
        se_shards_path(path, shards->folder, se_shards_number(shards, i));
        n += access(path, F_OK) != 0;
    }
    return n;
}

/* Whether there is room for what is not there yet. */
static void check_room(const struct se_shards *shards)
{
    double seconds =
        count_missing(shards) * (double)shards->mixer->config.seconds;

    download_check_room(
        shards->folder,
        seconds * se_shards_bytes_a_second(shards->format, shards->gzip));
}

static void write_shards(const struct se_shards *shards, struct se_pool *pool)
{
    double seconds = (double)shards->mixer->config.seconds;
    double total = seconds * se_shards_count(shards),
           started = se_clock_s(SE_CLOCK_WALL);
    struct writing writing = {.seconds = seconds};
    struct se_shards_result result;
    struct se_report report;

    cli_progress_start(&writing.progress, "mixing", "s of audio", total);

    int status =
        se_shards_write(&result, shards, pool,
                        &(struct se_ticker){show_writing, &writing}, &report);

    cli_progress_end(&writing.progress);
    cli_check(status, &report);
    tell_written(shards, &result, se_clock_s(SE_CLOCK_WALL) - started);
}

/* ---- merging ------------------------------------------------------------- */

static int show_merging(void *context, int n_done, int n_all)
{
    struct cli_progress *progress = context;

    progress->total = n_all;
    cli_progress_update(progress, n_done, NULL);
    return cli_stop;
}

static void merge(const struct features_options *o)
{
    struct cli_progress progress;
    struct se_merge_result result;
    struct se_report report;
    struct se_pool *pool;

    if (o->list)
        cli_check(se_atomic_check(o->list, &report), &report);
    cli_check(se_pool_create(&pool, o->threads, &report), &report);
    cli_catch_signals();
    cli_progress_start(&progress, "checking", "files", 0);

    int status =
        se_shards_merge(&result, o->output, pool,
                        &(struct se_ticker){show_merging, &progress}, &report);

    cli_progress_end(&progress);
    cli_check(status, &report);
    if (result.n_parts)
        cli_remark("%s: %d parts merged: %d mixtures, all there", o->output,
                   result.n_parts, result.n_shards);
    else
        cli_remark("%s: merged already: %d mixtures", o->output,
                   result.n_shards);
    if (o->list)
        write_list(o->list, &(struct se_shards){.folder = o->output,
                                                .n_shards = result.n_shards});
    se_pool_destroy(pool);
}

/* ---- the whole ----------------------------------------------------------- */

/* As many as it takes for all speech to be mixed once, or once with each type
 * of noise. */
static int count_mixtures(const struct features_options *o,
                          const struct se_mixer *mixer)
{
    const struct se_mix_config *config = &mixer->config;
    double n = ceil(mixer->speech->seconds / (double)config->seconds);

    if (o->num)
        return o->num;
    if (o->datasize_noise && config->utterances)
        n = ceil((double)mixer->speech->n_clips / config->utterances);
    if (o->datasize_noise)
        n *= mixer->noise->groups.n;
    return (int)fmin(n, FEATURES_MAX_SHARDS);
}

static void write_all(const struct features_options *o,
                      const struct se_mixer *mixer, struct se_pool *pool)
{
    struct se_shards shards = {
        .mixer = mixer,
        .speech_name = o->speech,
        .noise_name = o->noise,
        .folder = o->output,
        .seed = o->seed,
        .n_shards = count_mixtures(o, mixer),
        .n_records = o->n_records,
        .gzip = o->gzip,
        .format = o->format,
        .part = o->part,
        .n_parts = o->n_parts,
    };

    cli_catch_signals();
    if (o->plot)
        features_plot(o->plot, mixer, o->seed, o->plot_count);
    if (o->sounds)
        features_sounds(o->sounds, mixer, o->seed, shards.n_shards, pool);
    if (o->output && !o->is_forced)
        check_room(&shards);
    if (o->output)
        write_shards(&shards, pool);
    if (o->output && o->list)
        write_list(o->list, &shards);
}

/* Returns the exit status. */
static int make_features(const struct features_options *o)
{
    struct se_corpus speech, noise;
    struct se_mixer mixer = {&speech, &noise, o->mix, NULL};
    struct se_report report;
    struct se_pool *pool;

    /* Known now rather than after all sound has been read. */
    if (o->output)
        cli_check(cli_make_folder(o->output, &report), &report);
    if (o->sounds)
        cli_check(cli_make_folder(o->sounds, &report), &report);
    if (o->list)
        cli_check(se_atomic_check(o->list, &report), &report);
    cli_check(se_pool_create(&pool, o->threads, &report), &report);
    load_both(&speech, &noise, o, pool);
    cli_check(se_reverb_open(&mixer.reverb, &mixer.config.reverb, o->seed, pool,
                             &report),
              &report);
    mix_rooms_show(&mixer);
    write_all(o, &mixer, pool);

    int status = skipped_status();

    se_reverb_destroy(mixer.reverb);
    se_pool_destroy(pool);
    se_corpus_free(&speech);
    se_corpus_free(&noise);
    return status;
}

/* What there is of tests, as in the original; -1 and 0 stay. */
static int fifth(int n)
{
    return n > 0 ? (n + 4) / 5 : n;
}

/* One split of the sets: features and their list. */
static int make_split(const struct features_options *o, int index)
{
    struct features_options part = *o;
    const char *name = features_split(o, index);
    char folder[PATH_MAX], list[PATH_MAX];

    snprintf(folder, sizeof folder, "%s/%s",
             o->output ? o->output : SETS_FOLDER, name);
    snprintf(list, sizeof list, SETS_FEATURES, name);
    part.speech = SETS_SPEECH;
    part.noise = SETS_NOISE;
    part.split_use = name;
    part.output = folder;
    part.list = list;
    if (index > 0) {
        part.datasize_noise = fifth(o->datasize_noise);
        part.num = fifth(o->num);
        part.plot = part.sounds = NULL;
    }
    return make_features(&part);
}

/* What downloaded sets are for: all speech once, or so many mixtures for
 * training and a fifth of them for each other split. */
static struct download_use use_of_sets(const struct features_options *o)
{
    double rate = se_shards_bytes_a_second(o->format, o->gzip);
    struct download_use use = {.bytes_a_second = o->num ? 0 : rate};

    if (o->download.only || o->is_forced || o->datasize_noise)
        return use;
    use.folder = o->output ? o->output : SETS_FOLDER;
    use.bytes = (o->num + (o->n_splits - 1) * (double)fifth(o->num)) *
                (double)o->mix.seconds * rate;
    return use;
}

/* From data sets to features. Returns the exit status. */
static int make_from_sets(const struct features_options *o)
{
    const struct download_use use = use_of_sets(o);
    int status = EXIT_DONE, n_skipped;

    if (o->download.download)
        status = download_run(&o->download, &use);
    if (status != EXIT_DONE || o->download.only || !sets_list(&n_skipped, o))
        return status;
    for (int i = 0; i < o->n_splits && status != EXIT_STOPPED; i++) {
        int part = make_split(o, i);

        status = status == EXIT_DONE ? part : status;
    }
    return n_skipped > 0 && status == EXIT_DONE ? EXIT_FAILED : status;
}

int main(int argc, char **argv)
{
    struct features_options o = features_options_parse(argc, argv);

    if (o.inspect)
        features_inspect(o.inspect);
    else if (o.download.list)
        download_list(&o.download);
    else if (o.from_sets)
        return make_from_sets(&o);
    else if (o.n_scans)
        return features_scan(&o);
    else if (o.merge)
        merge(&o);
    else
        return make_features(&o);
    return EXIT_DONE;
}
