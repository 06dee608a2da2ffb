/* test_trainer.c - whole runs on tiny data: they learn, and what goes wrong
 * leaves the last good epoch. */
#include "nn/basis.h"
#include "training_run.h"

#include <unistd.h>

/* ---- runs ---------------------------------------------------------------- */

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
    expect_near(run.epoch[EPOCHS - 1].learning_rate, 0.0002, 1e-9);
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
        expect_near(two.epoch[i].train_loss / one.epoch[i].train_loss, 1, 1e-4);
        expect_near(two.epoch[i].valid_loss / one.epoch[i].valid_loss, 1, 1e-4);
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
    expect(isnan(run.epoch[0].valid_si_sdr_db));
    expect(isnan(run.epoch[0].noisy_si_sdr_db));
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
            expect_near(run.epoch[0].valid_si_sdr_db, first.valid_si_sdr_db,
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

static void refuse(struct run *run, int expected, const char *part)
{
    expect_error(go(run, 0, toy.pool), expected, part);
    expect_epochs_in_folder(run, 0);
}

TEST(impossible_runs)
{
    struct se_teacher teacher = {.model.file = "big"};
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
    prepare(&run, "impossible", mel);
    run.config.teacher = &teacher;
    expect_ok(se_arch_parse(&teacher.model.arch,
                            "input_neurons 8\nlayer_type conv1d\n"
                            "num_filters 257\nkernel_size 3\nstrides 3\n"
                            "activation sigmoid\n",
                            "test", &report));
    refuse(&run, SE_ERR_ARG,
           "big: teaches every 3 frames, expected --timesteps that are a "
           "multiple");
    expect_ok(se_arch_parse(&teacher.model.arch,
                            "input_neurons 8\nlen_lookahead 2\n"
                            "layer_type fc\nlayer_neurons 257\n"
                            "activation sigmoid\n",
                            "test", &report));
    use_records(&run, &files);
    refuse(&run, SE_ERR_ARG,
           "big: looks 2 frames ahead, expected 0 as the net that it teaches "
           "from TFRecords of powers");
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
