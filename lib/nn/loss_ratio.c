/* loss_ratio.c - losses that are ratios and correlations of sums over spans of
 * frames.
 *
 * All of them are functions of a handful of sums, so that a ratio says only its
 * value and its derivatives by these; the derivatives of the sums by the mask
 * are the same for all. Of samples there are fewer sums, with the same
 * meaning. */
#include "nn/loss_private.h"

#include "base/simd.h"

#include <math.h>
#include <string.h>

static const double DB = 4.342944819032518; /* 10 / ln 10 */

/* Sixteen partial sums: they vectorise, and always add in the same order. */
enum { LANES = 16 };

SE_MULTIVERSION
double se_loss_sum(const se_real *x, int n)
{
    se_real lanes[LANES] = {0};
    double sum = 0;
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] += x[i + lane];
    for (int lane = 0; lane < LANES; lane++)
        sum += (double)lanes[lane];
    for (; i < n; i++)
        sum += (double)x[i];
    return sum;
}

SE_MULTIVERSION
double se_loss_dot(const se_real *x, const se_real *y, int n)
{
    se_real lanes[LANES] = {0};
    double sum = 0;
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] += x[i + lane] * y[i + lane];
    for (int lane = 0; lane < LANES; lane++)
        sum += (double)lanes[lane];
    for (; i < n; i++)
        sum += (double)x[i] * (double)y[i];
    return sum;
}

/* ---- the ratios ---------------------------------------------------------- */

/* Rounding may leave an error energy at or below 0; without a floor it would
 * be divided by. */
static double at_least(double energy, double signal)
{
    return fmax(energy, 1e-12 * signal + 1e-30);
}

/* -10 log10((signal + f) / (error + f)), error = |gX - S|^2 */
double se_loss_sdr(struct se_loss_slopes *slopes,
                   const struct se_loss_sums *sums, double floor)
{
    double error = at_least(sums->masked - 2 * sums->real + sums->clean + floor,
                            sums->clean);

    slopes->masked = DB / error;
    slopes->real = -2 * DB / error;
    return DB * log(error / (sums->clean + floor + 1e-30));
}

/* The same of magnitudes: error = (gA - a)^2. */
double se_loss_magsdr(struct se_loss_slopes *slopes,
                      const struct se_loss_sums *sums, double floor)
{
    double error = at_least(
        sums->masked - 2 * sums->product + sums->clean + floor, sums->clean);

    slopes->masked = DB / error;
    slopes->product = -2 * DB / error;
    return DB * log(error / (sums->clean + floor + 1e-30));
}

/* -10 log10((target + f) / (masked - target + f)), target the part of the
 * masked signal along the clean one. A span without speech has no target to
 * keep: `speech`, nearly 1 elsewhere, takes it out. */
double se_loss_sisdr(struct se_loss_slopes *slopes,
                     const struct se_loss_sums *sums, double floor)
{
    double clean = sums->clean + floor + 1e-30;
    double speech = sums->clean / clean;
    double target = sums->real * sums->real / clean;
    double error = at_least(sums->masked - target + floor, sums->masked);
    double along = at_least(target + floor, sums->masked);

    slopes->masked = speech * DB / error;
    slopes->real =
        -speech * DB * (1 / along + 1 / error) * 2 * sums->real / clean;
    return speech * DB * log(error / along);
}

/* -cross / sqrt((masked + f) (clean + f)); *by_cross and *by_masked become its
 * derivatives. */
static double correlation(double *by_cross, double *by_masked, double cross,
                          double masked, double clean, double floor)
{
    double energy = masked + floor + 1e-30;
    double norm = sqrt(energy * (clean + floor + 1e-30));

    *by_cross = -1 / norm;
    *by_masked = 0.5 * cross / (norm * energy);
    return -cross / norm;
}

double se_loss_corr(struct se_loss_slopes *slopes,
                    const struct se_loss_sums *sums, double floor)
{
    return correlation(&slopes->real, &slopes->masked, sums->real, sums->masked,
                       sums->clean, floor);
}

double se_loss_magcorr(struct se_loss_slopes *slopes,
                       const struct se_loss_sums *sums, double floor)
{
    return correlation(&slopes->product, &slopes->masked, sums->product,
                       sums->masked, sums->clean, floor);
}

/* -|sum of gX conj S|^2 / ((masked + f) (clean + f)) */
double se_loss_coherence(struct se_loss_slopes *slopes,
                         const struct se_loss_sums *sums, double floor)
{
    double masked = sums->masked + floor + 1e-30;
    double norm = masked * (sums->clean + floor + 1e-30);
    double square = sums->real * sums->real + sums->imaginary * sums->imaginary;

    slopes->real = -2 * sums->real / norm;
    slopes->imaginary = -2 * sums->imaginary / norm;
    slopes->masked = square / (norm * masked);
    return -square / norm;
}

