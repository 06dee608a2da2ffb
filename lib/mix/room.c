/* room.c - image method for the early, decaying noise for the late sound. */
#include "mix/room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SINC = 20,       /* taps of a fractional delay, either side */
    MAX_IMAGES = 512 /* along one axis */
};

/* Seconds after the direct sound. */
static const double IMAGES_END = 0.1, FADE = 0.02, LEVEL_FROM = 0.06;
static const double JITTER_M = 0.08;
static const double HIGHPASS_HZ = 50; /* of the reflections */
static const double TREBLE_HZ = 2000; /* where lows and highs part */

static double surface(const double size[3])
{
    return 2 * (size[0] * size[1] + size[1] * size[2] + size[2] * size[0]);
}

/* T = 24 ln 10 V / (-c S ln(1 - a)) */
double se_room_absorption(const double size_m[3], double rt60_s)
{
    double volume = size_m[0] * size_m[1] * size_m[2];

    return 1 - exp(-24 * log(10) * volume /
                   (SE_SOUND_SPEED * surface(size_m) * rt60_s));
}

static double direct_m(const struct se_room *room)
{
    double sum = 0;

    for (int i = 0; i < 3; i++) {
        double d = room->source_m[i] - room->microphone_m[i];

        sum += d * d;
    }
    return sqrt(sum);
}

int se_room_direct(const struct se_room *room, int rate_hz)
{
    return (int)lrint(direct_m(room) / SE_SOUND_SPEED * rate_hz);
}

int se_room_samples(const struct se_room *room, int rate_hz)
{
    return se_room_direct(room, rate_hz) + SINC +
           (int)ceil(room->rt60_s * rate_hz);
}

/* ---- images ---------------------------------------------------------------*/

/* Images along one axis: how far from the microphone, and what is left of the
 * pressure after the reflections. */
struct axis {
    int n;
    double distance_m[MAX_IMAGES], gain[MAX_IMAGES];
};

static void find_images(struct axis *axis, const struct se_room *room, int i,
                        double reach_m)
{
    double size = room->size_m[i];
    double near = sqrt(1 - room->absorption[i][0]);
    double far = sqrt(1 - room->absorption[i][1]);
    int most = (int)ceil(reach_m / (2 * size)) + 1;

    axis->n = 0;
    for (int m = -most; m <= most; m++) {
        for (int mirrored = 0; mirrored < 2; mirrored++) {
            double source = mirrored ? -room->source_m[i] : room->source_m[i];
            double distance = source + 2 * m * size - room->microphone_m[i];

            if (fabs(distance) > reach_m || axis->n == MAX_IMAGES)
                continue;
            axis->distance_m[axis->n] = distance;
            axis->gain[axis->n] =
                pow(near, abs(m - mirrored)) * pow(far, abs(m));
            axis->n++;
        }
    }
}

/* Adds a pulse of height `gain` at sample `at`: a sinc under a Hann window. */
static void add_pulse(float *response, int n, double at, double gain)
{
    int middle = (int)floor(at);
    double part = at - middle;
    double sine = sin(M_PI * part) / M_PI * gain; /* sin pi(k - part) = -+ */
    double turn = M_PI / SINC;

    if (part < 1e-9) {
        if (middle < n)
            response[middle] += (float)gain;
        return;
    }
    for (int k = 1 - SINC; k <= SINC; k++) {
        double x = k - part, window = 0.5 + 0.5 * cos(turn * x);
        double sinc = (k & 1 ? sine : -sine) / x;

        if (middle + k >= 0 && middle + k < n)
            response[middle + k] += (float)(sinc * window);
    }
}

/* The reflections that arrive before sample `end`, not the direct sound. */
static void add_reflections(float *response, int end,
                            const struct se_room *room, int rate_hz,
                            struct se_rng *rng)
{
    double samples_a_metre = rate_hz / SE_SOUND_SPEED;
    double reach = (end - SINC) / samples_a_metre, nearest = direct_m(room);
    struct axis x, y, z;

