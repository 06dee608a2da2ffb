/* stream.c - the enhancer between two resamplers, in step with its input. */
#include "enhance/stream.h"

#include "dsp/offset.h"
#include "dsp/queue.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct se_stream {
    struct se_enhancer *enhancer;
    int rate_hz;
    struct se_resampler *to_net, *from_net; /* NULL at 16 kHz */
    int channels;
    int hops_late;           /* from the enhancer's input to its output */
    int n_losses;            /* 1, or one a channel */
    int band_first, n_band;  /* bins whose mask stands for what lies above */
    float weight[SE_WINDOW]; /* window squared: frames overlap to a sum of 1 */
    float *loss;             /* [3][n_losses], newest frame last */

    struct se_offset *offset; /* [channels] */
    int is_bypass;

    struct se_queue in;     /* at the stream's rate, without offset, waiting for
                               its result */
    int is_new;             /* nobody has looked at any */
    int64_t n_waiting;      /* the last of them, which nobody has looked at */
    struct se_queue net_in; /* 16 kHz; once running, the hops_late hops before
                                the newest stand in front of it */
    struct se_queue taken;  /* at the stream's rate: [channels] taken; with
                                resampling also [channels] what the net saw,
                                [n_losses] 1 - gain of the rest */
    float *hop;             /* [SE_HOP][taken.width] for stream->taken */
    float *enhanced;        /* [SE_HOP][channels] */
    int n_steps;            /* up to hops_late */
    int64_t n_net;          /* samples at 16 kHz that are still to come out */
};

static int create_resamplers(struct se_stream *stream,
                             const struct se_converter *by,
                             struct se_report *report)
{
    struct se_conversion to_net = {.from_hz = stream->rate_hz,
                                   .to_hz = SE_RATE_HZ,
                                   .channels = stream->channels,
                                   .by = by};
    struct se_conversion from_net = {.from_hz = SE_RATE_HZ,
                                     .to_hz = stream->rate_hz,
                                     .channels = stream->taken.width,
                                     .by = by};
    int status = se_resampler_create(&stream->to_net, &to_net, report);

    if (status == SE_OK)
        status = se_resampler_create(&stream->from_net, &from_net, report);
    return status;
}

/* So that no queue has to grow: what the net, a converter or the caller may
 * hold back, and a block. */
static int reserve(struct se_stream *stream, int64_t max_block,
                   struct se_report *report)
{
    double ratio = (double)SE_RATE_HZ / stream->rate_hz;
    int64_t n = se_stream_delay(stream) + max_block + SE_HOP;
    int64_t n_net = (int64_t)(ratio * (double)n) + 2 * SE_HOP;
    int status = se_queue_reserve(&stream->in, n, report);

    if (status == SE_OK)
        status = se_queue_reserve(&stream->net_in, n_net, report);
    if (status == SE_OK)
        status = se_queue_reserve(&stream->taken, n, report);
    return status;
}

static int create_parts(struct se_stream *stream, const struct se_model *model,
                        const struct se_stream_config *config,
                        struct se_report *report)
{
    enum se_channel_mode mode = config->enhancer.mode;
    int channels = config->enhancer.channels;
    int status =
        se_enhancer_create(&stream->enhancer, model, &config->enhancer, report);

    if (status != SE_OK)
        return status;
    stream->rate_hz = config->rate_hz;
    stream->channels = channels;
    stream->hops_late = se_enhancer_delay(stream->enhancer) / SE_HOP;
    stream->n_losses = mode == SE_CHANNELS_LINKED ? 1 : channels;
    stream->in.width = stream->net_in.width = channels;
    stream->taken.width = channels;
    if (stream->rate_hz != SE_RATE_HZ) {
        stream->taken.width += channels + stream->n_losses;
        status = create_resamplers(stream, config->resampler, report);
    }
    if (status == SE_OK && config->max_block > 0)
        status = reserve(stream, config->max_block, report);
    if (status != SE_OK)
        return status;
    stream->hop =
        malloc((size_t)(SE_HOP * stream->taken.width) * sizeof *stream->hop);
    stream->enhanced =
        malloc((size_t)(SE_HOP * channels) * sizeof *stream->enhanced);
    stream->loss = calloc(3 * (size_t)stream->n_losses, sizeof *stream->loss);
    stream->offset = calloc((size_t)channels, sizeof *stream->offset);
    if (!stream->hop || !stream->enhanced || !stream->loss || !stream->offset)
        return se_fail_memory(report, "a stream");
    return SE_OK;
}

static void describe_band(struct se_stream *stream, int rate_hz)
{
    double top_hz = fmin(rate_hz, SE_RATE_HZ) / 2.0;
    int last = (int)(top_hz * SE_FFT / SE_RATE_HZ);

    stream->band_first = last * 5 / 8;
    stream->n_band = last + 1 - stream->band_first;
    for (int i = 0; i < SE_WINDOW; i++) {
        double sine = sin(M_PI * i / SE_WINDOW);

        stream->weight[i] = (float)(sine * sine * 2.0 / 3.0);
    }
}

