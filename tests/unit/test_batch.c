/* test_batch.c - gradient steps: reproducible, the same on any number of
 * threads, and only of what is there. */
#include "check.h"
#include "nn/net.h"
#include "toy.h"
#include "train/batch.h"

#include <malloc.h>

enum { ROWS = 5, MANY = 37, STEPS = 10, FRAMES = 40, N_SEQUENCES = 12 };

static struct toy toy;

BEFORE_ALL()
{
    toy_open(&toy, 1);
}

AFTER_ALL()
{
    toy_close(&toy);
}

/* Everything that steps need, with `workers` threads. */
struct run {
    struct se_model model;
    struct se_loss loss;
    struct se_sequences set;
    struct se_pool *pool;
    struct se_batch *batch;
    struct se_adam adam;
};

static const char small[] = "input_neurons 8\n"
                            "layer_type conv1d\nnum_filters 6\nkernel_size 3\n"
                            "activation tanh\n"
                            "layer_type lstm\nlayer_neurons 5\n"
                            "layer_type fc\nlayer_neurons 257\n"
                            "activation sigmoid\n";
static const char with_drop_out[] =
    "input_neurons 8\ndropprob 0.2\n"
    "layer_type conv1d\nnum_filters 6\nkernel_size 3\n"
    "activation tanh\ndropprob 0.3\n"
    "layer_type lstm\nlayer_neurons 5\ndropprob 0.3\n"
    "layer_type fc\nlayer_neurons 257\n"
    "activation sigmoid\n";

static void open_run(struct run *run, const char *arch_text, const char *loss,
                     int rows, int workers)
{
    struct se_arch arch;
    struct se_batch_config config;
    size_t n;

    *run = (struct run){0};
    expect_ok(se_arch_parse(&arch, arch_text, "test", &report));
    expect_ok(se_model_create(&run->model, &arch, SE_FEAT_MEL, &report));
    expect_ok(se_net_initialise(run->model.parameters, &arch, 3, &report));
    expect_ok(se_loss_parse(&run->loss, loss, &report));
    expect_ok(se_sequences_from_mixer(&run->set, &toy.mixer, 5, N_SEQUENCES,
                                      STEPS, &report));
    expect_ok(se_pool_create(&run->pool, workers, &report));
    config = (struct se_batch_config){.model = &run->model,
                                      .loss = &run->loss,
                                      .sequences = &run->set,
                                      .rows = rows,
                                      .frames = STEPS,
                                      .seed = 11};
    expect(se_batch_bytes(&config, workers) > 0);
    expect_ok(se_batch_create(&run->batch, &config, run->pool, &report));
    n = (size_t)run->model.n_parameters;
    run->adam = (struct se_adam){.beta1 = 0.9f,
                                 .beta2 = 0.999f,
                                 .epsilon = 1e-7f,
                                 .m = calloc(n, sizeof(float)),
                                 .v = calloc(n, sizeof(float))};
    expect(run->adam.m && run->adam.v);
}

static void close_run(struct run *run)
{
    se_batch_destroy(run->batch);
    se_pool_destroy(run->pool);
    se_model_free(&run->model);
    free(run->adam.m);
    free(run->adam.v);
}

static void start(struct run *run, int rows, int64_t first)
{
    int64_t numbers[MANY];

    for (int i = 0; i < rows; i++)
        numbers[i] = first < 0 ? -1 : first + i;
    expect_ok(se_batch_start(run->batch, numbers, &report));
}

static int train_at(struct run *run, struct se_batch_result *result,
                    float learning_rate, float clip_norm, uint64_t number)
{
    const struct se_batch_step step = {
        .parameters = run->model.parameters,
        .adam = &run->adam,
        .learning_rate = learning_rate,
        .clip_norm = clip_norm,
        .number = number,
    };

    return se_batch_train(run->batch, result, &step, &report);
}

