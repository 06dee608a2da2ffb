/* test_frame_history.c - training of nets that filter over frames or look
 * ahead: history, targets that wait, gradients, and the same gains as in use.
 */
#include "enhance/enhancer.h"
#include "feed_toy.h"
#include "nn/net.h"
#include "train/batch.h"

/* Row 1 of blocks of `steps` frames by 2 rows, frame after frame. */
struct played {
    float features[FRAMES][BANDS], gain;
    float noisy[FRAMES][SE_BINS], clean[FRAMES][SE_BINS];
    float cross[FRAMES][SE_BINS];
    se_bin noisy_spectrum[FRAMES][SE_BINS], clean_spectrum[FRAMES][SE_BINS];
    float seen[FRAMES][16][SE_BINS]; /* what the filter of a frame sees */
};

static void keep(struct played *p, const struct se_block *block, int step,
                 int to, int n_taps)
{
    int at = step * 2 + 1;
    size_t bytes = SE_BINS * sizeof(float);

    memcpy(p->features[to], block->features + at * BANDS,
           BANDS * sizeof(float));
    memcpy(p->noisy[to], block->noisy + at * SE_BINS, bytes);
    memcpy(p->clean[to], block->clean + at * SE_BINS, bytes);
    memcpy(p->cross[to], block->cross + at * SE_BINS, bytes);
    memcpy(p->noisy_spectrum[to], block->noisy_spectrum + at * SE_BINS,
           2 * bytes);
    memcpy(p->clean_spectrum[to], block->clean_spectrum + at * SE_BINS,
           2 * bytes);
    for (int i = 0; i < n_taps && block->amplitudes; i++)
        memcpy(p->seen[to][i], block->amplitudes + (at + 2 * i) * SE_BINS,
               bytes);
}

/* Plays sequence 7 with the feed of another sequence before it. */
static void play(struct played *p, const struct se_sequences *set,
                 const struct se_taps *taps, int steps)
{
    struct se_feed *feed;
    struct se_block block;
    float *space = toy_feed_space(set);

    memset(p, 0, sizeof *p);
    expect_ok(se_block_create(&block, steps, 2, BANDS, &report));
    expect_ok(se_block_add_spectra(&block, &report));
    expect_ok(se_feed_create(&feed, set, feature, &report));
    if (taps && taps->n > 1)
        expect_ok(se_block_add_amplitudes(&block, taps->n, &report));
    if (taps)
        expect_ok(se_feed_filter(feed, taps, &report));
    expect_ok(se_feed_start(feed, 3, space, &report));
    expect_ok(se_feed_block(feed, &block, 1, NULL, &report));
    expect_ok(se_feed_start(feed, 7, space, &report));
    for (int t = 0; t < FRAMES; t++) {
        if (t % steps == 0)
            expect_ok(se_feed_block(feed, &block, 1, NULL, &report));
        keep(p, &block, t % steps, t, taps ? taps->n : 0);
    }
    se_feed_destroy(feed);
    se_block_free(&block);
    free(space);
}

/* `waited` is what `plain` was `late` frames before, zeros at first. */
static void check_late(const void *waited, const void *plain, int late,
                       size_t frame_bytes)
{
    const char *now = waited, *then = plain;

    for (size_t i = 0; i < (size_t)late * frame_bytes; i++)
        expect_equal(now[i], 0);
    expect_bytes(now + (size_t)late * frame_bytes, then,
                 (size_t)(FRAMES - late) * frame_bytes);
}

static void check_seen(const struct played *p, const struct played *plain,
                       int n_taps)
{
    /* the factor between the two, from a loud bin */
    float scale = plain->noisy[20][30] / p->seen[20][n_taps - 1][30];

    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < n_taps; i++)
            for (int k = 0; k < SE_BINS; k++) {
                int frame = t - n_taps + 1 + i;
                float wanted = frame < 0 ? 0 : plain->noisy[frame][k] / scale;

                expect_near(p->seen[t][i][k], wanted, 1e-5f * wanted);
            }
}

