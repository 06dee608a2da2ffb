/* ear.c - Bark bands, Zwicker's loudness, and the disturbances of a frame of
 * ITU-T P.862 and P.862.2. */
#include "loss/ear.h"

#include "base/real_math.h"
#include "base/simd.h"
#include "loss/loss_private.h"

#include <math.h>
#include <string.h>

enum { BANDS = SE_LOSS_BANDS };

static const double POWER_SCALE = 6.910853e-6, LOUDNESS_SCALE = 0.1866055;
static const double BAND_FLOOR = 50;

/* ---- bands --------------------------------------------------------------- */

/* Power response of the filter before both signals. */
static double input_filter(double angle)
{
    const double *b = se_pesq_wide_section.b, *a = se_pesq_wide_section.a;
    const double c = cos(angle), c2 = 2 * c * c - 1;

    return (b[0] * b[0] + b[1] * b[1] + b[2] * b[2] +
            2 * (b[0] + b[2]) * b[1] * c + 2 * b[0] * b[2] * c2) /
           (1 + a[0] * a[0] + a[1] * a[1] + 2 * (1 + a[1]) * a[0] * c +
            2 * a[1] * c2);
}

/* What a bin counts in the level: between 350 and 3250 Hz, the edges soft. */
static double speech_weight(double hz)
{
    double up = (hz - 331.25) / 31.25, down = (3265.625 - hz) / 31.25;

    return fmax(0, fmin(1, fmin(up, down)));
}

/* First bin of the band, of bins from 0 to 8 kHz. */
static int band_edge(double first, int bins)
{
    return (int)ceil((first - 0.5) * (bins - 1) / SE_BARK_BINS);
}

/* Where there are fewer bins than bands, some bands are empty. */
static void set_bins(struct se_loss_ear *ear, int bins)
{
    const struct se_bark_band *band = se_bark_bands + 1;

    ear->n = bins;
    for (int b = 0; b < BANDS; b++)
        ear->edge[b] = band_edge(band[b].first, bins);
    ear->edge[BANDS] = band_edge(SE_BARK_BINS, bins);
    memset(ear->weight, 0, sizeof ear->weight);
    memset(ear->band, 0, sizeof ear->band);
    for (int b = 0; b < BANDS; b++)
        for (int k = ear->edge[b]; k < ear->edge[b + 1]; k++) {
            ear->band[k] = b;
            ear->weight[k] =
                (se_real)(POWER_SCALE * band[b].correction * band[b].bins /
                          (ear->edge[b + 1] - ear->edge[b]) *
                          input_filter(M_PI * k / (bins - 1)));
        }
    for (int k = 0; k < bins; k++)
        ear->speech[k] = (se_real)speech_weight(8000.0 * k / (bins - 1));
}

static void set(struct se_loss_ear *ear, int bins)
{
    set_bins(ear, bins);
    ear->width_sum = 0;
    for (int b = 0; b < BANDS; b++) {
        const struct se_bark_band *band = &se_bark_bands[b + 1];

        ear->width[b] = (se_real)band->width;
        ear->width_sum += band->width;
        ear->threshold[b] = (se_real)band->threshold;
        ear->exponent[b] = (se_real)band->exponent;
        ear->factor[b] = (se_real)(LOUDNESS_SCALE *
                                   pow(2 * band->threshold, band->exponent));
    }
}

/* Sines and powers take as long as the loss of a few frames. */
const struct se_loss_ear *se_loss_ear_get(int bins)
{
    static _Thread_local struct se_loss_ear ear;

    if (ear.n != bins)
        set(&ear, bins);
    return &ear;
}

SE_MULTIVERSION
static void weigh(se_real *restrict weighted, const se_real *restrict power,
                  const struct se_loss_ear *ear)
{
    for (int k = 0; k < ear->n; k++)
        weighted[k] = ear->weight[k] * power[k];
}

void se_loss_ear_bands(se_real *bands, const se_real *power,
                       const struct se_loss_ear *ear)
{
    se_real weighted[SE_LOSS_MAX_BINS];

    weigh(weighted, power, ear);
    for (int b = 0; b < BANDS; b++) {
        se_real sum = 0;

        for (int k = ear->edge[b]; k < ear->edge[b + 1]; k++)
            sum += weighted[k];
        bands[b] = sum;
    }
}

