/* synth.h - noise made from nothing, or from no more than a spectrum. */
#ifndef SE_MIX_SYNTH_H
#define SE_MIX_SYNTH_H

#include "mix/source.h"

enum { SE_SYNTH_KINDS = 9 };

enum se_synth_kind {
    SE_SYNTH_COLOURED = 1, /* white to brown noise */
    SE_SYNTH_HUM = 2,      /* of 50 or 60 Hz mains: harmonics, a noise floor */
    SE_SYNTH_FAN = 4,      /* coloured noise, resonances, a blade tone */

    SE_SYNTH_PLACE = 8, /* these as in ambience.h */
    SE_SYNTH_BORROWED = 16,
    SE_SYNTH_VEHICLE = 32,
    SE_SYNTH_WIND = 64,
    SE_SYNTH_IMPACTS = 128,
    SE_SYNTH_MOTOR = 256
};

#define SE_SYNTH_STATIONARY 7u /* the first three */
#define SE_SYNTH_ALL        511u

struct se_synth {
    unsigned kinds; /* a sum of enum se_synth_kind, not 0; as likely each */
    const struct se_source *recordings; /* whose spectra are borrowed */
};

/* Fills noise[n] with one of the kinds; mean square 1. layer[n] is scratch; it
 * and the recordings may be NULL if only stationary kinds are asked for. */
void se_synth_noise(float *noise, float *layer, int64_t n,
                    const struct se_synth *synth, struct se_rng *rng);

#endif
