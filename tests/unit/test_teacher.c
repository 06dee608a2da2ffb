/* test_teacher.c - a net that learns from another one: what that one sees and
 * estimates, and what becomes of the target. */
#include "batch_run.h"
#include "enhance/enhancer.h"
#include "nets.h"

#include <math.h>

static const char of_bands[] = "input_neurons 12\ndropprob 0.3\n"
                               "layer_type conv1d\nnum_filters 6\n"
                               "kernel_size 3\nactivation tanh\n"
                               "layer_type lstm\nlayer_neurons 5\n"
                               "layer_type fc\nlayer_neurons 257\n"
                               "activation sigmoid\n";
static const char of_bins[] = "input_neurons 257\n"
                              "layer_type lstm\nlayer_neurons 7\n"
                              "layer_type fc\nlayer_neurons 257\n"
                              "activation sigmoid\n";
static const char of_linear_bins[] = "input_neurons 257\n"
                                     "layer_type fc\nlayer_neurons 257\n"
                                     "activation linear\n";
static const char that_look_ahead[] = "input_neurons 12\nlen_lookahead 2\n"
                                      "layer_type lstm\nlayer_neurons 5\n"
                                      "layer_type fc\nlayer_neurons 257\n"
                                      "activation sigmoid\n";

BEFORE_ALL()
{
    toy_open(&toy, 1);
}

AFTER_ALL()
{
    toy_close(&toy);
}

/* A checkpoint with statistics of its own, read back. */
static void open_teacher(struct se_teacher *teacher, const char *arch_text,
                         float share)
{
    const char *path = in_scratch("teacher.safetensors");
    struct se_model model;
    struct se_arch arch;

    expect_ok(se_arch_parse(&arch, arch_text, "test", &report));
    expect_ok(se_model_create(
        &model, &arch, arch.n_in == SE_BINS ? SE_FEAT_PSPEC : SE_FEAT_MEL,
        &report));
    expect_ok(se_net_initialise(model.parameters, &arch, 17, &report));
    for (int i = 0; i < arch.n_in; i++) {
        model.mean[i] = -2 + 0.01f * (float)i;
        model.inv_std[i] = 1.5f;
    }
    model.epoch = 1;
    expect_ok(se_model_write(path, &model, "test", &report));
    se_model_free(&model);
    expect_ok(se_teacher_open(teacher, path, share, &report));
}

/* Its batch made again, with a teacher. */
static void teach_run(struct run *run, const struct se_teacher *teacher,
                      enum se_precision precision)
{
    struct se_batch_config config = batch_of(run, ROWS);

    config.teacher = teacher;
    config.precision = precision;
    se_batch_destroy(run->batch);
    expect_ok(se_batch_create(&run->batch, &config, run->pool, &report));
}

/* ---- what is learned ----------------------------------------------------- */

/* Whoever is its own teacher, and learns nothing else, is at its goal. */
TEST(nothing_to_learn_from_oneself)
{
    const enum se_precision precisions[] = {SE_FLOAT32, SE_BFLOAT16};

    for (int i = 0; i < 2; i++) {
        struct se_batch_result result;
        struct se_teacher teacher;
        struct run run;

        open_run(&run, of_bands, "magmse+mse", ROWS, 2);
        open_teacher(&teacher, of_bands, 1);
        memcpy(run.model.parameters, teacher.model.parameters,
               (size_t)run.model.n_parameters * sizeof(float));
        memcpy(run.model.mean, teacher.model.mean, sizeof run.model.mean);
        memcpy(run.model.inv_std, teacher.model.inv_std,
               sizeof run.model.inv_std);
        run.model.arch.input_dropout_rate = 0;
        teach_run(&run, &teacher, precisions[i]);
        start(&run, ROWS, 0);
        for (int t = 0; t < FRAMES; t += STEPS) {
            expect_ok(train_step(&run, &result, 0));
            expect_equal(result.n_frames, ROWS * STEPS);
            expect_equal(result.loss_sum, 0);
            expect_equal(result.gradient_norm, 0);
        }
        se_teacher_close(&teacher);
        close_run(&run);
    }
}

