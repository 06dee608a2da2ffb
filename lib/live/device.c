/* device.c - microphones and loudspeakers, by PortAudio. */
#include "live/device.h"

#include "base/clock.h"
#include "live/portaudio_late.h"
#include "live/ring.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct se_audio {
    struct se_audio_config config;
    struct se_ring ring;
    sem_t readable; /* posted when there is enough to be read */
    atomic_int_least64_t n_lost, n_gaps, block;
    _Atomic double last_call_s;
    PaStream *stream;
    char name[128];
    int is_lost;
    /* The callback's own. */
    int is_playing;  /* the first samples were there */
    int64_t n_given; /* samples a channel */
};

/* A stream whose device is gone can't be closed, see se_audio_close. */
static int n_abandoned;

static int fail(struct se_report *report, const char *name, const char *doing,
                PaError error)
{
    const char *reason = Pa_GetErrorText(error);

    if (error == paDeviceUnavailable)
        reason = "it is busy or gone";
    if (error == paUnanticipatedHostError)
        reason = Pa_GetLastHostErrorInfo()->errorText;
    return se_fail(report, SE_ERR_IO, "%s: %s: %s", name, doing, reason);
}

/* ---- devices ------------------------------------------------------------ */

int se_devices_start(struct se_report *report)
{
    int status = se_portaudio_load(report);

    if (status != SE_OK)
        return status;

    PaError error = Pa_Initialize();

    if (error != paNoError)
        return fail(report, "sound devices", "cannot be listed", error);
    return SE_OK;
}

void se_devices_stop(void)
{
    if (n_abandoned == 0)
        Pa_Terminate();
}

int se_devices_count(void)
{
    int n = Pa_GetDeviceCount();

    return n > 0 ? n : 0;
}

void se_device_get(struct se_device *device, int number)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(number);
    const PaHostApiInfo *system = Pa_GetHostApiInfo(info->hostApi);

    *device = (struct se_device){
        .channels = {info->maxInputChannels, info->maxOutputChannels},
        .rate_hz = (int)info->defaultSampleRate,
        .latency_s = {info->defaultLowInputLatency,
                      info->defaultLowOutputLatency},
        .is_default = {number == Pa_GetDefaultInputDevice(),
                       number == Pa_GetDefaultOutputDevice()},
    };
    snprintf(device->name, sizeof device->name, "%s", info->name);
    snprintf(device->system, sizeof device->system, "%s", system->name);
}

static PaStreamParameters parameters(int number, enum se_direction direction,
                                     int channels, double delay_s)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(number);

    if (delay_s <= 0)
        delay_s = direction == SE_INPUT ? info->defaultHighInputLatency
                                        : info->defaultHighOutputLatency;
    return (PaStreamParameters){
        .device = number,
        .channelCount = channels,
        .sampleFormat = paFloat32,
        .suggestedLatency = delay_s,
    };
}

int se_device_can(int number, enum se_direction direction, int channels,
                  int rate_hz)
{
    PaStreamParameters p = parameters(number, direction, channels, 0);

    return Pa_IsFormatSupported(direction == SE_INPUT ? &p : NULL,
                                direction == SE_OUTPUT ? &p : NULL,
                                rate_hz) == paFormatIsSupported;
}

static const char *kind_of(enum se_direction direction)
{
    return direction == SE_INPUT ? "microphone" : "loudspeaker";
}

/* The device `which`, a number, or -1. */
static int by_number(const char *which, enum se_direction direction)
{
    char *end;
    long number = strtol(which, &end, 10);
    struct se_device device;

    if (end == which || *end || number < 0 || number >= se_devices_count())
        return -1;
    se_device_get(&device, (int)number);
    return device.channels[direction] > 0 ? (int)number : -1;
}

/* SE_ERR_ARG too if several devices have `which` in their names and none is
 * called just so. */
static int by_name(int *number, const char *which, enum se_direction direction,
                   struct se_report *report)
{
    struct se_device device, other;

