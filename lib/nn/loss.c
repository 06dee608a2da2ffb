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
    double defaults[SE_LOSS_MAX_PARAMETERS];
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

/* Sixteen partial sums: they vectorise, and always add in the same order. */
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
    {"mse", {"exponent", "eps"}, {0.6, 1e-6}, 0, bins_mse, NULL, NULL},
    {"blend",
     {"c", "alpha", "floor"},
     {0.3, 0.3, 1e-8},
     1,
     bins_blend,
     NULL,
     NULL},
    {"cmse", {NULL}, {0}, 1, bins_cmse, NULL, NULL},
    {"asym", {"c", "floor"}, {0.3, 1e-8}, 0, bins_asym, NULL, NULL},
    {"sdr",
     {"span", "floor"},
     {0, 1e-3},
     1,
     NULL,
     energies_complex,
     slope_complex},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

const char *se_loss_list(void)
{
    return "    mse:exponent=0.6,eps=1e-6        compressed magnitude error, "
           "the original's\n"
           "    blend:c=0.3,alpha=0.3,floor=1e-8 compressed magnitude and "
           "complex error\n"
           "    cmse                             complex error\n"
           "    asym:c=0.3,floor=1e-8            speech taken away, "
           "compressed\n"
           "    sdr:span=0,floor=1e-3            -SDR in dB over spans of "
           "frames; 0: a block\n";
}

/* What a term is worked out on. */
struct evaluation {
    const struct se_loss_term *term;
    const struct se_loss_target *target;
    se_real *d;
    const se_real *g;
    int steps, rows, bins;
    se_real scale;
};

static int frames_of_row(const struct evaluation *on, int row)
{
    return on->target->frames ? on->target->frames[row] : on->steps;
}

static struct span span_of(const struct evaluation *on, int step, int row)
{
    int64_t at = ((int64_t)step * on->rows + row) * on->bins;

    return (struct span){
        on->d + at,
        on->g + at,
        on->target->noisy + at,
        on->target->clean + at,
        on->target->cross ? on->target->cross + at : NULL,
        on->bins,
    };
}

static double eval_bins(const struct evaluation *on)
{
    se_real e[MAX_BINS];
    double value = 0;

    for (int t = 0; t < on->steps; t++)
        for (int row = 0; row < on->rows; row++) {
            struct span span = span_of(on, t, row);

            if (t >= frames_of_row(on, row))
                continue;
            on->term->kind->bins(e, span.d, &span, on->term->parameter,
                                 on->scale / (se_real)on->bins);
            value += sum_of(e, on->bins) / on->bins;
        }
    return value;
}

/* A loss of energies over the steps `start` to `end` of `row`, n of them:
 * n times -10 log10((signal + f) / (error + f)), with the floor
 * f = `floor` * n * bins, so that silence neither divides by zero nor counts
 * for much. */
static double eval_span(const struct evaluation *on, int row, int start,
                        int end)
{
    const double db = 10 / log(10.0);
    double n = end - start;
    double floor = (double)on->term->parameter[1] * n * on->bins;
    double signal = floor, error = floor;

    for (int t = start; t < end; t++) {
        struct span span = span_of(on, t, row);

        on->term->kind->energies(&span, &signal, &error);
    }
    for (int t = start; t < end; t++) {
        struct span span = span_of(on, t, row);

        on->term->kind->slope(&span,
                              (se_real)((double)on->scale * n * db / error));
    }
    return -n * db * log(signal / error);
}

/* Spans of `span` frames, the last one of a row shorter. */
static double eval_energies(const struct evaluation *on)
{
    const se_real span = on->term->parameter[0];
    int length = span >= 1 && span < on->steps ? (int)span : on->steps;
    double value = 0;

    for (int row = 0; row < on->rows; row++) {
        int frames = frames_of_row(on, row);

        for (int start = 0; start < frames; start += length)
            value +=
                eval_span(on, row, start,
                          frames - start < length ? frames : start + length);
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
        struct evaluation on = {term,  target, d_mask, mask,
                                steps, rows,   bins,   scale * term->weight};

        value += (double)term->weight *
                 (term->kind->bins ? eval_bins(&on) : eval_energies(&on));
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
            for (int k = 0; k < SE_LOSS_MAX_PARAMETERS; k++)
                term->parameter[k] = (se_real)kinds[i].defaults[k];
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
