/* ambience.h - synthetic background noise, from nothing or from the spectra of
 * recordings: places, vehicles, wind, machines, impacts.
 *
 * All fill noise[n], at no level in particular; layer[n] is scratch. */
#ifndef SE_MIX_AMBIENCE_H
#define SE_MIX_AMBIENCE_H

#include "corpus/corpus.h"

/* Two or three layers with spectra of their own that come and go. */
void se_ambience_place(float *noise, float *layer, int64_t n,
                       struct se_rng *rng);

/* The same with the long-term spectra of a clip, and none of its samples. */
void se_ambience_borrowed(float *noise, float *layer, int64_t n,
                          const struct se_clip *clip, struct se_rng *rng);

/* A car or a train from inside: rumble, resonances, a hiss that goes along,
 * perhaps the joints of rails. */
void se_ambience_vehicle(float *noise, float *layer, int64_t n,
                         struct se_rng *rng);

/* Gusts. */
void se_ambience_wind(float *noise, float *layer, int64_t n,
                      struct se_rng *rng);

/* Knocks, clicks, clatter, keys: bursts at random times that ring, over a faint
 * floor. */
void se_ambience_impacts(float *noise, float *layer, int64_t n,
                         struct se_rng *rng);

/* A motor or a fan whose speed wanders: harmonics, and broadband noise that
 * beats with them. */
void se_ambience_motor(float *noise, float *layer, int64_t n,
                       struct se_rng *rng);

#endif
