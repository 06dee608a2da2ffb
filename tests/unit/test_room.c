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

    /* Sabine: 0.161 V / (S T) = 0.161 * 90 / (126 * 2), where little is
     * absorbed; always less than all */
    expect_near(se_room_absorption(size, 2), 0.0575, 0.0025);
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

/* Spans of 40 ms after the first: always less, and no step where the noise
 * takes over. */
TEST(level_falls)
{
    struct se_room room = make_room(0.5, 1);
    int n, span = RATE_HZ / 25, direct = se_room_direct(&room, RATE_HZ);
    double fall_db = 60 * 0.04 / 0.5;
    float *x = respond(&n, &room, 5);
    double before = energy(x + direct, span);

    for (int at = direct + span; at + span <= n; at += span) {
        double now = energy(x + at, span);
        double fell_db = 10 * log10(before / now);

        expect(now < before);
        if (at > direct + span)
            expect_near(fell_db, fall_db, 2.5);
        before = now;
    }
    free(x);
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

TEST(treble)
{
    struct se_room room = make_room(0.8, 1);
    double even, damped;
    float *x;
    int n;

    /* twice the difference: little is left of the lows */
    x = respond(&n, &room, 3);
    for (int i = 2; i < n; i++)
        x[i - 2] = x[i] - 2 * x[i - 1] + x[i - 2];
    even = measure_rt60(x, n - 2);
    free(x);
    room.treble = 0.5;
    x = respond(&n, &room, 3);
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
