/* parse.c - reads a loss from text. */
#include "loss/loss_private.h"

#include "encoding/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parameters that are words, which stand for 0, 1, ... */
static const struct {
    const char *name, *words[3];
} named[] = {{"form", {"s", "f"}}};

static int read_value(double *value, const char *kind, const char *name,
                      const char *text, struct se_report *report)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (strcmp(named[i].name, name) != 0)
            continue;
        for (int word = 0; named[i].words[word]; word++)
            if (strcmp(named[i].words[word], text) == 0) {
                *value = word;
                return SE_OK;
            }
        return se_fail(report, SE_ERR_ARG, "loss %s: %s=%s: expected %s or %s",
                       kind, name, text, named[i].words[0], named[i].words[1]);
    }
    if (!se_decimal_read(value, text) || !(*value >= 0 && *value < 1e9))
        return se_fail(report, SE_ERR_ARG,
                       "loss %s: %s=%s: expected a number from 0", kind, name,
                       text);
    return SE_OK;
}

static int parse_parameter(struct se_loss_term *term, const char *name,
                           const char *value, struct se_report *report)
{
    const struct se_loss_kind *kind = term->kind;
    const char *first = kind->parameters[0].name;

    for (int i = 0; kind->parameters[i].name; i++) {
        double number = 0;
        int status;

        if (strcmp(kind->parameters[i].name, name) != 0)
            continue;
        status = read_value(&number, kind->name, name, value, report);
        if (status == SE_OK)
            term->parameter[i] = (se_real)number;
        return status;
    }
    return se_fail(report, SE_ERR_ARG, "loss %s: no parameter '%s'%s%s",
                   kind->name, name, first ? "; the first is " : "",
                   first ? first : "");
}

static int find_kind(struct se_loss_term *term, const char *name,
                     struct se_report *report)
{
    const struct se_loss_kind *kind;
    char names[512] = "";

    for (int i = 0; (kind = se_loss_kind_at(i)) != NULL; i++) {
        if (strcmp(kind->name, name) == 0) {
            term->kind = kind;
            for (int k = 0; k < SE_LOSS_MAX_PARAMETERS; k++)
                term->parameter[k] = (se_real)kind->parameters[k].value;
            return SE_OK;
        }
        strcat(names, i > 0 ? ", " : "");
        strcat(names, kind->name);
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
        double weight = 0;

        *star = '\0';
        if (!se_decimal_read(&weight, text) || !isfinite((se_real)weight))
            return se_fail(report, SE_ERR_ARG,
                           "loss '%s*%s': expected a number before '*'", text,
                           star + 1);
        term->weight = (se_real)weight;
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
