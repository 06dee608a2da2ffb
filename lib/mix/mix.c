/* mix.c - noisy speech from clean speech and noise, reproducibly. */
#include "mix/mix.h"

#include "base/rng.h"
#include "dsp/biquad.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "dsp/vector.h"
#include "mix/capture.h"
#include "mix/content.h"
#include "mix/noise.h"

#include <math.h>
#include <string.h>

enum { TALKER_BELOW_DB = 6, BURST_ABOVE_DB = 10 };

/* From the first SNR on, babble is removed; at the second, babble_residual of
 * it is kept. */
enum { REMOVED_SNR_DB = -1, KEPT_SNR_DB = -5 };

/* Rooms, effects on a mixture as a whole, speeds and the rest are drawn
 * apart. */
static const uint64_t ROOM_SEED = 0x6a09e667f3bcc908;    /* of sqrt(2) */
static const uint64_t FATE_SEED = 0xbb67ae8584caa73b;    /* of sqrt(3) */
static const uint64_t SPEED_SEED = 0x3c6ef372fe94f82b;   /* of sqrt(5) */
static const uint64_t PIECE_SEED = 0xa54ff53a5f1d36f1;   /* of sqrt(7) */
static const uint64_t CAPTURE_SEED = 0x9b05688c2b3e6c1f; /* of sqrt(13) */
static const uint64_t TALKER_SEED = 0x510e527fade682d1;  /* of sqrt(11) */
static const uint64_t BURST_SEED = 0x1f83d9abfb41bd6b;   /* of sqrt(17) */

void se_mix_config_default(struct se_mix_config *config)
{
    *config = (struct se_mix_config){
        .n_snrs = 9,
        .snr_db = {-6, -3, 0, 3, 6, 9, 12, 15, 30},
        .snr_jitter_db = 1.5f,
        .seconds = 10,
        .gap_max_seconds = 1.5f,
        .speech_gain_db = 3,
        .peak_min = 0.01f,
        .peak_max = 0.95f,
        .babble_chance = 0.15f,
        .synthetic_chance = 0.1f,
        .synthetic_kinds = SE_SYNTH_STATIONARY,
        .second_noise_chance = 0.15f,
        .max_noises = 2,
        .speech_speed = 1.15f,
        .noise_speed = 1.5f,
        .colour_chance = 0.4f,
        .lowpass_chance = 0.1f,
    };
    se_reverb_config_default(&config->reverb);
}

void se_mix_config_plain(struct se_mix_config *config)
{
    se_mix_config_default(config);
    config->snr_jitter_db = 0;
    config->speech_gain_db = 0;
    config->babble_chance = 0;
    config->synthetic_chance = 0;
    config->second_noise_chance = 0;
    config->colour_chance = 0;
    config->lowpass_chance = 0;
    config->reverb.noise_chance = 0;
}

void se_mix_config_original(struct se_mix_config *config)
{
    se_mix_config_plain(config);
    config->seconds = 25;
    config->utterances = 2;
    config->gap_min_seconds = 0.25f;
    config->gap_max_seconds = 2;
    config->reverb.target = SE_TARGET_DECAY;
    config->reverb.early_ms = 5;
}

int64_t se_mix_samples(const struct se_mixer *mixer)
{
    return llrint((double)mixer->config.seconds * SE_RATE_HZ);
}

int64_t se_mix_scratch(const struct se_mixer *mixer)
{
    const struct se_mix_config *config = &mixer->config;
    int layers = config->vary_chance > 0 ||
                 (config->synthetic_kinds & ~SE_SYNTH_STATIONARY);

    return (layers ? 2 : 1) * se_mix_samples(mixer);
}

/* ---- effects on a mixture as a whole ----------------------------------- */

struct fate {
    int no_speech, no_noise;
    int talker;          /* somebody else speaks, */
    double talker_db;    /* over the rest of the noise */
    int bursts;          /* something loud and short happens, */
    double burst_db;     /* over the rest; then over all of the noise */
    double clip_db;      /* below the peak; 0: not clipped */
    struct se_rng swell; /* of the noise */
    int microphone, device;
    struct se_rng capture; /* of both */
};

/* A mixture in the making. */
struct making {
    const struct se_mixer *mixer;
    uint64_t seed, number;
    struct fate fate;
    struct se_rng rng;
    int is_babble; /* the noise */
    int64_t n;
    float *noisy, *clean, *noise, *spare; /* [n] */
};

