/* biquad.c - filter design and a vectorised second-order recursion. */
#include "dsp/biquad.h"

#include "base/simd.h"
#include "dsp/stft.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 512,
    PAST = 8,
    MOST = 4 /* sections side by side */
};

void se_biquad_random(struct se_biquad *biquad, struct se_rng *rng)
{
    double limit = 3.0 / 8;

    biquad->b[0] = 1;
    biquad->b[1] = se_rng_uniform(rng, -limit, limit);
    biquad->b[2] = se_rng_uniform(rng, -limit, limit);
    biquad->a[0] = se_rng_uniform(rng, -limit, limit);
    biquad->a[1] = se_rng_uniform(rng, -limit, limit);
}

/* Formulas for low-pass, high-pass and peak: R. Bristow-Johnson, "Cookbook
 * formulae for audio EQ biquad filter coefficients". */
void se_biquad_lowpass(struct se_biquad sections[SE_LOWPASS_SECTIONS],
                       double cutoff_hz)
{
    double w = 2 * M_PI * cutoff_hz / SE_RATE_HZ;

    for (int i = 0; i < SE_LOWPASS_SECTIONS; i++) {
        /* alpha = sin w / (2 Q), 1 / (2 Q) = sin((2 i + 1) pi / 12). */
        double alpha = sin(w) * sin((2 * i + 1) * M_PI / 12);
        double b = (1 - cos(w)) / 2 / (1 + alpha);

        sections[i] = (struct se_biquad){
            {b, 2 * b, b},
            {-2 * cos(w) / (1 + alpha), (1 - alpha) / (1 + alpha)}};
    }
}

void se_biquad_highpass(struct se_biquad *biquad, double cutoff_hz)
{
    double w = 2 * M_PI * cutoff_hz / SE_RATE_HZ;
    double alpha = sin(w) * sqrt(0.5), b = (1 + cos(w)) / 2 / (1 + alpha);

    *biquad = (struct se_biquad){
        {b, -2 * b, b}, {-2 * cos(w) / (1 + alpha), (1 - alpha) / (1 + alpha)}};
}

void se_biquad_peak(struct se_biquad *biquad, double hz, double q,
                    double gain_db)
{
    double w = 2 * M_PI * hz / SE_RATE_HZ, alpha = sin(w) / (2 * q);
    double amplitude = pow(10, gain_db / 40), a0 = 1 + alpha / amplitude;

    *biquad =
        (struct se_biquad){{(1 + alpha * amplitude) / a0, -2 * cos(w) / a0,
                            (1 - alpha * amplitude) / a0},
                           {-2 * cos(w) / a0, (1 - alpha / amplitude) / a0}};
}

/* J. O. Smith, H. F. Smith, "Closed form fractional integration and
 * differentiation via real exponentially spaced pole-zero pairs" (2016). */
void se_biquad_tilt(struct se_biquad sections[SE_TILT_SECTIONS], double slope)
{
    int n = 2 * SE_TILT_SECTIONS;
    double lowest_hz = 20, ratio = pow(SE_RATE_HZ / 2 / lowest_hz, 1.0 / n);

    for (int i = 0; i < n; i += 2) {
        double pole[2], zero[2];

        for (int j = 0; j < 2; j++) {
            double hz = lowest_hz * pow(ratio, i + j);

            pole[j] = exp(-2 * M_PI * hz / SE_RATE_HZ);
            zero[j] = exp(-2 * M_PI * hz * pow(ratio, slope) / SE_RATE_HZ);
        }
        sections[i / 2] =
            (struct se_biquad){{1, -zero[0] - zero[1], zero[0] * zero[1]},
                               {-pole[0] - pole[1], pole[0] * pole[1]}};
    }
}

/* The filter with numerator and denominator both multiplied by
 * A(-z) A(iz) A(-iz): the recursion then reaches back 4 and 8 samples only, so
 * that four samples are computed at once. */
struct lookahead {
    float fir[PAST + 1];
    float back4, back8;
};

static struct lookahead expand(const struct se_biquad *biquad)
{
    double a1 = biquad->a[0], a2 = biquad->a[1];
    double c1 = 2 * a2 - a1 * a1, c2 = a2 * a2; /* A(z) A(-z) in z^-2 */
    double minus[3] = {1, -a1, a2}, around[3] = {1, -c1, c2};
    double fir[PAST + 1] = {0};
    struct lookahead wide;

    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                fir[i + j + 2 * k] += biquad->b[i] * minus[j] * around[k];
    for (int i = 0; i <= PAST; i++)
        wide.fir[i] = (float)fir[i];
    wide.back4 = (float)(c1 * c1 - 2 * c2);
    wide.back8 = (float)(-c2 * c2);
    return wide;
}

