/* log.h - logarithm of a power, and what the net sees of it. */
#ifndef NNSP_LOG_H
#define NNSP_LOG_H

#include "nnsp/nnsp.h"

/* log10(power / 2^45), Q17, within 3 units; at least -15 log10(2). */
int32_t nnsp_log10_q17(uint64_t power);

/* floor((log - mean) * inv_std) in Q8, saturated, of feature i. */
int16_t nnsp_standardise(const struct nnsp_net *net, int32_t log, int i);

#endif
