/* test_resume.c - a run that was stopped goes on as if it had not been: the
 * same bytes, and no other run's. */
#include "model/safetensors.h"
#include "training_run.h"

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

/* In bfloat16 likewise, which is another training than that in float32. */
TEST(exact_resume_in_bfloat16)
{
    struct run plain, whole, run;
    char *text[2];
    size_t size[2];

    train_whole(&plain);
    prepare(&whole, "rounded", mel);
    whole.config.precision = SE_BFLOAT16;
    train(&whole, 0);
    read_epoch(&text[0], &size[0], plain.folder, EPOCHS);
    read_epoch(&text[1], &size[1], whole.folder, EPOCHS);
    expect_equal(size[0], size[1]);
    expect(memcmp(text[0], text[1], size[0]) != 0);
    expect_near(whole.epoch[EPOCHS - 1].valid_loss /
                    plain.epoch[EPOCHS - 1].valid_loss,
                1, 0.03);
    free(text[0]);
    free(text[1]);

    prepare(&run, "rounded-stopped", mel);
    run.config.precision = SE_BFLOAT16;
    run.stop_after = 6;
    expect_status(go(&run, 0, toy.pool), SE_ERR_STOPPED);
    run.stop_after = 0;
    run.config.precision = SE_FLOAT32;
    expect_error(go(&run, 1, toy.pool), SE_ERR_ARG,
                 "reduced_precision 'bfloat16', this run asks for 'none'");
    run.config.precision = SE_BFLOAT16;
    train(&run, 1);
    expect_same_epochs(&whole, &run, 1, EPOCHS);
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
    struct se_safetensor tensor = {name, 1, {run->model.n_parameters}, NULL};
    struct se_safetensors *file;
    char path[400];
    float *copy;

    snprintf(path, sizeof path, "%s/state.safetensors", run->folder);
    expect_ok(se_safetensors_read(&file, path, &report));
    *n = run->model.n_parameters;
    expect_ok(se_safetensors_get(file, &tensor, &report));
    copy = malloc((size_t)*n * sizeof *copy);
    expect(copy);
    memcpy(copy, tensor.data, (size_t)*n * sizeof *copy);
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
        expect_ok(se_sequences_from_mixer(
            &run.train, &(struct se_mixtures){&toy.mixer, 1, N_TRAIN}, 40,
            &report));
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
            expect_near(mean[i], (double)average[i], 1e-6);
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

/* A checkpoint of a net with weights of its own. */
static void make_teacher(struct se_teacher *teacher, uint64_t seed, float share)
{
    struct se_model model;
    struct se_arch arch;
    char name[32];

    snprintf(name, sizeof name, "teacher%d.safetensors", (int)seed);
    expect_ok(se_arch_parse(&arch, pspec, "test", &report));
    expect_ok(se_model_create(&model, &arch, SE_FEAT_PSPEC, &report));
    expect_ok(se_net_initialise(model.parameters, &arch, seed, &report));
    model.epoch = 1;
    expect_ok(se_model_write(in_scratch(name), &model, "test", &report));
    se_model_free(&model);
    expect_ok(se_teacher_open(teacher, in_scratch(name), share, &report));
}

/* A run with a teacher goes on to the same bytes, and with no other one. */
TEST(exact_resume_with_a_teacher)
{
    struct se_teacher teacher, other;
    struct run plain, whole, run;
    char *text, *bytes[2];
    size_t size[2], n;

    make_teacher(&teacher, 8, 0.25f);
    make_teacher(&other, 9, 0.25f);
    train_whole(&plain);
    prepare(&whole, "taught", mel);
    whole.config.teacher = &teacher;
    train(&whole, 0);
    read_epoch(&bytes[0], &size[0], plain.folder, EPOCHS);
    read_epoch(&bytes[1], &size[1], whole.folder, EPOCHS);
    expect_equal(size[0], size[1]);
    expect(memcmp(bytes[0], bytes[1], size[0]) != 0);
    free(bytes[0]);
    free(bytes[1]);
    expect_ok(se_read_file(&text, &n, in_scratch("taught/history.jsonl"),
                           1 << 20, &report));
    expect_contains(text, "/teacher8.safetensors\",\"teacher_share\":0.25}");
    free(text);

    prepare(&run, "taught-stopped", mel);
    run.config.teacher = &teacher;
    run.stop_after = 6;
    expect_status(go(&run, 0, toy.pool), SE_ERR_STOPPED);
    run.stop_after = 0;
    run.config.teacher = &other;
    expect_error(go(&run, 1, toy.pool), SE_ERR_ARG,
                 "was trained with teacher 'share 0.25, checksum ");
    teacher.share = 0.5f;
    run.config.teacher = &teacher;
    expect_error(go(&run, 1, toy.pool), SE_ERR_ARG, "asks for 'share 0.5, ");
    run.config.teacher = NULL;
    expect_error(go(&run, 1, toy.pool), SE_ERR_ARG, "asks for 'none'");
    teacher.share = 0.25f;
    run.config.teacher = &teacher;
    train(&run, 1);
    expect_same_epochs(&whole, &run, 1, EPOCHS);
    se_teacher_close(&teacher);
    se_teacher_close(&other);
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

/* ---- what is no state of this run ---------------------------------------- */

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

/* Of what a run has trained. */
static double kernel_norm(struct run *run)
{
    struct se_tensor tensors[SE_MAX_TENSORS];
    float *weights;
    double sum = 0;
    int64_t n;

    make_model(run);
    weights = state_array(run, "parameters", &n);
    for (int i = 0; i < se_arch_tensors(&run->model.arch, tensors); i++)
        for (int j = 0;
             !tensors[i].is_bias && j < tensors[i].rows * tensors[i].columns;
             j++)
            sum += pow((double)weights[tensors[i].offset + j], 2);
    free(weights);
    se_model_free(&run->model);
    return sqrt(sum);
}

/* Weights that decay stay smaller, in either basis; a run with another decay is
 * another run. */
TEST(weight_decay)
{
    for (int cosine_basis = 0; cosine_basis < 2; cosine_basis++) {
        double norms[2];

        for (int decays = 0; decays < 2; decays++) {
            struct run run;
            char folder[32];

            snprintf(folder, sizeof folder, "decay%d%d", cosine_basis, decays);
            prepare(&run, folder, mel);
            run.config.cosine_basis = cosine_basis;
            run.config.weight_decay = decays ? 1 : 0;
            train(&run, 0);
            norms[decays] = kernel_norm(&run);
            if (decays) {
                run.config.weight_decay = 0.5f;
                refuse_resume(&run, "with weight_decay '1', this run asks for "
                                    "'0.5'");
            }
        }
        expect_range(norms[1] / norms[0], 0.3, 0.95);
    }
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

/* Makes number i of a state's text, which is not 0, about three times that. */
static void multiply(char *numbers, int i)
{
    for (; i > 0; i--)
        numbers = strchr(numbers, ' ') + 1;
    numbers = strstr(numbers, "0x1");
    expect(numbers);
    numbers[2] = '3';
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
    multiply(numbers, 2);
    multiply(numbers, 10);
    write_bytes(path, bytes, size);
    expect_error(go(&run, 1, toy.pool), SE_ERR_FORMAT,
                 "by round 0 of epoch 2: damaged: expected ");
    numbers[9] = 'x';
    write_bytes(path, bytes, size);
    expect_error(go(&run, 1, toy.pool), SE_ERR_FORMAT,
                 "its state holds 0 numbers, expected 11");
    free(bytes);
}
