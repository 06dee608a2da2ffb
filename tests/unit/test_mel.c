/* test_mel.c - the mel bank against the original's table (formats.md section
 * 7), whose weights are ours floored to Q15 with 32767 on top. */
#include "base/rng.h"
#include "check.h"
#include "dsp/mel.h"

#include <math.h>
#include <string.h>

static const int edges72[74] = {
    0,   0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,
    15,  16,  17,  19,  20,  22,  23,  25,  27,  28,  30,  32,  34,  36,  38,
    40,  42,  45,  47,  50,  52,  55,  58,  60,  63,  66,  69,  73,  76,  80,
    83,  87,  91,  95,  99,  103, 108, 112, 117, 122, 127, 132, 138, 143, 149,
    155, 161, 168, 175, 182, 189, 196, 204, 212, 220, 229, 237, 247, 256};

static struct se_mel *new_mel(int n_bands)
{
    struct se_mel *mel;

    expect_ok(se_mel_create(&mel, n_bands, &report));
    return mel;
}

static int q15(float weight)
{
    int q = (int)floor(32768.0 * (double)weight);

    return q > 32767 ? 32767 : q;
}

TEST(edges)
{
    struct se_mel *mel = new_mel(72);

    for (int band = 0; band < 72; band++) {
        int left = edges72[band], centre = edges72[band + 1];
        int right = edges72[band + 2], first;
        const float *weights;
        int count = se_mel_band(mel, band, &first, &weights);

        expect_equal(first, left == centre ? left : left + 1);
        expect_equal(first + count, right);
        expect(weights[centre - first] == 1.0f);
    }
    se_mel_destroy(mel);
}

static void check_row(const struct se_mel *mel, int band, int first, int last)
{
    const float *weights;
    int found, count = se_mel_band(mel, band, &found, &weights);

    expect_equal(found, first);
    expect_equal(found + count - 1, last);
}

TEST(published_rows)
{
    struct se_mel *mel = new_mel(72);
    const float *weights;
    int first;

    for (int band = 0; band <= 12; band++)
        check_row(mel, band, band, band);
    check_row(mel, 13, 13, 14);
    se_mel_band(mel, 13, &first, &weights);
    expect_equal(q15(weights[0]), 0x7fff);
    expect_equal(q15(weights[1]), 0x4000);
    check_row(mel, 14, 14, 15);
    se_mel_band(mel, 14, &first, &weights);
    expect_equal(q15(weights[0]), 0x4000);
    expect_equal(q15(weights[1]), 0x7fff);
    check_row(mel, 15, 16, 16);
    check_row(mel, 16, 17, 18);
    check_row(mel, 17, 18, 19);
    check_row(mel, 70, 230, 246);
    check_row(mel, 71, 238, 255);
    se_mel_destroy(mel);
}

TEST(published_row_sums)
{
    static const struct {
        double sum;
        int rows;
    } published[] = {
        {0.999969, 13}, {1.499969, 2}, {0.999969, 1}, {1.499969, 5},
        {1.999969, 1},  {1.499969, 2}, {1.999969, 6}, {2.499939, 5},
        {2.999908, 1},  {2.499939, 2}, {2.999908, 2}, {3.499939, 5},
        {3.999969, 4},  {4.499908, 3}, {4.999847, 3}, {5.499847, 3},
        {5.999847, 2},  {6.499817, 1}, {6.999786, 4}, {7.499878, 1},
        {7.999969, 2},  {8.499847, 2}, {8.999847, 1}, {9.499725, 1},
    };
    struct se_mel *mel = new_mel(72);
    int band = 0;

    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        for (int row = 0; row < published[i].rows; row++, band++) {
            const float *weights;
            int first, count = se_mel_band(mel, band, &first, &weights);
            int sum = 0;

            for (int k = 0; k < count; k++)
                sum += q15(weights[k]);
            /* printed with six digits; a Q15 step is 30 times that */
            expect_near(sum / 32768.0, published[i].sum, 1e-6);
        }
    expect_equal(band, 72);
    se_mel_destroy(mel);
}

/* Up to the last centre, two triangles share a bin between them. */
TEST(weights_of_a_bin_sum_to_one)
{
    struct se_mel *mel = new_mel(72);
    double sum[SE_BINS] = {0};

    for (int band = 0; band < 72; band++) {
        const float *weights;
        int first, count = se_mel_band(mel, band, &first, &weights);

        for (int i = 0; i < count; i++)
            sum[first + i] += (double)weights[i];
    }
    for (int k = 0; k <= 247; k++)
        expect_near(sum[k], 1.0, 1e-6);
    expect(sum[248] < 1.0 && sum[255] > 0.0);
    expect(sum[256] == 0.0);
    se_mel_destroy(mel);
}

static void check_apply(int n_bands, const float power[SE_BINS])
{
    struct se_mel *mel = new_mel(n_bands);
    float bands[SE_BINS];

    bands[n_bands] = 7.0f;
    se_mel_apply(mel, bands, power);
    for (int band = 0; band < n_bands; band++) {
        const float *weights;
        int first, count = se_mel_band(mel, band, &first, &weights);
        double want = 0.0;

        expect(count >= 1 && first >= 0 && first + count <= 256);
        for (int i = 0; i < count; i++) {
            expect(weights[i] > 0.0f && weights[i] <= 1.0f);
            want += (double)weights[i] * (double)power[first + i];
        }
        expect_near((double)bands[band], want, 1e-6 * want);
        expect(count > 1 || bands[band] == power[first]);
    }
    expect(bands[n_bands] == 7.0f); /* nothing written beyond */
    se_mel_destroy(mel);
}

TEST(every_count_of_bands)
{
    float power[SE_BINS];
    struct se_rng rng;

    se_rng_seed(&rng, 1, 0);
    for (int k = 0; k < SE_BINS; k++)
        power[k] = (float)pow(10.0, se_rng_uniform(&rng, -6.0, 3.0));
    power[256] = 1e30f; /* in no band */
    for (int n_bands = 1; n_bands <= 73; n_bands++)
        check_apply(n_bands, power);
}

TEST(bad_counts)
{
    static const int bad[] = {-1, 0, 74, 1000000};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct se_mel *mel = (struct se_mel *)&report;

        expect_status(se_mel_create(&mel, bad[i], &report), SE_ERR_ARG);
        expect(!mel);
        expect_contains(report.text, "mel bands: expected 1..73");
    }
    se_mel_destroy(NULL);
}