    find_images(&x, room, 0, reach);
    find_images(&y, room, 1, reach);
    find_images(&z, room, 2, reach);
    for (int i = 0; i < x.n; i++) {
        for (int j = 0; j < y.n; j++) {
            for (int k = 0; k < z.n; k++) {
                double d = sqrt(x.distance_m[i] * x.distance_m[i] +
                                y.distance_m[j] * y.distance_m[j] +
                                z.distance_m[k] * z.distance_m[k]);

                if (d > reach || d <= nearest * (1 + 1e-9))
                    continue;
                d = fmax(nearest, d + se_rng_uniform(rng, -JITTER_M, JITTER_M));
                add_pulse(response, end, d * samples_a_metre,
                          x.gain[i] * y.gain[j] * z.gain[k] / (4 * M_PI * d));
            }
        }
    }
}

/* ---- filters --------------------------------------------------------------*/

/* Pulses of one sign pile up at frequencies where no room has modes. Second
 * order, as in Allen and Berkley's program. */
static void take_out_lows(float *response, int n, int rate_hz)
{
    double w = 2 * M_PI * HIGHPASS_HZ / rate_hz, r = exp(-w);
    double b1 = 2 * r * cos(w), b2 = -r * r, a1 = -(1 + r);
    double y1 = 0, y2 = 0;

    for (int i = 0; i < n; i++) {
        double y0 = b1 * y1 + b2 * y2 + (double)response[i];

        response[i] = (float)(y0 + a1 * y1 + r * y2);
        y2 = y1;
        y1 = y0;
    }
}

/* Lets the highs decay faster from sample `start` on: what two first-order
 * low-passes let through stays. */
static void damp_highs(float *response, int n, int start, double per_sample,
                       int rate_hz)
{
    double warped = tan(M_PI * TREBLE_HZ / rate_hz);
    double b = warped / (1 + warped), a = (1 - warped) / (1 + warped);
    double x = 0, once = 0, low = 0;

    for (int i = 0; i < n; i++) {
        double decay = exp(-per_sample * (i > start ? i - start : 0));
        double now = (double)response[i], before = once;

        once = a * once + b * (now + x);
        low = a * low + b * (once + before);
        x = now;
        response[i] = (float)(low + decay * (now - low));
    }
}

/* ---- the late part --------------------------------------------------------*/

/* Root mean square that the images would have at sample 0 of the decay. */
static double level_of_images(const float *response, int from, int to,
                              double per_sample)
{
    double sum = 0;

    for (int i = from; i < to; i++) {
        double x = (double)response[i] * exp(per_sample * i);

        sum += x * x;
    }
    return to > from ? sqrt(sum / (to - from)) : 0;
}

/* Noise that dies away, faded in where the reflections fade out. */
struct late {
    int fade_from, fade_to;   /* samples */
    double level, per_sample; /* level * exp(-per_sample * i) */
};

static void add_late(float *response, int n, const struct late *late,
                     struct se_rng *rng)
{
    for (int i = late->fade_from; i < n; i++) {
        double part =
            (i - late->fade_from + 0.5) / (late->fade_to - late->fade_from);
        double noise =
            late->level * exp(-late->per_sample * i) * se_rng_normal(rng);

        if (part < 1)
            response[i] = (float)(cos(M_PI / 2 * part) * (double)response[i] +
                                  sin(M_PI / 2 * part) * noise);
        else
            response[i] = (float)noise;
    }
}

void se_room_response(float *response, int n, const struct se_room *room,
                      int rate_hz, struct se_rng *rng)
{
    double per_sample = 3 * log(10) / (room->rt60_s * rate_hz);
    int direct = se_room_direct(room, rate_hz);
    int end = direct + (int)(IMAGES_END * rate_hz);
    int fade_from = end - SINC - (int)(FADE * rate_hz), fade_to = end - SINC;
    int from = direct + (int)(LEVEL_FROM * rate_hz);

    memset(response, 0, (size_t)n * sizeof *response);
    end = end < n ? end : n;
    add_reflections(response, end, room, rate_hz, rng);
    take_out_lows(response, end, rate_hz);
    if (fade_from < n) {
        double level = level_of_images(response, from,
                                       fade_to < n ? fade_to : n, per_sample);

        add_late(response, n,
                 &(struct late){fade_from, fade_to, level, per_sample}, rng);
    }
    if (room->treble < 1)
        damp_highs(response, n, direct, per_sample * (1 / room->treble - 1),
                   rate_hz);

    double r = direct_m(room);

    add_pulse(response, n, r / SE_SOUND_SPEED * rate_hz, 1 / (4 * M_PI * r));
}
