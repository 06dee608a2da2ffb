/* record.c - from a microphone into a sound file. */
#include "live/record.h"

#include "audio/sound.h"
#include "dsp/queue.h"
#include "live/device.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What may lie in memory while a disk is busy. */
static const double RING_S = 8.0;

enum { MAX_BLOCK = 1024 };

struct recording {
    const struct se_record_job *job;
    struct se_audio *audio;
    struct se_resampler *resampler; /* NULL: the rates are the same */
    struct se_sound_writer *writer;
    struct se_queue queue; /* at the file's rate, to be written */
    float *block;          /* [MAX_BLOCK][channels] */
    int64_t n_written, n_max;
    struct se_record_state state;

    /* Blocks of 10 ms, for silence. */
    double energy;    /* of the block that is coming */
    int64_t n_block;  /* its samples so far */
    int64_t n_silent; /* samples since the last that was not silent; -1: there
                         was none yet */
};

/* ---- opening ------------------------------------------------------------ */

/* Of the device; the conversion holds some back. */
static int64_t samples_needed(const struct se_record_job *job, int rate_hz)
{
    const double held_s = 1.0;

    return isinf(job->seconds) ? 0 : llrint((job->seconds + held_s) * rate_hz);
}

static int open_device(struct recording *r, struct se_report *report)
{
    const struct se_record_job *job = r->job;
    struct se_device device;
    int number;
    int status = se_device_find(&number, job->device, SE_INPUT, report);

    if (status != SE_OK)
        return status;
    se_device_get(&device, number);
    if (job->channels > device.channels[SE_INPUT])
        return se_fail(report, SE_ERR_ARG, "%s: has %d channels, not %d",
                       device.name, device.channels[SE_INPUT], job->channels);
    r->state.device_rate_hz = device.rate_hz;
    r->block = malloc((size_t)(MAX_BLOCK * job->channels) * sizeof *r->block);
    if (!r->block)
        return se_fail_memory(report, "a recording");

    const struct se_audio_config config = {
        .device = number,
        .direction = SE_INPUT,
        .channels = job->channels,
        .rate_hz = device.rate_hz,
        .ring_s = RING_S,
        .last = samples_needed(job, device.rate_hz),
    };

    status = se_audio_open(&r->audio, &config, report);
    if (status == SE_OK)
        r->state.device = se_audio_name(r->audio);
    if (status == SE_OK && device.rate_hz != job->rate_hz)
        status = se_resampler_create(
            &r->resampler,
            &(struct se_conversion){.from_hz = device.rate_hz,
                                    .to_hz = job->rate_hz,
                                    .channels = job->channels,
                                    .by = &se_resample_best},
            report);
    return status;
}

static int open_file(struct recording *r, struct se_report *report)
{
    struct se_sound_format format = {.rate_hz = r->job->rate_hz,
                                     .channels = r->job->channels,
                                     .format =
                                         SF_FORMAT_WAV | SF_FORMAT_PCM_16};

    se_sound_format_for(&format, r->job->output);
    return se_sound_create(&r->writer, r->job->output, &format, NULL, report);
}

/* ---- sound -------------------------------------------------------------- */

static void measure(struct recording *r, const float *x, int64_t n)
{
    /* The greatest sample of 16 bits; one of 24 lies above. */
    const float full = 32767.0f / 32768.0f;

    for (int64_t i = 0; i < n; i++) {
        float size = fabsf(x[i]);

        r->state.peak = fmaxf(r->state.peak, size);
        r->state.n_clipped += size >= full;
    }
}

static void listen_for_silence(struct recording *r, const float *samples,
                               int64_t n)
{
    int channels = r->job->channels;
    int64_t block = r->job->rate_hz / 100;
    double least = pow(10.0, r->job->silence_db / 10.0);

    for (int64_t i = 0; i < n; i++) {
        for (int c = 0; c < channels; c++) {
            double x = (double)samples[i * channels + c];

            r->energy += x * x;
        }
        if (++r->n_block < block)
            continue;
        if (r->energy / (double)(block * channels) >= least)
            r->n_silent = 0;
        else if (r->n_silent >= 0)
            r->n_silent += block;
        r->energy = 0;
        r->n_block = 0;
    }
}

static int is_silent(const struct recording *r)
{
    return r->job->silence_s > 0 &&
           (double)r->n_silent >= r->job->silence_s * r->job->rate_hz;
}