static int train_step(struct run *run, struct se_batch_result *result,
                      uint64_t number)
{
    return train_at(run, result, 0.01f, 1, number);
}

/* Two sequences a row, from start to end; the last block's mean loss. */
static double train_some(struct run *run, int rows)
{
    struct se_batch_result result = {0};
    uint64_t number = 0;

    for (int64_t first = 0; first < 2 * rows; first += rows) {
        start(run, rows, first);
        for (int i = 0; i < FRAMES / STEPS; i++) {
            expect_ok(train_step(run, &result, number++));
            expect(result.n_frames == rows * STEPS);
            expect(result.gradient_norm > 0);
        }
    }
    return result.loss_sum / result.n_frames;
}

TEST(same_seed_same_bytes)
{
    for (int workers = 1; workers <= 3; workers++) {
        struct run a, b;

        open_run(&a, with_drop_out, "blend+0.1*sdr", ROWS, workers);
        open_run(&b, with_drop_out, "blend+0.1*sdr", ROWS, workers);
        train_some(&a, ROWS);
        train_some(&b, ROWS);
        expect_bytes(a.model.parameters, b.model.parameters,
                     (size_t)a.model.n_parameters * sizeof(float));
        close_run(&a);
        close_run(&b);
    }
}

TEST(threads_agree)
{
    struct run one, more;
    double loss;

    open_run(&one, small, "mse", ROWS, 1);
    loss = train_some(&one, ROWS);
    for (int workers = 2; workers <= 7; workers++) { /* more than rows, too */
        open_run(&more, small, "mse", ROWS, workers);
        expect_near(train_some(&more, ROWS) / loss, 1, 1e-4);
        close_run(&more);
    }
    close_run(&one);
}

/* More rows than go through the net at a time: their states stay apart. */
TEST(many_rows)
{
    struct run one, more;
    double loss;

    open_run(&one, small, "mse", MANY, 1); /* 13, 12 and 12 at a time */
    loss = train_some(&one, MANY);
    for (int workers = 2; workers <= 3; workers++) {
        open_run(&more, small, "mse", MANY, workers);
        expect_near(train_some(&more, MANY) / loss, 1, 1e-4);
        close_run(&more);
    }
    close_run(&one);
}

/* The loss of many is the sum of the losses of each alone. */
TEST(rows_do_not_mix)
{
    struct run many, alone;
    double sum = 0;

    open_run(&many, small, "blend", MANY, 1);
    open_run(&alone, small, "blend", 1, 1);
    start(&many, MANY, 0);
    for (int t = 0; t < FRAMES; t += STEPS) {
        struct se_batch_result result;

        expect_ok(se_batch_evaluate(many.batch, many.model.parameters, &result,
                                    &report));
        sum += result.loss_sum;
    }
    for (int i = 0; i < MANY; i++) {
        start(&alone, 1, i);
        for (int t = 0; t < FRAMES; t += STEPS) {
            struct se_batch_result result;

            expect_ok(se_batch_evaluate(alone.batch, alone.model.parameters,
                                        &result, &report));
            sum -= result.loss_sum;
        }
    }
    expect(fabs(sum) < 1e-3);
    close_run(&many);
    close_run(&alone);
}

TEST(drop_out_is_drawn_anew)
{
    struct run run;
    struct se_batch_result a, b;

    open_run(&run, with_drop_out, "mse", ROWS, 1);
    start(&run, ROWS, 0);
    expect_ok(train_at(&run, &a, 0, 1, 0));
    start(&run, ROWS, 0);
    expect_ok(train_at(&run, &b, 0, 1, 1));
    expect(a.loss_sum != b.loss_sum);
    start(&run, ROWS, 0);
    expect_ok(train_at(&run, &b, 0, 1, 0));
    expect(a.loss_sum == b.loss_sum);
    close_run(&run);
}

