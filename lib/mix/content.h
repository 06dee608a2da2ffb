/* content.h - who speaks in a mixture, and what noise there is. */
#ifndef SE_MIX_CONTENT_H
#define SE_MIX_CONTENT_H

#include "mix/mix.h"
#include "mix/source.h"

/* What both are made of. */
struct se_content {
    const struct se_mix_config *config;
    struct se_source speech, noise;
    struct se_rng pieces; /* of noise */
    float *spare;         /* [n], for noise in layers */
};

/* Each adds to n samples; where clips play at their own level, active parts
 * have a mean square of about 1. */
void se_content_add_speech(const struct se_content *in, float *clean, int64_t n,
                           struct se_rng *rng);

/* Returns whether it is babble. */
int se_content_add_noise(struct se_content *in, float *noise, int64_t n,
                         struct se_rng *rng);

/* One other voice, `level_db` over the noise that is there already. */
void se_content_add_talker(const struct se_content *in, float *noise, int64_t n,
                           double level_db, struct se_rng *rng);

/* Short loud sounds, `level_db` over the noise that is there already; returns
 * their level over all of it, in dB. */
double se_content_add_bursts(const struct se_content *in, float *noise,
                             int64_t n, double level_db, struct se_rng *rng);

#endif
