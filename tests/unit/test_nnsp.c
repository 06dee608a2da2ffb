/* test_nnsp.c - the whole integer pipeline: what goes in comes out, nothing
 * overflows, features and output agree with the float code, golden bytes. */
#include "check.h"
#include "enhance/enhancer.h"
#include "nnsp_toy.h"

enum { FRAMES = 60, SAMPLES = FRAMES * NNSP_HOP };

#define NET                                                                    \
    "input_neurons 72\n"                                                       \
    "layer_type conv1d\nnum_filters 10\nkernel_size 3\nstrides 1\n"            \
    "activation tanh\n"                                                        \
    "layer_type lstm\nlayer_neurons 9\nactivation tanh\n"                      \
    "layer_type fc\nlayer_neurons 12\nactivation relu6\n"                      \
    "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n"

static int16_t to_sample(double x)
{
    return (int16_t)fmax(-32768.0, fmin(32767.0, floor(x + 0.5)));
}

/* Harmonics of a voice that comes and goes, over noise; `peak` about its
 * largest value. */
static void voice(int16_t *x, double peak)
{
    struct se_rng rng;

    se_rng_seed(&rng, 5, 0);
    for (int i = 0; i < SAMPLES; i++) {
        double t = i / 16000.0, sum = 0.02 * se_rng_normal(&rng);
        double on = fmax(0.0, sin(2.0 * M_PI * 5.0 * t));

        for (int h = 1; h < 30; h++)
            sum += 0.25 * on / h * sin(2.0 * M_PI * h * (120.0 + 30.0 * t) * t);
        x[i] = to_sample(peak * sum);
    }
}

static void run(struct nnsp *nnsp, int16_t *out, const int16_t *in)
{
    for (int t = 0; t < FRAMES; t++)
        nnsp_step(nnsp, out + t * NNSP_HOP, in + t * NNSP_HOP);
}

/* The stages, with the same mask for all bins in place of the net's. */
static void run_with_mask(struct nnsp *nnsp, int16_t *out, const int16_t *in,
                          int16_t mask)
{
    for (int t = 0; t < FRAMES; t++) {
        nnsp_analyse(nnsp, in + t * NNSP_HOP);
        for (int k = 0; k < NNSP_BINS; k++)
            nnsp->mask[k] = mask;
        nnsp_synthesise(nnsp, out + t * NNSP_HOP);
    }
}

static void white(int16_t *x, int size)
{
    struct se_rng rng;

    se_rng_seed(&rng, 11, 0);
    for (int i = 0; i < SAMPLES; i++)
        x[i] = (int16_t)se_rng_uniform(&rng, -size, size);
}

/* A mask of one gives the input, of zero nothing, of a half its half. */
TEST(masks)
{
    static int16_t in[SAMPLES], out[SAMPLES];
    struct nnsp_toy toy;

    toy_make(&toy, NET, SE_FEAT_MEL);
    for (int size = 2; size <= 32768; size *= 8) {
        white(in, size);
        nnsp_reset(&toy.nnsp);
        run_with_mask(&toy.nnsp, out, in, 32767);
        for (int i = 0; i < SAMPLES; i++)
            expect_equal(out[i], i < NNSP_DELAY ? 0 : in[i - NNSP_DELAY]);
        nnsp_reset(&toy.nnsp);
        run_with_mask(&toy.nnsp, out, in, 0);
        for (int i = 0; i < SAMPLES; i++)
            expect_range(out[i] + 2, 0, 4);
        nnsp_reset(&toy.nnsp);
        run_with_mask(&toy.nnsp, out, in, 16384);
        for (int i = NNSP_DELAY; i < SAMPLES; i++)
            expect(abs(2 * out[i] - in[i - NNSP_DELAY]) <= 4);
    }
    toy_free(&toy);
}

