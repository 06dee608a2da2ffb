/* clock.c - an ALSA device without hardware that keeps time, for the tests:
 * silence comes at the pace of its rate, and what is played goes nowhere. With
 * ALSA's type `file` around it it is a microphone that plays a file, or a
 * loudspeaker that keeps one.
 *
 *     pcm.name { type clock rate 16000 channels 1 gone 1.5 busy 2 began FILE
 *                pace 100 }
 *
 * gone: it is unplugged so many seconds after its start; busy: only so many
 * openings succeed; began: where the time of its start is written, in seconds
 * of CLOCK_MONOTONIC; pace: so many seconds of sound come in one. */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct device {
    snd_pcm_ioplug_t io;
    long rate_hz, channels, n_free;
    long pace;
    double gone_s;    /* 0: never */
    double started_s; /* 0: not yet */
    double last_s;    /* of the time that it kept */
    char *began;      /* a file, or NULL */
};

/* ALSA is used from one thread while devices are opened. */
static long n_opened;

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int is_gone(const struct device *device)
{
    return device->gone_s > 0 && device->started_s > 0 &&
           now_s() - device->started_s > device->gone_s;
}

static void write_start(const struct device *device)
{
    FILE *file = device->began ? fopen(device->began, "w") : NULL;

    if (!file)
        return;
    fprintf(file, "%.6f\n", device->started_s);
    fclose(file);
}

static int start(snd_pcm_ioplug_t *io)
{
    struct device *device = io->private_data;
    double period_s = (double)io->period_size / io->rate / (double)device->pace;
    struct timespec period = {
        .tv_sec = (time_t)period_s,
        .tv_nsec = (long)(1e9 * (period_s - floor(period_s))),
    };
    struct itimerspec every = {.it_interval = period, .it_value = period};

    if (is_gone(device))
        return -ENODEV;
    device->started_s = device->last_s = now_s();
    write_start(device);
    return timerfd_settime(io->poll_fd, 0, &every, NULL) ? -errno : 0;
}

static int stop(snd_pcm_ioplug_t *io)
{
    struct itimerspec never = {0};

    timerfd_settime(io->poll_fd, 0, &never, NULL);
    return 0;
}

/* A card that was pulled out: its pointer stays, its state says so. */
static snd_pcm_sframes_t pointer(snd_pcm_ioplug_t *io)
{
    struct device *device = io->private_data;

    if (is_gone(device))
        snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
    else
        device->last_s = now_s();

    double frames =
        (device->last_s - device->started_s) * io->rate * (double)device->pace;

    return (snd_pcm_sframes_t)((int64_t)frames % (int64_t)io->buffer_size);
}

static snd_pcm_sframes_t transfer(snd_pcm_ioplug_t *io,
                                  const snd_pcm_channel_area_t *areas,
                                  snd_pcm_uframes_t offset, snd_pcm_uframes_t n)
{
    if (io->stream == SND_PCM_STREAM_CAPTURE)
        snd_pcm_areas_silence(areas, offset, io->channels, n, io->format);
    return (snd_pcm_sframes_t)n;
}

static int poll_revents(snd_pcm_ioplug_t *io, struct pollfd *fds,
                        unsigned int n, unsigned short *events)
{
    uint64_t ticks;

    (void)n;
    *events = 0;
    if (fds->revents & POLLIN) {
        if (read(io->poll_fd, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
            return -errno;
        *events = io->stream == SND_PCM_STREAM_CAPTURE ? POLLIN : POLLOUT;
    }
    if (is_gone(io->private_data))
        *events = POLLERR | POLLHUP;
    return 0;
}

static int close_device(snd_pcm_ioplug_t *io)
{
    struct device *device = io->private_data;

    close(io->poll_fd);
    free(device->began);
    free(device);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = start,
    .stop = stop,
    .pointer = pointer,
    .transfer = transfer,
    .poll_revents = poll_revents,
    .close = close_device,
};

static void configure(struct device *device, snd_config_t *conf)
{
    snd_config_iterator_t i, next;

    snd_config_for_each(i, next, conf)
    {
        snd_config_t *entry = snd_config_iterator_entry(i);
        const char *name;

        if (snd_config_get_id(entry, &name) < 0)
            continue;
        if (strcmp(name, "rate") == 0)
            snd_config_get_integer(entry, &device->rate_hz);
        else if (strcmp(name, "channels") == 0)
            snd_config_get_integer(entry, &device->channels);
        else if (strcmp(name, "busy") == 0)
            snd_config_get_integer(entry, &device->n_free);
        else if (strcmp(name, "pace") == 0)
            snd_config_get_integer(entry, &device->pace);
        else if (strcmp(name, "gone") == 0)
            snd_config_get_ireal(entry, &device->gone_s);
        else if (strcmp(name, "began") == 0)
            snd_config_get_ascii(entry, &device->began);
    }
}

/* 16 bits, so that what is recorded can be compared bit for bit. */
static void constrain(struct device *device)
{
    static const unsigned int access[] = {SND_PCM_ACCESS_MMAP_INTERLEAVED,
                                          SND_PCM_ACCESS_RW_INTERLEAVED};
    static const unsigned int format[] = {SND_PCM_FORMAT_S16_LE};
    snd_pcm_ioplug_t *io = &device->io;
    unsigned int rate = (unsigned int)device->rate_hz;
    unsigned int channels = (unsigned int)device->channels;

    snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
    snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
    snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, channels,
                                    channels);
    snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, rate, rate);
    snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 64,
                                    1 << 16);
    snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 128,
                                    1 << 20);
}

SND_PCM_PLUGIN_DEFINE_FUNC(clock);
SND_PCM_PLUGIN_DEFINE_FUNC(clock)
{
    struct device *device = calloc(1, sizeof *device);
    int error;

    (void)root;
    if (!device)
        return -ENOMEM;
    device->rate_hz = 16000;
    device->channels = 1;
    device->pace = 1;
    device->n_free = -1;
    configure(device, conf);
    if (device->n_free >= 0 && n_opened++ >= device->n_free) {
        free(device->began);
        free(device);
        return -EBUSY;
    }
    device->io.version = SND_PCM_IOPLUG_VERSION;
    device->io.name = "clock";
    device->io.callback = &callbacks;
    device->io.private_data = device;
    device->io.poll_fd =
        timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    device->io.poll_events = POLLIN;
    error = snd_pcm_ioplug_create(&device->io, name, stream, mode);
    if (error < 0) {
        close(device->io.poll_fd);
        free(device->began);
        free(device);
        return error;
    }
    constrain(device);
    *pcmp = device->io.pcm;
    return 0;
}

SND_PCM_PLUGIN_SYMBOL(clock);
