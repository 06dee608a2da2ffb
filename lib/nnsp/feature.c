/* feature.c - spectrum to standardised features. */
#include "nnsp/core.h"
#include "nnsp/fixed.h"
#include "nnsp/log.h"

#if !NNSP_MVE

/* Sum of weights times powers: its two halves, by products of 32 bits. The
 * whole is below 2^63, and so is each half where it stands. */
struct sum {
    uint64_t lower; /* of the powers' lower 32 bits */
    uint32_t upper;
};

/* The falling band and the rising one that follows it, Q45. */
struct bands {
    struct sum falling, rising;
};

/* |X|^2, full scale 1: Q30. */
static uint64_t power(int32_t re, int32_t im)
{
    return (uint64_t)((int64_t)re * re + (int64_t)im * im) >> 16;
}

static inline void add_product(struct sum *sum, uint32_t weight, uint64_t p)
{
    sum->lower = nnsp_umlal(sum->lower, weight, (uint32_t)p);
    sum->upper += weight * (uint32_t)(p >> 32);
}

static inline void add_bin(struct bands *bands, const uint16_t weight[2],
                           uint64_t p)
{
    add_product(&bands->falling, weight[1], p);
    add_product(&bands->rising, weight[0], p);
}

static uint64_t whole(struct sum sum)
{
    return sum.lower + ((uint64_t)sum.upper << 32);
}

/* Adds bins from .. to - 1; the first and the last of all are real. */
static void add_bins(struct bands *bands, const int32_t *spectrum,
                     const uint16_t (*weight)[2], int from, int to)
{
    const int last = NNSP_BINS - 1;

    if (from == 0 && to > 0)
        add_bin(bands, weight[from++], power(spectrum[0], 0));
    if (to > last && from < to)
        add_bin(bands, weight[--to], power(spectrum[1], 0));
    for (const int32_t *x = spectrum + 2 * from; x < spectrum + 2 * to; x += 2)
        add_bin(bands, weight[from++], power(x[0], x[1]));
}

void nnsp_extract(struct nnsp *nnsp)
{
    const struct nnsp_net *net = nnsp->net;
    struct bands bands = {{0, 0}, {0, 0}};

    for (int i = 0; i <= net->n_features; i++) {
        const struct sum none = {0, 0};

        bands.falling = bands.rising;
        bands.rising = none;
        add_bins(&bands, nnsp->spectrum, net->weight, net->edge[i],
                 net->edge[i + 1]);
        if (i > 0)
            nnsp->features[i - 1] = nnsp_standardise(
                net, nnsp_log10_q17(whole(bands.falling)), i - 1);
    }
}

#endif
