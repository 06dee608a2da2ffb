/* convolve.h - long signals convolved with long responses, by FFT.
 *
 * Overlap-save in uniform partitions: the cost of a sample grows with the
 * logarithm of SE_CONVOLVE_BLOCK, and slowly with the length of the response
 * (T. G. Stockham, "High-speed convolution and correlation", AFIPS 1966;
 * G. Garcia, "Optimal filter partition for efficient convolution with short
 * input/output delay", AES 113, 2002). */
#ifndef SE_DSP_CONVOLVE_H
#define SE_DSP_CONVOLVE_H

#include "base/status.h"

#include <stdint.h>

enum { SE_CONVOLVE_BLOCK = 4096 };

/* Working memory of one thread. */
struct se_convolver;

/* For up to `n_outputs` responses at a time of up to `max_taps` >= 1 each. */
int se_convolver_create(struct se_convolver **convolver, int n_outputs,
                        int max_taps, struct se_report *report);
void se_convolver_destroy(struct se_convolver *convolver);

/* Sets response number `output` to taps[n_taps], 0 <= n_taps <= max_taps. */
void se_convolver_set(struct se_convolver *convolver, int output,
                      const float *taps, int n_taps);

/* out[j][i] = sum over t of taps_j[t] in[i - t], i = 0..n-1, for the first
 * `n_outputs` responses; in is 0 before its start. One out may be `in`. */
void se_convolve(struct se_convolver *convolver, float *const *out,
                 int n_outputs, const float *in, int64_t n);

#endif
