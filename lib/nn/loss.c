/* loss.c - the losses, each with its derivative with respect to the mask. */
#include "nn/loss.h"

#include "base/simd.h"
#include "base/vmath.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The bins of one frame of one row, as the loops see them. */
struct span {
    se_real *d;       /* derivative, added to */
    const se_real *g; /* mask */
    const se_real *A, *a, *p;
    int n;
};

struct se_loss_kind {
    const char *name;
    const char *parameters[SE_LOSS_MAX_PARAMETERS + 1];
    se_real defaults[SE_LOSS_MAX_PARAMETERS];
    int needs_phase;
    /* A loss of single bins: their errors, and scale times the derivatives
     * are added to d. */
    void (*bins)(se_real *e, se_real *d, const struct span *span,
                 const se_real *parameter, se_real scale);
    /* A loss of energies: adds signal and error energy of the span... */
    void (*energies)(const struct span *span, double *signal, double *error);
    /* ...and scale times the derivative of the error energy. */
    void (*slope)(const struct span *span, se_real scale);
};

static inline se_real power_real(se_real x, se_real y)
{
#ifdef SE_NN_DOUBLE
    return pow(x, y);
#else
    return se_powf(x, y);
#endif
}

/* Sums over eight-times-two partial sums: they vectorise, and always add in
 * the same order. */
enum { LANES = 16, MAX_BINS = 512 };

SE_MULTIVERSION
static double sum_of(const se_real *x, int n)
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

/* ---- losses of single bins: e[] is the error of each bin ------------------
 */

/* The original's: ((gA + eps)^exponent - (a + eps)^exponent)^2. */
SE_MULTIVERSION
static void bins_mse(se_real *restrict e, se_real *restrict d,
                     const struct span *s, const se_real *parameter,
                     se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real exponent = parameter[0], eps = parameter[1];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * A[i] + eps;
        se_real u = power_real(x, exponent);
        se_real diff = u - power_real(a[i] + eps, exponent);

        e[i] = diff * diff;
        d[i] += scale * 2 * diff * exponent * u / x * A[i];
    }
}

/* (1 - alpha) (u - v)^2 + alpha |u e^jX - v e^jS|^2 with u = |gX|^c,
 * v = |S|^c: the compressed magnitude and complex errors blended. */
SE_MULTIVERSION
static void bins_blend(se_real *restrict e, se_real *restrict d,
                       const struct span *s, const se_real *parameter,
                       se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a, *p = s->p;
    se_real c = parameter[0], alpha = parameter[1], floor = parameter[2];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;
        se_real u = power_real(x, c / 2);
        se_real v = power_real(a[i] * a[i] + floor, c / 2);
        se_real product = A[i] * a[i];
        se_real cosine = p[i] / (product > floor ? product : floor);
        se_real toward = v * (1 - alpha + alpha * cosine);

        e[i] = u * u + v * v - 2 * u * toward;
        d[i] += scale * 2 * (u - toward) * (c * g[i] * A[i] * A[i] * u / x);
    }
}

/* |gX - S|^2 */
SE_MULTIVERSION
static void bins_cmse(se_real *restrict e, se_real *restrict d,
                      const struct span *s, const se_real *parameter,
                      se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a, *p = s->p;

    (void)parameter;
    for (int i = 0; i < s->n; i++) {
        se_real gA = g[i] * A[i];

        e[i] = gA * gA + a[i] * a[i] - 2 * g[i] * p[i];
        d[i] += scale * 2 * (gA * A[i] - p[i]);
    }
}

/* max(v - u, 0)^2, u = |gX|^c, v = |S|^c: speech taken away. */
SE_MULTIVERSION
static void bins_asym(se_real *restrict e, se_real *restrict d,
                      const struct span *s, const se_real *parameter,
                      se_real scale)
{
    const se_real *g = s->g, *A = s->A, *a = s->a;
    se_real c = parameter[0], floor = parameter[1];

    for (int i = 0; i < s->n; i++) {
        se_real x = g[i] * g[i] * A[i] * A[i] + floor;
        se_real u = power_real(x, c / 2);
        se_real lack = power_real(a[i] * a[i] + floor, c / 2) - u;

        lack = lack > 0 ? lack : 0;
        e[i] = lack * lack;
        d[i] -= scale * 2 * lack * (c * g[i] * A[i] * A[i] * u / x);
    }
}

