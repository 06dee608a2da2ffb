/* past.c - amplitudes heard before a block, targets that are not due yet. */
#include "train/past.h"

#include <stdlib.h>
#include <string.h>

/* What a frame is judged by. */
struct target {
    float noisy[SE_BINS], clean[SE_BINS], cross[SE_BINS];
    se_bin noisy_spectrum[SE_BINS], clean_spectrum[SE_BINS];
};

struct se_past {
    struct se_taps taps;
    float *heard;           /* [n - 1][SE_BINS] oldest first */
    struct target *waiting; /* [lookahead] a ring */
    int next;               /* of them: the one that is due */
};

int64_t se_past_bytes(const struct se_taps *taps)
{
    const struct se_past *past;

    return (int64_t)(sizeof *past +
                     (size_t)taps->n * SE_BINS * sizeof *past->heard +
                     ((size_t)taps->lookahead + 1) * sizeof *past->waiting);
}

int se_past_create(struct se_past **out, const struct se_taps *taps,
                   struct se_report *report)
{
    struct se_past *past = calloc(1, sizeof *past);

    *out = NULL;
    if (!past)
        return se_fail_memory(report, "a training sequence");
    past->taps = *taps;
    past->heard = calloc((size_t)taps->n * SE_BINS, sizeof *past->heard);
    past->waiting = calloc((size_t)taps->lookahead + 1, sizeof *past->waiting);
    if (!past->heard || !past->waiting) {
        se_past_destroy(past);
        return se_fail_memory(report, "a training sequence");
    }
    *out = past;
    return SE_OK;
}

void se_past_destroy(struct se_past *past)
{
    if (!past)
        return;
    free(past->heard);
    free(past->waiting);
    free(past);
}

void se_past_reset(struct se_past *past)
{
    memset(past->heard, 0,
           (size_t)past->taps.n * SE_BINS * sizeof *past->heard);
    memset(past->waiting, 0,
           (size_t)past->taps.lookahead * sizeof *past->waiting);
    past->next = 0;
}

static float *heard_at(const struct se_block *block, int frame, int row)
{
    return block->heard + ((int64_t)frame * block->rows + row) * SE_BINS;
}

void se_past_begin(struct se_past *past, struct se_block *block, int row)
{
    for (int i = 0; i < past->taps.n - 1; i++)
        memcpy(heard_at(block, i, row), past->heard + i * SE_BINS,
               SE_BINS * sizeof *past->heard);
}

void se_past_end(struct se_past *past, const struct se_block *block, int row)
{
    for (int i = 0; i < past->taps.n - 1; i++)
        memcpy(past->heard + i * SE_BINS,
               heard_at(block, block->steps + i, row),
               SE_BINS * sizeof *past->heard);
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

void se_past_add(struct se_past *past, struct se_block *block, int step,
                 int row, float gain)
{
    int64_t at = ((int64_t)step * block->rows + row) * SE_BINS;
    float *heard = heard_at(block, past->taps.n - 1 + step, row);
    struct target *target = &past->waiting[past->next];

    for (int k = 0; k < SE_BINS; k++)
        heard[k] = block->noisy[at + k] / gain;
    if (past->taps.lookahead == 0)
        return;
    past->next = (past->next + 1) % past->taps.lookahead;
    swap(target->noisy, block->noisy + at, SE_BINS);
    swap(target->clean, block->clean + at, SE_BINS);
    swap(target->cross, block->cross + at, SE_BINS);
    if (!block->noisy_spectrum)
        return;
    swap(target->noisy_spectrum, block->noisy_spectrum + at, 2 * SE_BINS);
    swap(target->clean_spectrum, block->clean_spectrum + at, 2 * SE_BINS);
}