/* Four floats that share a register where the machine has such. */
typedef float four __attribute__((vector_size(4 * sizeof(float))));

/* What goes from one section to the next: past, then one block. */
struct stage {
    float past[PAST], block[BLOCK];
};

/* A section at work. */
struct worker {
    struct lookahead wide;
    const struct stage *in;
    struct stage *out;
};

/* The part without feedback. */
SE_MULTIVERSION
static void fill_block(float *restrict y, const float *restrict x,
                       const struct lookahead *wide)
{
    const float *fir = wide->fir;

    for (int i = 0; i < BLOCK; i++) {
        float even = fir[0] * x[i] + fir[2] * x[i - 2] + fir[4] * x[i - 4] +
                     fir[6] * x[i - 6] + fir[8] * x[i - 8];
        float odd = fir[1] * x[i - 1] + fir[3] * x[i - 3] + fir[5] * x[i - 5] +
                    fir[7] * x[i - 7];

        y[i] = even + odd;
    }
}

/* The feedback of n sections: each waits for its own last result, so side by
 * side they take hardly longer than one. */
static inline __attribute__((always_inline)) void
feed_back(struct worker *workers, const int n)
{
    four before[MOST], last[MOST];
    float *blocks[MOST], back4[MOST], back8[MOST];

    for (int s = 0; s < n; s++) {
        blocks[s] = workers[s].out->block;
        back4[s] = workers[s].wide.back4;
        back8[s] = workers[s].wide.back8;
        memcpy(&before[s], workers[s].out->past, sizeof(four));
        memcpy(&last[s], workers[s].out->past + 4, sizeof(four));
    }
    for (int i = 0; i < BLOCK; i += 4) {
        for (int s = 0; s < n; s++) {
            four y;

            memcpy(&y, blocks[s] + i, sizeof y);
            y = (y + back8[s] * before[s]) + back4[s] * last[s];
            memcpy(blocks[s] + i, &y, sizeof y);
            before[s] = last[s];
            last[s] = y;
        }
    }
}

SE_MULTIVERSION
static void feed_back_all(struct worker *workers, int n)
{
    switch (n) {
    case 1:
        feed_back(workers, 1);
        break;
    case 2:
        feed_back(workers, 2);
        break;
    case 3:
        feed_back(workers, 3);
        break;
    default:
        feed_back(workers, MOST);
        break;
    }
}

static void keep_past(struct stage *stage)
{
    memcpy(stage->past, stage->block + BLOCK - PAST, sizeof stage->past);
}

/* Samples of block `index` of n samples. */
static size_t block_size(int64_t index, int64_t n)
{
    int64_t left = n - index * BLOCK;

    return (size_t)(left < BLOCK ? left : BLOCK) * sizeof(float);
}

static void take_block(struct stage *stage, const float *samples, int64_t index,
                       int64_t n)
{
    size_t size = block_size(index, n);

    keep_past(stage);
    memcpy(stage->block, samples + index * BLOCK, size);
    memset((char *)stage->block + size, 0, sizeof stage->block - size);
}

/* Each section is a block behind the one before it. */
static void apply_some(const struct se_biquad *sections, int n_sections,
                       float *samples, int64_t n)
{
    struct stage stages[MOST + 1] = {0};
    struct worker workers[MOST];
    int64_t n_blocks = (n + BLOCK - 1) / BLOCK;

    for (int s = 0; s < n_sections; s++)
        workers[s] =
            (struct worker){expand(&sections[s]), &stages[s], &stages[s + 1]};
    for (int64_t t = 0; t < n_blocks + n_sections - 1; t++) {
        int64_t done = t - n_sections + 1;
        int first = t < n_blocks ? 0 : (int)(t - n_blocks + 1);
        int last = t < n_sections ? (int)t : n_sections - 1;

        for (int s = last; s >= first; s--) {
            if (s == 0)
                take_block(&stages[0], samples, t, n);
            keep_past(workers[s].out);
            fill_block(workers[s].out->block, workers[s].in->block,
                       &workers[s].wide);
        }
        feed_back_all(workers + first, last - first + 1);
        if (done >= 0)
            memcpy(samples + done * BLOCK, stages[n_sections].block,
                   block_size(done, n));
    }
}

void se_biquad_apply(const struct se_biquad *sections, int n_sections,
                     float *samples, int64_t n)
{
    for (int s = 0; n > 0 && s < n_sections; s += MOST)
        apply_some(sections + s, n_sections - s < MOST ? n_sections - s : MOST,
                   samples, n);
}
