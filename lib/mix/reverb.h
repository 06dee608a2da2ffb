/* reverb.h - rooms for mixtures: impulse responses, measured or simulated, and
 * which part of the reverberant speech is the target. */
#ifndef SE_MIX_REVERB_H
#define SE_MIX_REVERB_H

#include "base/pool.h"
#include "base/rng.h"

#include <stdint.h>

/* The clean signal of a reverberant mixture; dry mixtures have no choice. */
enum se_target {
    SE_TARGET_EARLY, /* all until early_ms after the direct sound */
    SE_TARGET_DECAY, /* decays by 60 dB/s more from early_ms on: the original's
                        with 5 ms */
    SE_TARGET_DRY,   /* the speech as it was, delayed as the direct sound */
    SE_TARGET_REVERBERANT /* all of it: the noise alone is to be taken out */
};

struct se_reverb_config {
    float chance;         /* that a mixture has a room; < 0: not set yet */
    float noise_chance;   /* that the noise of such a mixture has it too */
    const char *measured; /* list or folder of responses, NULL: none */
    enum se_target target;
    float early_ms;
    float measured_share;     /* of responses drawn, if there are both kinds */
    float rt60_min, rt60_max; /* seconds; max 0: none are simulated */
    float distance_min, distance_max; /* metres, talker to microphone */
    int n_responses; /* to simulate; measured ones: that many at most */
};

/* No responses, no chance set; the rest as suits most uses. */
void se_reverb_config_default(struct se_reverb_config *config);

/* Fills in what was not set: 0.2 as the chance if there are responses, as the
 * original, else 0; rooms of 0.2 to 1 s if there is a chance alone. */
void se_reverb_config_complete(struct se_reverb_config *config);

/* Responses and the working memory of threads. */
struct se_reverb;

/* Completes the config, simulates rooms and reads the responses of
 * config->measured on the pool's workers; *reverb is NULL where mixtures have
 * no room. Of files with several channels the first is taken. Left out are the
 * noises in the folder of RIRS_NOISES (openslr.org/28): pointsource_noises/,
 * and names with "_noise_" in them. Of more files than n_responses some are
 * drawn. One that cannot be used is skipped; none left is an error.
 *
 * Room number i depends on seed, i and config alone. Simulated rooms measure
 * 3-8 x 3-10 x 2.3-4 m, with different walls; the highs decay up to twice as
 * fast as the lows. Later than 60 dB down, and later than 4 s, measured
 * responses are cut off. */
int se_reverb_open(struct se_reverb **reverb, struct se_reverb_config *config,
                   uint64_t seed, struct se_pool *pool,
                   struct se_report *report);
void se_reverb_destroy(struct se_reverb *reverb);

/* How many there are; the first file skipped, if any, is named in *skipped. */
int se_reverb_responses(const struct se_reverb *reverb);
int se_reverb_skipped(const struct se_reverb *reverb,
                      struct se_report *skipped);

/* The signals of a mixture, n samples each. */
struct se_reverb_signals {
    float *reverberant; /* filled */
    float *clean;       /* becomes the target */
    float *noise;       /* perhaps put into the room, too */
    int64_t n;
};

/* Puts the clean signal into a room that is drawn: the reverberant one, and in
 * its own place the target. Both come through the same response, so they stay
 * aligned. Noise comes through a response of its own in the same simulated
 * room, or the same measured one. Responses are scaled so that the first 50 ms
 * keep the power of white speech. As many threads as the pool has workers can
 * do so at a time; more wait. */
void se_reverb_apply(const struct se_reverb *reverb,
                     const struct se_reverb_signals *signals,
                     struct se_rng *rng);

#endif
