/* pesq_align.c - the utterances of the clean signal and the delay of each. */
#include "metrics/pesq_private.h"

#include <stdlib.h>
#include <string.h>

enum {
    CELL = SE_PESQ_CELL,
    GUARD = SE_PESQ_GUARD_CELLS,
    SHORTEST = 50,                     /* cells of an utterance, 0.2 s */
    SHORTEST_SPLIT = 200,              /* cells of one that may be split */
    MAX_PLACES = 40,                   /* that a split is tried at */
    PIECE = SE_PESQ_FINE / (4 * CELL), /* cells */
};

/* ---- finding ------------------------------------------------------------- */

/* The utterances by the pauses of the clean signal, each with its speech
 * alone as start and end. */
static void find_utterances(struct se_pesq_alignment *alignment,
                            const struct se_pesq_delays *delays, int crude)
{
    const struct se_pesq_envelope *clean = &delays->clean.envelope;
    int last_start = (delays->processed.length - crude) / CELL - SHORTEST;
    int first_end = SHORTEST - crude / CELL;
    int start = -1;

    alignment->n = 0;
    for (int c = 0; c < clean->n; c++) {
        int is_speech = clean->power[c] > 0.0;

        if (is_speech && start < 0)
            start = c;
        if (start < 0 || (is_speech && c < clean->n - 1))
            continue;
        if (c - start >= SHORTEST && start < last_start && c > first_end &&
            alignment->n < SE_PESQ_MAX_UTTERANCES)
            alignment->utterances[alignment->n++] =
                (struct se_pesq_utterance){.start = start, .end = c};
        start = -1;
    }
}

/* With the pause before and behind. */
static void find_delay(struct se_pesq_utterance *utterance,
                       struct se_pesq_delays *delays, int crude)
{
    int last = delays->clean.envelope.n - 1;
    int from = utterance->start - GUARD, to = utterance->end + GUARD;

    if (from < 0)
        from = 0;
    if (to > last)
        to = last;
    utterance->estimate = se_pesq_delay_coarse(delays, from, to, crude);
    utterance->delay =
        se_pesq_delay_forward(delays, from, to, utterance->estimate);
}

/* ---- borders ------------------------------------------------------------- */

/* The first cell whose counterpart lies behind the processed signal's guard. */
static int first_cell(int delay)
{
    return GUARD + (CELL - 1 - delay) / CELL;
}

/* Ends where the processed signal does, if that is earlier. */
static void limit_end(struct se_pesq_utterance *utterance,
                      const struct se_pesq_delays *delays)
{
    int delay = utterance->delay.samples, length = delays->processed.length;

    if (utterance->end * CELL + delay > length - SE_PESQ_GUARD)
        utterance->end = (length - delay) / CELL - GUARD;
}

/* No part of the processed signal belongs to two utterances. */
static void part_neighbours(struct se_pesq_utterance *before,
                            struct se_pesq_utterance *after)
{
    int start = after->start * CELL + after->delay.samples;
    int end = before->end * CELL + before->delay.samples;
    int middle = (start + end) / 2;

    if (start < end) {
        after->start = (CELL - 1 + middle - after->delay.samples) / CELL;
        before->end = (middle - before->delay.samples) / CELL;
    }
}

/* Utterances meet in the middle of the pauses. */
static void set_borders(struct se_pesq_alignment *alignment,
                        const struct se_pesq_delays *delays)
{
    struct se_pesq_utterance *u = alignment->utterances;
    int n = alignment->n;

    for (int i = 1; i < n; i++)
        u[i].start = u[i - 1].end = (u[i].start + u[i - 1].end) / 2;
    u[0].start = GUARD;
    u[n - 1].end = delays->clean.envelope.n - GUARD;
    if (u[0].start * CELL + u[0].delay.samples < SE_PESQ_GUARD)
        u[0].start = first_cell(u[0].delay.samples);
    limit_end(&u[n - 1], delays);
    for (int i = 1; i < n; i++)
        part_neighbours(&u[i - 1], &u[i]);
}

/* ---- splitting ----------------------------------------------------------- */

/* An utterance as two, at a cell. */
struct split {
    int at;
    int estimate[2];
    struct se_pesq_delay delay[2];
};

