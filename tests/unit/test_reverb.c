/* test_reverb.c - mixtures in rooms, and the stores of responses behind them.
 */
#include "check.h"
#include "dsp/level.h"
#include "toy.h"

enum { RATE_HZ = 16000, SECONDS = 2, N = SECONDS * RATE_HZ, SEED = 5 };

static struct toy toy;

BEFORE_ALL()
{
    toy_open(&toy, 2);
}

AFTER_ALL()
{
    toy_close(&toy);
}

/* All mixtures in one of a few simulated rooms, the noise 60 dB down. */
static struct se_mixer make_mixer(enum se_target target, float early_ms)
{
    struct se_mixer mixer = toy.mixer;
    struct se_reverb_config *reverb = &mixer.config.reverb;

    mixer.config.seconds = SECONDS;
    mixer.config.n_snrs = 1;
    mixer.config.snr_db[0] = 60;
    mixer.config.snr_jitter_db = 0;
    reverb->chance = 1;
    reverb->noise_chance = 0;
    reverb->target = target;
    reverb->early_ms = early_ms;
    reverb->rt60_min = 0.3f;
    reverb->rt60_max = 0.5f;
    reverb->n_responses = 4;
    return mixer;
}

static void open_rooms(struct se_mixer *mixer, struct se_pool *pool)
{
    expect_ok(se_reverb_open(&mixer->reverb, &mixer->config.reverb, SEED, pool,
                             &report));
}

static void mix(const struct se_mixer *mixer, float *noisy, float *clean,
                int number)
{
    static float noise[N];

    expect(se_mix_samples(mixer) == N && se_mix_scratch(mixer) <= N);
    se_mix(mixer, &(struct se_mixture){noisy, clean, noise}, SEED,
           (uint64_t)number);
}