/* A share of 0 changes nothing, and more changes something. */
TEST(share)
{
    const float shares[] = {0, 0.3f};
    struct se_teacher teacher;
    struct run plain, taught;

    open_run(&plain, with_drop_out, "blend+0.1*sdr", ROWS, 2);
    train_some(&plain, ROWS);
    for (int i = 0; i < 2; i++) {
        open_run(&taught, with_drop_out, "blend+0.1*sdr", ROWS, 2);
        open_teacher(&teacher, of_bins, shares[i]);
        teach_run(&taught, &teacher, SE_FLOAT32);
        train_some(&taught, ROWS);
        expect_equal(memcmp(plain.model.parameters, taught.model.parameters,
                            (size_t)plain.model.n_parameters * sizeof(float)) !=
                         0,
                     i);
        se_teacher_close(&teacher);
        close_run(&taught);
    }
    close_run(&plain);
}

/* Validation is against the clean speech. */
TEST(evaluation_knows_no_teacher)
{
    struct se_batch_result plain, taught;
    struct se_teacher teacher;
    struct run run;

    open_run(&run, small, "mse", ROWS, 1);
    start(&run, ROWS, 0);
    expect_ok(
        se_batch_evaluate(run.batch, run.model.parameters, &plain, &report));
    open_teacher(&teacher, of_bins, 1);
    teach_run(&run, &teacher, SE_FLOAT32);
    start(&run, ROWS, 0);
    expect_ok(
        se_batch_evaluate(run.batch, run.model.parameters, &taught, &report));
    expect_equal(taught.loss_sum, plain.loss_sum);
    se_teacher_close(&teacher);
    close_run(&run);
}

/* ---- targets ------------------------------------------------------------- */

enum { N_FRAMES = 3, N_ROWS = 2, N = N_FRAMES * N_ROWS * SE_BINS };

/* Random spectra, and what losses take from them. */
static void fill(struct se_block *block, float *mask)
{
    struct se_rng rng;

    se_rng_seed(&rng, 4, 0);
    expect_ok(se_block_create(block, N_FRAMES, N_ROWS, 8, &report));
    expect_ok(se_block_add_spectra(block, &report));
    for (int i = 0; i < N; i++) {
        float *x = block->noisy_spectrum[i], *s = block->clean_spectrum[i];

        for (int part = 0; part < 2; part++) {
            x[part] = (float)se_rng_normal(&rng);
            s[part] = (float)se_rng_normal(&rng);
        }
        block->noisy[i] = hypotf(x[0], x[1]);
        block->clean[i] = hypotf(s[0], s[1]);
        block->cross[i] = x[0] * s[0] + x[1] * s[1];
        mask[i] = (float)se_rng_uniform(&rng, -0.1, 1.1);
    }
}

TEST(targets)
{
    static float mask[N];
    const struct se_teacher teacher = {.share = 0.25f};
    struct se_block before, after;

    fill(&before, mask);
    fill(&after, mask);
    se_teacher_blend(&teacher, &after, mask);
    expect_bytes(after.noisy, before.noisy, sizeof mask);
    for (int i = 0; i < N; i++) {
        const float g = fminf(fmaxf(mask[i], 0), 1), A = before.noisy[i];

        expect_near(after.clean[i], 0.75f * before.clean[i] + 0.25f * g * A,
                    1e-5);
        expect_near(after.cross[i], 0.75f * before.cross[i] + 0.25f * g * A * A,
                    1e-5);
        for (int part = 0; part < 2; part++)
            expect_near(after.clean_spectrum[i][part],
                        0.75f * before.clean_spectrum[i][part] +
                            0.25f * g * before.noisy_spectrum[i][part],
                        1e-5);
    }
    se_block_free(&before);
    se_block_free(&after);
}