/* Writes what is there, up to the recording's length. */
static int write_queued(struct recording *r, struct se_report *report)
{
    int64_t n = r->queue.n, left = r->n_max - r->n_written;

    if (n > left)
        n = left;
    if (n == 0)
        return SE_OK;

    const float *samples = se_queue_front(&r->queue);
    int status = se_sound_write(r->writer, samples, n, report);

    if (status != SE_OK)
        return status;
    measure(r, samples, n * r->job->channels);
    listen_for_silence(r, samples, n);
    r->n_written += n;
    r->state.seconds = (double)r->n_written / r->job->rate_hz;
    se_queue_drop(&r->queue, n);
    return SE_OK;
}

/* block[n]; NULL: no more will come. */
static int convert(struct recording *r, float *block, int64_t n,
                   struct se_report *report)
{
    if (r->resampler)
        return se_queue_resample(&r->queue, r->resampler, block, n, report);
    return block ? se_queue_append(&r->queue, block, n, report) : SE_OK;
}

/* What has come by now: more may come as fast as this is written. */
static int fetch(struct recording *r, struct se_report *report)
{
    int64_t left = se_audio_pending(r->audio), n;
    int status = SE_OK;

    for (; status == SE_OK && left > 0 && r->n_written < r->n_max; left -= n) {
        n = se_audio_read(r->audio, r->block,
                          left < MAX_BLOCK ? left : MAX_BLOCK);
        status = convert(r, r->block, n, report);
        if (status == SE_OK)
            status = write_queued(r, report);
    }
    return status;
}

static int listen(struct recording *r, struct se_report *report)
{
    const struct se_record_job *job = r->job;
    int status = se_audio_start(r->audio, report), stop = 0;

    while (status == SE_OK && !stop && r->n_written < r->n_max &&
           !is_silent(r)) {
        status = se_audio_wait(r->audio, report);

        /* What came before the device went. */
        int fetched = fetch(r, status == SE_OK ? report : NULL);

        if (status == SE_OK)
            status = fetched;
        if (job->progress)
            stop = job->progress(job->context, &r->state);
        r->state.peak = 0;
    }
    return status;
}

/* ---- all of it ---------------------------------------------------------- */

/* What the resampler still holds. */
static int drain(struct recording *r, struct se_report *report)
{
    int status = convert(r, NULL, 0, report);

    return status == SE_OK ? write_queued(r, report) : status;
}

/* After `status`: the file as far as it goes. */
static int finish(struct recording *r, int status, struct se_report *report)
{
    struct se_report more;
    int drained = drain(r, status == SE_OK ? report : &more);
    double kept_s;

    if (status == SE_OK)
        status = drained;
    if (status == SE_OK) {
        status = se_sound_commit_or_keep(r->writer, &kept_s, report);
    } else if (r->n_written > 0) {
        kept_s = se_sound_keep(r->writer);
    } else {
        se_sound_discard(r->writer);
        return status;
    }
    if (status == SE_OK)
        return SE_OK;

    size_t length = strlen(report->text);

    snprintf(report->text + length, sizeof report->text - length,
             "; %.1f s were %s", kept_s > 0 ? kept_s : r->state.seconds,
             kept_s > 0 ? "kept" : "lost");
    return status;
}

int se_record(struct se_record_result *result, const struct se_record_job *job,
              struct se_report *report)
{
    struct recording r = {
        .job = job,
        .queue.width = job->channels,
        .n_max = isinf(job->seconds) ? INT64_MAX
                                     : llrint(job->seconds * job->rate_hz),
        .n_silent = -1,
    };
    int status = open_device(&r, report);

    if (status == SE_OK)
        status = open_file(&r, report);
    if (status == SE_OK)
        status = finish(&r, listen(&r, report), report);
    *result = (struct se_record_result){
        .seconds = r.state.seconds,
        .n_lost = r.audio ? se_audio_lost(r.audio) : 0,
        .n_gaps = r.audio ? se_audio_gaps(r.audio) : 0,
        .n_clipped = r.state.n_clipped,
        .is_silent = is_silent(&r),
    };
    se_audio_close(r.audio);
    se_resampler_destroy(r.resampler);
    se_queue_free(&r.queue);
    free(r.block);
    return status;
}