static void reset_offsets(struct se_stream *stream)
{
    for (int c = 0; c < stream->channels; c++)
        stream->offset[c] = (struct se_offset){
            .group = stream->rate_hz / 100,
        };
    stream->is_new = 1;
}

int se_stream_create(struct se_stream **out, const struct se_model *model,
                     const struct se_stream_config *config,
                     struct se_report *report)
{
    struct se_stream *stream = calloc(1, sizeof *stream);

    *out = NULL;
    if (!stream)
        return se_fail_memory(report, "a stream");

    int status = create_parts(stream, model, config, report);

    if (status != SE_OK) {
        se_stream_destroy(stream);
        return status;
    }
    describe_band(stream, config->rate_hz);
    reset_offsets(stream);
    stream->is_bypass = config->enhancer.attenuation_limit_db == 0.0f;
    *out = stream;
    return SE_OK;
}

void se_stream_destroy(struct se_stream *stream)
{
    if (!stream)
        return;
    se_enhancer_destroy(stream->enhancer);
    se_resampler_destroy(stream->to_net);
    se_resampler_destroy(stream->from_net);
    se_queue_free(&stream->in);
    se_queue_free(&stream->net_in);
    se_queue_free(&stream->taken);
    free(stream->hop);
    free(stream->enhanced);
    free(stream->offset);
    free(stream->loss);
    free(stream);
}

void se_stream_reset(struct se_stream *stream)
{
    se_enhancer_reset(stream->enhancer);
    if (stream->from_net) {
        se_resampler_reset(stream->to_net);
        se_resampler_reset(stream->from_net);
    }
    se_queue_drop(&stream->in, stream->in.n);
    se_queue_drop(&stream->net_in, stream->net_in.n);
    se_queue_drop(&stream->taken, stream->taken.n);
    memset(stream->loss, 0, 3 * (size_t)stream->n_losses * sizeof(float));
    reset_offsets(stream);
    stream->n_waiting = 0;
    stream->n_steps = 0;
    stream->n_net = 0;
}

int se_stream_delay(const struct se_stream *stream)
{
    int net = SE_HOP - 1 + stream->hops_late * SE_HOP;

    if (!stream->from_net)
        return net;

    /* Each conversion may stop a sample short of a whole one. */
    int64_t n = (int64_t)(net + 1 + se_resampler_ahead(stream->from_net)) *
                stream->rate_hz;

    return se_resampler_ahead(stream->to_net) +
           (int)((n + SE_RATE_HZ - 1) / SE_RATE_HZ) + 1;
}

float se_stream_speech(const struct se_stream *stream)
{
    return se_enhancer_speech(stream->enhancer);
}

void se_stream_limit(struct se_stream *stream, float attenuation_limit_db)
{
    se_enhancer_limit(stream->enhancer, attenuation_limit_db);
    stream->is_bypass = attenuation_limit_db == 0.0f;
}

float se_stream_offset(const struct se_stream *stream, int channel)
{
    return stream->offset[channel].to;
}

/* How much the newest masks remove at the top of the band. */
static void update_losses(struct se_stream *stream)
{
    int n = stream->n_losses;

    memmove(stream->loss, stream->loss + n, 2 * (size_t)n * sizeof(float));
    for (int c = 0; c < n; c++) {
        const float *mask = se_enhancer_mask(stream->enhancer, c);
        float sum = 0.0f;

        for (int k = 0; k < stream->n_band; k++)
            sum += 1.0f - mask[stream->band_first + k];
        stream->loss[2 * n + c] = sum / (float)stream->n_band;
    }
}

/* Fills stream->hop from the enhanced hop and `late`, the input hop that it was
 * made of. */
static void describe_hop(struct se_stream *stream, const float *late)
{
    const float *enhanced = stream->enhanced;
    int channels = stream->channels, n = stream->n_losses;
    const float *w = stream->weight;

    for (int i = 0; i < SE_HOP; i++) {
        float *row = stream->hop + i * stream->taken.width;

        for (int c = 0; c < channels; c++)
            row[c] = late[i * channels + c] - enhanced[i * channels + c];
        if (!stream->from_net)
            continue;
        memcpy(row + channels, late + i * channels,
               (size_t)channels * sizeof *row);
        for (int c = 0; c < n; c++)
            row[2 * channels + c] = stream->loss[2 * n + c] * w[i] +
                                    stream->loss[n + c] * w[i + SE_HOP] +
                                    stream->loss[c] * w[i + 2 * SE_HOP];
    }
}

