/* load.c - a whole sound file in memory. */
#include "audio/sound.h"
#include "base/remark.h"
#include "dsp/convert.h"
#include "dsp/queue.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 4096 };

struct loading {
    struct se_sound_reader *reader;
    struct se_resampler *resampler; /* NULL: the rate is right */
    float *block;                   /* of the file's channels, and of one */
    int channels;
    int channel; /* that is wanted; < 0: the mean */
    struct se_downmix downmix;
    struct se_queue queue;
};

static int load_all(struct loading *l, struct se_report *report)
{
    float *mono = l->block + (int64_t)BLOCK * l->channels;
    int64_t n = 1;

    while (n > 0) {
        int status = se_sound_read(l->reader, l->block, BLOCK, &n, report);

        if (status != SE_OK)
            return status;
        if (l->channel < 0)
            se_downmix(&l->downmix, mono, l->block, n, l->channels);
        else
            se_pick_channel(mono, l->block, n, l->channel, l->channels);
        if (l->resampler)
            status = se_queue_resample(&l->queue, l->resampler, n ? mono : NULL,
                                       n, report);
        else
            status = se_queue_append(&l->queue, mono, n, report);
        if (status != SE_OK)
            return status;
    }
    return SE_OK;
}

void se_sound_remark_inverted(const struct se_downmix *downmix,
                              const char *name)
{
    int first;

    if (se_downmix_inverted(downmix, &first))
        se_remark("%.200s: channel %d is the negative of another (a balanced "
                  "microphone on a stereo jack?): taken with the other sign "
                  "where channels are mixed",
                  name, first + 1);
}

int se_sound_advise_loud(const float *samples, int64_t n, const char *name)
{
    for (int64_t i = 0; i < n; i++) {
        if (fabsf(samples[i]) <= (float)SE_SOUND_LOUD)
            continue;
        se_advise("%s: a sample is %.0f times full scale (integers stored as "
                  "floating point?): nets expect speech of 1.0 and below",
                  name, fabs((double)samples[i]));
        return 1;
    }
    return 0;
}

static int load_file(float **samples, int64_t *n_samples, const char *path,
                     int rate_hz, int channel, struct se_report *report)
{
    struct loading l = {.channel = channel, .queue = {.width = 1}};
    struct se_sound_format format;
    int status = se_sound_open(&l.reader, &format, path, NULL, report);

    *samples = NULL;
    *n_samples = 0;
    if (status != SE_OK)
        return status;
    l.channels = format.channels;
    if (format.rate_hz != rate_hz)
        status = se_resampler_create(
            &l.resampler,
            &(struct se_conversion){.from_hz = format.rate_hz,
                                    .to_hz = rate_hz,
                                    .channels = 1,
                                    .by = &se_resample_best},
            report);
    if (status == SE_OK) {
        l.block =
            malloc((size_t)(format.channels + 1) * BLOCK * sizeof *l.block);
        status = l.block ? load_all(&l, report) : se_fail_memory(report, path);
    }
    if (status == SE_OK) {
        se_sound_remark_inverted(&l.downmix, path);
        *samples = l.queue.block;
        *n_samples = l.queue.n;
    } else {
        se_queue_free(&l.queue);
    }
    free(l.block);
    se_resampler_destroy(l.resampler);
    se_sound_close(l.reader);
    return status;
}

int se_sound_load_mono(float **samples, int64_t *n_samples, const char *path,
                       int rate_hz, struct se_report *report)
{
    return load_file(samples, n_samples, path, rate_hz, -1, report);
}

int se_sound_load_as_is(float **samples, int64_t *n_samples, const char *path,
                        int rate_hz, struct se_report *report)
{
    int status = se_sound_load_mono(samples, n_samples, path, rate_hz, report);

    if (status == SE_OK)
        se_sound_advise_loud(*samples, *n_samples, path);
    return status;
}

int se_sound_load_first(float **samples, int64_t *n_samples, const char *path,
                        int rate_hz, struct se_report *report)
{
    return load_file(samples, n_samples, path, rate_hz, 0, report);
}
