/* scaling.c - steps on many ranks, predicted. */
#include "train/scaling.h"

#include <math.h>

double se_scaling_sum_s(const struct se_network *network, int n_ranks,
                        double bytes)
{
    const double n = n_ranks;

    if (n_ranks < 2)
        return 0;
    return 2 * ceil(log2(n)) * network->latency_s +
           2 * (n - 1) / n * bytes / network->bytes_per_s;
}

double se_scaling_wait_s(const struct se_network *network, int n_ranks,
                         const struct se_arch *arch, uint32_t frozen,
                         double own_s)
{
    double all_s = 0, last_s = 0;

    for (int i = arch->n_layers - 1; i >= 0; i--) {
        if (frozen >> i & 1)
            continue;
        last_s = se_scaling_sum_s(network, n_ranks,
                                  (double)se_arch_layer_parameters(arch, i) *
                                      sizeof(float));
        all_s += last_s;
    }
    /* Then loss and frames are summed. */
    return fmax(last_s, all_s - own_s / 2) +
           se_scaling_sum_s(network, n_ranks, 2 * sizeof(double));
}
