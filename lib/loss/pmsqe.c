/* pmsqe.c - a loss after PESQ: how much louder and softer than the clean bands
 * the masked ones are to the ear.
 *
 * J. M. Martin-Donas, A. M. Gomez, J. A. Gonzalez, A. M. Peinado, "A deep
 * learning loss function based on the perceptual evaluation of the speech
 * quality", IEEE SPL 25 (2018), 1680-4, with the input filter and the level
 * of ITU-T P.862.2 and, in form f, the equalisation, the gain and the sums over
 * time of P.862, at the hop of training.
 *
 * Forward: powers of bands of clean and masked bins, at PESQ's level; a gain
 * per frame that makes them alike where it can; loudness; two disturbances of
 * a frame, by what differs and by what was added; their mean over time.
 * Backward the same way. What is audible or in use counts as constant. */
#include "base/simd.h"
#include "loss/ear.h"
#include "loss/loss_private.h"

#include <math.h>
#include <string.h>

enum { FORM = 1, CLIP, LEVEL }; /* parameters, after the span */

enum { BANDS = SE_LOSS_BANDS };

static const double SYMMETRIC = 0.1, ASYMMETRIC = 0.0309; /* weights */
static const double CAP = 45; /* of a frame's disturbance */
static const double GAIN_MIN = 3e-4, GAIN_MAX = 5;
static const double EQUAL_MIN = 0.01, EQUAL_MAX = 100;
static const double FRAME_FLOOR = 5000, MEAN_FLOOR = 1000;
static const double LIVE = 1e7;     /* power of a frame with speech in it */
static const double IN_USE = 100;   /* thresholds above which a band is */
static const double SILENCE = 1e-8; /* level that is none */
static const double TINY = 1e-30;   /* square of a disturbance that is none */

enum { BLOCK = 32 }; /* frames, of the sums of sixth powers */

/* What the forms differ in. */
struct form {
    int whole;     /* where levels are those of spans: the masked signal has
                      its own, and clean bands are equalised */
    int peaks;     /* blocks count by their loudest frames */
    double memory; /* of the gain, a frame later */
};

static const struct form forms[] = {
    {0, 0, 0},     /* s */
    {1, 1, 0.366}, /* f; PESQ: 0.2 at a hop of 16 ms */
};

/* A span of one row. */
struct segment {
    struct form form;
    const struct se_loss_ear *ear;
    double clean_speech, masked_speech;     /* power of all frames */
    double clean_level, masked_level;       /* 0: as that of the clean one */
    double masked_scale;                    /* of its powers */
    double equal[BANDS], clean_mean[BANDS]; /* of form f */
    double level_slope;
    int n;
    struct se_loss_bark frames[SE_LOSS_PMSQE_FRAMES];
    se_real slope[SE_LOSS_PMSQE_FRAMES][SE_LOSS_MAX_BINS]; /* by the mask */
};

/* ---- powers of bands ----------------------------------------------------- */

static void add_frame(struct segment *segment, const struct se_loss_frame *s)
{
    struct se_loss_bark *frame = &segment->frames[segment->n++];
    se_real clean[SE_LOSS_MAX_BINS], masked[SE_LOSS_MAX_BINS];

    se_loss_square(clean, masked, s);
    se_loss_ear_bands(frame->clean, clean, segment->ear);
    se_loss_ear_bands(frame->masked, masked, segment->ear);
    segment->clean_speech += se_loss_dot(clean, segment->ear->speech, s->n);
    segment->masked_speech += se_loss_dot(masked, segment->ear->speech, s->n);
}

/* Levels of the span itself: the mean frame's power of speech. */
static void measure_levels(struct segment *segment)
{
    segment->clean_level = segment->clean_speech / segment->n;
    if (segment->form.whole)
        segment->masked_level =
            segment->masked_speech / segment->n + 1e-6 * segment->clean_level;
}

SE_MULTIVERSION
static void scale_frame(struct se_loss_bark *frame, se_real clean,
                        se_real masked)
{
    for (int b = 0; b < BANDS; b++) {
        frame->clean[b] *= clean;
        frame->masked[b] *= masked;
    }
}