static int step(struct se_stream *stream, struct se_report *report)
{
    const float *front = se_queue_front(&stream->net_in);

    se_enhancer_step(stream->enhancer, stream->enhanced,
                     front + stream->n_steps * SE_HOP * stream->channels);
    update_losses(stream);
    if (stream->n_steps < stream->hops_late) {
        stream->n_steps++;
        return SE_OK;
    }
    describe_hop(stream, front);

    /* At the end of the sound the last hop may be less than full. */
    int64_t n = stream->n_net < SE_HOP ? stream->n_net : SE_HOP;

    stream->n_net -= n;
    se_queue_drop(&stream->net_in, SE_HOP);
    if (stream->from_net)
        return se_queue_resample(&stream->taken, stream->from_net, stream->hop,
                                 n, report);
    return se_queue_append(&stream->taken, stream->hop, n, report);
}

/* Runs the net on all full hops that are there. */
static int run_net(struct se_stream *stream, struct se_report *report)
{
    int status = SE_OK;

    while (status == SE_OK &&
           stream->net_in.n >= (stream->n_steps + 1) * SE_HOP)
        status = step(stream, report);
    return status;
}

/* Pushes the last sound through with zeros behind it. */
static int flush(struct se_stream *stream, struct se_report *report)
{
    int64_t last = stream->n_net % SE_HOP;
    int64_t n_zeros = stream->hops_late * SE_HOP + (last ? SE_HOP - last : 0);
    int status = se_queue_append(&stream->net_in, NULL, n_zeros, report);

    if (status == SE_OK)
        status = run_net(stream, report);
    if (status == SE_OK && stream->from_net)
        status = se_queue_resample(&stream->taken, stream->from_net, NULL, 0,
                                   report);

    /* Two conversions may round the length down: nothing is taken from the
     * sample that is missing. */
    if (status == SE_OK && stream->taken.n < stream->in.n)
        status = se_queue_append(&stream->taken, NULL,
                                 stream->in.n - stream->taken.n, report);
    return status;
}

/* in[n] without what in it is not sound. */
static void remove_offsets(struct se_stream *stream, float *in, int64_t n)
{
    int channels = stream->channels, group = stream->offset[0].group;

    for (int c = 0; c < channels; c++) {
        struct se_offset *offset = &stream->offset[c];

        offset->is_kept = stream->is_bypass;
        if (stream->is_new && n >= group)
            se_offset_prime(offset, in + c, channels);
        se_offset_process(offset, in + c, n, channels);
    }
    stream->is_new = 0;
}

/* Passes on to the net's side what waits; `ends`: and the rest that a converter
 * holds. */
static int pass_on(struct se_stream *stream, int ends, struct se_report *report)
{
    int64_t n = stream->n_waiting;
    float *in = NULL;
    int status = SE_OK;

    if (n > 0) {
        in =
            se_queue_front(&stream->in) + (stream->in.n - n) * stream->channels;
        remove_offsets(stream, in, n);
        stream->n_waiting = 0;
        if (stream->to_net)
            status = se_queue_resample(&stream->net_in, stream->to_net, in, n,
                                       report);
        else
            status = se_queue_append(&stream->net_in, in, n, report);
    }
    if (status == SE_OK && ends && stream->to_net)
        status =
            se_queue_resample(&stream->net_in, stream->to_net, NULL, 0, report);
    return status;
}

int se_stream_feed(struct se_stream *stream, const float *in, int64_t n_samples,
                   struct se_report *report)
{
    int64_t before = stream->net_in.n;
    int status = SE_OK;

    if (in) {
        status = se_queue_append(&stream->in, in, n_samples, report);
        stream->n_waiting += n_samples;
        if (stream->is_new && stream->n_waiting < stream->offset[0].group)
            return status;
    }
    if (status == SE_OK)
        status = pass_on(stream, !in, report);
    stream->n_net += stream->net_in.n - before;
    if (status == SE_OK)
        status = run_net(stream, report);
    if (status == SE_OK && !in)
        status = flush(stream, report);
    return status;
}

int64_t se_stream_take(struct se_stream *stream, float *out, float *taken,
                       int64_t max_samples)
{
    int channels = stream->channels;
    int64_t n = stream->in.n < stream->taken.n ? stream->in.n : stream->taken.n;

    if (n > max_samples)
        n = max_samples;
    if (n == 0)
        return 0;

    const float *in = se_queue_front(&stream->in);
    const float *row = se_queue_front(&stream->taken);

    for (int64_t i = 0; i < n; i++, row += stream->taken.width) {
        for (int c = 0; c < channels; c++, in++, out++, taken++) {
            *taken = row[c];
            if (stream->from_net) {
                float rest = *in - row[channels + c];
                int loss = stream->n_losses > 1 ? c : 0;

                *taken += rest * row[2 * channels + loss];
            }
            *out = *in - *taken;
        }
    }
    se_queue_drop(&stream->in, n);
    se_queue_drop(&stream->taken, n);
    return n;
}