/* A batch of five of which two are there is as good as a batch of two. */
TEST(rows_left_out)
{
    static const char *const losses[] = {"mse", "blend",           "cmse+asym",
                                         "sdr", "rimae+coherence", "tsisdr"};
    const int64_t some[ROWS] = {-1, 8, -1, -1, 9}, both[2] = {8, 9};

    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        struct run five, two;
        double five_db, two_db, noisy_db;

        open_run(&five, small, losses[i], ROWS, 2);
        open_run(&two, small, losses[i], 2, 1);
        expect_ok(se_batch_start(five.batch, some, &report));
        expect_ok(se_batch_start(two.batch, both, &report));
        for (int t = 0; t < FRAMES; t += STEPS) {
            struct se_batch_result a, b;

            expect_ok(se_batch_evaluate(five.batch, five.model.parameters, &a,
                                        &report));
            expect_ok(se_batch_evaluate(two.batch, two.model.parameters, &b,
                                        &report));
            expect(a.n_frames == 2 * STEPS && b.n_frames == 2 * STEPS);
            expect_near(a.loss_sum, b.loss_sum, 1e-5 * fabs(b.loss_sum));
        }
        expect_equal(se_batch_si_sdr(five.batch, &five_db, &noisy_db), 2);
        expect_equal(se_batch_si_sdr(two.batch, &two_db, &noisy_db), 2);
        expect_near(five_db, two_db, 1e-3);
        close_run(&five);
        close_run(&two);
    }
}

TEST(all_rows_left_out)
{
    struct run run;
    struct se_batch_result result;
    double enhanced, noisy;

    open_run(&run, small, "blend", 3, 2);
    start(&run, 3, -1);
    expect_ok(
        se_batch_evaluate(run.batch, run.model.parameters, &result, &report));
    expect(result.loss_sum == 0 && result.n_frames == 0);
    expect_equal(se_batch_si_sdr(run.batch, &enhanced, &noisy), 0);
    expect(enhanced == 0 && noisy == 0);
    close_run(&run);
}

/* SI-SDR as its formula says, over the spectra of the whole sequence. */
TEST(si_sdr)
{
    enum { SAMPLES = FRAMES * SE_HOP };
    static float noisy[SAMPLES], clean[SAMPLES];
    struct run run;
    struct se_stft *stft[2];
    double s2 = 0, x2 = 0, xs = 0, enhanced_db, noisy_db, want;

    open_run(&run, small, "mse", 1, 1);
    start(&run, 1, 6);
    for (int t = 0; t < FRAMES; t += STEPS) {
        struct se_batch_result result;

        expect_ok(se_batch_evaluate(run.batch, run.model.parameters, &result,
                                    &report));
    }
    expect_equal(se_batch_si_sdr(run.batch, &enhanced_db, &noisy_db), 1);
    toy_mix(&toy, noisy, clean, 6);
    for (int i = 0; i < 2; i++)
        expect_ok(se_stft_create(&stft[i], &report));
    for (int t = 0; t < FRAMES; t++) {
        se_bin x[SE_BINS], s[SE_BINS];

        se_stft_analyse(stft[0], x, noisy + t * SE_HOP);
        se_stft_analyse(stft[1], s, clean + t * SE_HOP);
        for (int k = 0; k < SE_BINS; k++)
            for (int part = 0; part < 2; part++) {
                s2 += (double)s[k][part] * (double)s[k][part];
                x2 += (double)x[k][part] * (double)x[k][part];
                xs += (double)x[k][part] * (double)s[k][part];
            }
    }
    for (int i = 0; i < 2; i++)
        se_stft_destroy(stft[i]);
    want = 10 * log10(xs * xs / s2 / (x2 - xs * xs / s2));
    expect_near(noisy_db, want, 1e-3);
    expect(isfinite(enhanced_db) && enhanced_db != noisy_db);
    close_run(&run);
}

