/* resample.h - streaming sample-rate conversion. */
#ifndef SE_DSP_RESAMPLE_H
#define SE_DSP_RESAMPLE_H

#include "base/status.h"

#include <stddef.h>

/* A way to convert. A program links only those that it names. */
struct se_converter;

/* soxr at very high quality, for files: the input may be 77 ms ahead of the
 * output. */
extern const struct se_converter se_resample_best;

/* speexdsp, for streams: 5 ms at 48 to 16 kHz either way; allocates and locks
 * nothing once created. */
extern const struct se_converter se_resample_prompt;

struct se_conversion {
    int from_hz, to_hz;
    int channels; /* interleaved */
    const struct se_converter *by;
};

struct se_resampler;

/* The delay is taken out: output sample 0 is at the time of input sample 0. */
int se_resampler_create(struct se_resampler **resampler,
                        const struct se_conversion *conversion,
                        struct se_report *report);
void se_resampler_destroy(struct se_resampler *resampler);

/* As it was when created; se_resample_prompt allocates nothing. */
void se_resampler_reset(struct se_resampler *resampler);

/* The lookahead: how many input samples of a channel, at most, must follow on
 * the time of an output sample before it comes out. se_resample_prompt only. */
int se_resampler_ahead(const struct se_resampler *resampler);

/* Sizes are samples a channel. */
struct se_resample_io {
    const float *in; /* [n_in][channels]; NULL: the input has ended, drain */
    size_t n_in;
    float *out; /* [max_out][channels] */
    size_t max_out;
};

struct se_resampled {
    size_t n_used; /* input samples a channel that were taken */
    size_t n_out;  /* output samples a channel that came out */
};

/* Takes input and gives output as far as there is room. After the end of the
 * input, n_out == 0 means drained. */
int se_resampler_process(struct se_resampler *resampler,
                         struct se_resampled *done,
                         const struct se_resample_io *io,
                         struct se_report *report);

#endif
