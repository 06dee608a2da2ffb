/* test_batch_limits.c - masks outside 0..1, steps that are too long, what is no
 * number, files that fail, and memory. */
#include "batch_run.h"

#include <malloc.h>

BEFORE_ALL()
{
    toy_open(&toy, 1);
}

AFTER_ALL()
{
    toy_close(&toy);
}

/* ---- masks outside 0..1 -------------------------------------------------- */

#define UNBOUNDED(last)                                                        \
    "input_neurons 8\n"                                                        \
    "layer_type conv1d\nnum_filters 6\nkernel_size 3\nactivation tanh\n"       \
    "layer_type lstm\nlayer_neurons 5\n" last

static const char *const unbounded[] = {
    UNBOUNDED("layer_type fc\nlayer_neurons 257\nactivation tanh\n"),
    UNBOUNDED("layer_type fc\nlayer_neurons 257\nactivation linear\n"),
    UNBOUNDED("layer_type fc\nlayer_neurons 257\nactivation relu6\n"),
    UNBOUNDED("layer_type fc\nlayer_neurons 257\nactivation sigmoid\n"
              "scalar_output 3\n"),
    UNBOUNDED("layer_type lstm\nlayer_neurons 257\n"),
};
enum { N_UNBOUNDED = sizeof unbounded / sizeof *unbounded };

/* Every loss gives steps that are numbers. (They may ask for nothing: masks
 * that are 1 everywhere satisfy asym and xent.) */
TEST(outside_trains)
{
    const char *name;

    for (int i = 0; i < N_UNBOUNDED; i++)
        for (int l = 0; (name = se_loss_name(l)); l++) {
            struct se_batch_result result;
            struct run run;

            open_run(&run, unbounded[i], name, ROWS, 2);
            start(&run, ROWS, 0);
            for (int step = 0; step < FRAMES / STEPS; step++) {
                expect_ok(train_step(&run, &result, (uint64_t)step));
                expect(isfinite(result.loss_sum));
            }
            close_run(&run);
        }
}

/* The linear net's biases: its masks are about as large. */
static void set_bias(struct run *run, float bias)
{
    float *last = run->model.parameters + run->model.n_parameters - SE_BINS;

    for (int k = 0; k < SE_BINS; k++)
        last[k] = bias;
}

/* Far above 1 counts as 1, which leaves things as they are, far below 0 as 0;
 * and training finds the way back from both. */
TEST(outside_is_limited)
{
    const float far = 7;
    struct se_batch_result result, silent;
    double enhanced, noisy;

    for (int sign = -1; sign <= 1; sign += 2) {
        struct run run;
        double mean = 0;

        open_run(&run, unbounded[1], "mse", ROWS, 2);
        set_bias(&run, far * (float)sign);
        start(&run, ROWS, 0);
        expect_ok(se_batch_evaluate(run.batch, run.model.parameters, &result,
                                    &report));
        expect_equal(se_batch_si_sdr(run.batch, &enhanced, &noisy), ROWS);
        expect(enhanced == (sign > 0 ? noisy : 0)); /* 0: nothing left */
        set_bias(&run, far * (float)sign / 2);      /* as good as that */
        start(&run, ROWS, 0);
        expect_ok(se_batch_evaluate(run.batch, run.model.parameters, &silent,
                                    &report));
        expect(result.loss_sum == silent.loss_sum);

        start(&run, ROWS, 0);
        expect_ok(train_step(&run, &result, 0));
        expect(result.gradient_norm > 0);
        for (int k = 0; k < SE_BINS; k++)
            mean +=
                (double)
                    run.model.parameters[run.model.n_parameters - SE_BINS + k] /
                SE_BINS;
        expect(fabs(mean) < (double)far / 2 - 0.002);
        close_run(&run);
    }
}

/* The norm that is returned is the gradient's; the step is that of the gradient
 * scaled to the limit, and never leaves the limits of the weights. */
TEST(clipping)
{
    struct run free_run, clipped, wild;
    struct se_batch_result result, same;
    float ratio = 0;

    open_run(&free_run, small, "mse", ROWS, 1);
    open_run(&clipped, small, "mse", ROWS, 1);
    start(&free_run, ROWS, 0);
    start(&clipped, ROWS, 0);
    train_at(&free_run, &result, 0.01f, 1e9f, 0);
    train_at(&clipped, &same, 0.01f, (float)result.gradient_norm / 8, 0);
    expect(result.gradient_norm == same.gradient_norm);
    for (int64_t i = 0; i < clipped.model.n_parameters; i++)
        if (fabsf(free_run.adam.m[i]) > 1e-5f) {
            ratio = clipped.adam.m[i] / free_run.adam.m[i];
            expect_near(ratio, 0.125f, 1e-5f);
        }
    expect(ratio > 0);

    open_run(&wild, small, "mse", ROWS, 2);
    for (int step = 0; step < 4; step++) {
        start(&wild, ROWS, 0);
        expect_ok(train_at(&wild, &result, 1e6f, 1, (uint64_t)step));
    }
    for (int64_t i = 0; i < wild.model.n_parameters; i++)
        expect(fabsf(wild.model.parameters[i]) <= 8);
    close_run(&free_run);
    close_run(&clipped);
    close_run(&wild);
}

