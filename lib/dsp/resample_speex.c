/* resample_speex.c - sample-rate conversion by speexdsp, for streams.
 *
 * Quality 8 of 10, a filter of 10 ms at the lower of the two rates: half the
 * delay of the best one. 48 to 16 kHz, as measured: input that has to be there
 * (either way), ripple up to 7.2 kHz, gain at 7.6 kHz, greatest gain from 8.8
 * kHz on, share of a core for one channel.
 *
 *                           ms    ripple  7.6 kHz   stop-band   load
 *     speexdsp 5            2.5  1.85 dB   -17.6 dB   -107 dB  0.04 %
 *     speexdsp 7            4.0  0.006      -6.0      -112     0.07
 *     speexdsp 8            5.0  0.007      -2.1      -109     0.08
 *     speexdsp 9            6.0  0.006      -0.5      -124     0.25
 *     speexdsp 10           8.0  0.002       0        -130     0.33
 *     libsamplerate fastest 1.2  20.5      -42.0       -96     0.34
 *     libsamplerate medium  2.9  2.14      -19.9      -119     0.68
 *     libsamplerate best    8.9  0.002      -0.3      -146     2.2
 *     soxr HQ              36.6  0.002      -2.9      -137     0.01
 *     soxr VHQ (files)     77.0  0.007      -3.0      -156     0.03
 *
 * What the conversion loses between 7.2 and 8 kHz is treated as what lies
 * above (enhance/stream.h); scores at 48 kHz are those of soxr to .0001 STOI
 * and .001 dB. */
#include "dsp/resample_private.h"

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

static spx_uint32_t limited(size_t n)
{
    return n < UINT32_MAX ? (spx_uint32_t)n : UINT32_MAX;
}

static void run(struct speex *speex, struct se_resampled *done,
                const struct se_resample_io *io)
{
    spx_uint32_t used = limited(io->n_in), got = limited(io->max_out);

    speex_resampler_process_interleaved_float(speex->state, io->in, &used,
                                              io->out, &got);
    speex->n_out += got;
    *done = (struct se_resampled){.n_used = used, .n_out = got};
}

/* The samples that the input's length is worth and that have not come yet are
 * pushed out by zeros: for speexdsp, NULL is silence. */
static void drain(struct speex *speex, struct se_resampled *done,
                  const struct se_resample_io *io)
{
    const struct se_conversion *c = &speex->conversion;
    int64_t n_due =
        (speex->n_in * c->to_hz + c->from_hz / 2) / c->from_hz - speex->n_out;

    struct se_resample_io rest = {NULL, UINT32_MAX, io->out, io->max_out};

    if (n_due <= 0)
        return;
    if (rest.max_out > (size_t)n_due)
        rest.max_out = (size_t)n_due;
    run(speex, done, &rest);
    done->n_used = 0;
}

static const char *process(void *state, struct se_resampled *done,
                           const struct se_resample_io *io)
{
    struct speex *speex = state;

    if (!io->in) {
        drain(speex, done, io);
        return NULL;
    }
    run(speex, done, io);
    speex->n_in += (int64_t)done->n_used;
    return NULL;
}

const struct se_converter se_resample_prompt = {create, destroy, reset, ahead,
                                                process};
