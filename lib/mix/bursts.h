/* bursts.h - short loud sounds in the noise: a sneeze, a bark, a shout. */
#ifndef SE_MIX_BURSTS_H
#define SE_MIX_BURSTS_H

#include "mix/source.h"

struct se_bursts {
    const struct se_source *noise, *voice; /* each gives half of them */
    double level_db; /* of the loudest ones, over the noise
                        that is there already */
};

/* Adds a burst every one to four seconds: 0.1 to 0.8 s of a recording from
 * where it is loud, at a speed of its own, up to 6 dB softer than level_db;
 * voices run backwards, so that they are not speech. Returns level_db over all
 * the noise that is there then. */
double se_bursts_add(float *noise, int64_t n, const struct se_bursts *bursts,
                     struct se_rng *rng);

#endif