/* To PESQ's level. */
static void scale_frames(struct segment *segment)
{
    /* 192: the energy of PESQ's window */
    const double target = 1e7 * 192 * (segment->ear->n - 1);
    const double clean = target / segment->clean_level;

    segment->masked_scale =
        segment->masked_level > 0 ? target / segment->masked_level : clean;
    for (int t = 0; t < segment->n; t++)
        scale_frame(&segment->frames[t], (se_real)clean,
                    (se_real)segment->masked_scale);
}

/* ---- equalisation -------------------------------------------------------- */

static int is_live(const struct se_loss_bark *frame,
                   const struct se_loss_ear *ear)
{
    double sum = 0;

    for (int b = 0; b < BANDS; b++)
        if ((double)frame->clean[b] > IN_USE * (double)ear->threshold[b])
            sum += (double)frame->clean[b];
    return sum >= LIVE;
}

static int in_use(const struct se_loss_bark *frame, const se_real *power,
                  const struct se_loss_ear *ear, int b)
{
    return frame->live && (double)power[b] > IN_USE * (double)ear->threshold[b];
}

/* Gives the clean bands the mean spectrum of the masked ones. */
static void equalise(struct segment *segment)
{
    const struct se_loss_ear *ear = segment->ear;
    const int n = segment->n;

    for (int t = 0; t < n; t++)
        segment->frames[t].live = is_live(&segment->frames[t], ear);
    for (int b = 0; b < BANDS; b++) {
        double clean = 0, masked = 0;

        for (int t = 0; t < n; t++) {
            const struct se_loss_bark *frame = &segment->frames[t];

            if (in_use(frame, frame->clean, ear, b))
                clean += (double)frame->clean[b];
            if (in_use(frame, frame->masked, ear, b))
                masked += (double)frame->masked[b];
        }
        segment->clean_mean[b] = clean / n;
        segment->equal[b] =
            (masked / n + MEAN_FLOOR) / (clean / n + MEAN_FLOOR);
        segment->equal[b] = fmin(fmax(segment->equal[b], EQUAL_MIN), EQUAL_MAX);
        for (int t = 0; t < n; t++)
            segment->frames[t].clean[b] *= (se_real)segment->equal[b];
    }
}

/* From the slopes by the equalised clean bands to those by masked ones. */
static void equalise_backward(struct segment *segment)
{
    const int n = segment->n;

    for (int b = 0; b < BANDS; b++) {
        const double equal = segment->equal[b];
        double slope = 0;

        if (equal <= EQUAL_MIN || equal >= EQUAL_MAX)
            continue;
        for (int t = 0; t < n; t++) {
            const struct se_loss_bark *frame = &segment->frames[t];

            slope += (double)frame->by_clean[b] * (double)frame->clean[b];
        }
        slope /= equal * (segment->clean_mean[b] + MEAN_FLOOR) * n;
        for (int t = 0; t < n; t++) {
            struct se_loss_bark *frame = &segment->frames[t];

            if (in_use(frame, frame->masked, segment->ear, b))
                frame->by_masked[b] += (se_real)slope;
        }
    }
}

/* ---- disturbances of a frame --------------------------------------------- */

/* The gains by which the frames' audible bands would add up to the same, each
 * but for what the last one leaves of itself. */
static void set_gains(struct segment *segment)
{
    const double memory = segment->form.memory;

    for (int t = 0; t < segment->n; t++) {
        struct se_loss_bark *frame = &segment->frames[t];
        double ratio;

        frame->clean_sum = se_loss_ear_audible(frame->clean, segment->ear);
        frame->masked_sum = se_loss_ear_audible(frame->masked, segment->ear);
        ratio = (frame->clean_sum + FRAME_FLOOR) /
                (frame->masked_sum + FRAME_FLOOR);
        frame->free_gain =
            t > 0 ? memory * frame[-1].free_gain + (1 - memory) * ratio : ratio;
        frame->gain = fmin(fmax(frame->free_gain, GAIN_MIN), GAIN_MAX);
        frame->loud = pow((frame->clean_sum + 1e5) / 1e7, 0.04);
    }
}

/* Takes the slopes through the gain; by_gain is that by the free gain of the
 * frame. */
