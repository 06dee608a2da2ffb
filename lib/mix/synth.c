/* synth.c - synthetic stationary noise. */
#include "mix/synth.h"

#include "dsp/biquad.h"
#include "dsp/level.h"
#include "dsp/stft.h"

#include <math.h>

enum {
    PERIOD = 1600, /* tones are multiples of 10 Hz and repeat after this */
    PERIOD_HZ = SE_RATE_HZ / PERIOD,
    HARMONICS = 24
};

/* Nearly normal: the sum of four 16-bit numbers out of one draw. */
static void fill_white(float *noise, int64_t n, struct se_rng *rng)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t bits = se_rng_next(rng);
        int sum = (int)(bits & 0xffff) + (int)(bits >> 16 & 0xffff) +
                  (int)(bits >> 32 & 0xffff) + (int)(bits >> 48);

        noise[i] = (float)(sum - 2 * 0xffff) * (1.0f / 0x10000);
    }
}

static void scale_to_power(float *noise, int64_t n, double power)
{
    double now = se_level_power(noise, n);
    float gain = now > 0 ? (float)sqrt(power / now) : 0;

    for (int64_t i = 0; i < n; i++)
        noise[i] *= gain;
}

static void fill_coloured(float *noise, int64_t n, double slope,
                          struct se_rng *rng)
{
    struct se_biquad sections[SE_TILT_SECTIONS];

    fill_white(noise, n, rng);
    se_biquad_tilt(sections, slope);
    for (int i = 0; i < SE_TILT_SECTIONS; i++)
        se_biquad_apply(&sections[i], noise, n);
}

/* Adds a tone of mean square `power`: the fundamental and harmonics that fall
 * by `fall_db` each on average, with random phases. */
static void add_tone(float *noise, int64_t n, int fundamental_hz,
                     double fall_db, double power, struct se_rng *rng)
{
    float period[PERIOD] = {0};
    int step = fundamental_hz / PERIOD_HZ;

    for (int h = 1; h <= HARMONICS; h++) {
        double level_db = se_rng_uniform(rng, -12, 0) - fall_db * (h - 1);
        double phase = se_rng_uniform(rng, 0, PERIOD);
        float amplitude = (float)pow(10, level_db / 20);
        float turn = (float)(2 * M_PI / PERIOD);

        if (h * fundamental_hz >= SE_RATE_HZ / 2)
            break;
        for (int i = 0; i < PERIOD; i++)
            period[i] +=
                amplitude * sinf(turn * (float)(h * step * i % PERIOD + phase));
    }
    scale_to_power(period, PERIOD, power);
    for (int64_t i = 0; i < n; i++)
        noise[i] += period[i % PERIOD];
}

static void fill_hum(float *noise, int64_t n, struct se_rng *rng)
{
    int mains_hz = se_rng_below(rng, 2) ? 50 : 60;
    double floor_db = se_rng_uniform(rng, -30, 0);

    fill_coloured(noise, n, se_rng_uniform(rng, 0, 1), rng);
    scale_to_power(noise, n, pow(10, floor_db / 10));
    add_tone(noise, n, mains_hz, se_rng_uniform(rng, 0, 3), 1, rng);
}

static void fill_fan(float *noise, int64_t n, struct se_rng *rng)
{
    int n_peaks = 1 + (int)se_rng_below(rng, 3);
    int blade_hz = PERIOD_HZ * (6 + (int)se_rng_below(rng, 30));
    double tone_db = se_rng_uniform(rng, -30, -6);

    fill_coloured(noise, n, se_rng_uniform(rng, 0.5, 1), rng);
    for (int i = 0; i < n_peaks; i++) {
        struct se_biquad peak;
        double hz = 80 * pow(30, se_rng_uniform(rng, 0, 1));
        double q = se_rng_uniform(rng, 1, 6);

        se_biquad_peak(&peak, hz, q, se_rng_uniform(rng, 6, 18));
        se_biquad_apply(&peak, noise, n);
    }
    scale_to_power(noise, n, 1);
    add_tone(noise, n, blade_hz, se_rng_uniform(rng, 3, 9),
             pow(10, tone_db / 10), rng);
}

void se_synth_noise(float *noise, int64_t n, unsigned kinds, struct se_rng *rng)
{
    enum se_synth_kind list[3];
    uint32_t n_kinds = 0;

    for (unsigned kind = SE_SYNTH_COLOURED; kind < SE_SYNTH_ALL; kind *= 2)
        if (kinds & kind)
            list[n_kinds++] = (enum se_synth_kind)kind;

    enum se_synth_kind kind = list[se_rng_below(rng, n_kinds)];

    if (kind == SE_SYNTH_COLOURED)
        fill_coloured(noise, n, se_rng_uniform(rng, 0, 1), rng);
    else if (kind == SE_SYNTH_HUM)
        fill_hum(noise, n, rng);
    else
        fill_fan(noise, n, rng);
    scale_to_power(noise, n, 1);
}