/* mask_min limits what is taken away: with 32767, nothing. */
TEST(mask_min)
{
    static int16_t in[SAMPLES], out[SAMPLES];
    struct nnsp_toy toy;

    toy_make(&toy, NET, SE_FEAT_MEL);
    voice(in, 30000.0);
    toy.nnsp.mask_min = 32767;
    run(&toy.nnsp, out, in);
    expect_bytes(out + NNSP_DELAY, in, (SAMPLES - NNSP_DELAY) * sizeof *in);
    expect(toy.nnsp.mask[20] != 32767);
    nnsp_reset(&toy.nnsp);
    expect_equal(toy.nnsp.mask_min, 32767);
    toy_free(&toy);
}

/* Signals as loud as int16 allows, made to hurt. */
static int16_t loud(int kind, int i, struct se_rng *rng)
{
    switch (kind) {
    case 0: /* square waves of all periods */
        return i / (1 + i / 200) % 2 ? INT16_MAX : INT16_MIN;
    case 1:
        return INT16_MIN;
    case 2:
        return INT16_MAX;
    case 3: /* single samples */
        return i % 997 == 0 ? INT16_MIN : i % 641 == 0 ? INT16_MAX : 0;
    case 4:
        return (int16_t)(se_rng_next(rng) % 65536 - 32768);
    case 5:
        return se_rng_next(rng) % 2 ? INT16_MAX : INT16_MIN;
    case 6: /* one bin, in phase with the window's middle */
        return cos(2.0 * M_PI * (i / 960 * 7 % 257) * (i % 512) / 512.0) >= 0
                   ? INT16_MAX
                   : INT16_MIN;
    default: /* all the energy at one end of the window, then at the other */
        return i / 700 % 2 ? (i % 2 ? INT16_MIN : INT16_MAX) : 0;
    }
}

/* Under the sanitizers an overflow would end the program. Masks that jump make
 * the output as large as it can be. */
TEST(full_scale)
{
    static int16_t in[SAMPLES], out[SAMPLES];
    struct nnsp_toy toy;
    struct se_rng rng;

    toy_make(&toy, NET, SE_FEAT_MEL);
    se_rng_seed(&rng, 2, 0);
    for (int kind = 0; kind < 8; kind++) {
        for (int i = 0; i < SAMPLES; i++)
            in[i] = loud(kind, i, &rng);
        nnsp_reset(&toy.nnsp);
        run(&toy.nnsp, out, in);
        nnsp_reset(&toy.nnsp);
        for (int t = 0; t < FRAMES; t++) {
            nnsp_analyse(&toy.nnsp, in + t * NNSP_HOP);
            nnsp_extract(&toy.nnsp);
            nnsp_infer(&toy.nnsp);
            for (int k = 0; k < NNSP_BINS; k++)
                toy.nnsp.mask[k] =
                    toy.nnsp.spectrum[2 * (k % 256)] > 0 ? 32767 : 0;
            nnsp_synthesise(&toy.nnsp, out + t * NNSP_HOP);
        }
    }
    toy_free(&toy);
}

static void float_features(struct se_stft *stft, struct se_feature *feature,
                           float *x, const int16_t *in,
                           const struct se_model *model)
{
    float hop[SE_HOP], power[SE_BINS];
    se_bin spectrum[SE_BINS];

    for (int i = 0; i < SE_HOP; i++)
        hop[i] = in[i] / 32768.0f;
    se_stft_analyse(stft, spectrum, hop);
    se_power(power, spectrum);
    se_feature_log(feature, x, power);
    se_feature_standardise(x, x, model->mean, model->inv_std, model->arch.n_in);
}

