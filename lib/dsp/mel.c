/* mel.c - triangular mel filters. */
#include "dsp/mel.h"

#include "base/simd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 4, MAX_GROUPS = (SE_MAX_MEL_BANDS + LANES - 1) / LANES };

/* Four floats that share a register where the machine has such. The order of
 * each sum is spelt out, so that all machines and compilers give the same. */
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

/* A band takes its bins in blocks of four, as many as the widest band of its
 * group of four needs; the weights left over are 0. */
struct band {
    int first, count; /* its bins */
    int start;        /* first bin of the blocks, first or a little less */
    int weights;      /* index of the weight of bin `start` */
};

struct se_mel {
    int n_bands;
    int n_blocks[MAX_GROUPS];
    struct band band[MAX_GROUPS * LANES];
    float weights[];
};

/* Bin of the edge `number` of 0..n_bands + 1. The factor 513, where 512 were
 * expected, is the original's. */
static int edge_bin(int number, int n_bands)
{
    double top = 2595.0 * log10(1.0 + SE_RATE_HZ / 2 / 700.0);
    double mel = top * number / (n_bands + 1);
    double hz = 700.0 * (pow(10.0, mel / 2595.0) - 1.0);

    return (int)floor((SE_FFT + 1) * hz / SE_RATE_HZ);
}

/* Lays bands and blocks out; returns how many weights there are. */
static int lay_out(struct se_mel *mel)
{
    int n_weights = 0;

    for (int i = 0; i < mel->n_bands; i++) {
        int left = edge_bin(i, mel->n_bands);
        int centre = edge_bin(i + 1, mel->n_bands);
        int right = edge_bin(i + 2, mel->n_bands);
        int *n_blocks = &mel->n_blocks[i / LANES];
        int n_needed;

        /* The bin at the left edge has weight 0, unless it is the centre. */
        mel->band[i].first = left < centre ? left + 1 : left;
        mel->band[i].count = right - mel->band[i].first;
        n_needed = (mel->band[i].count + LANES - 1) / LANES;
        *n_blocks = n_needed > *n_blocks ? n_needed : *n_blocks;
    }
    for (int i = 0; i < MAX_GROUPS * LANES; i++) {
        int n_bins = mel->n_blocks[i / LANES] * LANES;

        mel->band[i].start = mel->band[i].first;
        if (mel->band[i].start > SE_BINS - n_bins) /* stay inside power[] */
            mel->band[i].start = SE_BINS - n_bins;
        mel->band[i].weights = n_weights;
        n_weights += n_bins;
    }
    return n_weights;
}

/* Weight of bin k in the triangle left..centre..right. */
static double triangle(int k, int left, int centre, int right)
{
    if (k < centre)
        return (double)(k - left) / (centre - left);
    return (double)(right - k) / (right - centre);
}

static void fill(struct se_mel *mel)
{
    for (int i = 0; i < mel->n_bands; i++) {
        const struct band *band = &mel->band[i];
        float *weights = mel->weights + band->weights;
        int left = edge_bin(i, mel->n_bands);
        int centre = edge_bin(i + 1, mel->n_bands);
        int right = edge_bin(i + 2, mel->n_bands);

        for (int k = band->first; k < band->first + band->count; k++)
            weights[k - band->start] = (float)triangle(k, left, centre, right);
    }
}

int se_mel_create(struct se_mel **out, int n_bands, struct se_report *report)
{
    struct se_mel plan = {.n_bands = n_bands}, *mel;
    int n_weights;

    *out = NULL;
    if (n_bands < 1 || n_bands > SE_MAX_MEL_BANDS)
        return se_fail(report, SE_ERR_ARG, "%d mel bands: expected 1..%d",
                       n_bands, SE_MAX_MEL_BANDS);
    n_weights = lay_out(&plan);
    mel = calloc(1, sizeof *mel + (size_t)n_weights * sizeof(float));
    if (!mel)
        return se_fail_memory(report, "mel filters");
    *mel = plan;
    fill(mel);
    *out = mel;
    return SE_OK;
}

void se_mel_destroy(struct se_mel *mel)
{
    free(mel);
}

int se_mel_band(const struct se_mel *mel, int band, int *first,
                const float **weights)
{
    const struct band *b = &mel->band[band];

    *first = b->first;
    *weights = mel->weights + b->weights + (b->first - b->start);
    return b->count;
}

static lanes load(const float *x)
{
    lanes y;

    memcpy(&y, x, sizeof y);
    return y;
}

/* The four bands of a group, side by side so that their sums overlap in time.
 */
static inline void apply_group(float bands[LANES], const struct se_mel *mel,
                               int group, const float *power)
{
    const struct band *band = &mel->band[group * LANES];
    const float *w = mel->weights + band->weights;
    const float *p0 = power + band[0].start, *p1 = power + band[1].start;
    const float *p2 = power + band[2].start, *p3 = power + band[3].start;
    int n = mel->n_blocks[group] * LANES;
    lanes a = load(w) * load(p0), b = load(w + n) * load(p1);
    lanes c = load(w + 2 * n) * load(p2), d = load(w + 3 * n) * load(p3);

    for (int k = LANES; k < n; k += LANES) {
        a += load(w + k) * load(p0 + k);
        b += load(w + n + k) * load(p1 + k);
        c += load(w + 2 * n + k) * load(p2 + k);
        d += load(w + 3 * n + k) * load(p3 + k);
    }
    bands[0] = (a[0] + a[1]) + (a[2] + a[3]);
    bands[1] = (b[0] + b[1]) + (b[2] + b[3]);
    bands[2] = (c[0] + c[1]) + (c[2] + c[3]);
    bands[3] = (d[0] + d[1]) + (d[2] + d[3]);
}

SE_MULTIVERSION
void se_mel_apply(const struct se_mel *mel, float *bands,
                  const float power[SE_BINS])
{
    int n_left = mel->n_bands % LANES, n_whole = mel->n_bands - n_left;
    float last[LANES];

    for (int i = 0; i < mel->n_bands; i += LANES)
        apply_group(i < n_whole ? bands + i : last, mel, i / LANES, power);
    for (int i = 0; i < n_left; i++)
        bands[n_whole + i] = last[i];
}