SE_MULTIVERSION
static void gain_backward(struct se_loss_bark *frame,
                          const struct se_loss_ear *ear, double by_ratio)
{
    const double ratio =
        (frame->clean_sum + FRAME_FLOOR) / (frame->masked_sum + FRAME_FLOOR);
    const double loud = frame->by_symmetric * frame->symmetric +
                        frame->by_asymmetric * frame->asymmetric;
    const se_real gain = (se_real)frame->gain;
    const se_real by_masked =
        (se_real)(by_ratio * ratio / (frame->masked_sum + FRAME_FLOOR));
    const se_real by_clean =
        (se_real)(by_ratio / (frame->masked_sum + FRAME_FLOOR) -
                  loud * 0.04 / (frame->clean_sum + 1e5));

    for (int b = 0; b < BANDS; b++) {
        frame->by_masked[b] =
            gain * frame->by_masked[b] -
            (frame->masked[b] > ear->threshold[b] ? by_masked : 0);
        frame->by_clean[b] +=
            frame->clean[b] > ear->threshold[b] ? by_clean : 0;
    }
}

/* From the slopes by the frames' disturbances to those by powers of bands. */
static void frames_backward(struct segment *segment)
{
    const double memory = segment->form.memory;
    double later = 0; /* slope by the gain that the next frame was left */

    for (int t = segment->n - 1; t >= 0; t--) {
        struct se_loss_bark *frame = &segment->frames[t];
        double by_gain = 0;

        se_loss_ear_backward(frame, segment->ear);
        if (frame->free_gain > GAIN_MIN && frame->free_gain < GAIN_MAX)
            by_gain = se_loss_dot(frame->by_masked, frame->masked, BANDS);
        by_gain += later;
        gain_backward(frame, segment->ear, (t > 0 ? 1 - memory : 1) * by_gain);
        later = memory * by_gain;
    }
}

/* ---- over time ----------------------------------------------------------- */

/* The mean of n frames, slopes to `by`. */
static double mean_of(double *by, int n, const double *x)
{
    double sum = 0;

    for (int t = 0; t < n; t++) {
        sum += x[t];
        by[t] = 1.0 / n;
    }
    return sum / n;
}

static double cube(double x)
{
    return x * x * x;
}

/* The root of the mean over blocks of the squares of their sixth-power means;
 * blocks overlap by half, and missing frames count as 0. */
static double peaks_of(double *by, int n, const double *x)
{
    enum { HALF = BLOCK / 2 };
    const int n_blocks = (n + HALF - 1) / HALF;
    double blocks[SE_LOSS_PMSQE_FRAMES / HALF], sum = 0, value;

    for (int j = 0; j < n_blocks; j++) {
        double sixth = 0;

        for (int t = j * HALF; t < n && t < j * HALF + BLOCK; t++)
            sixth += cube(x[t]) * cube(x[t]);
        blocks[j] = cbrt(sixth / BLOCK); /* squared */
        sum += blocks[j];
    }
    value = sqrt(sum / n_blocks + 1e-20);
    memset(by, 0, (size_t)n * sizeof *by);
    for (int j = 0; j < n_blocks; j++) {
        double slope = 1 / (BLOCK * n_blocks * value * blocks[j] * blocks[j]);

        if (blocks[j] < TINY)
            continue;
        for (int t = j * HALF; t < n && t < j * HALF + BLOCK; t++)
            by[t] += slope * cube(x[t]) * x[t] * x[t];
    }
    return value;
}

/* The loss, and its slopes by the disturbances of the frames. */
static double over_time(struct segment *segment)
{
    double (*sum)(double *, int, const double *) =
        segment->form.peaks ? peaks_of : mean_of;
    double symmetric[SE_LOSS_PMSQE_FRAMES];
    double asymmetric[SE_LOSS_PMSQE_FRAMES];
    double by_symmetric[SE_LOSS_PMSQE_FRAMES];
    double by_asymmetric[SE_LOSS_PMSQE_FRAMES], value;

    for (int t = 0; t < segment->n; t++) {
        const struct se_loss_bark *frame = &segment->frames[t];

        symmetric[t] = fmin(frame->symmetric / frame->loud, CAP);
        asymmetric[t] = fmin(frame->asymmetric / frame->loud, CAP);
    }
    value = SYMMETRIC * sum(by_symmetric, segment->n, symmetric) +
            ASYMMETRIC * sum(by_asymmetric, segment->n, asymmetric);
    for (int t = 0; t < segment->n; t++) {
        struct se_loss_bark *frame = &segment->frames[t];

        frame->by_symmetric =
            symmetric[t] < CAP ? SYMMETRIC * by_symmetric[t] / frame->loud : 0;
        frame->by_asymmetric = asymmetric[t] < CAP
                                   ? ASYMMETRIC * by_asymmetric[t] / frame->loud
                                   : 0;
    }
    return value;
}