static double product(const float *a, const float *b, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Similarity of b moved by `delay`, -1..1. */
static double likeness(const float *a, const float *b, int delay)
{
    int n = N - delay;

    return product(a + delay, b, n) /
           sqrt(product(a + delay, a + delay, n) * product(b, b, n));
}

/* What is in `noisy` beyond `clean`, dB of clean. */
static double rest_db(const float *noisy, const float *clean)
{
    double rest = 0;

    for (int i = 0; i < N; i++)
        rest += pow((double)noisy[i] - (double)clean[i], 2);
    return 10 * log10(rest / product(clean, clean, N));
}

/* The dry target is the speech of the mixture without a room, later by the way
 * of the sound. */
TEST(dry_target)
{
    static float noisy[N], clean[N], plain_noisy[N], plain[N];
    struct se_mixer mixer = make_mixer(SE_TARGET_DRY, 0);
    struct se_mixer without = mixer;

    open_rooms(&mixer, toy.pool);
    for (int number = 0; number < 6; number++) {
        int best = 0;

        mix(&mixer, noisy, clean, number);
        mix(&without, plain_noisy, plain, number);
        for (int delay = 0; delay < 150; delay++)
            if (likeness(clean, plain, delay) > likeness(clean, plain, best))
                best = delay;
        /* 0.5 to 3 m */
        expect(best > 22 && best < 141);
        expect(likeness(clean, plain, best) > 0.99999);
        expect(rest_db(noisy, clean) > -15);
    }
    se_reverb_destroy(mixer.reverb);
}

/* The later a target ends, the less it leaves to be taken out. */
TEST(targets)
{
    static float noisy[N], clean[N];
    const struct {
        enum se_target target;
        float early_ms;
    } wider[] = {{SE_TARGET_DRY, 0},      {SE_TARGET_EARLY, 10},
                 {SE_TARGET_EARLY, 50},   {SE_TARGET_EARLY, 150},
                 {SE_TARGET_EARLY, 1000}, {SE_TARGET_REVERBERANT, 0}};
    double before[6] = {100, 100, 100, 100, 100, 100};

    for (int i = 0; i < 6; i++) {
        struct se_mixer mixer = make_mixer(wider[i].target, wider[i].early_ms);

        open_rooms(&mixer, toy.pool);
        for (int number = 0; number < 6; number++) {
            double now;

            mix(&mixer, noisy, clean, number);
            now = rest_db(noisy, clean);
            if (i < 4)
                expect(now < before[number] && now > -40);
            else /* nothing but the noise */
                expect(now < -58);
            before[number] = now;
        }
        se_reverb_destroy(mixer.reverb);
    }
}

/* The original's: between nothing and all of what is late. */
TEST(decay_target)
{
    static float noisy[N], clean[N];
    struct se_mixer decay = make_mixer(SE_TARGET_DECAY, 5);
    struct se_mixer early = make_mixer(SE_TARGET_EARLY, 5);

    open_rooms(&decay, toy.pool);
    open_rooms(&early, toy.pool);
    for (int number = 0; number < 6; number++) {
        double decays, cut;

        mix(&decay, noisy, clean, number);
        decays = rest_db(noisy, clean);
        mix(&early, noisy, clean, number);
        cut = rest_db(noisy, clean);
        expect(decays < cut - 1 && decays > -40);
    }
    se_reverb_destroy(decay.reverb);
    se_reverb_destroy(early.reverb);
}

/* A third of the mixtures has a room; the others are those without. */
TEST(share)
{
    static float noisy[N], clean[N], plain_noisy[N], plain[N];
    struct se_mixer mixer = make_mixer(SE_TARGET_EARLY, 50);
    struct se_mixer without = mixer;
    int n_dry = 0;

    mixer.config.reverb.chance = 0.33f;
    open_rooms(&mixer, toy.pool);
    for (int number = 0; number < 60; number++) {
        mix(&mixer, noisy, clean, number);
        mix(&without, plain_noisy, plain, number);
        if (memcmp(clean, plain, sizeof clean) == 0) {
            expect_bytes(noisy, plain_noisy, sizeof noisy);
            n_dry++;
        }
    }
    expect(n_dry > 30 && n_dry < 50);
    se_reverb_destroy(mixer.reverb);
}

/* The SNR is that of the target, whether or not the noise is in the room. */
TEST(snr)
{
    static float noisy[N], clean[N];
    struct se_mixer mixer = make_mixer(SE_TARGET_REVERBERANT, 0);

    mixer.config.snr_db[0] = 6;
    for (int wet = 0; wet < 2; wet++) {
        mixer.config.reverb.noise_chance = (float)wet;
        open_rooms(&mixer, toy.pool);
        for (int number = 0; number < 4; number++) {
            mix(&mixer, noisy, clean, number);
            for (int i = 0; i < N; i++)
                noisy[i] -= clean[i];

            double snr_db = 10 * log10(se_level_active_power(clean, N) /
                                       se_level_power(noisy, N));

            expect_near(snr_db, 6, 0.02);
        }
        se_reverb_destroy(mixer.reverb);
    }
}

/* ---- threads --------------------------------------------------------------*/

enum { MANY = 24 };

struct many {
    const struct se_mixer *mixer;
    float (*noisy)[N];
};

static void mix_one(void *context, int index, int worker)
{
    const struct many *many = context;
    float *clean = malloc(2 * sizeof many->noisy[0]);

    (void)worker;
    if (clean)
        se_mix(many->mixer,
               &(struct se_mixture){many->noisy[index], clean, clean + N}, SEED,
               (uint64_t)index);
    free(clean);
}

/* Rooms made by one thread or three, mixtures by one or three, of which two
 * have to wait for the one desk: the same bytes. */
TEST(threads)
{
    struct se_mixer mixer = make_mixer(SE_TARGET_EARLY, 50), again = mixer;
    float(*alone)[N] = malloc(2 * MANY * sizeof *alone);
    struct se_pool *one, *three;

    expect(alone);
    expect_ok(se_pool_create(&one, 1, &report));
    expect_ok(se_pool_create(&three, 3, &report));
    open_rooms(&mixer, three);
    open_rooms(&again, one);
    se_pool_run(one, MANY, mix_one, &(struct many){&mixer, alone});
    se_pool_run(three, MANY, mix_one, &(struct many){&again, alone + MANY});
    expect_bytes(alone, alone + MANY, MANY * sizeof *alone);
    expect(memcmp(alone[0], alone[1], sizeof *alone) != 0);
    se_reverb_destroy(mixer.reverb);
    se_reverb_destroy(again.reverb);
    se_pool_destroy(one);
    se_pool_destroy(three);
    free(alone);
}

/* ---- measured responses ---------------------------------------------------*/

/* Two channels: the first `first` at sample 700, the second something else. */
static void write_response(const char *path, float first)
{
    static float x[2 * 2000];
    const struct se_sound_format format = {RATE_HZ, 2,
                                           SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    struct se_sound_writer *writer;

    for (int i = 0; i < 2000; i++)
        x[2 * i + 1] = 0.5f;
    x[2 * 700] = first;
    x[2 * 900] = first / 2;
    expect_ok(se_sound_create(&writer, path, &format, NULL, &report));
    expect_ok(se_sound_write(writer, x, 2000, &report));
    expect_ok(se_sound_commit(writer, &report));
}

static int open_measured(struct se_mixer *mixer, const char *folder)
{
    mixer->config.reverb.rt60_max = 0;
    mixer->config.reverb.measured = in_scratch(folder);
    return se_reverb_open(&mixer->reverb, &mixer->config.reverb, SEED, toy.pool,
                          &report);
}

/* As RIRS_NOISES is laid out, with files that are no use. */
TEST(measured)
{
    static float noisy[N], clean[N], plain_noisy[N], plain[N];
    struct se_mixer mixer = make_mixer(SE_TARGET_DRY, 0), without = mixer;

    se_make_folder(in_scratch("RIRS/pointsource_noises"), NULL);
    se_make_folder(in_scratch("RIRS/real_rirs_isotropic_noises"), NULL);
    write_response(in_scratch("RIRS/pointsource_noises/a.wav"), 0.3f);
    write_response(
        in_scratch("RIRS/real_rirs_isotropic_noises/R_type1_noise_b.wav"), 1);
    write_response(
        in_scratch("RIRS/real_rirs_isotropic_noises/R_type1_rir_b.wav"), -0.3f);
    write_response(in_scratch("RIRS/silent.wav"), 0);
    write_bytes(in_scratch("RIRS/text.wav"), "no sound", 8);
    expect_ok(open_measured(&mixer, "RIRS"));
    expect_equal(se_reverb_responses(mixer.reverb), 1);
    expect_equal(se_reverb_skipped(mixer.reverb, &report), 2);
    expect_contains(report.text, "RIRS/silent.wav: silent");

    /* 40 samples are kept before the direct sound; the echo is 6 dB down */
    mix(&mixer, noisy, clean, 1);
    mix(&without, plain_noisy, plain, 1);
    expect(likeness(clean, plain, 40) < -0.99999);
    for (int i = 0; i < N; i++)
        plain_noisy[i] = clean[i] + (i < 200 ? 0 : clean[i - 200] / 2);
    expect(rest_db(noisy, plain_noisy) < -50);
    se_reverb_destroy(mixer.reverb);
}

TEST(measured_bad)
{
    struct se_mixer mixer = make_mixer(SE_TARGET_EARLY, 50);

    se_make_folder(in_scratch("none"), NULL);
    write_response(in_scratch("none/silent.wav"), 0);
    expect_error(open_measured(&mixer, "none"), SE_ERR_FORMAT,
                 "none of 1 room responses");
    expect(!mixer.reverb);
    se_make_folder(in_scratch("noises"), NULL);
    write_response(in_scratch("noises/x_noise_1.wav"), 1);
    expect_error(open_measured(&mixer, "noises"), SE_ERR_FORMAT,
                 "expected room responses");
    mixer.config.reverb.measured = NULL;
    mixer.config.reverb.n_responses = 0;
    expect_status(se_reverb_open(&mixer.reverb, &mixer.config.reverb, SEED,
                                 toy.pool, &report),
                  SE_ERR_ARG);
}

/* Of 20 files 5 are taken, others with another seed. */
TEST(measured_many)
{
    struct se_mixer mixer = make_mixer(SE_TARGET_EARLY, 50);

    se_make_folder(in_scratch("many"), NULL);
    for (int i = 0; i < 20; i++) {
        char name[32];

        snprintf(name, sizeof name, "many/%d.wav", i);
        write_response(in_scratch(name), 1);
    }
    mixer.config.reverb.n_responses = 5;
    expect_ok(open_measured(&mixer, "many"));
    expect_equal(se_reverb_responses(mixer.reverb), 5);
    se_reverb_destroy(mixer.reverb);
}

TEST(complete)
{
    struct se_reverb_config config;

    se_reverb_config_default(&config);
    se_reverb_config_complete(&config);
    expect(config.chance == 0.0f && config.rt60_max == 0.0f);

    se_reverb_config_default(&config);
    config.measured = "folder";
    se_reverb_config_complete(&config);
    expect(config.chance == 0.2f && config.rt60_max == 0.0f);

    se_reverb_config_default(&config);
    config.chance = 0.7f;
    se_reverb_config_complete(&config);
    expect(config.chance == 0.7f && config.rt60_max == 1.0f);

    se_reverb_config_default(&config);
    config.chance = 0;
    config.rt60_min = config.rt60_max = 0.5f;
    se_reverb_config_complete(&config);
    expect(config.chance == 0.0f);
}
