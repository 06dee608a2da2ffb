/* synth.h - noise made from nothing: coloured noise, mains hum, fans. */
#ifndef SE_MIX_SYNTH_H
#define SE_MIX_SYNTH_H

#include "base/rng.h"

enum se_synth_kind {
    SE_SYNTH_COLOURED = 1, /* white to brown noise */
    SE_SYNTH_HUM = 2,      /* of 50 or 60 Hz mains: harmonics, a noise floor */
    SE_SYNTH_FAN = 4,      /* coloured noise, resonances, a blade tone */
    SE_SYNTH_ALL = 7
};

/* Fills noise[n] with one of `kinds`, a sum of enum se_synth_kind that is not
 * 0, as likely each; mean square 1. */
void se_synth_noise(float *noise, int64_t n, unsigned kinds,
                    struct se_rng *rng);

#endif