static void derive(float *d, const char *text, const float *mask,
                   const struct se_block *block)
{
    const struct se_loss_target target = {
        .frames = N_FRAMES,
        .rows = N_ROWS,
        .bins = SE_BINS,
        .noisy = block->noisy,
        .clean = block->clean,
        .cross = block->cross,
        .noisy_spectrum = (const float *)block->noisy_spectrum,
        .clean_spectrum = (const float *)block->clean_spectrum,
    };
    struct se_loss loss;

    expect_ok(se_loss_parse(&loss, text, &report));
    se_loss_eval(&loss, d, mask, &target, 1);
}

/* Of such losses the gradient is the weighted sum of those against the clean
 * speech and against what the teacher makes of the noisy one. */
TEST(gradients_add_up)
{
    static const char *const losses[] = {"magmse", "cmse", "kl"};
    static float taught[N], pupil[N], d[3][N];

    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        for (int j = 0; j < 3; j++) {
            const struct se_teacher teacher = {.share = 0.4f * (float)j / 2};
            const struct se_teacher alone = {.share = 1};
            struct se_block block;

            fill(&block, taught);
            for (int k = 0; k < N; k++)
                pupil[k] = 0.3f + 0.4f * fabsf(taught[(k + 77) % N]);
            se_teacher_blend(j == 2 ? &alone : &teacher, &block, taught);
            derive(d[j], losses[i], pupil, &block);
            se_block_free(&block);
        }
        for (int k = 0; k < N; k++)
            expect_near(d[1][k], 0.8f * d[0][k] + 0.2f * d[2][k],
                        1e-5f + 1e-4f * fabsf(d[1][k]));
    }
}

/* ---- what the teacher sees and gives ------------------------------------- */

/* A feed of a net of 8 bands, with a teacher. */
struct lesson {
    struct run run; /* for its sequences */
    struct se_feature *feature;
    struct se_feed *feed;
    struct se_block block;
    float *space;
};

static void open_lesson(struct lesson *lesson, const struct se_teacher *teacher,
                        int lookahead)
{
    struct run *run = &lesson->run;
    struct se_arch pupil;

    open_run(run, small, "mse", 1, 1);
    pupil = run->model.arch;
    pupil.len_lookahead = lookahead;
    lesson->space = toy_feed_space(&run->set);
    expect_ok(se_feature_create(&lesson->feature, SE_FEAT_MEL, 8, &report));
    expect_ok(
        se_feed_create(&lesson->feed, &run->set, lesson->feature, &report));
    expect_ok(
        se_feed_filter(lesson->feed, &(struct se_taps){1, lookahead}, &report));
    expect_ok(se_feed_teach(lesson->feed, teacher, &pupil, &report));
    expect_ok(se_block_create(&lesson->block, STEPS, 1, 8, &report));
    expect_ok(se_block_add_teacher(&lesson->block, teacher->model.arch.n_in,
                                   &report));
    expect_ok(se_feed_start(lesson->feed, 3, lesson->space, &report));
}

static void close_lesson(struct lesson *lesson)
{
    se_block_free(&lesson->block);
    se_feed_destroy(lesson->feed);
    se_feature_destroy(lesson->feature);
    free(lesson->space);
    close_run(&lesson->run);
}

/* Against the engine that enhances files, which goes as many frames behind as
 * the teacher does, with silence before. */
