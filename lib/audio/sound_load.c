/* sound_load.c - a whole sound file in memory. */
#include "audio/frames.h"
#include "audio/sound.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK_FRAMES = 4096 };

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

void se_sound_to_int16(int16_t *y, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        float steps = rintf(x[i] * 32768.0f);

        steps = steps < 32767.0f ? steps : 32767.0f;
        y[i] = (int16_t)(steps > -32768.0f ? steps : -32768.0f);
    }
}

static void first_channel(float *mono, const float *samples, int64_t n_frames,
                          int channels)
{
    for (int64_t i = 0; i < n_frames; i++)
        mono[i] = samples[i * channels];
}

/* mono[n_frames] of samples[n_frames][channels] */
typedef void to_mono(float *mono, const float *samples, int64_t n_frames,
                     int channels);

/* Reads all of it; `resampler` may be NULL. */
static int load(struct se_frames *frames, struct se_sound_reader *reader,
                struct se_resampler *resampler, float *block, int channels,
                to_mono *convert, struct se_report *report)
{
    float *mono = block + (int64_t)BLOCK_FRAMES * channels;
    int64_t n = 1;

    while (n > 0) {
        int status = se_sound_read(reader, block, BLOCK_FRAMES, &n, report);

        if (status != SE_OK)
            return status;
        convert(mono, block, n, channels);
        if (resampler)
            status = se_frames_resample(frames, resampler, n ? mono : NULL, n,
                                        report);
        else
            status = se_frames_append(frames, mono, n, report);
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

static int load_file(float **samples, int64_t *n_samples, const char *path,
                     int rate_hz, to_mono *convert, struct se_report *report)
{
    struct se_sound_reader *reader = NULL;
    struct se_sound_format format;
    struct se_resampler *resampler = NULL;
    struct se_frames frames = {.width = 1};
    float *block = NULL;
    int status = se_sound_open(&reader, &format, path, NULL, report);

    *samples = NULL;
    *n_samples = 0;
    if (status != SE_OK)
        return status;
    if (format.rate_hz != rate_hz)
        status = se_resampler_create(
            &resampler,
            &(struct se_conversion){
                .from_hz = format.rate_hz, .to_hz = rate_hz, .channels = 1},
            report);
    if (status == SE_OK) {
        block = malloc((size_t)(format.channels + 1) * BLOCK_FRAMES *
                       sizeof *block);
        status = block ? load(&frames, reader, resampler, block,
                              format.channels, convert, report)
                       : se_fail_memory(report, path);
    }
    if (status == SE_OK) {
        *samples = frames.block;
        *n_samples = frames.n;
    } else {
        se_frames_free(&frames);
    }
    free(block);
    se_resampler_destroy(resampler);
    se_sound_close(reader);
    return status;
}

int se_sound_load_mono(float **samples, int64_t *n_samples, const char *path,
                       int rate_hz, struct se_report *report)
{
    return load_file(samples, n_samples, path, rate_hz, se_sound_mono, report);
}

int se_sound_load_first(float **samples, int64_t *n_samples, const char *path,
                        int rate_hz, struct se_report *report)
{
    return load_file(samples, n_samples, path, rate_hz, first_channel, report);
}
