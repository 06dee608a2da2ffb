/* test_feature.c - from power to what the net sees, against the original's
 * numbers and against double precision. */
#include "base/rng.h"
#include "check.h"
#include "dsp/feature.h"
#include "dsp/log.h"
#include "dsp/mel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BANDS = 72, FRAMES = 300 };

static const float log_floor = -4.515449934959718f; /* log10(2^-15) */

static struct se_feature *new_feature(enum se_feat_type type, int n)
{
    struct se_feature *feature;

    expect_ok(se_feature_create(&feature, type, n, &report));
    return feature;
}

/* ---- features ------------------------------------------------------------ */

TEST(names)
{
    expect_text(se_feat_type_name(SE_FEAT_MEL), "mel");
    expect_text(se_feat_type_name(SE_FEAT_PSPEC), "pspec");
    expect_equal(se_feat_type_from_name("mel"), SE_FEAT_MEL);
    expect_equal(se_feat_type_from_name("pspec"), SE_FEAT_PSPEC);
    expect_equal(se_feat_type_from_name("Mel"), -1);
    expect_equal(se_feat_type_from_name(""), -1);
}

static void check_refused(enum se_feat_type type, int n, const char *text)
{
    struct se_feature *feature = (struct se_feature *)&report;

    expect_status(se_feature_create(&feature, type, n, &report), SE_ERR_ARG);
    expect(!feature);
    expect_contains(report.text, text);
}

TEST(bad_counts)
{
    check_refused(SE_FEAT_PSPEC, 256, "256 pspec features: expected 257");
    check_refused(SE_FEAT_MEL, 0, "0 mel bands: expected 1..73");
    check_refused(SE_FEAT_MEL, SE_BINS, "257 mel bands: expected 1..73");
}

/* The power response of the filter as it runs: its impulse response, long
 * enough to have died out (0.965^4096 < 1e-62), and the DFT of that. */
static void dc_filter_response(double response[SE_BINS])
{
    static double h[4096];
    double x_before = 0.0, y = 0.0;

    for (int n = 0; n < 4096; n++) {
        double x = n == 0;

        h[n] = y = x - x_before + 31630.0 / 32768.0 * y;
        x_before = x;
    }
    for (int k = 0; k < SE_BINS; k++) {
        double re = 0.0, im = 0.0;

        for (int n = 0; n < 4096; n++) {
            double angle = 2.0 * M_PI * (k * n % SE_FFT) / SE_FFT;

            re += h[n] * cos(angle);
            im += h[n] * sin(angle);
        }
        response[k] = re * re + im * im;
    }
}

TEST(dc_filter)
{
    struct se_feature *feature = new_feature(SE_FEAT_PSPEC, SE_BINS);
    float power[SE_BINS], logs[SE_BINS];
    double response[SE_BINS];

    dc_filter_response(response);
    for (int k = 0; k < SE_BINS; k++)
        power[k] = 1.0f;
    se_feature_log(feature, logs, power);
    expect(logs[0] == log_floor);
    for (int k = 1; k < SE_BINS; k++)
        expect_near((double)logs[k], log10(response[k]), 1e-6);
    se_feature_destroy(feature);
}

/* The whole way in double precision and by definition: frame t of x. */
static void reference_logs(double logs[BANDS], const float *x, int t,
                           const double response[SE_BINS])
{
    struct se_mel *mel;
    double power[SE_BINS];

    for (int k = 0; k < SE_BINS; k++) {
        double re = 0.0, im = 0.0;

        for (int n = 0; n < SE_WINDOW; n++) {
            int i = (t - 2) * SE_HOP + n;
            double w = sqrt(2.0 / 3.0) * sin(M_PI * n / SE_WINDOW);
            double angle = 2.0 * M_PI * (k * n % SE_FFT) / SE_FFT;

            if (i < 0)
                continue;
            re += w * (double)x[i] * cos(angle);
            im -= w * (double)x[i] * sin(angle);
        }
        power[k] = response[k] * (re * re + im * im);
    }
    expect_ok(se_mel_create(&mel, BANDS, &report));
    for (int band = 0; band < BANDS; band++) {
        const float *weights;
        int first, count = se_mel_band(mel, band, &first, &weights);
        double sum = 0.0;

        for (int i = 0; i < count; i++)
            sum += (double)weights[i] * power[first + i];
        logs[band] = log10(fmax(sum, 0x1p-15));
    }
    se_mel_destroy(mel);
}

