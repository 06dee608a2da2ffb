/* training_run.h - whole runs of training on toy.h's data, in folders of their
 * own, for tests of the trainer. */
#ifndef SE_TESTS_TRAINING_RUN_H
#define SE_TESTS_TRAINING_RUN_H

#include "check.h"
#include "nn/net.h"
#include "toy.h"
#include "train/trainer.h"

#include <dirent.h>

enum { BATCH = 4, STEPS = 10, N_TRAIN = 16, N_VALID = 6, EPOCHS = 4 };
enum { ROUNDS = N_TRAIN / BATCH };

static struct toy toy;

BEFORE_ALL()
{
    toy_open(&toy, 2);
}

AFTER_ALL()
{
    toy_close(&toy);
}

/* ---- a run --------------------------------------------------------------- */

static const char mel[] =
    "input_neurons 8\ndropprob 0.05\n"
    "layer_type conv1d\nnum_filters 6\nkernel_size 3\n"
    "activation tanh\ndropprob 0.05\n"
    "layer_type lstm\nlayer_neurons 5\n"
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n";
static const char pspec[] =
    "input_neurons 257\n"
    "layer_type conv1d\nnum_filters 6\nkernel_size 2\n"
    "activation tanh\n"
    "layer_type lstm\nlayer_neurons 5\n"
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n";

struct run {
    const char *arch_text;
    int stop_after; /* steps of training until stop is set; 0: never */
    int spoil;      /* after this epoch the weights are none; 0: never */
    const struct se_model *from; /* start from its weights; NULL: fresh */

    struct se_sequences train, valid;
    struct se_train_config config;
    char folder[300];
    struct se_model model;
    volatile sig_atomic_t stop;

    /* what the callbacks saw */
    int n_steps, n_validating, n_epochs;
    struct se_train_epoch epoch[EPOCHS + 4];
};

static inline void on_round(void *context, const struct se_train_round *round)
{
    struct run *run = context;

    expect(round->done > 0 && round->done <= round->total);
    expect(isfinite(round->loss));
    if (round->validating) {
        expect_equal(round->total, run->valid.count);
        run->n_validating++;
        return;
    }
    expect_equal(round->total, N_TRAIN);
    expect(round->learning_rate >= 0 && round->gradient_norm >= 0);
    if (++run->n_steps == run->stop_after)
        run->stop = 1;
}

static inline void on_epoch(void *context, const struct se_train_epoch *epoch)
{
    struct run *run = context;

    run->epoch[run->n_epochs++] = *epoch;
    if (epoch->epoch == run->spoil)
        run->model.parameters[7] = NAN;
}

/* Mixtures, in a folder of their own. */
static inline void prepare(struct run *run, const char *folder,
                           const char *arch_text)
{
    memset(run, 0, sizeof *run);
    snprintf(run->folder, sizeof run->folder, "%s", in_scratch(folder));
    expect_ok(se_make_folder(run->folder, &report));
    run->arch_text = arch_text;
    expect_ok(se_sequences_from_mixer(
        &run->train, &(struct se_mixtures){&toy.mixer, 1, N_TRAIN}, STEPS,
        &report));
    expect_ok(se_sequences_from_mixer(
        &run->valid, &(struct se_mixtures){&toy.mixer, 2, N_VALID}, STEPS,
        &report));
    run->config = (struct se_train_config){
        .folder = run->folder,
        .command = "test",
        .loss_text = "blend+0.05*sdr",
        .train = &run->train,
        .valid = &run->valid,
        .batch_size = BATCH,
        .timesteps = STEPS,
        .schedule = {SE_SCHEDULE_COSINE, 0.02, 0.1, EPOCHS},
        .clip_norm = 1,
        .seed = 7,
        .stop = &run->stop,
        .on_round = on_round,
        .on_epoch = on_epoch,
        .context = run,
    };
}

static inline void make_model(struct run *run)
{
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, run->arch_text, "test", &report));
    expect_ok(se_model_create(
        &run->model, &arch, arch.n_in == SE_BINS ? SE_FEAT_PSPEC : SE_FEAT_MEL,
        &report));
    if (!run->from) {
        expect_ok(se_net_initialise(run->model.parameters, &arch, 3, &report));
        return;
    }
    memcpy(run->model.parameters, run->from->parameters,
           (size_t)run->model.n_parameters * sizeof(float));
    memcpy(run->model.mean, run->from->mean, sizeof run->model.mean);
    memcpy(run->model.inv_std, run->from->inv_std, sizeof run->model.inv_std);
    run->model.epoch = run->from->epoch;
}

/* As a program does it, from fresh weights or from where it stopped. */
static inline int go(struct run *run, int resume, struct se_pool *pool)
{
    struct se_trainer *trainer;
    int status;

    run->stop = 0;
    run->n_steps = run->n_validating = run->n_epochs = 0;
    make_model(run);
    status =
        se_trainer_create(&trainer, &run->model, &run->config, pool, &report);
    if (status == SE_OK && resume)
        status = se_trainer_resume(trainer, &report);
    if (status == SE_OK)
        status = se_trainer_run(trainer, &report);
    se_trainer_destroy(trainer);
    se_model_free(&run->model);
    return status;
}

static inline void train(struct run *run, int resume)
{
    expect_ok(go(run, resume, toy.pool));
}

/* All epochs without a stop, which others are compared with. */
static inline void train_whole(struct run *run)
{
    prepare(run, "whole", mel);
    train(run, 0);
}

static inline void read_epoch(char **bytes, size_t *size, const char *folder,
                              int epoch)
{
    char path[1024];

    expect_ok(se_model_epoch_path(path, sizeof path, folder, epoch, &report));
    expect_ok(se_read_file(bytes, size, path, 1 << 26, &report));
}

/* Checkpoints first..last of both folders have the same bytes. */
static inline void expect_same_epochs(const struct run *a, const struct run *b,
                                      int first, int last)
{
    for (int epoch = first; epoch <= last; epoch++) {
        char *one, *other;
        size_t n_one, n_other;

        read_epoch(&one, &n_one, a->folder, epoch);
        read_epoch(&other, &n_other, b->folder, epoch);
        expect_equal(n_one, n_other);
        expect_bytes(one, other, n_one);
        free(one);
        free(other);
    }
}

/* The folder has these checkpoints, the history as many lines, the state, and
 * nothing else. */
static inline void expect_epochs_in_folder(const struct run *run, int n)
{
    DIR *stream = opendir(run->folder);
    struct dirent *item;
    int n_files = 0;

    expect(stream);
    while ((item = readdir(stream)))
        n_files += item->d_name[0] != '.';
    closedir(stream);
    expect_equal(n_files, n ? n + 2 : 0);
    expect_equal(se_model_last_epoch(run->folder), n);
    if (n > 0) {
        char path[400], *text, *line;
        size_t size;
        int n_lines = 0;

        snprintf(path, sizeof path, "%s/history.jsonl", run->folder);
        expect_ok(se_read_file(&text, &size, path, 1 << 20, &report));
        for (line = text; *line; line = strchr(line, '\n') + 1) {
            char start[32];

            snprintf(start, sizeof start, "{\"epoch\":%d,", ++n_lines);
            expect_equal(strncmp(line, start, strlen(start)), 0);
        }
        expect_equal(n_lines, n);
        free(text);
    }
}

#endif
