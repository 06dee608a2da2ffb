/* response.c - room responses, simulated or measured. */
#include "mix/response.h"

#include "audio/sound.h"
#include "dsp/level.h"
#include "dsp/stft.h"
#include "mix/room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EARLY = SE_RATE_HZ / 20,  /* samples that the level goes by */
    LEAD = SE_RATE_HZ / 400,  /* samples kept before a measured direct sound */
    LONGEST = 4 * SE_RATE_HZ, /* samples of a measured response */
};

/* Scales so that the squares of the first 50 ms add up to 1. */
static void scale_to_early(struct se_response *response)
{
    int early = response->direct + EARLY;
    int n = early < response->n ? early : response->n;
    double energy = se_level_power(response->taps, n) * n;
    float gain = energy > 0 ? (float)(1 / sqrt(energy)) : 0;

    for (int i = 0; i < response->n; i++)
        response->taps[i] *= gain;
}

/* ---- simulated rooms ----------------------------------------------------- */

/* A point at least `margin` metres from the walls. */
static void draw_point(double point[3], const struct se_room *room,
                       double margin, struct se_rng *rng)
{
    for (int i = 0; i < 3; i++)
        point[i] = se_rng_uniform(rng, margin, room->size_m[i] - margin);
}

static int is_inside(const struct se_room *room, const double point[3],
                     double margin)
{
    for (int i = 0; i < 3; i++)
        if (point[i] < margin || point[i] > room->size_m[i] - margin)
            return 0;
    return 1;
}

/* A talker at a distance that is a whole number of samples, so that the direct
 * sound is one tap: the dry target is then exact. */
static void draw_talker(struct se_room *room, double distance_m,
                        struct se_rng *rng)
{
    double step = SE_SOUND_SPEED / SE_RATE_HZ;
    double r = fmax(1, rint(distance_m / step)) * step;
    double up = fmin(0.9 * r, 0.5) * se_rng_uniform(rng, -1, 1);
    double flat = sqrt(r * r - up * up);
    double turn = se_rng_uniform(rng, 0, 2 * M_PI);

    room->source_m[0] = room->microphone_m[0] + flat * cos(turn);
    room->source_m[1] = room->microphone_m[1] + flat * sin(turn);
    room->source_m[2] = room->microphone_m[2] + up;
}

static void draw_walls(struct se_room *room, struct se_rng *rng)
{
    const double *size = room->size_m;
    double mean = se_room_absorption(size, room->rt60_s);
    double sum = 0, area = 0;

    for (int i = 0; i < 3; i++) {
        double wall = size[(i + 1) % 3] * size[(i + 2) % 3];

        for (int j = 0; j < 2; j++) {
            room->absorption[i][j] = se_rng_uniform(rng, 0.5, 1.5);
            sum += wall * room->absorption[i][j];
            area += wall;
        }
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++)
            room->absorption[i][j] =
                fmin(0.99, room->absorption[i][j] * mean * area / sum);
}

static void draw_room(struct se_room *room, const struct se_room_ranges *ranges,
                      struct se_rng *rng)
{
    const double smallest[3] = {3, 3, 2.3}, largest[3] = {8, 10, 4};
    double distance =
        se_rng_uniform(rng, ranges->distance_min_m, ranges->distance_max_m);

    room->rt60_s = se_rng_uniform(rng, ranges->rt60_min_s, ranges->rt60_max_s);
    room->treble = se_rng_uniform(rng, 0.5, 1);
    /* Larger distances than a room has are made to fit in the end. */
    do {
        for (int i = 0; i < 3; i++)
            room->size_m[i] = se_rng_uniform(rng, smallest[i], largest[i]);
        draw_point(room->microphone_m, room, 0.5, rng);
        draw_talker(room, distance, rng);
        distance *= 0.998;
    } while (!is_inside(room, room->source_m, 0.3));
    draw_walls(room, rng);
}

static int simulate(struct se_response *response, const struct se_room *room,
                    struct se_rng *rng)
{
    response->n = se_room_samples(room, SE_RATE_HZ);
    response->direct = se_room_direct(room, SE_RATE_HZ);
    response->taps = malloc((size_t)response->n * sizeof(float));
    if (!response->taps)
        return SE_ERR_MEMORY;
    se_room_response(response->taps, response->n, room, SE_RATE_HZ, rng);
    scale_to_early(response);
    return SE_OK;
}

int se_response_simulate(struct se_response *speech, struct se_response *noise,
                         const struct se_room_ranges *ranges,
                         struct se_rng *rng)
{
    struct se_room room;

    draw_room(&room, ranges, rng);
    if (simulate(speech, &room, rng) != SE_OK)
        return SE_ERR_MEMORY;

    /* A source of noise does not sit on the microphone. */
    do
        draw_point(room.source_m, &room, 0.2, rng);
    while (se_room_direct(&room, SE_RATE_HZ) < SE_RATE_HZ / SE_SOUND_SPEED);
    return simulate(noise, &room, rng);
}

/* ---- measured responses -------------------------------------------------- */

/* Samples until what follows is 60 dB below all. */
static int64_t end_of_decay(const float *taps, int64_t n)
{
    double all = se_level_power(taps, n) * (double)n, rest = 0;

    for (; n > 1; n--) {
        rest += (double)taps[n - 1] * (double)taps[n - 1];
        if (rest > 1e-6 * all)
            break;
    }
    return n;
}

int se_response_read(struct se_response *response, const char *path,
                     struct se_report *report)
{
    float *taps, peak = 0;
    int64_t n, direct = 0;
    int status = se_sound_load_first(&taps, &n, path, SE_RATE_HZ, report);

    if (status != SE_OK)
        return status;
    for (int64_t i = 0; i < n; i++) {
        if (fabsf(taps[i]) > peak) {
            peak = fabsf(taps[i]);
            direct = i;
        }
    }
    if (!(peak > 0)) {
        free(taps);
        return se_fail(report, SE_ERR_FORMAT,
                       "%s: silent, expected a room response", path);
    }

    /* What lies before is the way of the sound, and noise. */
    int64_t skip = direct > LEAD ? direct - LEAD : 0;

    n = n - skip < LONGEST ? n - skip : LONGEST;
    memmove(taps, taps + skip, (size_t)n * sizeof *taps);
    *response = (struct se_response){taps, (int)end_of_decay(taps, n),
                                     (int)(direct - skip)};
    if (response->n <= response->direct)
        response->n = response->direct + 1;
    /* The file may be much longer. */
    taps = realloc(taps, (size_t)response->n * sizeof *taps);
    if (taps)
        response->taps = taps;
    scale_to_early(response);
    return SE_OK;
}
