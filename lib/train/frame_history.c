/* frame_history.c - amplitudes before a block, targets that are not due yet. */
#include "train/frame_history_private.h"

#include <stdlib.h>
#include <string.h>

/* What the loss of a frame is computed from. */
struct target {
    float noisy[SE_BINS], clean[SE_BINS], cross[SE_BINS];
    se_bin noisy_spectrum[SE_BINS], clean_spectrum[SE_BINS];
};

struct se_frame_history {
    struct se_taps taps;
    float *amplitudes;      /* [n - 1][SE_BINS] oldest first */
    struct target *waiting; /* [lookahead] a ring */
    int next;               /* of them: the one that is due */
};

int64_t se_frame_history_bytes(const struct se_taps *taps)
{
    const struct se_frame_history *history;

    return (int64_t)(sizeof *history +
                     (size_t)taps->n * SE_BINS * sizeof *history->amplitudes +
                     ((size_t)taps->lookahead + 1) * sizeof *history->waiting);
}

int se_frame_history_create(struct se_frame_history **out,
                            const struct se_taps *taps,
                            struct se_report *report)
{
    struct se_frame_history *history = calloc(1, sizeof *history);

    *out = NULL;
    if (!history)
        return se_fail_memory(report, "a training sequence");
    history->taps = *taps;
    history->amplitudes =
        calloc((size_t)taps->n * SE_BINS, sizeof *history->amplitudes);
    history->waiting =
        calloc((size_t)taps->lookahead + 1, sizeof *history->waiting);
    if (!history->amplitudes || !history->waiting) {
        se_frame_history_destroy(history);
        return se_fail_memory(report, "a training sequence");
    }
    *out = history;
    return SE_OK;
}

void se_frame_history_destroy(struct se_frame_history *history)
{
    if (!history)
        return;
    free(history->amplitudes);
    free(history->waiting);
    free(history);
}

void se_frame_history_reset(struct se_frame_history *history)
{
    memset(history->amplitudes, 0,
           (size_t)history->taps.n * SE_BINS * sizeof *history->amplitudes);
    memset(history->waiting, 0,
           (size_t)history->taps.lookahead * sizeof *history->waiting);
    history->next = 0;
}

static float *amplitudes_at(const struct se_block *block, int frame, int row)
{
    return block->amplitudes + ((int64_t)frame * block->rows + row) * SE_BINS;
}

void se_frame_history_begin(struct se_frame_history *history,
                            struct se_block *block, int row)
{
    for (int i = 0; i < history->taps.n - 1; i++)
        memcpy(amplitudes_at(block, i, row), history->amplitudes + i * SE_BINS,
               SE_BINS * sizeof *history->amplitudes);
}

void se_frame_history_end(struct se_frame_history *history,
                          const struct se_block *block, int row)
{
    for (int i = 0; i < history->taps.n - 1; i++)
        memcpy(history->amplitudes + i * SE_BINS,
               amplitudes_at(block, block->frames + i, row),
               SE_BINS * sizeof *history->amplitudes);
}

static void swap(void *a, void *b, size_t n_floats)
{
    float *x = a, *y = b;

    for (size_t i = 0; i < n_floats; i++) {
        float kept = x[i];

        x[i] = y[i];
        y[i] = kept;
    }
}

static void add_amplitudes(float *amplitudes, const float *noisy, float gain)
{
    for (int k = 0; k < SE_BINS; k++)
        amplitudes[k] = noisy[k] / gain;
}

void se_frame_history_add(struct se_frame_history *history,
                          struct se_block *block, int frame, int row,
                          float gain)
{
    int64_t at = ((int64_t)frame * block->rows + row) * SE_BINS;
    struct target *target = &history->waiting[history->next];

    if (block->amplitudes)
        add_amplitudes(amplitudes_at(block, history->taps.n - 1 + frame, row),
                       block->noisy + at, gain);
    if (history->taps.lookahead == 0)
        return;
    history->next = (history->next + 1) % history->taps.lookahead;
    swap(target->noisy, block->noisy + at, SE_BINS);
    swap(target->clean, block->clean + at, SE_BINS);
    swap(target->cross, block->cross + at, SE_BINS);
    if (!block->noisy_spectrum)
        return;
    swap(target->noisy_spectrum, block->noisy_spectrum + at, 2 * SE_BINS);
    swap(target->clean_spectrum, block->clean_spectrum + at, 2 * SE_BINS);
}
