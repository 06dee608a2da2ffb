/* test_filter.c - nets that filter over frames or look ahead, in use: delay,
 * alignment, the definition, any size of block; in floats and in integers. */
#include "audio/sound.h"
#include "base/rng.h"
#include "check.h"
#include "enhance/stream.h"
#include "nets.h"
#include "nn/infer.h"
#include "nn/taps.h"
#include "nnsp/taps.h"
#include "quant/quantise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TAPS = 3,
    OUTPUTS = TAPS * SE_BINS,
    HOPS = 40,
    N = HOPS * SE_HOP,
    LATEST = 15 /* frames that a plain mask looks ahead */
};

/* Filters, and plain masks. */
static const struct se_taps shapes[] = {
    {TAPS, 0}, {TAPS, 1}, {TAPS, 2}, {1, 0}, {1, 1}, {1, 2}, {1, LATEST}};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static const char flat_text[] = "input_neurons 1\nlayer_type fc\n"
                                "layer_neurons %d\nactivation linear\n"
                                "len_filter %d\nlen_lookahead %d\n";
static const char deep_text[] =
    "input_neurons 24\n"
    "layer_type conv1d\nnum_filters 16\nkernel_size 3\nstrides 2\n"
    "activation tanh\n"
    "layer_type lstm\nlayer_neurons 12\n"
    "layer_type fc\nlayer_neurons %d\nactivation sigmoid\n"
    "scalar_output 0.6\nlen_filter %d\nlen_lookahead %d\n";

static void make_model(struct se_model *model, const char *text,
                       struct se_taps shape)
{
    char full[512];

    /* NOLINTNEXTLINE: one of the two */
    snprintf(full, sizeof full, text, shape.n * SE_BINS, shape.n,
             shape.lookahead);
    make_net(model, full);
}

/* The same filter or mask for all bins, whatever the sound. */
static void make_flat(struct se_model *model, const float *taps,
                      struct se_taps shape)
{
    int n = shape.n * SE_BINS;

    make_model(model, flat_text, shape);
    for (int i = 0; i < n; i++)
        model->parameters[n + i] = taps[i / SE_BINS];
}

static void make_deep(struct se_model *model, struct se_taps shape)
{
    make_model(model, deep_text, shape);
    draw_net(model);
}

/* Bursts of noise as 16-bit samples. */
static float *sound(uint64_t seed)
{
    float *x = malloc(N * sizeof *x);
    struct se_rng rng;

    expect(x);
    se_rng_seed(&rng, seed, 0);
    for (int i = 0; i < N; i++) {
        double level = i / 700 % 3 ? 0.1 : 0.004;

        x[i] = (float)floor(32768 * level * se_rng_normal(&rng)) / 32768.0f;
    }
    return x;
}

/* out[N] in blocks of `block` samples; `fixed` NULL: in floats. */
static void stream(const struct se_model *model, const struct nnsp_net *fixed,
                   float *out, const float *in, int block)
{
    const struct se_stream_config config = {
        .enhancer = {.channels = 1,
                     .mode = SE_CHANNELS_LINKED,
                     .attenuation_limit_db = INFINITY,
                     .fixed = fixed},
        .rate_hz = SE_RATE_HZ};
    float *taken = malloc(N * sizeof *taken);
    struct se_stream *s;
    int n_out = 0;

    expect(taken);
    expect_ok(se_stream_create(&s, model, &config, &report));
    for (int i = 0; i <= N; i += block) {
        int n = N - i < block ? N - i : block;

        expect_ok(se_stream_feed(s, in + i, n, &report));
        n_out += (int)se_stream_take(s, out + n_out, taken, N - n_out);
    }
    expect(n_out <= N - SE_STFT_DELAY);
    expect_ok(se_stream_feed(s, NULL, 0, &report));
    n_out += (int)se_stream_take(s, out + n_out, taken, N);
    expect_equal(n_out, N);
    se_stream_destroy(s);
    free(taken);
}

static struct se_quant_net *quantise(const struct se_model *model)
{
    struct se_quant_net *net;

    expect_ok(se_quantise(&net, model, NULL, &report));
    return net;
}

