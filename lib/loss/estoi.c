/* estoi.c - losses after STOI and ESTOI: how alike envelopes of clean and
 * masked bands are, once each band, and for ESTOI then each frame, has mean 0
 * and norm 1.
 *
 * C. H. Taal and others, "An algorithm for intelligibility prediction of
 * time-frequency weighted noisy speech", IEEE TASLP 19 (2011), 2125-36, without
 * its clipping of envelopes.
 * J. Jensen, C. H. Taal, "An algorithm for predicting the intelligibility of
 * speech masked by modulated noise maskers", IEEE/ACM TASLP 24 (2016), 2009-22.
 *
 * Both on the spectra of training: one segment in place of all that overlap,
 * pauses weigh little in place of being cut out, and bands go on to 8 kHz: with
 * the 15 that the measures have, nets learn a mask with a step at 4.3 kHz. */
#include "loss/loss_private.h"

#include "base/simd.h"

#include <math.h>

enum { MAX_BANDS = 18 };

/* The parameters after the floor. */
enum { BANDS = 2, HARM };

static const double TINY = 1e-9; /* keeps divisions by silence harmless */

/* Third octaves from 150 Hz, bins being 0 to 8 kHz; on coarse spectra some are
 * empty, which does no harm. */
static int band_edge(int band, int bins)
{
    double hz = 150 * exp2((2 * band - 1) / 6.0);

    return (int)lrint(fmin(hz / 8000, 1) * (bins - 1));
}

/* One of two signals, or the derivative by it: [band][frame]. */
typedef double matrix[MAX_BANDS][SE_LOSS_ESTOI_FRAMES];

struct segment {
    int n, bands;            /* frames, bands */
    int flat;                /* frames are normalised, too: ESTOI */
    int edge[MAX_BANDS + 1]; /* bins of band b: edge[b], ... */
    double floor;            /* of a bin's power */
    double weight[SE_LOSS_ESTOI_FRAMES];
    double total; /* of the weights */
};

struct side {
    matrix envelope;
    matrix even; /* mean 0 and norm 1 over time */
    matrix flat; /* and over bands */
    double band_norm[MAX_BANDS], frame_norm[SE_LOSS_ESTOI_FRAMES];
};

/* How much of the frame's clean power is above the floor. */
static double speech_share(const se_real *clean, int n, double floor)
{
    double power = se_loss_sum(clean, n) / n;

    return power / (power + floor + 1e-30);
}

static void add_envelopes(struct side *side, const se_real *power,
                          const struct segment *segment, int t)
{
    for (int b = 0; b < segment->bands; b++) {
        double sum = 0;

        for (int k = segment->edge[b]; k < segment->edge[b + 1]; k++)
            sum += (double)power[k];
        side->envelope[b][t] = sqrt(sum + TINY);
    }
}

static void add_frame(struct segment *segment, struct side *clean,
                      struct side *masked, const struct se_loss_frame *s)
{
    se_real clean_power[SE_LOSS_MAX_BINS], masked_power[SE_LOSS_MAX_BINS];
    int t = segment->n++;

    se_loss_square(clean_power, masked_power, s);
    segment->weight[t] = speech_share(clean_power, s->n, segment->floor);
    segment->total += segment->weight[t];
    add_envelopes(clean, clean_power, segment, t);
    add_envelopes(masked, masked_power, segment, t);
}

static void even_bands(struct side *side, const struct segment *segment)
{
    for (int b = 0; b < segment->bands; b++) {
        double mean = 0, square = TINY;

        for (int t = 0; t < segment->n; t++)
            mean += segment->weight[t] * side->envelope[b][t];
        mean /= segment->total + 1e-30;
        for (int t = 0; t < segment->n; t++) {
            side->even[b][t] = side->envelope[b][t] - mean;
            square += segment->weight[t] * side->even[b][t] * side->even[b][t];
        }
        side->band_norm[b] = sqrt(square);
        for (int t = 0; t < segment->n; t++)
            side->even[b][t] /= side->band_norm[b];
    }
}

static void flatten_frames(struct side *side, const struct segment *segment)
{
    for (int t = 0; t < segment->n; t++) {
        double mean = 0, square = TINY;

        for (int b = 0; b < segment->bands; b++)
            mean += side->even[b][t] / segment->bands;
        for (int b = 0; b < segment->bands; b++) {
            side->flat[b][t] = side->even[b][t] - mean;
            square += side->flat[b][t] * side->flat[b][t];
        }
        side->frame_norm[t] = sqrt(square);
        for (int b = 0; b < segment->bands; b++)
            side->flat[b][t] /= side->frame_norm[t];
    }
}

/* Minus the sum of the bands' correlations, as much as all frames count
 * together; d becomes its derivative by other->even. */
static double correlate_bands(matrix d, const struct side *clean,
                              const struct side *other,
                              const struct segment *segment)
{
    double value = 0, share = segment->total / segment->bands;

    for (int b = 0; b < segment->bands; b++)
        for (int t = 0; t < segment->n; t++) {
            d[b][t] = -share * segment->weight[t] * clean->even[b][t];
            value += d[b][t] * other->even[b][t];
        }
    return value;
}

/* Minus the weighted sum over frames of the correlations; d becomes its
 * derivative by other->flat. */
static double correlate_frames(matrix d, const struct side *clean,
                               const struct side *other,
                               const struct segment *segment)
{
    double value = 0;

    for (int b = 0; b < segment->bands; b++)
        for (int t = 0; t < segment->n; t++) {
            d[b][t] = -segment->weight[t] * clean->flat[b][t];
            value += d[b][t] * other->flat[b][t];
        }
    return value;
}