TEST(whole_way)
{
    enum { HOPS = 6 };
    struct se_feature *feature = new_feature(SE_FEAT_MEL, BANDS);
    float x[HOPS * SE_HOP], power[SE_BINS], logs[BANDS];
    double response[SE_BINS], want[BANDS];
    se_bin spectrum[SE_BINS];
    struct se_stft *stft;
    struct se_rng rng;

    se_rng_seed(&rng, 2, 0);
    for (int i = 0; i < HOPS * SE_HOP; i++) /* a chirp in noise, and DC */
        x[i] = 0.3f * sinf(1e-4f * (float)(i * i)) + 0.2f +
               0.01f * (float)se_rng_normal(&rng);
    dc_filter_response(response);
    expect_ok(se_stft_create(&stft, &report));
    for (int t = 0; t < HOPS; t++) {
        se_stft_analyse(stft, spectrum, x + t * SE_HOP);
        se_power(power, spectrum);
        se_feature_log(feature, logs, power);
        reference_logs(want, x, t, response);
        expect(logs[0] == log_floor);
        for (int i = 0; i < BANDS; i++)
            expect_near((double)logs[i], want[i], 1e-4);
    }
    se_stft_destroy(stft);
    se_feature_destroy(feature);
}

/* ---- standardising ------------------------------------------------------- */

static void check_grid(float log, float mean, float inv_std, float want)
{
    float x;

    se_feature_standardise(&x, &log, &mean, &inv_std, 1);
    expect(x == want);
}

TEST(grid)
{
    check_grid(1.5f, 1.0f, 2.0f, 1.0f);
    check_grid(0.0f, 0.0f, 1.0f, 0.0f);
    check_grid(0.0039f, 0.0f, 1.0f, 0.0f);
    check_grid(0x1p-8f, 0.0f, 1.0f, 0x1p-8f);
    check_grid(-0.0001f, 0.0f, 1.0f, -0x1p-8f);
    check_grid(-0x1p-8f, 0.0f, 1.0f, -0x1p-8f);
    check_grid(127.999f, 0.0f, 1.0f, 127.99609375f);
    check_grid(128.0f, 0.0f, 1.0f, 127.99609375f);
    check_grid(1e30f, -1e30f, 1e30f, 127.99609375f);
    check_grid(-127.9999f, 0.0f, 1.0f, -128.0f);
    check_grid(-1e30f, 1e30f, 1e30f, -128.0f);
    check_grid(log_floor, log_floor, 32768.0f, 0.0f);
}

TEST(standardise_in_place)
{
    float logs[SE_BINS], mean[SE_BINS], inv_std[SE_BINS], x[SE_BINS];
    struct se_rng rng;

    se_rng_seed(&rng, 3, 0);
    for (int i = 0; i < SE_BINS; i++) {
        logs[i] = (float)se_rng_uniform(&rng, -4.5, 2.0);
        mean[i] = (float)se_rng_uniform(&rng, -3.0, 0.0);
        inv_std[i] = (float)se_rng_uniform(&rng, 0.5, 100.0);
    }
    se_feature_standardise(x, logs, mean, inv_std, SE_BINS);
    for (int i = 0; i < SE_BINS; i++) {
        float steps = floorf(256.0f * ((logs[i] - mean[i]) * inv_std[i]));

        steps = fminf(fmaxf(steps, -32768.0f), 32767.0f);
        expect(x[i] == steps / 256.0f);
    }
    se_feature_standardise(logs, logs, mean, inv_std, SE_BINS);
    expect_bytes(logs, x, sizeof x);
}

/* ---- the original's numbers ---------------------------------------------- */