/* Difference of the features, in counts of 1/256. */
static void check_features(const char *text, enum se_feat_type type,
                           double level_db)
{
    static int16_t in[SAMPLES];
    float x[SE_MAX_FEATURES];
    struct se_feature *feature;
    struct se_stft *stft;
    struct nnsp_toy toy;
    double sum = 0.0, worst = 0.0;

    toy_make(&toy, text, type);
    expect_ok(se_feature_create(&feature, type, toy.net.n_features, &report));
    expect_ok(se_stft_create(&stft, &report));
    voice(in, 32767.0 * pow(10.0, level_db / 20.0));
    for (int t = 0; t < FRAMES; t++) {
        const int16_t *hop = in + t * NNSP_HOP;

        float_features(stft, feature, x, hop, &toy.model);
        nnsp_analyse(&toy.nnsp, hop);
        nnsp_extract(&toy.nnsp);
        for (int i = 0; i < toy.net.n_features; i++) {
            double d = toy.nnsp.features[i] - 256.0 * (double)x[i];

            sum += d * d / (FRAMES * toy.net.n_features);
            worst = fmax(worst, fabs(d));
        }
    }
    printf("features at %4.0f dBFS: rms %.3f counts, worst %.0f\n", level_db,
           sqrt(sum), worst);
    expect(sqrt(sum) < 0.2);
    expect(worst <= 1.0);
    se_feature_destroy(feature);
    se_stft_destroy(stft);
    toy_free(&toy);
}

TEST(features)
{
    for (int level = -60; level <= 0; level += 10) {
        check_features(NET, SE_FEAT_MEL, level);
        check_features("input_neurons 257\nlayer_type fc\n"
                       "layer_neurons 257\nactivation sigmoid\n",
                       SE_FEAT_PSPEC, level);
    }
}

/* Silence is at the floor of the logarithm everywhere. */
TEST(silent_features)
{
    const int16_t silence[NNSP_HOP] = {0};
    int16_t before[SE_MAX_FEATURES], out[NNSP_HOP];
    struct nnsp_toy toy;

    toy_make(&toy, NET, SE_FEAT_MEL);
    memcpy(before, toy.nnsp.features, sizeof before[0] * 72);
    nnsp_step(&toy.nnsp, out, silence);
    expect_bytes(toy.nnsp.features, before, sizeof before[0] * 72);
    for (int i = 0; i < 72; i++) {
        double log = -15.0 * log10(2.0) - (double)toy.model.mean[i];
        double x = 256.0 * log * (double)toy.model.inv_std[i];

        expect_near(before[i], floor(x), 1.0);
    }
    for (int i = 0; i < NNSP_HOP; i++)
        expect_equal(out[i], 0);
    toy_free(&toy);
}

static void check_against_float(double peak, double least_snr_db)
{
    const struct se_enhancer_config config = {
        .channels = 1,
        .mode = SE_CHANNELS_EACH,
        .attenuation_limit_db = INFINITY,
    };
    static int16_t in[SAMPLES], out[SAMPLES];
    struct se_enhancer *enhancer;
    struct nnsp_toy toy;
    double signal = 0.0, error = 0.0;

    toy_make(&toy, NET, SE_FEAT_MEL);
    expect_ok(se_enhancer_create(&enhancer, &toy.model, &config, &report));
    voice(in, peak);
    run(&toy.nnsp, out, in);
    for (int t = 0; t < FRAMES; t++) {
        float hop[SE_HOP];

        for (int i = 0; i < SE_HOP; i++)
            hop[i] = in[t * SE_HOP + i] / 32768.0f;
        se_enhancer_step(enhancer, hop, hop);
        for (int i = 0; i < SE_HOP; i++) {
            double want = 32768.0 * (double)hop[i];

            signal += want * want;
            error += pow(out[t * SE_HOP + i] - want, 2.0);
        }
    }
    signal = 10.0 * log10(signal / error);
    printf("output at a peak of %.0f: %.1f dB from the float net's, "
           "rms error %.2f\n",
           peak, signal, sqrt(error / SAMPLES));
    expect(signal > least_snr_db);
    se_enhancer_destroy(enhancer);
    toy_free(&toy);
}

TEST(against_float)
{
    check_against_float(300.0, 34.0); /* rounding to int16 is what is left */
    check_against_float(3000.0, 50.0);
    check_against_float(30000.0, 55.0);
}

