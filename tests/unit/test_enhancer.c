/* test_enhancer.c - masks on spectra, and streams of any rate: length,
 * alignment, limits, channels. */
#include "base/rng.h"
#include "check.h"
#include "enhance/enhancer.h"
#include "enhance/stream.h"
#include "nets.h"
#include "nn/infer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char flat_arch[] = "input_neurons 1\nlayer_type fc\n"
                                "layer_neurons 257\nactivation sigmoid\n";
static const char deep_arch[] =
    "input_neurons 24\n"
    "layer_type conv1d\nnum_filters 16\nkernel_size 3\nactivation tanh\n"
    "layer_type lstm\nlayer_neurons 12\n"
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n";

/* The same mask everywhere, 1 / (1 + exp(-bias)), whatever the sound. */
static void make_flat(struct se_model *model, float bias)
{
    make_net(model, flat_arch);
    for (int64_t i = SE_BINS; i < model->n_parameters; i++)
        model->parameters[i] = bias;
}

static void make_deep(struct se_model *model)
{
    make_net(model, deep_arch);
    draw_net(model);
}

static float *noise(int64_t n, uint64_t seed)
{
    float *x = malloc((size_t)n * sizeof *x);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, seed, 0);
    for (int64_t i = 0; i < n; i++)
        x[i] = (float)(0.1 * se_rng_normal(&rng));
    return x;
}

static struct se_enhancer *make_enhancer(const struct se_model *model,
                                         int channels,
                                         enum se_channel_mode mode,
                                         float limit_db)
{
    struct se_enhancer_config config = {
        .channels = channels, .mode = mode, .attenuation_limit_db = limit_db};
    struct se_enhancer *enhancer;

    expect_ok(se_enhancer_create(&enhancer, model, &config, &report));
    return enhancer;
}

enum { HOPS = 50 };

/* out[HOPS * SE_HOP * channels] */
static void run(struct se_enhancer *enhancer, float *out, const float *in,
                int channels)
{
    for (int t = 0; t < HOPS; t++)
        se_enhancer_step(enhancer, out + t * SE_HOP * channels,
                         in + t * SE_HOP * channels);
}

/* Against the definition: analysis, features, net, product, synthesis. */
TEST(definition)
{
    struct se_model model;
    struct se_stft *stft;
    struct se_feature *feature;
    struct se_infer *infer;
    se_bin spectrum[SE_BINS];
    const float silence[SE_BINS] = {0};
    float power[SE_BINS], x[SE_MAX_FEATURES], mask[SE_BINS], want[SE_HOP];
    float out[SE_HOP], *in = noise(HOPS * SE_HOP, 1);

    make_deep(&model);

    struct se_enhancer *enhancer =
        make_enhancer(&model, 1, SE_CHANNELS_LINKED, INFINITY);

    se_stft_create(&stft, NULL);
    se_feature_create(&feature, SE_FEAT_MEL, 24, NULL);
    se_infer_create(&infer, &model.arch, model.parameters, NULL);
    se_feature_log(feature, x, silence);
    se_feature_standardise(x, x, model.mean, model.inv_std, 24);
    se_infer_reset(infer, x);
    for (int t = 0; t < HOPS; t++) {
        se_stft_analyse(stft, spectrum, in + t * SE_HOP);
        se_power(power, spectrum);
        se_feature_log(feature, x, power);
        se_feature_standardise(x, x, model.mean, model.inv_std, 24);
        se_infer_frame(infer, mask, x);
        for (int k = 0; k < SE_BINS; k++) {
            spectrum[k][0] *= mask[k];
            spectrum[k][1] *= mask[k];
        }
        se_stft_synthesise(stft, want, spectrum);
        se_enhancer_step(enhancer, out, in + t * SE_HOP);
        expect_bytes(se_enhancer_mask(enhancer, 0), mask, sizeof mask);
        for (int i = 0; i < SE_HOP; i++)
            expect_near(out[i], want[i], 1e-6f);
    }
    se_infer_destroy(infer);
    se_feature_destroy(feature);
    se_stft_destroy(stft);
    se_enhancer_destroy(enhancer);
    se_model_free(&model);
    free(in);
}

