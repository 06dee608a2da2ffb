/* taps.h - filters over frames: amplitudes, and from taps to the mask.
 *
 * Both for nets with n_taps > 1 alone. */
#ifndef NNSP_TAPS_H
#define NNSP_TAPS_H

#include "nnsp/nnsp.h"

/* Amplitude of a bin, Q23 of full scale 1 (spectrum in Q8 of 2^15); relative
 * error below 2^-15, at least 2^8 (2^-15 of full scale). */
int32_t nnsp_amplitude(int32_t re, int32_t im);

/* Adds the spectrum's amplitudes as the newest frame; the oldest is dropped. */
void nnsp_taps_add(struct nnsp *nnsp);

/* nnsp->mask from nnsp->taps and the amplitudes. */
void nnsp_taps_mask(struct nnsp *nnsp);

#endif
