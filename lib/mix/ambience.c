/* ambience.c - noises of places, vehicles, weather and machines. */
#include "mix/ambience.h"

#include "dsp/biquad.h"
#include "dsp/level.h"
#include "dsp/lpc.h"
#include "dsp/stft.h"
#include "dsp/vector.h"
#include "mix/noise.h"

#include <math.h>
#include <string.h>

enum { PERIOD = 512, MAX_HARMONICS = 40, MAX_PEAKS = 3 };

/* Of levels, from what beats to what comes and goes. */
static const struct se_pace flutter = {0.03, 0.2}, syllables = {0.04, 0.3},
                            gusts = {0.3, 2}, load = {0.3, 3}, slow = {0.3, 4},
                            ride = {0.5, 4};

static int one_in(int n, struct se_rng *rng)
{
    return se_rng_below(rng, (uint32_t)n) == 0;
}

/* Adds the layer at a level over a mean square of 1. */
static void add_layer(float *noise, float *layer, int64_t n, double level_db)
{
    se_noise_scale(layer, n, pow(10, level_db / 10));
    se_add_scaled(noise, layer, 1, n);
}

/* Resonances, and the band that they are in. */
struct peaks {
    int n; /* at most MAX_PEAKS */
    double low_hz, high_hz;
};

static void add_peaks(float *layer, int64_t n, const struct peaks *peaks,
                      struct se_rng *rng)
{
    struct se_biquad sections[MAX_PEAKS];

    for (int i = 0; i < peaks->n; i++) {
        double hz = se_rng_octaves(rng, peaks->low_hz, peaks->high_hz);
        double q = se_rng_octaves(rng, 0.5, 5);

        se_biquad_peak(&sections[i], hz, q, se_rng_uniform(rng, -9, 15));
    }
    se_biquad_apply(sections, peaks->n, layer, n);
}

static void limit_band(float *layer, int64_t n, double hz)
{
    struct se_biquad sections[SE_LOWPASS_SECTIONS];

    se_biquad_lowpass(sections, hz);
    se_biquad_apply(sections, SE_LOWPASS_SECTIONS, layer, n);
}

void se_ambience_place(float *noise, float *layer, int64_t n,
                       struct se_rng *rng)
{
    int n_layers = 2 + (int)se_rng_below(rng, 2);

    memset(noise, 0, (size_t)n * sizeof *noise);
    for (int i = 0; i < n_layers; i++) {
        double level_db = i ? se_rng_uniform(rng, -12, 0) : 0;

        se_noise_coloured(layer, n, se_rng_uniform(rng, 0, 1), rng);
        add_peaks(
            layer, n,
            &(struct peaks){1 + (int)se_rng_below(rng, MAX_PEAKS), 80, 5000},
            rng);
        se_noise_swell(layer, n, se_rng_uniform(rng, 1, 9), &slow, rng);
        add_layer(noise, layer, n, level_db);
    }
}

/* Up to two seconds of the clip, from a random place. */
static void fit_somewhere(struct se_lpc *lpc, const struct se_clip *clip,
                          struct se_rng *rng)
{
    int64_t length =
        clip->n_samples < 2 * SE_RATE_HZ ? clip->n_samples : 2 * SE_RATE_HZ;
    double place = se_rng_uniform(rng, 0, 1);
    int64_t first = (int64_t)(place * (double)(clip->n_samples - length));

    se_lpc_fit(lpc, clip->samples + first, length);
}

void se_ambience_borrowed(float *noise, float *layer, int64_t n,
                          const struct se_clip *clip, struct se_rng *rng)
{
    int n_layers = 1 + (int)se_rng_below(rng, 2);

    memset(noise, 0, (size_t)n * sizeof *noise);
    for (int i = 0; i < n_layers; i++) {
        struct se_lpc lpc;

        fit_somewhere(&lpc, clip, rng);
        se_noise_white(layer, n, rng);
        se_lpc_apply(&lpc, layer, n);
        if (one_in(2, rng))
            se_noise_swell(layer, n, se_rng_uniform(rng, 1, 8), &syllables,
                           rng);
        se_noise_swell(layer, n, se_rng_uniform(rng, 0, 6), &slow, rng);
        add_layer(noise, layer, n, i ? se_rng_uniform(rng, -9, 0) : 0);
    }
}

