/* noise.h - the parts of synthetic noises: white and coloured noise, swells. */
#ifndef SE_MIX_NOISE_H
#define SE_MIX_NOISE_H

#include "base/rng.h"

#include <stdint.h>

/* Nearly normal white noise. */
void se_noise_white(float *noise, int64_t n, struct se_rng *rng);

/* White (slope 0) to brown (1) noise. */
void se_noise_coloured(float *noise, int64_t n, double slope,
                       struct se_rng *rng);

/* Brings it to a mean square of `power`, unless it is silent. */
void se_noise_scale(float *noise, int64_t n, double power);

/* How soon one level follows another. */
struct se_pace {
    double shortest, longest; /* seconds */
};

/* A gain that goes in straight lines from one level, within `range_db` of 0, to
 * the next. */
void se_noise_swell(float *noise, int64_t n, double range_db,
                    const struct se_pace *pace, struct se_rng *rng);

#endif