SE_MULTIVERSION
double se_loss_ear_audible(const se_real *power, const struct se_loss_ear *ear)
{
    se_real audible[BANDS];

    for (int b = 0; b < BANDS; b++)
        audible[b] = power[b] > ear->threshold[b] ? power[b] : 0;
    return se_loss_sum(audible, BANDS);
}

/* ---- disturbances -------------------------------------------------------- */

static inline se_real loudness(const struct se_loss_ear *ear, se_real power,
                               int b)
{
    se_real x = (se_real)0.5 + (se_real)0.5 * power / ear->threshold[b];
    se_real loud = ear->factor[b] * (se_real_pow(x, ear->exponent[b]) - 1);

    return power > ear->threshold[b] ? loud : 0;
}

/* Its derivative by the power. */
static inline se_real loudness_slope(const struct se_loss_ear *ear,
                                     se_real power, se_real loud, int b)
{
    se_real x = ear->threshold[b] + power;
    se_real slope = ear->exponent[b] * (loud + ear->factor[b]) / x;

    return power > ear->threshold[b] ? slope : 0;
}

/* How much of a band's difference was added by the mask. */
static inline se_real addition(se_real ratio)
{
    return ratio < 3 ? 0 : ratio > 12 ? 12 : ratio;
}

/* A quarter of the softer one masks a difference. */
SE_MULTIVERSION
void se_loss_ear_disturb(struct se_loss_bark *frame,
                         const struct se_loss_ear *ear)
{
    const se_real gain = (se_real)frame->gain, floor = (se_real)BAND_FLOOR;
    se_real apart[BANDS], added[BANDS];

    for (int b = 0; b < BANDS; b++) {
        se_real gained = gain * frame->masked[b];
        se_real clean = loudness(ear, frame->clean[b], b);
        se_real masked = loudness(ear, gained, b);
        se_real difference = se_real_max(masked - (se_real)1.25 * clean,
                                         clean - (se_real)1.25 * masked);

        frame->gained[b] = gained;
        frame->clean_loudness[b] = clean;
        frame->masked_loudness[b] = masked;
        frame->apart[b] = se_real_max(difference, 0);
        frame->ratio[b] = se_real_pow(
            (gained + floor) / (frame->clean[b] + floor), (se_real)1.2);
        apart[b] = frame->apart[b] * ear->width[b];
        added[b] = addition(frame->ratio[b]);
    }
    frame->symmetric =
        sqrt(ear->width_sum * (se_loss_dot(apart, apart, BANDS) + 1e-8));
    frame->asymmetric = se_loss_dot(added, apart, BANDS);
}

/* Slopes by the powers of clean and of masked, gained bands. */
SE_MULTIVERSION
void se_loss_ear_backward(struct se_loss_bark *frame,
                          const struct se_loss_ear *ear)
{
    const se_real by_asymmetric = (se_real)frame->by_asymmetric;
    const se_real by_symmetric =
        (se_real)(frame->by_symmetric * ear->width_sum / frame->symmetric);
    const se_real floor = (se_real)BAND_FLOOR;

    for (int b = 0; b < BANDS; b++) {
        se_real clean = frame->clean[b], gained = frame->gained[b];
        se_real ratio = frame->ratio[b], apart = frame->apart[b];
        se_real width = ear->width[b];
        se_real by_apart = by_symmetric * width * width * apart +
                           by_asymmetric * addition(ratio) * width;
        se_real by_ratio =
            ratio >= 3 && ratio < 12
                ? by_asymmetric * apart * width * (se_real)1.2 * ratio
                : 0;
        int louder = frame->masked_loudness[b] > frame->clean_loudness[b];
        se_real up = apart > 0 ? by_apart : 0;
        se_real down = -(se_real)1.25 * up;

        frame->by_clean[b] =
            (louder ? down : up) *
                loudness_slope(ear, clean, frame->clean_loudness[b], b) -
            by_ratio / (clean + floor);
        frame->by_masked[b] =
            (louder ? up : down) *
                loudness_slope(ear, gained, frame->masked_loudness[b], b) +
            by_ratio / (gained + floor);
    }
}
