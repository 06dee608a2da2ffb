/* test_nnse.c - the public library: streams, their delay, their limits. */
#include "nnse.h"

#include "base/rng.h"
#include "check.h"
#include "signals.h"

#include <math.h>

enum { MAX_SAMPLES = 48000 };

static const int rates[] = {8000, 11025, 16000, 44100, 48000, 96000, 192000};
enum { N_RATES = sizeof rates / sizeof *rates };

#define expect_nnse(call)                                                      \
    ((call) == NNSE_OK ? (void)0 : fail_test("%s: %s", #call, nnse_error()))

static struct nnse *create(int rate_hz, int channels, float limit_db,
                           enum nnse_engine engine)
{
    struct nnse_config config;
    struct nnse *nnse;

    nnse_defaults(&config);
    config.rate_hz = rate_hz;
    config.channels = channels;
    config.limit_db = limit_db;
    config.engine = engine;
    expect_nnse(nnse_create(&nnse, NULL, &config));
    return nnse;
}

/* With nothing to take away the output is the input, nnse_delay later, to the
 * last bit: at each rate, in blocks of any length. */
TEST(bypass_is_a_delay)
{
    static const size_t blocks[] = {1, 7, 160, 480, 1000, 4096};
    static float in[MAX_SAMPLES], out[MAX_SAMPLES];

    noise_with_pauses(in, MAX_SAMPLES, 1);
    for (int r = 0; r < N_RATES; r++) {
        for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
            struct nnse *nnse = create(rates[r], 1, 0.0f, NNSE_ENGINE_FLOAT);
            int delay = nnse_delay(nnse);
            size_t n = blocks[b] == 1 ? MAX_SAMPLES / 4 : MAX_SAMPLES;

            for (size_t i = 0; i < n; i += blocks[b])
                nnse_process(nnse, out + i, in + i,
                             n - i < blocks[b] ? n - i : blocks[b]);
            for (int i = 0; i < delay; i++)
                expect(out[i] == 0.0f);
            expect_bytes(out + delay, in, (n - (size_t)delay) * sizeof *in);
            nnse_destroy(nnse);
        }
    }
}

/* A sound's offset, which is taken out, comes back and goes without a step when
 * a bypass does; a tenth of a second into the bypass the sound is the input. */
TEST(bypass_comes_without_a_click)
{
    enum { BLOCK = 64 };
    static float in[MAX_SAMPLES], out[MAX_SAMPLES];

    for (int r = 0; r < N_RATES && rates[r] <= MAX_SAMPLES; r++) {
        const int n = rates[r], on = n * 2 / 5, off = n * 7 / 10;
        struct nnse *nnse = create(n, 1, INFINITY, NNSE_ENGINE_FLOAT);
        const int delay = nnse_delay(nnse);
        const float slope = 0.01f * 2.0f * (float)M_PI * 200 / (float)n;

        for (int i = 0; i < n; i++)
            in[i] = 0.1f + 0.01f * sinf(2.0f * (float)M_PI * 200 * (float)i /
                                        (float)n);
        for (int i = 0; i < n; i += BLOCK) {
            nnse_limit(nnse, i >= on && i < off ? 0.0f : INFINITY);
            nnse_process(nnse, out + i, in + i, n - i < BLOCK ? n - i : BLOCK);
        }
        /* Up to there the offset has been learnt, 0.1 in 10 ms. */
        for (int i = n / 5; i < n; i++)
            expect(fabsf(out[i] - out[i - 1]) < 2 * slope + 0.11f / (n / 100));
        expect_bytes(out + on + n / 10 + delay, in + on + n / 10,
                     (size_t)(off - on - n / 10 - delay) * sizeof *in);
        nnse_destroy(nnse);
    }
}

/* A constant that is there from the first sample on never comes out, not even
 * for the first 10 ms. */
TEST(an_offset_is_gone_at_once)
{
    static float in[MAX_SAMPLES], out[MAX_SAMPLES];

    for (int i = 0; i < MAX_SAMPLES; i++)
        in[i] = 0.25f;
    for (int r = 0; r < N_RATES; r++) {
        for (size_t block = 1; block <= 4096; block *= 64) {
            struct nnse *nnse =
                create(rates[r], 1, INFINITY, NNSE_ENGINE_FLOAT);

            for (size_t i = 0; i < MAX_SAMPLES / 4; i += block)
                nnse_process(nnse, out + i, in + i, block);
            for (int i = 0; i < MAX_SAMPLES / 4; i++)
                expect_near(out[i], 0.0f, 1e-6f);
            nnse_destroy(nnse);
        }
    }
}

/* What README promises, in milliseconds. */
TEST(delay_is_short)
{
    for (int r = 0; r < N_RATES; r++) {
        struct nnse *nnse = create(rates[r], 1, INFINITY, NNSE_ENGINE_FLOAT);
        double ms = 1e3 * nnse_delay(nnse) / rates[r];

        expect_range(ms, 25.0,
                     rates[r] < 16000    ? 52.0
                     : rates[r] == 16000 ? 30.0
                                         : 45.0);
        nnse_destroy(nnse);
    }
}

/* Enhances in[n][2] in blocks of `block` samples a channel. */
static void enhance(struct nnse *nnse, float *out, const float *in, size_t n,
                    size_t block)
{
    for (size_t i = 0; i < n; i += block)
        nnse_process(nnse, out + i * 2, in + i * 2,
                     n - i < block ? n - i : block);
}

/* Blocks of any length, a reset stream and a second one give the same bytes,
 * with the net at work. */
TEST(blocks_make_no_difference)
{
    static float in[MAX_SAMPLES], whole[MAX_SAMPLES], parts[MAX_SAMPLES];
    static const int some_rates[] = {16000, 44100, 48000};

    noise_with_pauses(in, MAX_SAMPLES, 2);
    for (int r = 0; r < 6; r++) {
        enum nnse_engine engine =
            r < 3 ? NNSE_ENGINE_FLOAT : NNSE_ENGINE_INTEGER;
        struct nnse *nnse = create(some_rates[r % 3], 2, INFINITY, engine);
        size_t n = MAX_SAMPLES / 2;

        enhance(nnse, whole, in, n, n);
        expect(memcmp(whole, in, sizeof in) != 0);
        nnse_reset(nnse);
        enhance(nnse, parts, in, n, 37);
        expect_bytes(parts, whole, sizeof whole);
        nnse_destroy(nnse);
    }
}

/* The four forms of samples are one. */
TEST(forms_agree)
{
    enum { N = 8000 };
    static float in[2 * N], out[2 * N], left[N], right[N];
    static int16_t wholes[2 * N], whole_left[N], whole_right[N];
    float *planes[] = {left, right};
    int16_t *whole_planes[] = {whole_left, whole_right};
    struct nnse *nnse = create(16000, 2, INFINITY, NNSE_ENGINE_FLOAT);

    noise_with_pauses(in, 2 * N, 3);
    for (int i = 0; i < N; i++) {
        for (int c = 0; c < 2; c++) {
            wholes[2 * i + c] = (int16_t)lrintf(in[2 * i + c] * 32768.0f);
            in[2 * i + c] = (float)wholes[2 * i + c] / 32768.0f;
            planes[c][i] = in[2 * i + c];
            whole_planes[c][i] = wholes[2 * i + c];
        }
    }
    nnse_process(nnse, out, in, N);
    nnse_reset(nnse);
    nnse_process_int16(nnse, wholes, wholes, N);
    nnse_reset(nnse);
    nnse_process_planar(nnse, planes, (const float *const *)planes, N);
    nnse_reset(nnse);
    nnse_process_planar_int16(nnse, whole_planes,
                              (const int16_t *const *)whole_planes, N);
    for (int i = 0; i < N; i++) {
        for (int c = 0; c < 2; c++) {
            expect(planes[c][i] == out[2 * i + c]);
            expect_near(wholes[2 * i + c], out[2 * i + c] * 32768.0f, 0.501);
            expect_equal(whole_planes[c][i], wholes[2 * i + c]);
        }
    }
    nnse_destroy(nnse);
}

/* A limit that changes is in force from the next block on; nonsense is
 * ignored. */
TEST(speech_probability)
{
    static float noise[3 * 16000];
    const float silence[160] = {0};

    noise_with_pauses(noise, 3 * 16000, 3);
    for (int engine = 0; engine < 2; engine++) {
        struct nnse *nnse =
            create(16000, 1, INFINITY, (enum nnse_engine)engine);
        float out[160], most = 0.0f;

        expect(nnse_speech_probability(nnse) == 0.0f);
        for (int t = 0; t < 300; t++) {
            nnse_process(nnse, out, noise + 160 * t, 160);
            expect(nnse_speech_probability(nnse) <= 1.0f);
            most = fmaxf(most, nnse_speech_probability(nnse));
        }
        expect(most > 0.0f);
        for (int t = 0; t < 300; t++)
            nnse_process(nnse, out, silence, 160);
        expect(nnse_speech_probability(nnse) < 0.1f);
        nnse_reset(nnse);
        expect(nnse_speech_probability(nnse) == 0.0f);
        nnse_destroy(nnse);
    }
}

TEST(limit_changes)
{
    enum { N = 16000 };
    static float in[N], out[N];
    struct nnse *nnse = create(16000, 1, INFINITY, NNSE_ENGINE_FLOAT);
    int delay = nnse_delay(nnse);

    noise_with_pauses(in, N, 4);
    nnse_process(nnse, out, in, N / 2);
    nnse_limit(nnse, 0.0f);
    nnse_limit(nnse, -3.0f);
    nnse_limit(nnse, NAN);
    nnse_process(nnse, out + N / 2, in + N / 2, N / 2);
    expect(memcmp(out + delay, in, (N / 2 - (size_t)delay) * sizeof *in) != 0);
    /* Three windows after the change all that was taken has gone by. */
    for (int i = N / 2 + 960; i < N; i++)
        expect(out[i] == in[i - delay]);
    nnse_destroy(nnse);
}

/* As many channels as there may be, at the highest rate: each comes out as it
 * does alone. */
TEST(sixty_four_channels)
{
    enum { N = 12000, CHANNELS = 64 };
    static float in[N * CHANNELS], out[N * CHANNELS], one[N];
    struct nnse_config config;
    struct nnse *all, *alone;

    nnse_defaults(&config);
    config.rate_hz = 192000;
    config.channels = CHANNELS;
    config.separate_channels = 1;
    expect_nnse(nnse_create(&all, NULL, &config));
    noise_with_pauses(in, N * CHANNELS, 7);
    for (size_t i = 0; i < N; i += 1000)
        nnse_process(all, out + i * CHANNELS, in + i * CHANNELS, 1000);
    for (int c = 0; c < CHANNELS; c += 21) {
        alone = create(192000, 1, INFINITY, NNSE_ENGINE_FLOAT);
        for (int i = 0; i < N; i++)
            one[i] = in[i * CHANNELS + c];
        nnse_process(alone, one, one, N);
        for (int i = 0; i < N; i++)
            expect(one[i] == out[i * CHANNELS + c]);
        nnse_destroy(alone);
    }
    nnse_destroy(all);
}

/* What is not a number is silence, and nothing of it stays. */
TEST(not_a_number)
{
    enum { N = 4800 };
    static float in[N], clean[N], out[N], expected[N];

    noise_with_pauses(in, N, 5);
    memcpy(clean, in, sizeof in);
    for (int i = 0; i < N; i += 91) {
        in[i] = i % 2 ? NAN : -INFINITY;
        clean[i] = 0.0f;
    }
    for (int r = 0; r < N_RATES; r++) {
        struct nnse *nnse = create(rates[r], 1, INFINITY, NNSE_ENGINE_FLOAT);

        nnse_process(nnse, out, in, N);
        nnse_reset(nnse);
        nnse_process(nnse, expected, clean, N);
        expect_bytes(out, expected, sizeof out);
        nnse_destroy(nnse);
    }
}

/* What takes a processor ages is silence, and the thread's own arithmetic stays
 * as it was. */
TEST(denormals)
{
    enum { N = 9600 };
    static float in[N], out[N];
    static const float silence[N];
    volatile float tiny = 1e-40f;

    for (int i = 0; i < N; i++)
        in[i] = i % 3 ? 1e-40f : -1e-42f;
    for (int r = 0; r < N_RATES; r++) {
        struct nnse *nnse = create(rates[r], 1, INFINITY, NNSE_ENGINE_FLOAT);

        nnse_process(nnse, out, in, N);
        for (int i = 0; i < N; i++)
            expect(out[i] == silence[i]);
        expect(tiny * 0.5f > 0.0f);
        nnse_destroy(nnse);
    }
}

/* Numbers that are none too large for a float, but whose power is, do not
 * silence the stream for good. */
TEST(huge_samples)
{
    enum { N = 48000 };
    static float in[N], out[N];

    for (int r = 0; r < 2 * N_RATES; r++) {
        struct nnse *nnse =
            create(rates[r / 2], 1, INFINITY,
                   r % 2 ? NNSE_ENGINE_INTEGER : NNSE_ENGINE_FLOAT);

        noise_with_pauses(in, N, 6);
        for (int i = 0; i < N / 8; i++)
            in[i] = i % 2 ? 3e38f : -3e38f;
        nnse_process(nnse, out, in, N);
        for (int i = 0; i < N; i++)
            expect(isfinite(out[i]));
        for (int i = N - 1000; i < N; i++)
            expect(fabsf(out[i]) <= 1.2f);
        nnse_destroy(nnse);
    }
}

TEST(impossible_configs)
{
    struct nnse_config good, config;
    struct nnse *nnse;

    nnse_defaults(&good);
#define REFUSED(change, words)                                                 \
    (config = good, change, nnse = (struct nnse *)&good,                       \
     expect_equal(nnse_create(&nnse, NULL, &config), NNSE_ERROR_ARGUMENT),     \
     expect(!nnse), expect_contains(nnse_error(), words))
    REFUSED(config.rate_hz = 7999, "rate_hz is 7999");
    REFUSED(config.rate_hz = 192001, "192000");
    REFUSED(config.channels = 0, "channels is 0");
    REFUSED(config.channels = 65, "64");
    REFUSED(config.limit_db = -1.0f, "limit_db is -1");
    REFUSED(config.limit_db = NAN, "limit_db");
    REFUSED(config.engine = (enum nnse_engine)2, "engine is 2");
    REFUSED(config.size = 0, "nnse_defaults");

    /* A caller with an older, shorter header gets the defaults of the rest. */
    config = good;
    config.size = offsetof(struct nnse_config, limit_db);
    config.limit_db = -1.0f;
    expect_nnse(nnse_create(&nnse, NULL, &config));
    nnse_destroy(nnse);
    expect_nnse(nnse_create(&nnse, NULL, NULL));
    nnse_destroy(nnse);
    nnse_destroy(NULL);
}

/* What a net sees and says of a sound does not depend on what follows, nor on
 * what else is asked for. */
TEST(analysis_is_causal)
{
    enum { N = 40, FEATURES = 72 };
    static float in[N * NNSE_HOP], features[2][N][FEATURES],
        mask[2][N][NNSE_BINS];

    noise_with_pauses(in, N * NNSE_HOP, 6);
    expect_equal(nnse_net_features(NULL), FEATURES);
    for (int e = 0; e < 2; e++) {
        enum nnse_engine engine = (enum nnse_engine)e;

        expect_nnse(nnse_analyse(NULL, engine, *features[0], *mask[0], in, N));
        expect_nnse(nnse_analyse(NULL, engine, NULL, *mask[1], in, N / 2));
        expect_nnse(nnse_analyse(NULL, engine, *features[1], NULL, in, N / 2));
        expect_bytes(features[1], features[0], sizeof features[0] / 2);
        expect_bytes(mask[1], mask[0], sizeof mask[0] / 2);
        for (int i = 0; i < N * NNSE_BINS; i++)
            expect_range(mask[0][i / NNSE_BINS][i % NNSE_BINS], 0.0f, 1.0f);
        expect(mask[0][N - 1][100] != mask[0][N - 2][100]);
        expect_nnse(nnse_analyse(NULL, engine, NULL, NULL, NULL, 0));
    }
    expect_equal(nnse_analyse(NULL, (enum nnse_engine)2, NULL, *mask[0], in, N),
                 NNSE_ERROR_ARGUMENT);
    expect_contains(nnse_error(), "engine is 2");
}

TEST(nets_that_are_none)
{
    struct nnse_net *net;

    expect_equal(nnse_net_file(&net, in_scratch("none")), NNSE_ERROR_IO);
    expect(!net);
    expect_contains(nnse_error(), "none: ");
    expect_equal(nnse_net_memory(&net, "0123456789", 10), NNSE_ERROR_FORMAT);
    expect(!net);
    expect_equal(nnse_net_memory(&net, NULL, 0), NNSE_ERROR_FORMAT);
    nnse_net_free(NULL);
}