/* ---- the mask ------------------------------------------------------------ */

/* What a masked signal at a level of its own takes back from the slopes. */
static void set_level_slope(struct segment *segment)
{
    double along = 0;

    segment->level_slope = 0;
    if (segment->masked_level <= 0)
        return;
    for (int t = 0; t < segment->n; t++)
        along += se_loss_dot(segment->frames[t].by_masked,
                             segment->frames[t].masked, BANDS);
    segment->level_slope = along / (segment->masked_level * segment->n);
}

/* Slopes of frame t by its mask. */
SE_MULTIVERSION
static void slope_of_frame(se_real *restrict d, const struct segment *segment,
                           const struct se_loss_frame *s, int t)
{
    const struct se_loss_ear *ear = segment->ear;
    const se_real *by_masked = segment->frames[t].by_masked;
    const se_real scale = (se_real)segment->masked_scale;
    const se_real level = (se_real)segment->level_slope;
    const se_real *g = s->g, *A = s->A;

    for (int k = 0; k < s->n; k++) {
        se_real by_power = scale * by_masked[ear->band[k]] * ear->weight[k];

        d[k] = 2 * g[k] * A[k] * A[k] * (by_power - level * ear->speech[k]);
    }
}

SE_MULTIVERSION
static void add_clipped(se_real *restrict d, const se_real *restrict slope,
                        se_real scale, se_real limit, int n)
{
    for (int i = 0; i < n; i++) {
        se_real x = slope[i] > limit ? limit : slope[i];

        d[i] += scale * (x < -limit ? -limit : x);
    }
}

/* Adds the slopes by the mask, each held within `clip` times their root mean
 * square; 0: as they are. */
static void add_slopes(struct segment *segment,
                       const struct se_loss_evaluation *on, int row, int start,
                       double clip)
{
    const int bins = on->target->bins;
    double sum = 0, limit;

    for (int t = 0; t < segment->n; t++) {
        struct se_loss_frame frame = se_loss_frame_at(on, start + t, row);
        se_real *slope = segment->slope[t];

        slope_of_frame(slope, segment, &frame, t);
        sum += clip > 0 ? se_loss_dot(slope, slope, bins) : 0;
    }
    limit = clip > 0 ? clip * sqrt(sum / segment->n / bins) : HUGE_VAL;
    for (int t = 0; t < segment->n; t++)
        add_clipped(se_loss_frame_at(on, start + t, row).d, segment->slope[t],
                    on->scale * (se_real)segment->n, (se_real)limit, bins);
}

double se_loss_pmsqe(const struct se_loss_evaluation *on, int row, int start,
                     int end)
{
    const se_real *parameter = on->term->parameter;
    struct segment segment;
    double value;

    segment.form = forms[parameter[FORM] > 0];
    segment.form.whole &= parameter[LEVEL] <= 0;
    segment.n = 0;
    segment.masked_level = 0;
    segment.clean_level =
        (double)parameter[LEVEL] * (on->target->bins - 1) / SE_BARK_BINS;
    segment.clean_speech = segment.masked_speech = 0;
    segment.ear = se_loss_ear_get(on->target->bins);
    for (int t = start; t < end; t++) {
        struct se_loss_frame frame = se_loss_frame_at(on, t, row);

        add_frame(&segment, &frame);
    }
    if (segment.clean_level <= 0)
        measure_levels(&segment);
    if (segment.clean_level < SILENCE)
        return 0;
    scale_frames(&segment);
    if (segment.form.whole)
        equalise(&segment);
    set_gains(&segment);
    for (int t = 0; t < segment.n; t++)
        se_loss_ear_disturb(&segment.frames[t], segment.ear);
    value = over_time(&segment);
    frames_backward(&segment);
    if (segment.form.whole)
        equalise_backward(&segment);
    set_level_slope(&segment);
    add_slopes(&segment, on, row, start, (double)parameter[CLIP]);
    return segment.n * value;
}