/* The cells at which to try; returns how many, 0 for too short an utterance. */
static int find_places(int places[MAX_PLACES],
                       const struct se_pesq_utterance *utterance,
                       const double *power)
{
    int from = utterance->start, to = utterance->end;

    while (from < utterance->end && power[from] <= 0.0)
        from++;
    while (to > utterance->start && power[to] <= 0.0)
        to--;
    to++;

    int length = to - from;

    if (length < SHORTEST_SPLIT)
        return 0;

    int step = PIECE * (int)((0.801 * length + 40 * PIECE - 1) / (40 * PIECE));
    int margin = length / 10 > GUARD ? length / 10 : GUARD;
    int n = 0;

    for (int at = from + margin;
         n == 0 || (at <= to - margin && n < MAX_PLACES); at += step)
        places[n++] = at;
    return n;
}

static double confidence(const struct split *split)
{
    return split->delay[0].confidence + split->delay[1].confidence;
}

/* A split must be surer of either part than the whole was. */
static int try_split(struct split *split, struct se_pesq_delays *delays,
                     const struct se_pesq_utterance *utterance)
{
    int start = utterance->start, end = utterance->end;
    double least = utterance->delay.confidence;

    split->estimate[0] =
        se_pesq_delay_coarse(delays, start, split->at, utterance->estimate);
    split->delay[0] =
        se_pesq_delay_forward(delays, start, split->at, split->estimate[0]);
    if (split->delay[0].confidence <= least)
        return 0;
    split->estimate[1] =
        se_pesq_delay_coarse(delays, split->at, end, utterance->estimate);
    split->delay[1] =
        se_pesq_delay_backward(delays, split->at, end, split->estimate[1]);
    return split->delay[1].confidence > least &&
           abs(split->delay[1].samples - split->delay[0].samples) >= CELL;
}

static int find_split(struct split *best, struct se_pesq_delays *delays,
                      const struct se_pesq_utterance *utterance)
{
    int places[MAX_PLACES];
    int n = find_places(places, utterance, delays->clean.envelope.power);
    int found = 0;

    for (int i = 0; i < n; i++) {
        struct split split = {.at = places[i]};

        if (try_split(&split, delays, utterance) &&
            (!found || confidence(&split) > confidence(best))) {
            *best = split;
            found = 1;
        }
    }
    return found;
}

/* Where the delay grows, the processed signal has a gap that neither part
 * reaches over by more than half. */
static void split_utterance(struct se_pesq_utterance u[2],
                            const struct split *split,
                            const struct se_pesq_delays *delays)
{
    int growth = split->delay[1].samples - split->delay[0].samples;
    int reach = growth < 0 ? 0 : growth / (2 * CELL);
    int last = delays->clean.envelope.n - 1;

    u[1] = u[0];
    for (int i = 0; i < 2; i++) {
        u[i].estimate = split->estimate[i];
        u[i].delay = split->delay[i];
    }
    u[0].end = split->at + reach < last ? split->at + reach : last;
    u[1].start = split->at > reach ? split->at - reach : 0;
    if ((u[0].start - GUARD) * CELL + u[0].delay.samples < 0)
        u[0].start = first_cell(u[0].delay.samples);
    limit_end(&u[1], delays);
}

static void split_utterances(struct se_pesq_alignment *alignment,
                             struct se_pesq_delays *delays)
{
    int i = 0;

    while (i < alignment->n && alignment->n < SE_PESQ_MAX_UTTERANCES) {
        struct se_pesq_utterance *u = &alignment->utterances[i];
        struct split split = {.at = 0};

        if (!find_split(&split, delays, u)) {
            i++;
            continue;
        }
        memmove(u + 2, u + 1, (size_t)(alignment->n - i - 1) * sizeof *u);
        split_utterance(u, &split, delays);
        alignment->n++;
    }
}

/* ---- all ----------------------------------------------------------------- */

int se_pesq_align(struct se_pesq_alignment *alignment,
                  const struct se_pesq_signals *signals,
                  struct se_report *report)
{
    struct se_pesq_delays delays;
    int status = se_pesq_delays_create(&delays, signals, report);

    if (status != SE_OK)
        return status;

    int crude = se_pesq_delay_whole(&delays);

    find_utterances(alignment, &delays, crude);
    if (alignment->n > 0) {
        for (int i = 0; i < alignment->n; i++)
            find_delay(&alignment->utterances[i], &delays, crude);
        set_borders(alignment, &delays);
        split_utterances(alignment, &delays);
    } else {
        status = se_fail(report, SE_ERR_ARG,
                         "no speech of 0.2 s or more was found for PESQ");
    }
    se_pesq_delays_destroy(&delays);
    return status;
}

int se_pesq_delay_at(const struct se_pesq_alignment *alignment, int sample)
{
    int i = alignment->n - 1;

    while (i > 0 && alignment->utterances[i].start * CELL > sample)
        i--;
    return alignment->utterances[i].delay.samples;
}
