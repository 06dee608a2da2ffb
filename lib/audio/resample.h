/* resample.h - streaming sample-rate conversion (soxr, very high quality). */
#ifndef SE_AUDIO_RESAMPLE_H
#define SE_AUDIO_RESAMPLE_H

#include "base/status.h"

#include <stddef.h>

struct se_resampler;

/* From `from_hz` to `to_hz`, `channels` interleaved; the delay is taken out, so
 * output sample 0 is at the time of input sample 0. */
int se_resampler_create(struct se_resampler **resampler, int from_hz, int to_hz,
                        int channels, struct se_report *report);
void se_resampler_destroy(struct se_resampler *resampler);

/* Feeds n_in frames (in == NULL: the input has ended, drain) and writes up to
 * max_out frames to `out`. *n_used tells how many input frames were taken,
 * *n_out how many came out; after the end, *n_out == 0 means drained. */
int se_resampler_process(struct se_resampler *resampler, float *out,
                         size_t max_out, size_t *n_out, const float *in,
                         size_t n_in, size_t *n_used, struct se_report *report);

#endif
