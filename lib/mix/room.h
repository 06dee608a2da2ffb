/* room.h - the impulse response from a source to a microphone in a shoebox
 * room.
 *
 * The direct sound and the reflections of the first 100 ms come from the image
 * method (J. B. Allen, D. A. Berkley, "Image method for efficiently simulating
 * small-room acoustics", JASA 65, 1979), each at its fractional delay. What is
 * later is noise that decays at the given rate and goes on from the level that
 * the images have reached: reflections are too dense there to be distinguished,
 * and rooms are more diffuse than six bare walls (hybrid methods: e.g.
 * E. A. Lehmann, A. M. Johansson, "Diffuse reverberation model for efficient
 * image-source simulation of room impulse responses", IEEE TASLP 18, 2010). */
#ifndef SE_MIX_ROOM_H
#define SE_MIX_ROOM_H

#include "base/rng.h"

#define SE_SOUND_SPEED 343.0 /* m/s, 20 degrees */

struct se_room {
    double size_m[3];
    double source_m[3], microphone_m[3];
    double absorption[3][2]; /* of the walls at 0 and at size_m, 0..1 */
    double rt60_s;           /* decay by 60 dB, of the lows */
    double treble;           /* rt60 of the highs over that of the lows, 0..1 */
};

/* The mean absorption that gives the room this decay, by Eyring's formula. */
double se_room_absorption(const double size_m[3], double rt60_s);

/* Samples at `rate_hz` until the response is 60 dB down. */
int se_room_samples(const struct se_room *room, int rate_hz);

/* The sample on which the direct sound falls, rounded. */
int se_room_direct(const struct se_room *room, int rate_hz);

/* Writes response[n], n = se_room_samples. The direct sound of a source r
 * metres away is a pulse r / 343 s late and 1 / (4 pi r) high. The random
 * numbers move the images a little (up to 8 cm: bare walls would ring with
 * sweeping echoes; E. De Sena et al., "On the modeling of rectangular
 * geometries in room acoustic simulations", IEEE/ACM TASLP 23, 2015) and are
 * the late noise. */
void se_room_response(float *response, int n, const struct se_room *room,
                      int rate_hz, struct se_rng *rng);

#endif
