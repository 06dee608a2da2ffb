/* span.c - evaluates a ratio on a span of frames, of spectra or of samples:
 * sums first, then the ratio's derivatives by them, then theirs by the mask. */
#include "loss/loss_private.h"

#include "base/simd.h"

#include <string.h>

/* ---- spans of spectra ---------------------------------------------------- */

/* Im(X conj S) */
SE_MULTIVERSION
static void imaginary_of(se_real *q, const struct se_loss_frame *s)
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

static void add_sums(struct se_loss_sums *sums, const struct se_loss_frame *s,
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
static void add_magnitude_slopes(const struct se_loss_frame *s, se_real masked,
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

static void add_slopes(const struct se_loss_frame *s,
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

double se_loss_of_spectra(const struct se_loss_evaluation *on, int row,
                          int start, int end)
{
    const struct se_loss_kind *kind = on->term->kind;
    const double n = end - start;
    struct se_loss_sums sums = {0};
    struct se_loss_slopes slopes = {0};
    double value;

    for (int t = start; t < end; t++) {
        struct se_loss_frame frame = se_loss_frame_at(on, t, row);

        add_sums(&sums, &frame, kind->needs);
    }
    value = kind->ratio(&slopes, &sums,
                        (double)on->term->parameter[SE_LOSS_FLOOR] * n *
                            on->target->bins);
    for (int t = start; t < end; t++) {
        struct se_loss_frame frame = se_loss_frame_at(on, t, row);

        add_slopes(&frame, &slopes, kind->needs, (double)on->scale * n);
    }
    return n * value;
}

/* ---- spans of samples ---------------------------------------------------- */

/* Adds what a frame gives to the samples. */
static void add_samples(se_real *samples, const se_real *spectrum,
                        const struct se_loss_synthesis *synthesis)
{
    se_real window[SE_LOSS_MAX_WINDOW];

    synthesis->inverse(synthesis->context, window, spectrum);
    add_scaled(samples, window, 1, synthesis->window);
}

SE_MULTIVERSION
static void mask_spectrum(se_real *restrict masked,
                          const struct se_loss_frame *s)
{
    const se_real *g = s->g, *X = s->X;

    for (int k = 0; k < s->n; k++) {
        masked[2 * k] = g[k] * X[2 * k];
        masked[2 * k + 1] = g[k] * X[2 * k + 1];
    }
}

/* Adds what the derivative by the masked spectrum gives by the mask. */
SE_MULTIVERSION
static void add_by_mask(const struct se_loss_frame *s,
                        const se_real *restrict by_masked)
{
    se_real *restrict d = s->d;
    const se_real *X = s->X;

    for (int k = 0; k < s->n; k++)
        d[k] +=
            X[2 * k] * by_masked[2 * k] + X[2 * k + 1] * by_masked[2 * k + 1];
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
        struct se_loss_frame frame = se_loss_frame_at(on, t, row);
        int at = (t - start) * synthesis->hop;

        mask_spectrum(masked, &frame);
        add_samples(synthesis->masked + at, masked, synthesis);
        add_samples(synthesis->clean + at, frame.S, synthesis);
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

/* The energy of a frame's samples is the mean of its bins' powers, so that the
 * floor counts once a frame. */
double se_loss_of_samples(const struct se_loss_evaluation *on, int row,
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
        struct se_loss_frame frame = se_loss_frame_at(on, t, row);

        synthesis->transpose(synthesis->context, spectrum,
                             masked + (t - start) * synthesis->hop);
        add_by_mask(&frame, spectrum);
    }
    return n * value;
}
