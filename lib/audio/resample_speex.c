/* resample_speex.c - sample-rate conversion by speexdsp, for streams.
 *
 * Quality 8 of 10, a filter of 10 ms at the lower of the two rates: flat to
 * 0.001 dB up to 0.9 of the band, -114 dB from 1.1 on, at half the delay of
 * the best one. */
#include "audio/resample_private.h"

#include <speex/speex_resampler.h>
#include <stdint.h>
#include <stdlib.h>

enum { QUALITY = 8 };

struct speex {
    SpeexResamplerState *state;
    struct se_conversion conversion;
    int64_t n_in, n_out; /* samples a channel since the start */
};

/* speex_resampler_reset_mem of speexdsp 1.2.1 clears the memory of the first
 * channel alone: silence as long as the filter clears all. */
static void flush(struct speex *speex)
{
    int n_left = 2 * speex_resampler_get_input_latency(speex->state) + 2;

    for (int c = 0; c < speex->conversion.channels; c++) {
        for (int left = n_left; left > 0;) {
            float out[256];
            spx_uint32_t n_in = (spx_uint32_t)left, n_out = 256;

            speex_resampler_process_float(speex->state, (spx_uint32_t)c, NULL,
                                          &n_in, out, &n_out);
            left -= (int)n_in;
        }
    }
}

static void reset(void *state)
{
    struct speex *speex = state;

    flush(speex);
    speex_resampler_reset_mem(speex->state);
    /* Starts in the middle of the filter, so that nothing comes late. */
    speex_resampler_skip_zeros(speex->state);
    speex->n_in = speex->n_out = 0;
}

static void destroy(void *state)
{
    struct speex *speex = state;

    if (speex->state)
        speex_resampler_destroy(speex->state);
    free(speex);
}

static void *create(const struct se_conversion *conversion, const char **reason)
{
    struct speex *speex = calloc(1, sizeof *speex);
    int error = RESAMPLER_ERR_ALLOC_FAILED;

    if (speex) {
        speex->conversion = *conversion;
        speex->state = speex_resampler_init((spx_uint32_t)conversion->channels,
                                            (spx_uint32_t)conversion->from_hz,
                                            (spx_uint32_t)conversion->to_hz,
                                            QUALITY, &error);
    }
    if (!speex || !speex->state) {
        *reason = speex_resampler_strerror(error);
        free(speex);
        return NULL;
    }
    reset(speex);
    return speex;
}

static int ahead(const void *state)
{
    const struct speex *speex = state;

    return speex_resampler_get_input_latency(speex->state) + 1;
}

static void run(struct speex *speex, struct se_resampled *done, float *out,
                size_t max_out, const float *in, size_t n_in)
{
    spx_uint32_t used = n_in < UINT32_MAX ? (spx_uint32_t)n_in : UINT32_MAX;
    spx_uint32_t got =
        max_out < UINT32_MAX ? (spx_uint32_t)max_out : UINT32_MAX;

    speex_resampler_process_interleaved_float(speex->state, in, &used, out,
                                              &got);
    speex->n_out += got;
    *done = (struct se_resampled){.n_used = used, .n_out = got};
}

/* The samples that the input's length is worth and that have not come yet are
 * pushed out by zeros: for speexdsp, NULL is silence. */
static void drain(struct speex *speex, struct se_resampled *done, float *out,
                  size_t max_out)
{
    const struct se_conversion *c = &speex->conversion;
    int64_t n_due =
        (speex->n_in * c->to_hz + c->from_hz / 2) / c->from_hz - speex->n_out;

    if (n_due <= 0)
        return;
    if (max_out > (size_t)n_due)
        max_out = (size_t)n_due;
    run(speex, done, out, max_out, NULL, UINT32_MAX);
    done->n_used = 0;
}

static const char *process(void *state, struct se_resampled *done, float *out,
                           size_t max_out, const float *in, size_t n_in)
{
    struct speex *speex = state;

    if (!in) {
        drain(speex, done, out, max_out);
        return NULL;
    }
    run(speex, done, out, max_out, in, n_in);
    speex->n_in += (int64_t)done->n_used;
    return NULL;
}

const struct se_converter se_converter_speex = {create, destroy, reset, ahead,
                                                process};
