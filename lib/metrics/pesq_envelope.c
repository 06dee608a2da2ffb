/* pesq_envelope.c - which cells of a signal hold speech, and how loud. */
#include "metrics/pesq_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_RUN = 4,  /* cells of speech that are none */
    SHORT_GAP = 50, /* cells of a pause within speech */
    ROUNDS = 12,    /* of the search for the threshold */
};

/* The powers of an envelope while it is decided which are speech: those that
 * are not are negative. */
struct cells {
    double *v; /* [n] */
    int n;
    double least;         /* power that a cell has at least */
    double threshold;     /* between speech and pauses; < 0: none found */
    double speech, noise; /* mean power of either */
};

static double mean_of(const double *v, int n)
{
    double sum = 0.0;

    for (int i = 0; i < n; i++)
        sum += v[i];
    return sum / n;
}

static void set_powers(struct cells *cells, const float *x)
{
    double most = 0.0;

    for (int c = 0; c < cells->n; c++, x += SE_PESQ_CELL) {
        double sum = 0.0;

        for (int i = 0; i < SE_PESQ_CELL; i++)
            sum += (double)x[i] * (double)x[i];
        cells->v[c] = sum / SE_PESQ_CELL;
        most = fmax(most, cells->v[c]);
    }
    cells->threshold = mean_of(cells->v, cells->n);
    cells->least = most > 0.0 ? 1e-4 * most : 1.0;
    for (int c = 0; c < cells->n; c++)
        cells->v[c] = fmax(cells->v[c], cells->least);
}

/* Two standard deviations above the mean of what lies below it. */
static double next_threshold(const struct cells *cells)
{
    double sum = 0.0, squares = 0.0;
    int n = 0;

    for (int c = 0; c < cells->n; c++) {
        if (cells->v[c] <= cells->threshold) {
            sum += cells->v[c];
            n++;
        }
    }
    if (n == 0)
        return 0.0;
    for (int c = 0; c < cells->n; c++) {
        double off = cells->v[c] - sum / n;

        if (cells->v[c] <= cells->threshold)
            squares += off * off;
    }
    return 1.001 * (sum / n + 2.0 * sqrt(squares / n));
}

static void part_by_threshold(struct cells *cells)
{
    double speech = 0.0, noise = 0.0;
    int n_speech = 0;

    for (int i = 0; i < ROUNDS; i++)
        cells->threshold = next_threshold(cells);
    for (int c = 0; c < cells->n; c++) {
        if (cells->v[c] > cells->threshold) {
            speech += cells->v[c];
            n_speech++;
        } else {
            noise += cells->v[c];
        }
    }
    cells->speech = n_speech > 0 ? speech / n_speech : 0.0;
    cells->noise = n_speech < cells->n ? noise / (cells->n - n_speech) : 1.0;
    if (n_speech == 0)
        cells->threshold = -1.0;
    for (int c = 0; c < cells->n; c++) {
        if (cells->v[c] <= cells->threshold)
            cells->v[c] = -cells->v[c];
    }
    cells->v[0] = cells->v[cells->n - 1] = -cells->least;
}

/* The first cell from `c` on that is speech, or that is not; n if none. */
static int next_speech(const struct cells *cells, int c)
{
    while (c < cells->n && cells->v[c] <= 0.0)
        c++;
    return c;
}

static int next_pause(const struct cells *cells, int c)
{
    while (c < cells->n && cells->v[c] > 0.0)
        c++;
    return c;
}

static void drop(struct cells *cells, int from, int to)
{
    for (int c = from; c < to; c++)
        cells->v[c] = -cells->v[c];
}

static void drop_short_runs(struct cells *cells)
{
    int from, to = 0;

    while ((from = next_speech(cells, to)) < cells->n) {
        to = next_pause(cells, from);
        if (to - from <= SHORT_RUN)
            drop(cells, from, to);
    }
}

static void drop_faint_runs(struct cells *cells)
{
    int from, to = 0;

    while ((from = next_speech(cells, to)) < cells->n) {
        to = next_pause(cells, from);
        if (mean_of(cells->v + from, to - from) < 3.0 * cells->threshold)
            drop(cells, from, to);
    }
}

/* Returns how many runs there are. */
static int join_runs(struct cells *cells)
{
    int from, to = 0, n = 0;

    while ((from = next_speech(cells, to)) < cells->n) {
        if (n > 0 && from - to <= SHORT_GAP) {
            for (int c = to; c < from; c++)
                cells->v[c] = cells->least;
        }
        to = next_pause(cells, from);
        n++;
    }
    return n;
}

static void all_is_speech(struct cells *cells)
{
    for (int c = 0; c < cells->n; c++)
        cells->v[c] = fabs(cells->v[c]);
    cells->v[0] = cells->v[cells->n - 1] = -cells->least;
}

/* Speech begins two cells early and ends two cells late. */
static void smooth_edges(struct cells *cells)
{
    double *v = cells->v;

    for (int c = 3; c < cells->n - 2; c++) {
        if (v[c] > 0.0 && v[c - 2] <= 0.0) {
            v[c - 2] = 0.1 * v[c];
            v[c - 1] = 0.3 * v[c];
            c++;
        }
        if (v[c] <= 0.0 && v[c - 1] > 0.0) {
            v[c] = 0.3 * v[c - 1];
            v[c + 1] = 0.1 * v[c - 1];
            c += 3;
        }
    }
}

static void set_logs(struct se_pesq_envelope *envelope,
                     const struct cells *cells)
{
    double threshold = cells->threshold > 0.0 ? cells->threshold : cells->least;

    for (int c = 0; c < cells->n; c++) {
        double power = fmax(cells->v[c], 0.0);

        envelope->power[c] = power;
        envelope->log[c] = power > threshold ? log(power / threshold) : 0.0;
    }
}

int se_pesq_envelope_create(struct se_pesq_envelope *envelope, const float *x,
                            int length, struct se_report *report)
{
    int n = length / SE_PESQ_CELL;
    struct cells cells = {.n = n};

    envelope->n = n;
    envelope->power = malloc(2 * (size_t)n * sizeof *envelope->power);
    if (!envelope->power)
        return se_fail_memory(report, "PESQ");
    envelope->log = envelope->power + n;
    cells.v = envelope->power;

    set_powers(&cells, x);
    part_by_threshold(&cells);
    drop_short_runs(&cells);
    if (cells.speech >= 1000.0 * cells.noise)
        drop_faint_runs(&cells);
    if (join_runs(&cells) == 0)
        all_is_speech(&cells);
    smooth_edges(&cells);
    set_logs(envelope, &cells);
    return SE_OK;
}

void se_pesq_envelope_destroy(struct se_pesq_envelope *envelope)
{
    free(envelope->power);
    memset(envelope, 0, sizeof *envelope);
}
