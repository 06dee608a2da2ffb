/* lpc.h - the spectrum of a sound as that of a filter without zeros.
 *
 * Linear prediction by the autocorrelation method and the Levinson-Durbin
 * recursion (J. Makhoul, "Linear prediction: a tutorial review", Proc. IEEE 63,
 * 1975): white noise through the filter has the sound's smoothed spectrum. */
#ifndef SE_DSP_LPC_H
#define SE_DSP_LPC_H

#include <stdint.h>

enum { SE_LPC_ORDER = 32 };

/* 1 / (1 + a[0] z^-1 + ... + a[SE_LPC_ORDER - 1] z^-SE_LPC_ORDER) */
struct se_lpc {
    double a[SE_LPC_ORDER];
};

/* Fits the filter to n samples in a Hann window, with a white floor 60 dB below
 * their power; it is stable. Silence gives the filter that changes nothing. */
void se_lpc_fit(struct se_lpc *lpc, const int16_t *samples, int64_t n);

/* Filters in place, starting from rest. */
void se_lpc_apply(const struct se_lpc *lpc, float *samples, int64_t n);

#endif
