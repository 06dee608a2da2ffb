/* feature.c - spectrum to standardised features. */
#include "nnsp/feature.h"

#include "nnsp/fixed.h"
#include "nnsp/tables.h"

int32_t nnsp_log10_q17(uint64_t power)
{
    const uint64_t least = UINT64_C(1) << 30; /* 2^-15 */
    const int32_t log10_2_q24 = 5050445;

    if (power < least)
        power = least;

    uint32_t upper = (uint32_t)(power >> 32), lower = (uint32_t)power;
    int exponent = 63 - 45; /* of the uppermost bit */

    if (upper == 0) {
        upper = lower;
        lower = 0;
        exponent -= 32;
    }

    int zeros = nnsp_leading_zeros(upper);
    uint32_t mantissa = upper << zeros | lower >> 1 >> (31 - zeros);
    const uint16_t *step = &nnsp_log10[mantissa >> 25 & 63];
    int32_t part = (int32_t)(mantissa >> 9 & 0xffff);

    return nnsp_round_shift((exponent - zeros) * log10_2_q24, 7) + step[0] +
           nnsp_round_shift((step[1] - step[0]) * part, 16);
}

int16_t nnsp_standardise(const struct nnsp_net *net, int32_t log, int i)
{
    int64_t product = (int64_t)(log - net->mean[i]) * net->inv_std[i];

    return nnsp_saturate_16((int32_t)(product >> 32));
}

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