/* A mask of 1, from the net or from a limit of 0 dB, leaves every bit alone. */
TEST(identity)
{
    enum { CHANNELS = 3, N = HOPS * SE_HOP * CHANNELS };
    float *in = noise(N, 2), *out = malloc(N * sizeof *out);

    for (int by_limit = 0; by_limit < 2; by_limit++) {
        struct se_model model;

        if (by_limit)
            make_deep(&model);
        else
            make_flat(&model, 32.0f);

        struct se_enhancer *enhancer = make_enhancer(
            &model, CHANNELS, SE_CHANNELS_EACH, by_limit ? 0.0f : INFINITY);

        run(enhancer, out, in, CHANNELS);
        for (int i = 0; i < SE_STFT_DELAY * CHANNELS; i++)
            expect(out[i] == 0.0f);
        expect_bytes(out + SE_STFT_DELAY * CHANNELS, in,
                     (N - SE_STFT_DELAY * CHANNELS) * sizeof *in);
        se_enhancer_destroy(enhancer);
        se_model_free(&model);
    }
    free(in);
    free(out);
}

TEST(limit)
{
    struct se_model model;
    float *in = noise(HOPS * SE_HOP, 3), out[HOPS * SE_HOP];

    make_flat(&model, -50.0f);

    struct se_enhancer *enhancer =
        make_enhancer(&model, 1, SE_CHANNELS_LINKED, 20.0f);

    run(enhancer, out, in, 1);
    for (int i = SE_STFT_DELAY; i < HOPS * SE_HOP; i++)
        expect_near(out[i], 0.1f * in[i - SE_STFT_DELAY], 1e-6f);
    se_enhancer_destroy(enhancer);
    se_model_free(&model);
    free(in);
}

/* `each` is as many mono enhancers; `linked` is one mask, of the mean. */
TEST(channels)
{
    enum { N = HOPS * SE_HOP };
    struct se_model model;
    float *in = noise(2 * N, 4), *out = malloc(2 * N * sizeof *out);
    float *mono = malloc(N * sizeof *mono), *want = malloc(N * sizeof *want);

    make_deep(&model);

    struct se_enhancer *one =
        make_enhancer(&model, 1, SE_CHANNELS_LINKED, INFINITY);
    struct se_enhancer *each =
        make_enhancer(&model, 2, SE_CHANNELS_EACH, INFINITY);
    struct se_enhancer *linked =
        make_enhancer(&model, 2, SE_CHANNELS_LINKED, INFINITY);

    run(each, out, in, 2);
    for (int c = 0; c < 2; c++) {
        for (int i = 0; i < N; i++)
            mono[i] = in[2 * i + c];
        se_enhancer_reset(one);
        run(one, want, mono, 1);
        for (int i = 0; i < N; i++)
            expect(out[2 * i + c] == want[i]);
    }
    run(linked, out, in, 2);
    for (int i = 0; i < N; i++)
        mono[i] = (in[2 * i] + in[2 * i + 1]) / 2.0f;
    se_enhancer_reset(one);
    run(one, want, mono, 1);
    expect_bytes(se_enhancer_mask(linked, 1), se_enhancer_mask(one, 0),
                 SE_BINS * sizeof(float));
    for (int i = 0; i < N; i++)
        expect_near((out[2 * i] + out[2 * i + 1]) / 2.0f, want[i], 1e-6f);
    se_enhancer_destroy(one);
    se_enhancer_destroy(each);
    se_enhancer_destroy(linked);
    se_model_free(&model);
    free(in);
    free(out);
    free(mono);
    free(want);
}

/* After a reset, and in place, the same again. */
TEST(reset)
{
    enum { N = HOPS * SE_HOP };
    struct se_model model;
    float *in = noise(N, 5), first[N];

    make_deep(&model);

    struct se_enhancer *enhancer =
        make_enhancer(&model, 1, SE_CHANNELS_LINKED, 30.0f);

    run(enhancer, first, in, 1);
    se_enhancer_reset(enhancer);
    run(enhancer, in, in, 1);
    expect_bytes(in, first, sizeof first);
    se_enhancer_destroy(enhancer);
    se_model_free(&model);
    free(in);
}

static void expect_refusal(const struct se_model *model,
                           struct se_enhancer_config config, const char *reason)
{
    struct se_enhancer *enhancer;

    expect_status(se_enhancer_create(&enhancer, model, &config, &report),
                  SE_ERR_ARG);
    expect(!enhancer);
    expect_contains(report.text, reason);
}

