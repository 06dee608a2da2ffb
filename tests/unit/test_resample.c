/* test_resample.c - sample-rate conversion, and the queue of queue. */
#include "check.h"
#include "dsp/queue.h"
#include "dsp/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Each test is done with either kind of converter. */
static const struct kind {
    const struct se_converter *converter;
    float tolerance; /* of samples of full scale */
} kinds[] = {{&se_resample_best, 1e-6f}, {&se_resample_prompt, 1e-5f}};
static const struct kind *by;

#define FOR_EACH_KIND for (by = kinds; by < kinds + 2; by++)

static struct se_conversion convert(int from_hz, int to_hz, int channels)
{
    return (struct se_conversion){from_hz, to_hz, channels, by->converter};
}

/* Feeds in[n] in blocks of `block` frames, then drains. */
static void resample(struct se_queue *out, struct se_conversion conversion,
                     const float *in, int64_t n, int64_t block)
{
    int channels = conversion.channels;
    struct se_resampler *resampler;

    *out = (struct se_queue){.width = channels};
    expect_ok(se_resampler_create(&resampler, &conversion, &report));
    for (int64_t i = 0; i < n; i += block) {
        int64_t part = n - i < block ? n - i : block;

        expect_ok(se_queue_resample(out, resampler, in + i * channels, part,
                                    &report));
    }
    expect_ok(se_queue_resample(out, resampler, NULL, 0, &report));
    se_resampler_destroy(resampler);
}

static float *tone(double hz, int rate_hz, int64_t n)
{
    float *x = malloc((size_t)n * sizeof *x);

    expect(x);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)sin(2.0 * M_PI * hz * (double)i / rate_hz);
    return x;
}

/* A tone comes out as the same tone at the same time. */
static void check_alignment(void)
{
    static const int rates[] = {8000,  11025, 22050, 32000,
                                44100, 48000, 96000, 192000};

    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        for (int down = 0; down < 2; down++) {
            int from = down ? rates[r] : 16000;
            int to = down ? 16000 : rates[r];
            float *in = tone(1000.0, from, from);
            float *want = tone(1000.0, to, to);
            struct se_queue out;

            resample(&out, convert(from, to, 1), in, from, 1000);
            expect(llabs(out.n - to) <= 1);
            for (int64_t i = to / 8; i < to - to / 8; i++)
                expect_near(se_queue_front(&out)[i], want[i], by->tolerance);
            se_queue_free(&out);
            free(in);
            free(want);
        }
    }
}

TEST(alignment)
{
    FOR_EACH_KIND check_alignment();
}

/* What lies above the new rate's half is gone, not folded. */
static void check_no_aliases(void)
{
    float *in = tone(9000.0, 48000, 48000);
    struct se_queue out;

    resample(&out, convert(48000, 16000, 1), in, 48000, 4096);
    for (int64_t i = 2000; i < 14000; i++)
        expect_near(se_queue_front(&out)[i], 0.0f, by->tolerance);
    se_queue_free(&out);
    free(in);
}

TEST(no_aliases)
{
    FOR_EACH_KIND check_no_aliases();
}

static void check_blocks_make_no_difference(void)
{
    static const int64_t blocks[] = {1, 159, 1000, 5000};
    enum { N = 5000 };
    float *in = tone(440.0, 44100, 2 * N);
    struct se_queue whole, parts;

    resample(&whole, convert(44100, 16000, 2), in, N, N);
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        resample(&parts, convert(44100, 16000, 2), in, N, blocks[b]);
        expect_equal(parts.n, whole.n);
        expect_bytes(se_queue_front(&parts), se_queue_front(&whole),
                     (size_t)whole.n * 2 * sizeof(float));
        se_queue_free(&parts);
    }
    se_queue_free(&whole);
    free(in);
}

TEST(blocks_make_no_difference)
{
    FOR_EACH_KIND check_blocks_make_no_difference();
}

static void check_channels_stay_apart(void)
{
    enum { N = 3000 };
    float *one = tone(300.0, 8000, N);
    float *both = calloc(2 * N, sizeof *both);
    struct se_queue alone, pair;

    for (int i = 0; i < N; i++)
        both[2 * i + 1] = one[i];
    resample(&alone, convert(8000, 16000, 1), one, N, N);
    resample(&pair, convert(8000, 16000, 2), both, N, N);
    expect_equal(alone.n, pair.n);
    for (int64_t i = 0; i < alone.n; i++) {
        expect(se_queue_front(&pair)[2 * i] == 0.0f);
        expect(se_queue_front(&pair)[2 * i + 1] == se_queue_front(&alone)[i]);
    }
    se_queue_free(&alone);
    se_queue_free(&pair);
    free(one);
    free(both);
}

TEST(channels_stay_apart)
{
    FOR_EACH_KIND check_channels_stay_apart();
}

static void check_short_sounds(void)
{
    const float one = 0.5f;
    struct se_queue out;

    resample(&out, convert(16000, 48000, 1), &one, 1, 1);
    expect_equal(out.n, 3);
    se_queue_free(&out);
    resample(&out, convert(48000, 16000, 1), &one, 0, 1);
    expect_equal(out.n, 0);
    se_queue_free(&out);
}

TEST(short_sounds)
{
    FOR_EACH_KIND check_short_sounds();
}

/* A queue keeps order while it grows, moves and empties. */
TEST(a_queue_keeps_order)
{
    struct se_queue queue = {.width = 3};
    float pushed = 0.0f, popped = 0.0f;

    for (int round = 0; round < 200; round++) {
        float in[3 * 40];
        int n = round % 40;

        for (int i = 0; i < 3 * n; i++)
            in[i] = pushed++;
        expect_ok(se_queue_append(&queue, in, n, &report));
        for (int64_t k = queue.n * 2 / 3; k > 0; k--) {
            for (int c = 0; c < 3; c++)
                expect(se_queue_front(&queue)[c] == popped++);
            se_queue_drop(&queue, 1);
        }
    }
    expect(queue.capacity < 400);
    se_queue_drop(&queue, queue.n);
    expect_ok(se_queue_append(&queue, NULL, 2, &report));
    for (int i = 0; i < 6; i++)
        expect(se_queue_front(&queue)[i] == 0.0f);
    se_queue_free(&queue);
    expect_equal(queue.n, 0);
}

/* A sample is out as soon as se_resampler_ahead says; after a reset all begins
 * anew, to the same bytes. */
TEST(prompt_is_on_time)
{
    static const int rates[] = {8000, 16000, 44100, 48000, 192000};
    enum { N = 4000 };

    for (int r = 0; r < 25; r++) {
        int from = rates[r / 5], to = rates[r % 5];
        const struct se_conversion conversion = {from, to, 2,
                                                 &se_resample_prompt};
        struct se_resampler *resampler;
        struct se_queue out[2] = {{.width = 2}, {.width = 2}};
        float *in = tone(1000.0, from, 2 * N);

        expect_ok(se_resampler_create(&resampler, &conversion, &report));
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < N; i++) {
                int64_t due = (i + 1 - se_resampler_ahead(resampler)) *
                              (int64_t)to / from;

                expect_ok(se_queue_resample(&out[pass], resampler, &in[2 * i],
                                            1, &report));
                expect(out[pass].n >= due);
            }
            se_resampler_reset(resampler);
        }
        expect_equal(out[0].n, out[1].n);
        expect_bytes(se_queue_front(&out[0]), se_queue_front(&out[1]),
                     (size_t)out[0].n * 2 * sizeof(float));
        se_resampler_destroy(resampler);
        se_queue_free(&out[0]);
        se_queue_free(&out[1]);
        free(in);
    }
}
