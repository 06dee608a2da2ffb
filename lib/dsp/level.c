/* level.c - power, active power and peak. */
#include "dsp/level.h"

#include "base/simd.h"

#include <math.h>
#include <string.h>

/* Independent partial results, so that the compiler can use vectors without
 * being allowed to reorder sums. */
enum { LANES = 16 };

static float frame_energy(const float *samples)
{
    float lane[LANES] = {0};
    float sum = 0;

    for (int i = 0; i < SE_LEVEL_FRAME; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += samples[i + j] * samples[i + j];
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

SE_MULTIVERSION
double se_level_power(const float *samples, int64_t n)
{
    int64_t i = 0;
    double sum = 0;

    for (; i + SE_LEVEL_FRAME <= n; i += SE_LEVEL_FRAME)
        sum += (double)frame_energy(samples + i);
    for (; i < n; i++)
        sum += (double)samples[i] * (double)samples[i];
    return n > 0 ? sum / (double)n : 0;
}

SE_MULTIVERSION
double se_level_active_power(const float *samples, int64_t n)
{
    int64_t n_frames = n / SE_LEVEL_FRAME, n_active = 0;
    float loudest = 0;
    double sum = 0;

    if (n_frames == 0)
        return se_level_power(samples, n);
    for (int64_t t = 0; t < n_frames; t++) {
        float energy = frame_energy(samples + t * SE_LEVEL_FRAME);

        loudest = energy > loudest ? energy : loudest;
    }
    /* A second look costs less than storing the first. */
    for (int64_t t = 0; t < n_frames; t++) {
        float energy = frame_energy(samples + t * SE_LEVEL_FRAME);

        if (energy > 1e-4f * loudest) {
            sum += (double)energy;
            n_active++;
        }
    }
    return n_active ? sum / (double)(n_active * SE_LEVEL_FRAME) : 0;
}

double se_level_ratio(double db)
{
    return pow(10, db / 20);
}

/* Magnitudes as whole numbers, of which the compiler may look for the largest
 * in any order. */
SE_MULTIVERSION
float se_level_peak(const float *samples, int64_t n)
{
    const int32_t infinity = 0x7f800000;
    int32_t largest = 0;
    float peak;

    for (int64_t i = 0; i < n; i++) {
        int32_t bits;

        memcpy(&bits, &samples[i], sizeof bits);
        bits &= 0x7fffffff;
        bits = bits > infinity ? 0 : bits; /* not a number */
        largest = bits > largest ? bits : largest;
    }
    memcpy(&peak, &largest, sizeof peak);
    return peak;
}
