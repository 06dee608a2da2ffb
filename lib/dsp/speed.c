/* speed.c - a clip played faster or slower, its pitch with it. */
#include "dsp/speed.h"

#include "base/simd.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

enum {
    LEFT = SE_SPEED_TAPS / 2 - 1, /* taps before the place */
    BLOCK = 64,                   /* outputs */
    MAX_STEPS = 4                 /* samples from one to the next */
};

/* A sinc that passes what is below `cutoff` of half the sampling rate, in a
 * Hann window. */
static double kernel(double t, double cutoff)
{
    double half = SE_SPEED_TAPS / 2.0;
    double x = PI * cutoff * t;

    if (fabs(t) >= half)
        return 0;
    return (fabs(x) < 1e-9 ? 1 : sin(x) / x) * cutoff *
           (0.5 + 0.5 * cos(PI * t / half));
}

void se_speed_init(struct se_speed *speed, int step)
{
    double cutoff = fmin(1, (double)SE_SPEED_ONE / step);

    speed->step = step;
    if (step == SE_SPEED_ONE)
        return;
    for (int p = 0; p <= SE_SPEED_ONE / 2; p++)
        for (int k = 0; k < SE_SPEED_TAPS; k++)
            speed->taps[p][k] =
                (float)kernel(k - LEFT - (double)p / SE_SPEED_ONE, cutoff);
    /* The kernel is even. */
    for (int p = SE_SPEED_ONE / 2 + 1; p < SE_SPEED_ONE; p++)
        for (int k = 0; k < SE_SPEED_TAPS; k++)
            speed->taps[p][k] =
                speed->taps[SE_SPEED_ONE - p][SE_SPEED_TAPS - 1 - k];
}

int64_t se_speed_length(const struct se_speed *speed, int64_t n_samples)
{
    return (n_samples * SE_SPEED_ONE + speed->step - 1) / speed->step;
}

/* First sample of the clip that sample i of the output meets. */
static inline int64_t first_met(const struct se_speed *speed, int64_t i)
{
    return i * speed->step / SE_SPEED_ONE - LEFT;
}

/* Outputs `first` to first + n - 1, where some of the taps meet nothing. */
static void play_edge(const struct se_speed_clip *clip, float *out,
                      int64_t first, int64_t n)
{
    const struct se_speed *speed = clip->speed;

    for (int64_t i = 0; i < n; i++) {
        int64_t at = first_met(speed, first + i);
        const float *taps =
            speed->taps[(first + i) * speed->step % SE_SPEED_ONE];

        out[i] = 0;
        for (int k = 0; k < SE_SPEED_TAPS; k++)
            if (at + k >= 0 && at + k < clip->n_samples)
                out[i] += taps[k] * (float)clip->samples[at + k];
    }
}

/* BLOCK outputs, the first one `place` 256ths of a sample behind x[0]. Sums of
 * pairs, of pairs of those and so on, in loops that become vectors. */
SE_MULTIVERSION
static void play_block(const struct se_speed *speed, const float *restrict x,
                       int place, float *restrict out)
{
    float fours[BLOCK][4], twos[BLOCK][2];

    for (int i = 0; i < BLOCK; i++, place += speed->step) {
        const float *taps = speed->taps[place % SE_SPEED_ONE];
        const float *met = x + place / SE_SPEED_ONE;
        float eight[8];

        for (int k = 0; k < 8; k++)
            eight[k] = taps[k] * met[k] + taps[k + 8] * met[k + 8];
        for (int k = 0; k < 4; k++)
            fours[i][k] = eight[k] + eight[k + 4];
    }
    for (int i = 0; i < BLOCK; i++)
        for (int k = 0; k < 2; k++)
            twos[i][k] = fours[i][k] + fours[i][k + 2];
    for (int i = 0; i < BLOCK; i++)
        out[i] = twos[i][0] + twos[i][1];
}

SE_MULTIVERSION
static void to_floats(float *restrict y, const int16_t *restrict x, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = (float)x[i];
}

/* Outputs `first` to first + n - 1, all of whose taps meet samples. */
static void play_inside(const struct se_speed_clip *clip, float *out,
                        int64_t first, int64_t n)
{
    const struct se_speed *speed = clip->speed;
    float x[MAX_STEPS * BLOCK + SE_SPEED_TAPS] = {0}, block[BLOCK];

    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t now = n - i < BLOCK ? n - i : BLOCK;
        int64_t at = first_met(speed, first + i);
        int64_t last = first_met(speed, first + i + now - 1);

        to_floats(x, clip->samples + at, last + SE_SPEED_TAPS - at);
        play_block(speed, x, (int)((first + i) * speed->step % SE_SPEED_ONE),
                   now < BLOCK ? block : out + i);
        if (now < BLOCK)
            memcpy(out + i, block, (size_t)now * sizeof *block);
    }
}

static int64_t within(int64_t i, int64_t least, int64_t most)
{
    return i < least ? least : i > most ? most : i;
}

void se_speed_play(const struct se_speed_clip *clip, float *out, int64_t first,
                   int64_t n)
{
    int64_t one = SE_SPEED_ONE, step = clip->speed->step;
    /* of the outputs whose taps all meet samples, the first, and behind the
     * last one */
    int64_t begin = (LEFT * one + step - 1) / step;
    int64_t last = (clip->n_samples - SE_SPEED_TAPS + LEFT + 1) * one - 1;
    int64_t end = last / step + 1;

    if (step == SE_SPEED_ONE) {
        to_floats(out, clip->samples + first, n);
        return;
    }
    begin = within(begin - first, 0, n);
    end = within(end - first, begin, n);
    play_edge(clip, out, first, begin);
    play_inside(clip, out + begin, first + begin, end - begin);
    play_edge(clip, out + end, first + end, n - end);
}