/* ---- losses of energies -------------------------------------------------- */

static void energies_complex(const struct span *s, double *signal,
                             double *error)
{
    se_real e[MAX_BINS], a2[MAX_BINS], unused[MAX_BINS];

    bins_cmse(e, unused, s, NULL, 0);
    for (int i = 0; i < s->n; i++)
        a2[i] = s->a[i] * s->a[i];
    *error += sum_of(e, s->n);
    *signal += sum_of(a2, s->n);
}

static void slope_complex(const struct span *s, se_real scale)
{
    se_real e[MAX_BINS];

    bins_cmse(e, s->d, s, NULL, scale);
}

/* ---- the table ----------------------------------------------------------- */

static const struct se_loss_kind kinds[] = {
    {"mse", {"exponent", "eps"}, {0.6f, 1e-6f}, 0, bins_mse, NULL, NULL},
    {"blend",
     {"c", "alpha", "floor"},
     {0.3f, 0.3f, 1e-8f},
     1,
     bins_blend,
     NULL,
     NULL},
    {"cmse", {NULL}, {0}, 1, bins_cmse, NULL, NULL},
    {"asym", {"c", "floor"}, {0.3f, 1e-8f}, 0, bins_asym, NULL, NULL},
    {"sdr",
     {"span", "floor"},
     {0, 1e-3f},
     1,
     NULL,
     energies_complex,
     slope_complex},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

const char *se_loss_list(void)
{
    return "mse:exponent=0.6,eps=1e-6      compressed magnitude error (the "
           "original's)\n"
           "blend:c=0.3,alpha=0.3          compressed magnitude and complex "
           "error\n"
           "cmse                           complex error, linear\n"
           "asym:c=0.3                     speech taken away, compressed\n"
           "sdr:span=0,floor=1e-3          -SDR in dB over spans of frames (0: "
           "the block)\n";
}

/* A loss of energies over spans of `span` frames of each row: the value of a
 * span of n frames is n times -10 log10((signal + f) / (error + f)), with the
 * floor f = `floor` * n * bins, so that silence neither divides by zero nor
 * counts for much. */
static double eval_energies(const struct se_loss_term *term, se_real *d,
                            const se_real *g,
                            const struct se_loss_target *target, int steps,
                            int rows, int bins, se_real scale)
{
    const double db = 10 / log(10.0);
    int length = term->parameter[0] >= 1 ? (int)term->parameter[0] : steps;
    double value = 0;

    for (int r = 0; r < rows; r++)
        for (int start = 0; start < steps; start += length) {
            int end = start + length < steps ? start + length : steps;
            double n = end - start;
            double floor = (double)term->parameter[1] * n * bins;
            double signal = floor, error = floor;

            for (int pass = 0; pass < 2; pass++)
                for (int t = start; t < end; t++) {
                    int64_t at = ((int64_t)t * rows + r) * bins;
                    struct span span = {d + at,
                                        g + at,
                                        target->noisy + at,
                                        target->clean + at,
                                        target->cross + at,
                                        bins};

                    if (pass == 0)
                        term->kind->energies(&span, &signal, &error);
                    else
                        term->kind->slope(
                            &span, (se_real)((double)scale * n * db / error));
                }
            value -= n * db * log(signal / error);
        }
    return value;
}

static double eval_bins(const struct se_loss_term *term, se_real *d,
                        const se_real *g, const struct se_loss_target *target,
                        int n_frames, int bins, se_real scale)
{
    se_real e[MAX_BINS];
    double value = 0;

    for (int t = 0; t < n_frames; t++) {
        int64_t at = (int64_t)t * bins;
        struct span span = {d + at,
                            g + at,
                            target->noisy + at,
                            target->clean + at,
                            target->cross ? target->cross + at : NULL,
                            bins};

        term->kind->bins(e, span.d, &span, term->parameter,
                         scale / (se_real)bins);
        value += sum_of(e, bins) / bins;
    }
    return value;
}

double se_loss_eval(const struct se_loss *loss, se_real *d_mask,
                    const se_real *mask, const struct se_loss_target *target,
                    int steps, int rows, int bins, se_real scale)
{
    double value = 0;

    memset(d_mask, 0, (size_t)steps * rows * bins * sizeof *d_mask);
    for (int i = 0; i < loss->n_terms; i++) {
        const struct se_loss_term *term = &loss->term[i];
        se_real term_scale = scale * term->weight;

        value +=
            (double)term->weight *
            (term->kind->bins ? eval_bins(term, d_mask, mask, target,
                                          steps * rows, bins, term_scale)
                              : eval_energies(term, d_mask, mask, target, steps,
                                              rows, bins, term_scale));
    }
    return value;
}

/* ---- text ---------------------------------------------------------------- */

static int parse_parameter(struct se_loss_term *term, const char *name,
                           const char *value, struct se_report *report)
{
    const char *const *known = term->kind->parameters;

    for (int i = 0; known[i]; i++) {
        char *end;

        if (strcmp(known[i], name) != 0)
            continue;
        term->parameter[i] = (se_real)strtod(value, &end);
        if (end == value || *end || !(fabs((double)term->parameter[i]) < 1e9))
            return se_fail(report, SE_ERR_ARG,
                           "loss %s: %s=%s: expected a number",
                           term->kind->name, name, value);
        return SE_OK;
    }
    return se_fail(report, SE_ERR_ARG, "loss %s: no parameter '%s'%s%s",
                   term->kind->name, name, known[0] ? "; the first is " : "",
                   known[0] ? known[0] : "");
}

static int find_kind(struct se_loss_term *term, const char *name,
                     struct se_report *report)
{
    char names[128] = "";

    for (int i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            term->kind = &kinds[i];
            memcpy(term->parameter, kinds[i].defaults, sizeof term->parameter);
            return SE_OK;
        }
        strcat(names, i > 0 ? ", " : "");
        strcat(names, kinds[i].name);
    }
    return se_fail(report, SE_ERR_ARG, "loss '%s' is not known; known are %s",
                   name, names);
}