static double ratio_db(const float *wanted, const float *found)
{
    double signal = 0, noise = 1e-20;

    for (int i = 0; i < N; i++) {
        double d = (double)wanted[i] - (double)found[i];

        signal += (double)wanted[i] * (double)wanted[i];
        noise += d * d;
    }
    return 10 * log10(signal / noise);
}

/* A filter that takes the frame itself, or a mask of 1, takes nothing away, and
 * what comes out is what went in, at its place, to the last bit: of both
 * runtimes. */
TEST(own_frame)
{
    float out[N], *in = sound(1);

    for (int i = 0; i < SHAPES; i++) {
        const struct se_taps shape = shapes[i];
        float taps[TAPS] = {0};
        struct se_model model;
        struct se_quant_net *net;

        taps[shape.n > 1 ? shape.n - 1 - shape.lookahead : 0] = 1;
        make_flat(&model, taps, shape);
        net = quantise(&model);
        stream(&model, NULL, out, in, 1000);
        expect_bytes(out, in, sizeof out);
        stream(&model, &net->net, out, in, 1000);
        expect_bytes(out, in, sizeof out);
        se_quant_net_free(net);
        se_model_free(&model);
    }
    free(in);
}

static float amplitude[HOPS + 2 + LATEST][SE_BINS];

/* The gain of bin k of frame `own`, of all up to frame t. */
static float gain_of(const float *taps, int n_taps, int t, int own, int k)
{
    float sum = 0;

    if (n_taps == 1)
        return taps[k];
    for (int i = 0; i < n_taps; i++) {
        int frame = t - n_taps + 1 + i;

        sum += taps[i * SE_BINS + k] *
               (frame < 0 ? 0x1p-15f : amplitude[frame][k]);
    }
    return fminf(fmaxf(sum / amplitude[own][k], 0), 1);
}

/* want[N]: each frame's bins times a gain, with taps of the net's infer or,
 * where that is NULL, taps[TAPS]; in the words of nn_arch/README.md. */
static void define(float *want, const float *in, const struct se_model *model)
{
    static float taps[OUTPUTS];
    static se_bin spectrum[HOPS + 2 + LATEST][SE_BINS];
    const float silence[SE_HOP] = {0}, no_power[SE_BINS] = {0};
    struct se_stft *stft;
    struct se_feature *feature;
    struct se_infer *infer;
    int n_in = model->arch.n_in, n_taps = model->arch.len_filter;
    int lookahead = model->arch.len_lookahead;
    float power[SE_BINS], x[SE_MAX_FEATURES], hop[SE_HOP];

    se_stft_create(&stft, NULL);
    se_feature_create(&feature, SE_FEAT_MEL, n_in, NULL);
    se_infer_create(&infer, &model->arch, model->parameters, NULL);
    se_feature_log(feature, x, no_power);
    se_feature_standardise(x, x, model->mean, model->inv_std, n_in);
    se_infer_reset(infer, x);
    for (int t = 0; t < HOPS + 2 + lookahead; t++) {
        int own = t - lookahead;

        se_stft_analyse(stft, spectrum[t],
                        t < HOPS ? in + t * SE_HOP : silence);
        se_power(power, spectrum[t]);
        se_feature_log(feature, x, power);
        se_feature_standardise(x, x, model->mean, model->inv_std, n_in);
        se_infer_frame(infer, taps, x);
        for (int k = 0; k < SE_BINS; k++)
            amplitude[t][k] = fmaxf(sqrtf(power[k]), 0x1p-15f);
        if (own < 0)
            continue;
        for (int k = 0; k < SE_BINS; k++) {
            float gain = gain_of(taps, n_taps, t, own, k);

            spectrum[own][k][0] *= gain;
            spectrum[own][k][1] *= gain;
        }
        se_stft_synthesise(stft, hop, spectrum[own]);
        if (own >= 2)
            memcpy(want + (own - 2) * SE_HOP, hop, sizeof hop);
    }
    se_infer_destroy(infer);
    se_feature_destroy(feature);
    se_stft_destroy(stft);
}

