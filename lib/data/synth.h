/* synth.h - noise made from nothing: coloured noise, mains hum, fans. */
#ifndef SE_DATA_SYNTH_H
#define SE_DATA_SYNTH_H

#include "base/rng.h"

/* Fills noise[n] with one of three kinds, mean square 1:
 * white to brown noise; mains hum of 50 or 60 Hz with harmonics over a noise
 * floor; a fan: coloured noise with resonances and a blade tone. */
void se_synth_noise(float *noise, int64_t n, struct se_rng *rng);

#endif
