/* pesq_realign.c - frames that a shrinking delay has lost, and stretches that
 * are so different that their delay is searched for once more. */
#include "metrics/pesq_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELL = SE_PESQ_CELL,
    FRAME = SE_PESQ_FRAME,
    HOP = SE_PESQ_HOP,
    GUARD = SE_PESQ_GUARD,
    SHORTEST = 5,      /* frames of a bad stretch */
    REACH = 4 * FRAME, /* samples either way that are searched */
    CLOSE = 2,         /* frames that bad ones may lie apart */
};

static const double bad = 30.0; /* symmetric disturbance */

/* ---- lost frames --------------------------------------------------------- */

static int frame_of(int cell, int delay)
{
    int frame = ((cell - SE_PESQ_GUARD_CELLS) * CELL + delay) / HOP;

    return frame > 0 ? frame : 0;
}

/* The end of one utterance is not in the processed signal any more: nothing to
 * compare with, so it does not disturb. */
static void forgive_lost_frames(struct se_pesq_model *model)
{
    const struct se_pesq_utterance *u = model->alignment->utterances;

    for (int i = 1; i < model->alignment->n; i++) {
        int before = u[i - 1].delay.samples, after = u[i].delay.samples;

        if (after - before >= -HOP)
            continue;

        int from = frame_of(u[i].start, after);
        int from_end = frame_of(u[i - 1].end, before);
        int to = frame_of(u[i].start, before - after) + 1;

        for (int f = from < from_end ? from : from_end;
             f <= to && f < model->last; f++)
            model->symmetric[f] = model->asymmetric[f] = 0.0;
    }
}

/* ---- bad stretches ------------------------------------------------------- */

static int any(const char *is_bad, int from, int to)
{
    for (int f = from; f <= to; f++) {
        if (is_bad[f])
            return 1;
    }
    return 0;
}

/* closed[last + 1]: is_bad[last + 1] with its gaps closed. */
static void close_gaps(char *closed, const char *is_bad, int last)
{
    memset(closed, 0, (size_t)last + 1);
    for (int f = CLOSE; f < last - CLOSE; f++)
        closed[f] = any(is_bad, f - CLOSE, f) && any(is_bad, f, f + CLOSE);
}

/* Frames from..to-1. */
struct stretch {
    int from, to;
};

/* The first bad stretch from frame `f` on; {last, last} if there is none. */
static struct stretch next_stretch(const char *closed, int f, int last)
{
    while (f < last) {
        int from = f;

        while (f < last && closed[f])
            f++;
        if (f - from >= SHORTEST)
            return (struct stretch){from, f};
        f++;
    }
    return (struct stretch){last, last};
}

/* ---- another delay ------------------------------------------------------- */

static int clamp(int i, int low, int high)
{
    return i < low ? low : i > high ? high : i;
}

/* Bounds of the samples that belong to frames: the guards are left out. */
static int samples_end(const struct se_pesq_model *model)
{
    return model->signals->longest + SE_PESQ_TAIL - GUARD;
}

/* y: the processed signal, moved to where the clean one is. */
static void move_processed(float *y, const struct se_pesq_model *model)
{
    int end = samples_end(model);

    memset(y, 0, ((size_t)model->signals->longest + SE_PESQ_TAIL) * sizeof *y);
    for (int i = GUARD; i < end; i++) {
        int at = i + se_pesq_delay_at(model->alignment, i);

        y[i] = model->signals->processed.x[clamp(at, GUARD, end - 1)];
    }
}