/* Correlations of the masked signal with the clean one and of what is taken
 * away with the noise N = X - S, weighted by their energies. */
double se_loss_wsdr(struct se_loss_slopes *slopes,
                    const struct se_loss_sums *sums, double floor)
{
    double noise = fmax(sums->noisy + sums->clean - 2 * sums->noisy_real, 0);
    double taken = fmax(sums->noisy - 2 * sums->linear + sums->masked, 0);
    double cross = sums->noisy - sums->noisy_real - sums->linear + sums->real;
    double weight = sums->clean / (sums->clean + noise + floor + 1e-30);
    double by_real, by_masked, by_cross, by_taken, value;

    value = weight * correlation(&by_real, &by_masked, sums->real, sums->masked,
                                 sums->clean, floor);
    value += (1 - weight) *
             correlation(&by_cross, &by_taken, cross, taken, noise, floor);
    slopes->real = weight * by_real + (1 - weight) * by_cross;
    slopes->masked = weight * by_masked + (1 - weight) * by_taken;
    slopes->linear = -(1 - weight) * (by_cross + 2 * by_taken);
    return value;
}

/* ---- spans of spectra ---------------------------------------------------- */

/* Im(X conj S) */
SE_MULTIVERSION
static void imaginary_of(se_real *q, const struct se_loss_span *s)
{
    const se_real *X = s->X, *S = s->S;

    for (int i = 0; i < s->n; i++)
        q[i] = X[2 * i + 1] * S[2 * i] - X[2 * i] * S[2 * i + 1];
}

SE_MULTIVERSION
static void multiply(se_real *restrict product, const se_real *restrict x,
                     const se_real *restrict y, int n)
{
    for (int i = 0; i < n; i++)
        product[i] = x[i] * y[i];
}

static void add_sums(struct se_loss_sums *sums, const struct se_loss_span *s,
                     enum se_loss_needs needs)
{
    se_real gA[SE_LOSS_MAX_BINS], q[SE_LOSS_MAX_BINS];

    multiply(gA, s->g, s->A, s->n);
    sums->clean += se_loss_dot(s->a, s->a, s->n);
    sums->noisy += se_loss_dot(s->A, s->A, s->n);
    sums->masked += se_loss_dot(gA, gA, s->n);
    sums->product += se_loss_dot(gA, s->a, s->n);
    sums->linear += se_loss_dot(gA, s->A, s->n);
    if (needs >= SE_LOSS_PHASE) {
        sums->noisy_real += se_loss_sum(s->p, s->n);
        sums->real += se_loss_dot(s->g, s->p, s->n);
    }
    if (needs >= SE_LOSS_SPECTRA) {
        imaginary_of(q, s);
        sums->imaginary += se_loss_dot(s->g, q, s->n);
    }
}

SE_MULTIVERSION
static void add_magnitude_slopes(const struct se_loss_span *s, se_real masked,
                                 se_real linear, se_real product)
{
    se_real *restrict d = s->d;
    const se_real *g = s->g, *A = s->A, *a = s->a;

    for (int i = 0; i < s->n; i++)
        d[i] += A[i] * ((2 * masked * g[i] + linear) * A[i] + product * a[i]);
}

SE_MULTIVERSION
static void add_scaled(se_real *restrict d, const se_real *restrict x,
                       se_real factor, int n)
{
    for (int i = 0; i < n; i++)
        d[i] += factor * x[i];
}

static void add_slopes(const struct se_loss_span *s,
                       const struct se_loss_slopes *slopes,
                       enum se_loss_needs needs, double scale)
{
    se_real q[SE_LOSS_MAX_BINS];

    add_magnitude_slopes(s, (se_real)(scale * slopes->masked),
                         (se_real)(scale * slopes->linear),
                         (se_real)(scale * slopes->product));
    if (needs >= SE_LOSS_PHASE)
        add_scaled(s->d, s->p, (se_real)(scale * slopes->real), s->n);
    if (needs >= SE_LOSS_SPECTRA) {
        imaginary_of(q, s);
        add_scaled(s->d, q, (se_real)(scale * slopes->imaginary), s->n);
    }
}

/* Steps `start` to `end` of `row`. */
static double eval_spectra(const struct se_loss_evaluation *on, int row,
                           int start, int end)
{
    const struct se_loss_kind *kind = on->term->kind;
    const double n = end - start;
    struct se_loss_sums sums = {0};
    struct se_loss_slopes slopes = {0};
    double value;

    for (int t = start; t < end; t++) {
        struct se_loss_span span = se_loss_span_of(on, t, row);

        add_sums(&sums, &span, kind->needs);
    }
    value =
        kind->ratio(&slopes, &sums,
                    (double)on->term->parameter[SE_LOSS_FLOOR] * n * on->bins);
    for (int t = start; t < end; t++) {
        struct se_loss_span span = se_loss_span_of(on, t, row);

        add_slopes(&span, &slopes, kind->needs, (double)on->scale * n);
    }
    return n * value;
}