/* Two streams of one net, one of another net, a frame each in turn. */
TEST(side_by_side)
{
    static int16_t in[2][SAMPLES], want[2][SAMPLES], got[2][SAMPLES];
    struct nnsp_toy toy;
    struct nnsp second;
    void *memory;

    toy_make(&toy, NET, SE_FEAT_MEL);
    memory = toy_zeros(toy.memory_bytes);
    memset(memory, 0x5a, toy.memory_bytes); /* init leaves nothing of it */
    voice(in[0], 20000.0);
    white(in[1], 9000);
    for (int i = 0; i < 2; i++) {
        nnsp_reset(&toy.nnsp); /* as good as fresh, after another signal */
        run(&toy.nnsp, want[i], in[i]);
    }
    nnsp_reset(&toy.nnsp);
    expect_equal(nnsp_init(&second, &toy.net, memory, toy.memory_bytes),
                 NNSP_OK);
    for (int t = 0; t < FRAMES; t++) {
        int at = t * NNSP_HOP;

        nnsp_step(&toy.nnsp, got[0] + at, in[0] + at);
        memcpy(got[1] + at, in[1] + at, NNSP_HOP * sizeof in[1][0]);
        nnsp_step(&second, got[1] + at, got[1] + at); /* in place */
    }
    expect_bytes(got, want, sizeof got);
    expect(memcmp(got[0], got[1], sizeof got[0]) != 0);
    free(memory);
    toy_free(&toy);
}

/* What comes before a net with strides is due holds the mask. */
TEST(strides)
{
    static int16_t in[SAMPLES], out[SAMPLES];
    int16_t mask[NNSP_BINS];
    struct nnsp_toy toy;

    toy_make(&toy,
             "input_neurons 40\nlayer_type conv1d\nnum_filters 9\n"
             "kernel_size 2\nstrides 3\nactivation tanh\n"
             "layer_type fc\nlayer_neurons 257\nactivation sigmoid\n",
             SE_FEAT_MEL);
    voice(in, 20000.0);
    for (int t = 0; t < FRAMES; t++) {
        memcpy(mask, toy.nnsp.mask, sizeof mask);
        nnsp_step(&toy.nnsp, out, in + t * NNSP_HOP);
        if (t % 3 != 0)
            expect_bytes(toy.nnsp.mask, mask, sizeof mask);
        else
            expect(memcmp(toy.nnsp.mask, mask, sizeof mask) != 0);
    }
    toy_free(&toy);
}

/* Noise and clicks from integers alone, so that all machines have the same. */
static void integer_signal(int16_t *x)
{
    uint32_t random = 1;

    for (int i = 0; i < SAMPLES; i++) {
        random = random * 1664525u + 1013904223u;
        x[i] = (int16_t)((int32_t)(random >> 16) - 32768);
        x[i] = (int16_t)(x[i] / (1 + i / 160 % 30));
        if (i % 777 == 0)
            x[i] = INT16_MIN;
    }
}

static uint32_t fnv1a(uint32_t hash, const int16_t *x, int n)
{
    for (int i = 0; i < n; i++) {
        hash = (hash ^ (uint8_t)x[i]) * 16777619u;
        hash = (hash ^ (uint8_t)((uint16_t)x[i] >> 8)) * 16777619u;
    }
    return hash;
}

/* FNV-1a of features, masks and output. A change of these is a change of the
 * definition: README.md in lib/nnsp has to say the same. */
TEST(golden)
{
    static int16_t in[SAMPLES], out[SAMPLES];
    uint32_t features = 2166136261u, masks = features;
    struct nnsp_toy toy;

    toy_make(&toy, NET, SE_FEAT_MEL);
    integer_signal(in);
    for (int t = 0; t < FRAMES; t++) {
        nnsp_step(&toy.nnsp, out + t * NNSP_HOP, in + t * NNSP_HOP);
        features = fnv1a(features, toy.nnsp.features, 72);
        masks = fnv1a(masks, toy.nnsp.mask, NNSP_BINS);
    }
    expect_equal(features, 0x6c3898f0);
    expect_equal(masks, 0x5a82ef18);
    expect_equal(fnv1a(2166136261u, out, SAMPLES), 0x69de48eb);
    toy_free(&toy);
}