/* Statistics are those of the frames played, whatever rows are left out. */
TEST(statistics)
{
    const int64_t numbers[ROWS] = {4, -1, 2, 7, -1};
    double sum[8] = {0};
    float mean[SE_MAX_FEATURES], inv_std[SE_MAX_FEATURES];
    struct se_feature_stats stats = {0};
    struct se_feature *feature;
    struct se_feed *feed;
    struct se_block block;
    struct run run;
    float *space;

    open_run(&run, small, "mse", ROWS, 2);
    expect_ok(se_batch_start(run.batch, numbers, &report));
    for (int t = 0; t < FRAMES; t += STEPS)
        expect_ok(se_batch_statistics(run.batch, &stats, &report));
    expect(stats.n_frames == 3 * FRAMES);
    se_feature_stats_finish(&stats, mean, inv_std, 8);

    space = malloc((size_t)se_feed_scratch(&run.set) * sizeof *space);
    expect(space);
    expect_ok(se_feature_create(&feature, SE_FEAT_MEL, 8, &report));
    expect_ok(se_feed_create(&feed, &run.set, feature, &report));
    expect_ok(se_block_create(&block, FRAMES, 1, 8, &report));
    for (int i = 0; i < ROWS; i++) {
        if (numbers[i] < 0)
            continue;
        expect_ok(se_feed_start(feed, numbers[i], space, &report));
        expect_ok(se_feed_block(feed, &block, 0, NULL, NULL, &report));
        for (int j = 0; j < FRAMES * 8; j++)
            sum[j % 8] += (double)block.features[j];
    }
    for (int i = 0; i < 8; i++)
        expect_near(mean[i], (float)(sum[i] / (3 * FRAMES)), 1e-5f);
    se_block_free(&block);
    se_feed_destroy(feed);
    se_feature_destroy(feature);
    free(space);
    close_run(&run);
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

/* The norm told is the gradient's; the step is that of the gradient scaled to
 * the limit, and never leaves the limits of the weights. */
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

/* What a batch is said to take and what it takes grow by the same with what it
 * is asked for. */
TEST(bytes)
{
    enum { EVEN = 36 }; /* rows: all passes of all workers alike */
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
    static const struct {
        const char *arch, *loss;
        int workers, cosine_basis;
        int (*fake_quantise)(float *quantised, const struct se_model *model,
                             const float *parameters, struct se_report *report);
    } cases[] = {
        {wide, "mse", 1, 0, NULL},    {wide, "mse", 2, 0, NULL},
        {wide, "rimae", 1, 0, NULL},  {wide, "tsisdr", 2, 0, NULL},
        {wide, "mse", 1, 1, NULL},    {wide, "mse", 1, 0, copy},
        {filters, "mse", 2, 0, NULL},
    };
    double stated[2], taken[2];

    mallopt(M_MMAP_MAX, 0); /* which would count whole pages */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;
        struct se_batch_config config;
        struct se_batch *batch;
        double before;

        open_run(&run, cases[i].arch, cases[i].loss, EVEN, cases[i].workers);
        config = (struct se_batch_config){
            .model = &run.model,
            .loss = &run.loss,
            .sequences = &run.set,
            .rows = EVEN,
            .frames = STEPS,
            .cosine_basis = cases[i].cosine_basis,
            .fake_quantise = cases[i].fake_quantise,
        };
        before = allocated();
        expect_ok(se_batch_create(&batch, &config, run.pool, &report));
        taken[i > 0] = allocated() - before;
        stated[i > 0] = (double)se_batch_bytes(&config, cases[i].workers);
        if (i > 0 && fabs(stated[1] - stated[0] - taken[1] + taken[0]) >
                         0.03 * (taken[1] - taken[0]))
            fail_test("case %zu: said to take %.0f bytes more, takes %.0f", i,
                      stated[1] - stated[0], taken[1] - taken[0]);
        se_batch_destroy(batch);
        close_run(&run);
    }
}
#endif