/* The same whatever the size of the blocks. */
TEST(blocks)
{
    const struct se_taps shapes[] = {{2, 0},  {3, 1}, {4, 3},
                                     {15, 9}, {1, 1}, {1, 12}};
    const int steps[] = {1, 2, 8, 40, 2, 8};
    static struct played plain, filtered;
    struct se_sequences set;

    expect_ok(se_sequences_from_mixer(
        &set, &(struct se_mixtures){&toy.mixer, 5, 100}, 8, &report));
    expect_equal(set.n_frames, FRAMES);
    play(&plain, &set, NULL, 8);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        int late = shapes[i].lookahead;

        play(&filtered, &set, &shapes[i], steps[i]);
        check_late(filtered.features, plain.features, 0,
                   sizeof *plain.features);
        check_late(filtered.noisy, plain.noisy, late, sizeof *plain.noisy);
        check_late(filtered.clean, plain.clean, late, sizeof *plain.clean);
        check_late(filtered.cross, plain.cross, late, sizeof *plain.cross);
        check_late(filtered.noisy_spectrum, plain.noisy_spectrum, late,
                   sizeof *plain.noisy_spectrum);
        check_late(filtered.clean_spectrum, plain.clean_spectrum, late,
                   sizeof *plain.clean_spectrum);
        if (shapes[i].n > 1)
            check_seen(&filtered, &plain, shapes[i].n);
    }
}

/* ---- batches ------------------------------------------------------------- */

enum { STEPS = 8, ROWS = 3 };

/* A net with small taps, and a batch that plays it. */
struct run {
    struct se_model model;
    struct se_loss loss;
    struct se_sequences set;
    struct se_batch *batch;
};

static const struct se_taps filter = {3, 1}, plain_mask = {1, 2};

static void open_run(struct run *run, const struct se_taps *taps,
                     const char *scalar_output)
{
    char text[256];
    struct se_arch arch;
    struct se_batch_config config = {.model = &run->model,
                                     .loss = &run->loss,
                                     .sequences = &run->set,
                                     .rows = ROWS,
                                     .frames = STEPS};

    snprintf(text, sizeof text,
             "input_neurons 8\nlayer_type lstm\nlayer_neurons 6\n"
             "layer_type fc\nlayer_neurons %d\nactivation sigmoid\n"
             "scalar_output %s\nlen_filter %d\nlen_lookahead %d\n",
             taps->n * SE_BINS, scalar_output, taps->n, taps->lookahead);
    expect_ok(se_arch_parse(&arch, text, "test", &report));
    expect_ok(se_model_create(&run->model, &arch, SE_FEAT_MEL, &report));
    expect_ok(se_net_initialise(run->model.parameters, &arch, 3, &report));
    expect_ok(se_loss_parse(&run->loss, "mse", &report));
    expect_ok(se_sequences_from_mixer(
        &run->set, &(struct se_mixtures){&toy.mixer, 5, 100}, STEPS, &report));
    expect_ok(se_batch_create(&run->batch, &config, toy.pool, &report));
}

static void close_run(struct run *run)
{
    se_batch_destroy(run->batch);
    se_model_free(&run->model);
}

/* Mean loss of the second block, the first one played with the model's own
 * parameters. */
static double loss_at(struct run *run, const float *parameters)
{
    const int64_t numbers[ROWS] = {4, 7, 9};
    struct se_batch_result result;

    expect_ok(se_batch_start(run->batch, numbers, &report));
    expect_ok(
        se_batch_evaluate(run->batch, run->model.parameters, &result, &report));
    expect_ok(se_batch_evaluate(run->batch, parameters, &result, &report));
    return result.loss_sum / (ROWS * STEPS);
}