/* stats.pkl holds two little-endian float arrays at known places. */
static int read_original_stats(float mean[BANDS], float inv_std[BANDS])
{
    FILE *f = fopen("../shared/original/stats.pkl", "rb");
    int ok = f && fseek(f, 161, SEEK_SET) == 0 &&
             fread(mean, sizeof *mean, BANDS, f) == BANDS &&
             fseek(f, 492, SEEK_SET) == 0 &&
             fread(inv_std, sizeof *inv_std, BANDS, f) == BANDS;

    if (f)
        fclose(f);
    return ok;
}

static void need_original_stats(float mean[BANDS], float inv_std[BANDS])
{
    if (!read_original_stats(mean, inv_std))
        skip_test("no ../shared/original");
    expect(mean[0] == -0x15c28p-15f && inv_std[0] == 0x601bp-15f);
}

static float floor_q15(double x)
{
    return (float)(floor(x * 32768.0) / 32768.0);
}

/* Silence before the first frame, as the net sees it. */
TEST(original_start_padding)
{
    static const int head[] = {-346, -423, -477, -503, -526, -535,
                               -541, -539, -533, -526, -522};
    static const int tail[] = {-325, -315, -278};
    float mean[BANDS], inv_std[BANDS], logs[BANDS];

    need_original_stats(mean, inv_std);
    for (int i = 0; i < BANDS; i++)
        logs[i] = floor_q15((double)log_floor);
    expect(logs[0] == -147963.0f / 32768.0f);
    se_feature_standardise(logs, logs, mean, inv_std, BANDS);
    for (int i = 0; i < 11; i++)
        expect(logs[i] == (float)head[i] / 256.0f);
    for (int i = 0; i < 3; i++)
        expect(logs[69 + i] == (float)tail[i] / 256.0f);
}

/* The first ten bands are single bins with the weight 32767/32768; the
 * original's training features add the floor and are floored to Q15. */
static void check_original_frame(const int power[10], const int *logs_q15,
                                 const int x_q8[10])
{
    float mean[BANDS], inv_std[BANDS], logs[10];

    need_original_stats(mean, inv_std);
    for (int i = 0; i < 10; i++)
        logs[i] = (float)((power[i] * (32767.0 / 32768.0) + 1.0) / 32768.0);
    se_log10_floored(logs, logs, 10);
    for (int i = 0; i < 10; i++) {
        logs[i] = floor_q15((double)logs[i]);
        expect(!logs_q15 || logs[i] == (float)logs_q15[i] / 32768.0f);
    }
    se_feature_standardise(logs, logs, mean, inv_std, 10);
    for (int i = 0; i < 10; i++)
        expect(logs[i] == (float)x_q8[i] / 256.0f);
}

TEST(original_frames)
{
    static const int a0_logs[] = {-87503, -92010,  -102736, -102155, -96576,
                                  -99094, -106061, -107644, -106830, -108507};
    static const int b0_logs[] = {-120271, -128235, -125059, -109425, -103975,
                                  -105331, -108507, -108507, -108507, -109425};
    static const struct {
        const int *logs_q15;
        int power[10], x_q8[10];
    } frame[] = {
        {a0_logs,
         {69, 50, 23, 24, 36, 30, 18, 16, 17, 15},
         {9, -129, -250, -282, -280, -301, -342, -348, -334, -334}},
        {NULL,
         {53, 236, 65, 77, 191, 120, 3, 55, 52, 26},
         {-13, -14, -177, -203, -169, -208, -447, -267, -260, -297}},
        {NULL,
         {605, 798, 130, 53, 151, 36, 69, 26, 2, 19},
         {189, 77, -128, -229, -185, -289, -254, -316, -457, -318}},
        {b0_logs,
         {6, 3, 4, 14, 21, 19, 15, 15, 15, 14},
         {-183, -319, -362, -317, -316, -331, -353, -352, -343, -338}},
        {NULL,
         {2, 26, 7, 36, 135, 84, 1, 50, 48, 25},
         {-254, -176, -328, -255, -192, -232, -494, -273, -266, -300}},
        {NULL,
         {20, 59, 24, 31, 111, 29, 55, 25, 2, 18},
         {-91, -117, -247, -265, -205, -303, -269, -319, -457, -322}},
        {NULL,
         {16, 504, 1683, 272258, 239935, 1112, 31125, 173101, 25766, 8296},
         {-109, 43, 54, 358, 316, -57, 159, 277, 164, 101}},
    };

    for (size_t i = 0; i < sizeof frame / sizeof *frame; i++)
        check_original_frame(frame[i].power, frame[i].logs_q15, frame[i].x_q8);
}

