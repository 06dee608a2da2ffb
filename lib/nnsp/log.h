/* log.h - logarithm of a power, and what the net sees of it. */
#ifndef NNSP_LOG_H
#define NNSP_LOG_H

#include "nnsp/fixed.h"
#include "nnsp/nnsp.h"
#include "nnsp/tables.h"

/* log10(power / 2^45), Q17, within 3 units; at least -15 log10(2). */
static inline int32_t nnsp_log10_q17(uint64_t power)
{
    const uint64_t least = UINT64_C(1) << 30; /* 2^-15 */
    const int32_t log10_2_q24 = 5050445;

    if (power < least)
        power = least;

    int exponent = 63 - 45; /* of the uppermost bit */
    uint32_t mantissa = nnsp_normalise(power, &exponent);
    const uint16_t *step = &nnsp_log10[mantissa >> 25 & 63];
    int32_t part = (int32_t)(mantissa >> 9 & 0xffff);

    return nnsp_round_shift(exponent * log10_2_q24, 7) + step[0] +
           nnsp_round_shift((step[1] - step[0]) * part, 16);
}

/* floor((log - mean) * inv_std) in Q8, saturated, of feature i. */
static inline int16_t nnsp_standardise(const struct nnsp_net *net, int32_t log,
                                       int i)
{
    int64_t product = (int64_t)(log - net->mean[i]) * net->inv_std[i];

    return nnsp_saturate_16((int32_t)(product >> 32));
}

#endif
