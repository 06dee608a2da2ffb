/* sound_load.c - a whole sound file in memory. */
#include "audio/frames.h"
#include "audio/sound.h"
#include "dsp/convert.h"

#include <stdlib.h>

enum { BLOCK_FRAMES = 4096 };

struct loading {
    struct se_sound_reader *reader;
    struct se_resampler *resampler; /* NULL: the rate is right */
    float *block;                   /* of the file's channels, and of one */
    int channels;
    int channel; /* that is wanted; < 0: the mean */
    struct se_frames frames;
};

static int load_all(struct loading *l, struct se_report *report)
{
    float *mono = l->block + (int64_t)BLOCK_FRAMES * l->channels;
    int64_t n = 1;

    while (n > 0) {
        int status =
            se_sound_read(l->reader, l->block, BLOCK_FRAMES, &n, report);

        if (status != SE_OK)
            return status;
        se_pick_channel(mono, l->block, n, l->channel, l->channels);
        if (l->resampler)
            status = se_frames_resample(&l->frames, l->resampler,
                                        n ? mono : NULL, n, report);
        else
            status = se_frames_append(&l->frames, mono, n, report);
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

static int load_file(struct se_frames *frames, const char *path, int rate_hz,
                     int channel, struct se_report *report)
{
    struct loading l = {.channel = channel, .frames = {.width = 1}};
    struct se_sound_format format;
    int status = se_sound_open(&l.reader, &format, path, NULL, report);

    *frames = (struct se_frames){0};
    if (status != SE_OK)
        return status;
    l.channels = format.channels;
    if (format.rate_hz != rate_hz)
        status = se_resampler_create(
            &l.resampler,
            &(struct se_conversion){
                .from_hz = format.rate_hz, .to_hz = rate_hz, .channels = 1},
            report);
    if (status == SE_OK) {
        l.block = malloc((size_t)(format.channels + 1) * BLOCK_FRAMES *
                         sizeof *l.block);
        status = l.block ? load_all(&l, report) : se_fail_memory(report, path);
    }
    if (status == SE_OK)
        *frames = l.frames;
    else
        se_frames_free(&l.frames);
    free(l.block);
    se_resampler_destroy(l.resampler);
    se_sound_close(l.reader);
    return status;
}

int se_sound_load_mono(float **samples, int64_t *n_samples, const char *path,
                       int rate_hz, struct se_report *report)
{
    struct se_frames frames;
    int status = load_file(&frames, path, rate_hz, -1, report);

    *samples = frames.block;
    *n_samples = frames.n;
    return status;
}

int se_sound_load_first(float **samples, int64_t *n_samples, const char *path,
                        int rate_hz, struct se_report *report)
{
    struct se_frames frames;
    int status = load_file(&frames, path, rate_hz, 0, report);

    *samples = frames.block;
    *n_samples = frames.n;
    return status;
}