static void compare_masks(const char *arch_text, int lookahead)
{
    static float noisy[FRAMES * SE_HOP], clean[FRAMES * SE_HOP];
    static const float silence[SE_HOP];
    const struct se_enhancer_config config = {.channels = 1,
                                              .attenuation_limit_db = INFINITY};
    struct se_enhancer *enhancer;
    struct se_teacher teacher;
    struct lesson lesson;
    struct se_net *net;

    toy_mix(&toy, noisy, clean, 3);
    open_teacher(&teacher, arch_text, 1);
    open_lesson(&lesson, &teacher, lookahead);
    expect_ok(se_net_create(&net, &teacher.model.arch, 1, STEPS, &report));
    se_net_reset(net, teacher.silence);
    expect_ok(se_enhancer_create(&enhancer, &teacher.model, &config, &report));

    const int wait = lookahead - teacher.model.arch.len_lookahead;

    for (int frame = 0; frame < FRAMES; frame++) {
        const struct se_block *block = &lesson.block;
        const float *mask = se_enhancer_mask(enhancer, 0);
        const int64_t at = (int64_t)(frame % STEPS) * SE_BINS;
        const int hop = wait > 0 ? frame - wait : frame;
        float out[SE_HOP];

        if (frame % STEPS == 0) {
            expect_ok(
                se_feed_block(lesson.feed, &lesson.block, 0, NULL, &report));
            se_teacher_blend(&teacher, &lesson.block,
                             se_net_forward(net, teacher.model.parameters,
                                            block->teacher_features, NULL));
        }
        se_enhancer_step(enhancer, out,
                         hop < 0 ? silence : noisy + hop * SE_HOP);
        for (int k = 0; k < SE_BINS; k++) {
            float A = block->noisy[at + k];

            expect_near(block->clean[at + k], mask[k] * A, 1e-5f * A);
        }
    }
    se_enhancer_destroy(enhancer);
    se_net_destroy(net);
    close_lesson(&lesson);
    se_teacher_close(&teacher);
}

TEST(masks_are_those_in_use)
{
    compare_masks(of_bands, 0);
    compare_masks(of_bins, 0);
    compare_masks(of_linear_bins, 0);
}

/* Whoever looks further ahead, masks of the same frame meet. */
TEST(masks_of_nets_that_look_ahead)
{
    for (int lookahead = 0; lookahead <= 3; lookahead++)
        compare_masks(that_look_ahead, lookahead);
}

/* For a teacher that looks further, a sequence begins with silence. */
TEST(silence_in_front)
{
    struct se_teacher teacher;
    struct lesson lesson;

    open_teacher(&teacher, that_look_ahead, 1);
    open_lesson(&lesson, &teacher, 0);
    expect_ok(se_feed_block(lesson.feed, &lesson.block, 0, NULL, &report));
    for (int t = 0; t < STEPS; t++) {
        double sum = 0;

        for (int k = 0; k < SE_BINS; k++)
            sum += (double)lesson.block.noisy[t * SE_BINS + k];
        expect_equal(sum > 0, t >= 2);
    }
    expect_equal(se_feed_real_frames(lesson.feed), FRAMES + 2);
    close_lesson(&lesson);
    se_teacher_close(&teacher);
}

/* Statistics are of sound alone, not of the silence in front. */
TEST(statistics_without_silence)
{
    struct se_feature_stats stats = {0};
    struct se_teacher teacher;
    struct run run;

    open_run(&run, small, "mse", ROWS, 2);
    open_teacher(&teacher, that_look_ahead, 1);
    teach_run(&run, &teacher, SE_FLOAT32);
    start(&run, ROWS, 0);
    for (int t = 0; t < FRAMES; t += STEPS)
        expect_ok(se_batch_statistics(run.batch, &stats, &report));
    expect_equal(stats.n_frames, ROWS * (FRAMES - 2));
    se_teacher_close(&teacher);
    close_run(&run);
}

/* ---- what is no teacher -------------------------------------------------- */

TEST(filters_do_not_teach)
{
    static const char filters[] = "input_neurons 8\nlen_filter 2\n"
                                  "layer_type fc\nlayer_neurons 514\n"
                                  "activation linear\n";
    const char *path = in_scratch("filters.safetensors");
    struct se_teacher teacher;

    write_net(path, filters);
    expect_error(se_teacher_open(&teacher, path, 1, &report), SE_ERR_ARG,
                 "filters.safetensors: gives 514 values a frame for filters of "
                 "2 frames, expected a teacher that gives a mask of 257 bins");
    expect_error(se_teacher_open(&teacher, in_scratch("none"), 1, &report),
                 SE_ERR_IO, "none: ");
}
