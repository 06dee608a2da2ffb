/* mix.h - noisy speech from clean speech and noise, reproducibly.
 *
 * Mixture `number` of seed `seed` is the same samples on every machine and
 * thread count. */
#ifndef SE_DATA_MIX_H
#define SE_DATA_MIX_H

#include "data/corpus.h"
#include "data/reverb.h"

enum { SE_MAX_SNRS = 32 };

struct se_mix_config {
    int n_snrs;
    float snr_db[SE_MAX_SNRS]; /* one is drawn */
    float snr_jitter_db;       /* and moved by up to this, either way */
    float seconds;             /* length of a mixture */
    float gap_max_seconds;     /* silence before an utterance, 0..this */
    float peak_min, peak_max;  /* of the noisy signal, full scale 1; drawn
                                  uniformly in dB */
    float babble_chance;       /* noise is 3..8 voices from the speech */
    float synthetic_chance;    /* noise is synthetic: coloured, or hum */
    float second_noise_chance; /* a second noise clip on top */
    float colour_chance;       /* random biquad colouring, speech and noise
                                  each */
    float lowpass_chance;      /* speech and noise limited to a 3..8 kHz band */
    struct se_reverb_config reverb;
};

/* What se-features and se-train use unless told otherwise: the original's SNRs
 * -6 -3 0 3 6 9 12 15 30 dB. */
void se_mix_config_default(struct se_mix_config *config);

/* All must outlive the mixer; read-only, so threads can share one. */
struct se_mixer {
    const struct se_corpus *speech, *noise;
    struct se_mix_config config;
    struct se_reverb *reverb; /* of config.reverb; NULL: all is dry */
};

/* Samples a mixture has. */
int64_t se_mix_samples(const struct se_mixer *mixer);

/* Scratch a thread needs, in floats. */
int64_t se_mix_scratch(const struct se_mixer *mixer);

/* noisy[n], clean[n] with n = se_mix_samples: utterances one after another
 * with gaps, noise tiled or cut, perhaps in a room; SNR measured on what is
 * active of the clean signal, then scaled so that the noisy peak is as drawn.
 * noisy - clean is noise, and what the target leaves out of the room. A mixture
 * that stays dry is the same whether or not others have a room. */
void se_mix(const struct se_mixer *mixer, float *noisy, float *clean,
            float *scratch, uint64_t seed, uint64_t number);

#endif
