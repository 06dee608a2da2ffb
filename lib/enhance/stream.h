/* stream.h - sound of any rate through the enhancer: as many samples come out
 * as went in, each at its place.
 *
 * The net works at 16 kHz. A stream of another rate is converted to 16 kHz, and
 * what the net removes there is converted back and subtracted from the stream.
 * What 16 kHz cannot carry (above 8 kHz; or what the filters of a lower rate
 * cut) gets a smooth gain that follows the mean of the mask over the upper 3/8
 * of the band, with the same overlapping windows: hiss fades above 8 kHz as it
 * does below, and a mask of 1 changes nothing at all.
 *
 * A constant offset (DC) is removed before the net sees the sound, where it is
 * there beyond doubt (dsp/offset.h); it would spread over the lower bins, and
 * the mask would chop it. It is not part of what se_stream_take gives. */
#ifndef SE_ENHANCE_STREAM_H
#define SE_ENHANCE_STREAM_H

#include "dsp/resample.h"
#include "enhance/enhancer.h"

#include <stdint.h>

struct se_stream_config {
    struct se_enhancer_config enhancer;
    int rate_hz;
    const struct se_converter *resampler; /* not used at 16 kHz */
    int64_t max_block; /* samples a channel fed at a time at most, for which
                          memory is set aside: with se_resample_prompt nothing
                          allocates afterwards; 0: memory grows as needed */
};

struct se_stream;

/* The model must outlive the stream. */
int se_stream_create(struct se_stream **stream, const struct se_model *model,
                     const struct se_stream_config *config,
                     struct se_report *report);
void se_stream_destroy(struct se_stream *stream);

/* Back to the state before the first sample. */
void se_stream_reset(struct se_stream *stream);

/* Latency in samples: how many have to be fed, at most, before the first can be
 * taken; with se_resample_prompt, or at 16 kHz. */
int se_stream_delay(const struct se_stream *stream);

/* As se_enhancer_speech, of the newest frame. */
float se_stream_speech(const struct se_stream *stream);

/* As se_enhancer_limit. */
void se_stream_limit(struct se_stream *stream, float attenuation_limit_db);

/* The constant offset that is being removed from a channel; 0: none. */
float se_stream_offset(const struct se_stream *stream, int channel);

/* Takes in[n_samples * channels]; in == NULL: the sound has ended. Memory
 * depends on the longest block, not on the length of the sound. */
int se_stream_feed(struct se_stream *stream, const float *in, int64_t n_samples,
                   struct se_report *report);

/* Gives up to max_samples that are done, and for each what was removed (in ==
 * out + taken but for rounding and a constant offset). Returns how many; once
 * the end has been fed, 0 means that all have been given. */
int64_t se_stream_take(struct se_stream *stream, float *out, float *taken,
                       int64_t max_samples);

#endif
