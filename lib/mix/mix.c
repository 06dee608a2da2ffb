/* mix.c - noisy speech from clean speech and noise, reproducibly. */
#include "mix/mix.h"

#include "base/rng.h"
#include "dsp/biquad.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "mix/capture.h"
#include "mix/noise.h"
#include "mix/pieces.h"
#include "mix/source.h"
#include "mix/synth.h"

#include <math.h>
#include <string.h>

enum {
    NOISE_FADE = 160, /* samples, where a clip of noise meets itself again */
    TALKER_BELOW_DB = 6,
    MIN_BABBLE = 3,
    MAX_BABBLE = 8
};

/* Rooms, effects on a mixture as a whole, speeds and the rest are drawn
 * apart. */
static const uint64_t ROOM_SEED = 0x6a09e667f3bcc908;    /* of sqrt(2) */
static const uint64_t FATE_SEED = 0xbb67ae8584caa73b;    /* of sqrt(3) */
static const uint64_t SPEED_SEED = 0x3c6ef372fe94f82b;   /* of sqrt(5) */
static const uint64_t PIECE_SEED = 0xa54ff53a5f1d36f1;   /* of sqrt(7) */
static const uint64_t CAPTURE_SEED = 0x9b05688c2b3e6c1f; /* of sqrt(13) */
static const uint64_t TALKER_SEED = 0x510e527fade682d1;  /* of sqrt(11) */

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

static int happens(struct se_rng *rng, float chance)
{
    return se_rng_uniform(rng, 0, 1) < (double)chance;
}

