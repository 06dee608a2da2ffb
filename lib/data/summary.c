/* summary.c - levels of a record. */
#include "data/summary.h"

#include <math.h>

enum { N_BINS = 257 };

struct se_summary se_summarise(const struct se_example *example)
{
    int64_t n = (int64_t)example->n_frames * N_BINS;
    double noisy = 0, clean = 0;
    struct se_summary summary = {.lowest = INFINITY, .highest = -INFINITY};

    for (int64_t i = 0; i < n; i++) {
        float a = example->pspec_noisy[i], b = example->pspec_clean[i];

        noisy += (double)a;
        clean += (double)b;
        summary.lowest = fminf(summary.lowest, fminf(a, b));
        summary.highest = fmaxf(summary.highest, fmaxf(a, b));
    }
    summary.noisy_db = 10 * log10(noisy / example->n_frames);
    summary.clean_db = 10 * log10(clean / example->n_frames);
    summary.snr_db =
        noisy > clean ? 10 * log10(clean / (noisy - clean)) : (double)INFINITY;
    return summary;
}
