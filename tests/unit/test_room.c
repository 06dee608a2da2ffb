/* test_room.c - responses of simulated rooms against acoustics. */
#include "base/rng.h"
#include "check.h"
#include "mix/room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_HZ = 16000 };

/* 6 x 5 x 3 m, even walls, the talker `r` metres away. */
static struct se_room make_room(double rt60_s, double r)
{
    struct se_room room = {
        .size_m = {6, 5, 3},
        .source_m = {2 + r, 2.2, 1.5},
        .microphone_m = {2, 2.2, 1.5},
        .rt60_s = rt60_s,
        .treble = 1,
    };

    for (int i = 0; i < 6; i++)
        room.absorption[i / 2][i % 2] = se_room_absorption(room.size_m, rt60_s);
    return room;
}

/* malloc'd, n samples */
static float *respond(int *n, const struct se_room *room, uint64_t seed)
{
    struct se_rng rng;
    float *response;

    *n = se_room_samples(room, RATE_HZ);
    response = malloc((size_t)*n * sizeof *response);
    expect(response);
    se_rng_seed(&rng, seed, 0);
    se_room_response(response, *n, room, RATE_HZ, &rng);
    return response;
}

static double energy(const float *x, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/* Seconds of 60 dB, from the slope between -5 and -35 dB of the energy that is
 * still to come (M. R. Schroeder, "New method of measuring reverberation
 * time", JASA 37, 1965). */
static double measure_rt60(const float *x, int n)
{
    double all = energy(x, n), rest = all;
    int at5 = -1, at35 = -1;

    for (int i = 0; i < n && at35 < 0; i++) {
        rest -= (double)x[i] * (double)x[i];
        if (at5 < 0 && rest < all * pow(10, -0.5))
            at5 = i;
        if (rest < all * pow(10, -3.5))
            at35 = i;
    }
    return 2.0 * (at35 - at5) / RATE_HZ;
}

TEST(absorption)
{
    const double size[3] = {6, 5, 3};

    /* Eyring: -ln(1 - a) = 24 ln 10 V / (c S T) = 55.26 * 90 / (343 * 126 * 2);
     * always less than all */
    expect_near(se_room_absorption(size, 2), 0.0559, 2e-4);
    expect(se_room_absorption(size, 0.05) < 1);
    expect(se_room_absorption(size, 0.2) > se_room_absorption(size, 0.3));
}

TEST(decay)
{
    const double times[] = {0.2, 0.3, 0.4, 0.6, 0.9, 1.5};

    for (int i = 0; i < 6; i++) {
        for (uint64_t seed = 1; seed < 4; seed++) {
            struct se_room room = make_room(times[i], 1.2);
            int n;
            float *x = respond(&n, &room, seed);
            double found = measure_rt60(x, n);

            if (!(fabs(found / times[i] - 1) < 0.15))
                fail_test("%g s measured for %g s", found, times[i]);
            free(x);
        }
    }
}

/* The mean energy in spans of 20 ms falls as it should, and there is no step
 * where the noise takes over. */
TEST(level_falls)
{
    enum { SPAN = RATE_HZ / 50, N_SPANS = 24 };
    struct se_room room = make_room(0.5, 1);
    int direct = se_room_direct(&room, RATE_HZ);
    double sum[N_SPANS] = {0};

    for (uint64_t seed = 1; seed <= 20; seed++) {
        int n;
        float *x = respond(&n, &room, seed);

        for (int i = 0; i < N_SPANS; i++)
            sum[i] += energy(x + direct + i * SPAN, SPAN);
        free(x);
    }
    for (int i = 1; i < N_SPANS; i++) {
        expect(sum[i] < sum[i - 1]);
        if (i > 2)
            expect_near(10 * log10(sum[i - 1] / sum[i]), 60 * 0.02 / 0.5, 0.5);
    }
}

TEST(direct_sound)
{
    const double step = SE_SOUND_SPEED / RATE_HZ;

    for (int samples = 20; samples < 150; samples += 30) {
        double r = samples * step;
        struct se_room room = make_room(0.4, r);
        int n;
        float *x = respond(&n, &room, 1);

        expect_equal(se_room_direct(&room, RATE_HZ), samples);
        expect_near((double)x[samples] * 4 * M_PI * r, 1, 0.01);
        expect(energy(x, samples) < 1e-3 * energy(x + samples, 1));
        free(x);
    }
}

/* Walls that take all leave a pulse alone, between samples too: its spectrum
 * at low frequencies is flat, of that height and that delay. */
TEST(free_field)
{
    for (double samples = 40.1; samples < 41; samples += 0.2) {
        double r = samples * SE_SOUND_SPEED / RATE_HZ;
        struct se_room room = make_room(0.3, r);
        float *x;
        int n;

        for (int i = 0; i < 6; i++)
            room.absorption[i / 2][i % 2] = 1;
        x = respond(&n, &room, 1);
        for (double w = 0; w < 2; w += 0.2) {
            double re = 0, im = 0;

            for (int i = 0; i < n; i++) {
                re += (double)x[i] * cos(w * (i - samples));
                im += (double)x[i] * sin(w * (i - samples));
            }
            expect_near(re * 4 * M_PI * r, 1, 0.01);
            expect(fabs(im * 4 * M_PI * r) < 0.01);
        }
        expect(energy(x + 62, n - 62) == 0.0);
        free(x);
    }
}

/* Behind the direct sound, a room with one bare wall has the image in it alone:
 * late by its distance (but for the 8 cm by which images are moved, a filter's
 * taps beside it), in proportion to that. */
TEST(one_wall)
{
    for (int wall = 0; wall < 6; wall++) {
        struct se_room room = {
            .size_m = {6, 5, 3},
            .source_m = {3.5, 2.2, 1.9},
            .microphone_m = {2, 1.4, 1.2},
            .rt60_s = 0.07,
            .treble = 1,
        };
        int axis = wall / 2, side = wall % 2, n, near, direct, from, to;
        double r = 0, place = side * room.size_m[axis];
        float *x;

        for (int i = 0; i < 6; i++)
            room.absorption[i / 2][i % 2] = i != wall;
        for (int i = 0; i < 3; i++) {
            double source =
                i == axis ? 2 * place - room.source_m[i] : room.source_m[i];

            r += pow(source - room.microphone_m[i], 2);
        }
        r = sqrt(r);
        near = (int)lrint(r / SE_SOUND_SPEED * RATE_HZ);
        direct = se_room_direct(&room, RATE_HZ);
        x = respond(&n, &room, (uint64_t)wall + 1);
        from = near - 24 > direct + 21 ? near - 24 : direct + 21;
        to = near + 25;
        expect_near(sqrt(energy(x + from, to - from)) * 4 * M_PI * r, 1, 0.1);
        expect(energy(x + direct + 21, from - direct - 21) == 0.0);
        expect(energy(x + to, n - to) < 0.1 * energy(x + from, to - from));
        free(x);
    }
}

TEST(reproducible)
{
    struct se_room room = make_room(0.3, 1);
    int n, m;
    float *a = respond(&n, &room, 1), *b = respond(&n, &room, 1);
    float *c = respond(&m, &room, 2);

    expect_equal(n, m);
    expect_bytes(a, b, (size_t)n * sizeof *a);
    expect(memcmp(a, c, (size_t)n * sizeof *a) != 0);
    free(a);
    free(b);
    free(c);
}

/* Of blocks of 4 ms, of which highs are no part. */
static double energy_of_lows(const float *x, int n)
{
    double sum = 0;

    for (int i = 0; i + 64 <= n; i += 64) {
        double block = 0;

        for (int j = i; j < i + 64; j++)
            block += (double)x[j];
        sum += block * block;
    }
    return sum;
}

TEST(treble)
{
    struct se_room room = make_room(0.8, 1);
    double even, damped, lows;
    float *x;
    int n;

    /* twice the difference: little is left of the lows */
    x = respond(&n, &room, 3);
    lows = energy_of_lows(x, n);
    for (int i = 2; i < n; i++)
        x[i - 2] = x[i] - 2 * x[i - 1] + x[i - 2];
    even = measure_rt60(x, n - 2);
    free(x);
    room.treble = 0.5;
    x = respond(&n, &room, 3);
    expect_near(energy_of_lows(x, n) / lows, 1, 0.1);
    for (int i = 2; i < n; i++)
        x[i - 2] = x[i] - 2 * x[i - 1] + x[i - 2];
    damped = measure_rt60(x, n - 2);
    expect(damped < 0.65 * even);
    expect(damped > 0.4 * even);
    free(x);
}

/* From dead to live, from tiny to huge, with the talker at the microphone: no
 * sample that is no number, nothing beyond the ends (run with sanitizers). */
TEST(extremes)
{
    const double sizes[] = {1.2, 4, 60}, times[] = {0.01, 0.3, 4};

    for (int i = 0; i < 9; i++) {
        double size = sizes[i / 3], rt60_s = times[i % 3];
        struct se_room room = {
            .size_m = {size, size, size},
            .source_m = {0.5, 0.5, 0.5},
            .microphone_m = {0.501, 0.5, 0.5},
            .rt60_s = rt60_s,
            .treble = 0.5,
        };
        float *x;
        int n;

        for (int j = 0; j < 6; j++)
            room.absorption[j / 2][j % 2] =
                se_room_absorption(room.size_m, rt60_s);
        x = respond(&n, &room, 1);
        expect(isfinite(energy(x, n)));
        free(x);
    }
}
