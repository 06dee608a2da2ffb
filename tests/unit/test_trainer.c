/* test_trainer.c - whole runs on tiny data: they learn, they go on exactly
 * where they were stopped, and what goes wrong leaves the last good epoch. */
#include "check.h"
#include "model/safetensors.h"
#include "nn/basis.h"
#include "nn/net.h"
#include "toy.h"
#include "train/trainer.h"

#include <dirent.h>
#include <unistd.h>

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

static void on_round(void *context, const struct se_train_round *round)
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

static void on_epoch(void *context, const struct se_train_epoch *epoch)
{
    struct run *run = context;

    run->epoch[run->n_epochs++] = *epoch;
    if (epoch->epoch == run->spoil)
        run->model.parameters[7] = NAN;
}

/* Mixtures, in a folder of their own. */
static void prepare(struct run *run, const char *folder, const char *arch_text)
{
    memset(run, 0, sizeof *run);
    snprintf(run->folder, sizeof run->folder, "%s", in_scratch(folder));
    expect_ok(se_make_folder(run->folder, &report));
    run->arch_text = arch_text;
    expect_ok(se_sequences_from_mixer(&run->train, &toy.mixer, 1, N_TRAIN,
                                      STEPS, &report));
    expect_ok(se_sequences_from_mixer(&run->valid, &toy.mixer, 2, N_VALID,
                                      STEPS, &report));
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

static void make_model(struct run *run)
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
static int go(struct run *run, int resume, struct se_pool *pool)
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

static void train(struct run *run, int resume)
{
    expect_ok(go(run, resume, toy.pool));
}

/* All epochs without a stop, which others are compared with. */
static void train_whole(struct run *run)
{
    prepare(run, "whole", mel);
    train(run, 0);
}

static void read_epoch(char **bytes, size_t *size, const char *folder,
                       int epoch)
{
    char path[1024];

    expect_ok(se_model_epoch_path(path, sizeof path, folder, epoch, &report));
    expect_ok(se_read_file(bytes, size, path, 1 << 26, &report));
}

/* Checkpoints first..last of both folders have the same bytes. */
static void expect_same_epochs(const struct run *a, const struct run *b,
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
static void expect_epochs_in_folder(const struct run *run, int n)
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

/* ---- exactness ----------------------------------------------------------- */

TEST(run)
{
    struct run run;

    train_whole(&run);
    expect_equal(run.n_epochs, EPOCHS);
    expect_equal(run.n_steps, EPOCHS * ROUNDS);
    expect_equal(run.n_validating, EPOCHS * 2); /* 6 in batches of 4 */
    for (int i = 0; i < EPOCHS; i++) {
        expect_equal(run.epoch[i].epoch, i + 1);
        expect(run.epoch[i].frames == N_TRAIN * 40);
        expect(run.epoch[i].seconds > 0);
    }
    /* 1 % of the rate at the end of a cosine */
    expect(fabs(run.epoch[EPOCHS - 1].learning_rate - 0.0002) < 1e-9);
    expect_epochs_in_folder(&run, EPOCHS);
}

TEST(exact_resume)
{
    struct run whole, run;
    /* after the first round, within an epoch, at its end, in the last one */
    const int stops[] = {1, 6, 8, 15};

    train_whole(&whole);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        char name[16];

        snprintf(name, sizeof name, "stopped%zu", i);
        prepare(&run, name, mel);
        run.stop_after = stops[i];
        expect_error(go(&run, 0, toy.pool), SE_ERR_STOPPED, "stopped in epoch");
        expect_equal(run.n_steps, stops[i]);
        run.stop_after = 0;
        train(&run, 1);
        expect_equal(run.n_steps, EPOCHS * ROUNDS - stops[i]);
        expect_same_epochs(&whole, &run, 1, EPOCHS);
        expect_epochs_in_folder(&run, EPOCHS);
    }
}

/* Stopped before the first round, and then after every third. */
TEST(stopped_again_and_again)
{
    struct run whole, run;
    int status, n = 0;

    train_whole(&whole);
    prepare(&run, "again", mel);
    run.stop = 1;
    run.config.stop = &(const volatile sig_atomic_t){1};
    expect_error(go(&run, 0, toy.pool), SE_ERR_STOPPED,
                 "stopped in epoch 1, saved");
    run.config.stop = &run.stop;
    run.stop_after = 3;
    do {
        status = go(&run, 1, toy.pool);
        n++;
    } while (status == SE_ERR_STOPPED);
    expect_equal(status, SE_OK);
    expect_equal(n, 6); /* 16 rounds, and one stop at the very end */
    expect_same_epochs(&whole, &run, 1, EPOCHS);
    expect_epochs_in_folder(&run, EPOCHS);
}

/* A run that starts from the weights of an epoch, stopped in its first round:
 * the statistics stay those of the checkpoint. */
TEST(resume_of_loaded_weights)
{
    struct run source, whole, run;
    struct se_model model;
    char path[1024];

    train_whole(&source);
    expect_ok(
        se_model_epoch_path(path, sizeof path, source.folder, 2, &report));
    expect_ok(se_model_read(&model, path, &report));
    model.mean[3] += 0.5f; /* as if from other data */
    prepare(&whole, "loaded", mel);
    whole.from = &model;
    train(&whole, 0);
    expect_equal(whole.n_epochs, 2);
    expect_equal(whole.epoch[0].epoch, 3);

    prepare(&run, "loaded-stopped", mel);
    run.from = &model;
    run.config.stop = &(const volatile sig_atomic_t){1};
    expect_error(go(&run, 0, toy.pool), SE_ERR_STOPPED, "in epoch 3");
    run.from = NULL;
    run.config.stop = &run.stop;
    train(&run, 1);
    expect_same_epochs(&whole, &run, 3, 4);
    se_model_free(&model);
}

/* An array of the run's state, which is to be freed. */
static float *state_array(const struct run *run, const char *name, int64_t *n)
{
    struct se_safetensors *file;
    const float *data;
    char path[400];
    float *copy;

    snprintf(path, sizeof path, "%s/state.safetensors", run->folder);
    expect_ok(se_safetensors_read(&file, path, &report));
    *n = run->model.n_parameters;
    expect_ok(se_safetensors_get(file, &data, name, n, 1, &report));
    copy = malloc((size_t)*n * sizeof *copy);
    expect(copy);
    memcpy(copy, data, (size_t)*n * sizeof *copy);
    se_safetensors_free(file);
    return copy;
}

/* Of runs of one step, of two ... the weights are known, and so their mean. */
TEST(average)
{
    enum { N = 6 };
    const double decay = 0.3;
    double *mean = NULL;
    int64_t n;

    for (int t = 0; t <= N; t++) {
        double kept = fmin(decay, t / (9.0 + t));
        float *weights, *average;
        struct run run;

        prepare(&run, "averaged", mel);
        run.config.timesteps = 40; /* one step a round */
        expect_ok(se_sequences_from_mixer(&run.train, &toy.mixer, 1, N_TRAIN,
                                          40, &report));
        run.config.average_decay = decay;
        run.stop_after = t;
        run.config.stop = t ? &run.stop : &(const volatile sig_atomic_t){1};
        expect_status(go(&run, 0, toy.pool), SE_ERR_STOPPED);
        make_model(&run);
        weights = state_array(&run, "parameters", &n);
        average = state_array(&run, "average", &n);
        if (!mean) {
            mean = calloc((size_t)n, sizeof *mean);
            expect(mean);
            kept = 0;
        }
        for (int64_t i = 0; i < n; i++) {
            mean[i] = kept * mean[i] + (1 - kept) * (double)weights[i];
            expect(fabs(mean[i] - (double)average[i]) < 1e-6);
        }
        free(weights);
        free(average);
        se_model_free(&run.model);
    }
    free(mean);
}

/* The mean is what is judged and written; a stop does not change it. */
TEST(average_is_written)
{
    struct run plain, whole, run;
    char *text[2];
    size_t size[2];

    train_whole(&plain);
    prepare(&whole, "mean", mel);
    whole.config.average_decay = 0.9;
    train(&whole, 0);
    read_epoch(&text[0], &size[0], plain.folder, EPOCHS);
    read_epoch(&text[1], &size[1], whole.folder, EPOCHS);
    expect_equal(size[0], size[1]);
    expect(memcmp(text[0], text[1], size[0]) != 0);
    free(text[0]);
    free(text[1]);

    prepare(&run, "mean-stopped", mel);
    run.config.average_decay = 0.9;
    run.stop_after = 6;
    expect_status(go(&run, 0, toy.pool), SE_ERR_STOPPED);
    run.stop_after = 0;
    train(&run, 1);
    expect_same_epochs(&whole, &run, 1, EPOCHS);
    for (int i = 0; i < run.n_epochs; i++)
        expect(run.epoch[i].valid_loss ==
               whole.epoch[EPOCHS - run.n_epochs + i].valid_loss);
    run.config.average_decay = 0;
    expect_error(go(&run, 1, toy.pool), SE_ERR_ARG,
                 "was trained with average '0.9', this run asks for 'none'");
}

TEST(resume_of_a_finished_run)
{
    struct run run;

    train_whole(&run);
    train(&run, 1);
    expect_equal(run.n_steps, 0);
    expect_equal(run.n_epochs, 0);
    expect_epochs_in_folder(&run, EPOCHS);
}

TEST(threads)
{
    struct run two, one;
    struct se_pool *pool;

    expect_ok(se_pool_create(&pool, 1, &report));
    prepare(&two, "two", pspec);
    prepare(&one, "one", pspec);
    two.config.schedule.n_epochs = one.config.schedule.n_epochs = 2;
    train(&two, 0);
    expect_ok(go(&one, 0, pool));
    for (int i = 0; i < 2; i++) {
        expect(fabs(two.epoch[i].train_loss / one.epoch[i].train_loss - 1) <
               1e-4);
        expect(fabs(two.epoch[i].valid_loss / one.epoch[i].valid_loss - 1) <
               1e-4);
    }
    se_pool_destroy(pool);
}

/* A new run in a folder of an old one leaves nothing of the later epochs. */
TEST(later_epochs_go)
{
    struct run run;

    prepare(&run, "later", mel);
    train(&run, 0);
    expect_epochs_in_folder(&run, EPOCHS);
    run.config.schedule.n_epochs = 2;
    train(&run, 0);
    expect_epochs_in_folder(&run, 2);
}

/* ---- learning ------------------------------------------------------------ */

static void expect_learnt(const struct run *run, double share)
{
    const struct se_train_epoch *first = &run->epoch[0];
    const struct se_train_epoch *last = &run->epoch[run->n_epochs - 1];

    if (!(last->train_loss < share * first->train_loss &&
          last->valid_loss < share * first->valid_loss))
        fail_test("train %g to %g, valid %g to %g", first->train_loss,
                  last->train_loss, first->valid_loss, last->valid_loss);
}

TEST(learns_from_mixtures)
{
    const char *const texts[] = {mel, pspec};

    for (int i = 0; i < 2; i++) {
        struct run run;

        prepare(&run, i ? "learn-pspec" : "learn-mel", texts[i]);
        run.config.loss_text = "blend";
        run.config.schedule.n_epochs = 6;
        run.config.schedule.learning_rate = 0.05;
        train(&run, 0);
        expect_learnt(&run, 0.8);
        expect(run.epoch[5].valid_si_sdr_db > run.epoch[5].noisy_si_sdr_db + 1);
        expect_range(run.epoch[5].valid_pesq_wb_aligned, 1, 4.65);
        expect(run.epoch[5].is_best);
    }
}

/* Files of mixtures: records for training, pairs or records for validation. */
struct files {
    struct se_list records, noisy, clean;
};

static void make_files(struct files *files)
{
    enum { SAMPLES = 40 * SE_HOP };
    static float noisy[SAMPLES], clean[SAMPLES];

    expect_ok(se_make_folder(in_scratch("files"), &report));
    expect_ok(se_make_folder(in_scratch("files/clean"), &report));
    toy_list(&files->records, "files/%d.tfrecord", N_TRAIN);
    toy_list(&files->noisy, "files/%d.wav", 7);
    toy_list(&files->clean, "files/clean/%d.wav", 7);
    for (int i = 0; i < N_TRAIN; i++) {
        toy_mix(&toy, noisy, clean, i);
        toy_write_record(files->records.paths[i], noisy, clean, 40);
    }
    for (int i = 0; i < 7; i++) {
        toy_mix(&toy, noisy, clean, 100 + i);
        toy_write_sound(files->noisy.paths[i], noisy, 1000 + 700 * i,
                        SE_RATE_HZ);
        toy_write_sound(files->clean.paths[i], clean, 1000 + 700 * i,
                        SE_RATE_HZ);
    }
}

static void free_files(struct files *files)
{
    se_list_free(&files->records);
    se_list_free(&files->noisy);
    se_list_free(&files->clean);
}

static void use_records(struct run *run, const struct files *files)
{
    expect_ok(se_sequences_from_records(&run->train, &files->records, STEPS,
                                        &report));
    expect_ok(se_sequences_from_records(&run->valid, &files->records, STEPS,
                                        &report));
    run->config.loss_text = "mse";
}

static void use_pairs(struct run *run, const struct files *files)
{
    expect_ok(se_sequences_from_pairs(&run->valid, &files->noisy, &files->clean,
                                      STEPS, &report));
}

TEST(learns_from_records)
{
    struct files files;
    struct run run, stopped;

    make_files(&files);
    prepare(&run, "records", mel);
    use_records(&run, &files);
    run.config.schedule.learning_rate = 0.05;
    train(&run, 0);
    expect_learnt(&run, 0.8);
    expect(run.epoch[0].valid_si_sdr_db == 0);
    expect(isnan(run.epoch[0].valid_pesq_wb_aligned));

    /* Their order is drawn for each epoch, and found again. */
    prepare(&stopped, "records-stopped", mel);
    use_records(&stopped, &files);
    stopped.config.schedule.learning_rate = 0.05;
    stopped.stop_after = 6;
    expect_status(go(&stopped, 0, toy.pool), SE_ERR_STOPPED);
    stopped.stop_after = 0;
    train(&stopped, 1);
    expect_same_epochs(&run, &stopped, 1, EPOCHS);
    free_files(&files);
}

/* ---- validation ---------------------------------------------------------- */

/* Pairs of many lengths: their scores are theirs, whatever stands beside. */
TEST(validation_ignores_the_batch)
{
    static const char *const losses[] = {"mse", "blend", "cmse+asym",
                                         "sdr:span=5"};
    struct files files;

    make_files(&files);
    for (int i = 0; i < 4; i++) {
        struct se_train_epoch first = {0};

        for (int rows = 1; rows <= 8; rows++) {
            struct run run;
            struct se_model start;

            prepare(&run, "batches", mel);
            use_pairs(&run, &files);
            run.config.loss_text = losses[i];
            run.config.batch_size = rows;
            run.config.schedule =
                (struct se_schedule){SE_SCHEDULE_CONSTANT, 0, 0, 2};
            run.config.on_round = NULL;
            /* The same weights and statistics for all. */
            make_model(&run);
            start = run.model;
            start.epoch = 1;
            for (int k = 0; k < 8; k++)
                start.mean[k] = -1.0f + 0.1f * (float)k;
            run.from = &start;
            train(&run, 0);
            se_model_free(&start);
            if (rows == 1)
                first = run.epoch[0];
            expect(first.valid_loss != 0 &&
                   fabs(run.epoch[0].valid_loss / first.valid_loss - 1) < 1e-5);
            expect(fabs(run.epoch[0].valid_si_sdr_db - first.valid_si_sdr_db) <
                   1e-3);
        }
    }
    free_files(&files);
}

/* A file that cannot be read costs no training: repaired, the run goes on. */
TEST(broken_validation_file)
{
    struct files files;
    struct run whole, run;
    char hidden[300];

    make_files(&files);
    snprintf(hidden, sizeof hidden, "%s", in_scratch("hidden.wav"));
    prepare(&whole, "pairs", mel);
    use_pairs(&whole, &files);
    whole.config.schedule.n_epochs = 2;
    train(&whole, 0);
    prepare(&run, "pairs-broken", mel);
    use_pairs(&run, &files);
    run.config.schedule.n_epochs = 2;
    expect_equal(rename(files.clean.paths[5], hidden), 0);
    expect_error(go(&run, 0, toy.pool), SE_ERR_IO, "clean/5.wav: cannot open");
    expect_equal(se_model_last_epoch(run.folder), 0);
    expect_equal(rename(hidden, files.clean.paths[5]), 0);
    train(&run, 1);
    expect_equal(run.n_steps, ROUNDS);
    expect_same_epochs(&whole, &run, 1, 2);
    free_files(&files);
}

/* A rate of 0 never gets better: the first epoch stays the best. */
TEST(patience)
{
    struct run run;

    prepare(&run, "patience", mel);
    run.config.schedule = (struct se_schedule){SE_SCHEDULE_CONSTANT, 0, 0, 8};
    run.config.patience = 2;
    train(&run, 0);
    expect_equal(run.n_epochs, 3);
    expect(run.epoch[0].is_best && !run.epoch[1].is_best);
    train(&run, 1);
    expect_equal(run.n_epochs, 0);
    run.config.patience = 4;
    train(&run, 1);
    expect_equal(run.n_epochs, 2);
    run.config.patience = 0;
    train(&run, 1);
    expect_equal(run.n_epochs, 3);
    expect_epochs_in_folder(&run, 8);
}

/* ---- what goes wrong ----------------------------------------------------- */

TEST(not_a_number)
{
    struct run whole, run;

    train_whole(&whole);
    prepare(&run, "spoilt", mel);
    run.spoil = 2;
    expect_error(go(&run, 0, toy.pool), SE_ERR_NUMERIC,
                 "epoch 3, round 1: the loss or its gradient is not a number; "
                 "epoch 2 is the last good one: try a lower --learning_rate");
    expect_epochs_in_folder(&run, 2);
    run.spoil = 0;
    train(&run, 1);
    expect_same_epochs(&whole, &run, 1, EPOCHS);
}

TEST(not_a_number_at_once)
{
    struct run run;
    struct se_model model;
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, mel, "test", &report));
    expect_ok(se_model_create(&model, &arch, SE_FEAT_MEL, &report));
    model.parameters[0] = NAN;
    prepare(&run, "nan", mel);
    run.from = &model;
    expect_error(go(&run, 0, toy.pool), SE_ERR_NUMERIC,
                 "epoch 1, round 1: the loss or its gradient is not a number; "
                 "no epoch is done yet: try a lower --learning_rate");
    expect_epochs_in_folder(&run, 0);
    se_model_free(&model);
}

