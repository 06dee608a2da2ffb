/* biquad.h - second-order filters for colouring training data, 16 kHz. */
#ifndef SE_DSP_BIQUAD_H
#define SE_DSP_BIQUAD_H

#include "base/rng.h"

/* H(z) = (b[0] + b[1] z^-1 + b[2] z^-2) / (1 + a[0] z^-1 + a[1] z^-2) */
struct se_biquad {
    double b[3], a[2];
};

/* Mild random colour: each coefficient uniform in -3/8..3/8, b[0] = 1.
 * J.-M. Valin, "A hybrid DSP/deep learning approach to real-time full-band
 * speech enhancement", MMSP 2018, eq. 14. */
void se_biquad_random(struct se_biquad *biquad, struct se_rng *rng);

enum { SE_LOWPASS_SECTIONS = 3, SE_TILT_SECTIONS = 3 };

/* Butterworth low-pass of order 6. */
void se_biquad_lowpass(struct se_biquad sections[SE_LOWPASS_SECTIONS],
                       double cutoff_hz);

/* Butterworth high-pass of order 2. */
void se_biquad_highpass(struct se_biquad *biquad, double cutoff_hz);

/* A slope of -6 dB per octave times `slope` (0 white .. 1 brown) from 20 Hz
 * up, by poles and zeros in turn, evenly spaced in octaves. */
void se_biquad_tilt(struct se_biquad sections[SE_TILT_SECTIONS], double slope);

/* A resonance `gain_db` high at `hz`, as wide as hz / q. */
void se_biquad_peak(struct se_biquad *biquad, double hz, double q,
                    double gain_db);

/* Filters in place, through one section after another, each starting from
 * rest; together they take less time than one by one. */
void se_biquad_apply(const struct se_biquad *sections, int n_sections,
                     float *samples, int64_t n);

#endif
