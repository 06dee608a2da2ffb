/* frames.c - a queue of frames. */
#include "audio/frames.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 };

static float *at(const struct se_frames *frames, int64_t frame)
{
    return frames->block + (frames->first + frame) * frames->width;
}

/* Room for n more frames at the end. */
static int reserve(struct se_frames *frames, int64_t n,
                   struct se_report *report)
{
    size_t frame_bytes = (size_t)frames->width * sizeof(float);

    if (frames->first + frames->n + n <= frames->capacity)
        return SE_OK;
    if (frames->first > 0) {
        memmove(frames->block, at(frames, 0), (size_t)frames->n * frame_bytes);
        frames->first = 0;
    }
    if (frames->n + n <= frames->capacity)
        return SE_OK;

    int64_t capacity = (frames->n + n) * 3 / 2;
    float *larger = realloc(frames->block, (size_t)capacity * frame_bytes);

    if (!larger)
        return se_fail_memory(report, "sound");
    frames->block = larger;
    frames->capacity = capacity;
    return SE_OK;
}

int se_frames_reserve(struct se_frames *frames, int64_t n,
                      struct se_report *report)
{
    /* A conversion wants room for a whole chunk, however little comes. */
    return reserve(frames, n - frames->n + CHUNK, report);
}

void se_frames_free(struct se_frames *frames)
{
    free(frames->block);
    *frames = (struct se_frames){.width = frames->width};
}

float *se_frames_front(const struct se_frames *frames)
{
    return at(frames, 0);
}

void se_frames_drop(struct se_frames *frames, int64_t n)
{
    frames->first += n;
    frames->n -= n;
}

int se_frames_append(struct se_frames *frames, const float *in, int64_t n,
                     struct se_report *report)
{
    size_t bytes = (size_t)n * (size_t)frames->width * sizeof(float);
    int status = reserve(frames, n, report);

    if (status != SE_OK || n == 0)
        return status;
    if (in)
        memcpy(at(frames, frames->n), in, bytes);
    else
        memset(at(frames, frames->n), 0, bytes);
    frames->n += n;
    return SE_OK;
}

int se_frames_resample(struct se_frames *frames, struct se_resampler *resampler,
                       const float *in, int64_t n, struct se_report *report)
{
    size_t left = (size_t)n;
    struct se_resampled done;

    do {
        int status = reserve(frames, CHUNK, report);

        if (status == SE_OK)
            status =
                se_resampler_process(resampler, &done, at(frames, frames->n),
                                     CHUNK, in, left, report);
        if (status != SE_OK)
            return status;
        if (in)
            in += done.n_used * (size_t)frames->width;
        left -= done.n_used;
        frames->n += (int64_t)done.n_out;
    } while (done.n_out > 0 || left > 0);
    return SE_OK;
}
