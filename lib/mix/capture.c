/* capture.c - microphones and devices. */
#include "mix/capture.h"

#include "dsp/level.h"
#include "dsp/stft.h"
#include "dsp/vector.h"

#include <math.h>

enum { BLOCK = SE_RATE_HZ / 100 }; /* samples that a gain is found for */

/* ---- microphones --------------------------------------------------------- */

void se_microphone_draw(struct se_microphone *microphone, struct se_rng *rng)
{
    int n_peaks = 1 + (int)se_rng_below(rng, 3);
    struct se_biquad *next = microphone->sections;

    for (int i = 0; i < n_peaks; i++) {
        double hz = se_rng_octaves(rng, 80, 7000);
        double q = se_rng_octaves(rng, 0.3, 2);

        se_biquad_peak(next++, hz, q, se_rng_uniform(rng, -9, 9));
    }
    if (se_rng_happens(rng, 0.5f))
        se_biquad_highpass(next++, se_rng_octaves(rng, 50, 400));
    if (se_rng_happens(rng, 0.25f)) {
        se_biquad_lowpass(next, se_rng_octaves(rng, 3000, 7500));
        next += SE_LOWPASS_SECTIONS;
    }
    microphone->n = (int)(next - microphone->sections);
}

void se_microphone_apply(const struct se_microphone *microphone, float *samples,
                         int64_t n)
{
    se_biquad_apply(microphone->sections, microphone->n, samples, n);
}

/* ---- devices ------------------------------------------------------------- */

/* Evens out the level: fast where it rises, slowly where it falls. */
static void follow(float *noisy, float *clean, int64_t n, struct se_rng *rng)
{
    double strength = se_rng_uniform(rng, 0.3, 0.8), limit_db = 15;
    double attack = exp(-0.01 / se_rng_octaves(rng, 0.01, 0.1));
    double release = exp(-0.01 / se_rng_octaves(rng, 0.2, 3));
    double usual = se_level_power(noisy, n), level = usual, gain = 1;

    if (!(usual > 0))
        return;
    for (int64_t at = 0; at < n; at += BLOCK) {
        int length = n - at < BLOCK ? (int)(n - at) : BLOCK;
        double power = se_level_power(noisy + at, length);
        double keep = power > level ? attack : release;

        level = keep * level + (1 - keep) * power;

        double over_db = 10 * log10(level / usual + 1e-9);
        double gain_db = fmax(fmin(-strength * over_db, limit_db), -limit_db);
        double next = pow(10, gain_db / 20);

        se_ramp(noisy + at, gain, (next - gain) / BLOCK, length);
        se_ramp(clean + at, gain, (next - gain) / BLOCK, length);
        gain = next;
    }
}

static void limit_band(float *noisy, float *clean, int64_t n,
                       struct se_rng *rng)
{
    struct se_biquad band[SE_LOWPASS_SECTIONS + 1];

    se_biquad_lowpass(band, se_rng_uniform(rng, 3300, 3900));
    se_biquad_highpass(&band[SE_LOWPASS_SECTIONS],
                       se_rng_uniform(rng, 100, 300));
    se_biquad_apply(band, SE_LOWPASS_SECTIONS + 1, noisy, n);
    se_biquad_apply(band, SE_LOWPASS_SECTIONS + 1, clean, n);
}

/* Bends what comes near `top` towards it, and leaves what is small. */
static void saturate(float *samples, int64_t n, float top)
{
    for (int64_t i = 0; i < n; i++)
        samples[i] /= sqrtf(1 + samples[i] * samples[i] / (top * top));
}

/* Mu-law of ITU-T G.711: steps that double from one of eight segments to the
 * next, 16 steps in each; `top` is its full scale. */
static void companding(float *samples, int64_t n, float top)
{
    const float bias = 33, scale = 8159 / top;

    for (int64_t i = 0; i < n; i++) {
        float magnitude = fminf(fabsf(samples[i]) * scale, 8158) + bias;
        int exponent;

        frexpf(magnitude, &exponent);

        float step = ldexpf(1, exponent - 5);
        float level = (floorf(magnitude / step) + 0.5f) * step - bias;

        samples[i] = copysignf(level / scale, samples[i]);
    }
}

static void coarsen(float *samples, int64_t n, float step)
{
    for (int64_t i = 0; i < n; i++)
        samples[i] = rintf(samples[i] / step) * step;
}

void se_device_apply(float *noisy, float *clean, int64_t n, struct se_rng *rng)
{
    uint32_t damage = se_rng_below(rng, 6);
    float peak, top;

    if (damage > 2 || se_rng_happens(rng, 0.5f))
        follow(noisy, clean, n, rng);
    if (se_rng_happens(rng, damage == 1 ? 0.7f : 0.15f))
        limit_band(noisy, clean, n, rng);
    peak = se_level_peak(noisy, n);
    top = peak * (float)se_rng_octaves(rng, damage == 0 ? 0.4 : 1,
                                       damage == 0 ? 1.5 : 4);
    if (!(peak > 0))
        return;
    if (damage == 0)
        saturate(noisy, n, top);
    else if (damage == 1)
        companding(noisy, n, top);
    else if (damage == 2)
        coarsen(noisy, n, ldexpf(top, -6 - (int)se_rng_below(rng, 5)));
}
