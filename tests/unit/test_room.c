/* test_room.c - responses of simulated rooms against acoustics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
    assert_non_null(response);
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

static void test_absorption(void **state)
{
    const double size[3] = {6, 5, 3};

    (void)state;
    /* Sabine: 0.161 V / (S T) = 0.161 * 90 / (126 * 2), where little is
     * absorbed; always less than all */
    assert_true(fabs(se_room_absorption(size, 2) - 0.0575) < 0.0025);
    assert_true(se_room_absorption(size, 0.05) < 1);
    assert_true(se_room_absorption(size, 0.2) > se_room_absorption(size, 0.3));
}

static void test_decay(void **state)
{
    const double times[] = {0.2, 0.3, 0.4, 0.6, 0.9, 1.5};

    (void)state;
    for (int i = 0; i < 6; i++) {
        for (uint64_t seed = 1; seed < 4; seed++) {
            struct se_room room = make_room(times[i], 1.2);
            int n;
            float *x = respond(&n, &room, seed);
            double found = measure_rt60(x, n);

            if (!(fabs(found / times[i] - 1) < 0.15))
                fail_msg("%g s measured for %g s", found, times[i]);
            free(x);
        }
    }
}

/* Spans of 40 ms after the first: always less, and no step where the noise
 * takes over. */
static void test_level_falls(void **state)
{
    struct se_room room = make_room(0.5, 1);
    int n, span = RATE_HZ / 25, direct = se_room_direct(&room, RATE_HZ);
    double fall_db = 60 * 0.04 / 0.5;
    float *x = respond(&n, &room, 5);
    double before = energy(x + direct, span);

    (void)state;
    for (int at = direct + span; at + span <= n; at += span) {
        double now = energy(x + at, span);
        double fell_db = 10 * log10(before / now);

        assert_true(now < before);
        if (at > direct + span)
            assert_true(fabs(fell_db - fall_db) < 2.5);
        before = now;
    }
    free(x);
}

static void test_direct_sound(void **state)
{
    const double step = SE_SOUND_SPEED / RATE_HZ;

    (void)state;
    for (int samples = 20; samples < 150; samples += 30) {
        double r = samples * step;
        struct se_room room = make_room(0.4, r);
        int n;
        float *x = respond(&n, &room, 1);

        assert_int_equal(se_room_direct(&room, RATE_HZ), samples);
        assert_true(fabs((double)x[samples] * 4 * M_PI * r - 1) < 0.01);
        assert_true(energy(x, samples) < 1e-3 * energy(x + samples, 1));
        free(x);
    }
}

/* Walls that take all leave a pulse alone, between samples too: its spectrum
 * at low frequencies is flat, of that height and that delay. */
static void test_free_field(void **state)
{
    (void)state;
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
            assert_true(fabs(re * 4 * M_PI * r - 1) < 0.01);
            assert_true(fabs(im * 4 * M_PI * r) < 0.01);
        }
        assert_true(energy(x + 62, n - 62) == 0.0);
        free(x);
    }
}

static void test_reproducible(void **state)
{
    struct se_room room = make_room(0.3, 1);
    int n, m;
    float *a = respond(&n, &room, 1), *b = respond(&n, &room, 1);
    float *c = respond(&m, &room, 2);

    (void)state;
    assert_int_equal(n, m);
    assert_memory_equal(a, b, (size_t)n * sizeof *a);
    assert_true(memcmp(a, c, (size_t)n * sizeof *a) != 0);
    free(a);
    free(b);
    free(c);
}

static void test_treble(void **state)
{
    struct se_room room = make_room(0.8, 1);
    double even, damped;
    float *x;
    int n;

    (void)state;
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
    assert_true(damped < 0.65 * even);
    assert_true(damped > 0.4 * even);
    free(x);
}

/* From dead to live, from tiny to huge, with the talker at the microphone: no
 * sample that is no number, nothing beyond the ends (run with sanitizers). */
static void test_extremes(void **state)
{
    const double sizes[] = {1.2, 4, 60}, times[] = {0.01, 0.3, 4};

    (void)state;
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
        assert_true(isfinite(energy(x, n)));
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absorption),  cmocka_unit_test(test_decay),
        cmocka_unit_test(test_level_falls), cmocka_unit_test(test_direct_sound),
        cmocka_unit_test(test_free_field),  cmocka_unit_test(test_reproducible),
        cmocka_unit_test(test_treble),      cmocka_unit_test(test_extremes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
