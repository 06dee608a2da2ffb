/* si_sdr.c - scale-invariant signal-to-distortion ratio.
 *
 * J. Le Roux, S. Wisdom, H. Erdogan, J. R. Hershey, "SDR - half-baked or well
 * done?", ICASSP 2019. The means are removed first, as the authors' code does:
 * a constant offset is inaudible. */
#include "metrics/metrics.h"

#include <math.h>

static double mean(const float *x, int64_t n_samples)
{
    double sum = 0;

    for (int64_t i = 0; i < n_samples; i++)
        sum += (double)x[i];
    return n_samples > 0 ? sum / (double)n_samples : 0;
}

double se_si_sdr(const float *clean, const float *processed, int64_t n_samples)
{
    double clean_mean = mean(clean, n_samples);
    double processed_mean = mean(processed, n_samples);
    double clean_energy = 0, product = 0;

    for (int64_t i = 0; i < n_samples; i++) {
        double s = (double)clean[i] - clean_mean;

        clean_energy += s * s;
        product += s * ((double)processed[i] - processed_mean);
    }
    if (clean_energy == 0 || product == 0)
        return (double)-INFINITY;

    /* The residual is summed rather than got from the energies, whose
     * difference has no digits left above 80 dB. */
    double scale = product / clean_energy;
    double residual = 0;

    for (int64_t i = 0; i < n_samples; i++) {
        double e = (double)processed[i] - processed_mean -
                   scale * ((double)clean[i] - clean_mean);

        residual += e * e;
    }
    return 10 * log10(scale * scale * clean_energy / residual);
}
