/* bursts.c - short loud sounds in the noise. */
#include "mix/bursts.h"

#include "dsp/level.h"
#include "dsp/stft.h"
#include "mix/piece.h"

#include <math.h>

enum {
    PLACES = 4, /* in a recording, of which the loudest is taken */
    FADE = SE_RATE_HZ / 100
};

/* A piece's softest power over that of its clip: silence is not lifted. */
static const double SOFTEST = 0.01;

/* Mean square of the samples that it plays, full scale 1. */
static double power_of(const struct se_piece *piece)
{
    const struct se_clip *clip = piece->clip;
    int64_t first = piece->first * piece->speed->step / SE_SPEED_ONE;
    int64_t n = piece->length * piece->speed->step / SE_SPEED_ONE;
    double sum = 0;

    for (int64_t i = first; i < first + n && i < clip->n_samples; i++)
        sum += (double)clip->samples[i] * clip->samples[i];
    return n > 0 ? sum / (double)n / 32768 / 32768 : 0;
}

static struct se_piece draw_burst(const struct se_source *source,
                                  const struct se_speed *speed, double level_db,
                                  struct se_rng *rng)
{
    struct se_piece piece = {.clip = se_source_draw(source, rng),
                             .speed = speed};
    int64_t whole = se_speed_length(speed, piece.clip->n_samples);
    double seconds = se_rng_uniform(rng, 0.1, 0.8);
    double active = (double)piece.clip->active_rms;
    double power = SOFTEST * active * active;
    int64_t loudest = 0;

    piece.length = (int64_t)fmin(seconds * SE_RATE_HZ, (double)whole);
    piece.fade = FADE < piece.length / 2 ? FADE : (int)(piece.length / 2);
    for (int i = 0; i < PLACES; i++) {
        double place = se_rng_uniform(rng, 0, 1), here;

        piece.first = (int64_t)(place * (double)(whole - piece.length));
        here = power_of(&piece);
        if (here > power) {
            power = here;
            loudest = piece.first;
        }
    }
    piece.first = loudest;
    piece.gain[0] = (float)(pow(10, level_db / 20) / 32768 / sqrt(power));
    piece.gain[1] = piece.gain[0] * (float)se_rng_uniform(rng, 0.1, 1);
    return piece;
}

double se_bursts_add(float *noise, int64_t n, const struct se_bursts *bursts,
                     struct se_rng *rng)
{
    double before = se_level_power(noise, n);
    double power_db = before > 0 ? 10 * log10(before) : 0, after;
    int64_t at = (int64_t)se_rng_uniform(rng, 0, 4 * SE_RATE_HZ);

    while (at < n) {
        int voice = se_rng_below(rng, 2) == 0;
        double octaves = se_rng_uniform(rng, -0.6, 0.6);
        double softer_db = se_rng_uniform(rng, 0, 6);
        struct se_speed speed;
        struct se_piece piece;

        se_speed_init(&speed, (int)lrint(SE_SPEED_ONE * exp2(octaves)));
        piece = draw_burst(voice ? bursts->voice : bursts->noise, &speed,
                           power_db + bursts->level_db - softer_db, rng);
        piece.backwards = voice;
        se_piece_add(noise, n, at, &piece);
        at += piece.length +
              (int64_t)se_rng_uniform(rng, SE_RATE_HZ, 4 * SE_RATE_HZ);
    }
    after = se_level_power(noise, n);
    return after > 0 ? power_db + bursts->level_db - 10 * log10(after) : 0;
}