static double energy(const float *x, int n)
{
    double sum = 0.0;

    for (int i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

/* time[n]: the largest correlation of magnitudes, which is in the correlator
 * after it has run, at -REACH..REACH-1 samples. */
static int best_delay(const struct se_fft *fft, double norm)
{
    double most = 0.0;
    int best = 0;

    for (int delay = -REACH; delay < REACH; delay++) {
        double c = (double)fft->time[delay < 0 ? delay + fft->n : delay];

        if (c > most) {
            most = c;
            best = delay;
        }
    }
    return most / fft->n >= 0.5 * norm ? best : 0;
}

/* The samples of a stretch, with REACH before and behind, in time[n]; those of
 * the clean signal without what surrounds them. */
static void put_clean(float *time, const struct se_pesq_model *model, int start,
                      int n)
{
    for (int i = REACH; i < n - REACH; i++)
        time[i] = fabsf(model->signals->clean.x[start + i]);
}

static void put_moved(float *time, const struct se_pesq_model *model,
                      const float *moved, int start, int n)
{
    for (int i = 0; i < n; i++) {
        int at = clamp(start + i, GUARD, samples_end(model) - 1);

        time[i] = fabsf(moved[at]);
    }
}

static int find_delay(int *delay, const struct se_pesq_model *model,
                      const float *moved, struct stretch stretch,
                      struct se_report *report)
{
    int start = stretch.from * HOP + GUARD - REACH;
    int n = (stretch.to - stretch.from) * HOP + FRAME + 2 * REACH;
    struct se_pesq_correlator correlator;
    int status = se_pesq_correlator_create(&correlator, 2 * n, report);

    if (status != SE_OK)
        return status;

    struct se_fft *fft = correlator.fft;
    size_t size = (size_t)fft->n * sizeof *fft->time;
    double clean, other;

    memset(fft->time, 0, size);
    put_clean(fft->time, model, start, n);
    clean = energy(fft->time, n);
    se_pesq_correlator_hold(&correlator);
    memset(fft->time, 0, size);
    put_moved(fft->time, model, moved, start, n);
    other = energy(fft->time, n);
    se_pesq_correlator_run(&correlator);

    *delay = 0;
    if (clean > 1e-6 * fft->n && other > 1e-6 * fft->n)
        *delay = best_delay(fft, sqrt(clean * other));
    se_pesq_correlator_destroy(&correlator);
    return SE_OK;
}

/* y[stretch] = the moved signal, `delay` samples later. */
static void shift(float *y, const struct se_pesq_model *model,
                  const float *moved, struct stretch stretch, int delay)
{
    int end = stretch.to * HOP + FRAME + GUARD;

    for (int i = stretch.from * HOP + GUARD; i < end; i++)
        y[i] = moved[clamp(i + delay, 0, model->signals->longest - 1)];
}

/* The smaller disturbance counts. */
static void compare_again(struct se_pesq_model *model, const float *y,
                          struct stretch stretch)
{
    double gain = 1.0;

    for (int f = stretch.from; f < stretch.to; f++) {
        struct se_pesq_disturbance found =
            se_pesq_model_disturbance(model, f, y + GUARD + f * HOP, &gain);

        model->symmetric[f] = fmin(model->symmetric[f], found.symmetric);
        model->asymmetric[f] = fmin(model->asymmetric[f], found.asymmetric);
    }
}

/* moved, y: [longest + tail]; all stretches are shifted before one is compared,
 * for their frames overlap. */
static int realign(struct se_pesq_model *model, const char *closed,
                   float *moved, float *y, struct se_report *report)
{
    size_t n = (size_t)model->signals->longest + SE_PESQ_TAIL;
    struct stretch s = {0, 0};

    move_processed(moved, model);
    memcpy(y, moved, n * sizeof *y);
    while ((s = next_stretch(closed, s.to, model->last)).from < model->last) {
        int delay;
        int status = find_delay(&delay, model, moved, s, report);

        if (status != SE_OK)
            return status;
        shift(y, model, moved, s, delay);
    }
    s.to = 0;
    while ((s = next_stretch(closed, s.to, model->last)).from < model->last)
        compare_again(model, y, s);
    return SE_OK;
}

static int has_bad_frame(const struct se_pesq_model *model)
{
    for (int f = 0; f <= model->last; f++) {
        if (model->symmetric[f] > bad)
            return 1;
    }
    return 0;
}

int se_pesq_realign(struct se_pesq_model *model, struct se_report *report)
{
    size_t n = (size_t)model->signals->longest + SE_PESQ_TAIL;
    size_t n_frames = (size_t)model->last + 1;
    int has_bad = has_bad_frame(model), status = SE_OK;

    forgive_lost_frames(model);
    if (!has_bad)
        return SE_OK;

    float *signals = malloc(2 * n * sizeof *signals);
    char *is_bad = calloc(2 * n_frames, 1);

    if (signals && is_bad) {
        for (int f = 1; f <= model->last; f++)
            is_bad[f] = model->symmetric[f] > bad;
        close_gaps(is_bad + n_frames, is_bad, model->last);
        status =
            realign(model, is_bad + n_frames, signals, signals + n, report);
    } else {
        status = se_fail_memory(report, "PESQ");
    }
    free(signals);
    free(is_bad);
    return status;
}
