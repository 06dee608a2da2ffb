/* content.c - speech and noise: voices, recordings, noise that is made. */
#include "mix/content.h"

#include "dsp/level.h"
#include "dsp/stft.h"
#include "mix/bursts.h"
#include "mix/pieces.h"
#include "mix/synth.h"

#include <math.h>

enum {
    NOISE_FADE = 160, /* samples, where a clip of noise meets itself again */
    MIN_BABBLE = 3,
    MAX_BABBLE = 8
};

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void se_content_add_speech(const struct se_content *in, float *clean, int64_t n,
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
static void add_clip(const struct se_content *in, float *out, int64_t n,
                     double level_db, struct se_rng *rng)
{
    const struct se_speed *speed = in->noise.speed;
    const struct se_clip *clip = se_source_draw(&in->noise, rng);
    int64_t length = se_speed_length(speed, clip->n_samples);
    int64_t period = length - lesser(NOISE_FADE, length / 2);
    const struct se_playing playing = {clip, speed, NOISE_FADE,
                                       se_clip_gain(clip, level_db)};
    double room = (double)length;

    /* A long clip is cut so that no seam falls into the mixture. */
    if (length > n + 2 * NOISE_FADE)
        room -= (double)(n + NOISE_FADE);

    int64_t at = -(int64_t)se_rng_uniform(rng, 0, room);

    for (; at < n; at += period)
        se_clip_add(out, n, at, &playing);
}

/* Recorded noise: a clip as it is, or varied. */
static void add_recorded(struct se_content *in, float *out, int64_t n,
                         double level_db, struct se_rng *rng)
{
    const struct se_mix_config *config = in->config;

    if (config->vary_chance > 0 &&
        se_rng_happens(&in->pieces, config->vary_chance))
        se_pieces_add(out, in->spare, n,
                      &(struct se_pieces){
                          &in->noise, (double)config->noise_speed, level_db},
                      &in->pieces);
    else
        add_clip(in, out, n, level_db, rng);
}

/* Somebody else, if speakers are known apart. */
static struct se_source other_voice(const struct se_content *in,
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

static void add_babble(const struct se_content *in, float *out, int64_t n,
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

void se_content_add_talker(const struct se_content *in, float *noise, int64_t n,
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

double se_content_add_bursts(const struct se_content *in, float *noise,
                             int64_t n, double level_db, struct se_rng *rng)
{
    const struct se_source voice = other_voice(in, rng);

    return se_bursts_add(
        noise, n, &(struct se_bursts){&in->noise, &voice, level_db}, rng);
}

int se_content_add_noise(struct se_content *in, float *out, int64_t n,
                         struct se_rng *rng)
{
    const struct se_mix_config *config = in->config;
    double kind = se_rng_uniform(rng, 0, 1);
    double babble = (double)config->babble_chance;
    double synthetic = (double)config->synthetic_chance;

    if (kind < babble)
        add_babble(in, out, n, rng);
    else if (kind < babble + synthetic)
        se_synth_noise(out, in->spare, n,
                       &(struct se_synth){config->synthetic_kinds, &in->noise},
                       rng);
    else
        add_recorded(in, out, n, 0, rng);
    for (int i = 1; i < config->max_noises &&
                    se_rng_happens(rng, config->second_noise_chance);
         i++)
        add_recorded(in, out, n, se_rng_uniform(rng, -12, 0), rng);
    return kind < babble;
}