static double ratio_from_db(double db)
{
    return pow(10, db / 20);
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- effects on a mixture as a whole ----------------------------------- */

struct fate {
    int no_speech, no_noise;
    int talker;          /* somebody else speaks, */
    double talker_db;    /* over the rest of the noise */
    double clip_db;      /* below the peak; 0: not clipped */
    struct se_rng swell; /* of the noise */
    int microphone, device;
    struct se_rng capture; /* of both */
};

/* All is drawn, whether or not it is used: no option moves the others. */
static struct fate draw_fate(const struct se_mix_config *config, uint64_t seed,
                             uint64_t number)
{
    struct fate fate;
    struct se_rng *rng = &fate.swell, talker;
    double depth;

    se_rng_seed(rng, seed ^ FATE_SEED, number);
    fate.no_speech = happens(rng, config->no_speech_chance);
    fate.no_noise = happens(rng, config->no_noise_chance) && !fate.no_speech;
    depth = se_rng_uniform(rng, 1, 12);
    fate.clip_db = happens(rng, config->clip_chance) ? depth : 0;
    se_rng_seed(&talker, seed ^ TALKER_SEED, number);
    fate.talker_db = se_rng_uniform(&talker, -15, 0);
    fate.talker = happens(&talker, config->talker_chance) && !fate.no_speech;
    se_rng_seed(&fate.capture, seed ^ CAPTURE_SEED, number);
    fate.microphone = happens(&fate.capture, config->microphone_chance);
    fate.device = happens(&fate.capture, config->device_chance);
    return fate;
}

/* ---- speech and noise -----------------------------------------------------
 */

/* What noise and speech are made of. */
struct ingredients {
    const struct se_mix_config *config;
    struct se_source speech, noise;
    struct se_rng pieces; /* of noise */
    float *spare;         /* [n] */
};

static void add_speech(const struct ingredients *in, float *clean, int64_t n,
                       struct se_rng *rng)
{
    const struct se_mix_config *config = in->config;
    /* A short mixture still has speech in it most of the time. */
    int64_t most = n / 4;
    struct se_voice voice = {
        .speech = in->speech,
        .utterances = config->utterances,
        .gap_min = (double)lesser(
            (int64_t)(config->gap_min_seconds * SE_RATE_HZ), most),
        .gap_max = (double)lesser(
            (int64_t)(config->gap_max_seconds * SE_RATE_HZ), most),
        .spread_db = (double)config->speech_gain_db,
    };

    se_voice_add(clean, n, &voice, rng);
}

/* Adds a clip from a random place in it, repeated with cross-fades. */
static void add_clip(const struct ingredients *in, float *out, int64_t n,
                     double level_db, struct se_rng *rng)
{
    const struct se_speed *speed = in->noise.speed;
    const struct se_clip *clip = se_source_draw(&in->noise, rng);
    int64_t length = se_speed_length(speed, clip->n_samples);
    int64_t period = length - lesser(NOISE_FADE, length / 2);
    float gain = se_clip_gain(clip, level_db);
    double room = (double)length;

    /* A long clip is cut so that no seam falls into the mixture. */
    if (length > n + 2 * NOISE_FADE)
        room -= (double)(n + NOISE_FADE);

    int64_t at = -(int64_t)se_rng_uniform(rng, 0, room);

    for (; at < n; at += period)
        se_clip_add(out, n, at, clip, speed, NOISE_FADE, gain);
}

/* Recorded noise: a clip as it is, or varied. */
static void add_recorded(struct ingredients *in, float *out, int64_t n,
                         double level_db, struct se_rng *rng)
{
    const struct se_mix_config *config = in->config;

    if (config->vary_chance > 0 && happens(&in->pieces, config->vary_chance))
        se_pieces_add(out, in->spare, n, &in->noise,
                      (double)config->noise_speed, level_db, &in->pieces);
    else
        add_clip(in, out, n, level_db, rng);
}

/* Somebody else, if speakers are known apart. */
static struct se_source other_voice(const struct ingredients *in,
                                    struct se_rng *rng)
{
    struct se_source source = in->speech;

    if (source.by_group) {
        source.but = source.only;
        source.only = -1;
        source.only = se_source_draw_group(&source, rng);
    }
    return source;
}

static void add_babble(const struct ingredients *in, float *out, int64_t n,
                       struct se_rng *rng)
{
    int n_voices =
        MIN_BABBLE + (int)se_rng_below(rng, MAX_BABBLE - MIN_BABBLE + 1);

    struct se_voice voice = {
        .gap_max = SE_RATE_HZ / 4,
        .level_db = -10 * log10(n_voices),
        .spread_db = 3,
    };

    for (int i = 0; i < n_voices; i++) {
        voice.speech = other_voice(in, rng);
        se_voice_add(out, n, &voice, rng);
    }
}

/* One other voice, at a level by that of the noise there is. */
static void add_talker(struct ingredients *in, float *noise, int64_t n,
                       double level_db, struct se_rng *rng)
{
    double power = se_level_power(noise, n);
    const struct se_voice voice = {
        .speech = other_voice(in, rng),
        .gap_max = SE_RATE_HZ,
        .level_db = power > 0 ? 10 * log10(power) + level_db : level_db,
    };

    se_voice_add(noise, n, &voice, rng);
}

static void add_noise(struct ingredients *in, float *out, int64_t n,
                      struct se_rng *rng)
{
    const struct se_mix_config *config = in->config;
    double kind = se_rng_uniform(rng, 0, 1);
    double babble = (double)config->babble_chance;
    double synthetic = (double)config->synthetic_chance;

    if (kind < babble)
        add_babble(in, out, n, rng);
    else if (kind < babble + synthetic)
        se_synth_noise(out, in->spare, n, config->synthetic_kinds, &in->noise,
                       rng);
    else
        add_recorded(in, out, n, 0, rng);
    for (int i = 1;
         i < config->max_noises && happens(rng, config->second_noise_chance);
         i++)
        add_recorded(in, out, n, se_rng_uniform(rng, -12, 0), rng);
}

static void filter_both(const struct se_mix_config *config, float *speech,
                        float *noise, int64_t n, struct se_rng *rng)
{
    struct se_biquad colour, lowpass[SE_LOWPASS_SECTIONS];

    if (happens(rng, config->colour_chance)) {
        se_biquad_random(&colour, rng);
        se_biquad_apply(&colour, speech, n);
    }
    if (happens(rng, config->colour_chance)) {
        se_biquad_random(&colour, rng);
        se_biquad_apply(&colour, noise, n);
    }
    if (happens(rng, config->lowpass_chance)) {
        se_biquad_lowpass(lowpass, se_rng_uniform(rng, 3000, 7500));
        for (int i = 0; i < SE_LOWPASS_SECTIONS; i++) {
            se_biquad_apply(&lowpass[i], speech, n);
            se_biquad_apply(&lowpass[i], noise, n);
        }
    }
}

/* Puts the speech, and perhaps the noise, into a room: noisy becomes the
 * reverberant speech, clean the target. Draws from numbers of its own. */
static void add_room(const struct se_mixer *mixer, float *noisy, float *clean,
                     float *noise, int64_t n, uint64_t seed, uint64_t number)
{
    struct se_rng rng;

    se_rng_seed(&rng, seed ^ ROOM_SEED, number);
    if (mixer->reverb && happens(&rng, mixer->config.reverb.chance))
        se_reverb_apply(mixer->reverb, noisy, clean, noise, n, &rng);
    else
        memcpy(noisy, clean, (size_t)n * sizeof *noisy);
}

/* The gain that brings the noise to the SNR drawn, or so far below that the
 * other voice in it is TALKER_BELOW_DB below the speech. Clips come in at an
 * active mean square of about 1: less than -30 dB of that is a pause, not a
 * signal whose level means anything. */
static float noise_gain(const struct se_mix_config *config,
                        const struct fate *fate, const float *speech,
                        const float *noise, int64_t n, struct se_rng *rng)
{
    double snr_db =
        (double)config->snr_db[se_rng_below(rng, (uint32_t)config->n_snrs)] +
        (double)config->snr_jitter_db * se_rng_uniform(rng, -1, 1);
    double speech_power = se_level_active_power(speech, n);
    double noise_power = se_level_power(noise, n);
    double pause = 1e-3;

    if (fate->talker)
        snr_db = fmax(snr_db, fate->talker_db + TALKER_BELOW_DB);
    if (speech_power < pause)
        speech_power = 1;
    if (noise_power < pause)
        noise_power = pause;
    return (float)(sqrt(speech_power / noise_power) / ratio_from_db(snr_db));
}

static void clip_samples(float *samples, int64_t n, float limit)
{
    for (int64_t i = 0; i < n; i++)
        samples[i] = fminf(fmaxf(samples[i], -limit), limit);
}

static void scale_both(float *restrict noisy, float *restrict clean, int64_t n,
                       float gain)
{
    for (int64_t i = 0; i < n; i++) {
        noisy[i] *= gain;
        clean[i] *= gain;
    }
}

/* Evenly in octaves from 1 / max to max, if the chance comes true. */
static void draw_speed(struct se_speed *speed, float chance, float max,
                       struct se_rng *rng)
{
    double octaves = log2((double)max) * se_rng_uniform(rng, -1, 1);

    se_speed_init(speed, happens(rng, chance)
                             ? (int)lrint(SE_SPEED_ONE * exp2(octaves))
                             : SE_SPEED_ONE);
}

/* Adds speech to clean, noise to noise, each at a speed of its own. */
static void add_sources(const struct se_mixer *mixer, float *clean,
                        float *noise, float *spare, int64_t n,
                        const struct fate *fate, uint64_t seed, uint64_t number,
                        struct se_rng *rng)
{
    const struct se_mix_config *config = &mixer->config;
    struct se_speed of_speech, of_noise;
    struct ingredients in = {
        .config = config,
        .speech = {mixer->speech, &of_speech, config->by_speaker, -1, -1},
        .noise = {mixer->noise, &of_noise, config->by_kind, -1, -1},
        .spare = spare,
    };
    struct se_rng speeds, talker;

    se_rng_seed(&speeds, seed ^ SPEED_SEED, number);
    se_rng_seed(&in.pieces, seed ^ PIECE_SEED, number);
    draw_speed(&of_speech, config->speed_chance, config->speech_speed, &speeds);
    draw_speed(&of_noise, config->speed_chance, config->noise_speed, &speeds);
    if (config->by_speaker)
        in.speech.only = se_source_draw_group(&in.speech, rng);
    add_speech(&in, clean, n, rng);
    add_noise(&in, noise, n, rng);
    if (fate->talker) {
        se_rng_seed(&talker, seed ^ TALKER_SEED, ~number);
        add_talker(&in, noise, n, fate->talker_db, &talker);
    }
}

/* The order of a room and a microphone makes no difference. */
static void add_microphone(float *speech, float *noise, int64_t n,
                           struct fate *fate)
{
    struct se_microphone microphone;

    se_microphone_draw(&microphone, &fate->capture);
    se_microphone_apply(&microphone, speech, n);
    se_microphone_apply(&microphone, noise, n);
}

/* Fills clean and noise with the dry signals, before any room. */
static void make_sources(const struct se_mixer *mixer, float *clean,
                         float *noise, float *spare, int64_t n,
                         struct fate *fate, uint64_t seed, uint64_t number,
                         struct se_rng *rng)
{
    const struct se_mix_config *config = &mixer->config;
    size_t size = (size_t)n * sizeof(float);

    memset(clean, 0, size);
    memset(noise, 0, size);
    add_sources(mixer, clean, noise, spare, n, fate, seed, number, rng);
    filter_both(config, clean, noise, n, rng);
    if (config->noise_gain_db > 0)
        se_noise_swell(noise, n, (double)config->noise_gain_db, 1, 3,
                       &fate->swell);
    if (fate->microphone)
        add_microphone(clean, noise, n, fate);
    if (fate->no_speech)
        memset(clean, 0, size);
    if (fate->no_noise)
        memset(noise, 0, size);
}

void se_mix(const struct se_mixer *mixer, float *restrict noisy,
            float *restrict clean, float *restrict scratch, uint64_t seed,
            uint64_t number)
{
    const struct se_mix_config *config = &mixer->config;
    struct fate fate = draw_fate(config, seed, number);
    int64_t n = se_mix_samples(mixer);
    float *noise = scratch;
    struct se_rng rng;

    se_rng_seed(&rng, seed, number);
    make_sources(mixer, clean, noise, scratch + n, n, &fate, seed, number,
                 &rng);
    add_room(mixer, noisy, clean, noise, n, seed, number);

    float gain = noise_gain(config, &fate, clean, noise, n, &rng);
    double peak_db = se_rng_uniform(&rng, 20 * log10((double)config->peak_min),
                                    20 * log10((double)config->peak_max));

    for (int64_t i = 0; i < n; i++)
        noisy[i] += gain * noise[i];
    if (fate.device)
        se_device_apply(noisy, clean, n, &fate.capture);

    float peak = se_level_peak(noisy, n),
          target = (float)ratio_from_db(peak_db);

    scale_both(noisy, clean, n, peak > 0 ? target / peak : 1);
    if (fate.clip_db > 0)
        clip_samples(noisy, n, target * (float)ratio_from_db(-fate.clip_db));
}
