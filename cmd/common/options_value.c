/* options_value.c - the values of options: read, checked, stored. */
#include "common/options.h"

#include "encoding/decimal.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int option_integer(long *value, const char *text, double min, double max,
                   struct se_report *report)
{
    char *end;

    errno = 0;
    *value = strtol(text, &end, 10);
    if (end != text && !isspace((unsigned char)*text) && !*end && !errno &&
        (double)*value >= min && (double)*value <= max)
        return SE_OK;
    if (isinf(max))
        return se_fail(report, SE_ERR_ARG,
                       "expected a whole number of at least %.0f, found '%s'",
                       min, text);
    return se_fail(report, SE_ERR_ARG,
                   "expected a whole number from %.0f to %.0f, found '%s'", min,
                   max, text);
}

int option_real(double *value, const char *text, double min, double max,
                struct se_report *report)
{
    int is_number = se_decimal_read(value, text);

    if (isinf(max) && strcmp(text, "inf") == 0) {
        *value = max;
        is_number = 1;
    }
    if (is_number && *value >= min && *value <= max)
        return SE_OK;
    if (isinf(max))
        return se_fail(report, SE_ERR_ARG,
                       "expected a number of at least %g, found '%s'", min,
                       text);
    return se_fail(report, SE_ERR_ARG,
                   "expected a number from %g to %g, found '%s'", min, max,
                   text);
}

int option_word(int *index, const char *text, const char *const *words,
                struct se_report *report)
{
    char list[256] = "";
    size_t used = 0;

    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *index = i;
            return SE_OK;
        }

        const char *joint = i == 0 ? "" : words[i + 1] ? ", " : " or ";

        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
                                     joint, words[i]);
    }
    return se_fail(report, SE_ERR_ARG, "expected %s, found '%s'", list, text);
}

int option_truth(int *value, const char *text, struct se_report *report)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes"};

    for (int i = 0; i < 6; i++) {
        if (strcasecmp(words[i], text) == 0) {
            *value = i % 2;
            return SE_OK;
        }
    }
    return se_fail(report, SE_ERR_ARG, "expected 0 or 1, found '%s'", text);
}

static void put_number(enum option_type type, void *place, double value)
{
    switch (type) {
    case OPTION_IN_INT:
        *(int *)place = (int)value;
        break;
    case OPTION_IN_UNSIGNED:
        *(unsigned *)place = (unsigned)value;
        break;
    case OPTION_IN_UINT64:
        *(uint64_t *)place = (uint64_t)value;
        break;
    case OPTION_IN_FLOAT:
    case OPTION_IN_FLOATS:
        *(float *)place = (float)value;
        break;
    default:
        *(double *)place = value;
    }
}

/* A part of a value; of a very long one the beginning. */
static void copy_part(char part[64], const char *text, size_t length)
{
    snprintf(part, 64, "%.*s", (int)length, text);
}

/* "1,2.5": as many as given, in place of those there. */
static int take_reals(const struct option_row *row, float *values, int *count,
                      const char *text, struct se_report *report)
{
    int n = 0, status = SE_OK;

    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        char part[64];
        double value;

        if (n == row->most)
            return se_fail(report, SE_ERR_ARG, "expected %d numbers at most",
                           row->most);
        copy_part(part, at, length);
        status = option_real(&value, part, row->min, row->max, report);
        if (status != SE_OK)
            return status;
        values[n++] = (float)value;
        *count = n;
        at += length;
        if (!*at)
            return SE_OK;
    }
}

static int take_range(const struct option_row *row, float *ends,
                      const char *text, struct se_report *report)
{
    size_t length = strcspn(text, ":");
    const char *second = text[length] ? text + length + 1 : text;
    double low, high;
    char part[64];

    copy_part(part, text, length);

    int status = option_real(&low, part, row->min, row->max, report);

    high = low;
    if (status == SE_OK && second != text)
        status = option_real(&high, second, row->min, row->max, report);
    if (status == SE_OK && low > high)
        status = se_fail(report, SE_ERR_ARG,
                         "expected the smaller number first, found '%s'", text);
    ends[0] = (float)low;
    ends[1] = (float)high;
    return status;
}

int option_words(unsigned *bits, const char *text, const char *const *words,
                 struct se_report *report)
{
    for (const char *at = text;; at++) {
        size_t length = strcspn(at, ",");
        char part[64];
        int index, status;

        copy_part(part, at, length);
        status = option_word(&index, part, words, report);
        if (status != SE_OK)
            return status;
        *bits |= 1u << index;
        at += length;
        if (!*at)
            return SE_OK;
    }
}

static int take_text(const struct option_row *row, const char **place,
                     int *count, const char *text, struct se_report *report)
{
    if (row->type == OPTION_IN_TEXT) {
        *place = text;
        return SE_OK;
    }
    if (*count == row->most)
        return se_fail(report, SE_ERR_ARG, "expected %d of them at most",
                       row->most);
    place[(*count)++] = text;
    return SE_OK;
}

/* Stores a value. `base`: the struct of the row's group. */
static int take(const struct option_row *row, void *base, const char *text,
                struct se_report *report)
{
    void *place = row->to ? (void *)row->to : (char *)base + row->at;
    int *count = (int *)(void *)((char *)base + row->n_at);
    int number = 1, status = SE_OK;
    long integer;
    double real;

    if (row->take)
        return row->take(place, text, report);
    switch (row->kind) {
    case OPTION_FLAG:
    case OPTION_SWITCH:
        if (text)
            status = option_truth(&number, text, report);
        put_number(row->type, place, number);
        break;
    case OPTION_INTEGER:
        status = option_integer(&integer, text, row->min, row->max, report);
        put_number(row->type, place, (double)integer);
        break;
    case OPTION_REAL:
        status = option_real(&real, text, row->min, row->max, report);
        put_number(row->type, place, real);
        break;
    case OPTION_REALS:
        return take_reals(row, place, count, text, report);
    case OPTION_RANGE:
        return take_range(row, place, text, report);
    case OPTION_WORD:
        status = option_word(&number, text, row->words, report);
        put_number(row->type, place, number);
        break;
    case OPTION_WORDS:
        *(unsigned *)place = 0;
        return option_words(place, text, row->words, report);
    default:
        return take_text(row, place, count, text, report);
    }
    return status;
}

/* Of a name that is asked for, there must be one. */
static int check_name(const struct option_row *row, const char *text,
                      struct se_report *report)
{
    const char *what = row->kind == OPTION_FOLDER ? "folder" : "file";

    if (row->kind < OPTION_FILE || row->kind > OPTION_NET || !text || *text)
        return SE_OK;
    return se_fail(report, SE_ERR_ARG,
                   "expected the name of a %s, found an empty one", what);
}

int option_take(const struct option_row *row, void *base, const char *text,
                struct se_report *report)
{
    struct se_report reason;
    int status = check_name(row, text, &reason);

    if (status == SE_OK)
        status = take(row, base, text, &reason);

    if (status == SE_OK)
        return SE_OK;
    return se_fail(report, se_is_machines(status) ? status : SE_ERR_ARG,
                   "--%s: %s", row->name, reason.text);
}
