/* scaling.h - how long a step would take on many ranks, from the share of one
 * rank, which was measured.
 *
 * Gradients are summed layer by layer while the backward pass still runs
 * (batch_sum.c): of their time on the network, what is longer than that pass
 * shows, and at least that of the first layer, which is summed last. */
#ifndef SE_TRAIN_SCALING_H
#define SE_TRAIN_SCALING_H

#include "nn/arch.h"

/* What connects the ranks. */
struct se_network {
    double latency_s;   /* of a message from one to another */
    double bytes_per_s; /* of each, in each direction, at the same time */
};

/* Seconds in which all of `n_ranks` have the sum of `bytes` bytes of each:
 * halving and doubling, 2 log2(n) messages and 2 (n - 1) / n times the bytes
 * (R. Thakur, R. Rabenseifner, W. Gropp, Optimization of collective
 * communication operations in MPICH, 2005, section 4.5). 0 for one rank. */
double se_scaling_sum_s(const struct se_network *network, int n_ranks,
                        double bytes);

/* Seconds by which the sums of a step of this net make it longer; `own_s` is
 * the step of a rank's own rows, half of which is backward pass; `frozen` has
 * bit i for a layer i that is not summed. */
double se_scaling_wait_s(const struct se_network *network, int n_ranks,
                         const struct se_arch *arch, uint32_t frozen,
                         double own_s);

#endif