/* "0.5*blend:c=0.3,alpha=0.3" */
static int parse_term(struct se_loss_term *term, char *text,
                      struct se_report *report)
{
    char *star = strchr(text, '*'), *rest = NULL;

    term->weight = 1;
    if (star) {
        char *end;

        term->weight = (se_real)strtod(text, &end);
        if (end != star || end == text || !isfinite((double)term->weight))
            return se_fail(report, SE_ERR_ARG,
                           "loss '%s': expected a number before '*'", text);
        text = star + 1;
    }

    char *colon = strchr(text, ':');

    if (colon)
        *colon = '\0';

    int status = find_kind(term, text, report);

    for (char *item = colon ? strtok_r(colon + 1, ",", &rest) : NULL;
         item && status == SE_OK; item = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(item, '=');

        if (!equals)
            return se_fail(report, SE_ERR_ARG,
                           "loss %s: '%s': expected parameter=value",
                           term->kind->name, item);
        *equals = '\0';
        status = parse_parameter(term, item, equals + 1, report);
    }
    return status;
}

/* The first '+' that is not part of an exponent (1e+3), or NULL. */
static char *find_plus(char *text)
{
    for (char *p = text; *p; p++)
        if (*p == '+' &&
            !(p - text >= 2 && p[-1] == 'e' && p[-2] >= '0' && p[-2] <= '9'))
            return p;
    return NULL;
}

int se_loss_parse(struct se_loss *loss, const char *text,
                  struct se_report *report)
{
    char *copy = strdup(text), *start = copy;
    int status = copy ? SE_OK : se_fail_memory(report, "the loss");

    *loss = (struct se_loss){0};
    while (status == SE_OK && start) {
        char *plus = find_plus(start);

        if (plus)
            *plus++ = '\0';
        if (loss->n_terms == SE_LOSS_MAX_TERMS)
            status =
                se_fail(report, SE_ERR_ARG, "loss '%s': more than %d terms",
                        text, SE_LOSS_MAX_TERMS);
        else
            status = parse_term(&loss->term[loss->n_terms], start, report);
        if (status == SE_OK)
            loss->needs_phase |= loss->term[loss->n_terms++].kind->needs_phase;
        start = plus;
    }
    free(copy);
    return status;
}