/* When bursts come. */
struct bursts {
    double a_second; /* on average */
    int pairs;       /* 1: each has a second one soon after it */
    double jitter;   /* 0: evenly; 1: at random */
};

/* Fills with bursts of noise of 1 to 5 ms. */
static void fill_bursts(float *layer, int64_t n, const struct bursts *bursts,
                        struct se_rng *rng)
{
    const double jitter = bursts->jitter;
    double gap = SE_RATE_HZ / bursts->a_second;
    double at = se_rng_uniform(rng, 0, gap);
    double second = se_rng_uniform(rng, 0.05, 0.25) * SE_RATE_HZ;

    memset(layer, 0, (size_t)n * sizeof *layer);
    while (at < (double)n) {
        for (int i = 0; i <= bursts->pairs; i++) {
            double gain = se_level_ratio(se_rng_uniform(rng, -15, 0));
            int64_t first = (int64_t)(at + i * second);
            int length = (int)se_rng_uniform(rng, 16, 80);

            for (int64_t j = first; j < first + length && j < n; j++)
                layer[j] += (float)(gain * se_rng_uniform(rng, -1, 1));
        }
        at += gap * (1 + jitter * (-1 - log(se_rng_uniform(rng, 1e-9, 1))));
    }
}

void se_ambience_vehicle(float *noise, float *layer, int64_t n,
                         struct se_rng *rng)
{
    double rumble_hz = se_rng_octaves(rng, 80, 500);

    se_noise_coloured(noise, n, 1, rng);
    limit_band(noise, n, rumble_hz);
    add_peaks(noise, n, &(struct peaks){2, 30, 300}, rng);
    se_noise_swell(noise, n, se_rng_uniform(rng, 1, 5), &ride, rng);
    se_noise_scale(noise, n, 1);
    se_noise_coloured(layer, n, se_rng_uniform(rng, 0.3, 1), rng);
    add_peaks(layer, n, &(struct peaks){1, 200, 4000}, rng);
    se_noise_swell(layer, n, se_rng_uniform(rng, 1, 5), &ride, rng);
    add_layer(noise, layer, n, se_rng_uniform(rng, -30, -6));
    if (one_in(3, rng)) {
        fill_bursts(layer, n,
                    &(struct bursts){se_rng_octaves(rng, 0.7, 3), 1, 0.05},
                    rng);
        limit_band(layer, n, se_rng_octaves(rng, 200, 1500));
        add_layer(noise, layer, n, se_rng_uniform(rng, -15, -3));
    }
}

void se_ambience_wind(float *noise, float *layer, int64_t n, struct se_rng *rng)
{
    memset(noise, 0, (size_t)n * sizeof *noise);
    for (int i = 0; i < 2; i++) {
        se_noise_coloured(layer, n, se_rng_uniform(rng, 0.6, 1), rng);
        if (i == 0)
            limit_band(layer, n, se_rng_octaves(rng, 150, 2000));
        add_peaks(layer, n, &(struct peaks){1, 60, 1500}, rng);
        se_noise_swell(layer, n, se_rng_uniform(rng, 2, 7), &flutter, rng);
        se_noise_swell(layer, n, se_rng_uniform(rng, 4, 12), &gusts, rng);
        add_layer(noise, layer, n, i ? se_rng_uniform(rng, -15, 0) : 0);
    }
}

/* Resonances that ring after each burst. */
static void ring(float *layer, int64_t n, struct se_rng *rng)
{
    int n_modes = 1 + (int)se_rng_below(rng, MAX_PEAKS);
    struct se_biquad modes[MAX_PEAKS];

    for (int i = 0; i < n_modes; i++) {
        double level_db = se_rng_uniform(rng, 10, 30);
        double q = se_rng_octaves(rng, 2, 40);

        se_biquad_peak(&modes[i], se_rng_octaves(rng, 150, 6000), q, level_db);
    }
    se_biquad_apply(modes, n_modes, layer, n);
}

