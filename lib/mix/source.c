/* source.c - clips drawn from a corpus, and played one after another. */
#include "mix/source.h"

#include "base/simd.h"
#include "dsp/vector.h"

#include <math.h>

enum { VOICE_FADE = 80 }; /* samples, at the ends of an utterance */

/* ---- drawing ------------------------------------------------------------- */

int se_source_draw_group(const struct se_source *source, struct se_rng *rng)
{
    const struct se_grouping *groups = &source->corpus->groups;

    if (source->only >= 0)
        return source->only;
    return groups->n > 0 ? se_grouping_draw(groups, source->but, rng) : -1;
}

const struct se_clip *se_source_draw(const struct se_source *source,
                                     struct se_rng *rng)
{
    const struct se_corpus *corpus = source->corpus;
    int known = corpus->groups.n > 0;

    if (known && (source->by_group || source->only >= 0)) {
        int group = se_source_draw_group(source, rng);

        return &corpus
                    ->clips[se_grouping_draw_clip(&corpus->groups, group, rng)];
    }
    return &corpus->clips[se_rng_below(rng, (uint32_t)corpus->n_clips)];
}

/* ---- playing ------------------------------------------------------------- */

/* A gain over the samples of a sound, which ramps up and down at its ends. */
struct envelope {
    int64_t length; /* of the sound */
    int fade;       /* of a ramp, samples */
    float gain;
};

/* Multiplies samples `first` to first + n - 1 of the sound by it. */
SE_MULTIVERSION
static void fade_in_and_out(float *samples, int64_t first, int64_t n,
                            const struct envelope *envelope)
{
    const int64_t length = envelope->length;
    const int fade = envelope->fade;
    const float gain = envelope->gain;
    float step = gain / (float)fade;

    for (int64_t j = 0; j < n; j++) {
        int64_t i = first + j;
        float weight = i < fade ? ((float)i + 0.5f) * step
                       : i < length - fade
                           ? gain
                           : ((float)(length - i) - 0.5f) * step;

        samples[j] *= weight;
    }
}

void se_clip_add(float *out, int64_t n, int64_t at,
                 const struct se_playing *playing)
{
    const struct se_speed_clip clip = {playing->speed, playing->clip->samples,
                                       playing->clip->n_samples};
    int64_t length = se_speed_length(clip.speed, clip.n_samples);
    int64_t end = (length < n - at ? length : n - at), step;
    int fade = playing->fade < length / 2 ? playing->fade : (int)(length / 2);
    const struct envelope envelope = {length, fade, playing->gain};
    float block[1024];

    for (int64_t i = at < 0 ? -at : 0; i < end; i += step) {
        step = end - i < 1024 ? end - i : 1024;
        se_speed_play(&clip, block, i, step);
        fade_in_and_out(block, i, step, &envelope);
        se_add_scaled(out + at + i, block, 1, step);
    }
}

float se_clip_gain(const struct se_clip *clip, double level_db)
{
    return (float)(pow(10, level_db / 20) / 32768 / (double)clip->active_rms);
}

/* ---- voices -------------------------------------------------------------- */

static double draw_gap(const struct se_voice *voice, struct se_rng *rng)
{
    return se_rng_uniform(rng, voice->gap_min, voice->gap_max);
}

void se_voice_add(float *out, int64_t n, const struct se_voice *voice,
                  struct se_rng *rng)
{
    /* Every other one starts in the middle of an utterance. */
    int inside = !voice->utterances && se_rng_below(rng, 2) == 0;
    int64_t at = 0;

    for (int i = 0; at < n && (!voice->utterances || i < voice->utterances);
         i++) {
        const struct se_clip *clip = se_source_draw(&voice->speech, rng);
        const struct se_speed *speed = voice->speech.speed;
        int64_t length = se_speed_length(speed, clip->n_samples);
        double gain_db =
            voice->level_db +
            se_rng_uniform(rng, -voice->spread_db, voice->spread_db);

        if (inside)
            at -= (int64_t)se_rng_uniform(rng, 0, (double)length);
        else
            at += (int64_t)draw_gap(voice, rng);
        inside = 0;
        if (at < n)
            se_clip_add(out, n, at,
                        &(struct se_playing){clip, speed, VOICE_FADE,
                                             se_clip_gain(clip, gain_db)});
        at += length;
        if (voice->utterances)
            at += (int64_t)draw_gap(voice, rng);
    }
}
