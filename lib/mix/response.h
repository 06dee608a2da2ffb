/* response.h - room impulse responses, simulated or measured. */
#ifndef SE_MIX_RESPONSE_H
#define SE_MIX_RESPONSE_H

#include "base/rng.h"
#include "base/status.h"

/* Scaled so that the squares of the 50 ms from the direct sound on, and of all
 * before, add up to 1. */
struct se_response {
    float *taps;   /* [n]; NULL: none */
    int n, direct; /* the sample on which the direct sound falls */
};

/* What rooms are drawn from. */
struct se_room_ranges {
    double rt60_min_s, rt60_max_s;
    double distance_min_m, distance_max_m; /* talker to microphone */
};

/* Those of a room drawn from the ranges: of a talker, and of a noise
 * elsewhere in it (free taps of both). SE_ERR_MEMORY. */
int se_response_simulate(struct se_response *speech, struct se_response *noise,
                         const struct se_room_ranges *ranges,
                         struct se_rng *rng);

/* The first channel of a sound file, from shortly before the direct sound to
 * where it is 60 dB down, 4 s at most (free its taps). */
int se_response_read(struct se_response *response, const char *path,
                     struct se_report *report);

#endif
