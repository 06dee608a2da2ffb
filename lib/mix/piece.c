/* piece.c - part of a clip, as it plays. */
#include "mix/piece.h"

#include "base/simd.h"
#include "dsp/vector.h"

enum { BLOCK = 1024 };

/* Multiplies samples `first` to first + n - 1 of the piece by its gain. */
SE_MULTIVERSION
static void shape(const struct se_piece *piece, float *samples, int64_t first,
                  int64_t n)
{
    float length = (float)piece->length, fade = 1 / (float)piece->fade;
    float gain = piece->gain[0];
    float slope = (piece->gain[1] - gain) / length;

    for (int64_t i = 0; i < n; i++) {
        float at = (float)(first + i) + 0.5f;
        float in = at * fade, out = (length - at) * fade;
        float weight = in < out ? in : out;

        samples[i] *= (weight < 1 ? weight : 1) * (gain + slope * at);
    }
}

static void reverse(float *samples, int64_t n)
{
    for (int64_t i = 0, j = n - 1; i < j; i++, j--) {
        float sample = samples[i];

        samples[i] = samples[j];
        samples[j] = sample;
    }
}

void se_piece_add(float *out, int64_t n, int64_t at,
                  const struct se_piece *piece)
{
    const struct se_speed_clip clip = {piece->speed, piece->clip->samples,
                                       piece->clip->n_samples};
    int64_t end = piece->length < n - at ? piece->length : n - at, step;
    float block[BLOCK];

    for (int64_t i = at < 0 ? -at : 0; i < end; i += step) {
        step = end - i < BLOCK ? end - i : BLOCK;

        int64_t from = piece->backwards ? piece->length - i - step : i;

        se_speed_play(&clip, block, piece->first + from, step);
        if (piece->backwards)
            reverse(block, step);
        shape(piece, block, i, step);
        se_add_scaled(out + at + i, block, 1, step);
    }
}