TEST(not_a_number)
{
    struct run run;
    struct se_batch_result result;
    float *before;
    size_t n_bytes;

    open_run(&run, small, "mse", ROWS, 2);
    n_bytes = (size_t)run.model.n_parameters * sizeof *before;
    run.model.parameters[100] = NAN;
    before = malloc(n_bytes);
    expect(before);
    memcpy(before, run.model.parameters, n_bytes);
    start(&run, ROWS, 0);
    expect_status(train_step(&run, &result, 0), SE_ERR_NUMERIC);
    expect_contains(report.text, "not a number");
    expect_bytes(before, run.model.parameters, n_bytes);
    expect_equal(run.adam.step, 0);
    free(before);
    close_run(&run);
}

/* One file that fails fails the block, whatever worker met it. */
TEST(bad_file)
{
    float x[1600];
    struct se_list list;
    struct run run;
    struct se_sequences set;
    struct se_batch_result result;
    struct se_batch_config config;
    struct se_batch *batch;
    const int64_t numbers[4] = {0, 1, 2, 3};
    struct se_batch_step step = {.learning_rate = 0.01f, .clip_norm = 1};

    toy_noise(x, 1600, 0);
    toy_list(&list, "bad%d.tfrecord", 4);
    for (int i = 0; i < 4; i++)
        toy_write_record(list.paths[i], x, x, i == 2 ? 9 : 10);
    open_run(&run, small, "mse", 4, 2);
    expect_ok(se_sequences_from_records(&set, &list, STEPS, &report));
    config = (struct se_batch_config){.model = &run.model,
                                      .loss = &run.loss,
                                      .sequences = &set,
                                      .rows = 4,
                                      .frames = STEPS,
                                      .seed = 1};
    expect_ok(se_batch_create(&batch, &config, run.pool, &report));
    expect_ok(se_batch_start(batch, numbers, &report));
    step.parameters = run.model.parameters;
    step.adam = &run.adam;
    expect_error(se_batch_train(batch, &result, &step, &report), SE_ERR_FORMAT,
                 "bad2.tfrecord: holds less than 10");
    expect(result.loss_sum == 0);
    se_batch_destroy(batch);
    close_run(&run);
    se_list_free(&list);
}

#ifndef __SANITIZE_ADDRESS__
static double allocated(void)
{
    return (double)mallinfo2().uordblks;
}

static int copy(float *rounded, const struct se_model *model,
                const float *parameters, struct se_report *why)
{
    (void)why;
    memcpy(rounded, parameters, (size_t)model->n_parameters * sizeof(float));
    return SE_OK;
}

static const char wide[] = "input_neurons 72\n"
                           "layer_type conv1d\nnum_filters 80\n"
                           "kernel_size 6\nactivation tanh\n"
                           "layer_type fc\nlayer_neurons 257\n"
                           "activation sigmoid\n";
static const char filters[] = "input_neurons 72\n"
                              "layer_type conv1d\nnum_filters 80\n"
                              "kernel_size 6\nactivation tanh\n"
                              "layer_type fc\nlayer_neurons 771\n"
                              "activation linear\n"
                              "len_filter 3\nlen_lookahead 1\n";
static const char ahead[] = "input_neurons 72\n"
                            "layer_type fc\nlayer_neurons 257\n"
                            "activation sigmoid\nlen_lookahead 15\n";

static const struct demand {
    const char *arch, *loss;
    int workers, cosine_basis;
    int (*fake_quantise)(float *quantised, const struct se_model *model,
                         const float *parameters, struct se_report *report);
} demands[] = {
    {wide, "mse", 1, 0, NULL},    {wide, "mse", 2, 0, NULL},
    {wide, "rimae", 1, 0, NULL},  {wide, "tsisdr", 2, 0, NULL},
    {wide, "mse", 1, 1, NULL},    {wide, "mse", 1, 0, copy},
    {filters, "mse", 2, 0, NULL}, {ahead, "mse", 2, 0, NULL},
};

/* Bytes that a batch is said to take, and those that it takes. */
static void measure(double *stated, double *taken, const struct demand *demand)
{
    enum { EVEN = 36 }; /* rows: all passes of all workers alike */
    struct run run;
    struct se_batch_config config;
    struct se_batch *batch;
    double before;

    open_run(&run, demand->arch, demand->loss, EVEN, demand->workers);
    config = (struct se_batch_config){
        .model = &run.model,
        .loss = &run.loss,
        .sequences = &run.set,
        .rows = EVEN,
        .frames = STEPS,
        .cosine_basis = demand->cosine_basis,
        .fake_quantise = demand->fake_quantise,
    };
    before = allocated();
    expect_ok(se_batch_create(&batch, &config, run.pool, &report));
    *taken = allocated() - before;
    *stated = (double)se_batch_bytes(&config, demand->workers);
    se_batch_destroy(batch);
    close_run(&run);
}

/* Both grow by the same with what is asked for. */
TEST(bytes)
{
    double stated, taken, first_stated, first_taken;

    mallopt(M_MMAP_MAX, 0); /* which would count whole pages */
    measure(&first_stated, &first_taken, &demands[0]);
    for (size_t i = 1; i < sizeof demands / sizeof *demands; i++) {
        double more;

        measure(&stated, &taken, &demands[i]);
        stated -= first_stated;
        more = taken - first_taken;
        if (fabs(stated - more) > 0.03 * more)
            fail_test("case %zu: said to take %.0f bytes more, takes %.0f", i,
                      stated, more);
    }
}
#endif
