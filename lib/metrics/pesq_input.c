/* pesq_input.c - the signals on their way to the model: guards, level, the
 * response of what the listener hears through; and the signals that their
 * delays are found by. */
#include "dsp/stft.h"
#include "metrics/pesq_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RATE_HZ = SE_RATE_HZ,
    SHORTEST = RATE_HZ / 4,
    LONGEST = 1 << 28, /* four hours and a half */
    FADE = 15,         /* samples */
};

static const double level = 1e7; /* mean square of the band that sets it */

/* ---- level and response -------------------------------------------------- */

/* The input and the tail. */
static struct se_pesq_span input_of(const struct se_pesq_signal *signal)
{
    return (struct se_pesq_span){signal->x + SE_PESQ_GUARD,
                                 signal->n + SE_PESQ_TAIL};
}

/* By the mean square of what is in `band`, over the longer one's length. */
static void set_level(const struct se_pesq_signal *signal, const float *band,
                      int longest)
{
    struct se_pesq_span input = input_of(signal);
    double sum = 0.0;

    for (int i = 0; i < input.n; i++)
        sum += (double)band[i] * (double)band[i];

    double power = sum / (longest - 2 * SE_PESQ_GUARD + SE_PESQ_TAIL);
    float gain = (float)sqrt(level / power);

    for (int i = 0; i < signal->n; i++)
        input.x[i] *= gain;
}

static int set_levels(const struct se_pesq_signals *signals,
                      struct se_report *report)
{
    const struct se_pesq_signal *a = &signals->clean, *b = &signals->processed;
    const struct se_pesq_span from[] = {input_of(a), input_of(b)};
    size_t na = (size_t)from[0].n, nb = (size_t)from[1].n;
    float *bands = malloc((na + nb) * sizeof *bands);

    if (!bands)
        return se_fail_memory(report, "PESQ");
    memcpy(bands, from[0].x, na * sizeof *bands);
    memcpy(bands + na, from[1].x, nb * sizeof *bands);

    const struct se_pesq_span to[] = {{bands, from[0].n},
                                      {bands + na, from[1].n}};
    int status =
        se_pesq_filter_by_curve(to[0], to[1], &se_pesq_level_curve, report);

    if (status == SE_OK) {
        set_level(a, bands, signals->longest);
        set_level(b, bands + na, signals->longest);
    }
    free(bands);
    return status;
}

static void listen_wide(const struct se_pesq_signal *signal)
{
    float *x = input_of(signal).x;

    for (int i = 0; i < FADE; i++) {
        float gain = (float)(i + 1) / (FADE + 1);

        x[i] *= gain;
        x[signal->n - 1 - i] *= gain;
    }
    se_pesq_filter_by_sections(x, signal->n, &se_pesq_wide_section, 1);
}

/* ---- both ---------------------------------------------------------------- */

static int check_length(int64_t n, const char *name, struct se_report *report)
{
    if (n < SHORTEST || n > LONGEST)
        return se_fail(report, SE_ERR_ARG,
                       "the %s signal lasts %.2f s, expected 0.25 s to %d s "
                       "for PESQ",
                       name, (double)n / RATE_HZ, LONGEST / RATE_HZ);
    return SE_OK;
}

static int check_samples(const float *x, int64_t n, const char *name,
                         struct se_report *report)
{
    double sum = 0.0;

    for (int64_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    if (sum == 0.0)
        return se_fail(report, SE_ERR_NUMERIC, "the %s signal is silent", name);
    if (!isfinite(sum))
        return se_fail(report, SE_ERR_NUMERIC,
                       "the %s signal holds a sample that is not a number",
                       name);
    return SE_OK;
}

static int check_pair(const struct se_pesq_pair *pair, struct se_report *report)
{
    int status = check_length(pair->n_clean, "clean", report);

    if (status == SE_OK)
        status = check_length(pair->n_processed, "processed", report);
    if (status == SE_OK)
        status = check_samples(pair->clean, pair->n_clean, "clean", report);
    if (status == SE_OK)
        status = check_samples(pair->processed, pair->n_processed, "processed",
                               report);
    return status;
}

static int set_signal(struct se_pesq_signal *signal, const float *x, int64_t n,
                      int longest, struct se_report *report)
{
    signal->n = (int)n;
    signal->length = (int)n + 2 * SE_PESQ_GUARD;
    signal->x = calloc((size_t)longest + SE_PESQ_TAIL, sizeof *signal->x);
    if (!signal->x)
        return se_fail_memory(report, "PESQ");
    memcpy(signal->x + SE_PESQ_GUARD, x, (size_t)n * sizeof *x);
    return SE_OK;
}

static int listen(const struct se_pesq_signals *signals, enum se_pesq_band band,
                  struct se_report *report)
{
    const struct se_pesq_signal *a = &signals->clean, *b = &signals->processed;

    if (band == SE_PESQ_NARROW)
        return se_pesq_filter_by_curve(input_of(a), input_of(b),
                                       &se_pesq_handset_curve, report);
    listen_wide(a);
    listen_wide(b);
    return SE_OK;
}

int se_pesq_signals_create(struct se_pesq_signals *signals,
                           const struct se_pesq_pair *pair,
                           enum se_pesq_band band, struct se_report *report)
{
    int64_t n =
        pair->n_clean > pair->n_processed ? pair->n_clean : pair->n_processed;

    memset(signals, 0, sizeof *signals);

    int status = check_pair(pair, report);

    if (status != SE_OK)
        return status;
    signals->longest = (int)n + 2 * SE_PESQ_GUARD;
    status = set_signal(&signals->clean, pair->clean, pair->n_clean,
                        signals->longest, report);
    if (status == SE_OK)
        status = set_signal(&signals->processed, pair->processed,
                            pair->n_processed, signals->longest, report);
    if (status == SE_OK)
        status = set_levels(signals, report);
    if (status == SE_OK)
        status = listen(signals, band, report);
    if (status != SE_OK)
        se_pesq_signals_destroy(signals);
    return status;
}

void se_pesq_signals_destroy(struct se_pesq_signals *signals)
{
    free(signals->clean.x);
    free(signals->processed.x);
    memset(signals, 0, sizeof *signals);
}

/* The mean is that over the guards, too. */
static void remove_mean(float *x, int n, int length)
{
    double sum = 0.0;

    for (int i = 0; i < n; i++)
        sum += (double)x[i];
    for (int i = 0; i < n; i++)
        x[i] -= (float)(sum / length);
}

void se_pesq_timing_signal(float *y, const struct se_pesq_signal *signal)
{
    int n = signal->length + SE_PESQ_TAIL;
    float *input = y + SE_PESQ_GUARD;

    memcpy(y, signal->x, (size_t)n * sizeof *y);
    remove_mean(input, signal->n, signal->length);
    for (int i = 0; i < SE_PESQ_CELL; i++) {
        float gain = (0.5f + (float)i) / SE_PESQ_CELL;

        input[i] *= gain;
        input[signal->n - 1 - i] *= gain;
    }
    se_pesq_filter_by_sections(y, n, se_pesq_timing_sections,
                               SE_PESQ_TIMING_SECTIONS);
}