TEST(refusals)
{
    struct se_enhancer_config good = {.channels = 1,
                                      .mode = SE_CHANNELS_LINKED,
                                      .attenuation_limit_db = INFINITY};
    struct se_enhancer_config bad = good;
    struct se_model model;

    make_flat(&model, 0.0f);
    bad.channels = 0;
    expect_refusal(&model, bad, "0 channels");
    bad.channels = 65;
    expect_refusal(&model, bad, "65 channels");
    bad = good;
    bad.attenuation_limit_db = -1.0f;
    expect_refusal(&model, bad, "-1 dB");
    bad.attenuation_limit_db = NAN;
    expect_refusal(&model, bad, "dB");
    se_model_free(&model);
}

/* ---- streams ------------------------------------------------------------ */

struct sound {
    float *out, *taken;
    int64_t n;
};

/* Channels are linked, with no limit. */
static struct se_stream_config at_rate(int rate_hz, int channels)
{
    return (struct se_stream_config){
        .enhancer = {.channels = channels,
                     .mode = SE_CHANNELS_LINKED,
                     .attenuation_limit_db = INFINITY},
        .rate_hz = rate_hz,
        .resampler = &se_resample_best};
}

/* Feeds in[n] in blocks of `block` frames, takes in blocks of 100. */
static struct sound stream(const struct se_model *model, const float *in,
                           int64_t n, int64_t block,
                           const struct se_stream_config *config)
{
    int channels = config->enhancer.channels;
    struct se_stream *s;
    struct sound sound = {0};
    size_t size = (size_t)((n + 200) * channels) * sizeof *sound.out;

    sound.out = malloc(size);
    sound.taken = malloc(size);
    expect_ok(se_stream_create(&s, model, config, &report));
    for (int64_t i = 0;; i += block) {
        int64_t part = n - i < block ? n - i : block;
        int64_t got;

        expect_ok(se_stream_feed(s, part > 0 ? in + i * channels : NULL,
                                 part > 0 ? part : 0, &report));
        while ((got = se_stream_take(s, sound.out + sound.n * channels,
                                     sound.taken + sound.n * channels, 100)))
            sound.n += got;
        expect(sound.n <= n);
        if (part <= 0)
            break;
    }
    se_stream_destroy(s);
    return sound;
}

static void free_sound(struct sound *sound)
{
    free(sound->out);
    free(sound->taken);
}

static const int rates[] = {1000,  8000,  11025, 16000,
                            22050, 44100, 48000, 192000};
static const int64_t lengths[] = {0,   1,   2,   159, 160,  161,
                                  319, 320, 321, 479, 2000, 16001};

enum {
    N_RATES = sizeof rates / sizeof *rates,
    N_LENGTHS = sizeof lengths / sizeof *lengths
};

/* All of it comes out, and with a mask of 1 to the bit. */
TEST(stream_identity)
{
    struct se_model model;
    float *in = noise(2 * 16001, 6);

    make_flat(&model, 32.0f);
    for (int r = 0; r < N_RATES; r++) {
        const struct se_stream_config config = at_rate(rates[r], 2);

        for (int l = 0; l < N_LENGTHS; l++) {
            int64_t n = lengths[l];
            struct sound sound = stream(&model, in, n, 777, &config);

            expect_equal(sound.n, n);
            for (int64_t i = 0; i < 2 * n; i++) {
                expect(sound.out[i] == in[i]);
                expect(sound.taken[i] == 0.0f);
            }
            free_sound(&sound);
        }
    }
    se_model_free(&model);
    free(in);
}

/* White noise to the last hertz, at any rate, under a mask of a half: the
 * half of each sample, at its place. The resamplers ring at the start and the
 * end, where what they see jumps from nothing. */
TEST(stream_half)
{
    struct se_model model;
    enum { N = 40000, EDGE = 3000 };
    float *in = noise(N, 7);

    make_flat(&model, 0.0f);
    for (int r = 0; r < N_RATES; r++) {
        const struct se_stream_config config = at_rate(rates[r], 1);
        struct sound sound = stream(&model, in, N, 4096, &config);
        float worst = 0.0f, worst_inside = 0.0f;

        expect_equal(sound.n, N);
        for (int i = 0; i < N; i++) {
            float error = fabsf(sound.out[i] - 0.5f * in[i]);

            worst = fmaxf(worst, error);
            if (i >= EDGE && i < N - EDGE)
                worst_inside = fmaxf(worst_inside, error);
            expect_near(sound.out[i] + sound.taken[i], in[i], 1e-6f);
        }
        expect(worst_inside < 1e-6f);
        expect(worst < 0.05f);
        free_sound(&sound);
    }
    se_model_free(&model);
    free(in);
}