void se_ambience_impacts(float *noise, float *layer, int64_t n,
                         struct se_rng *rng)
{
    int n_layers = 1 + (int)se_rng_below(rng, 2);
    double floor_db = se_rng_uniform(rng, -45, -15);

    se_noise_coloured(noise, n, se_rng_uniform(rng, 0, 1), rng);
    se_noise_scale(noise, n, pow(10, floor_db / 10));
    for (int i = 0; i < n_layers; i++) {
        struct bursts bursts;

        bursts.jitter = se_rng_uniform(rng, 0.1, 1);
        bursts.pairs = one_in(3, rng);
        bursts.a_second = se_rng_octaves(rng, 0.7, 12);
        fill_bursts(layer, n, &bursts, rng);
        ring(layer, n, rng);
        add_layer(noise, layer, n, i ? se_rng_uniform(rng, -9, 0) : 0);
    }
}

/* One turn of the motor, and the same again behind it. */
static void fill_turn(float turn[2 * PERIOD], double hz, struct se_rng *rng)
{
    int most = (int)fmin(7000 / hz, MAX_HARMONICS);
    int n_harmonics = 4 + (int)se_rng_below(rng, (uint32_t)(most - 3));
    double fall_db = se_rng_uniform(rng, 0, 2);

    memset(turn, 0, 2 * PERIOD * sizeof *turn);
    for (int h = 1; h <= n_harmonics; h++) {
        double gain =
            se_level_ratio(se_rng_uniform(rng, -18, 0) - fall_db * (h - 1));
        double phase = se_rng_uniform(rng, 0, 2 * M_PI);

        for (int i = 0; i < PERIOD; i++)
            turn[i] += (float)(gain * sin(2 * M_PI * h * i / PERIOD + phase));
    }
    memcpy(turn + PERIOD, turn, PERIOD * sizeof *turn);
}

struct motor {
    float turn[2 * PERIOD];
    double hz;    /* turns a second */
    double depth; /* of the wave in its noise */
};

/* Fills tone with turns, and multiplies noise by 1 and `depth` times a wave of
 * half as many a second; the speed wanders. */
static void play_turns(float *tone, float *noise, int64_t n,
                       const struct motor *motor, struct se_rng *rng)
{
    const float *turn = motor->turn;
    const double hz = motor->hz, depth = motor->depth;
    double wander = se_rng_octaves(rng, 0.002, 0.1), phase = 0, step;
    double now = hz, next;

    for (int64_t at = 0; at < n;) {
        int64_t length = (int64_t)(se_rng_uniform(rng, 0.2, 2) * SE_RATE_HZ);

        next = hz * (1 + wander * se_rng_uniform(rng, -1, 1));
        step = (next - now) / (double)length;
        for (int64_t i = 0; i < length && at + i < n; i++) {
            double place = phase * PERIOD;
            int whole = (int)place;
            float rest = (float)(place - whole);

            /* phase runs over two turns */
            tone[at + i] =
                turn[whole % PERIOD] +
                rest * (turn[whole % PERIOD + 1] - turn[whole % PERIOD]);
            noise[at + i] *= (float)(1 + depth * (fabs(phase - 1) - 0.5));
            phase += (now + step * (double)i) / SE_RATE_HZ;
            phase -= phase >= 2 ? 2 : 0;
        }
        now = next;
        at += length;
    }
}

void se_ambience_motor(float *noise, float *layer, int64_t n,
                       struct se_rng *rng)
{
    struct motor motor = {.hz = se_rng_octaves(rng, 15, 250)};

    fill_turn(motor.turn, motor.hz, rng);
    se_noise_coloured(noise, n, se_rng_uniform(rng, 0.2, 1), rng);
    add_peaks(noise, n, &(struct peaks){2, 100, 4000}, rng);
    motor.depth = se_rng_uniform(rng, 0, 1.8);
    play_turns(layer, noise, n, &motor, rng);
    add_peaks(layer, n, &(struct peaks){2, 100, 3000}, rng);
    se_noise_scale(noise, n, 1);
    add_layer(noise, layer, n, se_rng_uniform(rng, -12, 9));
    se_noise_swell(noise, n, se_rng_uniform(rng, 0, 4), &load, rng);
}
