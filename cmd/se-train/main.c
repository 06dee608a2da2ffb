/* main.c - se-train trains the net that an nn_arch file describes. */
#include "common/cli.h"
#include "common/skipped.h"
#include "data.h"
#include "estimate.h"
#include "files/file.h"
#include "files/lock.h"
#include "files/path.h"
#include "gemm/pair_tile.h"
#include "model/model.h"
#include "nn/net.h"
#include "options.h"
#include "quant/round.h"
#include "ranks.h"
#include "records/statistics.h"
#include "train/trainer.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything that training runs on, made in this order. */
struct session {
    struct se_ranks *ranks; /* NULL: alone */
    struct se_model model;
    struct se_teacher teacher; /* without options.teacher: none */
    struct se_pool *pool;
    struct se_train_data data;
    struct se_lock lock; /* of the folder; rank 0's */
    char folder[1024];
    struct cli_progress progress;
};

static int is_leader(const struct session *s)
{
    return se_ranks_index(s->ranks) == 0;
}

static void compare_net(const struct session *s)
{
    char text[4096];

    se_arch_format(text, sizeof text, &s->model.arch);
    for (char *c = text; *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    train_ranks_compare(s->ranks, "the net", text);
}

/* Ranks must multiply alike; that bfloat16 will be slow is said. */
static void check_precision(const struct session *s,
                            const struct train_options *o)
{
    const int rounds = o->precision == SE_BFLOAT16;

    train_ranks_compare(s->ranks, "the precision",
                        rounds ? "bfloat16" : "float32");
    if (rounds && !se_bfloat16_is_fast())
        cli_remark("--precision bfloat16: this processor has no AMX: slower "
                   "than float32");
}

/* ---- net ----------------------------------------------------------------- */

/* The last layer's output is the mask: nothing is dropped from it. */
static void set_dropout_rates(struct se_arch *arch, float rate)
{
    arch->input_dropout_rate = rate;
    for (int i = 0; i < arch->n_layers - 1; i++)
        arch->layer[i].dropout_rate = rate;
}

static void prepare_model(struct session *s, const struct train_options *o)
{
    struct se_report report;
    struct se_arch arch;
    char path[1024], name[256];
    int feat_type;

    cli_check(se_arch_find(path, sizeof path, o->nn_arch, &report), &report);
    cli_check(se_arch_read(&arch, path, &report), &report);
    if (o->dropprob >= 0)
        set_dropout_rates(&arch, (float)o->dropprob);
    cli_check(se_model_name(name, sizeof name, path, &report), &report);
    snprintf(s->folder, sizeof s->folder, "%s/%s", o->models_dir, name);
    feat_type = arch.n_in == SE_BINS ? SE_FEAT_PSPEC : SE_FEAT_MEL;
    if (o->feat_type)
        feat_type = o->feat_type - 1;
    cli_check(
        se_model_check(&arch, (enum se_feat_type)feat_type, path, &report),
        &report);
    cli_check(se_model_create(&s->model, &arch, (enum se_feat_type)feat_type,
                              &report),
              &report);
}

/* Takes the weights of a net that was read. */
static void take_model(struct session *s, struct se_model loaded)
{
    se_model_free(&s->model);
    s->model = loaded;
}

/* Goes on from a checkpoint of this net; dropout rates are those asked for. */
static void load_checkpoint(struct session *s, const struct train_options *o,
                            const char *path)
{
    struct se_report report;
    struct se_model loaded;
    const struct se_model_net net = {&s->model.arch, o->nn_arch};

    cli_check(se_model_read_as(&loaded, path, &net, &report), &report);
    take_model(s, loaded);
}

/* Begins anew with the weights of --init. */
static void load_start(struct session *s, const struct train_options *o)
{
    struct se_report report;
    struct se_model loaded;
    const struct se_model_net net = {&s->model.arch, o->nn_arch};
    char other[80] = "";
    int lookahead;

    cli_check(se_model_read_start(&loaded, &lookahead, o->init, &net, &report),
              &report);
    loaded.epoch = 0;
    take_model(s, loaded);
    if (lookahead != loaded.arch.len_lookahead)
        snprintf(other, sizeof other, ": of len_lookahead %d, now %d",
                 lookahead, loaded.arch.len_lookahead);
    cli_remark("begins with the weights of %s%s", o->init, other);
}

static void load_teacher(struct session *s, const struct train_options *o)
{
    struct se_report report;
    char checksum[16];

    cli_check(se_teacher_open(&s->teacher, o->teacher, (float)o->teacher_share,
                              &report),
              &report);
    snprintf(checksum, sizeof checksum, "%08x", (unsigned)s->teacher.checksum);
    train_ranks_compare(s->ranks, "the teacher", checksum);
    cli_remark("learns from %s as well", o->teacher);
}

static void check_frozen(const struct session *s, const struct train_options *o)
{
    const int n = s->model.arch.n_layers;

    if (o->frozen >> n)
        cli_die(EXIT_FAILED, "--freeze: %s has layers 1 to %d", o->nn_arch, n);
    if (o->frozen + 1 == 1u << n)
        cli_die(EXIT_FAILED,
                "--freeze: all %d layers of %s, expected one to train", n,
                o->nn_arch);
}

/* Whether the folder has epochs that would be lost. */
static int check_epochs(const struct session *s, const struct train_options *o,
                        struct se_report *report)
{
    char path[1100];
    int last = se_model_last_epoch(s->folder);

    if (last <= s->model.epoch || o->overwrite || o->dry_run)
        return SE_OK;
    snprintf(path, sizeof path, "%s/state.safetensors", s->folder);
    if (access(path, R_OK) == 0)
        return se_fail(report, SE_ERR_ARG,
                       "%s: holds epochs up to %d: go on with --epoch_loaded "
                       "latest, or lose those after %d with --overwrite",
                       s->folder, last, s->model.epoch);
    return se_fail(report, SE_ERR_ARG,
                   "%s: holds epochs up to %d, but no state to go on from: "
                   "begin with the weights of one by --epoch_loaded %d, or "
                   "lose those after %d with --overwrite",
                   s->folder, last, last, s->model.epoch);
}

/* The folder, for this run alone: rank 0 takes it for all. */
static int take_folder(struct session *s, const struct train_options *o,
                       struct se_report *report)
{
    char path[1100];
    int status = SE_OK;

    if (is_leader(s)) {
        snprintf(path, sizeof path, "%s/.lock", s->folder);
        status = cli_make_folder(s->folder, report);
        if (status == SE_OK)
            status = se_lock_take(&s->lock, path, 0, s->folder, report);
        /* Somebody else may have trained there while the data were read. */
        if (status == SE_OK && !train_options_is_latest(o))
            status = check_epochs(s, o, report);
    }
    return se_ranks_agree(s->ranks, status, report);
}

/* Fresh weights, or those of a checkpoint; `latest` is left to the trainer,
 * but to wait for the data before hearing of a missing file is annoying. */
static void load_weights(struct session *s, const struct train_options *o)
{
    struct se_report report;
    char path[1100];

    if (train_options_is_latest(o)) {
        snprintf(path, sizeof path, "%s/state.safetensors", s->folder);
        if (access(path, R_OK) != 0)
            cli_check(se_fail_errno(&report, path, "nothing to go on from"),
                      &report);
        cli_check(se_history_check(s->folder, &report), &report);
        return;
    }
    if (o->init[0]) {
        load_start(s, o);
    } else if (strcmp(o->epoch_loaded, "random") == 0) {
        cli_check(se_net_initialise(s->model.parameters, &s->model.arch,
                                    o->seed, &report),
                  &report);
    } else {
        cli_check_usage("",
                        se_model_checkpoint(path, sizeof path, s->folder,
                                            o->epoch_loaded, &report),
                        &report);
        cli_check(se_history_check(s->folder, &report), &report);
        load_checkpoint(s, o, path);
    }
    cli_check(check_epochs(s, o, &report), &report);
}

/* ---- training ------------------------------------------------------------ */

static void on_round(void *context, const struct se_train_round *round)
{
    struct session *s = context;
    char note[128];

    if (round->validating)
        snprintf(note, sizeof note, "epoch %d: validating", round->epoch);
    else
        snprintf(note, sizeof note, "epoch %d: loss %.5f, rate %.2g",
                 round->epoch, round->loss, round->learning_rate);
    if (s->progress.total != (double)round->total || round->done == 0)
        cli_progress_start(&s->progress, "training", "sequences",
                           (double)round->total);
    cli_progress_update(&s->progress, (double)round->done, note);
}

static void on_epoch(void *context, const struct se_train_epoch *epoch)
{
    struct session *s = context;
    char si_sdr[64] = "", pesq[40] = "";

    cli_progress_end(&s->progress);
    s->progress.total = 0;
    if (!isnan(epoch->valid_si_sdr_db))
        snprintf(si_sdr, sizeof si_sdr, "SI-SDR %.2f dB (noisy %.2f), ",
                 epoch->valid_si_sdr_db, epoch->noisy_si_sdr_db);
    if (!isnan(epoch->valid_pesq_wb_aligned))
        snprintf(pesq, sizeof pesq, "aligned PESQ-WB %.3f, ",
                 epoch->valid_pesq_wb_aligned);
    cli_remark("epoch %d: train %.5f, valid %.5f%s, %s%srate %.2g, %.0f "
               "frames/s, data %.0f %%",
               epoch->epoch, epoch->train_loss, epoch->valid_loss,
               epoch->is_best ? " (best)" : "", si_sdr, pesq,
               epoch->learning_rate, epoch->frames / epoch->seconds,
               100 * epoch->preparation_share);
}

/* Of little data the batch is all there is. */
static void fit_batch(const struct session *s, struct train_options *o)
{
    const int64_t n = s->data.train.count;
    const int n_ranks = se_ranks_count(s->ranks);

    if (n >= o->batchsize)
        return;
    if (n_ranks > 1 && n < (int64_t)o->threads * n_ranks)
        cli_die(EXIT_FAILED,
                "%lld training sequences are less than --threads %d times %d "
                "ranks: --epoch_hours makes more",
                (long long)n, o->threads, n_ranks);
    cli_remark("--batchsize %lld instead of %d: there are no more training "
               "sequences",
               (long long)n, o->batchsize);
    o->batchsize = (int)n;
}

/* Writes into `path` the file of statistics that se-features leaves beside
 * records; "": they are not all in one folder. */
static void statistics_beside(char path[PATH_MAX],
                              const struct se_list *records)
{
    const char *first = records->n > 0 ? records->paths[0] : "";
    size_t n = se_path_folder_length(first);
    int are_together = records->n > 0;

    for (int i = 1; i < records->n && are_together; i++)
        are_together = se_path_folder_length(records->paths[i]) == n &&
                       strncmp(records->paths[i], first, n) == 0;
    path[0] = '\0';
    if (are_together)
        snprintf(path, PATH_MAX, "%.*sstatistics.json", (int)n, first);
}

/* Whether weights begin at random, and so need statistics of the features. */
static int is_fresh(const struct session *s, const struct train_options *o)
{
    return !train_options_is_latest(o) && !o->init[0] && s->model.epoch == 0;
}

/* The file with the features' statistics: the one that was named, or that
 * beside the records, if there is one and it has the net's features. NULL:
 * none. */
static int find_statistics(const char **found, char path[PATH_MAX],
                           const struct session *s,
                           const struct train_options *o,
                           struct se_report *report)
{
    struct se_model trial = s->model;

    *found = NULL;
    if (!is_fresh(s, o))
        return SE_OK;
    if (o->statistics && strcmp(o->statistics, "none") == 0)
        return SE_OK;
    if (o->statistics)
        snprintf(path, PATH_MAX, "%s", o->statistics);
    else if (o->train_list)
        statistics_beside(path, &s->data.records);
    else
        return SE_OK;
    if (!o->statistics && (!path[0] || access(path, F_OK) != 0))
        return SE_OK;

    int status = se_statistics_read(&trial, path, report);

    if (status == SE_ERR_ARG && !o->statistics)
        return SE_OK;
    *found = path;
    return status;
}

static struct se_train_config configure(struct session *s,
                                        const struct train_options *o)
{
    return (struct se_train_config){
        .folder = s->folder,
        .command = o->command,
        .words = o->remembered,
        .loss_text = o->loss,
        .init = o->init[0] ? o->init : NULL,
        .teacher = o->teacher[0] ? &s->teacher : NULL,
        .frozen = o->frozen,
        .cosine_basis = o->cosine_basis,
        .precision = o->precision,
        .train = &s->data.train,
        .valid = &s->data.valid,
        .batch_size = o->batchsize,
        .timesteps = o->timesteps,
        .schedule = {o->schedule, o->learning_rate, 0.1, o->num_epoch},
        .clip_norm = (float)o->clip_norm,
        .weight_decay = (float)o->weight_decay,
        .average_decay = o->average,
        .patience = o->patience,
        .seed = o->seed,
        .fake_quantise = o->quantized ? se_fake_quantise : NULL,
        .stop = &cli_stop,
        .ranks = s->ranks,
        .on_round = on_round,
        .on_epoch = on_epoch,
        .context = s,
    };
}

/* What cannot go on is said before the data are read. */
static void foresee(struct session *s, const struct train_options *o)
{
    const struct se_train_config config = configure(s, o);
    struct se_report report;

    if (train_options_is_latest(o))
        cli_check(se_trainer_foresee(&config, &s->model,
                                     o->speech ? &o->mix : NULL, o->threads,
                                     &report),
                  &report);
}

static int train(struct session *s, const struct train_options *o,
                 struct se_report *report)
{
    char statistics[PATH_MAX];
    struct se_train_config config = configure(s, o);
    const int latest = train_options_is_latest(o);
    struct se_trainer *trainer = NULL;
    int status = find_statistics(&config.statistics, statistics, s, o, report);

    status = se_ranks_agree(s->ranks, status, report);
    if (status == SE_OK)
        status =
            se_trainer_create(&trainer, &s->model, &config, s->pool, report);
    if (status == SE_OK && !o->dry_run)
        status = take_folder(s, o, report);
    if (status == SE_OK && latest)
        status = se_trainer_resume(trainer, report);
    if (status == SE_OK && o->changes[0])
        cli_remark("goes on with %s", o->changes);
    if (status == SE_OK && latest && s->model.epoch >= o->num_epoch)
        cli_remark("all %d epochs are done: --num_epoch makes more of them",
                   o->num_epoch);
    if (status == SE_OK && o->dry_run) {
        double seconds = s->data.speech.seconds + s->data.noise.seconds;

        status = train_estimate(
            &(struct train_plan){o, &config, &s->model, s->pool, seconds},
            trainer, report);
    } else if (status == SE_OK) {
        cli_catch_signals();
        status = se_trainer_run(trainer, report);
        cli_progress_end(&s->progress);
    }
    se_trainer_destroy(trainer);
    se_lock_release(&s->lock);
    return status;
}

static void close_session(struct session *s)
{
    se_model_free(&s->model);
    se_teacher_close(&s->teacher);
    se_train_data_close(&s->data);
    se_pool_destroy(s->pool);
}

int main(int argc, char **argv)
{
    struct session s = {0};
    struct se_report report;

    cli_name = "se-train"; /* ranks add theirs */
    train_ranks_open(&s.ranks);

    struct train_options o = train_options_parse(argc, argv, s.ranks);

    train_options_find(&o);
    cli_check(se_pool_create(&s.pool, o.threads, &report), &report);
    prepare_model(&s, &o);
    check_frozen(&s, &o);
    compare_net(&s);
    check_precision(&s, &o);
    if (is_leader(&s))
        load_weights(&s, &o);
    if (o.teacher[0])
        load_teacher(&s, &o);
    if (is_leader(&s))
        foresee(&s, &o);
    train_data_open(&s.data, &o, s.pool, s.ranks);
    fit_batch(&s, &o);

    const int leads = is_leader(&s);
    int status = train(&s, &o, &report);

    close_session(&s);
    train_options_free(&o);
    if (status == SE_OK || status == SE_ERR_STOPPED)
        se_ranks_close(s.ranks);
    if (status == SE_ERR_STOPPED && !leads)
        return EXIT_STOPPED;
    cli_check(status, &report);
    return skipped_status();
}
