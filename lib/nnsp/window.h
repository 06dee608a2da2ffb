/* window.h - samples into the FFT, and out of it: windows, overlap-add. */
#ifndef NNSP_WINDOW_H
#define NNSP_WINDOW_H

#include "nnsp/nnsp.h"

/* Pairs of samples where nnsp_fft_forward wants them, windowed, Q8; zeros after
 * the last. */
void nnsp_window_samples(int32_t z[NNSP_FFT / 2][2],
                         const int16_t x[NNSP_WINDOW]);

/* What nnsp_fft_inverse leaves, Q11, windowed: its first hop and what overlaps
 * it, in Q10, are taken from the samples `late`; the other two are added to
 * what overlaps them, in its new place. */
void nnsp_overlap_add(int16_t out[NNSP_HOP], int32_t overlap[NNSP_DELAY],
                      const int16_t late[NNSP_HOP], int32_t z[NNSP_FFT / 2][2]);

#endif