/* The frame before takes the place of the frame; and nets that listen. */
TEST(definition)
{
    float out[N], want[N], *in = sound(2);

    for (int i = 0; i < SHAPES; i++) {
        const struct se_taps shape = shapes[i];
        struct se_model model;
        struct se_quant_net *net;

        if (shape.lookahead < shape.n - 1) {
            float taps[TAPS] = {0};

            taps[shape.n - 2 - shape.lookahead] = 1;
            make_flat(&model, taps, shape);
            define(want, in, &model);
            expect(ratio_db(want, in) < 12); /* it does something */
            stream(&model, NULL, out, in, N);
            expect(ratio_db(want, out) > 100);
            net = quantise(&model);
            stream(&model, &net->net, out, in, N);
            expect(ratio_db(want, out) > 60);
            se_quant_net_free(net);
            se_model_free(&model);
        }
        make_deep(&model, shape);
        define(want, in, &model);
        stream(&model, NULL, out, in, N);
        expect(ratio_db(want, out) > 100);
        net = quantise(&model);
        stream(&model, &net->net, out, in, N);
        expect(ratio_db(want, out) > 20);
        se_quant_net_free(net);
        se_model_free(&model);
    }
    free(in);
}

static void check_blocks(struct se_taps shape)
{
    const int blocks[] = {1, 7, 159, 160, 161, 1001};
    float whole[N], out[N], *in = sound(3);
    struct se_model model;
    struct se_quant_net *net;

    make_deep(&model, shape);
    net = quantise(&model);
    for (int fixed = 0; fixed < 2; fixed++) {
        const struct nnsp_net *integers = fixed ? &net->net : NULL;

        stream(&model, integers, whole, in, N);
        for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
            stream(&model, integers, out, in, blocks[b]);
            expect_bytes(out, whole, sizeof whole);
        }
    }
    se_quant_net_free(net);
    se_model_free(&model);
    free(in);
}

TEST(blocks)
{
    check_blocks((struct se_taps){TAPS, 1});
    check_blocks((struct se_taps){1, 2});
}

/* A reset forgets all that was heard. */
static void check_reset(struct se_taps shape)
{
    float first[N], again[N], *in = sound(4);
    struct se_model model;
    struct se_quant_net *net;

    make_deep(&model, shape);
    net = quantise(&model);
    for (int fixed = 0; fixed < 2; fixed++) {
        struct se_enhancer_config config = {.channels = 1,
                                            .attenuation_limit_db = INFINITY,
                                            .fixed = fixed ? &net->net : NULL};
        struct se_enhancer *enhancer;

        expect_ok(se_enhancer_create(&enhancer, &model, &config, &report));
        expect_equal(se_enhancer_delay(enhancer), 320 + 160 * shape.lookahead);
        for (int t = 0; t < HOPS; t++)
            se_enhancer_step(enhancer, first + t * SE_HOP, in + t * SE_HOP);
        se_enhancer_reset(enhancer);
        for (int t = 0; t < HOPS; t++)
            se_enhancer_step(enhancer, again + t * SE_HOP, in + t * SE_HOP);
        expect_bytes(again, first, sizeof first);
        se_enhancer_destroy(enhancer);
    }
    se_quant_net_free(net);
    se_model_free(&model);
    free(in);
}

TEST(reset)
{
    check_reset((struct se_taps){TAPS, 2});
    check_reset((struct se_taps){1, 3});
}

/* Stereo under one mask, or with one each; speech[HOPS + LATEST]. */
static void step_all(struct se_enhancer *enhancer, float *out, float *speech,
                     const float *in)
{
    for (int t = 0; t < HOPS + LATEST; t++) {
        se_enhancer_step(enhancer, out + 2 * t * SE_HOP, in + 2 * t * SE_HOP);
        speech[t] = se_enhancer_speech(enhancer);
    }
}

/* Where the mask is always the same, a net that looks ahead gives what one that
 * does not would give of sound that is so much later, and finds speech there.
 */
