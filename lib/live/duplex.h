/* duplex.h - a microphone and a loudspeaker at the same time, each with a clock
 * of its own, and the latency between them.
 *
 * The caller carries mono sound across in blocks, as they come:
 *
 *     while (... && se_duplex_wait(duplex, report) == SE_OK)
 *         for (left = se_duplex_pending(duplex); left > 0; left -= n) {
 *             n = se_duplex_read(duplex, samples, left);
 *             ...
 *             se_duplex_write(duplex, samples, n);
 *         }
 *
 * What lies in the loudspeaker's ring is kept short (jitter.h). */
#ifndef SE_LIVE_DUPLEX_H
#define SE_LIVE_DUPLEX_H

#include "base/status.h"

#include <stdint.h>

struct se_duplex;

/* The devices' names or numbers, NULL: the defaults (live/device.h, whose
 * se_devices_start must have been called). They run at `rate_hz` if both can,
 * else at a rate that both can. */
struct se_duplex_config {
    const char *input, *output;
    int rate_hz;
};

/* Opens, but does not start. */
int se_duplex_open(struct se_duplex **duplex,
                   const struct se_duplex_config *config,
                   struct se_report *report);
int se_duplex_start(struct se_duplex *duplex, struct se_report *report);
void se_duplex_close(struct se_duplex *duplex); /* NULL is fine */

int se_duplex_rate_hz(const struct se_duplex *duplex);

/* Waits for sound, a second at most; SE_ERR_IO when one of the devices is
 * gone. */
int se_duplex_wait(struct se_duplex *duplex, struct se_report *report);

/* Samples that have come. More come while they are worked on, on a slow machine
 * without end: who waits for none to be left may wait for ever. */
int64_t se_duplex_pending(struct se_duplex *duplex);

/* Takes up to max_samples, or 10 ms, of what is there; returns how many. */
int64_t se_duplex_read(struct se_duplex *duplex, float *samples,
                       int64_t max_samples);

/* Plays samples[n], what is done of what was read; n may be 0. */
void se_duplex_write(struct se_duplex *duplex, const float *samples, int64_t n);

/* What happened so far. */
struct se_duplex_figures {
    const char *input, *output; /* names of the devices */
    int64_t n_samples;          /* that were read */
    double latency_s;           /* microphone to loudspeaker, the mean ... */
    double latency_max_s;       /* ... and the longest ... */
    double device_latency_s;    /* ... and what of it the devices report */
    int64_t n_lost_in;          /* hops damaged by lost input, ... */
    int64_t n_lost_out;         /* ... by output that came too late, ... */
    int64_t n_dropped;          /* ... and shortened against drift */
};

void se_duplex_figures(const struct se_duplex *duplex,
                       struct se_duplex_figures *figures);

#endif
