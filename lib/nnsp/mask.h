/* mask.h - what a mask makes of a spectrum. */
#ifndef NNSP_MASK_H
#define NNSP_MASK_H

#include "nnsp/nnsp.h"

/* The mask from the net's outputs: y gain / 2^12, 0 .. 32767. */
void nnsp_mask_set(int16_t mask[NNSP_BINS], const int16_t y[NNSP_BINS],
                   int32_t gain);

/* The spectrum of what the mask removes, at half its value: a mask of 32767
 * takes nothing, and the output is the late input to the last bit. */
void nnsp_mask_take(int32_t z[NNSP_FFT / 2][2], const int16_t mask[NNSP_BINS],
                    int16_t mask_min);

/* Of what the mask lets through of bins first .. end - 1, 0 < first, end < 256:
 * energy, in Q14 of a spectrum in Q8; and the sum of the mask. */
struct nnsp_passed {
    uint64_t energy;
    int32_t mask_sum;
};

struct nnsp_passed nnsp_mask_pass(int32_t z[NNSP_FFT / 2][2],
                                  const int16_t mask[NNSP_BINS], int first,
                                  int end);

#endif
