/* to_10khz.h - from 16 kHz to the 10 kHz that STOI is defined at. */
#ifndef SE_METRICS_TO_10KHZ_H
#define SE_METRICS_TO_10KHZ_H

#include "base/status.h"

#include <stdint.h>

/* *out (malloc) receives *n_out = ceil(5 / 8 n) samples without delay.
 *
 * The filter is part of the measure: that of Octave's and of pystoi's
 * resampling (Kaiser window, 60 dB). A steeper one moves ESTOI by 0.0003. */
int se_to_10khz(float **out, int64_t *n_out, const float *in, int64_t n,
                struct se_report *report);

#endif