/* ---- spans of samples ---------------------------------------------------- */

/* Adds what a frame gives to the samples. */
static void add_samples(se_real *samples, const se_real *spectrum,
                        const struct se_loss_synthesis *synthesis)
{
    se_real frame[SE_LOSS_MAX_WINDOW];

    synthesis->inverse(synthesis->context, frame, spectrum);
    add_scaled(samples, frame, 1, synthesis->window);
}

/* The clean and the masked samples of a span; the frames before and after it
 * are missing in both. */
static void make_samples(const struct se_loss_evaluation *on, int row,
                         int start, int end, int n_samples)
{
    const struct se_loss_synthesis *synthesis = on->target->synthesis;
    se_real masked[2 * SE_LOSS_MAX_BINS];

    memset(synthesis->masked, 0, (size_t)n_samples * sizeof(se_real));
    memset(synthesis->clean, 0, (size_t)n_samples * sizeof(se_real));
    for (int t = start; t < end; t++) {
        struct se_loss_span span = se_loss_span_of(on, t, row);
        int at = (t - start) * synthesis->hop;

        for (int k = 0; k < span.n; k++) {
            masked[2 * k] = span.g[k] * span.X[2 * k];
            masked[2 * k + 1] = span.g[k] * span.X[2 * k + 1];
        }
        add_samples(synthesis->masked + at, masked, synthesis);
        add_samples(synthesis->clean + at, span.S, synthesis);
    }
}

/* scale times the derivative by the masked samples, which it replaces. */
SE_MULTIVERSION
static void slope_of_samples(se_real *restrict masked,
                             const se_real *restrict clean,
                             const struct se_loss_slopes *slopes, double scale,
                             int n)
{
    se_real by_masked = (se_real)(2 * scale * slopes->masked);
    se_real by_cross = (se_real)(scale * slopes->real);

    for (int i = 0; i < n; i++)
        masked[i] = by_masked * masked[i] + by_cross * clean[i];
}

/* As eval_spectra. The energy of the samples of a frame is the mean of its
 * bins' powers, so that the floor counts once a frame. */
static double eval_samples(const struct se_loss_evaluation *on, int row,
                           int start, int end)
{
    const struct se_loss_synthesis *synthesis = on->target->synthesis;
    const double n = end - start;
    const int n_samples =
        (end - start - 1) * synthesis->hop + synthesis->window;
    se_real *masked = synthesis->masked, *clean = synthesis->clean;
    se_real spectrum[2 * SE_LOSS_MAX_BINS];
    struct se_loss_slopes slopes = {0};
    double value;

    make_samples(on, row, start, end, n_samples);

    const struct se_loss_sums sums = {
        .clean = se_loss_dot(clean, clean, n_samples),
        .masked = se_loss_dot(masked, masked, n_samples),
        .real = se_loss_dot(masked, clean, n_samples),
    };

    value = on->term->kind->ratio(
        &slopes, &sums, (double)on->term->parameter[SE_LOSS_FLOOR] * n);
    slope_of_samples(masked, clean, &slopes, (double)on->scale * n, n_samples);
    for (int t = start; t < end; t++) {
        struct se_loss_span span = se_loss_span_of(on, t, row);

        synthesis->transpose(synthesis->context, spectrum,
                             masked + (t - start) * synthesis->hop);
        for (int k = 0; k < span.n; k++)
            span.d[k] += span.X[2 * k] * spectrum[2 * k] +
                         span.X[2 * k + 1] * spectrum[2 * k + 1];
    }
    return n * value;
}

/* ---- spans --------------------------------------------------------------- */

/* Spans of `span` frames, the last one of a row shorter. A span of n frames
 * counts n times. */
double se_loss_eval_spans(const struct se_loss_evaluation *on)
{
    const struct se_loss_kind *kind = on->term->kind;
    const se_real span = on->term->parameter[SE_LOSS_SPAN];
    se_loss_segment *eval = kind->segment                      ? kind->segment
                            : kind->needs == SE_LOSS_SYNTHESIS ? eval_samples
                                                               : eval_spectra;
    int length = span >= 1 && span < on->steps ? (int)span : on->steps;
    double value = 0;

    if (kind->segment && length > SE_LOSS_ESTOI_FRAMES)
        length = SE_LOSS_ESTOI_FRAMES;

    for (int row = 0; row < on->rows; row++) {
        int frames = se_loss_frames(on, row);

        for (int start = 0; start < frames; start += length) {
            int end = frames - start < length ? frames : start + length;

            value += eval(on, row, start, end);
        }
    }
    return value;
}
