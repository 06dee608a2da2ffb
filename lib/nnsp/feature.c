/* feature.c - spectrum to standardised features. */
#include "nnsp/feature.h"

#include "nnsp/fixed.h"
#include "nnsp/tables.h"

/* Number of the highest bit set, x > 0. */
static int highest_bit(uint64_t x)
{
    int n = 0;

    for (int half = 32; half > 0; half /= 2) {
        if (x >> half) {
            x >>= half;
            n += half;
        }
    }
    return n;
}

int32_t nnsp_log10_q17(uint64_t power)
{
    const uint64_t least = UINT64_C(1) << 30; /* 2^-15 */
    const int32_t log10_2_q24 = 5050445;

    if (power < least)
        power = least;

    int exponent = highest_bit(power);
    uint32_t mantissa = (uint32_t)(power << (63 - exponent) >> 32);
    const uint16_t *step = &nnsp_log10[mantissa >> 25 & 63];
    int32_t part = (int32_t)(mantissa >> 9 & 0xffff);

    return nnsp_round_shift((exponent - 45) * log10_2_q24, 7) + step[0] +
           nnsp_round_shift((step[1] - step[0]) * part, 16);
}

int16_t nnsp_standardise(const struct nnsp_net *net, int32_t log, int i)
{
    int64_t product = (int64_t)(log - net->mean[i]) * net->inv_std[i];

    return nnsp_saturate_16((int32_t)(product >> 32));
}

/* |X|^2 of bin k, full scale 1: Q30. */
static uint64_t power(const int32_t *spectrum, int k)
{
    int64_t re = spectrum[2 * k], im = spectrum[2 * k + 1];

    if (k == 0 || k == NNSP_BINS - 1) {
        re = spectrum[k == 0 ? 0 : 1];
        im = 0;
    }
    return (uint64_t)(re * re + im * im) >> 16;
}

void nnsp_extract(struct nnsp *nnsp)
{
    const struct nnsp_net *net = nnsp->net;
    uint64_t rising = 0; /* of the band that falls next, Q45 */

    for (int i = -1; i < net->n_features; i++) {
        uint64_t band = rising;

        rising = 0;
        for (int k = net->edge[i + 1]; k < net->edge[i + 2]; k++) {
            uint64_t p = power(nnsp->spectrum, k);

            rising += net->weight[k][0] * p;
            band += net->weight[k][1] * p;
        }
        if (i >= 0)
            nnsp->features[i] = nnsp_standardise(net, nnsp_log10_q17(band), i);
    }
}
