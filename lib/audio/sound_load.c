/* sound_load.c - a whole sound file in memory. */
#include "audio/resample.h"
#include "audio/sound.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_FRAMES = 4096 };

struct growing {
    float *samples;
    int64_t n, capacity;
};

/* Room for n more samples. */
static int grow(struct growing *buffer, int64_t n)
{
    if (buffer->n + n <= buffer->capacity)
        return SE_OK;

    int64_t capacity = (buffer->n + n) * 2;
    float *larger = realloc(buffer->samples, (size_t)capacity * sizeof *larger);

    if (!larger)
        return SE_ERR_MEMORY;
    buffer->samples = larger;
    buffer->capacity = capacity;
    return SE_OK;
}

void se_sound_mono(float *mono, const float *samples, int64_t n_frames,
                   int channels)
{
    for (int64_t i = 0; i < n_frames; i++) {
        float sum = 0.0f;

        for (int c = 0; c < channels; c++)
            sum += samples[i * channels + c];
        mono[i] = sum / (float)channels;
    }
}

static int append_as_is(struct growing *buffer, const float *in, int64_t n,
                        struct se_report *report)
{
    if (grow(buffer, n) != SE_OK)
        return se_fail_memory(report, "the samples of a sound file");
    memcpy(buffer->samples + buffer->n, in, (size_t)n * sizeof *in);
    buffer->n += n;
    return SE_OK;
}

/* Appends n samples, or the resampler's rest if in == NULL. */
static int append(struct growing *buffer, struct se_resampler *resampler,
                  const float *in, int64_t n, struct se_report *report)
{
    size_t done = 0, used, got;

    do {
        if (grow(buffer, BLOCK_FRAMES) != SE_OK)
            return se_fail_memory(report, "the samples of a sound file");

        int status = se_resampler_process(
            resampler, buffer->samples + buffer->n, BLOCK_FRAMES, &got,
            in ? in + done : NULL, (size_t)n - done, &used, report);

        if (status != SE_OK)
            return status;
        done += used;
        buffer->n += (int64_t)got;
    } while (got > 0 || done < (size_t)n);
    return SE_OK;
}

/* Reads all of it; `resampler` may be NULL. */
static int load(struct growing *buffer, struct se_sound_reader *reader,
                struct se_resampler *resampler, float *block, int channels,
                struct se_report *report)
{
    float *mono = block + (int64_t)BLOCK_FRAMES * channels;
    int64_t n = 1;

    while (n > 0) {
        int status = se_sound_read(reader, block, BLOCK_FRAMES, &n, report);

        if (status != SE_OK)
            return status;
        se_sound_mono(mono, block, n, channels);
        if (resampler)
            status = append(buffer, resampler, n ? mono : NULL, n, report);
        else
            status = append_as_is(buffer, mono, n, report);
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

int se_sound_load_mono(float **samples, int64_t *n_samples, const char *path,
                       int rate_hz, struct se_report *report)
{
    struct se_sound_reader *reader = NULL;
    struct se_sound_format format;
    struct se_resampler *resampler = NULL;
    struct growing buffer = {0};
    float *block = NULL;
    int status = se_sound_open(&reader, &format, path, NULL, report);

    *samples = NULL;
    *n_samples = 0;
    if (status != SE_OK)
        return status;
    if (format.rate_hz != rate_hz)
        status =
            se_resampler_create(&resampler, format.rate_hz, rate_hz, 1, report);
    if (status == SE_OK) {
        block = malloc((size_t)(format.channels + 1) * BLOCK_FRAMES *
                       sizeof *block);
        status = block ? load(&buffer, reader, resampler, block,
                              format.channels, report)
                       : se_fail_memory(report, path);
    }
    if (status == SE_OK) {
        *samples = buffer.samples;
        *n_samples = buffer.n;
    } else {
        free(buffer.samples);
    }
    free(block);
    se_resampler_destroy(resampler);
    se_sound_close(reader);
    return status;
}