    *number = -1;
    for (int i = 0; i < se_devices_count(); i++) {
        se_device_get(&device, i);
        if (device.channels[direction] == 0 || !strcasestr(device.name, which))
            continue;
        if (strcmp(device.name, which) == 0) {
            *number = i;
            return SE_OK;
        }
        if (*number >= 0) {
            se_device_get(&other, *number);
            return se_fail(report, SE_ERR_ARG,
                           "%s '%s' could be '%s' or '%s': expected a name "
                           "or a number from the list (-l)",
                           kind_of(direction), which, other.name, device.name);
        }
        *number = i;
    }
    if (*number < 0)
        return se_fail(report, SE_ERR_ARG,
                       "no %s '%s': expected a name or a number from the list "
                       "(-l), where a busy device is missing",
                       kind_of(direction), which);
    return SE_OK;
}

int se_device_find(int *number, const char *which, enum se_direction direction,
                   struct se_report *report)
{
    if (which) {
        *number = by_number(which, direction);
        return *number >= 0 ? SE_OK : by_name(number, which, direction, report);
    }
    *number = direction == SE_INPUT ? Pa_GetDefaultInputDevice()
                                    : Pa_GetDefaultOutputDevice();
    if (*number < 0)
        return se_fail(report, SE_ERR_ARG,
                       "no %s: this machine has no sound device that is free",
                       kind_of(direction));
    return SE_OK;
}

/* ---- sound -------------------------------------------------------------- */

static void give(struct se_audio *audio, const float *samples, size_t n)
{
    size_t channels = (size_t)audio->config.channels;
    size_t room = se_ring_room(&audio->ring) / channels;
    int64_t wanted = audio->config.last - audio->n_given;

    if (audio->config.last > 0 && (int64_t)n > wanted)
        n = (size_t)wanted;

    size_t taken = n < room ? n : room;

    audio->n_given += (int64_t)taken;
    se_ring_write(&audio->ring, samples, taken * channels);
    atomic_fetch_add(&audio->n_lost, (int64_t)(n - taken));
    if (se_audio_pending(audio) >= audio->config.first)
        sem_post(&audio->readable);
}

static void take(struct se_audio *audio, float *samples, size_t n)
{
    size_t channels = (size_t)audio->config.channels;
    size_t got = 0;

    audio->is_playing |= se_audio_pending(audio) >= audio->config.first;
    if (audio->is_playing)
        got = se_ring_read(&audio->ring, samples, n * channels);
    memset(samples + got, 0, (n * channels - got) * sizeof *samples);
    if (audio->is_playing)
        atomic_fetch_add(&audio->n_lost, (int64_t)(n - got / channels));
}

/* In a thread of PortAudio. sem_post never waits: it is made for signal
 * handlers. */
static int callback(const void *in, void *out, unsigned long n,
                    const PaStreamCallbackTimeInfo *time,
                    PaStreamCallbackFlags flags, void *user)
{
    const PaStreamCallbackFlags gap = paInputOverflow | paInputUnderflow |
                                      paOutputOverflow | paOutputUnderflow;
    struct se_audio *audio = user;

    (void)time;
    if (in)
        give(audio, in, n);
    if (out)
        take(audio, out, n);
    if (flags & gap)
        atomic_fetch_add(&audio->n_gaps, 1);
    if ((int64_t)n > atomic_load(&audio->block))
        atomic_store(&audio->block, (int64_t)n);
    atomic_store(&audio->last_call_s, se_clock_s(SE_CLOCK_WALL));
    return paContinue;
}

static int open_stream(struct se_audio *audio, struct se_report *report)
{
    const struct se_audio_config *config = &audio->config;
    PaStreamParameters p = parameters(config->device, config->direction,
                                      config->channels, config->delay_s);
    PaError error = Pa_OpenStream(
        &audio->stream, config->direction == SE_INPUT ? &p : NULL,
        config->direction == SE_OUTPUT ? &p : NULL, config->rate_hz,
        paFramesPerBufferUnspecified, paClipOff | paDitherOff, callback, audio);

    if (error == paNoError)
        return SE_OK;
    audio->stream = NULL;
    if (error == paInvalidSampleRate || error == paInvalidChannelCount)
        return se_fail(report, SE_ERR_ARG,
                       "%s: cannot do %d Hz with %d channels", audio->name,
                       config->rate_hz, config->channels);
    return fail(report, audio->name, "cannot be opened", error);
}