/* All is drawn, whether or not it is used: no option moves the others. */
static struct fate draw_fate(const struct se_mix_config *config, uint64_t seed,
                             uint64_t number)
{
    struct fate fate;
    struct se_rng *rng = &fate.swell, talker, bursts;
    double depth;

    se_rng_seed(rng, seed ^ FATE_SEED, number);
    fate.no_speech = se_rng_happens(rng, config->no_speech_chance);
    fate.no_noise =
        se_rng_happens(rng, config->no_noise_chance) && !fate.no_speech;
    depth = se_rng_uniform(rng, 1, 12);
    fate.clip_db = se_rng_happens(rng, config->clip_chance) ? depth : 0;
    se_rng_seed(&talker, seed ^ TALKER_SEED, number);
    fate.talker_db = se_rng_uniform(&talker, -15, 0);
    fate.talker =
        se_rng_happens(&talker, config->talker_chance) && !fate.no_speech;
    se_rng_seed(&bursts, seed ^ BURST_SEED, number);
    fate.burst_db = se_rng_uniform(&bursts, 10, 30);
    fate.bursts = se_rng_happens(&bursts, config->burst_chance);
    se_rng_seed(&fate.capture, seed ^ CAPTURE_SEED, number);
    fate.microphone = se_rng_happens(&fate.capture, config->microphone_chance);
    fate.device = se_rng_happens(&fate.capture, config->device_chance);
    return fate;
}

static void filter_both(const struct se_mix_config *config, float *speech,
                        float *noise, int64_t n, struct se_rng *rng)
{
    struct se_biquad of_speech[1 + SE_LOWPASS_SECTIONS];
    struct se_biquad of_noise[1 + SE_LOWPASS_SECTIONS];
    int n_speech = 0, n_noise = 0;

    if (se_rng_happens(rng, config->colour_chance))
        se_biquad_random(&of_speech[n_speech++], rng);
    if (se_rng_happens(rng, config->colour_chance))
        se_biquad_random(&of_noise[n_noise++], rng);
    if (se_rng_happens(rng, config->lowpass_chance)) {
        double hz = se_rng_uniform(rng, 3000, 7500);

        se_biquad_lowpass(&of_speech[n_speech], hz);
        se_biquad_lowpass(&of_noise[n_noise], hz);
        n_speech += SE_LOWPASS_SECTIONS;
        n_noise += SE_LOWPASS_SECTIONS;
    }
    se_biquad_apply(of_speech, n_speech, speech, n);
    se_biquad_apply(of_noise, n_noise, noise, n);
}

/* Puts the speech, and perhaps the noise, into a room: noisy becomes the
 * reverberant speech, clean the target. */
static void add_room(struct making *m)
{
    const struct se_mixer *mixer = m->mixer;
    struct se_rng rng;

    se_rng_seed(&rng, m->seed ^ ROOM_SEED, m->number);
    if (mixer->reverb && se_rng_happens(&rng, mixer->config.reverb.chance))
        se_reverb_apply(
            mixer->reverb,
            &(struct se_reverb_signals){m->noisy, m->clean, m->noise, m->n},
            &rng);
    else
        memcpy(m->noisy, m->clean, (size_t)m->n * sizeof *m->noisy);
}

/* Raised where the other voice in the noise would be less than TALKER_BELOW_DB
 * below the speech, or its bursts more than BURST_ABOVE_DB above. */
static double draw_snr_db(struct making *m)
{
    const struct se_mix_config *config = &m->mixer->config;
    struct se_rng *rng = &m->rng;
    uint32_t which = se_rng_below(rng, (uint32_t)config->n_snrs);
    double snr_db = (double)config->snr_db[which] +
                    (double)config->snr_jitter_db * se_rng_uniform(rng, -1, 1);

    if (m->fate.talker)
        snr_db = fmax(snr_db, m->fate.talker_db + TALKER_BELOW_DB);
    if (m->fate.bursts)
        snr_db = fmax(snr_db, m->fate.burst_db - BURST_ABOVE_DB);
    return snr_db;
}

/* Brings the noise to the SNR. Clips have an active mean square of about 1:
 * less than -30 dB of that is a pause, not a signal whose level means
 * anything. */
static float noise_gain(const struct making *m, double snr_db)
{
    double speech_power = se_level_active_power(m->clean, m->n);
    double noise_power = se_level_power(m->noise, m->n);
    double pause = 1e-3;

    if (speech_power < pause)
        speech_power = 1;
    if (noise_power < pause)
        noise_power = pause;
    return (float)(sqrt(speech_power / noise_power) / se_level_ratio(snr_db));
}

/* The share of the noise that stays in the target: of any, and of babble that
 * nobody can tell from the speech. */
static float residual_share(const struct making *m, double snr_db)
{
    const struct se_mix_config *config = &m->mixer->config;
    double loud = (REMOVED_SNR_DB - snr_db) / (REMOVED_SNR_DB - KEPT_SNR_DB);

    if (!m->is_babble || m->fate.no_speech)
        return config->noise_residual;
    return fmaxf(config->noise_residual,
                 config->babble_residual * (float)fmin(fmax(loud, 0), 1));
}

static void clip_samples(float *samples, int64_t n, float limit)
{
    for (int64_t i = 0; i < n; i++)
        samples[i] = fminf(fmaxf(samples[i], -limit), limit);
}

/* Evenly in octaves from 1 / max to max, if the chance comes true. */
static void draw_speed(struct se_speed *speed, float chance, float max,
                       struct se_rng *rng)
{
    double octaves = log2((double)max) * se_rng_uniform(rng, -1, 1);

