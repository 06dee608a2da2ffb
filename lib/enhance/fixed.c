/* fixed.c - channels and masks around the integer runtime. */
#include "enhance/fixed.h"

#include "enhance/pick.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One stream of the runtime: a channel, or the mean of all. */
struct strand {
    struct nnsp nnsp;
    void *memory;
    int16_t newest[SE_HOP];
    int16_t *late; /* [delay] the last hops of input, 16 bits ... */
    float *exact;  /* ... and as they came */
    float mask[SE_BINS];
};

struct se_fixed {
    int n_channels, n_voices;
    int delay;             /* samples */
    int has_mean;          /* a strand more: the mean, which finds the mask */
    struct strand *strand; /* [n_channels + has_mean] */
};

static int create_strand(struct strand *strand,
                         const struct se_enhancer_config *config, int delay,
                         struct se_report *report)
{
    uint32_t n_bytes = nnsp_memory_bytes(config->fixed);

    strand->memory = malloc(n_bytes + 1);
    strand->late = calloc((size_t)delay, sizeof *strand->late);
    strand->exact = calloc((size_t)delay, sizeof *strand->exact);
    if (!strand->memory || !strand->late || !strand->exact)
        return se_fail_memory(report, "the integer net");
    if (nnsp_init(&strand->nnsp, config->fixed, strand->memory, n_bytes) !=
        NNSP_OK)
        return se_fail(report, SE_ERR_ARG,
                       "the integer runtime cannot hold the net");
    return SE_OK;
}

int se_fixed_create(struct se_fixed **out,
                    const struct se_enhancer_config *config,
                    struct se_report *report)
{
    int linked = config->mode == SE_CHANNELS_LINKED;
    struct se_fixed *fixed = calloc(1, sizeof *fixed);
    int n, status = SE_OK;

    *out = NULL;
    if (!fixed)
        return se_fail_memory(report, "the enhancer");
    fixed->n_channels = config->channels;
    fixed->delay = SE_STFT_DELAY + config->fixed->lookahead * SE_HOP;
    fixed->n_voices = linked ? 1 : config->channels;
    fixed->has_mean = linked && config->channels > 1;
    n = fixed->n_channels + fixed->has_mean;
    fixed->strand = calloc((size_t)n, sizeof *fixed->strand);
    if (!fixed->strand)
        status = se_fail_memory(report, "the enhancer");
    for (int i = 0; i < n && status == SE_OK; i++)
        status = create_strand(&fixed->strand[i], config, fixed->delay, report);
    if (status != SE_OK) {
        se_fixed_destroy(fixed);
        return status;
    }
    se_fixed_limit(fixed, config->attenuation_limit_db);
    se_fixed_reset(fixed);
    *out = fixed;
    return SE_OK;
}

void se_fixed_destroy(struct se_fixed *fixed)
{
    if (!fixed)
        return;
    for (int i = 0; fixed->strand && i < fixed->n_channels + fixed->has_mean;
         i++) {
        free(fixed->strand[i].memory);
        free(fixed->strand[i].late);
        free(fixed->strand[i].exact);
    }
    free(fixed->strand);
    free(fixed);
}

void se_fixed_limit(struct se_fixed *fixed, float attenuation_limit_db)
{
    double floor = pow(10.0, (double)attenuation_limit_db / -20.0);

    for (int i = 0; i < fixed->n_channels + fixed->has_mean; i++)
        fixed->strand[i].nnsp.mask_min = (int16_t)lrint(32767.0 * floor);
}

static void read_mask(struct strand *strand)
{
    const struct nnsp *nnsp = &strand->nnsp;

    for (int k = 0; k < SE_BINS; k++) {
        int16_t mask = nnsp->mask[k];

        mask = mask > nnsp->mask_min ? mask : nnsp->mask_min;
        strand->mask[k] = (float)mask / 32767.0f;
    }
}

void se_fixed_reset(struct se_fixed *fixed)
{
    for (int i = 0; i < fixed->n_channels + fixed->has_mean; i++) {
        struct strand *strand = &fixed->strand[i];

        nnsp_reset(&strand->nnsp);
        memset(strand->late, 0, (size_t)fixed->delay * sizeof *strand->late);
        memset(strand->exact, 0, (size_t)fixed->delay * sizeof *strand->exact);
        read_mask(strand);
    }
}

static void analyse(struct strand *strand, const float hop[SE_HOP])
{
    se_sound_to_int16(strand->newest, hop, SE_HOP);
    nnsp_analyse(&strand->nnsp, strand->newest);
}

static void find_mask(struct strand *strand)
{
    nnsp_extract(&strand->nnsp);
    nnsp_infer(&strand->nnsp);
    read_mask(strand);
}

/* Puts the enhanced hop, `delay` samples late, in place of the newest input. */
static void synthesise(struct strand *strand, float hop[SE_HOP], int delay)
{
    int n_kept = delay - SE_HOP;
    int16_t enhanced[SE_HOP];
    float newest[SE_HOP];

    nnsp_synthesise(&strand->nnsp, enhanced);
    memcpy(newest, hop, sizeof newest);
    for (int i = 0; i < SE_HOP; i++) {
        int taken = strand->late[i] - enhanced[i];

        hop[i] = strand->exact[i] - (float)taken / 32768.0f;
    }
    memmove(strand->exact, strand->exact + SE_HOP,
            (size_t)n_kept * sizeof *strand->exact);
    memcpy(strand->exact + n_kept, newest, sizeof newest);
    memmove(strand->late, strand->late + SE_HOP,
            (size_t)n_kept * sizeof *strand->late);
    memcpy(strand->late + n_kept, strand->newest, sizeof strand->newest);
}

void se_fixed_step(struct se_fixed *fixed, float *out, const float *in)
{
    int n = fixed->n_channels;
    struct strand *mean = &fixed->strand[n]; /* if there is one */
    float hop[SE_HOP];

    if (fixed->has_mean) {
        se_pick(hop, in, -1, n);
        analyse(mean, hop);
        find_mask(mean);
    }
    for (int c = 0; c < n; c++) {
        struct strand *strand = &fixed->strand[c];

        se_pick(hop, in, c, n);
        analyse(strand, hop);
        if (fixed->has_mean)
            memcpy(strand->nnsp.mask, mean->nnsp.mask,
                   SE_BINS * sizeof *strand->nnsp.mask);
        else
            find_mask(strand);
        synthesise(strand, hop, fixed->delay);
        for (int i = 0; i < SE_HOP; i++)
            out[i * n + c] = hop[i];
    }
}

void se_fixed_features(const struct se_fixed *fixed, float *x)
{
    const struct strand *strand =
        &fixed->strand[fixed->has_mean ? fixed->n_channels : 0];

    for (int i = 0; i < strand->nnsp.net->n_features; i++)
        x[i] = (float)strand->nnsp.features[i] / 256.0f;
}

const float *se_fixed_mask(const struct se_fixed *fixed, int channel)
{
    if (fixed->has_mean)
        return fixed->strand[fixed->n_channels].mask;
    return fixed->strand[fixed->n_voices > 1 ? channel : 0].mask;
}
