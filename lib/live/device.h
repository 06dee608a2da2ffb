/* device.h - microphones and loudspeakers (PortAudio).
 *
 * The libraries under PortAudio (ALSA, JACK) write to standard error, from any
 * thread and at any time; the program decides whether the user sees that.
 * Counts are samples of one channel. */
#ifndef SE_LIVE_DEVICE_H
#define SE_LIVE_DEVICE_H

#include "base/status.h"

#include <stdint.h>

enum se_direction { SE_INPUT, SE_OUTPUT };

/* One entry of the list; [2] is by se_direction. */
struct se_device {
    char name[128], system[32]; /* "ALSA", "JACK Audio Connection Kit" */
    int channels[2];            /* at most; 0: not in this direction */
    int rate_hz;                /* its own */
    double latency_s[2];        /* at least */
    int is_default[2];
};

/* Before all other functions here, and after them. */
int se_devices_start(struct se_report *report);
void se_devices_stop(void);

int se_devices_count(void);
void se_device_get(struct se_device *device, int number);

/* Whether the device can be opened like this. */
int se_device_can(int number, enum se_direction direction, int channels,
                  int rate_hz);

/* The device that `which` means: its number, its name or a part of the name
 * that no other has; NULL: the default. SE_ERR_ARG: there is none. */
int se_device_find(int *number, const char *which, enum se_direction direction,
                   struct se_report *report);

/* Sound from a device or to it, through a ring buffer: the device's thread
 * neither locks, allocates nor opens anything, and never waits. */
struct se_audio;

struct se_audio_config {
    int device;
    enum se_direction direction;
    int channels, rate_hz;
    double ring_s;  /* capacity of the ring */
    double delay_s; /* asked of the device itself; 0: its safe default */
    int64_t first;  /* output: silence until the ring holds so many samples;
                       input: se_audio_wait waits for so many */
    int64_t last;   /* input: what comes after so many samples is dropped, and
                       does not count as lost; 0: nothing is */
};

/* Opens, but does not start. */
int se_audio_open(struct se_audio **audio, const struct se_audio_config *config,
                  struct se_report *report);
int se_audio_start(struct se_audio *audio, struct se_report *report);

/* Stops at once: what is still to be played is dropped. NULL is fine. */
void se_audio_close(struct se_audio *audio);

/* Waits for sound, a second at most; SE_ERR_IO when the device has stopped, or
 * has given or taken nothing for a second: it was unplugged. */
int se_audio_wait(struct se_audio *audio, struct se_report *report);

/* The same without waiting. */
int se_audio_check(struct se_audio *audio, struct se_report *report);

/* Input: takes up to max_samples that have come; returns how many. */
int64_t se_audio_read(struct se_audio *audio, float *samples,
                      int64_t max_samples);

/* Output: gives n samples; returns n, or 0 without room for them. */
int64_t se_audio_write(struct se_audio *audio, const float *samples, int64_t n);

/* Samples in the ring. */
int64_t se_audio_pending(struct se_audio *audio);

/* Samples that came and found no room, or that had to be played as silence
 * since nothing was there; and how often the device itself reports a gap. */
int64_t se_audio_lost(const struct se_audio *audio);
int64_t se_audio_gaps(const struct se_audio *audio);

/* The most samples that the device has given or taken at a time so far. */
int64_t se_audio_block(const struct se_audio *audio);

/* From the air to the ring or back, as the device reports it. */
double se_audio_delay_s(const struct se_audio *audio);

const char *se_audio_name(const struct se_audio *audio);

#endif
