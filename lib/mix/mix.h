/* mix.h - noisy speech from clean speech and noise, reproducibly.
 *
 * Mixture `number` of seed `seed` is the same samples on every machine and
 * thread count. */
#ifndef SE_MIX_MIX_H
#define SE_MIX_MIX_H

#include "corpus/corpus.h"
#include "mix/reverb.h"
#include "mix/synth.h"

enum { SE_MAX_SNRS = 32 };

struct se_mix_config {
    int n_snrs;
    float snr_db[SE_MAX_SNRS]; /* one is drawn */
    float snr_jitter_db;       /* and moved by up to this, either way */
    float seconds;             /* length of a mixture */
    int utterances;            /* 0: as many as it takes, the first one often
                                  begun before; else that many whole ones, with
                                  a pause before and another one after each */
    float gap_min_seconds;     /* a pause: between these two */
    float gap_max_seconds;
    float speech_gain_db;     /* an utterance's level varies by up to this */
    float noise_gain_db;      /* the noise swells and fades by up to this */
    float peak_min, peak_max; /* of the noisy signal, full scale 1; drawn
                                 uniformly in dB */
    int by_speaker;           /* the speech of a mixture is of one speaker, each
                                 as likely (corpus/grouping.h), other voices of
                                 others; else each clip is as likely */
    int by_kind;              /* each kind of noise is as likely; else clip */
    int kind_in_turn;         /* instead: mixture n has recorded noise of kind
                                 n, counted round */
    float noise_residual;     /* clean keeps this share of the noise's
                                 amplitude: labels of a mask, smoothed */
    float babble_chance;      /* noise is 3..8 voices from the speech */
    float babble_residual;    /* clean keeps this share of its amplitude: of
                                 babble at -5 dB SNR and less, none from -1 dB
                                 on, in proportion to the dB between */
    float synthetic_chance;   /* noise is synthetic, of one of the kinds */
    unsigned synthetic_kinds; /* of enum se_synth_kind, at least one */
    float talker_chance;      /* one more voice, 0 to 15 dB below the noise and
                                 at least 6 dB below the speech, for which the
                                 SNR is raised where it must */
    float burst_chance;       /* short loud sounds on top, 10 to 30 dB above the
                                 noise and at most 10 dB above the speech, for
                                 which the SNR is raised where it must */
    float second_noise_chance; /* a second noise clip on top, then with the same
                                  chance a third ... */
    int max_noises;            /* up to this many */
    float vary_chance;         /* a recorded noise is put together from pieces
                                  (pieces.h) */
    float speed_chance;        /* speech, and apart from it noise, plays faster
                                  or slower, its pitch with it, */
    float speech_speed;        /* from 1 / this to this times, at most 2 */
    float noise_speed;
    float colour_chance;     /* random biquad colouring, speech and noise
                                each */
    float lowpass_chance;    /* both end at the same 3..7.5 kHz */
    float microphone_chance; /* speech and noise through one (capture.h) */
    float device_chance;     /* the mixture, and in part the clean signal */
    float clip_chance;       /* noisy clipped 1..12 dB below its peak */
    float no_speech_chance;  /* noise alone */
    float no_noise_chance;   /* else, speech alone */
    struct se_reverb_config reverb;
};

/* What se-features and se-train use unless asked otherwise: the original's SNRs
 * -6 -3 0 3 6 9 12 15 30 dB. */
void se_mix_config_default(struct se_mix_config *config);

/* What the original (nnse, 2022) does, less its mistakes: two utterances in 25
 * s, each between pauses of 0.25 to 2 s, one recorded noise, the same SNRs, the
 * target of reverberant mixtures that decays by 60 dB/s more after 5 ms. Its
 * SNR was measured on the wrong part of the speech; its peaks were drawn
 * uniformly in amplitude. */
void se_mix_config_original(struct se_mix_config *config);

/* Speech and one recorded noise at the SNRs, and nothing else. */
void se_mix_config_plain(struct se_mix_config *config);

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

/* Where a mixture goes. */
struct se_mixture {
    float *noisy, *clean; /* [se_mix_samples] */
    float *scratch;       /* [se_mix_scratch] */
};

/* Fills noisy and clean: utterances one after another with gaps, noise tiled or
 * cut, perhaps in a room; SNR measured on the active parts of the clean signal,
 * then scaled so that the noisy peak is as drawn, and perhaps clipped. noisy -
 * clean is noise, less both residuals, and what the target leaves out of the
 * room, and what a device does to the noisy signal alone. Rooms, microphones,
 * devices, clipping, the other voice, bursts, noise gain and mixtures of one
 * part alone are drawn apart: whether they are in use or not, everything else
 * is drawn as before. The same holds for speeds, except that utterances and
 * pauses then fall at other times. */
void se_mix(const struct se_mixer *mixer, const struct se_mixture *mixture,
            uint64_t seed, uint64_t number);

#endif
