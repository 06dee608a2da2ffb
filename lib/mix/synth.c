/* synth.c - synthetic noise. */
#include "mix/synth.h"

#include "dsp/biquad.h"
#include "dsp/stft.h"
#include "mix/ambience.h"
#include "mix/noise.h"

#include <math.h>

enum {
    PERIOD = 1600, /* tones are multiples of 10 Hz and repeat after this */
    PERIOD_HZ = SE_RATE_HZ / PERIOD,
    HARMONICS = 24,
    MAX_PEAKS = 3
};

struct tone {
    int hz;         /* of the fundamental, a multiple of PERIOD_HZ */
    double fall_db; /* from one harmonic to the next, on average */
    double power;   /* mean square */
};

/* Adds the tone with harmonics of random phases. */
static void add_tone(float *noise, int64_t n, const struct tone *tone,
                     struct se_rng *rng)
{
    float period[PERIOD] = {0};
    int step = tone->hz / PERIOD_HZ;

    for (int h = 1; h <= HARMONICS; h++) {
        double level_db = se_rng_uniform(rng, -12, 0) - tone->fall_db * (h - 1);
        double phase = se_rng_uniform(rng, 0, PERIOD);
        float amplitude = (float)pow(10, level_db / 20);
        float turn = (float)(2 * M_PI / PERIOD);

        if (h * tone->hz >= SE_RATE_HZ / 2)
            break;
        for (int i = 0; i < PERIOD; i++)
            period[i] +=
                amplitude * sinf(turn * (float)(h * step * i % PERIOD + phase));
    }
    se_noise_scale(period, PERIOD, tone->power);
    for (int64_t i = 0; i < n; i++)
        noise[i] += period[i % PERIOD];
}

static void fill_hum(float *noise, int64_t n, struct se_rng *rng)
{
    int mains_hz = se_rng_below(rng, 2) ? 50 : 60;
    double floor_db = se_rng_uniform(rng, -30, 0);

    se_noise_coloured(noise, n, se_rng_uniform(rng, 0, 1), rng);
    se_noise_scale(noise, n, pow(10, floor_db / 10));
    add_tone(noise, n, &(struct tone){mains_hz, se_rng_uniform(rng, 0, 3), 1},
             rng);
}

static void fill_fan(float *noise, int64_t n, struct se_rng *rng)
{
    int n_peaks = 1 + (int)se_rng_below(rng, MAX_PEAKS);
    int blade_hz = PERIOD_HZ * (6 + (int)se_rng_below(rng, 30));
    double tone_db = se_rng_uniform(rng, -30, -6);
    struct se_biquad peaks[MAX_PEAKS];

    se_noise_coloured(noise, n, se_rng_uniform(rng, 0.5, 1), rng);
    for (int i = 0; i < n_peaks; i++) {
        double hz = se_rng_octaves(rng, 80, 2400);
        double q = se_rng_uniform(rng, 1, 6);

        se_biquad_peak(&peaks[i], hz, q, se_rng_uniform(rng, 6, 18));
    }
    se_biquad_apply(peaks, n_peaks, noise, n);
    se_noise_scale(noise, n, 1);
    add_tone(noise, n,
             &(struct tone){blade_hz, se_rng_uniform(rng, 3, 9),
                            pow(10, tone_db / 10)},
             rng);
}

/* One of the kinds, each as likely. */
static enum se_synth_kind draw_kind(unsigned kinds, struct se_rng *rng)
{
    enum se_synth_kind list[SE_SYNTH_KINDS];
    uint32_t n_kinds = 0;

    for (unsigned kind = 1; kind < 1u << SE_SYNTH_KINDS; kind *= 2)
        if (kinds & kind)
            list[n_kinds++] = (enum se_synth_kind)kind;
    return list[se_rng_below(rng, n_kinds)];
}

void se_synth_noise(float *noise, float *layer, int64_t n,
                    const struct se_synth *synth, struct se_rng *rng)
{
    switch (draw_kind(synth->kinds, rng)) {
    case SE_SYNTH_COLOURED:
        se_noise_coloured(noise, n, se_rng_uniform(rng, 0, 1), rng);
        break;
    case SE_SYNTH_HUM:
        fill_hum(noise, n, rng);
        break;
    case SE_SYNTH_FAN:
        fill_fan(noise, n, rng);
        break;
    case SE_SYNTH_PLACE:
        se_ambience_place(noise, layer, n, rng);
        break;
    case SE_SYNTH_BORROWED:
        se_ambience_borrowed(noise, layer, n,
                             se_source_draw(synth->recordings, rng), rng);
        break;
    case SE_SYNTH_VEHICLE:
        se_ambience_vehicle(noise, layer, n, rng);
        break;
    case SE_SYNTH_WIND:
        se_ambience_wind(noise, layer, n, rng);
        break;
    case SE_SYNTH_IMPACTS:
        se_ambience_impacts(noise, layer, n, rng);
        break;
    case SE_SYNTH_MOTOR:
        se_ambience_motor(noise, layer, n, rng);
        break;
    }
    se_noise_scale(noise, n, 1);
}
