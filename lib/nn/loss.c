/* loss.c - the table of losses, their sums, and the text that names them. */
#include "nn/loss_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ----------------------------------------------------------- */

#define RATIO                                                                  \
    {                                                                          \
        {"span", 0}, {"floor", 1e-3},                                          \
    }

static const struct se_loss_kind kinds[] = {
    {"mse",
     SE_LOSS_MAGNITUDES,
     se_loss_mse,
     NULL,
     NULL,
     {{"exponent", 0.6}, {"eps", 1e-6}}},
    {"magmse", SE_LOSS_MAGNITUDES, se_loss_magmse, NULL, NULL, {{NULL, 0}}},
    {"magmae", SE_LOSS_MAGNITUDES, se_loss_magmae, NULL, NULL, {{NULL, 0}}},
    {"cmse", SE_LOSS_PHASE, se_loss_cmse, NULL, NULL, {{NULL, 0}}},
    {"cmae", SE_LOSS_PHASE, se_loss_cmae, NULL, NULL, {{"eps", 1e-4}}},
    {"rimae", SE_LOSS_SPECTRA, se_loss_rimae, NULL, NULL, {{NULL, 0}}},
    {"psa", SE_LOSS_PHASE, se_loss_psa, NULL, NULL, {{"clip", 1}}},
    {"sdw", SE_LOSS_PHASE, se_loss_sdw, NULL, NULL, {{"alpha", 0.35}}},
    {"magcomp",
     SE_LOSS_MAGNITUDES,
     se_loss_magcomp,
     NULL,
     NULL,
     {{"c", 0.3}, {"floor", 1e-8}}},
    {"ccomp",
     SE_LOSS_PHASE,
     se_loss_ccomp,
     NULL,
     NULL,
     {{"c", 0.3}, {"floor", 1e-8}}},
    {"blend",
     SE_LOSS_PHASE,
     se_loss_blend,
     NULL,
     NULL,
     {{"c", 0.3}, {"alpha", 0.3}, {"floor", 1e-8}}},
    {"asym",
     SE_LOSS_MAGNITUDES,
     se_loss_asym,
     NULL,
     NULL,
     {{"c", 0.3}, {"floor", 1e-8}}},
    {"logmse", SE_LOSS_MAGNITUDES, se_loss_logmse, NULL, NULL, {{"eps", 1e-2}}},
    {"lsd", SE_LOSS_MAGNITUDES, se_loss_lsd, NULL, NULL, {{"floor", 1e-4}}},
    {"is", SE_LOSS_MAGNITUDES, se_loss_is, NULL, NULL, {{"floor", 1e-2}}},
    {"kl", SE_LOSS_MAGNITUDES, se_loss_kl, NULL, NULL, {{"eps", 1e-2}}},
    {"binsdr",
     SE_LOSS_MAGNITUDES,
     se_loss_binsdr,
     NULL,
     NULL,
     {{"eps", 3.0517578125e-5}}},
    {"xent",
     SE_LOSS_MAGNITUDES,
     se_loss_xent,
     NULL,
     NULL,
     {{"eps", 3.0517578125e-5}}},
    {"sdr", SE_LOSS_PHASE, NULL, se_loss_sdr, NULL, RATIO},
    {"magsdr", SE_LOSS_MAGNITUDES, NULL, se_loss_magsdr, NULL, RATIO},
    {"sisdr", SE_LOSS_PHASE, NULL, se_loss_sisdr, NULL, RATIO},
    {"corr", SE_LOSS_PHASE, NULL, se_loss_corr, NULL, RATIO},
    {"magcorr", SE_LOSS_MAGNITUDES, NULL, se_loss_magcorr, NULL, RATIO},
    {"coherence", SE_LOSS_SPECTRA, NULL, se_loss_coherence, NULL, RATIO},
    {"wsdr", SE_LOSS_PHASE, NULL, se_loss_wsdr, NULL, RATIO},
    {"tsdr", SE_LOSS_SYNTHESIS, NULL, se_loss_sdr, NULL, RATIO},
    {"tsisdr", SE_LOSS_SYNTHESIS, NULL, se_loss_sisdr, NULL, RATIO},
    {"estoi",
     SE_LOSS_MAGNITUDES,
     NULL,
     NULL,
     se_loss_estoi,
     {{"span", 0}, {"floor", 1e-3}, {"bands", 18}}},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

const char *se_loss_name(int index)
{
    return index >= 0 && index < N_KINDS ? kinds[index].name : NULL;
}

const char *se_loss_list(void)
{
    return "    mse:exponent=0.6,eps=1e-6        "
           "compressed magnitude error (original)\n"
           "    magmse, cmse                     "
           "squared error: magnitude, complex\n"
           "    magmae, cmae:eps=1e-4, rimae     "
           "absolute: magnitude, complex, re and im\n"
           "    psa:clip=1                       "
           "phase-sensitive; clip: target in reach\n"
           "    sdw:alpha=0.35                   "
           "speech lost against noise left\n"
           "    magcomp:c=0.3,floor=1e-8         compressed magnitudes\n"
           "    ccomp:c=0.3,floor=1e-8           compressed complex numbers\n"
           "    blend:c=0.3,alpha=0.3,floor=1e-8 "
           "1-alpha of magcomp, alpha of ccomp\n"
           "    asym:c=0.3,floor=1e-8            "
           "speech taken away, compressed\n"
           "    logmse:eps=1e-2, lsd:floor=1e-4  "
           "logarithms; a frame's distance in dB\n"
           "    is:floor=1e-2, kl:eps=1e-2       "
           "Itakura-Saito, Kullback-Leibler\n"
           "    binsdr:eps=3.05e-5               "
           "log ratio of error, a bin (original)\n"
           "    xent:eps=3.05e-5                 cross entropy (original)\n"
           "  over spans of frames (span=0: a block), with floor=1e-3:\n"
           "    sdr, magsdr, tsdr                "
           "-SDR in dB: complex, magnitude, samples\n"
           "    sisdr, tsisdr                    "
           "-SI-SDR in dB: spectra, samples\n"
           "    corr, magcorr, coherence, wsdr   correlations, weighted SDR\n"
           "    estoi:bands=18                   "
           "-correlation of bands, at most 64 frames\n";
}

/* ---- values -------------------------------------------------------------- */

int se_loss_frames(const struct se_loss_evaluation *on, int row)
{
    return on->target->frames ? on->target->frames[row] : on->steps;
}

struct se_loss_span se_loss_span_of(const struct se_loss_evaluation *on,
                                    int step, int row)
{
    const struct se_loss_target *target = on->target;
    int64_t at = ((int64_t)step * on->rows + row) * on->bins;

    return (struct se_loss_span){
        .d = on->d + at,
        .g = on->g + at,
        .A = target->noisy + at,
        .a = target->clean + at,
        .p = target->cross ? target->cross + at : NULL,
        .X = target->noisy_spectrum ? target->noisy_spectrum + 2 * at : NULL,
        .S = target->clean_spectrum ? target->clean_spectrum + 2 * at : NULL,
        .n = on->bins,
    };
}

static double eval_bins(const struct se_loss_evaluation *on)
{
    se_real e[SE_LOSS_MAX_BINS];
    double value = 0;

    for (int t = 0; t < on->steps; t++)
        for (int row = 0; row < on->rows; row++) {
            struct se_loss_span span = se_loss_span_of(on, t, row);

            if (t >= se_loss_frames(on, row))
                continue;
            on->term->kind->bins(e, span.d, &span, on->term->parameter,
                                 on->scale / (se_real)on->bins);
            value += se_loss_sum(e, on->bins) / on->bins;
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
        struct se_loss_evaluation on = {
            term,  target, d_mask, mask,
            steps, rows,   bins,   scale * term->weight};

        value += (double)term->weight *
                 (term->kind->bins ? eval_bins(&on) : se_loss_eval_spans(&on));
    }
    return value;
}

/* ---- text ---------------------------------------------------------------- */

static int parse_parameter(struct se_loss_term *term, const char *name,
                           const char *value, struct se_report *report)
{
    const struct se_loss_kind *kind = term->kind;
    const char *first = kind->parameters[0].name;

    for (int i = 0; kind->parameters[i].name; i++) {
        char *end;
        double number;

        if (strcmp(kind->parameters[i].name, name) != 0)
            continue;
        number = strtod(value, &end);
        if (end == value || *end || !(number >= 0 && number < 1e9))
            return se_fail(report, SE_ERR_ARG,
                           "loss %s: %s=%s: expected a number from 0",
                           kind->name, name, value);
        term->parameter[i] = (se_real)number;
        return SE_OK;
    }
    return se_fail(report, SE_ERR_ARG, "loss %s: no parameter '%s'%s%s",
                   kind->name, name, first ? "; the first is " : "",
                   first ? first : "");
}

static int find_kind(struct se_loss_term *term, const char *name,
                     struct se_report *report)
{
    char names[512] = "";

    for (int i = 0; i < N_KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            term->kind = &kinds[i];
            for (int k = 0; k < SE_LOSS_MAX_PARAMETERS; k++)
                term->parameter[k] = (se_real)kinds[i].parameters[k].value;
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

static void note_needs(struct se_loss *loss, enum se_loss_needs needs)
{
    loss->needs_phase |= needs >= SE_LOSS_PHASE;
    loss->needs_spectra |= needs >= SE_LOSS_SPECTRA;
    loss->needs_synthesis |= needs >= SE_LOSS_SYNTHESIS;
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
            note_needs(loss, loss->term[loss->n_terms++].kind->needs);
        start = plus;
    }
    free(copy);
    return status;
}
