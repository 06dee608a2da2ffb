/* realtime.h - for audio threads: a block in, a block of the same length out, a
 * constant delay later; nothing allocated, no lock, no call of the system. */
#ifndef SE_ENHANCE_REALTIME_H
#define SE_ENHANCE_REALTIME_H

#include "enhance/enhancer.h"

struct se_realtime;

/* The model and the integer net must outlive it. */
int se_realtime_create(struct se_realtime **realtime,
                       const struct se_model *model,
                       const struct se_enhancer_config *config, int rate_hz,
                       struct se_report *report);
void se_realtime_destroy(struct se_realtime *realtime);

/* Forgets all sound. */
void se_realtime_reset(struct se_realtime *realtime);

/* As se_enhancer_limit. */
void se_realtime_limit(struct se_realtime *realtime,
                       float attenuation_limit_db);

/* As se_enhancer_speech, of the newest frame. */
float se_realtime_speech(const struct se_realtime *realtime);

/* From in to out, in samples at rate_hz, whatever the length of the blocks. */
int se_realtime_delay(const struct se_realtime *realtime);

/* At most this many samples a channel a call. */
enum { SE_REALTIME_BLOCK = 256 };

/* 120 dB over full scale: powers of spectra still fit into a float. */
#define SE_REALTIME_PEAK 1e6f

/* block[n][channels] becomes what went in se_realtime_delay() samples ago,
 * enhanced. A sample that is not finite, or too small for full precision
 * (1e-38), counts as 0, one beyond SE_REALTIME_PEAK as that. */
void se_realtime_process(struct se_realtime *realtime, float *block, int n);

#endif
