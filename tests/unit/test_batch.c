/* test_batch.c - gradient steps: reproducible, the same on any number of
 * threads, and only of what is there. */
#include "batch_run.h"

BEFORE_ALL()
{
    toy_open(&toy, 1);
}

AFTER_ALL()
{
    toy_close(&toy);
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

    space = toy_feed_space(&run.set);
    expect_ok(se_feature_create(&feature, SE_FEAT_MEL, 8, &report));
    expect_ok(se_feed_create(&feed, &run.set, feature, &report));
    expect_ok(se_block_create(&block, FRAMES, 1, 8, &report));
    for (int i = 0; i < ROWS; i++) {
        if (numbers[i] < 0)
            continue;
        expect_ok(se_feed_start(feed, numbers[i], space, &report));
        expect_ok(se_feed_block(feed, &block, 0, NULL, &report));
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
