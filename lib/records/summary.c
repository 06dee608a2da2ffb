/* summary.c - levels of a record. */
#include "records/summary.h"

#include "dsp/stft.h"

#include <math.h>

/* Energies of the noisy and the clean signal, and of their difference. */
struct energies {
    double noisy, clean, noise;
};

static struct energies of_spectra(struct se_summary *summary,
                                  const struct se_example *example)
{
    int64_t n = (int64_t)example->n_frames * SE_BINS;
    struct energies sums = {0};

    for (int64_t i = 0; i < n; i++) {
        float a = example->pspec_noisy[i], b = example->pspec_clean[i];

        sums.noisy += (double)a;
        sums.clean += (double)b;
        summary->lowest = fminf(summary->lowest, fminf(a, b));
        summary->highest = fmaxf(summary->highest, fmaxf(a, b));
    }
    sums.noise = fmax(sums.noisy - sums.clean, 0);
    return sums;
}

/* A sample of power 1 adds about SE_BINS to the bins of the spectra. */
static struct energies of_samples(struct se_summary *summary,
                                  const struct se_example *example)
{
    int64_t n = (int64_t)example->n_frames * SE_HOP;
    struct energies sums = {0};

    for (int64_t i = 0; i < n; i++) {
        double a = example->pcm_noisy[i] / 32768.0;
        double b = example->pcm_clean[i] / 32768.0;

        sums.noisy += a * a * SE_BINS;
        sums.clean += b * b * SE_BINS;
        sums.noise += (a - b) * (a - b) * SE_BINS;
        summary->lowest = fminf(summary->lowest, (float)fmin(a, b));
        summary->highest = fmaxf(summary->highest, (float)fmax(a, b));
    }
    return sums;
}

struct se_summary se_summarise(const struct se_example *example)
{
    struct se_summary summary = {.lowest = INFINITY, .highest = -INFINITY};
    struct energies sums = example->format == SE_RECORD_PCM
                               ? of_samples(&summary, example)
                               : of_spectra(&summary, example);

    summary.noisy_db = 10 * log10(sums.noisy / example->n_frames);
    summary.clean_db = 10 * log10(sums.clean / example->n_frames);
    summary.snr_db =
        sums.noise > 0 ? 10 * log10(sums.clean / sums.noise) : (double)INFINITY;
    return summary;
}
