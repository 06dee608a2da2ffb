/* synthesis.h - the inverse STFT of lib/dsp in the form that losses of samples
 * take (loss/loss.h). */
#ifndef SE_TRAIN_SYNTHESIS_H
#define SE_TRAIN_SYNTHESIS_H

#include "loss/loss.h"

#include <stdint.h>

/* For spans of up to `frames` frames; one object serves one thread. */
int se_synthesis_create(struct se_loss_synthesis **synthesis, int frames,
                        struct se_report *report);
void se_synthesis_destroy(struct se_loss_synthesis *synthesis);

/* Floats that it holds. */
int64_t se_synthesis_floats(int frames);

#endif
