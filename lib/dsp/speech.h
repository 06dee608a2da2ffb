/* speech.h - how probable it is that a frame holds speech; the same as
 * nnsp/speech.c in float.
 *
 * The power that the mask lets through, 62 Hz to 6.2 kHz, in relation to the
 * level of this speaker's speech, goes through a logistic function, fitted on
 * mixtures of the training corpus. The level follows what lies above it, 1/64
 * of the way a frame, and sinks, by 0.3 dB a frame at most, while the mask lets
 * something through: after a second or two of speech the probability does not
 * depend on how loud it is. */
#ifndef SE_DSP_SPEECH_H
#define SE_DSP_SPEECH_H

#include "dsp/stft.h"

struct se_speech {
    float level;       /* of speech, log2 of a power whose full scale is 1 */
    float probability; /* of the last frame, 0..1 */
};

void se_speech_reset(struct se_speech *speech);

/* The power spectrum of a frame, full scale 1, and its mask, 0..1. */
void se_speech_update(struct se_speech *speech, const float power[SE_BINS],
                      const float mask[SE_BINS]);

#endif
