/* speech.h - how probable it is that a frame holds speech. */
#ifndef NNSP_SPEECH_H
#define NNSP_SPEECH_H

#include "nnsp/nnsp.h"

/* Back to the usual level of speakers. */
void nnsp_speech_reset(struct nnsp *nnsp);

/* From the mask and the spectrum that it belongs to: nnsp->speech. */
void nnsp_speech_update(struct nnsp *nnsp);

#endif