static void normalise(struct side *side, const struct segment *segment)
{
    even_bands(side, segment);
    if (segment->flat)
        flatten_frames(side, segment);
}

static double correlate(matrix d, const struct side *clean,
                        const struct side *other, const struct segment *segment)
{
    return segment->flat ? correlate_frames(d, clean, other, segment)
                         : correlate_bands(d, clean, other, segment);
}

/* From the derivative by side->flat to that by side->even. */
static void flatten_backward(matrix d, const struct side *side,
                             const struct segment *segment)
{
    for (int t = 0; t < segment->n; t++) {
        double along = 0, mean = 0;

        for (int b = 0; b < segment->bands; b++)
            along += d[b][t] * side->flat[b][t];
        for (int b = 0; b < segment->bands; b++) {
            d[b][t] =
                (d[b][t] - along * side->flat[b][t]) / side->frame_norm[t];
            mean += d[b][t] / segment->bands;
        }
        for (int b = 0; b < segment->bands; b++)
            d[b][t] -= mean;
    }
}

/* From the derivative by side->even to that by side->envelope. */
static void even_backward(matrix d, const struct side *side,
                          const struct segment *segment)
{
    for (int b = 0; b < segment->bands; b++) {
        double along = 0, sum = 0;

        for (int t = 0; t < segment->n; t++)
            along += d[b][t] * side->even[b][t];
        for (int t = 0; t < segment->n; t++) {
            d[b][t] =
                (d[b][t] - along * segment->weight[t] * side->even[b][t]) /
                side->band_norm[b];
            sum += d[b][t];
        }
        for (int t = 0; t < segment->n; t++)
            d[b][t] -= segment->weight[t] * sum / (segment->total + 1e-30);
    }
}

/* Adds what the slopes by the powers of the bins give by the mask. */
SE_MULTIVERSION
static void add_by_mask(const struct se_loss_frame *s,
                        const se_real *restrict slope)
{
    se_real *restrict d = s->d;
    const se_real *g = s->g, *A = s->A;

    for (int k = 0; k < s->n; k++)
        d[k] += slope[k] * g[k] * A[k] * A[k];
}

/* From the derivative by side->envelope to `scale` times that by half of its
 * square, the power of the band. */
static void envelope_backward(matrix d, const struct side *side,
                              const struct segment *segment, double scale)
{
    for (int b = 0; b < segment->bands; b++)
        for (int t = 0; t < segment->n; t++)
            d[b][t] = scale * d[b][t] / side->envelope[b][t];
}

/* Adds the derivative by the mask of frame t. */
static void add_slope(const struct se_loss_frame *s, matrix d,
                      const struct segment *segment, int t)
{
    se_real slopes[SE_LOSS_MAX_BINS] = {0};

    for (int b = 0; b < segment->bands; b++)
        for (int k = segment->edge[b]; k < segment->edge[b + 1]; k++)
            slopes[k] = (se_real)d[b][t];
    add_by_mask(s, slopes);
}

/* The value of the noisy frames as they are. */
static double value_of_noisy(const struct se_loss_evaluation *on, int row,
                             int start, const struct side *clean,
                             const struct segment *segment)
{
    struct side noisy;
    matrix d;

    for (int t = 0; t < segment->n; t++) {
        struct se_loss_frame frame = se_loss_frame_at(on, start + t, row);
        se_real power[SE_LOSS_MAX_BINS];

        for (int k = 0; k < frame.n; k++)
            power[k] = frame.A[k] * frame.A[k];
        add_envelopes(&noisy, power, segment, t);
    }
    normalise(&noisy, segment);
    return correlate(d, clean, &noisy, segment);
}

static double evaluate(const struct se_loss_evaluation *on, int row, int start,
                       int end, int flat)
{
    const se_real *parameter = on->term->parameter;
    const double harm = (double)parameter[HARM];
    struct segment segment = {
        .bands = (int)fmin((double)parameter[BANDS], MAX_BANDS),
        .floor = (double)parameter[SE_LOSS_FLOOR],
        .flat = flat,
    };
    struct side clean, masked;
    double value, lost = 0, more = 0;
    matrix d;

    for (int b = 0; b <= segment.bands; b++)
        segment.edge[b] = band_edge(b, on->target->bins);
    for (int t = start; t < end; t++) {
        struct se_loss_frame frame = se_loss_frame_at(on, t, row);

        add_frame(&segment, &clean, &masked, &frame);
    }
    normalise(&clean, &segment);
    normalise(&masked, &segment);
    value = correlate(d, &clean, &masked, &segment);
    /* Where the noisy frames are unlike the clean ones already, what the mask
     * takes from them counts more. */
    if (harm != 1) {
        double noisy = value_of_noisy(on, row, start, &clean, &segment);
        double unlike = fmin(1 + noisy / (segment.total + TINY), 1);

        lost = fmax(value - noisy, 0);
        more = (harm - 1) * unlike * unlike;
    }
    if (flat)
        flatten_backward(d, &masked, &segment);
    even_backward(d, &masked, &segment);
    envelope_backward(d, &masked, &segment,
                      (double)on->scale * (lost > 0 ? 1 + more : 1));
    for (int t = start; t < end; t++) {
        struct se_loss_frame frame = se_loss_frame_at(on, t, row);

        add_slope(&frame, d, &segment, t - start);
    }
    return value + more * lost;
}

double se_loss_stoi(const struct se_loss_evaluation *on, int row, int start,
                    int end)
{
    return evaluate(on, row, start, end, 0);
}

double se_loss_estoi(const struct se_loss_evaluation *on, int row, int start,
                     int end)
{
    return evaluate(on, row, start, end, 1);
}