TEST(later)
{
    enum { LATE = 4, MOST = (HOPS + LATEST) * SE_HOP * 2 };
    static float in[2 * LATE * SE_HOP + MOST], first[MOST], second[MOST];
    float first_speech[HOPS + LATEST], second_speech[HOPS + LATEST];
    const float mask = 0.4f;
    float *x = sound(7), *y = sound(8);

    for (int i = 0; i < N; i++) {
        in[2 * (LATE * SE_HOP + i)] = x[i];
        in[2 * (LATE * SE_HOP + i) + 1] = 0.3f * y[i];
    }
    for (int kind = 0; kind < 4; kind++) {
        struct se_enhancer_config config = {
            .channels = 2,
            .mode = kind & 1 ? SE_CHANNELS_LINKED : SE_CHANNELS_EACH,
            .attenuation_limit_db = INFINITY};
        struct se_enhancer *now, *later;
        struct se_model plain, ahead;
        struct se_quant_net *plain_net, *ahead_net;
        float most = 0;

        make_flat(&plain, &mask, (struct se_taps){1, 0});
        make_flat(&ahead, &mask, (struct se_taps){1, LATE});
        plain_net = quantise(&plain);
        ahead_net = quantise(&ahead);
        config.fixed = kind & 2 ? &plain_net->net : NULL;
        expect_ok(se_enhancer_create(&now, &plain, &config, &report));
        config.fixed = kind & 2 ? &ahead_net->net : NULL;
        expect_ok(se_enhancer_create(&later, &ahead, &config, &report));
        step_all(now, first, first_speech, in);
        step_all(later, second, second_speech, in + 2 * LATE * SE_HOP);
        for (int t = 0; t < HOPS; t++) {
            expect_near(second_speech[t], first_speech[t], 1e-4f);
            most = fmaxf(most, first_speech[t]);
        }
        expect(most > 0.2f);
        expect_bytes(second, first, HOPS * SE_HOP * 2 * sizeof *first);
        se_enhancer_destroy(now);
        se_enhancer_destroy(later);
        se_quant_net_free(plain_net);
        se_quant_net_free(ahead_net);
        se_model_free(&plain);
        se_model_free(&ahead);
    }
    free(x);
    free(y);
}

/* Roots of the integer runtime, over the whole range. */
TEST(amplitude)
{
    struct se_rng rng;

    expect_equal(nnsp_amplitude(0, 0), 256);
    expect_equal(nnsp_amplitude(255, 0), 256);
    expect_equal(nnsp_amplitude(-257, 0), 257);
    expect_equal(nnsp_amplitude(3000, 4000), 5000);
    se_rng_seed(&rng, 6, 0);
    for (int i = 0; i < 100000; i++) {
        int bits = 8 + i % 23;
        double re = floor(ldexp(se_rng_uniform(&rng, -1, 1), bits));
        double im = floor(ldexp(se_rng_uniform(&rng, -1, 1), bits));
        double wanted = fmax(sqrt(re * re + im * im), 256);
        double found = nnsp_amplitude((int32_t)re, (int32_t)im);

        expect(found <= wanted && found > wanted * (1 - 0x1p-15) - 1);
    }
}

TEST(refused_shapes)
{
    const float taps[TAPS] = {0, 1, 0};
    struct se_model model;
    struct se_quant_net *net;
    struct nnsp_net bad;

    make_flat(&model, taps, (struct se_taps){TAPS, 1});
    net = quantise(&model);
    expect_equal(nnsp_memory_bytes(&net->net), net->memory_bytes);
    bad = net->net;
    bad.n_taps = 2;
    expect_equal(nnsp_memory_bytes(&bad), 0);
    bad.n_taps = 0;
    expect_equal(nnsp_memory_bytes(&bad), 0);
    bad.n_taps = 3;
    bad.lookahead = 3;
    expect_equal(nnsp_memory_bytes(&bad), 0);
    se_quant_net_free(net);
    se_model_free(&model);
}

/* A plain mask waits for frames in memory that the formula of nnsp.h has. */
TEST(memory)
{
    const float mask = 1;
    struct se_model model;
    struct se_quant_net *net;
    struct nnsp_net other;

    make_flat(&model, &mask, (struct se_taps){1, 0});
    net = quantise(&model);
    other = net->net;
    for (int lookahead = 0; lookahead <= NNSP_MAX_LOOKAHEAD; lookahead++) {
        other.lookahead = (uint8_t)lookahead;
        expect_equal(nnsp_memory_bytes(&other),
                     net->memory_bytes + NNSP_LOOKAHEAD_BYTES(lookahead));
    }
    other.lookahead = NNSP_MAX_LOOKAHEAD + 1;
    expect_equal(nnsp_memory_bytes(&other), 0);
    se_quant_net_free(net);
    se_model_free(&model);
}