/* The loss falls along the gradient as fast as the gradient says. */
static void check_gradient(const struct se_taps *taps)
{
    const int64_t numbers[ROWS] = {4, 7, 9};
    struct se_adam adam = {.beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-7f};
    struct se_batch_result result;
    struct run run;
    double norm2 = 0, up, down, step;
    float *moved;
    int64_t n;

    open_run(&run, taps, "0.01"); /* gains stay off their limits */
    n = run.model.n_parameters;
    adam.m = calloc((size_t)n, sizeof(float));
    adam.v = calloc((size_t)n, sizeof(float));
    moved = malloc((size_t)n * sizeof *moved);
    expect(adam.m && adam.v && moved);
    expect_ok(se_batch_start(run.batch, numbers, &report));
    expect_ok(
        se_batch_evaluate(run.batch, run.model.parameters, &result, &report));
    expect_ok(se_batch_train(
        run.batch, &result,
        &(struct se_batch_step){.parameters = run.model.parameters,
                                .adam = &adam,
                                .clip_norm = 1e9f},
        &report));
    for (int64_t i = 0; i < n; i++)
        norm2 += 100 * (double)adam.m[i] * (double)adam.m[i];
    expect_near(sqrt(norm2) / result.gradient_norm, 1, 1e-3);
    step = 0.05 / sqrt(norm2);
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int64_t i = 0; i < n; i++)
            moved[i] = run.model.parameters[i] +
                       (float)(sign * step * 10 * (double)adam.m[i]);
        *(sign < 0 ? &down : &up) = loss_at(&run, moved);
    }
    expect_near((up - down) / (2 * step * norm2), 1, 0.01);
    free(adam.m);
    free(adam.v);
    free(moved);
    close_run(&run);
}

TEST(gradient)
{
    check_gradient(&filter);
    check_gradient(&plain_mask);
}

/* What training masks is what the enhancer masks. */
static void check_gains(const struct se_taps *taps)
{
    const int late = taps->lookahead;
    static struct played plain;
    static float noisy[TOY_SAMPLES], clean[TOY_SAMPLES], out[SE_HOP];
    const int64_t numbers[ROWS] = {7, -1, -1};
    struct se_enhancer_config config = {.channels = 1,
                                        .attenuation_limit_db = INFINITY};
    double ss = 0, es = 0, ee = 0, want, enhanced_db, noisy_db;
    struct se_enhancer *enhancer;
    struct se_batch_result result;
    struct run run;

    open_run(&run, taps, "0.5");
    expect_ok(se_batch_start(run.batch, numbers, &report));
    for (int t = 0; t < FRAMES; t += STEPS)
        expect_ok(se_batch_evaluate(run.batch, run.model.parameters, &result,
                                    &report));
    expect_equal(se_batch_si_sdr(run.batch, &enhanced_db, &noisy_db), 1);

    play(&plain, &run.set, NULL, STEPS);
    toy_mix(&toy, noisy, clean, 7);
    expect_ok(se_enhancer_create(&enhancer, &run.model, &config, &report));
    for (int t = 0; t < FRAMES; t++) {
        const float *g = se_enhancer_mask(enhancer, 0);

        se_enhancer_step(enhancer, out, noisy + t * SE_HOP);
        for (int k = 0; k < SE_BINS && t >= late; k++) {
            double a = (double)plain.clean[t - late][k];
            double e = (double)g[k] * (double)plain.noisy[t - late][k];

            ss += a * a;
            ee += e * e;
            es += (double)g[k] * (double)plain.cross[t - late][k];
        }
    }
    want = 10 * log10(es * es / ss / (ee - es * es / ss));
    expect_near(enhanced_db, want, 1e-3);
    expect(fabs(enhanced_db - noisy_db) > 0.01);
    se_enhancer_destroy(enhancer);
    close_run(&run);
}

TEST(gains_as_in_use)
{
    check_gains(&filter);
    check_gains(&plain_mask);
}
