/* realtime.c - a stream whose delay has been filled with silence, so that it
 * always has as much to give as it takes. */
#include "enhance/realtime.h"

#include "enhance/denormals.h"
#include "enhance/stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct se_realtime {
    struct se_stream *stream;
    int channels;
    int delay;    /* samples a channel */
    int n_silent; /* of them still to come before the first sound */
    float *taken; /* [SE_REALTIME_BLOCK][channels] */
};

int se_realtime_create(struct se_realtime **out, const struct se_model *model,
                       const struct se_enhancer_config *config, int rate_hz,
                       struct se_report *report)
{
    const struct se_stream_config stream_config = {
        .enhancer = *config,
        .rate_hz = rate_hz,
        .resampler = &se_resample_prompt,
        .max_block = SE_REALTIME_BLOCK,
    };
    struct se_realtime *realtime = calloc(1, sizeof *realtime);
    int status;

    *out = NULL;
    if (!realtime)
        return se_fail_memory(report, "a stream");
    status = se_stream_create(&realtime->stream, model, &stream_config, report);
    if (status == SE_OK) {
        realtime->channels = config->channels;
        realtime->delay = se_stream_delay(realtime->stream);
        realtime->taken = calloc((size_t)config->channels * SE_REALTIME_BLOCK,
                                 sizeof *realtime->taken);
        if (!realtime->taken)
            status = se_fail_memory(report, "a stream");
    }
    if (status != SE_OK) {
        se_realtime_destroy(realtime);
        return status;
    }
    realtime->n_silent = realtime->delay;
    *out = realtime;
    return SE_OK;
}

void se_realtime_destroy(struct se_realtime *realtime)
{
    if (!realtime)
        return;
    se_stream_destroy(realtime->stream);
    free(realtime->taken);
    free(realtime);
}

void se_realtime_reset(struct se_realtime *realtime)
{
    se_stream_reset(realtime->stream);
    realtime->n_silent = realtime->delay;
}

void se_realtime_limit(struct se_realtime *realtime, float attenuation_limit_db)
{
    se_stream_limit(realtime->stream, attenuation_limit_db);
}

float se_realtime_speech(const struct se_realtime *realtime)
{
    return se_stream_speech(realtime->stream);
}

int se_realtime_delay(const struct se_realtime *realtime)
{
    return realtime->delay;
}

static float tame(float x)
{
    if (!isfinite(x))
        return 0.0f;
    return fminf(fmaxf(x, -SE_REALTIME_PEAK), SE_REALTIME_PEAK);
}

void se_realtime_process(struct se_realtime *realtime, float *block, int n)
{
    int channels = realtime->channels;
    int n_silent = n < realtime->n_silent ? n : realtime->n_silent;
    uint64_t before = se_denormals_flush();

    for (int i = 0; i < n * channels; i++)
        block[i] = tame(block[i]);

    /* Neither can fail: all memory is there. */
    se_stream_feed(realtime->stream, block, n, NULL);
    memset(block, 0, (size_t)(n_silent * channels) * sizeof *block);
    se_stream_take(realtime->stream, block + n_silent * channels,
                   realtime->taken, n - n_silent);
    realtime->n_silent -= n_silent;
    se_denormals_restore(before);
}
