/* pieces.c - noise put together from pieces of recordings. */
#include "mix/pieces.h"

#include "dsp/biquad.h"
#include "dsp/stft.h"
#include "dsp/vector.h"
#include "mix/piece.h"

#include <math.h>
#include <string.h>

enum {
    SHORT = 3 * SE_RATE_HZ / 2, /* samples: a clip to be played whole */
    MAX_PEAKS = 2
};

static struct se_piece draw_piece(const struct se_source *source,
                                  const struct se_speed *speed,
                                  struct se_rng *rng)
{
    struct se_piece piece = {.clip = se_source_draw(source, rng),
                             .speed = speed};
    int64_t whole = se_speed_length(speed, piece.clip->n_samples);
    double level_db = se_rng_uniform(rng, -6, 3);
    double length = se_rng_uniform(rng, SE_RATE_HZ, 6 * SE_RATE_HZ);
    double place = se_rng_uniform(rng, 0, 1), fade = SE_RATE_HZ / 100;

    if (whole < SHORT || length > (double)whole)
        length = (double)whole;
    else
        fade = se_rng_uniform(rng, SE_RATE_HZ / 50, SE_RATE_HZ / 4);
    piece.length = (int64_t)length;
    piece.first = (int64_t)(place * (double)(whole - piece.length));
    piece.fade = (int)fmin(fade, length / 2);
    piece.backwards = se_rng_happens(rng, 0.25f);
    for (int i = 0; i < 2; i++)
        piece.gain[i] =
            se_clip_gain(piece.clip, level_db + se_rng_uniform(rng, -6, 0));
    return piece;
}

/* One piece after another: long ones overlap where they fade, after a short one
 * there may be a pause of up to one and a half times its length. */
static void fill_layer(float *layer, int64_t n, const struct se_source *source,
                       const struct se_speed *speed, struct se_rng *rng)
{
    int64_t at = -(int64_t)se_rng_uniform(rng, 0, SE_RATE_HZ);

    while (at < n) {
        struct se_piece piece = draw_piece(source, speed, rng);
        double pause = 1.5 * (double)piece.length;

        se_piece_add(layer, n, at, &piece);
        at += piece.length - piece.fade;
        if (piece.length < SHORT)
            at += (int64_t)fmax(se_rng_uniform(rng, -pause / 2, pause), 0);
    }
}

/* One or two broad peaks or dips, on top of a mild random colour. */
static void colour(float *layer, int64_t n, struct se_rng *rng)
{
    int n_peaks = 1 + (int)se_rng_below(rng, MAX_PEAKS);
    struct se_biquad sections[1 + MAX_PEAKS];

    se_biquad_random(&sections[0], rng);
    for (int i = 1; i <= n_peaks; i++) {
        double hz = se_rng_octaves(rng, 100, 6000);
        double q = se_rng_octaves(rng, 0.4, 2);

        se_biquad_peak(&sections[i], hz, q, se_rng_uniform(rng, -12, 9));
    }
    se_biquad_apply(sections, 1 + n_peaks, layer, n);
}

void se_pieces_add(float *out, float *layer, int64_t n,
                   const struct se_pieces *pieces, struct se_rng *rng)
{
    static const int layers[] = {1, 1, 2, 3};
    int n_layers = layers[se_rng_below(rng, 4)];
    struct se_source group = *pieces->source;

    group.only = se_source_draw_group(pieces->source, rng);
    for (int i = 0; i < n_layers; i++) {
        /* To play a clip as fast as it is costs next to nothing. */
        int other_speed = (int)se_rng_below(rng, 2);
        double octaves =
            other_speed * log2(pieces->max_speed) * se_rng_uniform(rng, -1, 1);
        double layer_db =
            pieces->level_db - (i ? se_rng_uniform(rng, 0, 9) : 0);
        float gain = (float)pow(10, layer_db / 20);
        struct se_speed speed;

        se_speed_init(&speed, (int)lrint(SE_SPEED_ONE * exp2(octaves)));
        memset(layer, 0, (size_t)n * sizeof *layer);
        fill_layer(layer, n, &group, &speed, rng);
        colour(layer, n, rng);
        se_add_scaled(out, layer, gain, n);
    }
}
