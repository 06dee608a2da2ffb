/* record.h - from a microphone into a sound file. */
#ifndef SE_LIVE_RECORD_H
#define SE_LIVE_RECORD_H

#include "base/status.h"

#include <stdint.h>

/* What the progress function is given. */
struct se_record_state {
    double seconds;     /* recorded so far */
    float peak;         /* the greatest sample since the last call */
    int64_t n_clipped;  /* samples at full scale so far */
    const char *device; /* its name */
    int device_rate_hz; /* at which it gives sound */
};

struct se_record_job {
    const char *output; /* "-": standard output; the format by its extension */
    const char *device; /* as of se_device_find; NULL: the default */
    int rate_hz, channels; /* of the file */
    double seconds;        /* INFINITY: until it is stopped */
    double silence_s;      /* stops after sound and then so much silence; 0:
                              never */
    double silence_db;     /* what is below this is silent (RMS of 10 ms) */

    /* Called some ten to a hundred times a second. Other than 0 ends the
     * recording as its length does: nothing is wrong. May be NULL. */
    int (*progress)(void *context, const struct se_record_state *state);
    void *context;
};

struct se_record_result {
    double seconds;    /* in the file */
    int64_t n_lost;    /* samples that the program was too slow for */
    int64_t n_gaps;    /* times that the device reported lost sound */
    int64_t n_clipped; /* samples at full scale */
    int is_silent;     /* silence ended it */
};

/* The device gives sound at its own rate, which is converted. On failure the
 * file has what was recorded until then, if anything was, result->seconds says
 * how much, and the report says that it was kept. se_devices_start must have
 * been called. */
int se_record(struct se_record_result *result, const struct se_record_job *job,
              struct se_report *report);

#endif