/* ---- statistics ---------------------------------------------------------- */

static float frames[FRAMES][BANDS];

static void make_frames(void)
{
    struct se_rng rng;

    se_rng_seed(&rng, 4, 0);
    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < BANDS; i++)
            frames[t][i] = i == 0
                               ? log_floor
                               : (float)(se_rng_normal(&rng) * 0.01 * i - 2.0);
}

static void add_frames(struct se_feature_stats *stats, int from, int to)
{
    for (int t = from; t < to; t++)
        se_feature_stats_add(stats, frames[t], BANDS);
}

TEST(stats_are_those_of_two_passes)
{
    struct se_feature_stats stats = {0};
    float mean[BANDS], inv_std[BANDS];

    make_frames();
    add_frames(&stats, 0, FRAMES);
    se_feature_stats_finish(&stats, mean, inv_std, BANDS);
    for (int i = 0; i < BANDS; i++) {
        double sum = 0.0, squares = 0.0, want;

        for (int t = 0; t < FRAMES; t++)
            sum += (double)frames[t][i];
        for (int t = 0; t < FRAMES; t++)
            squares += pow((double)frames[t][i] - sum / FRAMES, 2.0);
        want = 1.0 / (0x1p-15 + sqrt(squares / FRAMES));
        expect_near((double)mean[i], sum / FRAMES, 5e-7);
        expect_near((double)inv_std[i], want, 1e-6 * want);
    }
}

TEST(feature_that_never_varies)
{
    struct se_feature_stats stats = {0}, other = {0};
    float mean[BANDS], inv_std[BANDS], x[BANDS];

    make_frames();
    add_frames(&stats, 0, 100);
    add_frames(&other, 100, FRAMES);
    se_feature_stats_merge(&stats, &other, BANDS);
    se_feature_stats_finish(&stats, mean, inv_std, BANDS);
    expect(mean[0] == log_floor);
    expect(inv_std[0] == 32768.0f);
    se_feature_standardise(x, frames[0], mean, inv_std, BANDS);
    expect(x[0] == 0.0f);
}

static void check_close(const struct se_feature_stats *a,
                        const struct se_feature_stats *b)
{
    expect(a->n_frames == b->n_frames);
    for (int i = 0; i < BANDS; i++) {
        expect_near(a->mean[i], b->mean[i], 1e-13);
        expect_near(a->m2[i], b->m2[i], 1e-11 * b->m2[i]);
    }
}

TEST(merge_is_one_pass)
{
    static const int cuts[] = {0, 1, 2, 150, FRAMES - 1, FRAMES};
    struct se_feature_stats one = {0}, empty = {0};

    make_frames();
    add_frames(&one, 0, FRAMES);
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct se_feature_stats a = {0}, b = {0};

        add_frames(&a, 0, cuts[i]);
        add_frames(&b, cuts[i], FRAMES);
        se_feature_stats_merge(&a, &b, BANDS);
        check_close(&a, &one);
    }
    se_feature_stats_merge(&empty, &empty, BANDS);
    expect(empty.n_frames == 0.0 && empty.mean[0] == 0.0);
}

TEST(no_frames)
{
    struct se_feature_stats stats = {0};
    float mean, inv_std;

    se_feature_stats_finish(&stats, &mean, &inv_std, 1);
    expect(mean == 0.0f);
    expect(inv_std == 32768.0f);
}