static void refuse_resume(const struct run *prepared, const char *part)
{
    struct run run = *prepared;

    run.config.context = &run;
    run.config.stop = &run.stop;
    run.config.train = &run.train;
    run.config.valid = &run.valid;
    run.config.folder = run.folder;
    expect_error(go(&run, 1, toy.pool), SE_ERR_ARG, part);
    expect_epochs_in_folder(&run, EPOCHS);
}

TEST(state_of_another_run)
{
    struct run run, other;

    train_whole(&run);
    other = run;
    other.config.loss_text = "mse";
    refuse_resume(&other, "/state.safetensors: was trained with loss "
                          "'blend+0.05*sdr', this run asks for 'mse'");
    other = run;
    other.config.seed = 8;
    refuse_resume(&other, "with seed '7', this run asks for '8'");
    other = run;
    other.config.batch_size = 8;
    refuse_resume(&other, "with batchsize '4', this run asks for '8'");
    other = run;
    other.config.timesteps = 20;
    refuse_resume(&other, "with timesteps '10', this run asks for '20'");
    other = run;
    other.train.count = 17;
    refuse_resume(&other, "with sequences '16 of 40 frames', this run asks for "
                          "'17 of 40 frames'");
    other = run;
    other.arch_text = pspec;
    refuse_resume(&other, "/state.safetensors: input_neurons is 8, expected "
                          "257");
    other.arch_text = "input_neurons 8\nlayer_type conv1d\nnum_filters 6\n"
                      "kernel_size 3\nactivation tanh\n"
                      "layer_type lstm\nlayer_neurons 4\n"
                      "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n";
    refuse_resume(&other, "layer 2 is lstm 5 tanh, expected lstm 4 tanh");
}