/* What a stream makes of in[n] under `offset`, less what it makes of in[n]. */
static double offset_cost(const struct se_model *model, const float *in, int n,
                          int rate_hz, float offset)
{
    const struct se_stream_config config = at_rate(rate_hz, 1);
    float *moved = malloc((size_t)n * sizeof *moved);
    double error = 0, energy = 0;

    for (int i = 0; i < n; i++)
        moved[i] = in[i] + offset;

    struct sound plain = stream(model, in, n, 4096, &config);
    struct sound other = stream(model, moved, n, 333, &config);

    for (int i = 0; i < n; i++) {
        double d = (double)(other.out[i] - plain.out[i]);

        error += d * d;
        energy += (double)(plain.out[i] * plain.out[i]);
    }
    free_sound(&plain);
    free_sound(&other);
    free(moved);
    return 10 * log10(error / energy);
}

/* A constant under the sound is gone from what comes out, whatever the mask;
 * in blocks of any length. */
TEST(stream_offset)
{
    struct se_model model;
    enum { N = 64000 };
    float *in = noise(N, 9);

    for (int i = 0; i < N; i++)
        in[i] *= i < 4000 ? 0.01f : 0.2f;
    make_flat(&model, 0.0f);
    for (int sign = -1; sign <= 1; sign += 2) {
        expect(offset_cost(&model, in, N, 16000, 0.5f * (float)sign) < -40);
        expect(offset_cost(&model, in, N, 48000, 0.5f * (float)sign) < -40);
    }
    se_model_free(&model);
    free(in);
}

/* A mask of nothing leaves nothing, above 8 kHz too. */
TEST(stream_silence)
{
    struct se_model model;
    enum { N = 48000, EDGE = 3000 };
    float *in = noise(N, 8);

    make_flat(&model, -80.0f);
    for (int r = 0; r < N_RATES; r++) {
        const struct se_stream_config config = at_rate(rates[r], 1);
        struct sound sound = stream(&model, in, N, 1000, &config);

        for (int i = EDGE; i < N - EDGE; i++)
            expect_near(sound.out[i], 0.0f, 1e-6f);
        free_sound(&sound);
    }
    se_model_free(&model);
    free(in);
}

/* How the sound is cut into blocks makes no difference to a bit. */
TEST(stream_blocks)
{
    static const int64_t blocks[] = {1, 159, 160, 161, 5000};
    enum { N = 5000 };
    struct se_model model;
    float *in = noise(2 * N, 9);

    make_deep(&model);
    for (int r = 0; r < N_RATES; r++) {
        struct se_stream_config config = at_rate(rates[r], 2);
        struct sound whole;

        config.enhancer.attenuation_limit_db = 30;
        whole = stream(&model, in, N, N, &config);
        for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
            struct sound parts = stream(&model, in, N, blocks[b], &config);

            expect_equal(parts.n, N);
            expect_bytes(parts.out, whole.out, 2 * N * sizeof(float));
            expect_bytes(parts.taken, whole.taken, 2 * N * sizeof(float));
            free_sound(&parts);
        }
        free_sound(&whole);
    }
    se_model_free(&model);
    free(in);
}

TEST(stream_each)
{
    enum { N = 9000 };
    struct se_model model;
    float *in = noise(2 * N, 10), *mono = malloc(N * sizeof *mono);
    const struct se_stream_config single = at_rate(44100, 1);
    struct se_stream_config each = at_rate(44100, 2);

    each.enhancer.mode = SE_CHANNELS_EACH;
    make_deep(&model);

    struct sound both = stream(&model, in, N, 1000, &each);

    for (int c = 0; c < 2; c++) {
        for (int i = 0; i < N; i++)
            mono[i] = in[2 * i + c];

        struct sound one = stream(&model, mono, N, 1000, &single);

        for (int i = 0; i < N; i++)
            expect(both.out[2 * i + c] == one.out[i]);
        free_sound(&one);
    }
    free_sound(&both);
    se_model_free(&model);
    free(in);
    free(mono);
}
