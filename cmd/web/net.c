/* net.c - the integer runtime for WebAssembly: a step is a hop of each channel,
 * which share one mask, that of their mean. No library, no imports. */
#include "def_nn3_se.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

enum { MAX_CHANNELS = 8 };

/* One for each channel, and that of the mean behind them. */
static struct runner {
    struct nnsp nnsp;
    int16_t hop[NNSP_HOP];
    uint64_t memory[NNSP_SE_MEMORY_BYTES / 8];
} runners[MAX_CHANNELS + 1];

static int16_t lowest; /* mask_min */
static int16_t mask[NNSP_BINS];

int EXPORT(max_channels)(void)
{
    return MAX_CHANNELS;
}

/* Back to silence. 0: done; else enum nnsp_status. stream.js knows the delay of
 * nets that do not look ahead, and no other. */
int EXPORT(reset)(void)
{
    if (nnsp_net_se.lookahead > 0)
        return NNSP_ERR_NET;
    for (int i = 0; i <= MAX_CHANNELS; i++) {
        struct runner *runner = &runners[i];
        int status = nnsp_init(&runner->nnsp, &nnsp_net_se, runner->memory,
                               sizeof runner->memory);

        if (status != NNSP_OK)
            return status;
    }
    return NNSP_OK;
}

/* The mask is never below this, 0..32767. */
void EXPORT(limit)(int mask_min)
{
    lowest = (int16_t)mask_min;
}

/* Where a channel's samples go and come from; of several channels, their mean
 * goes to the place behind the last one. */
int16_t *EXPORT(hop)(int channel)
{
    return runners[channel].hop;
}

/* The mask of the last step, Q15, [257]. */
const int16_t *EXPORT(last_mask)(void)
{
    return mask;
}

static void find_mask(struct runner *runner)
{
    nnsp_extract(&runner->nnsp);
    nnsp_infer(&runner->nnsp);
    for (int k = 0; k < NNSP_BINS; k++)
        mask[k] = runner->nnsp.mask[k] > lowest ? runner->nnsp.mask[k] : lowest;
}

/* Puts enhanced samples, NNSP_DELAY late, in the places of the newest ones. */
void EXPORT(step)(int channels)
{
    struct runner *first = &runners[channels > 1 ? channels : 0];

    nnsp_analyse(&first->nnsp, first->hop);
    find_mask(first);
    for (int c = 0; c < channels; c++) {
        struct runner *runner = &runners[c];

        if (runner != first)
            nnsp_analyse(&runner->nnsp, runner->hop);
        for (int k = 0; k < NNSP_BINS; k++)
            runner->nnsp.mask[k] = mask[k];
        nnsp_synthesise(&runner->nnsp, runner->hop);
    }
}