TEST(state_on_other_threads)
{
    struct run run;
    struct se_pool *pool;

    expect_ok(se_pool_create(&pool, 1, &report));
    train_whole(&run);
    expect_error(go(&run, 1, pool), SE_ERR_ARG,
                 "with threads '2', this run asks for '1'");
    se_pool_destroy(pool);
}

TEST(damaged_state)
{
    struct run run;
    char path[400], *bytes, *numbers;
    size_t size;

    prepare(&run, "damaged", mel);
    expect_error(go(&run, 1, toy.pool), SE_ERR_IO,
                 "state.safetensors: cannot open");
    run.config.schedule.n_epochs = 1;
    train(&run, 0);
    snprintf(path, sizeof path, "%s/state.safetensors", run.folder);
    expect_ok(se_read_file(&bytes, &size, path, 1 << 26, &report));
    write_bytes(path, bytes, size - 1);
    expect_error(go(&run, 1, toy.pool), SE_ERR_FORMAT, "state.safetensors: ");
    numbers = memmem(bytes, size, "\"state\":\"0x", 11);
    expect(numbers);
    numbers[9] = 'x';
    write_bytes(path, bytes, size);
    expect_error(go(&run, 1, toy.pool), SE_ERR_FORMAT,
                 "its state holds 0 numbers, expected 11");
    free(bytes);
}

