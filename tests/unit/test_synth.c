/* test_synth.c - noise that is made: its kinds, levels and spectra. */
#include "mix/synth.h"
#include "mix_toy.h"

TEST(synthetic)
{
    enum { N = 32000 };
    static float samples[N];
    double treble_min = 100, treble_max = 0;

    for (uint64_t i = 0; i < 100; i++) {
        struct se_rng rng;

        se_rng_seed(&rng, 1, i);
        se_synth_noise(samples, NULL, N,
                       &(struct se_synth){.kinds = SE_SYNTH_STATIONARY}, &rng);
        expect_near(se_level_power(samples, N), 1, 1e-3);

        /* stationary: no half second is far from the rest */
        for (int j = 0; j < 4; j++) {
            double power = se_level_power(samples + j * 8000, 8000);

            expect(power > 0.3 && power < 3);
        }

        double treble = share_of_treble(samples, N);

        treble_min = fmin(treble_min, treble);
        treble_max = fmax(treble_max, treble);
    }
    expect(treble_max > 30 && treble_min < 0.5);
}

/* Only the kinds asked for: hum has lines, coloured noise has none. */
TEST(synthetic_kinds)
{
    enum { N = 32000, PERIOD = 1600 };
    static float samples[N];

    for (uint64_t i = 0; i < 40; i++) {
        const struct se_synth synth = {.kinds = i % 2 ? SE_SYNTH_HUM
                                                      : SE_SYNTH_COLOURED};
        struct se_rng rng;
        double repeats = 0;

        se_rng_seed(&rng, 2, i);
        se_synth_noise(samples, NULL, N, &synth, &rng);
        /* of difference to a tenth of a second before: hum is the same, but
         * for its noise floor at most as strong; noise is twice itself */
        for (int j = PERIOD; j < N; j++)
            repeats += pow((double)(samples[j] - samples[j - PERIOD]), 2);
        repeats /= N - PERIOD;
        if (i % 2)
            expect(repeats < 1.3);
        else
            expect(repeats > 1.4);
    }
}

/* Kinds that need recordings or a layer: what each is like. */
enum { SYNTH_N = 64000 };

static void make_synthetic(float *sound, unsigned kind, uint64_t number)
{
    static float layer[SYNTH_N];
    const struct se_source source = {.corpus = &speech, .only = -1, .but = -1};
    struct se_rng rng;

    /* what was in the buffers must not matter */
    memset(sound, 0x7f, SYNTH_N * sizeof *sound);
    memset(layer, 0x7f, sizeof layer);
    se_rng_seed(&rng, 5, number);
    se_synth_noise(sound, layer, SYNTH_N, &(struct se_synth){kind, &source},
                   &rng);
}

/* Draws come in one order, whatever the compiler: where the largest sample of
 * each kind is. */
TEST(same_everywhere)
{
    static const struct {
        enum se_synth_kind kind;
        int place;
    } cases[] = {
        {SE_SYNTH_COLOURED, 36319}, {SE_SYNTH_HUM, 36203},
        {SE_SYNTH_FAN, 36317},      {SE_SYNTH_PLACE, 52101},
        {SE_SYNTH_VEHICLE, 36389},  {SE_SYNTH_WIND, 1734},
        {SE_SYNTH_IMPACTS, 4091},   {SE_SYNTH_MOTOR, 41955},
    };
    static float sound[SYNTH_N];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int place = 0;

        make_synthetic(sound, cases[i].kind, 3);
        for (int k = 1; k < SYNTH_N; k++)
            if (fabsf(sound[k]) > fabsf(sound[place]))
                place = k;
        expect_equal(place, cases[i].place);
    }
}

/* The loudest of the stretches of `length` over the mean. */
static double crest(const float *sound, int length)
{
    double most = 0;

    for (int i = 0; i + length <= SYNTH_N; i += length)
        most = fmax(most, se_level_power(sound + i, length));
    return most / se_level_power(sound, SYNTH_N);
}

TEST(synthetic_is_sound)
{
    static float sound[SYNTH_N], again[SYNTH_N];

    for (unsigned kind = 1; kind <= SE_SYNTH_ALL; kind *= 2)
        for (uint64_t i = 0; i < 30; i++) {
            make_synthetic(sound, kind, i);
            make_synthetic(again, kind, i);
            expect_bytes(sound, again, sizeof sound);
            expect_near(se_level_power(sound, SYNTH_N), 1, 1e-3);
            for (int j = 0; j < SYNTH_N; j++)
                expect(isfinite(sound[j]));
        }
}

/* Bursts stand out, gusts are heard over half a second, a place is steadier. */
TEST(synthetic_levels)
{
    static float sound[SYNTH_N];
    double bursts = 0, gusts = 0, place = 0;

    for (uint64_t i = 0; i < 30; i++) {
        make_synthetic(sound, SE_SYNTH_IMPACTS, i);
        bursts += crest(sound, 160) / 30;
        make_synthetic(sound, SE_SYNTH_WIND, i);
        gusts += crest(sound, 8000) / 30;
        make_synthetic(sound, SE_SYNTH_PLACE, i);
        place += crest(sound, 8000) / 30;
    }
    expect(bursts > 20);
    expect(gusts > 1.8);
    expect(place > 1.1 && place < gusts - 0.3);
}

/* A vehicle is below 1 kHz for the most part: a difference of neighbours has
 * little power. */
TEST(synthetic_vehicle)
{
    static float sound[SYNTH_N];

    for (uint64_t i = 0; i < 30; i++) {
        make_synthetic(sound, SE_SYNTH_VEHICLE, i);
        for (int j = SYNTH_N - 1; j > 0; j--)
            sound[j] -= sound[j - 1];
        expect(se_level_power(sound, SYNTH_N) < 0.3);
    }
}

/* Turns of a motor come again: somewhere within 80 ms it is like itself, as
 * coloured noise is not. */
TEST(synthetic_motor)
{
    static float sound[SYNTH_N];
    double likeness[2] = {0};

    for (int is_motor = 0; is_motor < 2; is_motor++)
        for (uint64_t i = 0; i < 20; i++) {
            double most = 0;

            make_synthetic(sound, is_motor ? SE_SYNTH_MOTOR : SE_SYNTH_COLOURED,
                           i);
            /* without what is low, which is like itself for long */
            for (int j = SYNTH_N - 1; j > 0; j--)
                sound[j] -= 0.98f * sound[j - 1];
            for (int lag = 50; lag < 1280; lag++) {
                double sum = 0, own = 0;

                for (int j = 20000; j < 24000; j++) {
                    sum += (double)sound[j] * (double)sound[j + lag];
                    own += (double)sound[j] * (double)sound[j];
                }
                most = fmax(most, sum / own);
            }
            likeness[is_motor] += most / 20;
        }
    expect(likeness[1] > 2 * likeness[0]);
}
