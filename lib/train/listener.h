/* listener.h - what a sequence sounds like after the mask, judged by PESQ. */
#ifndef SE_TRAIN_LISTENER_H
#define SE_TRAIN_LISTENER_H

#include "dsp/stft.h"

#include <stdint.h>

struct se_listener;

/* For sequences of up to n_frames. */
int se_listener_create(struct se_listener **listener, int n_frames,
                       struct se_report *report);
void se_listener_destroy(struct se_listener *listener);
int64_t se_listener_bytes(int n_frames);

/* Begins another sequence. */
void se_listener_start(struct se_listener *listener);

/* The next frame of the sequence, of any level that stays the same. */
void se_listener_add(struct se_listener *listener, const float mask[SE_BINS],
                     const se_bin noisy[SE_BINS], const se_bin clean[SE_BINS]);

/* Wide-band PESQ by the short cut (SE_PESQ_ALIGNED, metrics/pesq.h) of all
 * frames since the start: what a mask does to a signal moves nothing. NAN where
 * there is no score, of silence or under 0.25 s. */
int se_listener_pesq(const struct se_listener *listener, double *score,
                     struct se_report *report);

#endif