static void refuse(struct run *run, int expected, const char *part)
{
    expect_error(go(run, 0, toy.pool), expected, part);
    expect_epochs_in_folder(run, 0);
}

TEST(impossible_runs)
{
    struct files files;
    struct run run;

    prepare(&run, "impossible", mel);
    run.config.loss_text = "msee";
    refuse(&run, SE_ERR_ARG, "loss 'msee' is not known; known are mse, magmse");
    prepare(&run, "impossible", mel);
    run.config.batch_size = N_TRAIN + 1;
    refuse(&run, SE_ERR_ARG,
           "16 training sequences are less than a batch of 17");
    prepare(&run, "impossible",
            "input_neurons 8\nlayer_type fc\nlayer_neurons 256\n"
            "activation sigmoid\n");
    refuse(&run, SE_ERR_ARG, "256");
    prepare(&run, "impossible",
            "input_neurons 8\nlayer_type conv1d\nnum_filters 257\n"
            "kernel_size 3\nstrides 3\nactivation sigmoid\n");
    refuse(&run, SE_ERR_ARG,
           "blocks of 10 frames: expected a multiple of the "
           "net's stride, 3");
    make_files(&files);
    prepare(&run, "impossible", mel);
    use_records(&run, &files);
    run.config.loss_text = "mse+0.1*cmse";
    refuse(&run, SE_ERR_ARG, "loss 'mse+0.1*cmse' needs phases");
    free_files(&files);
}

