/* level.h - how loud a signal is. */
#ifndef SE_DSP_LEVEL_H
#define SE_DSP_LEVEL_H

#include <stdint.h>

enum { SE_LEVEL_FRAME = 320 }; /* 20 ms at 16 kHz */

/* Mean square; 0 for n == 0. */
double se_level_power(const float *samples, int64_t n);

/* Mean square over the 20 ms frames that lie within 40 dB of the loudest one;
 * what is left after the last whole frame counts only when there is none. 0
 * for silence. */
double se_level_active_power(const float *samples, int64_t n);

/* The ratio of two amplitudes so many dB apart. */
double se_level_ratio(double db);

/* Largest magnitude. */
float se_level_peak(const float *samples, int64_t n);

#endif