int se_audio_open(struct se_audio **out, const struct se_audio_config *config,
                  struct se_report *report)
{
    struct se_audio *audio =
        aligned_alloc(_Alignof(struct se_audio), sizeof *audio);
    struct se_device device;

    *out = NULL;
    if (!audio)
        return se_fail_memory(report, "a sound device");
    memset(audio, 0, sizeof *audio);
    sem_init(&audio->readable, 0, 0);
    audio->config = *config;
    se_device_get(&device, config->device);
    memcpy(audio->name, device.name, sizeof audio->name);

    size_t n_ring =
        (size_t)(config->ring_s * config->rate_hz) * (size_t)config->channels;
    int status = se_ring_create(&audio->ring, n_ring, report);

    if (status == SE_OK)
        status = open_stream(audio, report);
    if (status != SE_OK) {
        se_audio_close(audio);
        return status;
    }
    *out = audio;
    return SE_OK;
}

int se_audio_start(struct se_audio *audio, struct se_report *report)
{
    PaError error = Pa_StartStream(audio->stream);

    atomic_store(&audio->last_call_s, se_clock_s(SE_CLOCK_WALL));
    if (error != paNoError)
        return fail(report, audio->name, "cannot be started", error);
    return SE_OK;
}

/* PortAudio 19.6 can turn for ever in the thread of a device that is gone, and
 * closing waits for that thread. Such a stream is left to the end of the
 * program. */
void se_audio_close(struct se_audio *audio)
{
    if (!audio)
        return;
    if (audio->is_lost) {
        n_abandoned++;
        return;
    }
    if (audio->stream) {
        Pa_AbortStream(audio->stream);
        Pa_CloseStream(audio->stream);
    }
    se_ring_free(&audio->ring);
    sem_destroy(&audio->readable);
    free(audio);
}

int se_audio_check(struct se_audio *audio, struct se_report *report)
{
    double silent_s =
        se_clock_s(SE_CLOCK_WALL) - atomic_load(&audio->last_call_s);

    if (silent_s > 1 || Pa_IsStreamActive(audio->stream) != 1)
        audio->is_lost = 1;
    if (audio->is_lost)
        return se_fail(report, SE_ERR_IO, "%s: the device is gone",
                       audio->name);
    return SE_OK;
}

int se_audio_wait(struct se_audio *audio, struct se_report *report)
{
    struct timespec until;

    /* A signal may end the wait early; then there is less to do. */
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    sem_clockwait(&audio->readable, CLOCK_MONOTONIC, &until);
    return se_audio_check(audio, report);
}

int64_t se_audio_read(struct se_audio *audio, float *samples,
                      int64_t max_samples)
{
    size_t channels = (size_t)audio->config.channels;

    return (int64_t)(se_ring_read(&audio->ring, samples,
                                  (size_t)max_samples * channels) /
                     channels);
}

int64_t se_audio_write(struct se_audio *audio, const float *samples, int64_t n)
{
    size_t channels = (size_t)audio->config.channels;

    return (
        int64_t)(se_ring_write(&audio->ring, samples, (size_t)n * channels) /
                 channels);
}

int64_t se_audio_pending(struct se_audio *audio)
{
    return (int64_t)se_ring_fill(&audio->ring) / audio->config.channels;
}

int64_t se_audio_lost(const struct se_audio *audio)
{
    return atomic_load(&audio->n_lost);
}

int64_t se_audio_gaps(const struct se_audio *audio)
{
    return atomic_load(&audio->n_gaps);
}

int64_t se_audio_block(const struct se_audio *audio)
{
    return atomic_load(&audio->block);
}

double se_audio_delay_s(const struct se_audio *audio)
{
    const PaStreamInfo *info = Pa_GetStreamInfo(audio->stream);

    if (!info)
        return 0;
    return audio->config.direction == SE_INPUT ? info->inputLatency
                                               : info->outputLatency;
}

const char *se_audio_name(const struct se_audio *audio)
{
    return audio->name;
}