TEST(folder_that_is_not_there)
{
    struct run run;

    prepare(&run, "gone", mel);
    expect_equal(rmdir(run.folder), 0);
    expect_error(go(&run, 0, toy.pool), SE_ERR_IO,
                 "gone/epoch_0001.safetensors: cannot write");
    expect_equal(access(run.folder, F_OK), -1);
}

/* Bytes of what trains such a net, with or without a cosine basis. */
static int64_t estimated_bytes(struct run *run, int cosine_basis)
{
    struct se_trainer *trainer;
    struct se_train_estimate estimate;

    make_model(run);
    run->config.cosine_basis = cosine_basis;
    expect_ok(se_trainer_create(&trainer, &run->model, &run->config, toy.pool,
                                &report));
    expect_ok(se_trainer_estimate(trainer, &estimate, &report));
    expect(estimate.frames_per_second > 0);
    se_trainer_destroy(trainer);
    se_model_free(&run->model);
    return estimate.bytes;
}

/* The estimate is of the batch that trains: with all that its config asks for.
 */
TEST(estimate)
{
    struct run run;
    int64_t bytes, more;

    prepare(&run, "estimate", mel);
    bytes = estimated_bytes(&run, 0);
    /* three spectra, a mask and its slope of 4 x 10 frames at the least */
    expect(bytes > 40 * 5 * 257 * 4);
    expect(bytes < 20 << 20);
    more = estimated_bytes(&run, 1) - bytes;
    expect(more >= se_basis_floats(&run.model.arch) * (int64_t)sizeof(float));
    expect_epochs_in_folder(&run, 0);
}
