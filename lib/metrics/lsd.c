/* lsd.c - log-spectral distance.
 *
 * Of each frame of the STFT (dsp/stft.h), the root of the mean of D^2 over its
 * bins, D = 10 log10((|Y|^2 + floor) / (|S|^2 + floor)); the mean over all
 * frames. The floor lies 40 dB below the mean power that a bin of the clean
 * signal has while there is speech, as in the loss of that name: pauses would
 * decide alone without it. */
#include "metrics/metrics.h"

#include "dsp/level.h"
#include "dsp/stft.h"

#include <math.h>
#include <stddef.h>

static const double floor_ratio = 1e-4;

/* Power of a bin of white noise by the power of its samples: the window's
 * energy. */
static double window_energy(const struct se_stft *stft)
{
    const float *window = se_stft_window(stft);
    double sum = 0.0;

    for (int i = 0; i < SE_WINDOW; i++)
        sum += (double)window[i] * (double)window[i];
    return sum;
}

static double frame_distance_db(const float clean[SE_BINS],
                                const float processed[SE_BINS], double floor)
{
    double sum = 0.0;

    for (int k = 0; k < SE_BINS; k++) {
        double db = 10.0 * log10(((double)processed[k] + floor) /
                                 ((double)clean[k] + floor));

        sum += db * db;
    }
    return sqrt(sum / SE_BINS);
}

static void next_power(float power[SE_BINS], struct se_stft *stft,
                       const float *hop)
{
    se_bin spectrum[SE_BINS];

    se_stft_analyse(stft, spectrum, hop);
    se_power(power, spectrum);
}

int se_lsd(double *lsd_db, const float *clean, const float *processed,
           int64_t n_samples, struct se_report *report)
{
    struct se_stft *stft[2] = {NULL, NULL};
    int64_t n_frames = n_samples / SE_HOP;
    double sum = 0.0;
    int status = se_stft_create(&stft[0], report);

    if (status == SE_OK)
        status = se_stft_create(&stft[1], report);
    if (status == SE_OK) {
        double floor = floor_ratio * window_energy(stft[0]) *
                       se_level_active_power(clean, n_samples);

        for (int64_t t = 0; t < n_frames; t++) {
            float power[2][SE_BINS];

            next_power(power[0], stft[0], clean + t * SE_HOP);
            next_power(power[1], stft[1], processed + t * SE_HOP);
            sum += frame_distance_db(power[0], power[1], floor);
        }
        *lsd_db = sum / (double)n_frames;
    }
    se_stft_destroy(stft[0]);
    se_stft_destroy(stft[1]);
    return status;
}
