/* pesq_delay.c - the delay of a stretch of speech: to a cell by the envelopes,
 * then to the sample. */
#include "metrics/pesq_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FINE = SE_PESQ_FINE,
    STEP = FINE / 4,
    SMOOTH = FINE / 64, /* half the base of the triangle that blurs lags */
};

/* ---- the signals --------------------------------------------------------- */

static int timing_create(struct se_pesq_timing *timing,
                         const struct se_pesq_signal *signal,
                         struct se_report *report)
{
    timing->length = signal->length;
    timing->x =
        malloc(((size_t)signal->length + SE_PESQ_TAIL) * sizeof *timing->x);
    if (!timing->x)
        return se_fail_memory(report, "PESQ");
    se_pesq_timing_signal(timing->x, signal);
    return se_pesq_envelope_create(&timing->envelope, timing->x, timing->length,
                                   report);
}

static void timing_destroy(struct se_pesq_timing *timing)
{
    free(timing->x);
    se_pesq_envelope_destroy(&timing->envelope);
}

int se_pesq_delays_create(struct se_pesq_delays *delays,
                          const struct se_pesq_signals *signals,
                          struct se_report *report)
{
    memset(delays, 0, sizeof *delays);
    for (int i = 0; i < FINE; i++)
        delays->window[i] = (float)(0.5 - 0.5 * cos(2.0 * M_PI * i / FINE));

    int status = timing_create(&delays->clean, &signals->clean, report);

    if (status == SE_OK)
        status = timing_create(&delays->processed, &signals->processed, report);
    if (status == SE_OK)
        status = se_pesq_correlator_create(
            &delays->cells,
            delays->clean.envelope.n + delays->processed.envelope.n, report);
    if (status == SE_OK)
        status = se_pesq_correlator_create(&delays->samples, FINE, report);
    if (status != SE_OK)
        se_pesq_delays_destroy(delays);
    return status;
}

void se_pesq_delays_destroy(struct se_pesq_delays *delays)
{
    timing_destroy(&delays->clean);
    timing_destroy(&delays->processed);
    se_pesq_correlator_destroy(&delays->cells);
    se_pesq_correlator_destroy(&delays->samples);
    memset(delays, 0, sizeof *delays);
}

/* ---- to a cell ----------------------------------------------------------- */

static void put_cells(struct se_fft *fft, const double *cells, int n)
{
    for (int i = 0; i < n; i++)
        fft->time[i] = (float)cells[i];
    memset(fft->time + n, 0, (size_t)(fft->n - n) * sizeof *fft->time);
}

/* By how many cells y[ny] is later than x[nx]. */
static int best_shift(struct se_pesq_correlator *correlator, const double *x,
                      int nx, const double *y, int ny)
{
    struct se_fft *fft = correlator->fft;
    float most = 0.0f;
    int best = 0;

    put_cells(fft, x, nx);
    se_pesq_correlator_hold(correlator);
    put_cells(fft, y, ny);
    se_pesq_correlator_run(correlator);
    for (int shift = -(nx - 1); shift < ny; shift++) {
        float sum = fft->time[shift < 0 ? shift + fft->n : shift];

        if (sum > most) {
            most = sum;
            best = shift;
        }
    }
    return best;
}

int se_pesq_delay_whole(struct se_pesq_delays *delays)
{
    const struct se_pesq_envelope *x = &delays->clean.envelope;
    const struct se_pesq_envelope *y = &delays->processed.envelope;

    return best_shift(&delays->cells, x->log, x->n, y->log, y->n) *
           SE_PESQ_CELL;
}

int se_pesq_delay_coarse(struct se_pesq_delays *delays, int from, int to,
                         int estimate)
{
    const struct se_pesq_envelope *x = &delays->clean.envelope;
    const struct se_pesq_envelope *y = &delays->processed.envelope;
    int shift = estimate / SE_PESQ_CELL;
    int at = from + shift;

    if (at < 0) {
        from = -shift;
        at = 0;
    }

    int nx = to - from;
    int ny = nx < y->n - at ? nx : y->n - at;

    if (nx <= 1 || ny <= 1)
        return estimate;
    return best_shift(&delays->cells, x->log + from, nx, y->log + at, ny) *
               SE_PESQ_CELL +
           estimate;
}

/* ---- to the sample ------------------------------------------------------- */

/* How often each lag was best, by strength. */
struct histogram {
    double weight[FINE], sum;
};

static void put_piece(struct se_pesq_delays *delays, const float *x)
{
    float *time = delays->samples.fft->time;

    for (int i = 0; i < FINE; i++)
        time[i] = delays->window[i] * x[i];
}

/* All lags that correlate nearly as well as the best one count. */
static void add_piece(struct histogram *histogram,
                      struct se_pesq_delays *delays, int at_clean,
                      int at_processed)
{
    const float *time = delays->samples.fft->time;
    float most = 0.0f;

    put_piece(delays, delays->clean.x + at_clean);
    se_pesq_correlator_hold(&delays->samples);
    put_piece(delays, delays->processed.x + at_processed);
    se_pesq_correlator_run(&delays->samples);
    for (int lag = 0; lag < FINE; lag++)
        most = fmaxf(most, fabsf(time[lag]));

    float limit = 0.99f * most;
    double weight = pow((double)limit, 0.125);

    for (int lag = 0; lag < FINE; lag++) {
        if (fabsf(time[lag]) > limit) {
            histogram->weight[lag] += weight;
            histogram->sum += weight;
        }
    }
}

static double blurred(const struct histogram *histogram, int lag)
{
    double sum = 0.0;

    for (int j = 1 - SMOOTH; j < SMOOTH; j++)
        sum += histogram->weight[(lag + j + FINE) % FINE] *
               (1.0 - (double)abs(j) / SMOOTH);
    return sum;
}

static struct se_pesq_delay peak(const struct histogram *histogram,
                                 int estimate)
{
    double most = 0.0;
    int best = 0;

    if (histogram->sum == 0.0)
        return (struct se_pesq_delay){estimate, 0.0};
    for (int lag = 0; lag < FINE; lag++) {
        double weight = blurred(histogram, lag);

        if (weight > most) {
            most = weight;
            best = lag;
        }
    }
    if (best >= FINE / 2)
        best -= FINE;
    return (struct se_pesq_delay){estimate + best, most / histogram->sum};
}

struct se_pesq_delay se_pesq_delay_forward(struct se_pesq_delays *delays,
                                           int from, int to, int estimate)
{
    struct histogram histogram = {{0}, 0};
    int x = from * SE_PESQ_CELL, y = x + estimate;

    if (y < 0) {
        x = -estimate;
        y = 0;
    }
    while (y + FINE <= delays->processed.length &&
           x + FINE <= to * SE_PESQ_CELL) {
        add_piece(&histogram, delays, x, y);
        x += STEP;
        y += STEP;
    }
    return peak(&histogram, estimate);
}

struct se_pesq_delay se_pesq_delay_backward(struct se_pesq_delays *delays,
                                            int from, int to, int estimate)
{
    struct histogram histogram = {{0}, 0};
    int x = to * SE_PESQ_CELL - FINE, y = x + estimate;

    if (y + FINE > delays->processed.length) {
        y = delays->processed.length - FINE;
        x = y - estimate;
    }
    while (y >= 0 && x >= from * SE_PESQ_CELL) {
        add_piece(&histogram, delays, x, y);
        x -= STEP;
        y -= STEP;
    }
    return peak(&histogram, estimate);
}