    se_speed_init(speed, se_rng_happens(rng, chance)
                             ? (int)lrint(SE_SPEED_ONE * exp2(octaves))
                             : SE_SPEED_ONE);
}

/* Adds speech to clean, noise to noise, each at a speed of its own. */
static void add_content(struct making *m)
{
    const struct se_mixer *mixer = m->mixer;
    const struct se_mix_config *config = &mixer->config;
    struct se_speed of_speech, of_noise;
    struct se_content in = {
        .config = config,
        .speech = {mixer->speech, &of_speech, config->by_speaker, -1, -1},
        .noise = {mixer->noise, &of_noise, config->by_kind, -1, -1},
        .spare = m->spare,
    };
    struct se_rng speeds, talker, bursts;

    se_rng_seed(&speeds, m->seed ^ SPEED_SEED, m->number);
    se_rng_seed(&in.pieces, m->seed ^ PIECE_SEED, m->number);
    draw_speed(&of_speech, config->speed_chance, config->speech_speed, &speeds);
    draw_speed(&of_noise, config->speed_chance, config->noise_speed, &speeds);
    if (config->kind_in_turn && mixer->noise->groups.n > 0)
        in.noise.only = (int)(m->number % (uint64_t)mixer->noise->groups.n);
    if (config->by_speaker)
        in.speech.only = se_source_draw_group(&in.speech, &m->rng);
    se_content_add_speech(&in, m->clean, m->n, &m->rng);
    m->is_babble = se_content_add_noise(&in, m->noise, m->n, &m->rng);
    if (m->fate.talker) {
        se_rng_seed(&talker, m->seed ^ TALKER_SEED, ~m->number);
        se_content_add_talker(&in, m->noise, m->n, m->fate.talker_db, &talker);
    }
    if (m->fate.bursts) {
        se_rng_seed(&bursts, m->seed ^ BURST_SEED, ~m->number);
        m->fate.burst_db = se_content_add_bursts(&in, m->noise, m->n,
                                                 m->fate.burst_db, &bursts);
    }
}

/* The order of a room and a microphone makes no difference. */
static void add_microphone(struct making *m)
{
    struct se_microphone microphone;

    se_microphone_draw(&microphone, &m->fate.capture);
    se_microphone_apply(&microphone, m->clean, m->n);
    se_microphone_apply(&microphone, m->noise, m->n);
}

/* Fills clean and noise with the dry signals, before any room. */
static void make_dry(struct making *m)
{
    const struct se_mix_config *config = &m->mixer->config;
    size_t size = (size_t)m->n * sizeof(float);

    memset(m->clean, 0, size);
    memset(m->noise, 0, size);
    add_content(m);
    filter_both(config, m->clean, m->noise, m->n, &m->rng);
    if (config->noise_gain_db > 0)
        se_noise_swell(m->noise, m->n, (double)config->noise_gain_db,
                       &(struct se_pace){1, 3}, &m->fate.swell);
    if (m->fate.microphone)
        add_microphone(m);
    if (m->fate.no_speech)
        memset(m->clean, 0, size);
    if (m->fate.no_noise)
        memset(m->noise, 0, size);
}

/* Adds the noise to noisy at the SNR, records both, and sets their level. */
static void finish(struct making *m)
{
    const struct se_mix_config *config = &m->mixer->config;
    double snr_db = draw_snr_db(m);
    float gain = noise_gain(m, snr_db), peak, target, scale;
    double peak_db =
        se_rng_uniform(&m->rng, 20 * log10((double)config->peak_min),
                       20 * log10((double)config->peak_max));

    se_add_scaled(m->noisy, m->noise, gain, m->n);
    se_add_scaled(m->clean, m->noise, gain * residual_share(m, snr_db), m->n);
    if (m->fate.device)
        se_device_apply(m->noisy, m->clean, m->n, &m->fate.capture);
    peak = se_level_peak(m->noisy, m->n);
    target = (float)se_level_ratio(peak_db);
    scale = peak > 0 ? target / peak : 1;
    se_scale(m->noisy, scale, m->n);
    se_scale(m->clean, scale, m->n);
    if (m->fate.clip_db > 0)
        clip_samples(m->noisy, m->n,
                     target * (float)se_level_ratio(-m->fate.clip_db));
}

void se_mix(const struct se_mixer *mixer, const struct se_mixture *mixture,
            uint64_t seed, uint64_t number)
{
    int64_t n = se_mix_samples(mixer);
    struct making making = {
        .mixer = mixer,
        .seed = seed,
        .number = number,
        .fate = draw_fate(&mixer->config, seed, number),
        .n = n,
        .noisy = mixture->noisy,
        .clean = mixture->clean,
        .noise = mixture->scratch,
        .spare = mixture->scratch + n,
    };

    se_rng_seed(&making.rng, seed, number);
    make_dry(&making);
    add_room(&making);
    finish(&making);
}
