/* seg_snr.c - segmental signal-to-noise ratio.
 *
 * Frames, window and clamp as in comp_snr.m of P. C. Loizou, "Speech
 * Enhancement: Theory and Practice" (2nd ed., 2013), which also leaves out the
 * last whole frame: floor(n / 120 - 4) of them. Frames without speech count. */
#include "metrics/metrics.h"

#include <math.h>

enum { FRAME = 480, HOP = 120 };

static const double lowest_db = -10, highest_db = 35;

/* Hann window without the zeros at its ends. */
static void make_window(double window[FRAME])
{
    for (int i = 0; i < FRAME; i++)
        window[i] = 0.5 - 0.5 * cos(2 * M_PI * (i + 1) / (FRAME + 1));
}

/* Digital silence in `clean` is at the lower bound, whatever `processed` is. */
static double frame_snr_db(const double window[FRAME], const float *clean,
                           const float *processed)
{
    double signal = 0, noise = 0;

    for (int i = 0; i < FRAME; i++) {
        double s = window[i] * (double)clean[i];
        double e = window[i] * ((double)clean[i] - (double)processed[i]);

        signal += s * s;
        noise += e * e;
    }
    if (signal == 0)
        return lowest_db;
    return fmin(fmax(10 * log10(signal / noise), lowest_db), highest_db);
}

double se_seg_snr(const float *clean, const float *processed, int64_t n_samples)
{
    int64_t n_frames = (n_samples - FRAME) / HOP;
    double window[FRAME], sum = 0;

    make_window(window);
    for (int64_t t = 0; t < n_frames; t++)
        sum += frame_snr_db(window, clean + t * HOP, processed + t * HOP);
    return n_frames > 0 ? sum / (double)n_frames : (double)NAN;
}
